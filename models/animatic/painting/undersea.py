"""Under the surface: the light from above, weed, coral, bubbles, fish in the distance."""

import math
from dataclasses import dataclass

import skia

from models.animatic.colour import pack, rgba, tone
from models.animatic.painting.sky import sheet_shadow
from models.animatic.shape import ellipse, polygon, tube
from models.animatic.stage import Stage

CORALS = ("#e8607a", "#f0a04a", "#b46ad0", "#f2d06a", "#4fb8a8")


@dataclass(frozen=True)
class Surface:
    """The bright underside of the waves, far above."""

    def draw(self, stage: Stage) -> None:
        """Paint it."""
        stage.screen()
        view = stage.view
        light = stage.map("light", 0, "emit")
        strength = 0.25 if stage.palette.stars > 0.5 else 0.6
        tall = 120 * view.tallness
        shader = skia.GradientShader.MakeLinear(
            [(0, view.top), (0, view.top + tall)], [pack(light, strength), pack(light, 0)]
        )
        stage.canvas.drawRect(
            skia.Rect.MakeLTRB(view.left, view.top, view.right, view.top + tall), skia.Paint(Dither=True, Shader=shader)
        )
        path, rng = skia.Path(), stage.rng("surface")
        for i in range(26):
            x = view.left + (rng(0, view.width + 160) - stage.now.camera[0] * 0.05) % (view.width + 160) - 80
            y = view.top + rng(2, 34) * view.tallness - stage.now.camera[1] * 0.08
            wide = rng(20, 74) * (0.7 + 0.3 * math.sin(stage.time * rng(0.7, 1.6) + i))
            path.addOval(skia.Rect.MakeLTRB(x - wide, y, x + wide, y + 3.2))
        stage.canvas.drawPath(path, skia.Paint(AntiAlias=True, Color4f=rgba(light, strength * 0.6)))


@dataclass(frozen=True)
class Caustics:
    """The net of light that waves throw on the sand."""

    def draw(self, stage: Stage) -> None:
        """Paint it."""
        if not stage.value("glow", True):
            return
        light, time = stage.map("light", 0, "emit"), stage.time
        for depth, baseline, alpha in ((1.9, 368, 0.2), (1.3, 400, 0.26), (0.95, 446, 0.28)):
            stage.layer(depth, stage.view.y(baseline))
            path = skia.Path()
            for cell in stage.cells("", 70):
                rng = stage.rng(f"caustic{depth:g}", cell)
                x, y = cell * 70 + rng(-10, 10), rng(-14, 14)
                bend = 7 * math.sin(time * 1.1 + cell * 1.7)
                path.moveTo(x, y)
                path.quadTo(x + 24, y - 9 + bend, x + 46, y + 2)
                path.quadTo(x + 60, y + 9 + bend, x + 82, y - 3)
                path.moveTo(x + 46, y + 2)
                path.quadTo(x + 50 + bend, y - 12, x + 34, y - 20)
            stage.stroke(path, light, 1.6, alpha * (0.5 if stage.palette.stars > 0.5 else 1.0))


@dataclass(frozen=True)
class Weed:
    """Ribbons of weed that sway with the swell."""

    depth: float
    baseline: float
    tall: float
    spacing: float
    haze: float
    density: float = 0.6

    def draw(self, stage: Stage) -> None:
        """Paint them."""
        stage.layer(self.depth, stage.view.y(self.baseline))
        dark, light = skia.Path(), skia.Path()
        for cell in stage.cells("", self.spacing):
            rng = stage.rng(f"weed{self.depth:g}", cell)
            if rng() > self.density:
                continue
            x = cell * self.spacing + rng(0, self.spacing)
            for i in range(3):
                tall = self.tall * rng(0.4, 1.1) * stage.view.tallness**0.5
                _ribbon(dark if i else light, (x + rng(-16, 16), 6.0), tall, stage.time * rng(0.8, 1.2) + cell + i)
        alpha = stage.value("grass", 1.0)
        stage.fill(dark, tone(stage.tint("leaf"), -0.06), alpha, self.haze)
        stage.fill(light, tone(stage.tint("leaf"), 0.06), alpha, self.haze)


def _ribbon(path: skia.Path, foot: tuple[float, float], tall: float, phase: float) -> None:
    """Append one waving ribbon to a path."""
    x, y = foot
    width = 3.5 + tall * 0.022
    left, right = [], []
    for i in range(7):
        share = i / 6
        sway = math.sin(phase - share * 3.4) * tall * 0.10 * share
        half = width * (1 - share**2.2) * (1 + 0.25 * math.sin(share * 15))
        left.append((x + sway - half, y - tall * share))
        right.append((x + sway + half, y - tall * share))
    path.moveTo(*left[0])
    for one, two in zip(left[1::2], left[2::2], strict=True):
        path.quadTo(*one, *two)
    for one, two in zip(right[5::-2], right[4::-2], strict=True):
        path.quadTo(*one, *two)
    path.close()


