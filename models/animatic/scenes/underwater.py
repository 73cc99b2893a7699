"""The bottom of a warm sea: coral, weed, light from above."""

from models.animatic.painting.land import Ground, Ridge, Rocks
from models.animatic.painting.sky import Mist, Rays, Sky
from models.animatic.painting.undersea import Bubbles, Caustics, Coral, Shoal, Surface, Weed
from models.animatic.painting.weather import Drift
from models.animatic.scenes.scene import Scene

SCENE = Scene(
    back=(
        Sky(starry=False),
        Surface(),
        Ridge("far reef", 14, 290, 70, 0.006, 0.7, "hill"),
        Shoal(9, 170, 16, 0.45),
        Ridge("reef", 8, 312, 44, 0.009, 0.45, "hill-4"),
        Weed(5, 326, 130, 60, 0.5),
        Mist(320, 5, 0.5, 44),
        Coral(3.4, 344, 44, 74, 0.34),
        Shoal(4, 230, 12, 0.2),
        Ground(340),
        Caustics(),
        Weed(2.2, 362, 120, 120, 0.16, 0.5),
        Rocks(1.8, 370, 0.1, 170, 18),
        Coral(1.5, 380, 34, 150, 0.06),
        Rays(6),
    ),
    front=(
        Weed(0.66, 486, 150, 230, 0.0, 0.55),
        Bubbles(),
        Drift("plankton", 26, "cloud", 1.4, (8, 5), leaf=False, alpha=0.5),
    ),
    outdoors=False,
    water_y=380,
    submerged=True,
)
