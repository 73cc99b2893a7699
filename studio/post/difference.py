"""How different two colours look, and two pictures, in CIEDE2000: 1 is just noticeable, 5 is another colour."""

import numpy as np
import numpy.typing as npt

from models.engine import Frame

Values = npt.NDArray[np.float64]

CELLS = (8, 5)
"""Columns and rows of the grid on which pictures are compared: coarse enough that small movement changes little."""

_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
"""Linear sRGB to CIE XYZ at D65 (IEC 61966-2-1)."""


def lab(rgb: npt.ArrayLike) -> Values:
    """Return CIE L*a*b* (D65) of sRGB values 0 to 255, both of shape [..., 3]."""
    level = np.asarray(rgb, np.float64) / 255
    linear = np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4)
    xyz = linear @ _XYZ.T / _XYZ.sum(1)
    x, y, z = np.moveaxis(np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29), -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], -1)


def ciede2000(first: npt.ArrayLike, second: npt.ArrayLike) -> Values:
    """Return the difference [...] of L*a*b* colours [..., 3], which are broadcast against each other.

    Sharma, Wu, Dalal: The CIEDE2000 Color-Difference Formula, Color Research and Application 30 (2005); names as there.
    """
    l1, a1, b1 = np.moveaxis(np.asarray(first, np.float64), -1, 0)
    l2, a2, b2 = np.moveaxis(np.asarray(second, np.float64), -1, 0)
    grey = _chroma_weight((np.hypot(a1, b1) + np.hypot(a2, b2)) / 2)
    a1, a2 = a1 * (1.5 - grey / 2), a2 * (1.5 - grey / 2)
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = np.arctan2(b1, a1) % (2 * np.pi), np.arctan2(b2, a2) % (2 * np.pi)

    coloured = c1 * c2 > 0
    turn = h2 - h1
    turn = np.where(np.abs(turn) > np.pi, turn - 2 * np.pi * np.sign(turn), turn) * coloured
    hue = np.where(coloured, _mean_hue(h1, h2), h1 + h2)
    lightness, chroma = (l1 + l2) / 2, (c1 + c2) / 2

    t = 1 - 0.17 * np.cos(hue - np.pi / 6) + 0.24 * np.cos(2 * hue)
    t += 0.32 * np.cos(3 * hue + np.pi / 30) - 0.2 * np.cos(4 * hue - np.radians(63))
    dl = (l2 - l1) / (1 + 0.015 * (lightness - 50) ** 2 / np.sqrt(20 + (lightness - 50) ** 2))
    dc = (c2 - c1) / (1 + 0.045 * chroma)
    dh = 2 * np.sqrt(c1 * c2) * np.sin(turn / 2) / (1 + 0.015 * chroma * t)
    blue = np.radians(60) * np.exp(-(((np.degrees(hue) - 275) / 25) ** 2))
    rotation = -2 * _chroma_weight(chroma) * np.sin(blue)
    difference: Values = np.sqrt(np.maximum(dl**2 + dc**2 + dh**2 + rotation * dc * dh, 0))
    return difference


def colour_grid(frame: Frame) -> Values:
    """Return L*a*b* of the mean colours of the 8 x 5 cells of a frame, of shape [5, 8, 3]."""
    import cv2

    return lab(cv2.resize(frame, CELLS, interpolation=cv2.INTER_AREA))


def colour_step(first: Frame, second: Frame) -> float:
    """Return the mean difference of the cells of two frames, in CIEDE2000."""
    return float(ciede2000(colour_grid(first), colour_grid(second)).mean())


def _chroma_weight(chroma: Values) -> Values:
    """Return how far a chroma is from grey, 0 to 1: the square root that both G and R_C of the formula hold."""
    seventh = chroma**7
    root: Values = np.sqrt(seventh / (seventh + 25.0**7))
    return root


def _mean_hue(h1: Values, h2: Values) -> Values:
    """Return the hue half way between two, in radians, the short way round."""
    across = np.abs(h1 - h2) > np.pi
    total = h1 + h2
    return np.where(across, np.where(total < 2 * np.pi, total + 2 * np.pi, total - 2 * np.pi), total) / 2
