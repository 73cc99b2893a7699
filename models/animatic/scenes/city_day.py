"""The city of our days: blocks, trees along the street, a wide pavement."""

from models.animatic.painting.architecture import Along, Paving, street_lamp
from models.animatic.painting.city import Buildings
from models.animatic.painting.land import Ground
from models.animatic.painting.plants import Trees
from models.animatic.painting.sky import Clouds, Mist, Sky
from models.animatic.painting.sun import Sun
from models.animatic.scenes.city import Street
from models.animatic.scenes.scene import Scene

SCENE = Scene(
    back=(
        Sky((Sun(0.72, 84, 30, 5),)),
        Clouds(120, 22, 0.35),
        Buildings(18, 292, 0.72, 36, (40, 150)),
        Mist(290, 14, 0.5, 40),
        Buildings(8, 312, 0.44, 66, (60, 210)),
        Mist(314, 7, 0.4, 30),
        Buildings(3.6, 336, 0.14, 132, (90, 260), 0.5, 0.3),
        Trees(3.0, 340, 0.34, 150, 0.08, 0.8, kind="broad"),
        Street(340),
        Ground(384),
        Paving(384, 74, "ground_near-12"),
        Along(1.22, 392, 430, street_lamp, (0, -186)),
        Trees(1.5, 388, 0.5, 620, 0.02, 0.75, kind="broad"),
    ),
)
