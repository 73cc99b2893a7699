"""Mountains and dunes: ridges with a shadow side, snow on their heights, mesas."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import skia

from models.animatic.colour import tone
from models.animatic.noise import fractal, hash01
from models.animatic.painting.land import Ridge
from models.animatic.painting.sky import sheet_shadow
from models.animatic.shape import polygon
from models.animatic.stage import Ramp, Stage

Floats = npt.NDArray[np.float64]


STEP = 6.0
SPAN = 40 * STEP
"""Width of a cell, whose tops are found and shaded once."""


@dataclass(frozen=True)
class Peaks:
    """A ridge whose tops have a side in shadow, and snow above a line."""

    ridge: Ridge
    reach: float = 60.0
    """How far down a shadow goes."""
    strength: float = 0.5
    snow: float | None = None
    """Height of the snow line above the layer's zero; None for no snow."""

    def draw(self, stage: Stage) -> None:
        """Paint it."""
        ridge = self.ridge
        ridge.draw(stage)
        left, right = stage.visible
        if self.snow is not None:
            xs = np.arange(left // STEP * STEP, right + 2 * STEP, STEP)
            self._snow(stage, xs, ridge.heights(stage, xs))
        path = skia.Path()
        for cell in stage.cells("", SPAN, 1):
            path.addPath(stage.keep(("peaks", ridge.name, cell), lambda c=cell: self._shaded(stage, c)))
        stage.fill(path, "shade", self.strength * stage.value("facets", 1.0) * (1 - 0.8 * ridge.haze), ridge.haze)

    def _shaded(self, stage: Stage, cell: int) -> skia.Path:
        """Return the shadow sides of the tops of a cell."""
        xs = np.arange((cell - 1) * SPAN, (cell + 2) * SPAN, STEP)
        path = skia.Path()
        for shadow in self._shadows(stage, xs, self.ridge.heights(stage, xs)):
            path.addPath(shadow)
        return path

    def _shadows(self, stage: Stage, xs: Floats, ys: Floats) -> list[skia.Path]:
        """Return the side away from the light of every top in the middle third."""
        away = -stage.light_side
        found = []
        third = len(xs) // 3
        for i in np.flatnonzero((ys[1:-1] < ys[:-2]) & (ys[1:-1] <= ys[2:])) + 1:
            if not third <= i < 2 * third:
                continue
            fall = min(len(xs) - 1, i + 30) if away > 0 else max(0, i - 30)
            slope = ys[i : fall + 1] if away > 0 else ys[fall : i + 1][::-1]
            rises = np.flatnonzero(np.diff(slope) < 0)
            count = int(rises[0]) if len(rises) else len(slope) - 1
            if count < 2 or slope[count] - slope[0] < 3:
                continue
            found.append(self._shadow(stage, (float(xs[i]), float(ys[i])), slope[: count + 1], STEP * away))
        return found

    def _shadow(self, stage: Stage, top: tuple[float, float], slope: Floats, step: float) -> skia.Path:
        """Return the area between a falling crest line and a crooked line down from the top."""
        x, y = top
        crest = [(x + step * i, float(height)) for i, height in enumerate(slope)]
        deep = min(self.reach, 14 + 1.3 * (slope[-1] - slope[0]) + 8)
        key = int(x)
        edge = []
        for i in range(1, 6):
            share = i / 5
            bend = (hash01(stage.seed, key, i) - 0.45) * 0.5 * (1 if self.ridge.sharp else 0.3)
            edge.append((x + np.sign(step) * deep * share * (0.22 + bend), y + deep * share))
        foot = (crest[-1][0] + step, crest[-1][1] + deep * 0.25)
        return polygon([*crest, foot, *edge[::-1]])

    def _snow(self, stage: Stage, xs: Floats, ys: Floats) -> None:
        """Lay snow on what is above the line, deeper the higher, with a ragged hem."""
        ridge = self.ridge
        above = np.clip(-ys - (self.snow or 0.0) * stage.view.tallness**0.5, 0, None)
        ragged = 0.55 + 0.4 * fractal(xs * 0.09, int(hash01(stage.seed, ridge.name, "snow") * 1e6), 3)
        hem = ys + above * np.clip(ragged, 0.12, 1.1)
        path = polygon(np.vstack([np.column_stack([xs, ys]), np.column_stack([xs, hem])[::-1]]))
        stage.fill(path, "snow", stage.value("snow_cover", 0.95), ridge.haze * 0.8)


@dataclass(frozen=True)
class Mesas:
    """Table mountains with layered cliffs, here and there."""

    depth: float
    baseline: float
    haze: float
    spacing: float
    tall: float

    def draw(self, stage: Stage) -> None:
        """Paint them."""
        stage.layer(self.depth, self.baseline)
        for cell in stage.cells("", self.spacing):
            mesa = stage.keep(("mesa", self.depth, cell), lambda c=cell: self._mesa(stage, c))
            if mesa is None:
                continue
            outline, shadow, bands, top = mesa
            sheet_shadow(stage, outline)
            alphas = (stage.value("solid", 1.0),) * 2
            foot = min(1.0, self.haze + 0.3)
            stage.gradient(outline, Ramp(("rock_lit", "hill"), top, 20, (self.haze, foot), alphas))
            stage.fill(bands, "rock", 0.3, self.haze)
            stage.fill(shadow, "shade", 0.34, self.haze)

    def _mesa(self, stage: Stage, cell: int) -> tuple[skia.Path, skia.Path, skia.Path, float] | None:
        rng = stage.rng(f"mesa{self.depth:g}", cell)
        if rng() < 0.35:
            return None
        x, wide = cell * self.spacing + rng(0, self.spacing * 0.4), self.tall * rng(0.5, 1.5)
        tall = self.tall * rng(0.55, 1.1) * stage.view.tallness**0.5
        skirt = tall * 0.45
        outline = [
            (x - wide - skirt, 20), (x - wide - skirt * 0.25, -tall * 0.42), (x - wide, -tall * 0.46),
            (x - wide * 0.94, -tall), (x - wide * 0.3, -tall * rng(1.0, 1.05)),
            (x + wide * 0.5, -tall * rng(0.97, 1.03)),
            (x + wide * 0.95, -tall * 0.98), (x + wide, -tall * 0.46), (x + wide + skirt * 0.25, -tall * 0.42),
            (x + wide + skirt, 20),
        ]  # fmt: skip
        side = -stage.light_side
        shadow = [
            (x + side * wide * 0.98, -tall * 0.97), (x + side * wide * 0.45, -tall * 0.98),
            (x + side * wide * 0.55, -tall * 0.44), (x + side * wide * 0.7, 20), (x + side * (wide + skirt), 20),
            (x + side * wide, -tall * 0.46),
        ]  # fmt: skip
        bands = skia.Path()
        for share in (0.9, 0.78, 0.6):
            bands.addRect(
                skia.Rect.MakeLTRB(x - wide * 0.97, -tall * share, x + wide * 0.97, -tall * share + tall * 0.05)
            )
        return polygon(outline), polygon(shadow), bands, -tall


@dataclass(frozen=True)
class Cacti:
    """Saguaros with arms."""

    depth: float
    baseline: float
    haze: float
    spacing: float
    size: float

    def draw(self, stage: Stage) -> None:
        """Paint them."""
        stage.layer(self.depth, stage.view.y(self.baseline))
        for cell in stage.cells("", self.spacing):
            plant = stage.keep(("cactus", self.depth, cell), lambda c=cell: self._plant(stage, c))
            if plant is None:
                continue
            shadow, body, lit = plant
            stage.fill(shadow, "shade", 0.26)
            stage.fill(body, "leaf-6", stage.value("solid", 1.0), self.haze)
            stage.fill(lit, tone(stage.tint("leaf"), 0.08), 0.8 * stage.value("solid", 1.0), self.haze)

    def _plant(self, stage: Stage, cell: int) -> tuple[skia.Path, skia.Path, skia.Path] | None:
        rng = stage.rng(f"cactus{self.depth:g}", cell)
        if rng() < 0.42:
            return None
        x, tall, side = cell * self.spacing + rng(0, self.spacing * 0.6), self.size * rng(0.7, 1.2), stage.light_side
        thick = tall * 0.085

        def limb(left: float, top: float, foot: float, width: float) -> skia.Rect:
            return skia.Rect.MakeLTRB(left - width, top, left + width, foot)

        body, lit, shadow = skia.Path(), skia.Path(), skia.Path()
        stems = [(x, -tall, 4.0, thick)]
        for way in (-1, 1):
            if rng() < 0.8:
                joint, reach = -tall * rng(0.35, 0.6), tall * rng(0.2, 0.28)
                stems.append((x + way * reach, joint - tall * rng(0.18, 0.34), joint + thick * 0.8, thick * 0.72))
                arm = skia.Rect.MakeLTRB(*sorted((x, x + way * reach))[:1], joint - thick * 0.6,
                                         sorted((x, x + way * reach))[1], joint + thick * 0.8)  # fmt: skip
                body.addRRect(skia.RRect.MakeRectXY(arm, thick * 0.6, thick * 0.6))
        for left, top, foot, width in stems:
            body.addRRect(skia.RRect.MakeRectXY(limb(left, top, foot, width), width, width))
            edge = limb(left + side * width * 0.45, top + width * 0.6, foot - width * 0.5, width * 0.3)
            lit.addRRect(skia.RRect.MakeRectXY(edge, width * 0.3, width * 0.3))
        shadow.addOval(skia.Rect.MakeLTRB(x - side * tall * 0.5 - tall * 0.4, 0, x - side * tall * 0.5 + tall * 0.4, 7))
        return shadow, body, lit
