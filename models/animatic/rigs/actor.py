"""What every subject answers, so that world, camera and clip need not know its kind."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from models.animatic.rigs.gait import Gait
from models.animatic.rigs.skin import Pose, Skin

BASE_ZOOM = 1.45
"""Pixels of the 480-line picture per world unit for a subject whose own zoom is 1."""


@dataclass(frozen=True)
class Moment:
    """Where in an action a subject is."""

    action: str
    seconds: float
    """Time since the action began."""
    phase: float
    """Gait cycles done."""
    pace: float = 1.0
    """Share of the full stride, in (0, 1]."""

    @property
    def breath(self) -> float:
        """A slow wave in [-1, 1]."""
        return math.sin(self.seconds * 2.2)


class Subject:
    """An empty stage, and what everything else on it differs from."""

    visible = False
    scale = 1.0
    zoom = BASE_ZOOM
    floats = False
    """It is at home on water."""
    steams = False
    """It is hot."""
    leaps = False
    """It covers ground when it jumps."""
    draught = 0.0
    """How far it lies below its usual height when it is in water, in world units."""
    beside = 1.0
    """Share of its size where people are: a cup is small beside a girl."""
    grip: tuple[float, ...] = ()
    """Where a hand holds it, in rig units; empty for what nobody carries."""
    arm: tuple[float, ...] = ()
    """Angles of the upper arm and of the elbow that hold it."""
    pedals = False
    """Its rider makes it go."""

    def period(self, action: str) -> float:
        """Return the seconds of one cycle of its way of going; 0 for none."""
        return 0.0

    def speed(self, action: str) -> float:
        """Return its full speed in world units a second."""
        return 0.0

    def pose(self, moment: Moment) -> Pose:
        """Return its posture."""
        return {"face": 1.0, "air": 0.0}

    def lift(self, action: str, seconds: float) -> float:
        """Return the height it seeks above the ground, in world units (negative is up)."""
        return 0.0

    def skin(self, pose: Mapping[str, float], time: float, eye: float) -> Skin:
        """Return its outlines; `eye` scales the eyes."""
        return Skin()

    @property
    def head_size(self) -> float:
        """Return the height of what a close-up shows, in world units."""
        return 120.0


@lru_cache(maxsize=512)
def extent(subject: Subject, action: str = "idle") -> tuple[float, float, float]:
    """Return how far it reaches (back, forward, up) in world units, at rest and in an action."""
    if not subject.visible:
        return (0.0, 0.0, 0.0)
    highest = 0.65 if action == "jump" and not subject.leaps else 1.5
    poses = [subject.pose(moment) for moment in (Moment("idle", 0.0, 0.0), Moment(action, highest, 0.0))]
    bounds = [subject.skin(pose, 0.0, 1.0).bounds() for pose in poses]
    scale = subject.scale
    return (
        -min(left for left, _, _, _ in bounds) * scale,
        max(right for _, _, right, _ in bounds) * scale,
        -min(top for _, top, _, _ in bounds) * scale,
    )


def gait_period(gait: Gait | None) -> float:
    """Return a gait's period, 0 for none."""
    return gait.period if gait else 0.0


def fallen(height: float, seconds: float) -> float:
    """Return the height (negative is up) of what falls from `height` and bounces once, low."""
    if seconds < 0.8:
        return -height * (1 - (seconds / 0.8) ** 2)
    bounce = min(1.0, (seconds - 0.8) / 0.45)
    return -0.12 * height * 4 * bounce * (1 - bounce)
