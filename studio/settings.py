"""How this studio is set up; the only reader of the environment (STUDIO_* and HF_TOKEN)."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from studio.errors import Invalid


@dataclass(frozen=True)
class Settings:
    """Everything a person can set from outside, read once at start."""

    home: Path
    """STUDIO_HOME: the folder of the library and its media."""
    database_url: str
    """STUDIO_DATABASE_URL: SQLAlchemy's address of the database; a SQLite file in `home` by default."""
    host: str = "127.0.0.1"
    """STUDIO_HOST: the address to listen on."""
    port: int = 7860
    """STUDIO_PORT."""
    workers: int = 1
    """STUDIO_WORKERS: how many steps run at once in this process."""
    language: str = "en"
    """The language of the terminal: "en" or "zh"."""
    wan_repo: str = ""
    """STUDIO_WAN_REPO: a local folder or a repository to take Wan's weights from, instead of those of its profiles."""
    token: str = field(default="", repr=False)
    """HF_TOKEN: of Hugging Face, for hosted models and for weights that need one."""
    remote_model: str = ""
    """STUDIO_REMOTE_MODEL: the hosted model that makes takes from text, as owner/name."""
    remote_image_model: str = ""
    """STUDIO_REMOTE_IMAGE_MODEL: the one that continues takes; without one they cannot be continued."""
    remote_provider: str = "auto"
    """STUDIO_REMOTE_PROVIDER: who hosts them."""

    @classmethod
    def read(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Return the settings of an environment; raises Invalid for a number that is none."""
        home = _folder(environ)
        return cls(
            home=home,
            database_url=environ.get("STUDIO_DATABASE_URL") or f"sqlite:///{home / 'library.sqlite3'}",
            host=environ.get("STUDIO_HOST") or ("0.0.0.0" if "SPACE_ID" in environ else "127.0.0.1"),
            port=_whole_number(environ, "STUDIO_PORT", 7860, (1, 65535)),
            workers=_whole_number(environ, "STUDIO_WORKERS", 1, (1, 64)),
            language=spoken_language(environ),
            wan_repo=environ.get("STUDIO_WAN_REPO", "").strip(),
            token=environ.get("HF_TOKEN", "").strip(),
            remote_model=environ.get("STUDIO_REMOTE_MODEL", "").strip(),
            remote_image_model=environ.get("STUDIO_REMOTE_IMAGE_MODEL", "").strip(),
            remote_provider=environ.get("STUDIO_REMOTE_PROVIDER", "").strip() or "auto",
        )


def spoken_language(environ: Mapping[str, str] = os.environ) -> str:
    """Return the language of the terminal, "en" or "zh", from LC_ALL, LC_MESSAGES or LANG; it never fails."""
    locale = environ.get("LC_ALL") or environ.get("LC_MESSAGES") or environ.get("LANG") or ""
    return "zh" if locale.lower().startswith("zh") else "en"


def _folder(environ: Mapping[str, str]) -> Path:
    """Return the folder that STUDIO_HOME names; raises Invalid for the home of somebody who does not exist."""
    named = environ.get("STUDIO_HOME")
    try:
        return Path(named or _default_home(environ)).expanduser().absolute()
    except RuntimeError as error:
        raise Invalid("home_refused", {"value": str(named)[:200]}) from error


def _default_home(environ: Mapping[str, str]) -> Path:
    """Return /data on a Space that has storage, else ./data."""
    storage = Path("/data")
    return storage if "SPACE_ID" in environ and os.access(storage, os.W_OK) else Path("data")


def _whole_number(environ: Mapping[str, str], name: str, default: int, allowed: tuple[int, int]) -> int:
    text = environ.get(name) or str(default)
    low, high = allowed
    if not text.isdecimal() or len(text) > 9 or not low <= int(text) <= high:
        raise Invalid("setting_refused", {"name": name, "value": text[:40], "low": low, "high": high})
    return int(text)
