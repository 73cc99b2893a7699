"""Which language the page speaks, kept in the browser under a secret of this studio."""

import secrets
from pathlib import Path

import gradio as gr

from studio.errors import StorageError

KEPT_AS = "segue-language"


def chosen_language(home: Path) -> gr.BrowserState:
    """Return where the browser keeps the choice: "en", "zh", or "" while none was made.

    The secret is kept in the data folder: with a new one at each start every choice would be lost. Raises StorageError.
    """
    place = home / "page.secret"
    try:
        if not place.exists():
            aside = place.with_name(f"page.secret.{secrets.token_hex(4)}")
            aside.touch(mode=0o600)
            aside.write_text(secrets.token_hex(16), encoding="ascii")
            aside.rename(place)
        secret = place.read_bytes().hex()
    except OSError as error:
        raise StorageError("data_unwritable", {"place": str(place)}) from error
    return gr.BrowserState("", storage_key=KEPT_AS, secret=secret)