@dataclass(frozen=True)
class Coral:
    """Heads, fans and branches of coral on the bottom."""

    depth: float
    baseline: float
    size: float
    spacing: float
    haze: float

    def draw(self, stage: Stage) -> None:
        """Paint them."""
        stage.layer(self.depth, stage.view.y(self.baseline))
        for cell in stage.cells("", self.spacing):
            grown = stage.keep(("coral", self.depth, cell), lambda c=cell: self._grown(stage, c))
            if grown is None:
                continue
            body, light, colour = grown
            sheet_shadow(stage, body)
            stage.fill(body, colour, stage.value("solid", 1.0), self.haze, "background")
            stage.fill(light, tone(colour, 0.10), 0.7, self.haze, "background")

    def _grown(self, stage: Stage, cell: int) -> tuple[skia.Path, skia.Path, str] | None:
        rng = stage.rng(f"coral{self.depth:g}", cell)
        if rng() < 0.3:
            return None
        x, size, colour = cell * self.spacing + rng(0, self.spacing * 0.6), self.size * rng(0.6, 1.2), rng.pick(CORALS)
        body, light = skia.Path(), skia.Path()
        if rng() < 0.55:
            for i in range(5):
                angle = -math.pi / 2 + (i - 2) * 0.36 + rng(-0.1, 0.1)
                tip = (x + math.cos(angle) * size, math.sin(angle) * size * rng(0.8, 1.1))
                elbow = (x + (tip[0] - x) * 0.35, tip[1] * 0.55)
                body.addPath(tube([(x, 6), elbow, tip], [size * 0.1, size * 0.085, size * 0.05], 4))
                twig = (tip[0] + rng(-0.3, 0.3) * size, tip[1] + rng(-0.2, 0.1) * size)
                body.addPath(tube([(elbow[0], elbow[1] - 2), twig], [size * 0.06, size * 0.035], 3))
                light.addPath(ellipse((tip[0], tip[1]), size * 0.05))
        else:
            for i in range(3):
                spot = (x + (i - 1) * size * 0.5, -size * (0.16 + 0.2 * (i == 1)))
                body.addPath(ellipse(spot, size * 0.42, size * 0.4))
                light.addPath(
                    ellipse((spot[0] + stage.light_side * size * 0.1, spot[1] - size * 0.14), size * 0.2, size * 0.15)
                )
        return body, light, colour


@dataclass(frozen=True)
class Bubbles:
    """Strings of rising bubbles."""

    count: int = 34

    def draw(self, stage: Stage) -> None:
        """Paint them."""
        stage.screen()
        view, rng, path = stage.view, stage.rng("bubbles"), skia.Path()
        for i in range(self.count):
            near = rng(0.5, 1.5)
            x = view.left + (rng(0, view.width + 60) - stage.now.camera[0] * near * 0.9) % (view.width + 60) - 30
            rise = (rng(0, view.height) + stage.time * 46 * near + stage.now.camera[1] * 0.9) % (view.height + 20)
            radius = near * rng(1.2, 4.2)
            path.addCircle(x + 6 * math.sin(stage.time * 2 + i), view.bottom - rise, radius)
        light = stage.map("foam")
        stage.stroke(path, light, 1.0, 0.6)
        stage.canvas.drawPath(path, skia.Paint(AntiAlias=True, Color4f=rgba(light, 0.12)))


@dataclass(frozen=True)
class Shoal:
    """Small fish that pass in the distance."""

    depth: float
    y: float
    count: int
    haze: float

    def draw(self, stage: Stage) -> None:
        """Paint them."""
        stage.layer(self.depth, stage.view.y(self.y))
        left, right = stage.visible
        span = right - left + 300
        path = skia.Path()
        rng = stage.rng("shoal", int(self.depth))
        way = 1 if rng() < 0.5 else -1
        start = rng(0, span)
        for i in range(self.count):
            x = left - 150 + (start + rng(0, 190) + way * stage.time * 34 - left) % span
            y, size = rng(-34, 34) + 4 * math.sin(stage.time * 1.3 + i), rng(4, 8)
            path.addOval(skia.Rect.MakeLTRB(x - size, y - size * 0.42, x + size, y + size * 0.42))
            flick = size * 0.3 * math.sin(stage.time * 9 + i)
            path.addPath(
                polygon(
                    [
                        (x - way * size * 0.8, y),
                        (x - way * size * 1.7, y - size * 0.5 + flick),
                        (x - way * size * 1.7, y + size * 0.5 + flick),
                    ]
                )
            )
        stage.fill(path, "cloud-18", 0.85, self.haze)
