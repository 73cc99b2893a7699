"""Beach with a glittering sea and lapping foam."""

import math
from dataclasses import dataclass

import numpy as np
import skia

from models.animatic.noise import fractal
from models.animatic.painting.land import Ridge
from models.animatic.painting.plants import Grass
from models.animatic.painting.sky import Clouds, Sky, sheet_shadow
from models.animatic.painting.sun import Sun
from models.animatic.painting.water import Glitter, Water
from models.animatic.painting.weather import Fireflies
from models.animatic.scenes.scene import Scene
from models.animatic.shape import below
from models.animatic.stage import Ramp, Stage


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
        Sky((Sun(0.66, 170, 34, 6),)),
        Clouds(140, 18, 0.35),
        Ridge("island", 18, 268, 22, 0.006, 0.5, "island", base=10),
        Water(268),
        Glitter(271, 78),
        Shore(),
        Pebbles(),
    ),
    front=(Grass(0.5, 470, 56, 130, "leaf-5", blur=2.4, density=4), Fireflies()),
    water_y=338,
    water_scale=0.62,
)
