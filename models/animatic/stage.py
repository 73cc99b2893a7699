"""The stage of one clip: canvas, parallax layers, and paint that passes every colour through the style.

Everything is placed in design units: 480 of them from the top to the bottom of a landscape picture, x = 0 in its
middle, whatever the size in pixels. A taller picture shows more sky and more ground.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar

import skia

from models.animatic.canvas import blank, strip_of, surface_on
from models.animatic.colour import Colour, Tint, mix, pack, rgba, tone, triple
from models.animatic.easing import lerp
from models.animatic.noise import Rng, hash01
from models.animatic.palette import palette, place_of
from models.animatic.spec import Spec
from models.animatic.style import style
from models.animatic.tables import table

Thing = TypeVar("Thing")

LINES = 480.0
"""Design height of a picture that is wider than high."""
NARROWEST = 520.0
"""Design width of a picture that is higher than wide."""
GROUND_Y = 408.0
"""Where the subject's ground line is at rest and zoom 1."""
HORIZON_Y = 300.0
"""The line that stays put when a layer is scaled by the zoom."""
SKY_SHARE = 0.72
"""Share of a tall picture's extra height that goes to the sky."""
LEVEL = -24.0
"""The camera's y at rest: `GROUND_Y` is then seen `shot.RESTING` below the horizon line."""
TILTING = 0.35
"""How much of the camera's way up or down is a tilt, which moves what is far as much as what is near."""
HIDDEN = 120.0
"""How far below the foot of a far layer a nearer one begins to cover it, at most, with the camera at rest."""
CLAMP = skia.TileMode.kClamp
REMEMBERED = 6000
"""Cells and colours kept before they are forgotten and made again."""


@dataclass(frozen=True)
class View:
    """Where the picture lies in design units, and how many pixels a unit has."""

    left: float
    top: float
    right: float
    bottom: float
    scale: float

    @classmethod
    def of(cls, width: int, height: int) -> "View":
        """Return the view of a picture of that many pixels."""
        across = max(LINES * width / height, NARROWEST)
        scale = width / across
        extra = height / scale - LINES
        return cls(-across / 2, -extra * SKY_SHARE, across / 2, LINES + extra * (1 - SKY_SHARE), scale)

    @property
    def width(self) -> float:
        """Return its width in design units."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Return its height in design units."""
        return self.bottom - self.top

    @property
    def tallness(self) -> float:
        """Return how much more sky than a landscape picture it shows: 1 for none."""
        return (HORIZON_Y - self.top) / HORIZON_Y

    def y(self, design: float) -> float:
        """Return where a height meant for a landscape picture goes: sky and foreground stretch, the middle stays."""
        if design < 250:
            return lerp(self.top, 250, design / 250)
        if design > GROUND_Y:
            return lerp(GROUND_Y, self.bottom, (design - GROUND_Y) / (LINES - GROUND_Y))
        return design


@dataclass(frozen=True)
class Ramp:
    """A vertical gradient between two heights of the current layer."""

    colours: tuple[Tint, Tint]
    top: float
    foot: float
    depths: tuple[float, float] = (0.0, 0.0)
    alphas: tuple[float, float] = (1.0, 1.0)


@dataclass(frozen=True)
class Setting:
    """What a stage is built for."""

    spec: Spec
    seed: int
    width: int
    height: int


@dataclass
class Moving:
    """What changes from frame to frame."""

    time: float = 0.0
    camera: tuple[float, float, float] = (0.0, 0.0, 1.0)
    """What it looks at (x, y) in world units, and its zoom."""
    frame: int = 0
    pixel_colours: list[list[int]] = field(default_factory=list)
    """The pixel style's colours (RGB), chosen from the first frame and carried on."""


@lru_cache(maxsize=2)
def _plates(place: tuple[str, ...], seed: int, size: tuple[int, int]) -> dict[str, Any]:
    """Return what takes in one place have in common; of two places, for a take in which one becomes the other."""
    return {}


