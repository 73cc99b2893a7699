"""How pixels lie in memory: the one order for which the rasteriser has loops of its own, and colours times alpha.

A picture is laid on another in a tenth of the time this way, a path of many small spans in two thirds. Only gradients
would be slower; painted with `Dither`, which also spares them their bands, they are not.
"""

import cv2
import numpy as np
import numpy.typing as npt
import skia

from models.animatic.colour import Tint, triple

Pixels = npt.NDArray[np.uint8]
"""[height, width, 4]: blue, green, red, alpha; premultiplied."""

ORDER, ALPHA = skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType
TO_RGB = cv2.COLOR_BGRA2RGB


def blank(width: int, height: int) -> Pixels:
    """Return clear pixels."""
    return np.zeros((height, width, 4), np.uint8)


def surface_on(pixels: Pixels) -> skia.Surface:
    """Return a surface that draws into the pixels; it must outlive its canvas."""
    return skia.Surface(pixels, ORDER, ALPHA)


def image_of(pixels: Pixels) -> skia.Image:
    """Return a picture of a copy of the pixels."""
    return skia.Image.fromarray(pixels, ORDER, ALPHA)


def strip_of(ends: tuple[Tint, Tint], alphas: tuple[float, float], rows: int, tones: int = 0) -> skia.Image:
    """Return a gradient one pixel wide, in so many flat tones or smooth.

    As a shader it fills a path in a third of a gradient's time.
    """
    share = np.linspace(0, 1, rows)[:, None]
    if tones:
        share = np.minimum(share * tones // 1, tones - 1) / (tones - 1)
    colour = np.array(channels(ends[0])) * (1 - share) + np.array(channels(ends[1])) * share
    alpha = alphas[0] * (1 - share) + alphas[1] * share
    pixels = np.column_stack([colour * alpha, alpha]) * 255 + 0.5
    return image_of(pixels.astype(np.uint8)[:, None])


def channels(colour: Tint) -> tuple[float, float, float]:
    """Return a colour's shares in the order of the pixels."""
    red, green, blue = triple(colour)
    return (blue, green, red)
