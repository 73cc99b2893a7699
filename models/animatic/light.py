"""The subject: drawn flat to a picture of its own, relit from its own outline, shadowed and placed."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

import cv2
import numpy as np
import numpy.typing as npt
import skia

from models.animatic.canvas import Pixels, blank, channels, image_of, surface_on
from models.animatic.colour import Colour, Tint, mix, pack, rgba, tone, triple
from models.animatic.noise import noise_plate
from models.animatic.rigs.skin import Part, Skin
from models.animatic.stage import GROUND_Y, Stage

Mask = npt.NDArray[np.uint8]
Box = tuple[float, float, float, float]
"""(left, top, right, bottom) in pixels of the finished picture."""

LINEAR = skia.SamplingOptions(skia.FilterMode.kLinear)
STROKE = skia.Paint.kStroke_Style
MIRROR_DEPTH = 17.0
"""How far down water shows what stands on it, in design units: the shore is not far below."""
DARK_RING = ((1.5, 0.9), (0.0, 3.9), (-1.5, 0.9), (-3.4, -2.0), (0.0, -1.7), (3.4, -2.0))
"""Where a part is moved to, in rig units, to darken what lies round it: at half of a blur's price."""
NOISE = 40
"""Steps of a byte for one deviation of a plate of noise."""
PLATE = 512
"""Side of the plates of grain and pigment, which repeat."""


@dataclass(frozen=True)
class Placing:
    """Where a subject stands and how large it is."""

    x: float
    lift: float
    """World units above its ground line (negative is up)."""
    facing: float
    """Its width, 1 when it faces right, -1 left."""
    scale: float
    height: float
    """Height above the ground, for the shadow."""
    baseline: float = GROUND_Y
    afloat: bool = False
    """It stands on water, which mirrors it."""


# ---------------------------------------------------------------- flat drawing


class _Flat:
    """Draws a skin without light: each group outlined first and filled after, so that one silhouette line is left."""

    def __init__(self, stage: Stage, canvas: skia.Canvas, zoom: float) -> None:
        self.stage = stage
        self.canvas = canvas
        self.line = 2 * stage.style.outline / zoom * (1.5 if stage.smooth else 2.2)

    def draw(self, skin: Skin) -> None:
        head = [part for part in skin.parts if part.group == "head"]
        for group, items in groupby(skin.parts, key=lambda part: part.group):
            parts = list(items)
            if self.line and not (group == "head" and skin.one_skin):
                self._outline(parts + (head if group == "body" and skin.one_skin else []))
            for part in parts:
                self._part(part)

    def _outline(self, parts: list[Part]) -> None:
        style = self.stage.style
        for part in parts:
            if part.kind != "fill":
                continue
            line = triple(style.line) if style.line else tone(triple(part.colour), -0.30, 0.9)
            if style.line_mapped:
                line = self.stage.map(line, 0, "subject")
            self._line(part.path, skia.Paint(
                AntiAlias=self.stage.smooth, Style=STROKE, StrokeWidth=self.line,
                StrokeJoin=skia.Paint.kRound_Join, Color4f=rgba(line, style.line_alpha),
            ))  # fmt: skip

    def _line(self, path: skia.Path, paint: skia.Paint) -> None:
        """Draw a line, with a slanted brush thin where it goes along the slant and thick across it."""
        brush = self.stage.style.brush
        if not brush:
            self.canvas.drawPath(path, paint)
            return
        paint.setStrokeWidth(self.line * 0.55)
        for share in (0.0, 0.45, 0.9):
            drop = share * brush * self.line
            self.canvas.save()
            self.canvas.translate(-0.45 * drop * self.stage.light_side, drop)
            self.canvas.drawPath(path, paint)
            self.canvas.restore()

    def _part(self, part: Part) -> None:
        colour = self.stage.map(part.colour, 0, "emit" if part.kind == "glow" else "subject")
        if part.group == "far":
            colour = mix(tone(colour, -0.09), self.stage.map("shade"), 0.18)
        if part.kind == "line":
            cap = skia.Paint.kRound_Cap
            paint = skia.Paint(AntiAlias=True, Style=STROKE, StrokeWidth=1.5, StrokeCap=cap, Color4f=rgba(colour))
            self.canvas.drawPath(part.path, paint)
        elif part.clip is not None:
            self.canvas.save()
            self.canvas.clipPath(part.clip, True)
            self.canvas.drawPath(part.path, skia.Paint(AntiAlias=True, Color4f=rgba(colour)))
            self.canvas.restore()
        else:
            self._fill(part, colour)

    def _fill(self, part: Part, colour: Tint) -> None:
        """Fill one part, after a soft dark edge onto what lies below it."""
        smooth = self.stage.smooth
        if part.kind == "fill" and smooth and self.stage.style.limb_shadow:
            paint = skia.Paint(BlendMode=skia.BlendMode.kSrcATop, Color4f=rgba(tone(colour, -0.22), 0.075))
            for place in DARK_RING:
                self.canvas.save()
                self.canvas.translate(*place)
                self.canvas.drawPath(part.path, paint)
                self.canvas.restore()
        self.canvas.drawPath(part.path, skia.Paint(AntiAlias=smooth or part.kind == "in", Color4f=rgba(colour)))


