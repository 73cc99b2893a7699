"""What a person sees of the work that is being done for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from studio.library import Clip


@dataclass(frozen=True)
class Again:
    """The second try of a segment that did not hold together with its film."""

    number: int
    """Of the segment, from 1."""
    score: float
    """What its first try scored, 1.0 to 5.0."""


@dataclass(frozen=True)
class Job:
    """One wish and how far it has come."""

    id: str
    kind: str
    """"clip", "take" for one segment of a storyboard, or "film"."""
    title: str
    """The sentence of its prompt, or the title of the film."""
    storyboard: str
    """Id of the storyboard it was asked for from; empty for a clip by itself."""
    status: str
    """"waiting", "working", "done", "failed" or "cancelled"."""
    progress: float
    """0 to 1, over all its steps by the time each was expected to take."""
    doing: str
    """Code of the text catalogue for the stage it is in, such as "doing_drawing"."""
    seconds_left: float | None
    """Estimated seconds until it is done; None once it has ended."""
    clip_id: str | None
    """The clip it made, while that is in the library."""
    reused: bool
    """Whether the clip was in the library already when it was asked for."""
    error: Mapping[str, Any] | None
    """{"code", "values"} of what went wrong; None unless it failed."""
    created_at: float
    """Seconds since the epoch."""
    preview: bytes | None = None
    """A small JPEG of what can be seen of the take in hand; None while there is nothing to see."""
    again: Again | None = None
    """What it mends, if it is a film that was not asked for by a person."""

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to it by itself."""
        return self.status in ("done", "failed", "cancelled")


@dataclass(frozen=True)
class TakeSeen:
    """One take of a segment, beside the others."""

    key: str
    seed: int
    clip: Clip | None
    """None while it is not made, or no longer there."""
    chosen: bool
    """Whether the film would use it as the storyboard stands."""
    fits: bool
    """Whether giving the segment this seed chooses it; not so once its words, or what comes before, have changed."""


@dataclass(frozen=True)
class Progress:
    """How far one segment of a storyboard has come."""

    segment_id: str
    key: str
    """Of its take as the storyboard stands; empty when no take can be planned."""
    status: str
    """"done", "working", "waiting", "failed", "cancelled", "stale" when only an older take is there, or "new"."""
    progress: float
    """0 to 1."""
    doing: str
    """Code of the text catalogue, such as "doing_drawing"."""
    error: Mapping[str, Any] | None
    """{"code", "values"} of what went wrong, or of why no take can be planned."""
    clip: Clip | None
    """The take, or the newest older one when it is stale."""
    takes: tuple[TakeSeen, ...]
    """All that are there, and the chosen one, in the order in which they were first wanted."""
    preview: bytes | None = None
    """A small JPEG of what can be seen while it is working."""
