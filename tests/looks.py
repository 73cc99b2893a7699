"""How far apart two pictures look: their colours, their edges and their texture, whatever is where in them.

Each measure is a set of distributions over the picture, kept as quantiles; two pictures are as far apart as the mean
difference of their quantiles, which is the Wasserstein-1 distance of the distributions. Nothing is tuned to a style:

- colour: the pixels in Oklab, on 24 directions spread evenly over the sphere (sliced Wasserstein distance);
- edge: the logarithm of the gradient's length (Sobel) of the lightness as it is and after blurs of 1 and 2 pixels.
  Lines more or fewer, stronger or weaker shift the first; thin ones vanish under the blurs, thick ones stay; and the
  share of the gradient that lies along each of 4 orientations, folded, in windows of 16 pixels;
- texture: the logarithm of the energy of 4 octave bands of the lightness (differences of Gaussian blurs) in windows of
  16 pixels: the local frequency spectrum.
"""

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from models.engine import Frame

Floats = npt.NDArray[np.float64]
LEVELS = np.linspace(0.01, 0.99, 50)
DIRECTIONS, ORIENTATIONS, OCTAVES, WINDOW = 24, 4, 4, 16


class Look(NamedTuple):
    """A picture's quantiles: of its colour, edge and texture."""

    colour: Floats
    edge: Floats
    texture: Floats


def oklab(frame: Frame) -> Floats:
    """Return a picture in Oklab [height, width, 3]; the matrices are Björn Ottosson's."""
    share = frame.astype(np.float64) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    cones = np.array([
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ])  # fmt: skip
    opponents = np.array([
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ])  # fmt: skip
    return np.cbrt(linear @ cones.T) @ opponents.T


def look(frame: Frame) -> Look:
    """Return how a picture looks."""
    colours = oklab(frame)
    light = (colours[..., 0] * 100).astype(np.float32)
    return Look(_colour(colours), _edge(light), _texture(light))


def apart(one: Look, other: Look) -> Floats:
    """Return how far apart two pictures are in colour, edge and texture."""
    return np.array([np.abs(a - b).mean() for a, b in zip(one, other, strict=True)])


def _colour(colours: Floats) -> Floats:
    turn = np.pi * (1 + 5**0.5) * (np.arange(DIRECTIONS) + 0.5)  # a golden spiral from pole to pole
    height = 1 - 2 * (np.arange(DIRECTIONS) + 0.5) / DIRECTIONS
    round_ = np.sqrt(1 - height**2)
    directions = np.stack([round_ * np.cos(turn), round_ * np.sin(turn), height])
    return np.quantile(colours.reshape(-1, 3)[::7] @ directions, LEVELS, axis=0).ravel()


def _edge(light: npt.NDArray[np.float32]) -> Floats:
    found = []
    for sigma in (0, 1, 2):
        blurred = cv2.GaussianBlur(light, (0, 0), sigma) if sigma else light
        across, down = cv2.Sobel(blurred, -1, 1, 0, scale=1 / 8), cv2.Sobel(blurred, -1, 0, 1, scale=1 / 8)
        length = np.hypot(across, down)
        found.append(np.quantile(np.log1p(length), LEVELS))
        if not sigma:
            whole = _windows(length) + 1
            turn = np.arctan2(down, across)
            for step in range(ORIENTATIONS):
                along = np.cos(2 * (turn - np.pi * step / ORIENTATIONS)).clip(0)
                found.append(np.quantile(_windows(length * along) / whole, LEVELS))
    return np.concatenate(found)


def _texture(light: npt.NDArray[np.float32]) -> Floats:
    found, fine = [], light
    for octave in range(OCTAVES):
        coarse = cv2.GaussianBlur(light, (0, 0), 0.8 * 2**octave)
        found.append(np.quantile(np.log10(_windows((fine - coarse) ** 2) + 0.01), LEVELS))
        fine = coarse
    return np.concatenate(found)


def _windows(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return the means of half-overlapping windows."""
    return cv2.boxFilter(values, -1, (WINDOW, WINDOW))[WINDOW // 2 :: WINDOW // 2, WINDOW // 2 :: WINDOW // 2]
