"""The moon: grey dust, craters, the earth in a black sky."""

from models.animatic.painting.cosmos import Craters, Planet
from models.animatic.painting.land import Ground, Ridge, Rocks
from models.animatic.painting.peaks import Peaks
from models.animatic.painting.sky import Sky
from models.animatic.scenes.scene import Scene

EARTH = ("#3f86d0", "#5f9a5c")

SCENE = Scene(
    back=(
        Sky((Planet(0.74, 104, 54, EARTH, lands=True),)),
        Peaks(Ridge("far rim", 20, 290, 44, 0.0052, 0.5, "hill"), 60, 0.6),
        Peaks(Ridge("rim", 10, 312, 36, 0.007, 0.25, "hill-8"), 60, 0.6),
        Ground(328),
        Craters(4.0, 340, 120, 34, 0.14),
        Craters(2.3, 362, 190, 52, 0.06),
        Rocks(2.0, 356, 0.1, 150, 10),
        Craters(1.4, 396, 320, 74),
        Rocks(1.3, 386, 0.02, 260, 16),
    ),
    front=(Rocks(0.72, 470, 0, 380, 38), Craters(0.8, 462, 560, 120)),
)
