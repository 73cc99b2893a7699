"""Rows of trees, and grass."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import skia

from models.animatic.canvas import blank, image_of, surface_on
from models.animatic.colour import mix, rgba, tone
from models.animatic.painting.land import Ridge
from models.animatic.painting.tree import tree_picture, tree_stamp
from models.animatic.stage import Stage

SIZES = (0.84, 1.0, 1.18)
"""How large the trees of a row are, of its usual size."""
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
            kind = self.kind or stage.spec.variant or "broad"
            picture = tree_picture(stage, kind, variant, self.haze, grown)
            key = f"stamp {kind} {variant} {self.depth:g} {k:g}"
            image, offset = tree_stamp(stage, picture, key, k * stage.pixels)
            lean = 0.012 * sway * math.sin(stage.time * (1.0 + 0.3 * sway) + cell) + 0.01 * (sway - 1)
            stage.stamp(image, x, y, offset, lean)

    def _plant(self, stage: Stage, cell: int, grown: float) -> tuple[float, float, float, int] | None:
        """Return (x, y, size, picture) of the tree of a cell, or None for a gap."""
        rng = stage.rng(f"tree{self.depth:g}", cell)
        if rng() > self.density:
            return None
        x = cell * self.spacing + rng(0, self.spacing * 0.7)
        size = grown * rng.pick(SIZES)
        variant = int(rng(0, 4))
        ground = float(self.on.heights(stage, np.array([x]))[0]) if self.on else 0.0
        return x, ground + rng(0, 8), size, variant


Bloom = tuple[float, float, str]
BY_WATER = 20.0
"""How much lower grass before the figures stands where water is to be seen behind it."""
TUFT, BLADE_POINTS = 3, 5
"""Blades drawn together: a path of many costs more than its parts, as every edge is looked at in every row."""


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
        low = BY_WATER if stage.spec.water and self.depth < 1 else 0.0
        stage.layer(self.depth, stage.view.y(self.baseline) + low)
        alpha, gust = stage.value("grass", 1.0), stage.gust
        tips = stage.value("grass_tips", None) if not self.blur else None
        cells, blooms = [], []
        for cell in stage.cells("", self.spacing):
            shaded, lit, bloom = stage.keep(("grass", self.depth, cell), lambda c=cell: self._cell(stage, c))
            sway = math.sin(stage.time * (1.6 + 0.5 * gust) + cell * self.spacing * 0.02)
            cells.append((0.17 * (gust - 1) - sway * 0.14 * gust**0.5, (shaded, lit)))
            if bloom:
                blooms.append(bloom)
        soft = self.blur and stage.smooth and stage.value("soft_front", True)
        canvas, blurred = self._soft(stage) if soft else (stage.canvas, None)
        for tone_index, lighter in ((0, 0.0), (1, 0.07)):
            colour = stage.map(tone(stage.tint(self.colour), lighter), self.haze)
            colour = mix(colour, tips[tone_index], stage.value("grass_glow", 0.22)) if tips else colour
            paint = skia.Paint(AntiAlias=True, Color4f=rgba(colour, alpha))
            for bend, tufts in cells:
                canvas.save()
                canvas.skew(bend, 0)
                for tuft in tufts[tone_index]:
                    canvas.drawPath(tuft, paint)
                canvas.restore()
        if blurred:
            blurred()
        self._blooms(stage, blooms)

    def _soft(self, stage: Stage) -> tuple[skia.Canvas, Callable[[], None]]:
        """Return a canvas of half the size for the row, and what lays it on the picture out of focus."""
        sigma = self.blur * stage.pixels
        top = max(0, int(stage.origin[1] - self.height * 1.06 * stage.pixels - 3 * sigma) // 2 * 2)
        rows = max(2, stage.rows - top + 1)
        small = blank(stage.columns // 2 + 1, rows // 2)
        surface = surface_on(small)
        canvas = surface.getCanvas()
        canvas.scale(0.5, 0.5)
        canvas.translate(0, -top)
        canvas.concat(stage.canvas.getTotalMatrix())

        def lay() -> None:
            surface.flushAndSubmit()
            soft = cv2.GaussianBlur(small, (0, 0), sigma / 2)
            large = cv2.resize(soft, (small.shape[1] * 2, small.shape[0] * 2), interpolation=cv2.INTER_LINEAR)
            stage.canvas.save()
            stage.canvas.resetMatrix()
            stage.canvas.drawImage(image_of(large), 0, top)
            stage.canvas.restore()

        return canvas, lay

    def _cell(self, stage: Stage, cell: int) -> tuple[list[skia.Path], list[skia.Path], Bloom | None]:
        """Return the dark and the light tufts of a cell at rest, and its flower."""
        rng = stage.rng(f"grass{self.depth:g}", cell)
        dark: list[skia.Path] = []
        light: list[skia.Path] = []
        for _ in range(int(self.density * 2.4)):
            tall = self.height * rng(0.25, 1.05) * (0.6 + 0.4 * rng())
            x = cell * self.spacing + rng(0, self.spacing)
            lean = rng(-0.55, 0.55) * tall
            tufts = dark if rng() < 0.6 else light
            if not tufts or tufts[-1].countPoints() >= TUFT * BLADE_POINTS:
                tufts.append(skia.Path())
            _add_blade(tufts[-1], (x, rng(-3, 5)), tall, lean)
        bloom = None
        if self.flowers and rng() < 0.5:
            bloom = (cell * self.spacing + rng(0, self.spacing), -self.height * rng(0.5, 1), rng.pick(self.flowers))
        return dark, light, bloom

    def _blooms(self, stage: Stage, blooms: list[Bloom]) -> None:
        for x, y, petal in blooms:
            petals = skia.Paint(AntiAlias=True, Color4f=rgba(stage.map(petal, self.haze, "subject")))
            heart = skia.Paint(AntiAlias=True, Color4f=rgba(stage.map("#ffe27a", self.haze)))
            stage.canvas.drawCircle(x, y, self.height * 0.11 + 1, petals)
            stage.canvas.drawCircle(x, y, self.height * 0.045 + 0.5, heart)


def _add_blade(path: skia.Path, root: tuple[float, float], tall: float, lean: float) -> None:
    """Append one bent blade to a path."""
    x, y = root
    width = tall * 0.05 + 0.7
    path.moveTo(x - width, y)
    path.quadTo(x - width * 0.4 + lean * 0.25, y - tall * 0.6, x + lean, y - tall)
    path.quadTo(x + width * 0.9 + lean * 0.25, y - tall * 0.5, x + width, y)
    path.close()
