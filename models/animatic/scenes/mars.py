"""Red desert with sharp ridges and rocks."""

from models.animatic.painting.land import Ground, Ridge, Rocks
from models.animatic.painting.sky import Mist, Sky
from models.animatic.painting.sun import Sun
from models.animatic.painting.weather import Drift
from models.animatic.scenes.scene import Scene

SCENE = Scene(
    back=(
        Sky((Sun(0.70, 120, 17, 9),)),
        Ridge("far peaks", 18, 286, 60, 0.0055, 0.66, "hill", sharp=True, edge="sky_2"),
        Mist(290, 14, 0.6, 30),
        Ridge("peaks", 10, 306, 54, 0.0075, 0.42, "hill-3", sharp=True, edge="sky_2"),
        Mist(310, 9, 0.5, 26),
        Ridge("dunes", 6, 322, 20, 0.011, 0.24, "hill+2", "ground_far", edge="sky_2-5"),
        Ground(334),
        Rocks(2.2, 350, 0.12, 120, 13),
        Rocks(1.3, 384, 0.03, 210, 20),
    ),
    front=(
        Rocks(0.72, 470, 0, 330, 46),
        Drift("dust", 40, "ground_far+10", 1.6, (-70, 6), leaf=False, alpha=0.6),
    ),
)
