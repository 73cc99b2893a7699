"""Which frames of a film are copied and which are encoded, and the encoded ones in order."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, pairwise
from pathlib import Path

from models.engine import Frame
from studio.post.between import REACH, anew
from studio.post.parts import Opened
from studio.post.splice import Stretch

EDGE = max(REACH.values()) + 1
"""Frames at either end of a take that a seam makes anew or needs."""


@dataclass(frozen=True)
class Place:
    """A take in its place in the film."""

    take: Opened
    kind: str
    """How it is joined to the one before it: "cut", "blend" or "morph"."""
    reach: int
    """How many frames on either side of that seam are made anew."""
    copied: range
    """The frames of its file of which the packets are copied; empty when it is encoded whole."""

    def frames(self) -> Iterator[Frame]:
        """Yield its frames that are encoded; when the seam before is made anew, the repeated frame before them."""
        start = 0 if self.reach else self.take.first
        if not self.copied:
            return self.take.frames(start, self.take.num_frames)
        return chain(
            self.take.frames(start, self.copied.start), self.take.frames(self.copied.stop, self.take.num_frames)
        )


def reach_of(kind: str, before: Opened, after: Opened) -> int:
    """Return how many frames on either side a seam makes anew; each take keeps one that no seam touches."""
    return min(REACH[kind], (before.kept - 1) // 2, (after.kept - 1) // 2)


def placed(takes: Sequence[Opened], kinds: Sequence[str], header: bytes) -> list[Place]:
    """Return the takes in their places; `kinds` has one join for each seam, `header` is what may be copied."""
    seams = [reach_of(kind, *pair) for kind, pair in zip(kinds, pairwise(takes), strict=True)]
    return [
        Place(take, kind, before, _copied(take, before, after, header))
        for take, kind, before, after in zip(takes, ["cut", *kinds], [0, *seams], [*seams, 0], strict=True)
    ]


def _copied(take: Opened, before: int, after: int, header: bytes) -> range:
    """Return the frames to copy, where the seams on both sides reach so far and need one frame more."""
    if take.part.filter or take.index.header != header:
        return range(0)
    earliest = take.first + (before + 1 if before else 0)
    latest = take.num_frames - (after + 1 if after else 0)
    ways_in = [key for key in take.index.key_frames if key >= earliest]
    ways_out = [key for key in (*take.index.key_frames, take.num_frames) if key <= latest]
    return range(ways_in[0], ways_out[-1]) if ways_in and ways_out else range(0)


def encoded(places: Sequence[Place]) -> Iterator[Frame]:
    """Yield the frames that are encoded in the order of the film, never holding more than a few."""
    held: deque[Frame] = deque()
    for place in places:
        frames = place.frames()
        if place.reach:
            doubled = next(frames) if place.take.first else None
            while len(held) > place.reach + 1:
                yield held.popleft()
            tail, head = list(held), list(islice(frames, place.reach + 1))
            held.clear()
            frames = chain(anew(place.kind, tail, doubled, head, place.take.number), frames)
        for frame in frames:
            held.append(frame)
            if len(held) > EDGE:
                yield held.popleft()
    yield from held


def stretches(places: Sequence[Place], seams: Path) -> list[Stretch]:
    """Return what follows what in the film, where `seams` is the file of the encoded frames."""
    found: list[Stretch] = []
    began = count = 0
    for place in places:
        end = place.take.num_frames
        if place.copied:
            count += place.copied.start - place.take.first
            found += [
                Stretch(seams, began, count),
                Stretch(place.take.part.path, place.copied.start, place.copied.stop),
            ]
            began = count
        count += end - (place.copied.stop if place.copied else place.take.first)
    return [stretch for stretch in [*found, Stretch(seams, began, count)] if stretch.start < stretch.stop]
