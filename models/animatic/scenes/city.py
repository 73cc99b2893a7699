"""City with traffic in the air and a wet street, at its best by night."""

from dataclasses import dataclass

import skia

from models.animatic.colour import to_oklab
from models.animatic.easing import clamp
from models.animatic.painting.city import Buildings, Traffic
from models.animatic.painting.sky import Clouds, Mist, Sky
from models.animatic.painting.sun import Sun
from models.animatic.reflection import reflect
from models.animatic.scenes.scene import Scene
from models.animatic.shape import box
from models.animatic.stage import HORIZON_Y, Ramp, Stage

STREET_Y, STREET_DEPTH = 340, 2.6


@dataclass(frozen=True)
class Glow:
    """The light of the streets on the air."""

    def draw(self, stage: Stage) -> None:
        """Paint it."""
        if stage.palette.stars > 0.2:
            stage.screen()
            stage.glow(0, 300, 430, stage.map("city_glow", 0, "emit"), 0.42)


@dataclass(frozen=True)
class Street:
    """The street, its lane marks, and what its wet surface shows of the city."""

    top: float = STREET_Y
    glossy: float = 0.95
    """How much a street by night shows."""

    def draw(self, stage: Stage) -> None:
        """Paint it."""
        stage.layer(STREET_DEPTH, self.top)
        street = box(stage.visible[0], 0, stage.visible[1], stage.floor)
        depths = (stage.value("street_depth", 0.12), 0.0)
        alphas = (1.0, stage.value("street_near", 1.0))
        foot = stage.view.y(460) - self.top
        stage.gradient(street, Ramp(("street", "street_near"), 0, foot, depths, alphas))
        stage.layer(1.35, 372)
        marks = skia.Path()
        for cell in stage.cells("", 110):
            marks.addRect(skia.Rect.MakeXYWH(cell * 110, 0, 52, 3))
        stage.fill(marks, "#cfd4ff", 0.35)
        wet = self.glossy if stage.palette.stars > 0.2 else 0.6 if stage.spec.weather == "rain" else 0.0
        if wet and stage.value("reflection", True):
            rise = self.top - HORIZON_Y - stage.sunk(STREET_DEPTH)
            zoom = 1 + (stage.now.camera[2] - 1) * STREET_DEPTH**-0.6
            dark = clamp(1.25 - 1.5 * to_oklab(stage.map("street_near"))[0])  # a pale street shows little
            reflect(stage, HORIZON_Y + rise * zoom, wet * dark * stage.value("wet", 1.0))


SCENE = Scene(
    back=(
        Sky((Sun(0.66, 120, 46, 4), Glow())),
        Clouds(110, 20, 0.4),
        Buildings(16, 296, 0.74, 34, (50, 170)),
        Mist(290, 12, 0.55, 60),
        Traffic(9, 170, 6),
        Buildings(7, 316, 0.46, 62, (60, 230), 0.35),
        Mist(318, 7, 0.5, 50),
        Traffic(4.6, 165, 4),
        Buildings(3.4, 336, 0.14, 128, (110, 300), 0.85, 0.42),
        Mist(338, 4, 0.35, 30),
        Street(),
    ),
)
