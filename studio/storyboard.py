"""What a person wants made: the look a film shares and the segments it is told in."""

from dataclasses import dataclass

from models.engine import Prompt


@dataclass(frozen=True)
class Look:
    """What all segments of a film share."""

    engine: str = "animatic"
    width: int = 854
    height: int = 480
    fps: int = 24
    seed: int = 0
    """0 to models.engine.MAX_SEED; equal seeds and words give equal pixels."""


@dataclass(frozen=True)
class Segment:
    """One generated stretch of a film."""

    prompt: Prompt
    seconds: float = 2.0
