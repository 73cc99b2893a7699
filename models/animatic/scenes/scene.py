"""What a scene is: painters in order, some behind the subject and some before it."""

from dataclasses import dataclass
from typing import Protocol

from models.animatic.stage import GROUND_Y, Stage


class Painter(Protocol):
    """Something that draws itself on a stage."""

    def draw(self, stage: Stage) -> None:
        """Paint it."""


@dataclass(frozen=True)
class Scene:
    """One place."""

    back: tuple[Painter, ...]
    front: tuple[Painter, ...] = ()
    outdoors: bool = True
    """Weather falls between the viewer and the subject."""
    water_y: float = 0.0
    """Where a boat's waterline is; 0 where there is no water."""
    submerged: bool = False
    """The water reaches above the picture."""
    water_scale: float = 1.0
    """How large things on the water are."""

    def anchor(self, afloat: bool) -> tuple[float, float]:
        """Return (height of the subject's ground line, how large it is there)."""
        return (self.water_y, self.water_scale) if afloat and self.water_y else (GROUND_Y, 1.0)
