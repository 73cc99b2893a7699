"""Frames and takes that carry their numbers as pixels, and the reading of them with PyAV.

A number is written twice into its frame: in black and white cells, which a mixture shows as the frame that it holds
more of; and as a column of lights that fills up, which lies between two frames in every mixture of them.
"""

from itertools import pairwise

import av
import numpy as np

from studio import video
from studio.post.join import Part, key_frames

CELL = 16


def numbered(number, width=128, height=96):
    """Return the frame of a number from 0 to 96; below the lights it has noise of its own, so that packets differ."""
    frame = np.full((height, width, 3), 30, np.uint8)
    for bit in range(7):
        frame[:CELL, CELL * bit : CELL * (bit + 1)] = 255 * (number >> bit & 1)
    for light in range(32):
        row, column = CELL * (1 + light // 8), CELL * (light % 8)
        frame[row : row + CELL, column : column + CELL] = 85 * min(max(number - 3 * light, 0), 3)
    frame[5 * CELL :] = np.random.default_rng(number).integers(0, 60, (height - 5 * CELL, width, 1), np.uint8)
    return frame


def amount(frame):
    """Return the number that the lights of a frame show, which may be a fraction."""
    return (
        sum(
            float(frame[row + 4 : row + 12, column + 4 : column + 12].mean())
            for row in range(CELL, 5 * CELL, CELL)
            for column in range(0, 8 * CELL, CELL)
        )
        / 85
    )


def number_of(frame):
    """Return the number that the cells of a frame show."""
    middles = frame[CELL // 2, CELL // 2 : CELL * 7 : CELL, 0]
    return sum(int(level > 127) << bit for bit, level in enumerate(middles))


def decoded(path):
    with av.open(str(path)) as film:
        return [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]


def packets(path):
    with av.open(str(path)) as film:
        return [bytes(packet) for packet in film.demux(video=0) if packet.size]


def take(path, start, stop, continues, keys=None):
    """Write the frames `start` to `stop` as a take; one that continues begins with the frame before them."""
    frames = [numbered(number) for number in range(start - continues, stop)]
    video.write(frames, path, 24, key_frames(len(frames), continues) if keys is None else keys)
    return Part(path, continues)


def takes_of(folder, lengths, continues=True, keys=None):
    """Write takes of so many new frames, numbered through."""
    starts = np.cumsum([0, *lengths]).tolist()
    return tuple(
        take(folder / f"take{place}.mp4", start, stop, continues and place > 0, keys)
        for place, (start, stop) in enumerate(pairwise(starts))
    )
