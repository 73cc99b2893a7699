"""Whole-picture effects that pass for work by hand: wet paint, clay, pencil. Used as the steps of post are."""

import cv2
import numpy as np
import numpy.typing as npt

from models.animatic.colour import triple
from models.animatic.noise import noise_plate
from models.animatic.stage import Stage

Picture = npt.NDArray[np.uint8]
Plate = npt.NDArray[np.uint8]

MARGIN = 97
"""A plate of strokes is larger than the picture by this, so that it can be shifted from frame to frame."""


def _repeat(plate: npt.NDArray[np.float32]) -> Plate:
    """Return a plate of one channel as bytes in three."""
    return cv2.merge([np.clip(plate, 0, 255).astype(np.uint8)] * 3)


# ---------------------------------------------------------------- watercolour and clay


def pigment(picture: Picture, stage: Stage) -> Picture:
    """Let the colour pool along every edge and settle in grains, as wet paint dries."""
    k = stage.view.scale
    around = cv2.blur(picture, (max(3, int(7 * k) | 1),) * 2)
    picture = cv2.addWeighted(picture, 1, cv2.absdiff(picture, around), -0.85, 0)

    def make() -> Plate:
        height, width = picture.shape[:2]
        small = (width // 3 + 2, height // 3 + 2)
        flow = cv2.resize(noise_plate(41, *small, 9.0 * k) + 0.7 * noise_plate(42, *small, 3.0 * k), (width, height))
        grains = np.clip(noise_plate(43, width, height, 0.9 * k), -3, 1.2)
        return _repeat(203 + 6 * flow + 5 * grains)

    return cv2.multiply(picture, stage.plate("pigment", make), scale=1 / 200.0)


def margin(picture: Picture, stage: Stage) -> Picture:
    """Leave a ragged edge of paper unpainted."""

    def make() -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32], Plate]:
        height, width = picture.shape[:2]
        k = stage.view.scale
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        inside = np.minimum(np.minimum(x, width - 1 - x), np.minimum(y, height - 1 - y))
        ragged = noise_plate(44, width, height, 7.0 * k) * 5 + noise_plate(45, width, height, 1.6 * k) * 1.6
        painted = np.clip((inside - (13 + ragged) * k) / (2.5 * k), 0, 1)
        paper = np.empty_like(picture)
        paper[:] = np.round(np.array(triple(stage.style.paper)) * 255)
        return painted, 1 - painted, paper

    painted, bare, paper = stage.plate("margin", make)
    return cv2.blendLinear(picture, paper, painted, bare)


