"""Snow as far as one sees, firs, blue hills."""

from models.animatic.painting.land import Ground, Ridge, Rocks
from models.animatic.painting.peaks import Peaks
from models.animatic.painting.plants import Trees
from models.animatic.painting.sky import Clouds, Mist, Sky
from models.animatic.painting.sun import Sun
from models.animatic.painting.weather import Drift
from models.animatic.scenes.scene import Scene

DRIFT = Ridge("drifts", 5, 322, 20, 0.007, 0.16, "ground_far", "ground_near")

SCENE = Scene(
    back=(
        Sky((Sun(0.72, 116, 30, 6),)),
        Clouds(120, 22, 0.5, 420, 0.7),
        Peaks(Ridge("peaks", 18, 272, 78, 0.0056, 0.56, "hill", sharp=True), 70, 0.4, 24),
        Mist(276, 14, 0.6, 36),
        Peaks(Ridge("far drifts", 9, 304, 28, 0.0066, 0.3, "ground_far-4", "ground_near"), 60, 0.3),
        DRIFT,
        Trees(5, 322, 0.34, 70, 0.26, 0.75, kind="fir", on=DRIFT),
        Trees(2.9, 344, 0.6, 190, 0.1, 0.6, kind="fir"),
        Ground(338),
        Rocks(1.8, 368, 0.06, 300, 13),
    ),
    front=(
        Rocks(0.74, 470, 0.0, 520, 30),
        Drift("glints", 24, "#ffffff", 1.3, (-16, 9), leaf=False, alpha=0.8),
    ),
)