# ---------------------------------------------------------------- shading hooks
# Each takes the raw inner-shadow mask and returns (shadow mask, mask of bare paper or None), all in bytes.

Shaded = tuple[Mask, Mask | None]


def _tiled(stage: Stage, name: str, shape: tuple[int, ...], seed: int, sigma: float = 0.0) -> Mask:
    """Return a plate of noise in bytes, `NOISE` to a deviation round the middle, as large as a shape."""

    def make() -> Mask:
        return (128 + NOISE * noise_plate(seed, PLATE, PLATE, sigma)).clip(0, 255).astype(np.uint8)

    plate = stage.plate(name, make)
    rows, columns = -(-shape[0] // PLATE), -(-shape[1] // PLATE)
    return np.tile(plate, (rows, columns))[: shape[0], : shape[1]]


def _grained(mask: Mask, gain: float, noise: Mask, share: float, lift: float) -> Mask:
    """Return gain * mask + share * noise + lift, masks taken as 0..1 and noise as deviations."""
    share *= 255 / NOISE
    return cv2.addWeighted(mask, gain, noise, share, 255 * lift - 128 * share)


def _soft(stage: Stage, mask: Mask) -> Shaded:
    return mask, None


def _cel(stage: Stage, mask: Mask) -> Shaded:
    """Make a hard edge between two tones."""
    return cv2.addWeighted(mask, 9, mask, 0, -0.42 * 9 * 255), None


def _stipple(stage: Stage, mask: Mask) -> Shaded:
    """Make a grainy edge."""
    return _grained(mask, 2.97, _tiled(stage, "stipple", mask.shape, 7), 0.44, -0.616), None


def _wash(stage: Stage, mask: Mask) -> Shaded:
    """Blotchy pigment, with paper showing where it is thin."""
    blotch = _tiled(stage, "blotch", mask.shape, 9, 5.0)
    mask = _grained(mask, 1.3, blotch, 0.16, -0.05)
    return mask, _grained(mask, -1.0, blotch, 0.3, 0.5)


SHADES: dict[str, Callable[[Stage, Mask], Shaded]] = {
    "soft": _soft,
    "cel": _cel,
    "stipple": _stipple,
    "wash": _wash,
}


# ---------------------------------------------------------------- relighting


def _moved(mask: Mask, dx: float, dy: float) -> Mask:
    height, width = mask.shape
    return cv2.warpAffine(mask, np.array([[1, 0, dx], [0, 1, dy]], np.float32), (width, height))


def _darken(sprite: Pixels, mask: Mask, tint: Colour, strength: float) -> None:
    """Multiply a sprite's colours with a tint where a mask is, in place."""
    shares = [cv2.convertScaleAbs(mask, alpha=(share - 1) * strength, beta=255) for share in channels(tint)]
    cv2.multiply(sprite, cv2.merge([*shares, np.full_like(mask, 255)]), dst=sprite, scale=1 / 255)


def _lighten(sprite: Pixels, mask: Mask, colour: Tint, strength: float) -> None:
    """Move a sprite's colours towards another by a mask, in place; its outline stays."""
    mask = cv2.convertScaleAbs(mask, alpha=strength)
    light = cv2.multiply(mask, cv2.extractChannel(sprite, 3), scale=1 / 255)
    cv2.multiply(sprite, cv2.merge([cv2.bitwise_not(mask)] * 4), dst=sprite, scale=1 / 255)
    shares = [cv2.convertScaleAbs(light, alpha=share) for share in channels(colour)]
    cv2.add(sprite, cv2.merge([*shares, light]), dst=sprite)


def relight(stage: Stage, sprite: Pixels, size: float) -> None:
    """Shade a flat sprite (premultiplied) in place: an inner shadow away from the light, a rim towards it."""
    style, side = stage.style, stage.light_side
    body = _without_line(stage, cv2.extractChannel(sprite, 3))
    if style.shade in SHADES:
        spread = max(1, int(9 * size))
        soft = cv2.blur(body, (2 * spread + 1,) * 2, borderType=cv2.BORDER_CONSTANT)
        shadow, paper = SHADES[style.shade](stage, cv2.subtract(body, _moved(soft, side * 6 * size, -11 * size)))
        red, green, blue = (0.35 + 0.65 * share for share in stage.map("shade"))
        _darken(sprite, shadow, (red, green, blue), style.shade_alpha)
        if paper is not None:
            _lighten(sprite, cv2.multiply(paper, body, scale=1 / 255), style.paper, 0.42)
    if style.rim:
        _rims(stage, sprite, body, max(1.0, style.rim_width * size * 0.8))


def _without_line(stage: Stage, alpha: Mask) -> Mask:
    """Return the mask of what lies inside the outline, so that light falls on the body and not on its line."""
    width = stage.style.outline * stage.view.scale * 1.5 if stage.smooth else 0.0
    if width < 0.75:
        return alpha
    reach = 2 * round(width) + 1
    return cv2.erode(alpha, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach)))


