"""Beach with a glittering sea and lapping foam."""

import math
from dataclasses import dataclass

import numpy as np
import skia

from models.animatic.colour import rgba
from models.animatic.noise import fractal
from models.animatic.painting.land import Ridge
from models.animatic.painting.plants import Grass
from models.animatic.painting.sky import Clouds, Sky, Sun, sheet_shadow
from models.animatic.painting.weather import Fireflies
from models.animatic.scenes.scene import Scene
from models.animatic.shape import below, box
from models.animatic.stage import Ramp, Stage


@dataclass(frozen=True)
class Sea:
    """The water, with a path of glitter under the sun that widens towards the viewer."""

    def draw(self, stage: Stage) -> None:
        """Paint it."""
        stage.layer(20, 268)
        alphas = (stage.value("sea_far", 1.0), stage.value("sea_near", 1.0))
        water = box(stage.visible[0], 0, stage.visible[1], max(200.0, stage.floor))
        stage.gradient(water, Ramp(("sea_far", "sea_near"), 0, 90, (0.3, 0.0), alphas))
        stage.screen()
        rise = stage.now.camera[1] / 14
        centre = stage.view.width * 0.16 * stage.light_side
        path, rng = skia.Path(), stage.rng("glitter")
        for i in range(120):
            near = rng() ** 1.6
            y = 271 + near * 78 - rise
            x = centre + rng(-1, 1) * (26 + near * 150)
            width = (4 + 20 * near) * (0.5 + 0.5 * math.sin(stage.time * rng(2, 5) + i))
            path.addOval(skia.Rect.MakeLTRB(x - width, y, x + width, y + 0.8 + 1.8 * near))
        colour = stage.value("glitter_colour", None) or stage.map("sun", 0, "emit")
        alpha = stage.value("glitter", 0.75) * (0.6 if stage.palette.stars > 0.5 else 1)
        stage.canvas.drawPath(path, skia.Paint(AntiAlias=True, Color4f=rgba(colour, alpha)))


@dataclass(frozen=True)
class Shore:
    """Two lines of foam and the sand, moving with the swell."""

    def draw(self, stage: Stage) -> None:
        """Paint it."""
        stage.layer(2.6, 346 + 5 * math.sin(stage.time * 1.1))
        left, right = stage.visible
        xs = np.arange(left // 12 * 12, right + 24, 12)
        swell = 5 * np.sin(xs * 0.021 + stage.time) + 4 * fractal(xs * 0.02, 8, 3)
        stage.fill(below(xs, swell, stage.floor), "foam", 0.85)
        stage.fill(below(xs, swell + 7, stage.floor), "shallow", 0.6)
        sand = below(xs, swell + 13, stage.floor)
        sheet_shadow(stage, sand, 4)
        alphas = (stage.value("sand_far", 1.0), stage.value("sand_near", 1.0))
        foot = stage.view.y(480) - 346
        stage.gradient(sand, Ramp(("sand_far", "sand_near"), 13, foot, alphas=alphas))


@dataclass(frozen=True)
class Pebbles:
    """Specks on the sand, so that it is seen to pass."""

    def draw(self, stage: Stage) -> None:
        """Paint them."""
        for depth, baseline in ((1.5, 392), (1.12, 424), (0.86, 462)):
            stage.layer(depth, stage.view.y(baseline))
            path = skia.Path()
            for cell in stage.cells("", 80):
                rng = stage.rng(f"pebble{depth:g}", cell)
                for _ in range(3):
                    x, y, size = cell * 80 + rng(0, 80), rng(-14, 14), rng(2, 9) / depth
                    path.addOval(skia.Rect.MakeLTRB(x, y, x + size, y + size * 0.3))
            stage.fill(path, "sand_far-10", 0.4 * stage.value("speck_dark", 1.0))


SCENE = Scene(
    back=(
        Sky(),
        Sun(0.66, 170, 34, 6),
        Clouds(140, 18, 0.35),
        Ridge("island", 18, 268, 22, 0.006, 0.5, "island", base=10),
        Sea(),
        Shore(),
        Pebbles(),
    ),
    front=(Grass(0.5, 470, 56, 130, "leaf-5", blur=2.4, density=4), Fireflies()),
    water_y=338,
    water_scale=0.62,
)