def mould(picture: Picture, stage: Stage) -> Picture:
    """Round every shape off and light it as something pressed by thumbs."""
    k = stage.view.scale
    height, width = picture.shape[:2]
    part = 2 if k > 0.75 else 1  # a small picture would lose its faces
    even = picture[: height // part * part, : width // part * part]
    small = cv2.resize(even, (width // part, height // part), interpolation=cv2.INTER_AREA)
    small = cv2.medianBlur(small, 5 if k > 0.4 else 3)
    relief = cv2.blur(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), (max(2, round(6 * k / part)),) * 2)
    step = max(1, round(4 * k / part))
    moved = np.roll(relief, (step, -step * stage.light_side), (0, 1))
    lit, dark = cv2.subtract(relief, moved), cv2.subtract(moved, relief)
    small = cv2.addWeighted(small, 1, cv2.merge([lit] * 3), 0.5, 0)
    small = cv2.addWeighted(small, 1, cv2.merge([dark] * 3), -0.5, 0)
    large = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)

    def make() -> Plate:
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        bend = cv2.resize(noise_plate(51, width // 4 + 2, height // 4 + 2, 9.0 * k), (width, height))
        prints = np.sin((y * 0.9 + x * 0.3) / (2.1 * k) + bend * 7)
        where = np.clip(cv2.resize(noise_plate(52, width // 4 + 2, height // 4 + 2, 6.0 * k), (width, height)), 0, 1)
        dents = noise_plate(53, width, height, 2.6 * k)
        return _repeat(200 + 5.5 * dents + 8.0 * prints * where)

    return cv2.multiply(large, stage.plate("mould", make), scale=1 / 200.0)


# ---------------------------------------------------------------- pastel


def chalk(picture: Picture, stage: Stage) -> Picture:
    """Lay the colour on in slanted strokes, thick here and thin there, on a rough paper."""

    def make() -> Plate:
        height, width = picture.shape[:2]
        k = stage.view.scale
        reach = int(max(width, height) * 1.5)
        strokes = cv2.blur(noise_plate(61, reach, reach, 0.9 * k), (max(3, int(22 * k) | 1), 1))
        turn = cv2.getRotationMatrix2D((reach / 2, reach / 2), 52.0, 1.0)
        strokes = cv2.warpAffine(strokes / strokes.std(), turn, (reach, reach), borderMode=cv2.BORDER_REFLECT)
        top, left = (reach - height) // 2, (reach - width) // 2
        strokes = strokes[top : top + height, left : left + width]
        tooth = noise_plate(62, width, height, 0.9 * k)
        return _repeat(np.clip(210 + 5 * strokes + 6 * tooth, 160, 255))

    return cv2.multiply(picture, stage.plate("chalk", make), scale=1 / 200.0)


# ---------------------------------------------------------------- pencil


LEAD = (0.72, 0.34)
"""How much of the green and of the blue light a stroke of the pencil swallows, for all of the red."""


def sketch(picture: Picture, stage: Stage) -> Picture:
    """Redraw in blue pencil: lines where tones meet, hatching where it is dark, a breath of colour."""
    k = stage.view.scale
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    around = cv2.blur(grey, (max(3, int(9 * k) | 1),) * 2)
    lines = cv2.divide(grey, around, scale=250)
    lines = cv2.LUT(lines, stage.plate("pencil curve", _pencil_curve))
    lines = cv2.multiply(lines, _hatching(grey, stage), scale=1 / 255.0)
    tinted = cv2.addWeighted(picture, 0.4, picture, 0, 153)
    green, blue = (cv2.addWeighted(lines, share, lines, 0, 255 * (1 - share)) for share in LEAD)
    return cv2.multiply(tinted, cv2.merge([lines, green, blue]), scale=1 / 255.0)


def _pencil_curve() -> Plate:
    """Return a table that darkens lines and clears the rest."""
    t = np.arange(256) / 250.0
    return (255 * np.clip((t - 0.62) / 0.35, 0.08, 1)).astype(np.uint8)


def _hatching(grey: Picture, stage: Stage) -> Picture:
    """Return strokes one way in the half-tones and both ways in the darks; they jump eight times a second."""

    def make() -> tuple[Plate, Plate]:
        height, width = grey.shape
        y, x = np.mgrid[0 : height + MARGIN, 0 : width + MARGIN].astype(np.float32)
        k = max(0.7, stage.view.scale)
        pitch = 1.5 * k
        bend = noise_plate(31, width + MARGIN, height + MARGIN, 12.0 * k) * 0.9
        plates = [128 + 110 * np.sin((y * a + x * b) / pitch + bend) for a, b in ((1.5, 1.0), (1.5, -0.7))]
        return plates[0].astype(np.uint8), plates[1].astype(np.uint8)

    one, other = stage.plate("hatching", make)
    height, width = grey.shape
    down = (int(stage.time * 8 + 1e-6) * 37) % MARGIN
    window = np.s_[down : down + height, (down * 3) % MARGIN : (down * 3) % MARGIN + width]
    tone = cv2.blur(grey, (3, 3))
    # a stroke is drawn where it is darker than the picture is light
    half = cv2.addWeighted(tone, 2.2, one[window], 0.8, -112)
    dark = cv2.addWeighted(tone, 3.0, other[window], 0.8, -70)
    return cv2.min(half, dark)
