"""Foot timing: a planted foot moves back at exactly the body's speed, so it does not slide."""

import math
from dataclasses import dataclass

from models.animatic.easing import smoothstep


@dataclass(frozen=True)
class Gait:
    """One cycle of steps."""

    offsets: tuple[float, ...]
    """Phase of each leg, in cycles."""
    duty: float
    """Share of the cycle a foot is on the ground."""
    period: float
    """Seconds a cycle takes at full pace."""
    stride: float
    """Way of a planted foot under the body, in leg lengths."""
    lift: float
    """Height of a swinging foot, in leg lengths."""
    bob: float = 0.0
    """Rise and fall of the body, in leg lengths."""

    def speed(self, leg: float) -> float:
        """Return the body's speed in rig units a second that keeps planted feet still."""
        return self.stride * leg / (self.duty * self.period)


QUADRUPED = {
    "walk": Gait((0, 0.5, 0.75, 0.25), duty=0.62, period=0.95, stride=0.92, lift=0.22, bob=0.025),
    "run": Gait((0, 0.12, 0.52, 0.64), duty=0.30, period=0.47, stride=1.34, lift=0.42, bob=0.10),
    "push": Gait((0, 0.5, 0.75, 0.25), duty=0.7, period=1.5, stride=0.6, lift=0.14),
}
BIPED = {
    "walk": Gait((0, 0.5), duty=0.6, period=1.05, stride=0.86, lift=0.2),
    "run": Gait((0, 0.5), duty=0.36, period=0.60, stride=1.16, lift=0.5),
    "push": Gait((0, 0.5), duty=0.66, period=1.4, stride=0.55, lift=0.14),
}
BIRD = {
    "walk": Gait((0, 0.5), duty=0.6, period=0.62, stride=0.84, lift=0.26),
    "run": Gait((0, 0.5), duty=0.42, period=0.36, stride=1.0, lift=0.34),
}


def step(phase: float, gait: Gait, leg: float, pace: float) -> tuple[float, float, float]:
    """Return a foot's (x, y, fold): planted for `duty` of the cycle, then swinging forward.

    `pace` in (0, 1] shortens the stride of a subject that must not go far.
    """
    phase %= 1
    stride = gait.stride * leg * pace
    if phase < gait.duty:
        return stride * (0.5 - phase / gait.duty), 0.0, 0.0
    swing = (phase - gait.duty) / (1 - gait.duty)
    fold = math.sin(math.pi * min(1.0, swing * 1.25)) if swing < 0.8 else 0.0
    height = gait.lift * leg * (0.4 + 0.6 * pace) * math.sin(math.pi * swing) ** 0.8
    return stride * (-0.5 + smoothstep(swing)), -height, fold