def _rims(stage: Stage, sprite: Pixels, body: Pixels, width: float) -> None:
    style, side = stage.style, stage.light_side
    edge = cv2.subtract(body, _moved(body, -side * width, width * 0.75))
    _lighten(sprite, edge, style.rim_colour or stage.palette["key"], min(1, style.rim) * 0.85)
    if style.counter_rim:
        _lighten(sprite, cv2.subtract(body, _moved(body, side * width, 0)), style.counter_rim, 0.9)


# ---------------------------------------------------------------- placing


@dataclass(frozen=True)
class _Cut:
    """A lit sprite and where it goes on the canvas, in canvas pixels."""

    image: skia.Image
    left: int
    top: int
    foot_x: float
    foot_y: float
    floor: float
    size: float


def _shadow(stage: Stage, cut: _Cut, height: float) -> None:
    """Lay the sprite itself on the ground, sheared and squashed, with a blot where it touches."""
    style, canvas = stage.style, stage.canvas
    if not style.cast_alpha:
        return
    colour = triple(style.cast_colour) if style.cast_colour else stage.map("shade")
    fade = max(0.25, 1 - height / 240)
    canvas.save()
    canvas.translate(cut.foot_x, cut.floor)
    canvas.skew(stage.light_side * 1.1, 0)
    canvas.scale(1, -0.26)
    canvas.translate(-cut.foot_x, -cut.foot_y)
    flat = skia.ColorFilters.Blend(pack(colour), skia.BlendMode.kSrcIn)
    paint = skia.Paint(ColorFilter=flat, Alphaf=min(1.0, style.cast_alpha * fade * 0.8))
    canvas.drawImage(cut.image, cut.left, cut.top, skia.SamplingOptions(), paint)  # soft enough as it is
    canvas.restore()
    across = 74 * cut.size
    blot = skia.Rect.MakeLTRB(
        cut.foot_x - across, cut.floor - 6 * cut.size, cut.foot_x + across, cut.floor + 8 * cut.size
    )
    blur = skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, max(0.6, 5 * cut.size))
    paint = skia.Paint(AntiAlias=True, Color4f=rgba(colour, style.cast_alpha * fade * 0.75), MaskFilter=blur)
    canvas.drawOval(blot, paint)


def _mirror(stage: Stage, cut: _Cut, surface: skia.Path) -> None:
    """Draw what still water shows of it."""
    canvas = stage.canvas
    canvas.save()
    canvas.clipPath(surface)
    canvas.translate(cut.foot_x, cut.floor)
    canvas.skew(0.05 * math.sin(stage.time * 1.7), 0)
    canvas.scale(1, -0.55)
    canvas.translate(-cut.foot_x, -cut.foot_y)
    canvas.drawImage(cut.image, cut.left, cut.top, LINEAR, skia.Paint(Alphaf=0.3))
    canvas.restore()


