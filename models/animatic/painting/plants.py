"""Rows of trees, and grass."""

import math
from dataclasses import dataclass

import numpy as np
import skia

from models.animatic.colour import mix, rgba, tone
from models.animatic.painting.land import Ridge
from models.animatic.painting.tree import HEIGHT, MIDDLE, tree_image
from models.animatic.stage import Stage

LINEAR = skia.SamplingOptions(skia.FilterMode.kLinear)
REACH = 150.0
"""Half the width of a tree's picture, in its own units."""


@dataclass(frozen=True)
class Trees:
    """A row of swaying trees; the scene's variant says of which kind, unless `kind` does."""

    depth: float
    baseline: float
    haze: float
    spacing: float
    size: float
    density: float = 0.85
    kind: str = ""
    on: Ridge | None = None
    """The ridge they stand on; None for level ground."""

    def draw(self, stage: Stage) -> None:
        """Paint them."""
        stage.layer(self.depth, self.baseline)
        left, right = stage.visible
        sway = stage.gust
        grown = self.size * min(1.7, stage.view.tallness**0.6)
        for cell in stage.cells("", self.spacing):
            plant = stage.keep(("tree", self.depth, cell), lambda c=cell: self._plant(stage, c, grown))
            if plant is None or plant[0] + REACH * plant[2] < left or plant[0] - REACH * plant[2] > right:
                continue
            x, y, k, variant = plant
            image, scale = tree_image(stage, self.kind or stage.spec.variant or "broad", variant, self.haze)
            stage.canvas.save()
            stage.canvas.translate(x, y)
            stage.canvas.skew(0.012 * sway * math.sin(stage.time * (1.0 + 0.3 * sway) + cell) + 0.01 * (sway - 1), 0)
            stage.canvas.scale(k / scale, k / scale)
            stage.canvas.drawImage(image, -MIDDLE * scale, (4 - HEIGHT) * scale, LINEAR)
            stage.canvas.restore()

    def _plant(self, stage: Stage, cell: int, grown: float) -> tuple[float, float, float, int] | None:
        """Return (x, y, size, picture) of the tree of a cell, or None for a gap."""
        rng = stage.rng(f"tree{self.depth:g}", cell)
        if rng() > self.density:
            return None
        x = cell * self.spacing + rng(0, self.spacing * 0.7)
        size = grown * rng(0.8, 1.25)
        variant = int(rng(0, 4))
        ground = float(self.on.heights(stage, np.array([x]))[0]) if self.on else 0.0
        return x, ground + rng(0, 8), size, variant


Blade = tuple[float, float, float, bool, float]
"""(x, height, lean, dark, dy)."""
Bloom = tuple[float, float, str]


@dataclass(frozen=True)
class Grass:
    """A row of swaying blades, with flowers where named, out of focus where near."""

    depth: float
    baseline: float
    height: float
    spacing: float
    colour: str
    haze: float = 0.0
    blur: float = 0.0
    density: float = 5.0
    flowers: tuple[str, ...] = ()

    def draw(self, stage: Stage) -> None:
        """Paint it."""
        stage.layer(self.depth, stage.view.y(self.baseline))
        dark, light, blooms = skia.Path(), skia.Path(), []
        for cell in stage.cells("", self.spacing):
            blades, bloom = stage.keep(("grass", self.depth, cell), lambda c=cell: self._cell(stage, c))
            for blade in blades:
                _add_blade(dark if blade[3] else light, blade, stage.time, stage.gust)
            if bloom:
                blooms.append(bloom)
        paint = skia.Paint(AntiAlias=True)
        if self.blur and stage.smooth and stage.value("soft_front", True):
            paint.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, self.blur))
        alpha = stage.value("grass", 1.0)
        tips = stage.value("grass_tips", None) if not self.blur else None
        for path, lighter, tip in ((dark, 0.0, 0), (light, 0.07, 1)):
            colour = stage.map(tone(stage.tint(self.colour), lighter), self.haze)
            paint.setColor4f(rgba(mix(colour, tips[tip], 0.22) if tips else colour, alpha))
            stage.canvas.drawPath(path, paint)
        self._blooms(stage, blooms)

    def _cell(self, stage: Stage, cell: int) -> tuple[list[Blade], Bloom | None]:
        rng = stage.rng(f"grass{self.depth:g}", cell)
        blades = []
        for _ in range(int(self.density * 2.4)):
            tall = self.height * rng(0.25, 1.05) * (0.6 + 0.4 * rng())
            x = cell * self.spacing + rng(0, self.spacing)
            blades.append((x, tall, rng(-0.55, 0.55) * tall, rng() < 0.6, rng(-3, 5)))
        bloom = None
        if self.flowers and rng() < 0.5:
            bloom = (cell * self.spacing + rng(0, self.spacing), -self.height * rng(0.5, 1), rng.pick(self.flowers))
        return blades, bloom

    def _blooms(self, stage: Stage, blooms: list[Bloom]) -> None:
        for x, y, petal in blooms:
            petals = skia.Paint(AntiAlias=True, Color4f=rgba(stage.map(petal, self.haze, "subject")))
            heart = skia.Paint(AntiAlias=True, Color4f=rgba(stage.map("#ffe27a", self.haze)))
            stage.canvas.drawCircle(x, y, self.height * 0.11 + 1, petals)
            stage.canvas.drawCircle(x, y, self.height * 0.045 + 0.5, heart)


def _add_blade(path: skia.Path, blade: Blade, time: float, gust: float) -> None:
    """Append one bent blade to a path."""
    x, tall, lean, _, dy = blade
    lean += (math.sin(time * (1.6 + 0.5 * gust) + x * 0.02) * 0.14 * gust**0.5 - 0.17 * (gust - 1)) * tall
    width = tall * 0.05 + 0.7
    path.moveTo(x - width, dy)
    path.quadTo(x - width * 0.4 + lean * 0.25, -tall * 0.6 + dy, x + lean, -tall + dy)
    path.quadTo(x + width * 0.9 + lean * 0.25, -tall * 0.5 + dy, x + width, dy)
    path.close()
