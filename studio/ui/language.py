"""Which language the page speaks, kept in the browser under a secret of this studio."""

import secrets
from pathlib import Path

import gradio as gr

KEPT_AS = "segue-language"


def chosen_language(home: Path) -> gr.BrowserState:
    """Return where the browser keeps the choice: "en", "zh", or "" while none was made.

    The secret is kept in the data folder: with a new one at each start every choice would be lost.
    """
    place = home / "page.secret"
    if not place.exists():
        place.touch(mode=0o600)
        place.write_text(secrets.token_hex(16), encoding="ascii")
    return gr.BrowserState("", storage_key=KEPT_AS, secret=place.read_text(encoding="ascii"))
