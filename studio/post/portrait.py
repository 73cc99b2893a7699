"""What is looked at in a segment to tell whether it belongs to its shot.

colours  the deciles of L*, a* and b*: unlike the colours of places, they stay as they are when camera and subject move.
edges    their orientations at three scales, weighted to the middle of the picture and pooled over it: the histograms
         of oriented gradients of Dalal and Triggs (2005) without their cells, so that a pose may change. And their
         energy, which tells a softened or a flattened picture from a sharp one.
pace     the mean displacement from frame to frame, and jerk, its mean change, by optical flow.
"""

from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from statistics import fmean, median
from typing import Any, Self

import av
import cv2
import numpy as np
import numpy.typing as npt

from models.engine import Frame
from studio.errors import Invalid
from studio.post.ahead import ahead
from studio.post.difference import ciede2000, lab

Values = npt.NDArray[np.float64]

SIZE = (216, 120)
"""Width and height of the copies that are looked at."""
PLACES = (0.2, 0.5, 0.8)
"""Where in a stretch three frames in a row are looked at, as shares of its length."""
DECILES = np.linspace(0.1, 0.9, 9)
SCALES, ORIENTATIONS = 3, 8
ROW = 4
"""Stretches that are looked at in one go, while others are in another."""
LEAST_EDGES = 0.3
"""Mean strength of edges, in grey levels a pixel, that counts as none: noise and compression leave as much."""


@dataclass(frozen=True)
class Stretch:
    """Where one segment lies in a film."""

    start_frame: int
    num_frames: int
    continues: bool
    """Whether it continues the one before it; if not, it starts a shot and is compared with nothing before."""

    @property
    def middles(self) -> tuple[int, ...]:
        """The middle ones of the triples of frames that are looked at."""
        last = self.num_frames - 1
        places = {min(max(round(place * self.num_frames), 1), max(last - 1, 0)) for place in PLACES}
        return tuple(sorted(self.start_frame + place for place in places))

    @property
    def wanted(self) -> tuple[int, ...]:
        """The frames that are looked at: triples, and two at either end."""
        inside = {middle + step for middle in self.middles for step in (-1, 0, 1)}
        end = self.start_frame + self.num_frames
        ends = {self.start_frame, self.start_frame + 1, end - 2, end - 1}
        return tuple(sorted(number for number in inside | ends if self.start_frame <= number < end))


@dataclass(frozen=True, eq=False)
class Portrait:
    """What is known of a stretch once its frames are gone."""

    deciles: Values
    """L*, a*, b* at each decile, mean over the frames: [9, 3]."""
    colour_spread: float
    """Mean CIEDE2000 of its own frames to that mean."""
    edges: Values
    """Root of the share of each orientation at each scale, of length 1: [24]."""
    edge_spread: float
    """Mean angle of its own frames to that, in radians."""
    energy: Values
    """Natural logarithm of the mean strength of edges at each scale: [3]."""
    pace: float
    """Median displacement from frame to frame, in thousandths of the picture's width."""
    jerk: float
    """Median change of displacement from one step to the next, in the same unit."""
    opening: tuple[Frame, ...]
    ending: tuple[Frame, ...]
    """Its first two and its last two frames, small; twice the same where it has no more."""

    @classmethod
    def of(cls, stretch: Stretch, seen: Mapping[int, Frame]) -> Self:
        """Return the portrait of a stretch whose wanted frames are given by number."""
        middles = [seen[number] for number in stretch.middles]
        deciles = [_deciles(frame) for frame in middles]
        edges = [edges_of(frame) for frame in middles]
        triples = [[seen.get(number + step) for step in (-1, 0, 1)] for number in stretch.middles]
        flows = [(flow(a, b), flow(b, c)) for a, b, c in triples if a is not None and b is not None and c is not None]
        typical, shape = np.mean(deciles, 0), _unit(np.mean([one for one, _ in edges], 0))
        small = [seen[number] for number in (stretch.wanted if stretch.num_frames > 1 else stretch.wanted * 2)]
        return cls(
            deciles=typical,
            colour_spread=fmean(float(ciede2000(one, typical).mean()) for one in deciles),
            edges=shape,
            edge_spread=fmean(angle(one, shape) for one, _ in edges),
            energy=np.mean([energy for _, energy in edges], 0),
            pace=median(size(one) for one, _ in flows) if flows else 0.0,
            jerk=median(size(other - one) for one, other in flows) if flows else 0.0,
            opening=tuple(small[:2]),
            ending=tuple(small[-2:]),
        )


def portraits(film: Path, stretches: Sequence[Stretch]) -> Iterator[Portrait]:
    """Yield the portrait of each stretch; raises Invalid when the film is no video or ends before they do."""
    rows = [stretches[start : start + ROW] for start in range(0, len(stretches), ROW)]
    return chain.from_iterable(ahead(lambda row: _portraits(film, row), rows))


