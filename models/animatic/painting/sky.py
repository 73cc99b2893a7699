"""Sky, sun or moon, stars, clouds, bands of mist and shafts of light."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt
import skia

from models.animatic.canvas import channels
from models.animatic.colour import Colour, mix, pack, rgba, tone, triple
from models.animatic.easing import lerp
from models.animatic.noise import noise_plate
from models.animatic.shape import ellipse, polygon
from models.animatic.stage import HORIZON_Y, Ramp, Stage


def sun_place(stage: Stage, share: float, y: float) -> tuple[float, float]:
    """Return where the sun stands: `share` of the width from the dark side, at a landscape height."""
    x = stage.view.width * (share - 0.5) * stage.light_side * (0.75 if stage.view.tallness > 1.3 else 1)
    return x, stage.view.y(y)


# ---------------------------------------------------------------- the sky's hooks

SKY_TONES = 6
"""Flat tones of a printed sky."""


def _gradient_sky(stage: Stage, stops: list[Colour]) -> None:
    """Fill the picture from the top to below the horizon."""
    stage.screen()
    shader = skia.GradientShader.MakeLinear(
        [(0, stage.view.top), (0, 330)], [pack(stop) for stop in stops], [0, 0.55, 1]
    )
    stage.canvas.drawRect(_picture(stage), skia.Paint(Dither=True, Shader=shader))


def _paper_sky(stage: Stage, stops: list[Colour]) -> None:
    """Leave the paper almost bare."""
    paper = triple(stage.style.paper)
    _gradient_sky(stage, [mix(stops[0], paper, 0.86), mix(stops[1], paper, 0.95), paper])


def _banded_sky(stage: Stage, stops: list[Colour]) -> None:
    """Lay sheets of paper over each other, each cut in a wide arc round the sun, each throwing a shadow."""
    stage.screen()
    view = stage.view
    stage.canvas.drawRect(_picture(stage), skia.Paint(Color4f=rgba(stops[0])))
    x, y = sun_place(stage, 0.72, 110)
    reach = math.hypot(view.width, view.height)
    for i in range(4):
        share = (i + 1) / 4
        colour = mix(stops[0], stops[2], share**0.8)
        radius = reach * (0.62 - 0.13 * i)
        for reach_out in (9, 5, 2):
            shadow = skia.Paint(AntiAlias=True, Color4f=rgba(tone(colour, -0.28), 0.16))
            stage.canvas.drawCircle(x, y + 4, radius + reach_out, shadow)
        stage.canvas.drawCircle(x, y, radius, skia.Paint(AntiAlias=True, Color4f=rgba(colour)))


def _stepped_sky(stage: Stage, stops: list[Colour]) -> None:
    """Lay broad flat arcs over each other, each a tone nearer to the horizon's, as a poster is printed."""
    stage.screen()
    view = stage.view
    foot, across = 330.0, view.width * 1.4
    for i in range(SKY_TONES):
        share = i / (SKY_TONES - 1)
        tone_at = mix(stops[0], stops[1], share * 2) if share < 0.5 else mix(stops[1], stops[2], share * 2 - 1)
        top = lerp(view.top, foot, share**0.8) if i else view.top - across
        paint = skia.Paint(AntiAlias=True, Color4f=rgba(tone_at))
        sag = 0.045 * view.width * (1 - share)
        edge = skia.Path()
        edge.moveTo(view.left, top + sag)
        edge.quadTo(0.16 * view.width * stage.light_side, top - sag, view.right, top + sag)
        edge.lineTo(view.right, view.bottom)
        edge.lineTo(view.left, view.bottom)
        edge.close()
        stage.canvas.drawPath(edge, paint)


def _neon_sky(stage: Stage, stops: list[Colour]) -> None:
    """Go from deep blue to a burning horizon."""
    dark = stage.palette.stars > 0.5
    _gradient_sky(
        stage,
        [mix(stops[0], "#070622", 0.72 if dark else 0.5), mix(stops[1], "#4a1c96", 0.7), mix("#ff4fb4", stops[2], 0.3)],
    )


def _washed_sky(stage: Stage, stops: list[Colour]) -> None:
    """Let wet colour run and pool, and leave the paper bare in places."""
    paper = triple(stage.style.paper)
    _gradient_sky(stage, [mix(stop, paper, share) for stop, share in zip(stops, (0.2, 0.28, 0.42), strict=True)])
    stage.canvas.restoreToCount(1)
    scale = max(1.0, stage.k)
    small = (max(8, int(stage.columns / 6 / scale)), max(8, int(stage.rows / 6 / scale)))
    seed = stage.seed % 9973
    blotch = noise_plate(seed, *small, 9.0) + 0.6 * noise_plate(seed + 1, *small, 3.5)
    bare = cv2.resize(
        np.clip(blotch * 0.34 - 0.04, 0, 0.62), (stage.columns, stage.rows), interpolation=cv2.INTER_CUBIC
    )
    pool = cv2.resize(np.clip(-blotch * 0.09, 0, 0.14), (stage.columns, stage.rows))
    white = np.array([*channels(paper), 1.0], np.float32) * 255
    picture = stage.buffer.astype(np.float32) * (1 - pool[..., None])
    stage.buffer[:] = picture + (white - picture) * bare[..., None]
    stage.buffer[..., 3] = 255