def _lifted(stage: Stage, cut: _Cut) -> None:
    """Throw the shadow of a paper figure on the picture behind it."""
    drop = stage.style.lifted * stage.k
    if not drop:
        return
    flat = skia.ColorFilters.Blend(pack(stage.map("shade")), skia.BlendMode.kSrcIn)
    paint = skia.Paint(ColorFilter=flat, Alphaf=0.24)
    for share in (0.55, 1.0):  # two steps pass for a soft edge, at a tenth of a blur's price
        left, top = cut.left - 0.7 * drop * share * stage.light_side, cut.top + drop * share
        stage.canvas.drawImage(cut.image, round(left), round(top), skia.SamplingOptions(), paint)


def draw_subject(stage: Stage, skin: Skin, placing: Placing, surface: skia.Path | None = None) -> Box | None:
    """Draw, relight and place a subject; return its box, or None when no pixel of it is in reach of the picture.

    `surface` is the water before it that mirrors it, in canvas pixels.
    """
    zoom = stage.now.camera[2] * placing.scale
    screen_x, floor = stage.to_screen(placing.x, 0, placing.baseline)
    foot_x = (screen_x - stage.view.left) * stage.k
    floor = (floor - stage.view.top) * stage.k
    foot_y = floor + placing.lift * stage.now.camera[2] * stage.k
    sprite, left, top = _draw_flat(stage, skin, (foot_x, foot_y), (zoom, placing.facing))
    if sprite is None:
        return None
    size = zoom * stage.k
    relight(stage, sprite, size)
    image = image_of(sprite)
    cut = _Cut(image, left, top, foot_x, foot_y, floor, size)
    stage.canvas.restoreToCount(1)
    stage.canvas.save()
    if placing.afloat:
        _mirror(stage, cut, skia.Path.Rect(skia.Rect.MakeLTRB(0, 0, stage.columns, cut.floor + MIRROR_DEPTH * stage.k)))
    else:
        _shadow(stage, cut, placing.height)
        if surface is not None and stage.value("reflection", True):
            _mirror(stage, cut, surface)
    if placing.afloat:  # what lies below the waterline is not seen
        stage.canvas.clipRect(skia.Rect.MakeLTRB(0, 0, stage.columns, cut.floor + 2 * stage.k))
    _lifted(stage, cut)
    stage.canvas.drawImage(image, left, top)
    return _box(stage, skin, (foot_x, foot_y), (size * placing.facing, size))


def _box(stage: Stage, skin: Skin, foot: tuple[float, float], scales: tuple[float, float]) -> Box:
    """Return the box round everything solid, whether it is in the picture or not."""
    rects = [part.path.getBounds() for part in skin.parts if part.kind == "fill"]
    xs = [foot[0] + edge * scales[0] for rect in rects for edge in (rect.left(), rect.right())]
    ys = [foot[1] + edge * scales[1] for rect in rects for edge in (rect.top(), rect.bottom())]
    block = stage.block
    return (min(xs) * block, min(ys) * block, max(xs) * block, max(ys) * block)


def _draw_flat(
    stage: Stage, skin: Skin, foot: tuple[float, float], zoom_facing: tuple[float, float]
) -> tuple[Pixels | None, int, int]:
    """Return (picture just large enough, its left, its top) of a skin; None when it is out of the picture."""
    zoom, facing = zoom_facing
    size = zoom * stage.k
    x0, y0, x1, y1 = skin.bounds()
    near, far = sorted((x0 * facing, x1 * facing))
    margin = int(2 * size + 4 * stage.k * stage.style.outline) + 3
    left, right = int(foot[0] + near * size) - margin, int(foot[0] + far * size) + margin
    top, bottom = int(foot[1] + y0 * size) - margin, int(foot[1] + y1 * size) + margin
    spare = margin + int(60 * stage.k)  # what throws its shadow into the picture is drawn too
    left, right = max(left, -spare), min(right, stage.columns + spare)
    top, bottom = max(top, -spare), min(bottom, stage.rows + spare)
    if right - left < 2 or bottom - top < 2:
        return None, 0, 0
    sprite = blank(right - left, bottom - top)
    surface = surface_on(sprite)  # must outlive its canvas
    canvas = surface.getCanvas()
    canvas.translate(foot[0] - left, foot[1] - top)
    canvas.scale(size * facing, size)
    _Flat(stage, canvas, zoom).draw(skin)
    if not sprite[..., 3].any():
        return None, 0, 0
    return sprite, left, top
