"""Colours as sRGB triples in 0..1, mixed and toned in Oklab (Bjoern Ottosson, 2020), where equal steps look equal."""

from functools import lru_cache

import skia

from models.animatic.easing import clamp, lerp

Colour = tuple[float, float, float]
Tint = str | Colour
"""A colour as "#rrggbb" or as a triple."""


def triple(colour: Tint) -> Colour:
    """Return a colour as a triple."""
    if isinstance(colour, tuple):
        return colour
    digits = colour.lstrip("#")
    return (int(digits[0:2], 16) / 255, int(digits[2:4], 16) / 255, int(digits[4:6], 16) / 255)


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _gamma(channel: float) -> float:
    channel = clamp(channel)
    return 12.92 * channel if channel <= 0.0031308 else 1.055 * channel ** (1 / 2.4) - 0.055


@lru_cache(maxsize=8192)
def to_oklab(colour: Tint) -> Colour:
    """Return (lightness, a, b)."""
    red, green, blue = (_linear(channel) for channel in triple(colour))
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    medium = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.793617785 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.428592205 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.808675766 * short,
    )


def from_oklab(lightness: float, a: float, b: float) -> Colour:
    """Return the nearest displayable colour."""
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
    return (
        _gamma(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short),
        _gamma(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short),
        _gamma(-0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short),
    )


@lru_cache(maxsize=8192)
def mix(first: Tint, second: Tint, share: float) -> Colour:
    """Return the blend of two colours, `share` of the way from the first."""
    one, two = to_oklab(first), to_oklab(second)
    return from_oklab(lerp(one[0], two[0], share), lerp(one[1], two[1], share), lerp(one[2], two[2], share))


@lru_cache(maxsize=8192)
def tone(colour: Tint, lightness: float = 0.0, chroma: float = 1.0) -> Colour:
    """Return a colour with its lightness shifted (0..1) and its chroma scaled."""
    base, a, b = to_oklab(colour)
    return from_oklab(clamp(base + lightness), a * chroma, b * chroma)


def rgba(colour: Tint, alpha: float = 1.0) -> skia.Color4f:
    """Return the rasteriser's colour."""
    red, green, blue = triple(colour)
    return skia.Color4f(red, green, blue, alpha)


def pack(colour: Tint, alpha: float = 1.0) -> int:
    """Return the rasteriser's 32-bit colour, as gradients want it."""
    return int(rgba(colour, alpha).toColor())
