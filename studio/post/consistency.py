"""How well the segments of a film hold together, on a scale of 1 to 5, measured without a model.

Every segment is compared with the first of its shot, and at the seam with the one before it. What is compared is
told in studio/post/portrait.py; how faults become scores, here. What the story itself changes is no fault: another
pace, and another place or light when it comes about within a segment and not at a seam.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import hypot, log2
from pathlib import Path
from statistics import fmean

import numpy as np

from studio.post.difference import ciede2000, colour_step
from studio.post.portrait import Portrait, Stretch, angle, edges_of, flow, portraits, size

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
FROZEN = Scale(1.0, 4.0)
"""Octaves by which a segment moves less than the least that lives. Any other change of pace is the story's business."""
ALIVE, NOISE = 0.08, 0.01
"""Thousandths of the width from frame to frame: one who only breathes moves the picture so far, compression so far."""
STEADY = 2.0
"""Thousandths of the width: a change of flow that is as good as none. Otherwise clips that hardly move would differ by
any factor."""
NEW_SCENE, NEW_PLACE = 8.0, 0.15
"""CIEDE2000 and radians from one segment to the next that no drift makes: the story went elsewhere, so what follows is
compared with this segment."""
SMOOTH_JERK, SMOOTH_TURN, SMOOTH_ENERGY = 1.0, 0.1, 0.1
"""Octaves, radians and change of the logarithm of the edges' strength up to which a seam is smooth."""


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


def measure(
    film: Path, stretches: Sequence[Stretch], measured: Callable[[Stretch], object] = lambda _stretch: None
) -> tuple[SegmentScore, ...]:
    """Return the scores of the stretches of a film; raises Invalid when it is no video or ends before they do.

    Reads the film once and keeps a few small frames at a time. `measured` is told of each stretch; what it raises
    ends the measuring.
    """
    scores: list[SegmentScore] = []
    first = before = None
    for portrait, stretch in zip(portraits(film, stretches), stretches, strict=True):
        if first is None or before is None or not stretch.continues:
            first, score = portrait, SegmentScore.less(0, 0, 0)
        else:
            elsewhere = _colour_distance(before, portrait) > NEW_SCENE or _turned(before, portrait) > NEW_PLACE
            compared = _moved_on if elsewhere and _smooth(before, portrait) else _compared
            score = compared(first, before, portrait)
            first = portrait if elsewhere else first
        scores.append(score)
        measured(stretch)
        before = portrait
    return tuple(scores)


def film_score(scores: Sequence[SegmentScore]) -> float:
    """Return the score of a film: the mean of its segments' scores; 5 for none."""
    return fmean(one.score for one in scores) if scores else 5.0


def _compared(first: Portrait, before: Portrait, portrait: Portrait) -> SegmentScore:
    """Return the score of a segment that continues `before` in the shot that began with `first`."""
    colour = hypot(COLOUR.penalty(_colour_distance(first, portrait)), COLOUR_STEP.penalty(_step(before, portrait)))
    weaker = float(np.abs(first.energy - portrait.energy).mean())
    subject = hypot(ORIENTATION.penalty(_turned(first, portrait)), ENERGY.penalty(weaker))
    motion = hypot(JERK.penalty(_jerk(before, portrait)), FROZEN.penalty(_frozen(first, portrait)))
    return SegmentScore.less(subject, colour, motion)


def _moved_on(first: Portrait, before: Portrait, portrait: Portrait) -> SegmentScore:
    """Return the score of a segment in which the story itself goes elsewhere: only its seam and its movement count."""
    motion = hypot(JERK.penalty(_jerk(before, portrait)), FROZEN.penalty(_frozen(first, portrait)))
    return SegmentScore.less(0, COLOUR_STEP.penalty(_step(before, portrait)), motion)


def _smooth(before: Portrait, portrait: Portrait) -> bool:
    """Return whether nothing steps or jumps at a seam, so that what changes does so within the segment."""
    (last, strength), (next_, next_strength) = edges_of(before.ending[-1]), edges_of(portrait.opening[0])
    return (
        _step(before, portrait) <= COLOUR_STEP.free
        and _jerk(before, portrait) <= SMOOTH_JERK
        and angle(last, next_) <= SMOOTH_TURN
        and float(np.abs(strength - next_strength).mean()) <= SMOOTH_ENERGY
    )


def _colour_distance(one: Portrait, other: Portrait) -> float:
    """Return the mean CIEDE2000 of the deciles of two stretches, less what the first varies by itself."""
    return max(0.0, float(ciede2000(one.deciles, other.deciles).mean()) - one.colour_spread)


def _turned(one: Portrait, other: Portrait) -> float:
    """Return the angle between the edges of two stretches, in radians, less what the first varies by itself."""
    return max(0.0, angle(one.edges, other.edges) - one.edge_spread)


def _step(before: Portrait, portrait: Portrait) -> float:
    """Return the CIEDE2000 on the grid at a seam, beyond the steps beside it."""
    own = fmean(colour_step(*pair) for pair in (before.ending, portrait.opening))
    return colour_step(before.ending[-1], portrait.opening[0]) - own


def _jerk(before: Portrait, portrait: Portrait) -> float:
    """Return how much more the flow changes at a seam than inside, in octaves.

    Who stops at a seam, or sets off, moves across it as on one side of it; only what jumps does as on neither.
    """
    across = flow(before.ending[-1], portrait.opening[0])
    sides = [size(across - flow(*pair)) for pair in (before.ending, portrait.opening)]
    inside = (before.jerk + portrait.jerk) / 2
    return log2((min(sides) + STEADY) / (inside + STEADY))


def _frozen(first: Portrait, portrait: Portrait) -> float:
    """Return by how many halvings a segment moves less than the least that lives; 0 where the first does not live."""
    return log2((ALIVE + NOISE) / (portrait.pace + NOISE)) if first.pace >= ALIVE else 0.0