def _portraits(film: Path, row: Sequence[Stretch]) -> list[Portrait]:
    """Return the portraits of stretches that follow each other, from one opening of the film."""
    looks = _looks(film, {number for stretch in row for number in stretch.wanted})
    found = []
    with closing(looks):
        for stretch in row:
            seen = dict(next(looks, (-1, None)) for _ in stretch.wanted)
            if -1 in seen:
                raise Invalid("video_broken", {"name": film.name})
            found.append(Portrait.of(stretch, seen))
    return found


def _looks(film: Path, wanted: Collection[int]) -> Generator[tuple[int, Any], None, None]:
    """Yield (number, small copy) of the wanted frames of a film, in order.

    Frames that nobody wants and no other is made from are not decoded, which halves the work.
    """
    try:
        with av.open(f"file:{film}") as container:
            stream: Any = container.streams.video[0]
            context = stream.codec_context
            context.thread_count = 1
            ticks = float(stream.average_rate * stream.time_base)
            container.seek(round(min(wanted) / ticks), stream=stream)
            for packet in container.demux(stream):
                number = None if packet.pts is None else round(packet.pts * ticks)
                context.skip_frame = "DEFAULT" if number in wanted else "NONREF"
                for frame in packet.decode():
                    number = round(frame.pts * ticks)
                    if number in wanted:
                        yield number, _small(frame)
    except (av.FFmpegError, IndexError) as error:
        raise Invalid("video_broken", {"name": film.name}) from error


def flow(first: Frame, second: Frame) -> Values:
    """Return the displacement of every pixel from one small frame to the next, in thousandths of the width: [h, w, 2].

    By DIS optical flow, which takes a step in brightness for movement: so it is evened out first.
    """
    dis = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
    one, other = (_evened(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)) for frame in (first, second))
    return np.asarray(dis.calc(one, other, np.zeros((*one.shape, 2), np.float32)) * (1000 / SIZE[0]), np.float64)


def size(field: Values) -> float:
    """Return the mean length of the displacements of a flow."""
    return float(np.hypot(field[..., 0], field[..., 1]).mean())


def angle(one: Values, other: Values) -> float:
    """Return the angle between two sets of edges, in radians: 0 for equal ones, half of pi for nothing in common."""
    return float(np.arccos(min(1.0, float(one @ other))))


def edges_of(frame: Frame) -> tuple[Values, Values]:
    """Return the root of the share of each orientation at each scale, and the logarithm of the strength at each."""
    grey, found = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY).astype(np.float32), []
    for _ in range(SCALES):
        right, down = (cv2.Sobel(grey, cv2.CV_32F, *axis, scale=1 / 8) for axis in ((1, 0), (0, 1)))
        strength, turn = cv2.cartToPolar(right, down)
        bins = (turn * (2 * ORIENTATIONS / (2 * np.pi))).astype(np.intp) % ORIENTATIONS
        found.append(np.bincount(bins.ravel(), (strength * _middle(*grey.shape)).ravel(), ORIENTATIONS))
        grey = np.asarray(cv2.pyrDown(grey), np.float32)
    histogram = np.array(found)
    return _unit(np.sqrt(histogram.ravel())), np.log(histogram.sum(1) + LEAST_EDGES)


def _small(frame: Any) -> Frame:
    """Return a decoded frame as a small RGB picture."""
    scaled = frame.reformat(width=SIZE[0], height=SIZE[1], format="rgb24", interpolation="AREA")
    return np.asarray(scaled.to_ndarray(), np.uint8)


def _deciles(frame: Frame) -> Values:
    pixels = lab(cv2.resize(frame, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)).reshape(-1, 3)
    return np.asarray(np.quantile(pixels, DECILES, axis=0), np.float64)


@cache
def _middle(height: int, width: int) -> npt.NDArray[np.float32]:
    """Return weights of sum 1 that fall off from the middle of a picture, where subjects are."""
    down, across = np.meshgrid(np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij")
    weights = np.exp(-((across / 0.6) ** 2) - (down / 0.8) ** 2)
    return np.asarray(weights / weights.sum(), np.float32)


def _evened(grey: Any) -> Any:
    """Return a grey picture of middling brightness and contrast; noise in a blank one is left as faint as it is."""
    share = 40 / max(float(grey.std()), 8.0)
    return cv2.convertScaleAbs(grey, alpha=share, beta=128 - share * float(grey.mean()))


def _unit(vector: Values) -> Values:
    length = float(np.linalg.norm(vector))
    return vector / length if length else np.full_like(vector, vector.size**-0.5)
