"""What the library holds and what may be asked of it, as plain data."""

from dataclasses import dataclass
from pathlib import Path

from models.engine import Prompt, Reading
from studio.storyboard import Look


@dataclass(frozen=True)
class Clip:
    """One video in the library."""

    id: str
    key: str
    """Digest of everything its pixels depend on; unique."""
    kind: str
    """What made it: "clip" for a single take."""
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

    @property
    def seconds(self) -> float:
        """How long it plays."""
        return self.num_frames / self.look.fps


@dataclass(frozen=True)
class ClipQuery:
    """What to look for; an empty field asks for nothing."""

    text: str = ""
    """Words that must all occur in the prompt, in any order, any language, from one character up."""
    style: str = ""
    engine: str = ""
    kind: str = ""
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