SKIES: dict[str, Callable[[Stage, list[Colour]], None]] = {
    "gradient": _gradient_sky,
    "paper": _paper_sky,
    "bands": _banded_sky,
    "neon": _neon_sky,
    "steps": _stepped_sky,
    "washes": _washed_sky,
}


def _picture(stage: Stage) -> skia.Rect:
    view = stage.view
    return skia.Rect.MakeLTRB(view.left, view.top, view.right, view.bottom)


class Fixed(Protocol):
    """Something far away that never moves in the picture."""

    def draw(self, stage: Stage) -> None:
        """Paint it; it may not ask for the time or the camera."""


@dataclass(frozen=True)
class Sky:
    """The whole background of the picture, painted once, with stars where the time or the style has them."""

    fixed: tuple[Fixed, ...] = ()
    """What stands in it, such as the sun."""
    starry: bool = True

    def draw(self, stage: Stage) -> None:
        """Paint it."""
        stage.canvas.restoreToCount(1)
        _tilted(stage, stage.plate("sky", lambda: self._painted(stage)))
        brightness = stage.value("stars", stage.palette.stars)
        if brightness and self.starry:
            stage.screen()
            _stars(stage, max(brightness, stage.palette.stars) if brightness == 1 else brightness)

    def _painted(self, stage: Stage) -> npt.NDArray[np.uint8]:
        SKIES[stage.style.sky](stage, [stage.map(colour) for colour in stage.palette.sky])
        for painter in self.fixed:
            painter.draw(stage)
        stage.canvas.restoreToCount(1)
        return stage.buffer.copy()


