"""Joining: the chosen takes of a storyboard become one film, of exactly the length they add up to.

A film is made in three rounds, none of which holds more than a few frames. The seams are measured, which decides the
joins that were left open. The frames that a join or a filter touches are encoded. What nothing touches is copied
beside them, so that joining again after one take has changed encodes seams and nothing else.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from models.engine import Frame, Report
from studio import video
from studio.post.ahead import ahead
from studio.post.assembly import EDGE, Place, encoded, placed, reach_of, stretches
from studio.post.parts import Opened, Part, opened
from studio.post.seams import LOOK, SeamFacts, measure
from studio.post.splice import Stretch, splice

__all__ = ["Join", "Part", "key_frames"]


def key_frames(num_frames: int, continues: bool) -> tuple[int, ...]:
    """Return where a take of so many frames should have key frames, so that a film can copy all but its seams."""
    first = int(continues)
    return tuple(sorted({n for n in (first, first + EDGE, num_frames - EDGE) if first <= n < num_frames}))


@dataclass(frozen=True)
class Join:
    """A film to be: its parts in order."""

    parts: tuple[Part, ...]
    fps: int

    def write(self, path: Path, report: Report) -> tuple[SeamFacts, ...]:
        """Write the film to an mp4 at `path`, whole or not at all, and return what was found at each seam.

        Each part gives its frames less the one it repeats, whatever the seams; equal parts give equal bytes on one
        machine. `report` counts the frames of the film. Raises Invalid for no parts and for one that is damaged, gone,
        or of another size or rate than the first; StorageError when the film cannot be written; and whatever `report`
        raises.
        """
        takes = opened(self.parts, self.fps)
        progress = _Progress(report, sum(take.kept for take in takes))
        seams = tuple(_measured(takes, progress))
        beside = path.with_name(path.name + ".seams")
        try:
            header = _header(takes, self.fps, beside)
            places = placed(takes, [seam.kind for seam in seams], header)
            _assemble(places, path, beside, self.fps, progress)
        finally:
            with suppress(OSError):
                beside.unlink(missing_ok=True)
        return seams


class _Progress:
    """Counts the frames of the film that are ready."""

    def __init__(self, report: Report, total: int) -> None:
        self._report = report
        self._total = total
        self._done = 0

    def step(self, frames: int = 1) -> None:
        """Count so many frames more; raises what `report` raises."""
        self._done += frames
        self._report(self._done, self._total, "doing_joining")

    def counted(self, frames: Iterable[Frame]) -> Iterator[Frame]:
        """Yield the frames, counting each when the next is asked for."""
        for frame in frames:
            self.step(0)
            yield frame
            self.step()


def _measured(takes: Sequence[Opened], progress: _Progress) -> Iterator[SeamFacts]:
    """Yield the facts of each seam; stops when `progress` says so."""
    frame = 0
    for (before, _), facts in zip(pairwise(takes), ahead(_seam, pairwise(takes)), strict=True):
        progress.step(0)
        frame += before.kept
        yield replace(facts, frame=frame)


def _seam(pair: tuple[Opened, Opened]) -> SeamFacts:
    """Return the facts of the seam between two takes, with the join that it gets."""
    before, after = pair
    tail = list(before.frames(max(before.first, before.num_frames - LOOK), before.num_frames))
    head = list(after.frames(after.first, min(after.first + LOOK, after.num_frames)))
    facts = measure(tail, head, after.part.continues)
    kind = after.part.seam if after.part.continues and after.part.seam != "auto" else facts.kind
    return replace(facts, kind=kind if reach_of(kind, before, after) else "cut")


def _header(takes: Sequence[Opened], fps: int, path: Path) -> bytes:
    """Return the `video.Index.header` of a film of this size and rate that is written now, by writing one frame."""
    facts = takes[0].index.facts
    if all(take.part.filter for take in takes):
        return b""
    video.write([np.zeros((facts.height, facts.width, 3), np.uint8)], path, fps)
    return video.index(path).header


def _assemble(places: Sequence[Place], path: Path, beside: Path, fps: int, progress: _Progress) -> None:
    """Write the film: encoded straight to `path` when nothing can be copied, otherwise by way of `beside`."""
    if not any(place.copied for place in places):
        video.write(progress.counted(encoded(places)), path, fps)
        return

    def copied(stretch: Stretch) -> None:
        progress.step(stretch.path != beside)

    order = stretches(places, beside)
    keys = [stretch.start for stretch in order if stretch.path == beside]
    if keys:
        video.write(progress.counted(encoded(places)), beside, fps, keys)
    splice(order, path, fps, copied)
