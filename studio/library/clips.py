"""What the library holds and what may be asked of it, as plain data."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from models.engine import Prompt, Reading
from studio.storyboard import Look


@dataclass(frozen=True)
class Clip:
    """One video in the library."""

    id: str
    key: str
    """Digest of everything its pixels depend on; unique."""
    kind: str
    """"clip" for a take that was asked for by itself, "take" for one only storyboards asked for, or "film"."""
    prompt: Prompt
    look: Look
    style: str
    """Id of its style in the vocabulary; empty when the words match none."""
    num_frames: int
    video: str
    """Digest of the mp4 in the media store, served at /media/<digest>."""
    poster: str
    """Digest of the JPEG picture that stands for it."""
    reading: Reading | None
    size_bytes: int
    seconds_taken: float
    """Wall-clock seconds it took to make."""
    created_at: float
    """Seconds since the epoch."""
    favourite: bool
    anchor: str | None = None
    """Digest of what the next take continues from; None when nothing can."""
    measures: Mapping[str, Any] | None = None
    """Of a film: its "parts", "seams" and "segments", one entry for each of them."""

    @property
    def seconds(self) -> float:
        """How long it plays."""
        return self.num_frames / self.look.fps

    def named(self, title: str, storyboard: str) -> "Clip":
        """Return a film under the title and the id of a storyboard; several may have the same film."""
        prompt = Prompt(subject=title, sentence=title)
        return replace(self, prompt=prompt, measures={**(self.measures or {}), "storyboard": storyboard})


def new_id() -> str:
    """Return an unguessable id of 16 characters, safe in an address and on a command line."""
    return secrets.token_hex(8)


@dataclass(frozen=True)
class ClipQuery:
    """What to look for; an empty field asks for nothing."""

    text: str = ""
    """Words that must all occur in the prompt, in any order, any language, from one character up."""
    style: str = ""
    engine: str = ""
    kind: str = ""
    """Takes that only storyboards asked for are found under "take" alone."""
    favourites: bool = False
    offset: int = 0
    limit: int = 60


@dataclass(frozen=True)
class ClipPage:
    """The newest clips that match, and how many there are in all."""

    clips: tuple[Clip, ...]
    total: int


@dataclass(frozen=True)
class Facets:
    """What the clips of the library can be filtered by: (value, count), most frequent first."""

    styles: tuple[tuple[str, int], ...]
    engines: tuple[tuple[str, int], ...]
    kinds: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Media:
    """One file of the media store."""

    path: Path
    mime: str
