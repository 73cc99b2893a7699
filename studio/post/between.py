"""The frames around a seam, made anew from both sides: as many as are taken away, so that time never shifts."""

from collections.abc import Iterator, Sequence

import numpy as np

from models.engine import Frame
from studio.post.flow import disagreement, grey, movement, pulled
from studio.post.grain import grain_of, regrained

REACH = {"cut": 0, "blend": 1, "morph": 2}
"""How many frames on either side of a seam each kind of join makes anew."""


def anew(kind: str, tail: Sequence[Frame], doubled: Frame | None, head: Sequence[Frame], seed: int) -> list[Frame]:
    """Return tail and head, equally long, with all but the outermost frame on each side made anew, of one grain.

    `doubled` is how the later take shows the moment of the last frame of `tail`, where it does. Equal seeds give
    equal grain.
    """
    count = 2 * len(tail) - 2
    made = list(morphed(tail[0], head[-1], count)) if kind == "morph" else blended(tail[-1], doubled, head[0])
    return [tail[0], *with_grain(made, (tail[0], head[-1]), seed), head[-1]]


def blended(last: Frame, doubled: Frame | None, first: Frame) -> list[Frame]:
    """Return the last frame before a seam and the first after it, as mixtures of 0.7 and 0.3, then 0.4 and 0.6."""
    import cv2

    before = cv2.addWeighted(last, 0.7, first if doubled is None else doubled, 0.3, 0)
    return [before.astype(np.uint8, copy=False), cv2.addWeighted(last, 0.4, first, 0.6, 0).astype(np.uint8, copy=False)]


def morphed(before: Frame, after: Frame, count: int) -> Iterator[Frame]:
    """Yield `count` frames on the way from one frame to another, moved along their optical flow.

    The movement at a time between is that of Jiang and others: Super SloMo (2018), equation 4; each side counts as
    much as it is near in time, and less where the movement there and back disagrees.
    """
    light, light_after = grey(before), grey(after)
    there, back = movement(light, light_after, careful=True), movement(light_after, light, careful=True)
    doubt, doubt_back = disagreement(there, back), disagreement(back, there)
    for place in range(1, count + 1):
        t = np.float32(place / (count + 1))
        to_before = t * t * back - t * (1 - t) * there
        to_after = (1 - t) ** 2 * there - t * (1 - t) * back
        trust = (1 - t) * np.exp(-pulled(doubt, to_before) / 4) + 1e-3
        trust_after = t * np.exp(-pulled(doubt_back, to_after) / 4) + 1e-3
        share = (trust_after / (trust + trust_after))[..., None]
        moved = pulled(before, to_before).astype(np.float32)
        yield (moved + (pulled(after, to_after) - moved) * share + 0.5).astype(np.uint8)


def with_grain(frames: Sequence[Frame], beside: tuple[Frame, Frame], seed: int) -> list[Frame]:
    """Return frames made for a seam with the grain of the frames beside it, passing from one to the other."""
    left, right = grain_of(beside[0]), grain_of(beside[1])
    steps = len(frames) + 1
    return [
        regrained(frame, left + (right - left) * place / steps, (seed, place)) for place, frame in enumerate(frames, 1)
    ]
