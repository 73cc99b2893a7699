"""High mountains with snow on them, an alpine meadow in front."""

from models.animatic.painting.land import Ground, Ridge, Rocks
from models.animatic.painting.peaks import Peaks
from models.animatic.painting.plants import Grass, Trees
from models.animatic.painting.sky import Clouds, Mist, Sky
from models.animatic.painting.sun import Sun
from models.animatic.painting.weather import Fireflies
from models.animatic.scenes.scene import Scene

SLOPE = Ridge("slope", 5, 322, 24, 0.007, 0.2, "ground_near", "ground_far")

SCENE = Scene(
    back=(
        Sky((Sun(0.78, 80, 28, 6),)),
        Clouds(96, 26, 0.4, 300, 0.85),
        Peaks(Ridge("far peaks", 26, 262, 118, 0.0052, 0.5, "hill", sharp=True), 90, 0.45, 56),
        Mist(262, 20, 0.6, 40),
        Peaks(Ridge("peaks", 13, 296, 104, 0.0066, 0.26, "hill-6", sharp=True), 80, 0.5, 74),
        Mist(300, 10, 0.6, 34),
        Ridge("woods", 8, 312, 26, 0.009, 0.34, "leaf"),
        SLOPE,
        Trees(5, 322, 0.27, 64, 0.2, 0.7, kind="pine", on=SLOPE),
        Trees(3, 340, 0.44, 210, 0.08, 0.55, kind="pine"),
        Ground(338),
        Rocks(1.9, 362, 0.08, 150, 14),
        Grass(1.5, 368, 12, 46, "ground_near", 0.1, density=8),
        Grass(1.15, 388, 15, 44, "ground_near", 0.04, density=7, flowers=("#ffffff", "#b48af0", "#ffd84a")),
    ),
    front=(
        Rocks(0.8, 452, 0.0, 420, 26),
        Grass(0.78, 446, 22, 46, "ground_near-6", density=7, flowers=("#ffffff", "#b48af0")),
        Grass(0.5, 476, 56, 100, "ground_near-18", blur=2.6, density=4),
        Fireflies(),
    ),
)
