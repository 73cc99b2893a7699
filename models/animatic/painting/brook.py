"""A brook along the ground, nearer than the figures' feet: banks that wind, water that flows, light on it."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import skia

from models.animatic.colour import mix, rgba, tone
from models.animatic.easing import clamp
from models.animatic.noise import fractal, hash01
from models.animatic.painting.sky import sheet_shadow
from models.animatic.shape import ellipse, polygon
from models.animatic.stage import GROUND_Y, HORIZON_Y, Ramp, Stage

Floats = npt.NDArray[np.float64]

FAR, NEAR = 0.966, 0.805
"""Depths of the two banks; the figures' is 1."""
FLOATING = (0.945, 0.92, 0.895, 0.86)
"""Depths at which ripples drift."""
EYE = 108.0
"""How far below the horizon line the ground of depth 1 lies; that of another depth lies this far divided by it."""
WINDING = {FAR: 3.4, NEAR: 10.0}
"""Units by which each bank winds up and down, at most."""
STEP = 7.0
"""Units of a layer between the points of a bank."""
PALE = (0.2, 0.34, 0.55)
"""How far the sky is seen in the water from its far bank on, as shares of its width."""
STONES = ((0.958, 5.0), (0.82, 8.5))
"""Depth of the stones at each bank, and their size."""
STONES_APART = 150.0
TOUCH = 16.0
"""World units above the ground from which a head that is lowered begins to stir the water."""
FLOW, CELL = 15.0, 96.0
"""Units a second by which the water drifts, and between its groups of ripples."""


@dataclass(frozen=True)
class Plane:
    """How the layer of another depth lies in that of the far bank: both are moved and scaled, never turned."""

    visible: tuple[float, float]
    scale: float
    left: float
    top: float

    @classmethod
    def at(cls, stage: Stage, depth: float) -> "Plane":
        """Return the ground of a depth, and leave the stage in the layer of the far bank."""
        _enter(stage, depth)
        visible, origin, pixels = stage.visible, stage.origin, stage.pixels
        _enter(stage, FAR)
        left, top = ((there - here) / stage.pixels for there, here in zip(origin, stage.origin, strict=True))
        return cls(visible, pixels / stage.pixels, left, top)


def _enter(stage: Stage, depth: float) -> None:
    """Draw on the ground of a depth from here on; a tall picture has a broader brook, as near the feet as any."""
    bank, ground = HORIZON_Y + EYE / FAR, HORIZON_Y + EYE / depth
    stage.layer(depth, bank + stage.view.y(GROUND_Y + ground - bank) - GROUND_Y)


