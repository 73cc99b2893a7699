"""A street of small shops with lamps, at its best in the rain."""

from dataclasses import dataclass

from models.animatic.painting.architecture import Along, Pavement, lights_on, street_lamp, street_tree
from models.animatic.painting.city import Buildings
from models.animatic.painting.houses import ShopFronts
from models.animatic.painting.sky import Clouds, Mist, Sky
from models.animatic.painting.sun import Sun
from models.animatic.reflection import reflect
from models.animatic.scenes.scene import Scene
from models.animatic.stage import HORIZON_Y, Stage

FRONT_DEPTH, FRONT_Y = 1.9, 344


@dataclass(frozen=True)
class Wet:
    """What the wet pavement shows of the lit shops."""

    def draw(self, stage: Stage) -> None:
        """Paint it."""
        if stage.spec.weather != "rain" or not stage.value("reflection", True):
            return
        rise = FRONT_Y - HORIZON_Y - stage.sunk(FRONT_DEPTH)
        zoom = 1 + (stage.now.camera[2] - 1) * FRONT_DEPTH**-0.6
        reflect(stage, HORIZON_Y + rise * zoom, (0.55 if lights_on(stage) else 0.28) * stage.value("wet", 1.0))


SCENE = Scene(
    back=(
        Sky((Sun(0.6, 70, 26, 5),)),
        Clouds(90, 20, 0.4),
        Buildings(9, 310, 0.5, 60, (120, 260)),
        Mist(300, 8, 0.4, 40),
        Buildings(3.6, 334, 0.3, 150, (110, 190)),
        Along(2.4, 342, 132, street_tree, shift=40),
        ShopFronts(FRONT_DEPTH, FRONT_Y),
        Pavement(FRONT_Y),
        Wet(),
        Along(1.3, 384, 380, street_lamp, (0, -186), 90),
    ),
)
