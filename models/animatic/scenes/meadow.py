"""Rolling meadow under clouds; the place of everything that names none."""

from models.animatic.painting.land import Ground, Ridge
from models.animatic.painting.plants import Grass, Trees
from models.animatic.painting.sky import Clouds, Sky
from models.animatic.painting.sun import Sun
from models.animatic.painting.weather import Drift, Fireflies
from models.animatic.scenes.scene import Scene

HILL = Ridge("hill", 5, 312, 26, 0.007, 0.2, "ground_near", "ground_far")

SCENE = Scene(
    back=(
        Sky((Sun(0.78, 84, 34, 6),)),
        Clouds(150, 16, 0.25),
        Clouds(216, 22, 0.5, 240, 0.8),
        Ridge("mountains", 14, 270, 46, 0.0045, 0.55, "hill"),
        Ridge("far hill", 8, 292, 34, 0.006, 0.34, "ground_far", "ground_near"),
        HILL,
        Trees(5, 312, 0.24, 190, 0.26, 0.6, kind="broad", on=HILL),
        Ground(326),
        Grass(1.6, 360, 15, 44, "ground_near", 0.16, density=9),
        Grass(1.2, 384, 16, 44, "ground_near", 0.05, density=8, flowers=("#ffffff", "#ffd84a", "#f08ab0")),
    ),
    front=(
        Grass(0.82, 440, 24, 44, "ground_near-5", density=8, flowers=("#ffffff", "#ff9ab8")),
        Grass(0.5, 470, 66, 90, "ground_near-18", blur=2.6, flowers=("#ffe9a0", "#ff8aa8")),
        Drift("motes", 14, "#ffffff", 2.2, (20, -6), leaf=False),
        Fireflies(),
    ),
)