def _tilted(stage: Stage, painted: npt.NDArray[np.uint8]) -> None:
    """Lay the sky down as far up or down as the camera looks; what it lacks at an edge is mirrored."""
    down = round(-stage.sunk(math.inf) * stage.k)
    down = max(-stage.rows // 3, min(stage.rows // 3, down))
    buffer = stage.buffer
    if not down:
        np.copyto(buffer, painted)
    elif down > 0:
        buffer[down:] = painted[:-down]
        buffer[:down] = painted[down:0:-1]
    else:
        buffer[:down] = painted[-down:]
        buffer[down:] = painted[-1 : down - 1 : -1]


def _stars(stage: Stage, brightness: float) -> None:
    """Draw twinkling stars, fewer towards the horizon and none before the sun or the moon."""
    paint = skia.Paint(AntiAlias=True, Color4f=rgba("#ffffff"))
    stage.canvas.translate(0, -stage.sunk(math.inf))
    for i, (x, y, radius) in enumerate(stage.plate("stars", lambda: _star_places(stage))):
        alpha = brightness * (0.35 + 0.45 * abs(math.sin(stage.time * 1.3 + i))) * (1 - max(0.0, y) / 300)
        paint.setAlphaf(max(0.0, min(1.0, alpha)))
        stage.canvas.drawCircle(x, y, radius, paint)


def _star_places(stage: Stage) -> list[tuple[float, float, float]]:
    """Return (x, y, radius) of every star that shows against the painted sky."""
    rng, view, found = stage.rng("stars"), stage.view, []
    for _ in range(int(110 * min(3.0, view.tallness) * max(1.0, view.width / 854))):
        x = rng(view.left, view.right)
        y = view.top + (265 - view.top) * rng() ** 1.4
        radius = rng(0.4, 1.5) * (1.6 if rng() < 0.06 else 1.0)
        row, column = int((y - view.top) * stage.k), int((x - view.left) * stage.k)
        behind = stage.plates["sky"][min(row, stage.rows - 1), min(column, stage.columns - 1)]
        if int(behind[1]) < 190:
            found.append((x, y, radius))
    return found


# ---------------------------------------------------------------- air


@dataclass(frozen=True)
class Clouds:
    """A row of drifting heaps of cloud; a style without clouds gets a band of mist."""

    y: float
    depth: float
    haze: float
    spacing: float = 360.0
    alpha: float = 0.95

    def draw(self, stage: Stage) -> None:
        """Paint them."""
        y = stage.view.y(self.y)
        if not stage.value("clouds", True):
            Mist(y + 60, self.depth).draw(stage)
            return
        stage.layer(self.depth, y)
        drift = stage.time * 20 / self.depth
        left, right = stage.visible
        stage.visible = (left - drift, right - drift)
        for cell in stage.cells(f"cloud{self.depth:g}", self.spacing):
            self._cloud(stage, cell, drift)

    def _cloud(self, stage: Stage, cell: int, drift: float) -> None:
        shape = stage.keep(("cloud", self.depth, cell), lambda: self._shape(stage, cell))
        if shape is None:
            return
        path, top, foot = shape
        stage.canvas.save()
        stage.canvas.translate(drift, 0)
        sheet_shadow(stage, path)
        alphas = (self.alpha, self.alpha * stage.value("cloud_foot", 0.12))
        stage.gradient(path, Ramp(("cloud", "sky_1"), top, foot, (0, self.haze), alphas))
        stage.canvas.restore()

    def _shape(self, stage: Stage, cell: int) -> tuple[skia.Path, float, float] | None:
        """Return (outline, top, foot) of a cell's cloud: a heap of rounds that hang below as well as rise."""
        rng = stage.rng(f"cloud{self.depth:g}", cell)
        if rng() < 0.25:
            return None
        x, y = cell * self.spacing + rng(0, self.spacing * 0.5), rng(-22, 22)
        width = rng(60, 130)
        lean = rng(-0.35, 0.35)
        path: skia.Path | None = None
        for i in range(10):
            share = i / 9 * 2 - 1
            bulk = max(0.0, 1 - (share - lean) ** 2) * rng(0.6, 1.1)
            radius = width * (0.09 + 0.27 * bulk)
            spot = (x + share * width, y - radius * rng(0.35, 0.6) + width * 0.05 * math.sin(i * 2.1 + cell))
            puff = ellipse(spot, radius * rng(1.0, 1.35), radius * rng(0.75, 1.0))
            path = puff if path is None else skia.Op(path, puff, skia.PathOp.kUnion_PathOp) or path
        bounds = path.getBounds()
        return path, bounds.top(), bounds.bottom()


def sheet_shadow(stage: Stage, path: skia.Path, drop: float = 4.0) -> None:
    """Throw the shadow of a sheet of paper, in styles that are cut from paper."""
    strength = stage.value("sheet_shadow", 0.0)
    if not strength:
        return
    paint = skia.Paint(AntiAlias=True, Color4f=rgba(stage.map("shade"), 0.15 * strength))
    for step in (1.5, 1.0, 0.5):  # three steps pass for a soft edge, at a tenth of a blur's price
        stage.canvas.save()
        stage.canvas.translate(-2 * step * stage.light_side, -drop * step)
        stage.canvas.drawPath(path, paint)
        stage.canvas.restore()


@dataclass(frozen=True)
class Mist:
    """A band of haze between two layers."""

    y: float
    depth: float
    alpha: float = 0.55
    half_height: float = 46.0

    def draw(self, stage: Stage) -> None:
        """Paint it; it moves up and down with the layer it lies on."""
        if stage.value("tones", 0):
            return
        stage.screen()
        y = HORIZON_Y + (self.y - HORIZON_Y) - stage.sunk(self.depth)
        top, foot = y - self.half_height, y + self.half_height
        stops = [pack(stage.haze, 0), pack(stage.haze, self.alpha), pack(stage.haze, 0)]
        shader = skia.GradientShader.MakeLinear([(0, top), (0, foot)], stops)
        stage.canvas.drawRect(
            skia.Rect.MakeLTRB(stage.view.left, top, stage.view.right, foot), skia.Paint(Dither=True, Shader=shader)
        )


@dataclass(frozen=True)
class Rays:
    """Slanted shafts of light."""

    count: int = 5

    def draw(self, stage: Stage) -> None:
        """Paint them over what is there, in styles that have them and by day."""
        if not stage.value("rays", True) or stage.clouded or stage.palette.stars > 0.5:
            return
        stage.screen()
        view, rng = stage.view, stage.rng("rays")
        gain = stage.value("ray_gain", 1.0)
        head = view.width * 0.28 * stage.light_side - stage.now.camera[0] * 0.02
        for i in range(self.count):
            slant = rng(-0.75, 0.35) * stage.light_side
            width = rng(18, 60)
            alpha = gain * rng(0.10, 0.24) * (0.75 + 0.25 * math.sin(stage.time * 0.9 + i * 2))
            foot = head + slant * 1.3 * view.height
            light = stage.map("light", 0, "emit")
            stops = [pack(light, alpha), pack(light, 0)]
            shader = skia.GradientShader.MakeLinear([(head, view.top), (foot, view.bottom)], stops)
            paint = skia.Paint(AntiAlias=True, Dither=True, Shader=shader, BlendMode=skia.BlendMode.kScreen)
            top = view.top - 20
            shaft = [
                (head + i * 9 - 30, top),
                (head + i * 9 - 6, top),
                (foot + width, view.bottom),
                (foot - width, view.bottom),
            ]
            stage.canvas.drawPath(polygon(shaft), paint)
