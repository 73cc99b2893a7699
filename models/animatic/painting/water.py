"""Open water: rows of waves, glitter under the sun, still water that mirrors, a jetty."""

import math
from dataclasses import dataclass

import numpy as np
import skia

from models.animatic.colour import mix, rgba, tone
from models.animatic.noise import fractal
from models.animatic.painting.land import Crest
from models.animatic.painting.sky import sheet_shadow
from models.animatic.reflection import mirror
from models.animatic.shape import below, box, polygon
from models.animatic.stage import HORIZON_Y, Ramp, Stage


@dataclass(frozen=True)
class Glitter:
    """A path of light on the water that widens towards the viewer."""

    top: float
    reach: float
    count: int = 120

    def draw(self, stage: Stage) -> None:
        """Paint it."""
        stage.screen()
        rise = stage.sunk(14)
        centre = stage.view.width * 0.16 * stage.light_side
        path, rng = skia.Path(), stage.rng("glitter")
        for i in range(self.count):
            near = rng() ** 1.6
            y = self.top + near * self.reach - rise
            x = centre + rng(-1, 1) * (26 + near * 150)
            width = (4 + 20 * near) * (0.5 + 0.5 * math.sin(stage.time * rng(2, 5) + i))
            path.addOval(skia.Rect.MakeLTRB(x - width, y, x + width, y + 0.8 + 1.8 * near))
        colour = stage.value("glitter_colour", None) or stage.map("sun", 0, "emit")
        alpha = stage.value("glitter", 0.75) * (0.6 if stage.palette.stars > 0.5 else 0.3 if stage.clouded else 1)
        stage.canvas.drawPath(path, skia.Paint(AntiAlias=True, Color4f=rgba(colour, alpha)))


@dataclass(frozen=True)
class Water:
    """A plane of water from a far shore or the horizon down."""

    horizon: float
    deep: float = 90.0
    """Height over which it takes on its near colour."""

    def draw(self, stage: Stage) -> None:
        """Paint it."""
        stage.layer(20, self.horizon)
        alphas = (stage.value("sea_far", 1.0), stage.value("sea_near", 1.0))
        plane = box(stage.visible[0], 0, stage.visible[1], max(200.0, stage.floor))
        stage.gradient(plane, Ramp(("sea_far", "sea_near"), 0, self.deep, (0.3, 0.0), alphas))


