"""The parts of a film: takes as they were chosen, and as their files turn out to be."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.engine import Frame
from studio import video
from studio.errors import Invalid


@dataclass(frozen=True)
class Part:
    """One chosen take on its way into a film."""

    path: Path
    continues: bool = False
    """Whether frame 0 repeats the last frame of the part before; then it is dropped."""
    seam: str = "auto"
    """How it is joined to the part it continues: "auto", "cut", "blend" or "morph"; a new shot is always a cut."""
    filter: Callable[[Frame], Frame] | None = None
    """What is done to each of its frames; None leaves them, and the packets of the file, as they are."""


@dataclass(frozen=True)
class Opened:
    """A part whose file has been looked through."""

    part: Part
    number: int
    """Its place in the film, from 1, as a person counts."""
    index: video.Index

    @property
    def first(self) -> int:
        """Number of the first frame that is kept."""
        return int(self.part.continues)

    @property
    def num_frames(self) -> int:
        """Frames in the file."""
        return self.index.facts.num_frames

    @property
    def kept(self) -> int:
        """Frames it gives to the film."""
        return self.num_frames - self.first

    def frames(self, start: int, stop: int) -> Iterator[Frame]:
        """Yield frames as they stand in the film, from number `start` of the file up to `stop`; raises Invalid."""
        try:
            for frame in video.read(self.part.path, start, stop) if start < stop else ():
                yield self.part.filter(frame) if self.part.filter else frame
        except Invalid as error:
            raise Invalid("join_part_broken", {"part": self.number}) from error


def opened(parts: Sequence[Part], fps: int) -> tuple[Opened, ...]:
    """Return the parts with what their files hold; raises Invalid unless all are whole and of one size and rate."""
    found: list[Opened] = []
    for number, part in enumerate(parts, 1):
        try:
            take = Opened(part, number, video.index(part.path))
        except Invalid as error:
            raise Invalid("join_part_broken", {"part": number}) from error
        _check(take, (found or [take])[0], fps)
        found.append(take)
    if not found:
        raise Invalid("join_empty")
    return tuple(found)


def _check(take: Opened, first: Opened, fps: int) -> None:
    """Raise Invalid unless a take has the size of the first, the rate of the film and a frame to give."""
    facts, expected = take.index.facts, first.index.facts
    if (facts.width, facts.height) != (expected.width, expected.height):
        sizes = {"expected": f"{expected.width}x{expected.height}", "found": f"{facts.width}x{facts.height}"}
        raise Invalid("join_size", {"part": take.number, **sizes})
    if facts.fps != fps or not take.index.steady:
        raise Invalid("join_rate", {"part": take.number, "expected": fps, "found": round(facts.fps, 3)})
    if not take.kept:
        raise Invalid("join_short", {"part": take.number})
