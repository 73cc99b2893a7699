"""Trees, each painted once for a clip and then only swayed."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np
import skia

from models.animatic.canvas import Pixels, blank, image_of, surface_on
from models.animatic.colour import Tint, pack, rgba, tone
from models.animatic.shape import TAU, Point, between, blob, ellipse, polygon, tube
from models.animatic.stage import Stage

WIDTH, HEIGHT = 300, 420
MIDDLE = WIDTH / 2
LEAVES = (-0.04, 0.005, 0.05)
"""How much lighter than their clump loose leaves are."""
NEON = ("#ff3fc8", "#3fe0ff")


@dataclass(frozen=True)
class TreePicture:
    """A painted tree, cut to what is painted."""

    pixels: Pixels
    scale: float
    """Pixels per unit."""
    foot: tuple[float, float]
    """Where its foot is, in pixels from the upper left corner."""


def tree_picture(stage: Stage, kind: str, variant: int, haze: float, size: float) -> TreePicture:
    """Return one of the trees of a kind at a haze depth, painted for about that size."""
    key = f"tree {kind} {variant} {haze:g} {size:g}"
    return stage.plate(key, lambda: _Tree(stage, (kind, variant), haze, size).picture())


def tree_stamp(stage: Stage, picture: TreePicture, key: str, scale: float) -> tuple[skia.Image, tuple[int, int]]:
    """Return (picture of exactly `scale` pixels per unit, offset of its corner from the foot).

    Only the last scale asked for is kept, so that a zoom does not fill the memory.
    """
    kept = stage.plates.get(key)
    if kept is None or kept[0] != scale:
        ratio = scale / picture.scale
        height, width = picture.pixels.shape[:2]
        size = (max(1, round(width * ratio)), max(1, round(height * ratio)))
        way = cv2.INTER_AREA if ratio < 1 else cv2.INTER_LINEAR
        image = image_of(cv2.resize(picture.pixels, size, interpolation=way))
        offset = (-round(picture.foot[0] * ratio), -round(picture.foot[1] * ratio))
        kept = stage.plates[key] = (scale, image, offset)
    return kept[1], kept[2]


class _Tree:
    """Paints one tree of 300 by 420 units, its foot in the middle of the lower edge."""

    kinds: ClassVar[dict[str, Callable[["_Tree"], None]]]

    def __init__(self, stage: Stage, kind_variant: tuple[str, int], haze: float, size: float) -> None:
        self.stage = stage
        self.haze = haze
        kind, variant = kind_variant
        self.rng = stage.rng(kind, variant)
        self.scale = min(2.2, max(0.3, stage.k * size * 1.2))
        self.pixels = blank(math.ceil(WIDTH * self.scale), math.ceil(HEIGHT * self.scale))
        self.surface = surface_on(self.pixels)
        self.canvas = self.surface.getCanvas()
        self.canvas.scale(self.scale, self.scale)
        self.leaf = stage.tint("leaf")
        self.shaded = -stage.light_side
        self.kinds.get(kind, _Tree.broad)(self)

    def picture(self) -> TreePicture:
        """Return the picture, cut to what is on it; cut from paper it throws a shadow."""
        strength = self.stage.value("sheet_shadow", 0.0)
        if strength:
            self._throw_shadow(strength)
        columns = np.flatnonzero(self.pixels[..., 3].any(0))
        rows = np.flatnonzero(self.pixels[..., 3].any(1))
        left, top = int(columns[0]), int(rows[0])
        cut = self.pixels[top : rows[-1] + 1, left : columns[-1] + 1].copy()
        return TreePicture(cut, self.scale, (MIDDLE * self.scale - left, (HEIGHT - 4) * self.scale - top))

    def _throw_shadow(self, strength: float) -> None:
        image = image_of(self.pixels)
        flat = skia.ColorFilters.Blend(pack(self.stage.map("shade")), skia.BlendMode.kSrcIn)
        self.canvas.clear(0)
        self.canvas.resetMatrix()
        shadow = skia.Paint(ColorFilter=flat, Alphaf=0.3 * strength)
        self.canvas.drawImage(image, -5 * self.stage.light_side * self.scale, 4 * self.scale, paint=shadow)
        self.canvas.drawImage(image, 0, 0)

    def fill(self, path: skia.Path, colour: Tint, alpha: float = 1.0) -> None:
        """Fill a path."""
        paint = skia.Paint(AntiAlias=True, Color4f=rgba(self.stage.map(colour, self.haze), alpha))
        self.canvas.drawPath(path, paint)

    def pine(self) -> None:
        """Draw eight ragged tiers, lit on one side."""
        crown = self.stage.value("pine_crown", 1.0)
        self.fill(tube([(MIDDLE, HEIGHT), (MIDDLE, HEIGHT - 300)], [7, 2], 2), "trunk")
        for tier in range(8):
            outline, y, width = self._tier(tier)
            self.fill(outline, tone(self.leaf, -0.10 + 0.018 * tier), crown)
            self.canvas.save()
            self.canvas.clipPath(outline, True)
            side = ellipse((MIDDLE - self.shaded * width * 0.7, y - 40), width * 0.75, 60)
            self.fill(side, tone(self.leaf, 0.04 + 0.015 * tier), 0.75)
            self.canvas.restore()

    def fir(self) -> None:
        """Draw a pine with snow on its tiers."""
        self.fill(tube([(MIDDLE, HEIGHT), (MIDDLE, HEIGHT - 300)], [7, 2], 2), "trunk")
        snow = self.stage.tint("snow")
        for tier in range(8):
            outline, y, width = self._tier(tier)
            self.fill(outline, tone(self.leaf, -0.10 + 0.018 * tier), self.stage.value("pine_crown", 1.0))
            self.canvas.save()
            self.canvas.clipPath(outline, True)
            cap = ellipse((MIDDLE - self.shaded * width * 0.25, y - 62), width * 0.95, 50 + 3 * tier)
            self.fill(cap, tone(snow, -0.03), 0.94)
            self.fill(ellipse((MIDDLE + self.shaded * width * 0.9, y - 46), width * 0.6, 60), "shade", 0.2)
            self.canvas.restore()

    def _tier(self, tier: int) -> tuple[skia.Path, float, float]:
        rng = self.rng
        y = HEIGHT - 50 - tier * 43
        width = 92 * (1 - tier / 9.2) * rng(0.9, 1.1)
        right = [
            (MIDDLE + width * (i / 7) + rng(-3, 3), y - 66 + 78 * (i / 7) + (7 if i % 2 else -5)) for i in range(1, 8)
        ]
        hem = [(MIDDLE + width * (1 - 2 * i / 9), y + 8 + (9 if i % 2 else -4) * rng(0.6, 1.3)) for i in range(1, 9)]
        left = [
            (MIDDLE - width * (i / 7) + rng(-3, 3), y - 66 + 78 * (i / 7) + (7 if i % 2 else -5))
            for i in range(7, 0, -1)
        ]
        return polygon([(MIDDLE, y - 66), *right, *hem, *left]), y, width

    def bamboo(self) -> None:
        """Draw three jointed stems with pointed leaves."""
        rng = self.rng
        for stem in range(3):
            x = MIDDLE + (stem - 1) * 46 + rng(-12, 12)
            lean = rng(-16, 16)
            for i in range(9):
                y = HEIGHT - i * 48
                joint = tube([(x + lean * i / 9, y), (x + lean * (i + 1) / 9, y - 45)], [6.5, 6], 2)
                self.fill(joint, tone(self.leaf, rng(0.07, 0.17)), self.stage.value("bamboo_stem", 0.95))
            for _ in range(26):
                y = rng(10, 250)
                angle = rng(0.2, 1.1) * rng.pick((1, -1)) + math.pi / 2
                root = x + lean * (HEIGHT - y) / HEIGHT + rng(-44, 44)
                self._bamboo_leaf((root, y), angle)

    def _bamboo_leaf(self, root: Point, angle: float) -> None:
        x, y = root
        cosine, sine = math.cos(angle), math.sin(angle)
        points = [root, (x + cosine * 18, y + sine * 18), (x + cosine * 34, y + sine * 36)]
        self.fill(
            tube(points, [0.8, 4, 0.4], 3), tone(self.leaf, self.rng(-0.08, 0.1)), self.stage.value("bamboo_leaf", 0.9)
        )

    def broad(self) -> None:
        """Draw a leaning trunk, six branches, and clumps of leaves lit in four passes."""
        ends = self._trunk()
        rng = self.rng
        clumps = [(end[0] + rng(-20, 20), end[1] + rng(-22, 22), rng(34, 52)) for end in ends for _ in range(2)]
        for lightness, towards_light, shrink, leaves in (
            (-0.12, 0, 1, 0), (-0.03, 0.12, 0.86, 15), (0.06, 0.28, 0.62, 14), (0.13, 0.42, 0.36, 11),
        ):  # fmt: skip
            for x, y, size in clumps:
                x = min(WIDTH - size - 8, max(size + 8, x)) - self.shaded * size * towards_light
                y = max(size + 8, y) - size * towards_light * 0.9
                self._clump((x, y), size * shrink, lightness, leaves)

    def _trunk(self) -> list[Point]:
        """Draw trunk and branches; return where the branches end."""
        rng = self.rng
        lean = rng(-18, 18)
        top, bend = (MIDDLE + lean, HEIGHT - 190.0), (MIDDLE + lean * 0.3, HEIGHT - 90.0)
        self.fill(tube([(MIDDLE, HEIGHT + 4), bend, top], [17, 11, 7], 5), "trunk")
        lit = [(MIDDLE - 4 * self.shaded, HEIGHT + 4), (bend[0] - self.shaded * 5, bend[1]), top]
        self.fill(tube(lit, [6, 4, 2], 5), "trunk+10", 0.6)
        ends = []
        for i in range(6):
            angle = -math.pi / 2 + (i - 2.5) * 0.42 + rng(-0.15, 0.15)
            length = rng(70, 120)
            end = (top[0] + math.cos(angle) * length, top[1] + math.sin(angle) * length * 0.8)
            ends.append(end)
            self.fill(
                tube([(MIDDLE + lean * 0.6, HEIGHT - 140), between(top, end, 0.4), end], [7, 4.5, 1.5], 4), "trunk"
            )
        return ends

    def _clump(self, centre: Point, size: float, lightness: float, leaves: int) -> None:
        """Draw one mass of leaves with loose ones around its edge."""
        rng = self.rng
        alpha = self.stage.value("broad_crown", 1.0)
        if self.stage.value("leaf_outline", False) and lightness > 0.05:
            colour = rgba(NEON[lightness >= 0.1], 0.85 * (1 - 0.7 * self.haze))
            style = skia.Paint.kStroke_Style
            line = skia.Paint(AntiAlias=True, Style=style, StrokeWidth=2.4, Color4f=colour)
            self.canvas.drawPath(blob(centre, size, rng), line)
        self.fill(blob(centre, size, rng), tone(self.leaf, lightness), alpha)
        loose = {lift: skia.Path() for lift in LEAVES}
        for _ in range(leaves):
            angle = rng(0, TAU)
            radius = size * rng(0.55, 1.16)
            place = (centre[0] + math.cos(angle) * radius, centre[1] + math.sin(angle) * radius * 0.85)
            loose[rng.pick(LEAVES)].addPath(ellipse(place, rng(2.5, 5.0), rng(2, 3.6)))
        for lift, path in loose.items():
            if not path.isEmpty():
                self.fill(path, tone(self.leaf, lightness + lift), alpha)


_Tree.kinds = {"pine": _Tree.pine, "fir": _Tree.fir, "bamboo": _Tree.bamboo}
