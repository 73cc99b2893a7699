"""What a person sees of the work that is being done for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from studio.storyboard import Look, Segment


@dataclass(frozen=True)
class Job:
    """One wish and how far it has come."""

    id: str
    title: str
    """The sentence of its prompt."""
    status: str
    """"waiting", "working", "done", "failed" or "cancelled"."""
    progress: float
    """0 to 1."""
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
    segment: Segment
    look: Look

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to it by itself."""
        return self.status in ("done", "failed", "cancelled")
