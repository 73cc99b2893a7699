"""Holds the colours of a shot: a take that drifted is brought back to the colours it continued from.

A model's colours step at every join, where the anchor passes through its autoencoder, and the steps add up. So a step
is measured where both sides show the same picture: frame 0 of a take, which repeats its anchor, and those after it.
When anchors are matched before they are fed on, every take is thereby held to the first of its shot. Statistics of
whole takes against the first would also undo what the story changes.

What a match leaves adds up over the takes as well. So it bends as a gamma does, and is fitted on means of cells: fitted
on pixels, whose grain does not agree, it would take a little contrast at every join.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from models.engine import Frame
from studio.post.difference import colour_step

Matrix = npt.NDArray[np.float64]

OPENING = 7
"""How many of its first frames the match of a take is fitted on: the anchor and those that follow it."""
SMALL = (216, 120)
"""Width and height of the copies that are laid over each other."""
CELLS = (36, 20)
"""Columns and rows of the means that a match is fitted on."""
FLOOR = 0.15
"""CIEDE2000 that a match must change to be worth it: far below what is seen, because steps add up along a chain."""
SPREADS = 2.0
"""How many times the take's own changes a step must exceed besides, or it is the story's doing."""
RATIOS = (0.85, 1.18)
"""How far one match may shrink or stretch the range of a channel: no step at a join is larger."""
INLIER, ENOUGH = 24.0, 0.6
"""A pixel agrees when its channels are off by less than this in sum, 0 to 765; and the share of them that must."""
SOFTNESS = 8.0
"""Sum of channel errors at which a pixel counts half in the fit."""
RIDGE = 1e-4
"""Weight of leaving colours alone, against the evidence: decides for colours that a picture does not show."""
ROUNDS = 8
LEVELS = np.array([1.0, 1.0, 1.0, 255.0, 1.0, 1.0, 1.0])
"""Brings the 1 of a row to the size of the rest, so that the ridge weighs all alike."""

IDENTITY = tuple(tuple(map(float, row)) for row in np.eye(3, 7))
BOWS = (np.arange(256) * (1 - np.arange(256) / 255)).astype(np.float32)
"""The bow of every level."""
MOST_BENT = 0.15
"""Weight of a bow that no join needs; below the least of RATIOS, so that brighter stays brighter."""


@dataclass(frozen=True)
class ColourMatch:
    """A change of RGB, 0 to 255: each row gives a channel from red, green, blue, 1, and from the bows of the three.

    A bow, x * (1 - x / 255), bends a tone between black and white and leaves both where they are. A row may end before.
    """

    rows: tuple[tuple[float, ...], ...] = IDENTITY

    @property
    def needed(self) -> bool:
        """Whether it changes anything; if not, frames are best left alone."""
        return self.rows != IDENTITY

    def __call__(self, frame: Frame) -> Frame:
        """Return the frame in matched colours; the same frame when nothing is needed."""
        if not self.needed:
            return frame
        matrix = np.array(self.rows)
        straight = cv2.transform(frame.astype(np.float32), matrix[:, :4])
        bent = cv2.transform(cv2.LUT(frame, BOWS), matrix[:, 4:]) if matrix.shape[1] > 4 else np.zeros_like(straight)
        return np.asarray(cv2.add(straight, bent, dtype=cv2.CV_8U), np.uint8)

    @classmethod
    def fitted(cls, reference: Frame, new: Sequence[Frame]) -> "ColourMatch":
        """Return what brings the frames `new` to the colours of `reference`, which shows nearly the same.

        Nothing is needed when it would change next to nothing, or when the pictures do not agree.
        """
        match, agrees = _fit(reference, new)
        return match if agrees and _change(match, new) > FLOOR else cls()

    @classmethod
    def at_join(cls, opening: Sequence[Frame]) -> "ColourMatch":
        """Return what brings a continuing take, given by its first OPENING frames, to the colours of its anchor.

        Nothing is needed where the take's own first frames change as much by themselves, or do not agree either:
        then more happens than a step in colour.
        """
        frames = [_small(frame) for frame in opening[:OPENING]]
        half = len(frames) // 2
        match = cls.fitted(frames[0], frames[1 : half + 1]) if half else cls()
        if not match.needed:
            return match
        onward = frames[half + 1 :] or frames[half:]
        own, calm = _fit(frames[half], onward)
        beyond = _change(match, frames[1 : half + 1]) - SPREADS * _change(own, onward)
        return cls.fitted(frames[0], frames[1:]) if calm and beyond > FLOOR else cls()


def _fit(reference: Frame, new: Sequence[Frame]) -> tuple[ColourMatch, bool]:
    """Return the match of best fit, and whether the pictures agree under it."""
    small = _small(reference)
    seen, wanted = _colours(map(_small, new)), _colours(_laid_over(small, _small(frame)) for frame in new)
    matrix, agreeing = _robust(seen, wanted)
    ratios = np.sqrt((_terms(seen) @ matrix.T).var(0) + 1) / np.sqrt(seen.var(0) + 1)
    bounded = RATIOS[0] <= ratios.min() and ratios.max() <= RATIOS[1] and np.abs(matrix[:, 4:]).max() <= MOST_BENT
    match = ColourMatch(tuple(tuple(float(value) for value in row) for row in matrix))
    return match, bool(agreeing >= ENOUGH and bounded)


def _colours(frames: Iterable[Frame]) -> Matrix:
    """Return the mean colours of the cells of frames, [cells, 3]."""
    cells = [cv2.resize(frame.astype(np.float32), CELLS, interpolation=cv2.INTER_AREA) for frame in frames]
    return np.concatenate([frame.reshape(-1, 3) for frame in cells]).astype(np.float64)


def _terms(colours: Matrix) -> Matrix:
    """Return what a match weighs, of colours [cells, 3]: [cells, 7]."""
    return np.column_stack([colours, np.ones(len(colours)), colours * (1 - colours / 255)])


def _robust(seen: Matrix, wanted: Matrix) -> tuple[Matrix, float]:
    """Return the [3, 7] matrix that gives `wanted` from `seen`, both [cells, 3], and the share of cells it suits.

    Iteratively reweighted least squares with Cauchy's weight; clipped cells say nothing and are left out.
    """
    usable = np.minimum(seen, wanted).min(1) > 3
    usable &= np.maximum(seen, wanted).max(1) < 252
    if usable.mean() < 0.1:
        return np.array(IDENTITY), 0.0
    known, wish = _terms(seen[usable]) * LEVELS, (wanted - seen)[usable]
    steady = RIDGE * len(known) * 255**2 * np.eye(7)
    off = np.abs(wish).sum(1)
    scale = SOFTNESS + float(np.median(off))  # the first guess, no change, may be far off everywhere
    change = np.zeros((7, 3))
    for _ in range(ROUNDS):
        weighted = known / ((1 + (off / scale) ** 2) ** 2)[:, None]
        change = np.linalg.solve(weighted.T @ known + steady, weighted.T @ wish)
        off = np.abs(known @ change - wish).sum(1)
        scale = SOFTNESS
    return np.array(IDENTITY) + change.T * LEVELS, float((off < INLIER).mean())


def _laid_over(reference: Frame, new: Frame) -> Frame:
    """Return the reference with its pixels moved to where `new` shows them, by DIS optical flow."""
    there, here = (cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in (reference, new))
    share = max(float(there.std()), 1.0) / max(float(here.std()), 1.0)  # flow takes a step in brightness for movement
    here = cv2.convertScaleAbs(here, alpha=share, beta=float(there.mean()) - share * float(here.mean()))
    flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST).calc(
        here, there, np.zeros((*here.shape, 2), "f4")
    )
    down, across = np.indices(here.shape, np.float32)
    return np.asarray(
        cv2.remap(reference, across + flow[..., 0], down + flow[..., 1], cv2.INTER_LINEAR, None, cv2.BORDER_REPLICATE),
        np.uint8,
    )


def _change(match: ColourMatch, frames: Sequence[Frame]) -> float:
    """Return how much a match changes these frames, in CIEDE2000."""
    return max(colour_step(frame, match(frame)) for frame in frames)


def _small(frame: Frame) -> Frame:
    return np.asarray(cv2.resize(frame, SMALL, interpolation=cv2.INTER_AREA), np.uint8)
