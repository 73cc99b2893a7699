"""Drifting particles, rain, snow, steam and dust: all functions of the time since the world began."""

import math
from dataclasses import dataclass

import skia

from models.animatic.colour import Colour, pack, rgba, tone
from models.animatic.shape import polygon, tube
from models.animatic.stage import GROUND_Y, Stage


@dataclass(frozen=True)
class Drift:
    """Petals, flakes or twinkling motes that float across the picture."""

    name: str
    count: int
    colour: str
    size: float
    speed: tuple[float, float]
    """Design units a second, right and down."""
    alpha: float = 0.9
    leaf: bool = True
    """Flat and tumbling, else round and twinkling."""
    role: str = "background"

    def draw(self, stage: Stage) -> None:
        """Paint them."""
        stage.screen()
        view, rng = stage.view, stage.rng(self.name)
        wide, high = view.width + 80, view.height + 60
        flat = 0.55 if self.leaf else 1.0
        for i in range(round(self.count * (view.width * view.height) / (854 * 480))):
            near = rng(0.5, 1.6)
            travel = self.speed[0] * stage.time - stage.now.camera[0] * 0.9
            x = rng(0, wide) + travel * near + math.sin(stage.time * rng(0.8, 2.0) + i) * 14
            y = rng(0, high) + (self.speed[1] * stage.time - stage.now.camera[1] * 0.9) * near
            twinkle = 1.0 if self.leaf else 0.5 + 0.5 * math.sin(stage.time * 2 + i)
            colour = rgba(stage.map(self.colour, 0, self.role), max(0.05, self.alpha * twinkle))
            radius = self.size * near
            stage.canvas.save()
            stage.canvas.translate(view.left - 40 + x % wide, view.top - 30 + y % high)
            stage.canvas.rotate(stage.time * 120 * rng(-1, 1) + i * 40)
            oval = skia.Rect.MakeLTRB(-radius, -radius * flat, radius, radius * flat)
            stage.canvas.drawOval(oval, skia.Paint(AntiAlias=True, Color4f=colour))
            stage.canvas.restore()


@dataclass(frozen=True)
class Fireflies:
    """Slow glowing points near the ground, in styles that have them, or everywhere as a weather."""

    count: int = 22
    always: bool = False

    def draw(self, stage: Stage) -> None:
        """Paint them."""
        strength = 1.0 if self.always else stage.value("fireflies", 0.0)
        if not strength:
            return
        stage.screen()
        view, rng = stage.view, stage.rng("fireflies")
        for i in range(round(self.count * max(1.0, view.height / 480))):
            x = rng(0, view.width) - stage.now.camera[0] * rng(0.5, 1.2) + 24 * math.sin(stage.time * rng(0.4, 0.9) + i)
            y = rng(220 if self.always else 290, view.bottom) + 16 * math.sin(stage.time * rng(0.5, 1.1) + i * 2)
            on = max(0.0, math.sin(stage.time * rng(0.8, 1.6) + i * 1.7)) * strength
            x = view.left + x % view.width
            stage.glow(x, y, 15, "#f4ffa0", 0.75 * on)
            if not stage.value("glow", True):
                ring = skia.Paint(AntiAlias=True, Color4f=rgba("#f4ffa0", 0.4 * on))
                stage.canvas.drawCircle(x, y, 7.0, ring)
            colour = stage.value("firefly", "#fbffd8" if stage.palette.stars > 0.3 else "#e2b82c")
            stage.canvas.drawCircle(x, y, 2.0, skia.Paint(AntiAlias=True, Color4f=rgba(colour, on)))


@dataclass(frozen=True)
class Rain:
    """Falling streaks, and ripples where they meet the ground."""

    count: int = 150
    ripples: bool = True

    def draw(self, stage: Stage) -> None:
        """Paint it."""
        stage.screen()
        view, rng = stage.view, stage.rng("rain")
        streaks = skia.Path()
        for _ in range(round(self.count * (view.width * view.height) / (854 * 480))):
            near = rng(0.5, 1.4)
            x = (rng(0, view.width) - stage.now.camera[0] * 0.6 * near - stage.time * 70) % view.width + view.left
            y = (rng(0, view.height) + stage.time * 900 * near) % (view.height + 40) - 20 + view.top
            streaks.moveTo(x, y)
            streaks.lineTo(x - 2.4 * near, y + 22 * near)
        colour = stage.value("rain", "#cfe4ff")
        stage.stroke(streaks, colour, max(1.0, 0.8 / stage.k), 0.34)
        if self.ripples:
            self._ripples(stage, colour)

    def _ripples(self, stage: Stage, colour: str) -> None:
        stage.layer(1, GROUND_Y)
        rings = skia.Path()
        for cell in stage.cells("", 40):
            rng = stage.rng("ripple", cell)
            age = (stage.time * 2.2 + rng() * 7) % 1
            y = rng(-40, 60)
            width = 10 * age + 1
            x = cell * 40
            rings.addOval(skia.Rect.MakeLTRB(x - width, y - width * 0.25, x + width, y + width * 0.25))
        stage.stroke(rings, colour, 0.8, 0.28)