@dataclass(frozen=True)
class Waves:
    """One row of waves that roll past; `share` is how much of the near water's colour it has."""

    depth: float
    baseline: float
    height: float
    share: float

    def draw(self, stage: Stage) -> None:
        """Paint it."""
        stage.layer(self.depth, stage.view.y(self.baseline))
        left, right = stage.visible
        step = 5.0
        xs = np.arange(left // step * step, right + 2 * step, step)
        tall = self.height * (1.5 if stage.spec.weather in ("rain", "wind") else 1.0)
        ys = self._crest(stage, xs, tall)
        path = below(xs, ys, stage.floor + 6)
        sheet_shadow(stage, Crest(path, xs, ys).rim(0, 14), 5)
        colour = mix(stage.tint("sea_far"), stage.tint("sea_near"), self.share)
        strength = stage.value("sea_waves", 1.0)
        ramp = Ramp((tone(colour, 0.05), tone(colour, -0.04)), -tall, 34, (0.34 * (1 - self.share), 0), (strength,) * 2)
        stage.gradient(path, ramp)
        self._foam(stage, xs, ys, tall)

    def _crest(self, stage: Stage, xs: np.ndarray, tall: float) -> np.ndarray:
        """Return the line of the crests, peaked as waves are."""
        length = 26 + 9 * self.height
        phase = xs / length + stage.time * (0.9 + 0.25 / self.depth) + self.baseline
        swell = np.abs(np.sin(phase * 0.5)) * 1.1 + 0.28 * np.sin(phase * 1.31 + 2)
        rough = fractal(xs / (length * 2.2) - stage.time * 0.12, int(self.baseline), 2)
        return tall * (swell - 0.55 + 0.5 * rough) + 1.5 * math.sin(stage.time * 0.8 + self.baseline)

    def _foam(self, stage: Stage, xs: np.ndarray, ys: np.ndarray, tall: float) -> None:
        """Whiten what stands highest, and lay a light line along the crest."""
        alpha = stage.value("foam", 1.0) * (0.35 + 0.4 * self.share)
        line = polygon(np.column_stack([xs, ys + 0.6]), False)
        neon = stage.value("neon_edge", None)
        if neon:
            stage.stroke(line, neon[int(self.baseline) % 2], 1.6, 0.75)
        stage.stroke(line, stage.map("foam", 0.3 * (1 - self.share)), 0.7 + 0.9 * self.share, alpha * 0.55)
        thick = np.clip(-ys / tall - 0.18, 0, 1) * (2 + 5 * self.share) * stage.value("foam", 1.0)
        cap = np.vstack([np.column_stack([xs, ys - 0.5]), np.column_stack([xs, ys + thick])[::-1]])
        stage.fill(polygon(cap), "foam", alpha, 0.3 * (1 - self.share))


@dataclass(frozen=True)
class Mirror:
    """Still water: what stands above its far shore, upside down and a little restless."""

    shore: float
    depth: float = 4.0
    strength: float = 0.62

    def draw(self, stage: Stage) -> None:
        """Paint it."""
        if not stage.value("reflection", True):
            return
        rise = (self.shore - HORIZON_Y) - stage.sunk(self.depth)
        zoom = 1 + (stage.now.camera[2] - 1) * self.depth**-0.6
        mirror(stage, HORIZON_Y + rise * zoom, self.strength * stage.value("mirror", 1.0))


@dataclass(frozen=True)
class Ripples:
    """Thin light lines on still water."""

    top: float
    foot: float

    def draw(self, stage: Stage) -> None:
        """Paint them."""
        for depth, share, alpha in ((3.0, 0.12, 0.3), (2.0, 0.45, 0.34), (1.4, 0.85, 0.4)):
            stage.layer(depth, self.top + (self.foot - self.top) * share)
            path = skia.Path()
            for cell in stage.cells("", 110):
                rng = stage.rng(f"ripples{depth:g}", cell)
                for _ in range(2):
                    width = rng(16, 60) / depth * (0.7 + 0.3 * math.sin(stage.time * rng(0.6, 1.4) + cell))
                    x, y = cell * 110 + rng(0, 110) + 8 * math.sin(stage.time * 0.5 + cell), rng(-8, 8)
                    path.addOval(skia.Rect.MakeLTRB(x - width, y, x + width, y + 1.6))
            stage.fill(path, "foam", alpha * stage.value("foam", 1.0), 0.2)


@dataclass(frozen=True)
class Jetty:
    """A deck of planks to stand on; only where somebody needs one."""

    def draw(self, stage: Stage) -> None:
        """Paint it."""
        if stage.afloat:
            return
        stage.layer(1.12, 396)
        left, right = stage.visible
        posts, deck, gaps = skia.Path(), box(left, 0, right, 46), skia.Path()
        for cell in stage.cells("", 150):
            posts.addRect(skia.Rect.MakeXYWH(cell * 150, 30, 15, 240))
        for cell in stage.cells("", 34):
            gaps.addRect(skia.Rect.MakeXYWH(cell * 34 + stage.rng("plank", cell)(-4, 4), 0, 1.6, 40))
        stage.fill(posts, "sand_near-16")
        sheet_shadow(stage, deck, 5)
        stage.fill(box(left, 38, right, 58), "sand_near-9")
        alphas = (stage.value("solid", 1.0),) * 2
        stage.gradient(deck, Ramp(("sand_far+6", "sand_near"), 0, 44, alphas=alphas))
        stage.fill(gaps, "sand_near-14", 0.7)
        stage.fill(box(left, 0, right, 2), "sand_far+16", 0.8)


def rings(stage: Stage, left: float, right: float, baseline: float) -> None:
    """Draw the rings that spread on the water round what lies on it between two x of the subject's layer."""
    stage.layer(1, baseline)
    colour, middle, half = tone(stage.map("shade"), -0.1), (left + right) / 2, (right - left) / 2
    for index in range(3):
        age = (stage.time * 0.35 + index / 3) % 1
        wide, high = half * (0.85 + 0.6 * age), 5 + 8 * age
        path = skia.Path()
        path.addArc(skia.Rect.MakeLTRB(middle - wide, -high, middle + wide, high), 8, 164)  # its near side
        stage.stroke(path, colour, 2.4, 0.75 * (1 - age) * min(1.0, 6 * age))
