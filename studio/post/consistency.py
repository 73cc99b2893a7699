"""How well the segments of a film hold together, on a scale of 1 to 5, measured without a model.

Every segment is compared with the first of its shot, and at the seam with the one before it. What is compared is
told in studio/post/portrait.py; how faults become scores, here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot, log2
from pathlib import Path
from statistics import fmean

import numpy as np

from studio.post.difference import ciede2000, colour_step
from studio.post.portrait import Portrait, Stretch, angle, flow, portraits, size

__all__ = ["SegmentScore", "Stretch", "film_score", "measure"]


@dataclass(frozen=True)
class Scale:
    """How a fault becomes a penalty: up to `free` costs nothing, `worst` costs all of the scale's 4 points."""

    free: float
    worst: float
    power: float = 1.0
    """Above 1 small faults count less."""

    def penalty(self, fault: float) -> float:
        """Return what a fault costs, 0 to 4."""
        share = min(1.0, max(0.0, fault - self.free) / (self.worst - self.free))
        return 4.0 * float(share**self.power)


# The scales are set so that a chain of takes without any remedy falls as is told of real ones: films of two segments
# 4.8, of four 4.3, of six 3.7, of eight below 3. tests/drifting.py is such a chain; benchmarks/consistency.py draws it.
COLOUR = Scale(1.0, 8.75, 1.4)
"""CIEDE2000 between the deciles of a segment and those of the first of its shot."""
COLOUR_STEP = Scale(1.0, 12.0)
"""CIEDE2000 on the grid at the seam, beyond the steps beside it."""
ORIENTATION = Scale(0.05, 0.4)
"""Radians; a film of another subject in another place is 0.2 to 0.4 off."""
ENERGY = Scale(0.05, 0.8)
"""Change of the logarithm of the edges' strength: 0.7 is half or double, as after a blur of 2 % of the width."""
JERK = Scale(0.5, 5.0, 1.5)
"""Octaves by which the flow changes more at the seam than inside."""
PACE = Scale(1.0, 4.0)
"""Octaves between two paces: twice as fast is the story's business."""
STEADY, STILL = 2.0, 0.5
"""Thousandths of the width: changes of flow, and paces, below which two are as good as equal. Otherwise clips that
hardly move would differ by any factor."""
NEW_SCENE = 8.0
"""CIEDE2000 from one segment to the next that no drift makes: the story went elsewhere, so what follows is compared
with this segment."""


@dataclass(frozen=True)
class SegmentScore:
    """How well a segment holds to its shot, each from 1.0, another film, to 5.0, no difference to be seen."""

    subject: float
    colour: float
    motion: float
    score: float
    """All three in one: their penalties add as independent faults do."""

    @classmethod
    def less(cls, subject: float, colour: float, motion: float) -> "SegmentScore":
        """Return the score that remains after these penalties."""
        total = hypot(subject, colour, motion)
        return cls(*(round(5.0 - min(4.0, penalty), 2) for penalty in (subject, colour, motion, total)))


def measure(film: Path, stretches: Sequence[Stretch]) -> tuple[SegmentScore, ...]:
    """Return the scores of the stretches of a film; raises Invalid when it is no video or ends before they do.

    Reads the film once and keeps a few small frames at a time.
    """
    scores: list[SegmentScore] = []
    first = before = None
    for portrait, stretch in zip(portraits(film, stretches), stretches, strict=True):
        if first is None or before is None or not stretch.continues:
            first, score = portrait, SegmentScore.less(0, 0, 0)
        else:
            score = _compared(first, before, portrait)
            if _colour_distance(before, portrait) > NEW_SCENE:
                first = portrait
        scores.append(score)
        before = portrait
    return tuple(scores)


def film_score(scores: Sequence[SegmentScore]) -> float:
    """Return the score of a film: the mean of its segments' scores; 5 for none."""
    return fmean(one.score for one in scores) if scores else 5.0


def _compared(first: Portrait, before: Portrait, portrait: Portrait) -> SegmentScore:
    """Return the score of a segment that continues `before` in the shot that began with `first`."""
    step = colour_step(before.ending[-1], portrait.opening[0])
    own = fmean(colour_step(*pair) for pair in (before.ending, portrait.opening))
    colour = hypot(COLOUR.penalty(_colour_distance(first, portrait)), COLOUR_STEP.penalty(step - own))
    turned = max(0.0, angle(first.edges, portrait.edges) - first.edge_spread)
    weaker = float(np.abs(first.energy - portrait.energy).mean())
    subject = hypot(ORIENTATION.penalty(turned), ENERGY.penalty(weaker))
    motion = hypot(JERK.penalty(_jerk(before, portrait)), PACE.penalty(_octaves(portrait.pace, first.pace)))
    return SegmentScore.less(subject, colour, motion)


def _colour_distance(one: Portrait, other: Portrait) -> float:
    """Return the mean CIEDE2000 of the deciles of two stretches, less what the first varies by itself."""
    return max(0.0, float(ciede2000(one.deciles, other.deciles).mean()) - one.colour_spread)


def _jerk(before: Portrait, portrait: Portrait) -> float:
    """Return how much more the flow changes at a seam than inside, in octaves."""
    across = flow(before.ending[-1], portrait.opening[0])
    sides = [size(across - flow(*pair)) for pair in (before.ending, portrait.opening)]
    inside = (before.jerk + portrait.jerk) / 2
    return log2((max(sides) + STEADY) / (inside + STEADY))


def _octaves(one: float, other: float) -> float:
    """Return by how many doublings two paces differ; below STILL they are as good as still."""
    return abs(log2((one + STILL) / (other + STILL)))
