"""A still lake between wooded hills, seen from its near shore."""

from models.animatic.painting.land import Ground, Ridge, Rocks
from models.animatic.painting.peaks import Peaks
from models.animatic.painting.plants import Grass, Trees
from models.animatic.painting.sky import Clouds, Mist, Sky
from models.animatic.painting.sun import Sun
from models.animatic.painting.water import Glitter, Mirror, Ripples, Water
from models.animatic.painting.weather import Fireflies
from models.animatic.scenes.scene import Scene

SCENE = Scene(
    back=(
        Sky((Sun(0.72, 110, 30, 6),)),
        Clouds(130, 20, 0.35),
        Peaks(Ridge("peaks", 18, 268, 66, 0.0046, 0.6, "hill", sharp=True), snow=40, strength=0.35),
        Mist(272, 14, 0.5, 26),
        Ridge("hills", 11, 282, 26, 0.007, 0.42, "leaf+6"),
        Trees(7.5, 290, 0.34, 46, 0.22, 0.95, kind="pine"),
        Mist(292, 7, 0.4, 18),
        Water(288, 110),
        Mirror(289, 7.5),
        Glitter(291, 70, 70),
        Ripples(298, 372),
        Ground(374),
        Rocks(1.5, 380, 0.05, 190, 13),
        Grass(1.25, 388, 20, 46, "ground_near-4", 0.04, density=8, flowers=("#ffffff", "#ffe27a")),
    ),
    front=(
        Grass(0.82, 444, 24, 46, "ground_near-8", density=7, flowers=("#ffffff", "#c8a0f0")),
        Grass(0.5, 474, 78, 110, "ground_near-20", blur=2.6, density=4),
        Fireflies(),
    ),
    water_y=356,
    water_scale=0.7,
)
