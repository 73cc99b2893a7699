"""Rows of blocks with lit windows and signs, and traffic in the air."""

import math
from dataclasses import dataclass

import numpy as np
import skia

from models.animatic.colour import Colour, from_oklab, mix, pack, rgba, to_oklab, tone, triple
from models.animatic.easing import lerp
from models.animatic.noise import Rng, hash01
from models.animatic.painting.sky import sheet_shadow
from models.animatic.rigs.props import flying_car
from models.animatic.shape import polygon
from models.animatic.stage import Ramp, Stage

SIGNS = ("#ff2fa8", "#2ff3ff", "#ffd23f", "#7a5cff")
STONES = ("#c8a078", "#8fa8c0", "#c08a78", "#a8b49a", "#a898b8")
"""Hues of blocks."""
COACHWORK = ("#d8dbe8", "#e0457a", "#3f7ad8", "#f2b23c")
EDGES = ("#48d8ff", "#ff6ad0")


@dataclass(frozen=True)
class Block:
    """One building: its outline, its windows by colour, and its sign."""

    path: skia.Path
    top: float
    colour: Colour
    edge: skia.Rect
    warm: skia.Path
    cool: skia.Path
    sign: "Sign | None"


@dataclass(frozen=True)
class Sign:
    """A vertical sign with invented letters."""

    colour: str
    left: float
    top: float
    tall: float
    letters: skia.Path


@dataclass(frozen=True)
class Buildings:
    """One row of blocks."""

    depth: float
    baseline: float
    haze: float
    spacing: float
    heights: tuple[float, float]
    signs: float = 0.0
    """Share of blocks with a sign."""
    gaps: float = 0.0
    """Share of empty plots."""

    def draw(self, stage: Stage) -> None:
        """Paint it."""
        stage.layer(self.depth, self.baseline)
        warm, cool = skia.Path(), skia.Path()
        night = stage.palette.stars > 0.2 or stage.value("moon_only", False)
        signs = []
        for cell in stage.cells("", self.spacing):
            block = stage.keep(("block", self.depth, cell), lambda c=cell: self._block(stage, c))
            if block is None:
                continue
            self._body(stage, block, EDGES[cell % 2] if night else "")
            warm.addPath(block.warm)
            cool.addPath(block.cool)
            if block.sign and night:
                signs.append((cell, block.sign))
        alpha = (1 - self.haze * 0.75) * stage.value("windows", 1.0)
        for path, name, strength in ((warm, "window_warm", 1.0), (cool, "window_cool", 0.8)):
            colour = stage.value("window_colour", None) or stage.map(name, 0, "emit" if night else "background")
            stage.canvas.drawPath(path, skia.Paint(Color4f=rgba(colour, alpha * strength)))
        for cell, sign in signs:
            _draw_sign(stage, cell, sign)

    def _body(self, stage: Stage, block: Block, edge: str) -> None:
        colours = (block.colour, tone(block.colour, -0.05))
        depths = (self.haze, min(1.0, self.haze + 0.38))
        alphas = (stage.value("building_top", 1.0), stage.value("building_foot", 1.0))
        sheet_shadow(stage, block.path)
        stage.gradient(block.path, Ramp(colours, block.top - 20, 20, depths, alphas))
        if edge and stage.value("building_edge", True):
            lit = stage.map(edge, 0, "emit")
            stage.canvas.drawRect(block.edge, skia.Paint(Color4f=rgba(lit, 0.55 * (1 - self.haze))))

    def _block(self, stage: Stage, cell: int) -> Block | None:
        rng = stage.rng(f"block{self.depth:g}", cell)
        if rng() < self.gaps:
            return None
        width = self.spacing * rng(0.5, 0.9)
        low, high = self.heights
        height = (low + (high - low) * rng() ** 1.6) * min(2.2, stage.view.tallness)
        x = cell * self.spacing + rng(0, self.spacing * 0.2)
        path = _roofed(rng, x, width, height)
        colour = _stone(stage.tint("block"), rng)
        warm, cool = self._windows(stage, rng, (x, width, height), cell)
        left = x if stage.light_side < 0 else x + width - 2.2
        edge = skia.Rect.MakeLTRB(left, -height, left + 2.2, 0)
        sign = _new_sign(rng, x, width, height) if rng() < self.signs else None
        return Block(path, -height, colour, edge, warm, cool, sign)

    def _windows(
        self, stage: Stage, rng: Rng, plot: tuple[float, float, float], cell: int
    ) -> tuple[skia.Path, skia.Path]:
        """Return lit windows in two colours, either scattered or in whole rows."""
        x, width, height = plot
        warm, cool = skia.Path(), skia.Path()
        column, row = 9 + 4 / self.depth, 13 + 4 / self.depth
        banded = rng() < 0.4
        for window_y in np.arange(-height + 12, -8, row).tolist():
            level = rng()
            for window_x in np.arange(x + 6, x + width - column, column).tolist():
                chance = level + rng(-0.1, 0.1) if banded else rng()
                if chance < stage.palette.lit:
                    path = warm if hash01(cell, int(window_x), int(window_y), 3) < 0.62 else cool
                    path.addRect(skia.Rect.MakeXYWH(window_x, window_y, column * 0.55, row * 0.5))
        return warm, cool