@dataclass(frozen=True)
class Bank:
    """Where land and water meet, in units of the layer of the far bank."""

    xs: Floats
    ys: Floats
    along: Floats
    """x of the points in its own layer: what is drawn by them goes along with the bank."""
    level: float
    """Its height without its windings."""

    @classmethod
    def at(cls, stage: Stage, depth: float) -> "Bank":
        """Return the bank of a depth: a function of the seed and the place, whatever the camera sees of it."""
        plane = Plane.at(stage, depth)
        xs = np.arange(plane.visible[0] // STEP - 2, plane.visible[1] // STEP + 4) * STEP
        seed = int(hash01(stage.seed, "brook", round(1000 * depth)) * 1e6)
        wound = 0.75 * fractal(xs * 0.0075, seed, 2) + 0.3 * fractal(xs * 0.034, seed + 7, 3)
        ys = WINDING[depth] * wound.clip(-1, 1)
        return cls(plane.left + xs * plane.scale, plane.top + ys * plane.scale, xs, plane.top)

    def strip(self, top: Floats | float, foot: Floats | float) -> skia.Path:
        """Return the strip between two heights below the bank's line."""
        upper, lower = np.column_stack([self.xs, self.ys + top]), np.column_stack([self.xs, self.ys + foot])
        return polygon(np.vstack([upper, lower[::-1]]))

    def line(self) -> skia.Path:
        """Return the bank as an open line."""
        return polygon(np.column_stack([self.xs, self.ys]), False)


@dataclass(frozen=True)
class Brook:
    """A band of flowing water between two winding banks."""

    def draw(self, stage: Stage) -> skia.Path:
        """Paint it; return its surface in canvas pixels."""
        near, far = Bank.at(stage, NEAR), Bank.at(stage, FAR)
        water = polygon(np.vstack([np.column_stack([far.xs, far.ys]), np.column_stack([near.xs, near.ys])[::-1]]))
        self._earth(stage, far)
        self._water(stage, water, far, near.level)
        floating = [self._floating(stage, depth) for depth in FLOATING]
        stage.canvas.save()
        stage.canvas.clipPath(water, True)
        for ripples, glints in floating:
            self._light(stage, ripples, glints)
        self._rims(stage, far, near)
        stage.canvas.restore()
        self._edges(stage, far, near)
        stones = skia.Path()
        for depth, size in STONES:
            for stone in self._stones(stage, depth, size):
                stones.addPath(stone)
        water = skia.Op(water, stones, skia.PathOp.kDifference_PathOp)
        surface = skia.Path()
        water.transform(stage.canvas.getTotalMatrix(), surface)
        return surface

    def _earth(self, stage: Stage, far: Bank) -> None:
        """Show the earth of the far bank, where the ground breaks off."""
        rough = 1.2 * fractal(far.along * 0.11, 3, 2)
        stage.fill(far.strip(-3.4 - rough, 1.5), tone(stage.tint("ground_near"), -0.13), stage.value("solid", 1.0))

    def _water(self, stage: Stage, water: skia.Path, far: Bank, foot: float) -> None:
        """Fill it: pale with the sky along the far bank, deep near the viewer."""
        sheet_shadow(stage, water, 3)
        alphas = (stage.value("sea_far", 1.0), stage.value("sea_near", 1.0))
        middle, pale = (mix(stage.tint("sea_far"), stage.tint("sky_2"), share) for share in (0.2, 0.65))
        stage.gradient(water, Ramp((middle, "sea_near"), 4.0, foot, alphas=alphas))
        stage.canvas.save()
        stage.canvas.clipPath(water, True)
        for number, reach in enumerate(PALE):
            drift = fractal((far.along - FLOW * 0.3 * stage.time) * 0.021, 31 + number, 2)
            stage.fill(far.strip(-4, reach * foot * (1 + 0.5 * drift)), pale, 0.34 * alphas[0])
        stage.canvas.restore()

    def _floating(self, stage: Stage, depth: float) -> tuple[skia.Path, skia.Path]:
        """Return the ripples and the glints at a depth, which drift downstream."""
        plane, drift = Plane.at(stage, depth), FLOW * stage.time / depth
        ripples, glints = skia.Path(), skia.Path()
        left, right = (edge - drift for edge in plane.visible)
        for cell in range(int(left // CELL) - 1, int(right // CELL) + 2):
            rng = stage.rng(f"brook{depth:g}", cell)
            for number in range(3):
                wave = math.sin(stage.time * rng(1.2, 2.6) + rng(0, 6))
                x, y, long = cell * CELL + rng(0, CELL) + drift, rng(-4.5, 4.5), rng(7, 26) * (0.75 + 0.25 * wave)
                if number:
                    _add_streak(ripples, plane, (x, y), (long, 0.75))
                else:
                    _add_streak(glints, plane, (x, y), (0.45 * long * max(0.0, wave), 0.95))
        return ripples, glints

    def _light(self, stage: Stage, ripples: skia.Path, glints: skia.Path) -> None:
        stage.fill(ripples, "foam", 0.42 * stage.value("foam", 1.0))
        colour = stage.value("glitter_colour", None) or stage.map("sun", 0, "emit")
        stage.canvas.drawPath(glints, skia.Paint(AntiAlias=True, Color4f=rgba(colour, stage.value("glitter", 0.85))))

    def _rims(self, stage: Stage, far: Bank, near: Bank) -> None:
        """Lap along both banks: a shallow strip and a thin line of foam, which breathe."""
        foam = stage.value("foam", 1.0)
        breath = 0.8 * np.sin(far.along * 0.045 + stage.time * 1.3)
        stage.fill(far.strip(-1, 3.4 + breath), "shallow", 0.5)
        stage.fill(far.strip(0.5 + 0.5 * breath, 1.6 + breath), "foam", 0.65 * foam)
        breath = np.sin(near.along * 0.04 - stage.time * 1.1)
        stage.fill(near.strip(-4.8 + breath, 1), "shallow", 0.4)
        stage.fill(near.strip(-1.8 + breath, -0.3 + 0.5 * breath), "foam", 0.55 * foam)

    def _edges(self, stage: Stage, far: Bank, near: Bank) -> None:
        """Draw the lip of the near bank, and the line that a style gives every edge."""
        lip = 1.5 + 0.8 * fractal(near.along * 0.09, 11, 2)
        stage.fill(near.strip(-0.3, lip), tone(stage.tint("ground_near"), 0.08), stage.value("solid", 1.0))
        neon = stage.value("neon_edge", None)
        if neon:
            stage.stroke(far.line(), neon[0], 5, 0.2)
            stage.stroke(far.line(), neon[0], 1.5, 0.85)
            stage.stroke(near.line(), neon[1], 1.5, 0.8)

    def _stones(self, stage: Stage, depth: float, size: float) -> Iterator[skia.Path]:
        """Lay stones into the water near a bank, with foam where it parts, and yield their outlines."""
        plane = Plane.at(stage, depth)
        for cell in range(int(plane.visible[0] // STONES_APART) - 1, int(plane.visible[1] // STONES_APART) + 2):
            rng = stage.rng(f"stone{depth:g}", cell)
            if rng() < 0.4:
                continue
            x = cell * STONES_APART + rng(0, STONES_APART * 0.6)
            for _ in range(1 + int(rng(0, 2.6))):
                yield self._stone(stage, plane, (x, rng(-1.0, 2.5)), size * rng(0.55, 1.2))
                x += size * rng(1.6, 3.6)

    def _stone(self, stage: Stage, plane: Plane, foot: tuple[float, float], size: float) -> skia.Path:
        x, y = plane.left + foot[0] * plane.scale, plane.top + foot[1] * plane.scale
        grey = mix(stage.tint("rock"), stage.tint("hill"), 0.6)
        stage.fill(ellipse((x, y + 0.5), size * 1.5, size * 0.26), "foam", 0.6 * stage.value("foam", 1.0))
        outline = _dome(x, y, 1.1 * size, 0.8 * size)
        stage.fill(outline, tone(grey, -0.08), stage.value("solid", 1.0))
        stage.fill(_dome(x + 0.22 * stage.light_side * size, y, 0.84 * size, 0.78 * size), tone(grey, 0.05))
        return outline


def _dome(x: float, y: float, across: float, high: float) -> skia.Path:
    """Return the upper half of an oval round (x, y)."""
    path = skia.Path()
    path.addArc(skia.Rect.MakeLTRB(x - across, y - high, x + across, y + high), 180, 180)
    path.close()
    return path


def _add_streak(path: skia.Path, plane: Plane, centre: tuple[float, float], radii: tuple[float, float]) -> None:
    """Append a flat oval given in the units of a plane."""
    x, y = plane.left + centre[0] * plane.scale, plane.top + centre[1] * plane.scale
    across, high = radii[0] * plane.scale, radii[1] * plane.scale
    path.addOval(skia.Rect.MakeLTRB(x - across, y - high, x + across, y + high))


def lapped(stage: Stage, surface: skia.Path, mouth: tuple[float, float, float], baseline: float) -> None:
    """Draw the rings that spread on a brook from who drinks.

    `mouth` is (x, world units below the ground line of the figure, how much it laps in [0, 1]).
    """
    strength = mouth[2] * clamp(1 + mouth[1] / TOUCH)
    if not strength:
        return
    stage.layer(1, baseline)
    canvas, matrix = stage.canvas, stage.canvas.getTotalMatrix()
    canvas.resetMatrix()
    canvas.clipPath(surface, True)
    canvas.setMatrix(matrix)
    for index in range(3):
        age = (stage.time * 0.7 + index / 3) % 1
        ring = ellipse((mouth[0], 8.0), 6 + 30 * age, 1.5 + 6 * age)
        stage.stroke(ring, stage.map("foam"), 1.3, 0.85 * strength * (1 - age) * min(1.0, 6 * age))


WATERS = {"brook": Brook()}
"""What can run through a place, by the id of a Spec's water."""
