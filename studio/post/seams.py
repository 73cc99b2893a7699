"""Seams: how much the picture jumps from one take to the next, measured against how it moves inside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Self

import numpy as np
import numpy.typing as npt

from models.engine import Frame
from studio.post.difference import Values, ciede2000, colour_grid
from studio.post.flow import Field, disagreement, grey, length, movement, pulled

LOOK = 3
"""How many frames on either side of a seam are looked at."""
STILL_WARP, STILL_MOTION, STILL_COLOUR = 1.0, 0.5, 0.5
"""What counts as no change between two frames: levels of brightness, pixels at half size, CIEDE2000. Without a floor
the ratio to a clip that hardly moves would call every seam a jump."""
SEEN, TOO_FAR = 1.5, 4.0
"""A seam is seen when it changes so many times as much as the frames beside it; past the second it is another shot."""
NOTICED = 2.0
"""A step in colour that is noticed, in CIEDE2000, when it is also twice what happens inside the takes."""
LOST = 2.0
"""Pixels at half size by which a point may miss itself, there and back, before it counts as lost."""
MOST_LOST = 0.15


@dataclass(frozen=True)
class SeamFacts:
    """What was measured at a seam, and what came of it."""

    frame: int
    """Number in the film of the first frame after the seam."""
    kind: str
    """How it is joined: "cut", "blend" or "morph"."""
    verdict: str
    """ "good", "watch" or "bad"."""
    reason: str
    """ "smooth", "colour" (a step in colour), "jump" (in movement or content) or "cut" (a shot begins, as planned)."""
    warp: float
    """Mean difference in brightness, 0 to 255, once movement and a change of exposure are taken out."""
    warp_ratio: float
    """To the median inside the take on the livelier side."""
    motion_ratio: float
    """Mean movement to the median on the livelier side."""
    colour_step: float
    """Mean CIEDE2000 of a grid of 8 x 5 cells."""
    colour_ratio: float
    inconsistent: float
    """Share of the points, 0 to 1, that are lost on the way there and back."""


@dataclass(frozen=True)
class _Glance:
    """What is looked at of a frame."""

    light: Frame
    """Its brightness at half size."""
    colours: Values

    @classmethod
    def of(cls, frame: Frame) -> Self:
        import cv2

        half = cv2.resize(frame, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
        return cls(grey(half), colour_grid(half))


@dataclass(frozen=True)
class _Change:
    """What happens from one frame to the next."""

    field: Field
    """The movement, at half size."""
    warp: float
    motion: float
    colour: float

    @classmethod
    def between(cls, first: _Glance, second: _Glance) -> Self:
        field = movement(first.light, second.light)
        left = _levelled(pulled(second.light, field)) - _levelled(first.light)
        contrast = max(min(first.light.std(), second.light.std()), 1.0)
        return cls(
            field=field,
            warp=float(np.abs(left).mean() * contrast),
            motion=float(length(field).mean()),
            colour=float(ciede2000(first.colours, second.colours).mean()),
        )


def measure(tail: Sequence[Frame], head: Sequence[Frame], continues: bool = True) -> SeamFacts:
    """Return what happens from the last frame of `tail` to the first of `head`, and the join that suits it.

    Both hold consecutive frames as they stand in the film, of which the three nearest to the seam are looked at.
    `frame` is left at 0. A take that does not continue begins a shot: a cut, whatever is measured.
    """
    before, after = ([_Glance.of(frame) for frame in side] for side in (tail[-LOOK:], head[:LOOK]))
    seam = _Change.between(before[-1], after[0])
    lost = disagreement(seam.field, movement(after[0].light, before[-1].light)) > LOST
    sides = [[_Change.between(*pair) for pair in pairwise(side)] for side in (before, after)]
    warp = seam.warp / max(STILL_WARP, *(_usual([change.warp for change in side]) for side in sides))
    motion = seam.motion / max(STILL_MOTION, *(_usual([change.motion for change in side]) for side in sides))
    colour = seam.colour / max(STILL_COLOUR, *(_usual([change.colour for change in side]) for side in sides))
    kind, verdict, reason = "cut", "good", "cut"
    if continues:
        colours = seam.colour > NOTICED and colour > 2
        kind, verdict, reason = _judged(max(warp, motion), warp > TOO_FAR or lost.mean() > MOST_LOST, colours)
    return SeamFacts(
        frame=0,
        kind=kind,
        verdict=verdict,
        reason=reason,
        warp=round(seam.warp, 3),
        warp_ratio=round(warp, 3),
        motion_ratio=round(motion, 3),
        colour_step=round(seam.colour, 3),
        colour_ratio=round(colour, 3),
        inconsistent=round(float(lost.mean()), 4),
    )


def _usual(changes: Sequence[float]) -> float:
    """Return the median change on one side of a seam; 0 where there is none.

    A seam is held against the livelier side: who starts or stops there moves as on one side, a jump as on neither.
    """
    return median(changes) if changes else 0.0


def _judged(jump: float, another_shot: bool, colours: bool) -> tuple[str, str, str]:
    """Return kind, verdict and reason: what cannot be followed is cut, what is only seen is morphed."""
    if another_shot:
        return "cut", "bad", "jump"
    if jump >= SEEN:
        return "morph", "watch", "jump"
    if colours:
        return "morph", "watch", "colour"
    return "cut", "good", "smooth"


def _levelled(light: Frame) -> npt.NDArray[np.float32]:
    """Return a brightness without its mean and contrast, so that a change of exposure is no movement."""
    levelled = (light - np.float32(light.mean())) / np.float32(max(light.std(), 1.0))
    return levelled.astype(np.float32, copy=False)
