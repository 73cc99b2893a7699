"""A take that begins with somebody's picture: its colours, and how it turns into what is drawn."""

import cv2
import numpy as np
import numpy.typing as npt

from models.animatic.colour import Colour, from_oklab, to_oklab, triple
from models.animatic.easing import clamp, lerp, smoothstep
from models.animatic.palette import Palette
from models.animatic.stage import Stage
from models.engine import Frame, Refused, Word

DISSOLVE, PICTURE_DISSOLVE = 0.4, 0.9
"""Seconds in which the picture of another take, or of a person, turns into this one's."""
STEPS = 6
"""Tints taken from a picture, from its darkest to its lightest part."""
TAKEN, LIGHTENED = 0.72, 0.35
"""Share of a picture's hue, and of its lightness, that the place takes over."""
LOOKED_AT = 96
"""Pixels across at which a picture's colours are read."""
FROM_PICTURE = Word(
    "palette", "", "the colours of your picture, which turns into the drawing", "取自您图片的配色，图片随后化为画面"
)
"""What the account says of a take that begins with a person's picture."""


def checked(frame: Frame) -> Frame:
    """Return the picture of an anchor; raises `Refused` for what is none."""
    if not isinstance(frame, np.ndarray) or frame.dtype != np.uint8 or frame.ndim != 3:
        raise Refused("anchor_refused")
    if frame.shape[2] != 3 or not frame.size or max(frame.shape) > 1 << 14:
        raise Refused("anchor_refused")
    return frame


def tints_of(picture: Frame) -> list[list[float]]:
    """Return the mean Oklab colours of a picture's dark to light parts, equally many pixels in each."""
    height, width = picture.shape[:2]
    size = (min(width, LOOKED_AT), max(1, min(height, LOOKED_AT * height // width)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA).reshape(-1, 3)
    colours = np.array([to_oklab((red / 255, green / 255, blue / 255)) for red, green, blue in small.tolist()])
    colours = colours[np.argsort(colours[:, 0], kind="stable")]
    parts: list[npt.NDArray[np.float64]] = np.array_split(colours, STEPS)
    return [[round(float(value), 4) for value in part.mean(0)] for part in parts if len(part)]


def _toned(colour: Colour, tints: list[list[float]]) -> Colour:
    """Return a colour with the hue that the picture has where it is as light."""
    lightness, a, b = to_oklab(colour)
    levels = [tint[0] for tint in tints]
    _, own_a, own_b = (float(np.interp(lightness, levels, [tint[axis] for tint in tints])) for axis in range(3))
    middle = sum(levels) / len(levels)
    return from_oklab(
        clamp(lerp(lightness, lightness + middle - 0.6, LIGHTENED)), lerp(a, own_a, TAKEN), lerp(b, own_b, TAKEN)
    )


def wash(stage: Stage, tints: list[list[float]]) -> None:
    """Give a stage the tints of a picture before anything is drawn on it."""
    stage.plates = {}  # those of the place are in its own colours
    palette = stage.palette
    colours = {name: _toned(colour, tints) for name, colour in palette.colours.items()}
    stage.palette = Palette(colours, palette.stars, palette.low, palette.lit, palette.dim, palette.cast)
    style = stage.style
    stage.haze = triple(style.haze.to or style.paint(stage.palette["haze"], 0, "#ffffff", "background"))


def dissolve(before: Frame, frame: Frame, share: float) -> Frame:
    """Return `before`, fitted to the size of `frame`, on its way to becoming `frame`."""
    return cv2.addWeighted(fitted(before, frame.shape[1], frame.shape[0]), 1 - share, frame, share, 0)


def fitted(picture: Frame, width: int, height: int) -> Frame:
    """Return a picture that fills a size, cut at its sides or at top and foot, never stretched."""
    rows, columns = picture.shape[:2]
    if (columns, rows) == (width, height):
        return picture
    scale = max(width / columns, height / rows)
    wide, high = min(columns, max(1, round(width / scale))), min(rows, max(1, round(height / scale)))
    left, top = (columns - wide) // 2, (rows - high) // 2
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return cv2.resize(picture[top : top + high, left : left + wide], (width, height), interpolation=way)


def share_at(seconds: float, of_person: bool) -> float:
    """Return how far a picture has turned into the drawing; `of_person` when no take came before."""
    return smoothstep(seconds, 0, PICTURE_DISSOLVE if of_person else DISSOLVE)