@dataclass(frozen=True)
class Snow:
    """Falling flakes."""

    count: int = 95

    def draw(self, stage: Stage) -> None:
        """Paint it."""
        Drift("snow", self.count, "#ffffff", 3.0, (-20, 70), role="subject").draw(stage)
        dark = stage.value("snow", "")
        if dark:
            Drift("snow near", self.count // 3, dark, 2.4, (-26, 84), 0.5, role="subject").draw(stage)


@dataclass(frozen=True)
class Wind:
    """Long streaks of air with curled ends, and what it carries along."""

    def draw(self, stage: Stage) -> None:
        """Paint it."""
        stage.screen()
        view, rng = stage.view, stage.rng("wind")
        span = view.width + 500
        path = skia.Path()
        for i in range(round(9 * view.height / 480)):
            x = view.left - 400 + (rng(0, span) - stage.time * rng(380, 620) - stage.now.camera[0] * 0.7) % span
            y, long = view.top + rng(0.12, 0.86) * view.height, rng(120, 240)
            bend = 8 * math.sin(stage.time * 2 + i)
            path.moveTo(x, y)
            path.cubicTo(x + long * 0.3, y - 10 + bend, x + long * 0.6, y + 12 - bend, x + long, y)
            if i % 3 == 0:
                path.moveTo(x, y)
                path.cubicTo(x - 30, y + 6, x - 34, y + 24, x - 16, y + 24)
        colour = stage.value("rain", "#ffffff")
        stage.stroke(path, colour, max(1.2, 1.0 / stage.k), 0.42)
        leaf = "ground_far+10" if stage.spec.scene in ("desert", "mars", "beach", "snowfield") else "leaf+8"
        Drift("blown", 26, leaf, 4.0, (-430, 40), role="subject").draw(stage)


@dataclass(frozen=True)
class Fog:
    """Banks of fog that drift past, thicker towards the ground."""

    def draw(self, stage: Stage) -> None:
        """Paint it."""
        stage.screen()
        view = stage.view
        haze = stage.haze
        stops = [pack(haze, 0.10), pack(haze, 0.30), pack(haze, 0.18)]
        shader = skia.GradientShader.MakeLinear([(0, view.top), (0, view.bottom)], stops, [0, 0.68, 1])
        stage.canvas.drawRect(
            skia.Rect.MakeLTRB(view.left, view.top, view.right, view.bottom), skia.Paint(Dither=True, Shader=shader)
        )
        image = stage.plate("fog bank", lambda: _bank(stage))
        rng = stage.rng("fog")
        for _ in range(4):
            wide, tall = rng(620, 900), rng(90, 150)
            span = view.width + wide
            x = (
                view.left
                - wide
                + (rng(0, span) - stage.time * rng(10, 26) - stage.now.camera[0] * rng(0.4, 0.9)) % span
            )
            y = view.y(rng(250, 470)) - stage.now.camera[1] * 0.5
            target = skia.Rect.MakeLTRB(x, y - tall / 2, x + wide, y + tall / 2)
            stage.canvas.drawImageRect(image, target, SOFT, skia.Paint(Dither=True, Alphaf=0.6))


SOFT = skia.SamplingOptions(skia.FilterMode.kLinear)


def _bank(stage: Stage) -> skia.Image:
    """Return a small soft-edged picture of a bank of fog."""
    surface = skia.Surface(128, 32)
    canvas = surface.getCanvas()
    rng = stage.rng("fog bank")
    blur = skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, 4)
    paint = skia.Paint(AntiAlias=True, Color4f=rgba(stage.haze, 0.5), MaskFilter=blur)
    for _ in range(9):
        x, y, wide = rng(24, 104), rng(13, 20), rng(9, 24)
        canvas.drawOval(skia.Rect.MakeLTRB(x - wide, y - 5, x + wide, y + 5), paint)
    return surface.makeImageSnapshot()


