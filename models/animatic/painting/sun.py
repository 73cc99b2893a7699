"""Sun and moon: where they stand and how a style draws them."""

from collections.abc import Callable
from dataclasses import dataclass

import skia

from models.animatic.colour import Colour, mix, pack, rgba, tone, triple
from models.animatic.easing import lerp
from models.animatic.painting.sky import sun_place
from models.animatic.stage import Stage

LOW_SUN = 212.0
"""Height of a sun that is about to rise or set, in a landscape picture."""

# ---------------------------------------------------------------- the sun's hooks


@dataclass(frozen=True)
class Disc:
    """Where a sun or moon stands in the picture, and how large it is."""

    x: float
    y: float
    radius: float
    halo: float


def _circle(stage: Stage, disc: Disc, colour: Colour, alpha: float = 0.96) -> None:
    paint = skia.Paint(AntiAlias=True, Color4f=rgba(colour, alpha))
    stage.canvas.drawCircle(disc.x, disc.y, disc.radius, paint)


def _plain_disc(stage: Stage, disc: Disc) -> None:
    stage.glow(disc.x, disc.y, disc.radius * disc.halo, stage.map("light", 0, "emit"), 0.75)
    _circle(stage, disc, stage.map("sun", 0, "emit"))


def _red_disc(stage: Stage, disc: Disc) -> None:
    """Draw a flat red seal of a sun, a pale one at night."""
    colour = "#d9d2c2" if stage.palette.stars > 0.5 else "#b8402e"
    _circle(stage, Disc(disc.x, disc.y, disc.radius * 1.1, 0), triple(colour), 0.82)


def _barred_disc(stage: Stage, disc: Disc) -> None:
    """Draw a pink disc cut by widening bars of sky."""
    stage.glow(disc.x, disc.y, disc.radius * disc.halo, "#ff4fb0", 0.75)
    _circle(stage, disc, triple("#ff77c8"))
    bars = skia.Paint(Color4f=rgba(stage.map("sky_1")))
    for i in range(5):
        top = disc.y + disc.radius * (0.15 + i * 0.17)
        stage.canvas.drawRect(skia.Rect.MakeXYWH(disc.x - disc.radius, top, 2 * disc.radius, 1.5 + i * 0.8), bars)


def _ringed_disc(stage: Stage, disc: Disc) -> None:
    """Draw a disc of paper on two paler rings."""
    sun, sky = stage.map("sun", 0, "subject"), stage.map("sky_1")
    for i, share in enumerate((0.55, 0.28, 0.0)):
        ring = Disc(disc.x, disc.y, disc.radius * (1.9 - 0.45 * i), 0)
        blur = skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, 3)
        shadow = skia.Paint(AntiAlias=True, Color4f=rgba(tone(sky, -0.3), 0.35), MaskFilter=blur)
        stage.canvas.drawCircle(ring.x, ring.y + 3, ring.radius, shadow)
        _circle(stage, ring, mix(sun, sky, share), 1)


def _printed_disc(stage: Stage, disc: Disc) -> None:
    """Draw a hard disc inside two pale flat rings."""
    light = stage.map("light", 0, "emit")
    for share, alpha in ((2.3, 0.22), (1.6, 0.34)):
        _circle(stage, Disc(disc.x, disc.y, disc.radius * share, 0), light, alpha)
    _circle(stage, disc, stage.map("sun", 0, "emit"), 1)


def _blaze(stage: Stage, disc: Disc) -> None:
    """Draw a large low sun that washes the sky out."""
    low = Disc(disc.x, max(disc.y, 176), disc.radius * 1.5, 0)
    stage.glow(low.x, low.y, 430, "#ff9c30", 0.55)
    stage.glow(low.x, low.y, low.radius * 5, "#ffd070", 0.9)
    _circle(stage, low, triple("#fff4cc"))


def _moon(stage: Stage, disc: Disc) -> None:
    """Draw a large pale moon with darker seas."""
    moon = Disc(disc.x, disc.y, disc.radius * 1.35, 0)
    stage.glow(moon.x, moon.y, moon.radius * 7, "#7fa8f0", 0.55)
    _circle(stage, moon, triple("#eef4ff"), 1)
    sea = skia.Paint(AntiAlias=True, Color4f=rgba("#b4c6e6", 0.55))
    for x, y, size in ((-0.3, -0.25, 0.34), (0.25, 0.1, 0.26), (-0.15, 0.42, 0.2), (0.42, -0.4, 0.13)):
        stage.canvas.drawCircle(moon.x + x * moon.radius, moon.y + y * moon.radius, size * moon.radius, sea)


def _bare_disc(stage: Stage, disc: Disc) -> None:
    """Leave a round of paper, with a wet edge of colour."""
    sun = stage.map("sun", 0, "subject")
    for share, alpha in ((1.9, 0.16), (1.5, 0.2), (1.22, 0.26)):
        _circle(stage, Disc(disc.x, disc.y, disc.radius * share, 0), mix(sun, "#ffcf70", 0.4), alpha)
    _circle(stage, disc, mix(sun, "#ffe28a", 0.35), 0.95)


def _ball(stage: Stage, disc: Disc) -> None:
    """Draw a ball that throws a shadow on the sky and shines."""
    sun, sky = stage.map("sun", 0, "subject"), stage.map("sky_1")
    side = stage.light_side
    if stage.palette.stars < 0.5:
        sun = mix(sun, "#ffc23c", 0.6)
    blur = skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, 5)
    shadow = skia.Paint(AntiAlias=True, Color4f=rgba(tone(sky, -0.3), 0.5), MaskFilter=blur)
    stage.canvas.drawCircle(disc.x - 4 * side, disc.y + 8, disc.radius * 1.1, shadow)
    shader = skia.GradientShader.MakeRadial(
        (disc.x + side * disc.radius * 0.4, disc.y - disc.radius * 0.45), disc.radius * 1.7,
        [pack(tone(sun, 0.1)), pack(sun), pack(tone(sun, -0.26))], [0, 0.45, 1],
    )  # fmt: skip
    stage.canvas.drawCircle(disc.x, disc.y, disc.radius * 1.1, skia.Paint(AntiAlias=True, Dither=True, Shader=shader))


SUNS: dict[str, Callable[[Stage, Disc], None]] = {
    "disc": _plain_disc,
    "red": _red_disc,
    "barred": _barred_disc,
    "rings": _ringed_disc,
    "printed": _printed_disc,
    "blaze": _blaze,
    "moon": _moon,
    "bare": _bare_disc,
    "ball": _ball,
}


@dataclass(frozen=True)
class Sun:
    """The sun, or the moon at night, on the light's side."""

    share: float
    y: float
    radius: float
    halo: float = 5.0

    def draw(self, stage: Stage) -> None:
        """Paint it, unless clouds hide it."""
        if stage.clouded and stage.palette.stars < 0.2:
            return
        stage.screen()
        x, y = sun_place(stage, self.share, lerp(self.y, max(self.y, LOW_SUN), stage.palette.low))
        SUNS[stage.style.sun](stage, Disc(x, y, self.radius * min(1.3, stage.view.tallness), self.halo))
