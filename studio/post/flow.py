"""Movement between two frames by dense inverse search (Kroeger and others, 2016), as a field of vectors in pixels."""

from typing import Any

import numpy as np
import numpy.typing as npt

from models.engine import Frame

Field = npt.NDArray[np.float32]
"""Where each pixel of one picture lies in the other: (x, y) in pixels, of shape [height, width, 2]."""


def grey(frame: Frame) -> Frame:
    """Return the brightness of a frame, 0 to 255, of shape [height, width]."""
    import cv2

    return cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY).astype(np.uint8, copy=False)


def movement(first: Frame, second: Frame, careful: bool = False) -> Field:
    """Return where each pixel of one grey picture lies in another; `careful` takes twice as long."""
    import cv2

    preset = cv2.DISOPTICAL_FLOW_PRESET_FAST if careful else cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST
    found = cv2.DISOpticalFlow.create(preset).calc(first, second, np.empty(0, np.float32))
    return found.astype(np.float32, copy=False)


def pulled(picture: npt.NDArray[Any], field: Field) -> npt.NDArray[Any]:
    """Return a picture, or a field, looked up where `field` points to; the border goes on outside."""
    import cv2

    height, width = field.shape[:2]
    x = field[..., 0] + np.arange(width, dtype=np.float32)
    y = field[..., 1] + np.arange(height, dtype=np.float32)[:, None]
    return cv2.remap(picture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def length(field: Field) -> npt.NDArray[np.float32]:
    """Return how far each pixel of a field moves, of shape [height, width]."""
    import cv2

    return cv2.magnitude(field[..., 0], field[..., 1]).astype(np.float32, copy=False)


def disagreement(there: Field, back: Field) -> npt.NDArray[np.float32]:
    """Return by how many pixels each point misses itself when it goes there and back: large where things are hidden."""
    return length(there + pulled(back, there))