@dataclass(frozen=True)
class Festive:
    """Red envelopes that tumble down among flakes of gold."""

    def draw(self, stage: Stage) -> None:
        """Paint them."""
        Drift("gold", 54, "#ffc83a", 3.0, (-12, 74), role="subject").draw(stage)
        stage.screen()
        view, rng = stage.view, stage.rng("envelopes")
        wide, high = view.width + 120, view.height + 100
        red, dark, gold = (stage.map(name, 0, "subject") for name in ("#d8281f", "#a81a1a", "#ffd24a"))
        for i in range(round(15 * (view.width * view.height) / (854 * 480))):
            near = rng(0.7, 1.5)
            x = (rng(0, wide) - stage.now.camera[0] * 0.9 * near + 26 * math.sin(stage.time * rng(0.6, 1.2) + i)) % wide
            y = (rng(0, high) + (88 * stage.time - stage.now.camera[1] * 0.9) * near) % high
            stage.canvas.save()
            stage.canvas.translate(view.left - 60 + x, view.top - 50 + y)
            stage.canvas.rotate(24 * math.sin(stage.time * rng(0.9, 1.8) + i * 1.7))
            stage.canvas.scale(near * (0.35 + 0.65 * abs(math.cos(stage.time * rng(0.8, 1.5) + i))), near)
            self._envelope(stage, (red, dark, gold))
            stage.canvas.restore()

    def _envelope(self, stage: Stage, colours: tuple[Colour, Colour, Colour]) -> None:
        red, dark, gold = (skia.Paint(AntiAlias=True, Color4f=rgba(colour)) for colour in colours)
        canvas = stage.canvas
        canvas.drawRoundRect(skia.Rect.MakeLTRB(-11, -16, 11, 16), 2.4, 2.4, red)
        canvas.drawPath(polygon([(-11, -14), (11, -14), (0, -2)]), dark)
        canvas.drawCircle(0, -3, 3.8, gold)
        canvas.drawRect(skia.Rect.MakeLTRB(-7, 9, 7, 10.4), gold)


WEATHER = {
    "rain": Rain(),
    "snow": Snow(),
    "wind": Wind(),
    "fog": Fog(),
    "petals": Drift("blown petals", 52, "#ffb8cc", 5.0, (-52, 58), role="subject"),
    "leaves": Drift("falling leaves", 40, "#e08a34", 6.0, (-40, 66), role="subject"),
    "fireflies": Fireflies(34, always=True),
    "festive": Festive(),
}
"""What falls or floats between the viewer and the subject, by weather."""
INDOORS = ("petals", "leaves", "fireflies", "festive")
"""Weathers that come into a room too."""


def steam(stage: Stage, x: float, y: float) -> None:
    """Draw three wavering plumes that rise from a point of the subject's layer."""
    stage.layer(1, GROUND_Y)
    dark = stage.value("dark_steam", sum(stage.map("backdrop")) > 2.6)
    colour = (0.55, 0.5, 0.48) if dark else (1.0, 1.0, 1.0)
    stops = [pack(colour, alpha) for alpha in (0.0, 0.34, 0.0)]
    for j in range(3):
        points, radii = [], []
        for i in range(9):
            share = i / 8
            sway = math.sin(share * 5 - stage.time * 2.6 + j * 2) * (4 + 20 * share)
            points.append((x + (j - 1) * 15 + sway, y - share * 150 - 4 * math.sin(stage.time + j)))
            radii.append((3 + 15 * share) * (1 - 0.3 * share))
        shader = skia.GradientShader.MakeLinear([(0, y), (0, y - 152)], stops, [0, 0.22, 1])
        blur = skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, 5)
        stage.canvas.drawPath(
            tube(points, radii, 4), skia.Paint(AntiAlias=True, Dither=True, Shader=shader, MaskFilter=blur)
        )


def dust(stage: Stage, x: float, direction: float, speed: float) -> None:
    """Draw puffs behind a fast subject; a function of its speed, never of its action, so that takes join."""
    dusty = stage.value("dusty", stage.spec.scene in ("mars", "moon", "desert"))
    strength = 0.35 * min(1.0, speed / 80) if dusty else 0.42 * min(1.0, max(0.0, speed - 140) / 200)
    if strength <= 0.02:
        return
    stage.layer(1, GROUND_Y)
    colour = stage.map(tone(stage.tint("ground_far"), 0.06))
    for i in range(10):
        born = math.floor(stage.time * 7) - i
        rng = stage.rng("dust", born)
        age = stage.time - born / 7
        alpha = strength * max(0.0, 1 - age / 1.1)
        if alpha <= 0.02:
            continue
        puff_x = x - direction * (20 + speed * age * 0.9 + rng(0, 30))
        blur = skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, 3)
        paint = skia.Paint(AntiAlias=True, Color4f=rgba(colour, alpha), MaskFilter=blur)
        stage.canvas.drawCircle(puff_x, -4 - age * 16 * rng(0.4, 1.2), 4 + age * 20, paint)
