"""Sand dunes, table mountains, cacti."""

from models.animatic.painting.land import Ground, Ridge, Rocks
from models.animatic.painting.peaks import Cacti, Mesas, Peaks
from models.animatic.painting.sky import Clouds, Mist, Sky
from models.animatic.painting.sun import Sun
from models.animatic.painting.weather import Drift
from models.animatic.scenes.scene import Scene

SCENE = Scene(
    back=(
        Sky((Sun(0.70, 116, 40, 6),)),
        Clouds(104, 26, 0.5, 520, 0.6),
        Mesas(18, 286, 0.55, 330, 90),
        Mist(288, 16, 0.5, 30),
        Peaks(Ridge("far dunes", 11, 304, 26, 0.0062, 0.4, "ground_far-6", "ground_far"), 70, 0.4),
        Mist(308, 9, 0.35, 22),
        Peaks(Ridge("dunes", 6, 326, 34, 0.0056, 0.2, "ground_near", "ground_far"), 90, 0.42),
        Cacti(4.2, 336, 0.2, 190, 62),
        Ground(338),
        Rocks(2.0, 360, 0.08, 230, 12),
        Cacti(1.9, 362, 0.06, 420, 104),
    ),
    front=(
        Rocks(0.72, 470, 0, 460, 34),
        Drift("sand", 26, "ground_far+6", 1.5, (-90, 5), leaf=False, alpha=0.5),
    ),
)
