"""What wet ground and still water show of the picture above them."""

import cv2
import numpy as np
import numpy.typing as npt

from models.animatic.stage import Stage


def _flipped(stage: Stage, row: int, count: int, restless: float, blur: int) -> npt.NDArray[np.uint8]:
    """Return `count` rows above `row` upside down, each row shifted a little."""
    k = stage.k
    source = stage.buffer[row - count : row][::-1]
    if blur > 1:
        source = cv2.blur(source, (3, blur))
    rows = np.arange(count)
    wobble = np.sin(rows * 0.55 / k + stage.time * 5) * (1 + rows * 0.035 / k) * restless * k
    columns = np.arange(stage.columns)
    index = np.clip(columns[None] + np.rint(wobble).astype(int)[:, None], 0, stage.columns - 1)
    pixels = np.ascontiguousarray(source).view(np.uint32)[..., 0]
    shifted = np.take_along_axis(pixels, index, 1)
    return shifted.view(np.uint8).reshape(count, stage.columns, 4)


def _span(stage: Stage, y: float) -> tuple[int, int]:
    """Return (row, rows below it that have a row above to show)."""
    stage.canvas.restoreToCount(1)
    row = int((y - stage.view.top) * stage.k)
    return row, min(stage.rows - row, row)


def reflect(stage: Stage, y: float, strength: float) -> None:
    """Wet ground: what is above the picture's height y, flipped, blurred, wobbled by row and added below it."""
    row, count = _span(stage, y)
    if count < 4:
        return
    source = _flipped(stage, row, count, 2.2, max(3, int(17 * stage.k) | 1))
    fade = (strength * 256 * (1 - 0.45 * np.arange(count) / count)).astype(np.uint16)
    light = (source * fade[:, None, None] >> 8).astype(np.uint8)
    target = stage.buffer[row : row + count]
    cv2.add(target, light, dst=target)
    target[..., 3] = 255


def mirror(stage: Stage, y: float, strength: float) -> None:
    """Still water: what is above the picture's height y, flipped and laid over the water, fading to the viewer."""
    row, count = _span(stage, y)
    if count < 4:
        return
    source = _flipped(stage, row, count, 0.9, 0)
    fade = (strength * 256 * (1 - 0.75 * np.arange(count) / count)).astype(np.uint16)[:, None, None]
    target = stage.buffer[row : row + count]
    target[:] = (source * fade + target * (256 - fade)) >> 8
    target[..., 3] = 255