class Stage:
    """One clip's canvas; scenes and painters draw through it."""

    def __init__(self, setting: Setting) -> None:
        self.spec = setting.spec
        self.seed = setting.seed
        self.style = style(setting.spec.style)
        self.size = (setting.width, setting.height)
        self.view = View.of(*self.size)
        self.block = max(2, round(self.style.block * self.view.scale)) if self.style.block else 1
        self.k = self.view.scale / self.block
        """Canvas pixels per design unit."""
        self.columns, self.rows = -(-setting.width // self.block), -(-setting.height // self.block)
        self.buffer = blank(self.columns, self.rows)
        self.surface = surface_on(self.buffer)
        self.canvas = self.surface.getCanvas()
        self.palette = palette(place_of(setting.spec), setting.spec.time, setting.seed, setting.spec.weather)
        self.light_side = -1 if hash01(setting.seed, "light") < 0.45 else 1
        self.haze: Colour = triple(
            self.style.haze.to or self.style.paint(self.palette["haze"], 0, "#ffffff", "background")
        )
        self.now = Moving()
        self.afloat = False
        """The subject is on or in the water, or in the air: nobody needs anything to stand on."""
        self.visible = (self.view.left, self.view.right)
        """x range of the current layer that is in the picture."""
        self.floor = self.view.bottom
        """y of the picture's lower edge in the current layer."""
        self.origin = (0.0, 0.0)
        """Canvas pixel of the current layer's (0, 0)."""
        self.pixels = self.k
        """Canvas pixels of one unit of the current layer."""
        spec = setting.spec
        self.plates = _plates((spec.scene, spec.variant, spec.time, spec.weather, spec.style), self.seed, self.size)
        self._kept: dict[Any, Any] = {}

    @property
    def smooth(self) -> bool:
        """Return whether the picture is drawn at full size with soft edges."""
        return self.block == 1

    @property
    def time(self) -> float:
        """Return the seconds since the world began."""
        return self.now.time

    @property
    def clouded(self) -> bool:
        """Return whether clouds hide the sun; at night the moon shows between them."""
        return self.spec.weather in table("weathers") and self.palette.stars < 0.5

    @property
    def gust(self) -> float:
        """Return how strongly what grows is blown about, 1 for a breath of air."""
        return 3.2 if self.spec.weather == "wind" else 1.0

    # ------------------------------------------------------------ colour

    def tint(self, name: Tint) -> Colour:
        """Return a colour given as "#rrggbb", as a triple, or as a palette name with a shift of lightness."""
        if isinstance(name, tuple) or name.startswith("#"):
            return triple(name)
        for sign in "+-":
            base, found, percent = name.partition(sign)
            if found:
                return tone(self.palette[base], float(sign + percent) / 100)
        return self.palette[name]

    def map(self, colour: Tint, depth: float = 0.0, role: str = "background") -> Colour:
        """Return a colour as the style paints it at a depth in [0, 1]."""
        return self.keep(("colour", colour, depth, role), lambda: self._map(colour, depth, role))

    def _map(self, colour: Tint, depth: float, role: str) -> Colour:
        plain = self.tint(colour)
        if role == "subject" and (self.palette.dim < 1 or self.palette.cast):
            plain = mix(tone(plain, self.palette.dim - 1), self.palette["shade"], self.palette.cast)
        return self.style.paint(plain, depth, self.haze, role)

    def value(self, name: str, default: Any) -> Any:
        """Return a named number, colour or switch, which the style may have changed."""
        return self.style.values.get(name, default)

    # ------------------------------------------------------------ memory

    def keep(self, key: Any, make: Callable[[], Thing]) -> Thing:
        """Return what `make` made for this key; everything is forgotten when there is too much."""
        if key not in self._kept:
            if len(self._kept) > REMEMBERED:
                self._kept.clear()
            self._kept[key] = make()
        return self._kept[key]

    def plate(self, name: str, make: Callable[[], Thing]) -> Thing:
        """Return something large that only place, seed and size decide, made once for the takes that follow."""
        if name not in self.plates:
            self.plates[name] = make()
        return self.plates[name]

    # ------------------------------------------------------------ painting

    def fill(
        self, path: skia.Path, colour: Tint, alpha: float = 1.0, depth: float = 0.0, role: str = "background"
    ) -> None:
        """Fill a path."""
        self.canvas.drawPath(path, skia.Paint(AntiAlias=True, Color4f=rgba(self.map(colour, depth, role), alpha)))

    def stroke(self, path: skia.Path, colour: Tint, width: float, alpha: float = 1.0) -> None:
        """Draw a line in a colour that is taken as it is."""
        paint = skia.Paint(
            AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=width, Color4f=rgba(colour, alpha)
        )
        self.canvas.drawPath(path, paint)

    def gradient(self, path: skia.Path, ramp: Ramp) -> None:
        """Fill a path with a vertical gradient, or with the few flat tones that a style takes instead."""
        tones = self.value("tones", 0)
        if tones == 1:
            self.fill(path, ramp.colours[0], max(ramp.alphas), ramp.depths[0])
            return
        ends = (self.map(ramp.colours[0], ramp.depths[0]), self.map(ramp.colours[1], ramp.depths[1]))
        tall = ramp.foot - ramp.top or 1.0
        rows = max(2, round(abs(tall) * self.k))
        strip = self.keep(("strip", ends, ramp.alphas, rows), lambda: strip_of(ends, ramp.alphas, rows, tones))
        place = skia.Matrix.Translate(0, ramp.top).preScale(1, tall / rows)
        shader = strip.makeShader(CLAMP, CLAMP, skia.SamplingOptions(), place)
        self.canvas.drawPath(path, skia.Paint(AntiAlias=True, Shader=shader))

    def glow(self, x: float, y: float, radius: float, colour: Tint, alpha: float = 1.0) -> None:
        """Screen a round glow in a colour taken as it is, in styles that have light."""
        if not self.value("glow", True):
            return
        stops = [pack(colour, alpha), pack(colour, alpha / 3), pack(colour, 0)]
        shader = skia.GradientShader.MakeRadial((x, y), radius, stops, [0, 0.35, 1])
        paint = skia.Paint(Dither=True, Shader=shader, BlendMode=skia.BlendMode.kScreen)
        self.canvas.drawRect(skia.Rect.MakeLTRB(x - radius, y - radius, x + radius, y + radius), paint)

    # ------------------------------------------------------------ layers

    def screen(self) -> None:
        """Draw in design units of the picture itself from here on."""
        self.canvas.restoreToCount(1)
        self.canvas.save()
        self.canvas.scale(self.k, self.k)
        self.canvas.translate(-self.view.left, -self.view.top)
        self.visible = (self.view.left, self.view.right)
        self.floor = self.view.bottom
        self.origin = (-self.view.left * self.k, -self.view.top * self.k)
        self.pixels = self.k

    def layer(self, depth: float, baseline: float) -> None:
        """Draw in a parallax layer from here on; its y = 0 is at `baseline` when the camera is at rest.

        Depth 1 is the subject's; 2 moves half as fast.
        """
        factor = 1 / depth
        x, _, zoom = self.now.camera
        scale = 1 + (zoom - 1) * factor**0.6
        drop = baseline - HORIZON_Y - self.sunk(depth)
        self.screen()
        self.canvas.translate(0, HORIZON_Y)
        self.canvas.scale(scale, scale)
        self.canvas.translate(-x * factor, drop)
        self.pixels = scale * self.k
        self.origin = (
            (-self.view.left - x * factor * scale) * self.k,
            (HORIZON_Y + drop * scale - self.view.top) * self.k,
        )
        half = self.view.width / 2 / scale
        self.visible = (x * factor - half - 4, x * factor + half + 4)
        self.floor = (self.view.bottom - HORIZON_Y) / scale - drop + 4

    def sunk(self, depth: float) -> float:
        """Return how far up a layer is moved, in its units: a camera that rises also tilts, and the sky goes along."""
        y = self.now.camera[1]
        return y / depth + TILTING * (y - LEVEL) * (1 - 1 / depth)

    def stamp(self, image: skia.Image, x: float, y: float, offset: tuple[int, int], lean: float = 0.0) -> None:
        """Draw a ready picture at a place of the current layer, to the whole pixel: the layer moves as one.

        `offset` is where its upper left corner lies from that place in pixels; `lean` shears it to the left.
        """
        left = round(self.origin[0]) + round(x * self.pixels)
        top = round(self.origin[1]) + round(y * self.pixels)
        canvas = self.canvas
        canvas.save()
        canvas.resetMatrix()
        canvas.translate(left, top)
        if abs(lean) * image.height() >= 1:  # less would not move a pixel, and a sheared picture costs twice
            canvas.skew(-lean, 0)
        canvas.drawImage(image, *offset)
        canvas.restore()

    def hidden(self, y: float) -> float:
        """Return how far down the current layer something at its height y has to reach: nearer layers hide the rest."""
        return min(self.floor + 9, y + HIDDEN + max(0.0, -self.now.camera[1]) * 0.7)

    def to_screen(self, x: float, y: float, baseline: float = GROUND_Y) -> tuple[float, float]:
        """Return where a point of the subject's layer is, in design units of the picture."""
        camera_x, camera_y, zoom = self.now.camera
        return (x - camera_x) * zoom, HORIZON_Y + (baseline + y - HORIZON_Y - camera_y) * zoom

    def cells(self, name: str, size: float, padding: int = 2) -> range:
        """Return the numbers of the cells of that size in view: a layer is a function of (seed, name, number)."""
        left, right = self.visible
        return range(int(left // size) - padding, int(right // size) + 1 + padding)

    def rng(self, *key: str | int) -> Rng:
        """Return the random numbers of a key, for this seed."""
        return Rng(self.seed, *key)
