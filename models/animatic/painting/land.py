"""Ridges, receding ground, rocks, a fence."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import skia

from models.animatic.colour import Colour, Tint, mix, rgba, tone, triple
from models.animatic.noise import fractal, hash01
from models.animatic.painting.sky import sheet_shadow
from models.animatic.shape import below, ellipse, polygon
from models.animatic.stage import GROUND_Y, Ramp, Stage

Floats = npt.NDArray[np.float64]

CELL = 32
"""Points of a ridge that are found together and kept."""


@dataclass(frozen=True)
class Crest:
    """The outline of one ridge in the current layer."""

    path: skia.Path
    xs: Floats
    ys: Floats

    def line(self, drop: float = 0.0) -> skia.Path:
        """Return the crest as an open line."""
        return polygon(np.column_stack([self.xs, self.ys + drop]), False)

    def rim(self, top: float, foot: float) -> skia.Path:
        """Return the strip between two depths below the crest."""
        upper = np.column_stack([self.xs, self.ys + top])
        return polygon(np.vstack([upper, np.column_stack([self.xs, self.ys + foot])[::-1]]))


@dataclass(frozen=True)
class Ridge:
    """A fractal line of hills or peaks, filled to the bottom of the picture."""

    name: str
    depth: float
    baseline: float
    amplitude: float
    frequency: float
    haze: float
    colour: str
    foot_colour: str = ""
    sharp: bool = False
    base: float = 0.0
    edge: str = ""
    """Colour of a lit crest; empty for none."""

    def heights(self, stage: Stage, xs: Floats) -> Floats:
        """Return the y of the crest at some x of its layer."""
        seed = int(hash01(stage.seed, self.name) * 1e6)
        heights = fractal(xs * self.frequency, seed, 5)
        if self.sharp:
            heights = 1.1 - 1.6 * np.abs(heights)
        return self.base - self.amplitude * stage.view.tallness**0.5 * (heights * 0.8 + 0.3)

    def foot(self, stage: Stage) -> float:
        """Return how far down it is filled."""
        tall = self.amplitude * stage.view.tallness**0.5
        return stage.hidden(self.base + 0.4 * tall) if self.haze > 0.12 else stage.floor + 9

    def draw(self, stage: Stage) -> None:
        """Paint it through the style's hook."""
        stage.layer(self.depth, self.baseline)
        left, right = stage.visible
        step = 6 if stage.smooth else 10
        first, last = int(left // step), int(right // step) + 2
        cells = range(first // CELL, last // CELL + 1)
        found = [stage.keep(("ridge", self, cell), lambda c=cell: self._line(stage, c, step)) for cell in cells]
        xs, ys = np.concatenate(found, 1)[:, first - cells[0] * CELL : last - cells[0] * CELL]
        crest = Crest(below(xs, ys, self.foot(stage)), xs, ys)
        RIDGES[stage.style.ridge](stage, self, crest)

    def _line(self, stage: Stage, cell: int, step: int) -> Floats:
        """Return the crest in one cell, [x or y, point]."""
        xs = np.arange(cell * CELL, (cell + 1) * CELL, dtype=np.float64) * step
        return np.stack([xs, self.heights(stage, xs)])


def _fill_ridge(stage: Stage, ridge: Ridge, crest: Crest) -> None:
    """Fill with a gradient that gains haze towards the foot."""
    foot = min(1.0, ridge.haze + 0.22 * (1 if ridge.haze > 0.05 else 0.3))
    top = float(crest.ys.min())
    colours = (ridge.colour, ridge.foot_colour or ridge.colour)
    stage.gradient(crest.path, Ramp(colours, top, top + ridge.amplitude * 2 + 50, (ridge.haze, foot)))


def _hazy_ridge(stage: Stage, ridge: Ridge, crest: Crest) -> None:
    _fill_ridge(stage, ridge, crest)
    if ridge.edge:
        stage.stroke(crest.line(1), stage.map(ridge.edge, ridge.haze * 0.7), 2, 0.7)


def _inked_ridge(stage: Stage, ridge: Ridge, crest: Crest) -> None:
    """Draw a gradient under a thin dark line, fainter with the distance, as on a painted cel."""
    _fill_ridge(stage, ridge, crest)
    line = tone(stage.map(ridge.colour, ridge.haze), -0.2, 1.2)
    stage.stroke(crest.line(), line, 1.8 - 0.8 * ridge.haze, 0.85 * (1 - 0.6 * ridge.haze))


def _washed_ridge(stage: Stage, ridge: Ridge, crest: Crest) -> None:
    """Draw a dark crest that dissolves into the paper."""
    top = float(crest.ys.min())
    dark: Colour = tone("#2e3338", ridge.haze * 0.42)
    alphas = (0.92 - 0.35 * ridge.haze, 0.0 if ridge.haze > 0.12 else 0.5)
    stage.gradient(crest.path, Ramp((dark, "#ffffff"), top, top + ridge.amplitude * 2.3 + 60, (0, 0.86), alphas))
    stage.fill(_brushed(stage, ridge, crest), tone(dark, -0.1), 0.85 - 0.55 * ridge.haze)


def _brushed(stage: Stage, ridge: Ridge, crest: Crest) -> skia.Path:
    """Return a line of ink along a crest: pressed down, drawn out thin, lifted."""
    seed = int(hash01(stage.seed, ridge.name, "brush") * 1e6)
    slope = np.gradient(crest.ys, crest.xs)
    pressed = 0.55 * fractal(crest.xs * 0.012, seed, 2) + 0.75 * stage.light_side * slope + 0.25
    thick = np.clip(pressed, 0.0, 1.3) * (5.5 - 3.5 * ridge.haze)
    dry = np.clip(1.15 + fractal(crest.xs * 0.21, seed + 5, 2), 0.2, 1.0)
    lower = np.column_stack([crest.xs, crest.ys + thick * dry])
    return polygon(np.vstack([np.column_stack([crest.xs, crest.ys - thick * 0.25]), lower[::-1]]))


def _wet_ridge(stage: Stage, ridge: Ridge, crest: Crest) -> None:
    """Draw a transparent wash that is strongest along its edge and runs out downwards."""
    top = float(crest.ys.min())
    colours = (tone(stage.tint(ridge.colour), -0.02, 1.15), ridge.foot_colour or ridge.colour)
    foot = min(1.0, ridge.haze + 0.4)
    alphas = (0.92, 0.55 if ridge.haze > 0.12 else 0.9)
    stage.gradient(crest.path, Ramp(colours, top, top + ridge.amplitude * 2 + 60, (ridge.haze, foot), alphas))
    edge = np.vstack([np.column_stack([crest.xs, crest.ys]), np.column_stack([crest.xs, crest.ys + 2.6])[::-1]])
    stage.fill(polygon(edge), tone(stage.tint(ridge.colour), -0.12), 0.5 * (1 - ridge.haze), ridge.haze)


ROLLED = ((0.0, 4.0, 0.09), (4.0, 9.0, 0.05), (9.0, 20.0, 0.0), (20.0, 36.0, -0.03))
"""Strips of a rolled edge: from and to how far below the crest, and how much lighter."""


def _round_ridge(stage: Stage, ridge: Ridge, crest: Crest) -> None:
    """Draw a thick slab with a rolled, lit edge and a shadow on what lies behind."""
    sheet_shadow(stage, crest.rim(0, 16), 8)
    colour = stage.map(ridge.colour, ridge.haze)
    stage.canvas.drawPath(crest.path, skia.Paint(AntiAlias=True, Color4f=rgba(tone(colour, -0.055))))
    for top, foot, lift in ROLLED:
        strip = skia.Paint(AntiAlias=True, Color4f=rgba(tone(colour, lift)))
        stage.canvas.drawPath(crest.rim(top, foot + 0.5), strip)


def _lit_ridge(stage: Stage, ridge: Ridge, crest: Crest) -> None:
    """Draw a fill with a glowing outline."""
    _fill_ridge(stage, ridge, crest)
    if ridge.haze > 0.05:
        line = mix("#28e0ff", "#ff3fc8", min(1.0, ridge.haze * 1.6))
        stage.stroke(crest.line(), line, 5, 0.16)
        stage.stroke(crest.line(), line, 1.6, 0.85)
    elif ridge.edge:
        stage.stroke(crest.line(1), stage.map(ridge.edge, ridge.haze * 0.7), 2, 0.7)


def _sheet_ridge(stage: Stage, ridge: Ridge, crest: Crest) -> None:
    """Draw a flat sheet of paper with a pale cut edge and a shadow on what lies behind."""
    sheet_shadow(stage, crest.rim(0, 16), 6)
    stage.fill(crest.path, ridge.colour, depth=ridge.haze)
    stage.stroke(crest.line(0.8), tone(stage.map(ridge.colour, ridge.haze), 0.10), 1.6, 0.9)


RIDGES: dict[str, Callable[[Stage, Ridge, Crest], None]] = {
    "hazy": _hazy_ridge,
    "inked": _inked_ridge,
    "wash": _washed_ridge,
    "lit": _lit_ridge,
    "sheet": _sheet_ridge,
    "wet": _wet_ridge,
    "round": _round_ridge,
}


@dataclass(frozen=True)
class Ground:
    """The ground plane from a height of the picture down, with strokes spaced in perspective."""

    horizon: float

    def draw(self, stage: Stage) -> None:
        """Paint it."""
        stage.layer(2.6, self.horizon)
        left, right = stage.visible
        xs = np.arange(left // 12 * 12, right + 24, 12)
        ys = 3 * fractal(xs * 0.012, stage.seed % 999, 3)
        path = below(xs, ys, stage.floor + 5)
        sheet_shadow(stage, Crest(path, xs, ys).rim(0, 16), 6)
        depths = (stage.value("ground_depth", 0.30), 0.0)
        alphas = (stage.value("ground_far", 1.0), stage.value("ground_near", 1.0))
        foot = stage.view.y(self.horizon + 130) - self.horizon
        stage.gradient(path, Ramp(("ground_far", "ground_near"), 0, foot, depths, alphas))
        neon = stage.value("neon_edge", None)
        if neon:
            crest = polygon(np.column_stack([xs, ys]), False)
            stage.stroke(crest, neon[1], 6, 0.25)
            stage.stroke(crest, neon[1], 1.8, 0.9)
        for depth, drop, alpha in ((2.1, 18, 0.35), (1.5, 46, 0.5), (1.12, 80, 0.6), (0.86, 128, 0.7)):
            stage.layer(depth, stage.view.y(self.horizon + drop))
            self._strokes(stage, depth, alpha)

    def _strokes(self, stage: Stage, depth: float, alpha: float) -> None:
        dark, light = skia.Path(), skia.Path()
        for cell in stage.cells("", 90):
            for is_dark, x, y, width in stage.keep(("stroke", depth, cell), lambda c=cell: self._cell(stage, depth, c)):
                path = dark if is_dark else light
                path.addOval(skia.Rect.MakeLTRB(x, y, x + width, y + width * 0.11))
        near = stage.tint("ground_near")
        for path, shift, name in ((dark, -0.055, "speck_dark"), (light, 0.06, "speck_light")):
            colour = stage.value(f"{name}_colour", None) or stage.map(tone(near, shift))
            strength = min(1.0, alpha * stage.value(name, 1.0))
            stage.canvas.drawPath(path, skia.Paint(AntiAlias=True, Color4f=rgba(colour, strength)))

    def _cell(self, stage: Stage, depth: float, cell: int) -> list[tuple[bool, float, float, float]]:
        rng = stage.rng(f"stroke{depth:g}", cell)
        return [(rng() < 0.55, cell * 90 + rng(0, 90), rng(-12, 12), rng(14, 46) / depth) for _ in range(3)]


@dataclass(frozen=True)
class Rocks:
    """Scattered faceted stones with a lit side and a shadow."""

    depth: float
    baseline: float
    haze: float
    spacing: float
    size: float

    def draw(self, stage: Stage) -> None:
        """Paint them."""
        stage.layer(self.depth, stage.view.y(self.baseline))
        for cell in stage.cells("", self.spacing):
            stone = stage.keep(("rock", self.depth, cell), lambda c=cell: self._stone(stage, c))
            if stone is None:
                continue
            outline, facet, shadow = stone
            stage.fill(shadow, "shade", 0.3)
            sheet_shadow(stage, outline)
            stage.fill(outline, "rock", depth=self.haze)
            stage.fill(facet, "rock_lit", depth=self.haze)

    def _stone(self, stage: Stage, cell: int) -> tuple[skia.Path, skia.Path, skia.Path] | None:
        rng = stage.rng(f"rock{self.depth:g}", cell)
        if rng() < 0.35:
            return None
        side = stage.light_side
        x = cell * self.spacing + rng(0, self.spacing * 0.6)
        q = self.size * rng(0.4, 1.2)
        outline = [
            (x - q * 1.2, 4), (x - q * rng(0.8, 1), -q * rng(0.4, 0.7)), (x - q * 0.3, -q * rng(0.8, 1.1)),
            (x + q * 0.4, -q * rng(0.6, 0.95)), (x + q * rng(0.9, 1.2), -q * 0.3), (x + q * 1.4, 4),
        ]  # fmt: skip
        shoulder = outline[1] if side < 0 else outline[4]
        facet = [outline[2], outline[3], (x + q * 0.1 * side, -q * 0.25), shoulder]
        return polygon(outline), polygon(facet), ellipse((x - side * q * 0.7, 5), q * 2, q * 0.26)


def fence(stage: Stage, x: float, colour: Tint = "#c8382f") -> None:
    """Draw three pickets and two rails at x in the subject's layer."""
    stage.layer(1, GROUND_Y)

    def panel(points: list[tuple[float, float]], paint: Tint) -> None:
        stage.fill(polygon(points), paint, role="subject")

    base = triple(colour)
    stage.fill(ellipse((x - 4, 7), 60, 5), "shade", 0.3)
    for i in range(-1, 2):
        left = x + i * 26 - 4
        panel([(left - 7, 6), (left - 7, -62), (left, -72), (left + 7, -62), (left + 7, 6)], base)
        panel([(left + 2, 6), (left + 2, -68), (left + 7, -62), (left + 7, 6)], tone(base, -0.12))
    for y in (-50, -24):
        panel([(x - 48, y), (x + 40, y - 2), (x + 40, y + 8), (x - 48, y + 10)], tone(base, 0.03))
        panel([(x - 48, y + 7), (x + 40, y + 5), (x + 40, y + 8), (x - 48, y + 10)], tone(base, -0.14))
