"""The sky without air: nebulae, planets, craters, a belt of stones."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
import skia

from models.animatic.canvas import channels, image_of
from models.animatic.colour import mix, pack, rgba, tone, triple
from models.animatic.noise import noise_plate
from models.animatic.painting.sky import sheet_shadow
from models.animatic.shape import ellipse, polygon
from models.animatic.stage import Stage

LINEAR = skia.SamplingOptions(skia.FilterMode.kLinear)
CLOUD = (192, 160)
"""Pixels of a nebula's plate; it is enlarged to the picture."""


@dataclass(frozen=True)
class Nebula:
    """Two glowing clouds of gas across the sky."""

    def draw(self, stage: Stage) -> None:
        """Paint them."""
        if not stage.value("glow", True):
            return
        stage.screen()
        view = stage.view
        image = stage.plate("nebula", lambda: self._image(stage))
        x = view.left - 40
        target = skia.Rect.MakeLTRB(x, view.top, x + view.width + 80, view.bottom)
        paint = skia.Paint(BlendMode=skia.BlendMode.kScreen)
        stage.canvas.drawImageRect(image, target, LINEAR, paint)

    def _image(self, stage: Stage) -> skia.Image:
        width, height = CLOUD
        total, gas = np.zeros((height, width, 3), np.float32), stage.value("gas", 1.0)
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        for i, name in enumerate(("sea_far", "sea_near")):
            seed = stage.seed * 7 + i * 31 + 5
            cloud = noise_plate(seed, width, height, 16) + 0.55 * noise_plate(seed + 1, width, height, 7)
            cloud += 0.3 * noise_plate(seed + 2, width, height, 2.5)
            band = ((y / height - 0.42) - (0.5 - i) * (x / width - 0.5) * 0.9 * stage.light_side) / 0.3
            strength = np.clip(cloud * 0.4 + 0.35, 0, 1) ** 1.5 * np.exp(-band * band)
            total += strength[..., None] * np.array(channels(stage.map(name, 0, "emit")), np.float32) * 205 * gas
        pixels = np.dstack([np.clip(cv2.GaussianBlur(total, (0, 0), 0.8), 0, 255), np.full((height, width), 255)])
        return image_of(np.ascontiguousarray(pixels.astype(np.uint8)))


@dataclass(frozen=True)
class Planet:
    """A planet in the sky: its colours, the side in shadow, a ring if it has one."""

    share: float
    y: float
    radius: float
    colours: tuple[str, str]
    ring: bool = False
    lands: bool = False

    def draw(self, stage: Stage) -> None:
        """Paint it."""
        stage.screen()
        side, view = stage.light_side, stage.view
        x = (self.share - 0.5) * view.width * side
        y, radius = view.y(self.y), self.radius * min(1.35, view.tallness**0.5)
        disc = ellipse((x, y), radius)
        if self.ring:
            self._ring(stage, (x, y, radius), True)
        stage.glow(x, y, radius * 1.7, stage.map(self.colours[0], 0, "emit"), 0.35)
        sheet_shadow(stage, disc, 5)
        stage.canvas.save()
        stage.canvas.clipPath(disc, True)
        stage.canvas.drawPaint(skia.Paint(Color4f=rgba(stage.map(self.colours[0]))))
        self._surface(stage, x, y, radius)
        dark = skia.Paint(AntiAlias=True, Color4f=rgba(stage.map("shade"), 0.62))
        gibbous = skia.Op(
            disc, ellipse((x + side * radius * 0.42, y - radius * 0.3), radius * 1.06), skia.PathOp.kDifference_PathOp
        )
        stage.canvas.drawPath(gibbous, dark)
        stage.canvas.restore()
        if self.ring:
            self._ring(stage, (x, y, radius), False)

    def _surface(self, stage: Stage, x: float, y: float, radius: float) -> None:
        """Draw bands of cloud, or land."""
        rng = stage.rng("planet", int(self.y))
        tint = stage.map(self.colours[1])
        if self.lands:
            for _ in range(7):
                spot = (x + rng(-0.8, 0.8) * radius, y + rng(-0.8, 0.8) * radius)
                stage.fill(ellipse(spot, rng(0.15, 0.4) * radius, rng(0.1, 0.28) * radius), tint, 0.95)
            for _ in range(6):
                spot = (x + rng(-0.8, 0.8) * radius, y + rng(-0.9, 0.9) * radius)
                stage.fill(ellipse(spot, rng(0.3, 0.6) * radius, 0.05 * radius), "#ffffff", 0.7)
            return
        at = -1.0
        while at < 1:
            tall = rng(0.08, 0.22)
            stage.fill(ellipse((x, y + at * radius), radius * 1.1, tall * radius * 0.6), tint, rng(0.25, 0.8))
            at += tall + rng(0.05, 0.2)

    def _ring(self, stage: Stage, place: tuple[float, float, float], behind: bool) -> None:
        x, y, radius = place
        canvas = stage.canvas
        canvas.save()
        canvas.translate(x, y)
        canvas.rotate(-16 * stage.light_side)
        top, foot = (-radius * 2, 0.0) if behind else (0.0, radius * 2)
        canvas.clipRect(skia.Rect.MakeLTRB(-radius * 3, top, radius * 3, foot))
        for reach, width, alpha in ((1.52, 0.2, 0.75), (1.86, 0.26, 0.5), (2.12, 0.06, 0.65)):
            oval = ellipse((0, 0), radius * reach, radius * reach * 0.24)
            line = skia.Paint(
                AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=radius * width * 0.7,
                Color4f=rgba(stage.map(tone(stage.tint(self.colours[0]), 0.12)), alpha),
            )  # fmt: skip
            canvas.drawPath(oval, line)
        canvas.restore()


