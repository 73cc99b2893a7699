"""What a person wants made: the look a film shares and the segments it is told in."""

from dataclasses import dataclass, replace
from math import log

from models.engine import Engine, Limits, Prompt

SEAMS = ("auto", "cut", "blend", "morph")
"""Ways to join a segment to the one before it; "auto" decides from the measure of the seam."""
SEGMENTS_LIMIT = 200
"""Segments that fit into one film."""
CAST_KINDS = ("character", "place", "prop")


@dataclass(frozen=True)
class Look:
    """What all segments of a film share."""

    engine: str = "animatic"
    width: int = 854
    height: int = 480
    fps: int = 24
    seed: int = 0
    """0 to models.engine.MAX_SEED; equal seeds and words give equal pixels."""
    adapters: str = ""
    """Adapters (LoRA) with their weights, such as "ink:0.8, mia"; only for engines that take any."""


def rate_for(limits: Limits, fps: int) -> int:
    """Return a frame rate where an engine draws at it, else the engine's own."""
    return fps if fps in limits.fps else limits.fps[0]


def look_for(engine: Engine, look: Look) -> Look:
    """Return a look as another engine can take it: with the nearest of its sizes and rates where it cannot take these.

    The nearest size is the one nearest in shape, and of those in area.
    """
    limits, (low, high) = engine.limits, engine.limits.side_range
    sides = (look.width, look.height)
    size = sides if all(low <= side <= high and not side % limits.size_multiple for side in sides) else ()

    def far(offered: tuple[int, int]) -> tuple[float, float]:
        (width, height), shape = offered, look.width / look.height
        return round(abs(log(width / height / shape)), 1), abs(log(width * height / (look.width * look.height)))

    width, height = size or min(limits.sizes, key=far)
    fps = rate_for(limits, look.fps)
    adapters = look.adapters if limits.adapters else ""
    return replace(look, engine=engine.name, width=width, height=height, fps=fps, adapters=adapters)


@dataclass(frozen=True)
class Segment:
    """One generated stretch of a film."""

    prompt: Prompt
    seconds: float = 2.0
    cut: bool = False
    """Whether it starts a new shot instead of continuing; the first segment of a film always does."""
    seam: str = "auto"
    """How it is joined to the segment before it, one of SEAMS."""
    seed: int | None = None
    """The seed of the chosen take; None for the look's own. Another take is another seed."""
    id: str = ""
    """Names it within its storyboard, however it is moved; empty outside of one."""


@dataclass(frozen=True)
class Storyboard:
    """A film as it is wanted: plain data, from which all keys follow."""

    look: Look
    segments: tuple[Segment, ...]
    title: str = ""
    story: str = ""
    """The text it was split from, as it was typed."""
    wording: str = ""
    """What is added to the sentence of each continuing segment, such as "same character, same lighting"."""
    lock_colours: bool = True
    """Whether colours are held to the first segment of the shot, in anchors and in the film."""
    lut: str = ""
    """Name of a .cube file of assets/luts that grades the film; empty for none."""
    mend: bool = False
    """Whether the weakest segment of its film is tried once more by itself, if it does not hold together."""
    id: str = ""
    """Names it in the library; empty before it is kept."""


@dataclass(frozen=True)
class CastMember:
    """A character, place or prop that is named once and used as @name in any slot."""

    name: str
    """1 to 40 letters, digits, - or _ of any script; unique whatever its case."""
    words: str
    """What stands for @name in the prompt that is sent, such as "a girl of eight, red scarf, short black hair"."""
    kind: str = "character"
    """One of CAST_KINDS."""
    picture: str = ""
    """Digest of a picture in the media store that a shot may begin from; empty for none."""
