"""Grain: the fine noise of a picture, which mixing two pictures averages away, and a film pulses where it is gone."""

import numpy as np

from models.engine import Frame
from studio.post.flow import grey

LEAST = 0.5
"""Noise below this many levels is not seen."""


def grain_of(frame: Frame) -> float:
    """Return the standard deviation of the noise in a frame, in levels of brightness (0 to 255).

    Immerkaer: Fast Noise Variance Estimation (1996), by the median instead of the mean, so that edges do not count.
    """
    import cv2

    mask = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    response = np.abs(cv2.filter2D(grey(frame), cv2.CV_16S, mask))
    counts = np.bincount(response.ravel(), minlength=1)
    half, level = response.size / 2, int(np.searchsorted(np.cumsum(counts), response.size / 2))
    below = int(counts[:level].sum())
    median = level - 0.5 + (half - below) / max(int(counts[level]), 1)
    return 1.4826 * max(median, 0.0) / 6


def regrained(frame: Frame, grain: float, seed: tuple[int, ...]) -> Frame:
    """Return a frame with as much noise added as it lacks to `grain`; equal seeds give equal noise."""
    missing = np.sqrt(max(grain**2 - grain_of(frame) ** 2, 0.0))
    if missing < LEAST:
        return frame
    import cv2

    noise = np.random.default_rng(seed).standard_normal(frame.shape[:2], np.float32) * np.float32(missing)
    whole = np.rint(noise).astype(np.int16)
    return cv2.add(frame, cv2.merge([whole] * 3), dtype=cv2.CV_8U).astype(np.uint8, copy=False)