@dataclass(frozen=True)
class Craters:
    """Round pits in the ground, a bright far rim and a dark near one."""

    depth: float
    baseline: float
    spacing: float
    size: float
    haze: float = 0.0

    def draw(self, stage: Stage) -> None:
        """Paint them."""
        stage.layer(self.depth, stage.view.y(self.baseline))
        for cell in stage.cells("", self.spacing):
            pit = stage.keep(("crater", self.depth, cell), lambda c=cell: self._pit(stage, c))
            if pit is None:
                continue
            rim, bowl, shadow = pit
            stage.fill(rim, tone(stage.tint("ground_far"), 0.07), stage.value("speck_light", 0.9), self.haze)
            stage.fill(bowl, tone(stage.tint("ground_near"), -0.10), 0.9, self.haze)
            stage.fill(shadow, "shade", 0.42, self.haze)

    def _pit(self, stage: Stage, cell: int) -> tuple[skia.Path, skia.Path, skia.Path] | None:
        rng = stage.rng(f"crater{self.depth:g}", cell)
        if rng() < 0.25:
            return None
        x, y = cell * self.spacing + rng(0, self.spacing * 0.7), rng(-10, 10)
        wide = self.size * rng(0.4, 1.2)
        bowl = ellipse((x, y), wide, wide * 0.22)
        lit = ellipse((x - stage.light_side * wide * 0.12, y + wide * 0.07), wide, wide * 0.2)
        shadow = skia.Op(bowl, lit, skia.PathOp.kDifference_PathOp)
        return ellipse((x, y), wide * 1.14, wide * 0.28), bowl, shadow or skia.Path()


@dataclass(frozen=True)
class Belt:
    """A ring of dust and stones to walk on, seen along its plane."""

    def draw(self, stage: Stage) -> None:
        """Paint it."""
        stage.layer(2.6, 366)
        left, right = stage.visible
        for top, tall, alpha in ((-8, 26, 0.35), (14, 60, 0.5), (50, 400, 0.72)):
            band = skia.Path.Rect(skia.Rect.MakeLTRB(left, top, right, top + tall))
            edge = pack(stage.map("ground_far"), alpha)
            clear = pack(stage.map("ground_near"), alpha * 0.35)
            shader = skia.GradientShader.MakeLinear([(0, top), (0, top + min(tall, 110))], [edge, clear])
            stage.canvas.drawPath(band, skia.Paint(Dither=True, Shader=shader))
        for depth, baseline, size, spacing in (
            (2.6, 368, 6, 26),
            (1.7, 388, 10, 34),
            (1.2, 414, 13, 46),
            (0.95, 452, 20, 70),
        ):
            self._stones(stage, (depth, baseline), size, spacing)

    def _stones(self, stage: Stage, plane: tuple[float, float], size: float, spacing: float) -> None:
        depth, baseline = plane
        stage.layer(depth, stage.view.y(baseline))
        dark, light = skia.Path(), skia.Path()
        for cell in stage.cells("", spacing):
            stones = stage.keep(("belt", depth, cell), lambda c=cell: self._cell(stage, depth, c, size, spacing))
            for stone, facet in stones:
                dark.addPath(stone)
                light.addPath(facet)
        haze = 0.14 * (depth - 0.9)
        stage.fill(dark, "rock", stage.value("solid", 1.0), haze)
        stage.fill(light, "rock_lit", 0.9, haze)

    def _cell(
        self, stage: Stage, depth: float, cell: int, size: float, spacing: float
    ) -> list[tuple[skia.Path, skia.Path]]:
        rng = stage.rng(f"belt{depth:g}", cell)
        found = []
        for _ in range(2):
            x, y, q = cell * spacing + rng(0, spacing), rng(-9, 9), size * rng(0.25, 1.0)
            corners = [(x + q * math.cos(a + rng(-0.3, 0.3)), y + q * 0.62 * math.sin(a)) for a in np.arange(7) * 0.9]
            lit = [
                (x + (px - x) * 0.6 + stage.light_side * q * 0.22, y + (py - y) * 0.5 - q * 0.2) for px, py in corners
            ]
            found.append((polygon(corners), polygon(lit)))
        return found


@dataclass(frozen=True)
class Drifting:
    """Stones that float and turn in the distance."""

    depth: float
    y: float
    count: int
    size: float

    def draw(self, stage: Stage) -> None:
        """Paint them."""
        stage.layer(self.depth, stage.view.y(self.y))
        left, right = stage.visible
        span = right - left + 160
        for i in range(self.count):
            rng = stage.rng("drifting", int(self.depth * 10), i)
            x = left - 80 + (rng() * span + stage.time * rng(-9, 9) - left) % span
            y, q = rng(-110, 90), self.size * rng(0.3, 1.1)
            stage.canvas.save()
            stage.canvas.translate(x, y + 5 * math.sin(stage.time * 0.7 + i))
            stage.canvas.rotate(stage.time * rng(-14, 14) + i * 50)
            corners = [
                (q * rng(0.75, 1.1) * math.cos(a), q * rng(0.6, 0.95) * math.sin(a)) for a in np.arange(8) * 0.785
            ]
            stage.fill(polygon(corners), mix(stage.tint("rock"), triple("#000000"), 0.1), 1.0, 0.25)
            inner = [(px * 0.62 + q * 0.14, py * 0.58 - q * 0.16) for px, py in corners]
            stage.fill(polygon(inner), "rock_lit", 0.55, 0.25)
            stage.canvas.restore()
