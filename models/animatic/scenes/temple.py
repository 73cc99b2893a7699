"""The court of an old temple: halls with swept roofs, red walls, lanterns."""

from models.animatic.painting.architecture import Along, Paving, court_wall, lantern, temple
from models.animatic.painting.land import Ground, Ridge
from models.animatic.painting.plants import Trees
from models.animatic.painting.sky import Clouds, Mist, Sky
from models.animatic.painting.sun import Sun
from models.animatic.painting.weather import Fireflies
from models.animatic.scenes.scene import Scene

SCENE = Scene(
    back=(
        Sky((Sun(0.74, 96, 32, 6),)),
        Clouds(120, 20, 0.4, 420, 0.8),
        Ridge("far hills", 18, 272, 60, 0.005, 0.66, "hill"),
        Mist(272, 14, 0.6, 40),
        Ridge("hills", 10, 296, 44, 0.008, 0.45, "leaf"),
        Trees(6, 318, 0.4, 80, 0.34, 0.9, kind="pine"),
        Mist(316, 5, 0.5, 30),
        Along(3.0, 338, 120, court_wall),
        Trees(2.8, 340, 0.5, 300, 0.14, 0.7, kind="broad"),
        Along(2.3, 350, 640, temple, (0, -70), 200),
        Ground(350),
        Paving(350, 84, "ground_near-12"),
    ),
    front=(Along(0.9, 96, 460, lantern, (0, 54), 150, 2.4), Fireflies()),
)