def _stone(block: Colour, rng: Rng) -> Colour:
    """Return the colour of one block: about as light as all of them, with a hue of its own."""
    lightness, a, b = to_oklab(block)
    _, own_a, own_b = to_oklab(rng.pick(STONES))
    share = rng(0.25, 0.75)
    return from_oklab(lightness + rng(-0.05, 0.07), lerp(a, own_a, share), lerp(b, own_b, share))


def _roofed(rng: Rng, x: float, width: float, height: float) -> skia.Path:
    """Return the outline of a block with one of several roofs, down to below the street."""
    path = skia.Path()
    path.addRect(skia.Rect.MakeLTRB(x, -height, x + width, 400))
    roof = rng()
    if roof < 0.35:
        path.addRect(skia.Rect.MakeLTRB(x + width * 0.2, -height - 22, x + width * 0.8, -height))
        path.addRect(skia.Rect.MakeLTRB(x + width * 0.48, -height - 66, x + width * 0.52, -height))
    elif roof < 0.55:
        path.addPath(polygon([(x, -height), (x + width * 0.5, -height - 40), (x + width, -height)]))
    return path


def _new_sign(rng: Rng, x: float, width: float, height: float) -> Sign:
    colour = rng.pick(SIGNS)
    left = x + width * rng(0.1, 0.6)
    top = -height * rng(0.45, 0.8)
    tall = rng(60, 110)
    letters = skia.Path()
    y = top + 7
    while y < top + tall - 14:
        for _ in range(4):
            if rng() < 0.5:
                letters.moveTo(left + 5, y + rng(0, 10))
                letters.rLineTo(12, 0)
            else:
                letters.moveTo(left + rng(5, 17), y)
                letters.rLineTo(rng(-3, 3), 11)
        y += 16
    return Sign(colour, left, top, tall, letters)


def _draw_sign(stage: Stage, cell: int, sign: Sign) -> None:
    """Draw a sign that sometimes flickers."""
    on = 1.0 if hash01(stage.seed, cell, int(stage.time * 9)) > 0.06 else 0.35
    flat = stage.value("sign", None)
    colour = triple(flat) if flat else stage.map(sign.colour, 0, "emit")
    stage.glow(sign.left + 11, sign.top + sign.tall / 2, sign.tall * 1.15, colour, 0.5 * on)
    panel = skia.Path.RRect(skia.RRect.MakeRectXY(skia.Rect.MakeXYWH(sign.left, sign.top, 22, sign.tall), 3, 3))
    stage.canvas.drawPath(panel, skia.Paint(AntiAlias=True, Color4f=rgba(tone(colour, -0.45), 0.9)))
    stage.stroke(panel, colour, 2, on)
    stage.stroke(sign.letters, mix(colour, (1.0, 1.0, 1.0), 0.45), 1.8, on)


@dataclass(frozen=True)
class Traffic:
    """Cars that cross the view in the air."""

    depth: float
    y: float
    count: int

    def draw(self, stage: Stage) -> None:
        """Paint them."""
        stage.layer(self.depth, stage.view.y(self.y))
        left, right = stage.visible
        span = right - left + 200
        for i in range(self.count):
            rng = stage.rng("traffic", int(self.depth * 100), i)
            direction = 1 if i % 2 else -1
            speed = rng(120, 240) * 3 / self.depth
            x = left - 100 + (rng() * span + speed * stage.time * direction - left) % span
            y = rng(-60, 90) + 3 * math.sin(stage.time * 2 + i)
            size = rng(0.85, 1.15) * (1.5 / self.depth + 0.06)
            self._car(stage, (x, y), size * direction, rng.pick(COACHWORK))

    def _car(self, stage: Stage, place: tuple[float, float], size: float, colour: str) -> None:
        stage.canvas.save()
        stage.canvas.translate(*place)
        stage.canvas.scale(size, abs(size))
        for part in stage.keep(("flying car", colour), lambda: flying_car(colour)).parts:
            painted = stage.map(part.colour, min(0.5, 0.05 * self.depth), "subject")
            stage.canvas.save()
            if part.clip is not None:
                stage.canvas.clipPath(part.clip, True)
            stage.canvas.drawPath(part.path, skia.Paint(AntiAlias=True, Color4f=rgba(painted)))
            stage.canvas.restore()
        if stage.value("vehicle_trail", True) and stage.palette.stars > 0.2:
            red = stage.map("#ff4a6a", 0, "emit")
            shader = skia.GradientShader.MakeLinear([(-100, 0), (-420, 0)], [pack(red, 0.75), pack(red, 0)])
            stage.canvas.drawRect(skia.Rect.MakeLTRB(-420, -46, -98, -41), skia.Paint(Dither=True, Shader=shader))
        if stage.palette.stars > 0.2:
            stage.glow(104, -40, 90, stage.map("#fff0c0", 0, "emit"), 0.8)
        stage.canvas.restore()
