"""Whole-picture effects: each step takes (RGB picture, stage) and returns a picture. Plates are made once a clip.

They work on bytes with ready plates, which is many times cheaper than arithmetic per pixel.
"""

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from models.animatic import handwork
from models.animatic.canvas import TO_RGB
from models.animatic.colour import triple
from models.animatic.noise import noise_plate
from models.animatic.stage import Stage

Picture = npt.NDArray[np.uint8]
Plate = npt.NDArray[np.uint8]
Step = Callable[[Picture, Stage], Picture]

FOCUS_ABOVE, FOCUS_BAND = 22.0, 48.0
"""How far above the figures' ground the lens begins to blur, and over what height it comes in, in design units."""
MARGIN = 97
"""A grain plate is larger than the picture by this, so that it can be shifted from frame to frame."""


def _scale(stage: Stage) -> float:
    return stage.view.scale


def _repeat(plate: npt.NDArray[np.float32]) -> Plate:
    """Return a plate of one channel as bytes in three."""
    return cv2.merge([np.clip(plate, 0, 255).astype(np.uint8)] * 3)


# ---------------------------------------------------------------- light


def _quarter(picture: Picture) -> Picture:
    """Return a picture at a quarter of its size; what is left over at the edges is cut, which is much quicker."""
    height, width = (side // 4 * 4 for side in picture.shape[:2])
    return cv2.resize(picture[:height, :width], (width // 4, height // 4), interpolation=cv2.INTER_AREA)


def _blurred(picture: Picture, sigma: float) -> Picture:
    """Return a picture blurred by two boxes, which together come near a bell of deviation `sigma`."""
    side = 2 * max(1, round(sigma * 1.2)) + 1
    return cv2.blur(cv2.blur(picture, (side, side)), (side, side))


def _bloom(picture: Picture, stage: Stage) -> Picture:
    """Add a blurred copy of the highlights, made at quarter size."""
    style = stage.style
    height, width = picture.shape[:2]
    small = _quarter(picture)
    small = _blurred(cv2.subtract(small, (style.bloom_threshold,) * 3 + (0,)), max(0.8, 5 * _scale(stage)))
    return cv2.addWeighted(picture, 1, cv2.resize(small, (width, height)), style.bloom * 1.3, 0)


def _soften(picture: Picture, stage: Stage) -> Picture:
    """Lay a blurred copy over the picture, as through a soft lens."""
    height, width = picture.shape[:2]
    small = _quarter(picture)
    small = _blurred(small, max(0.8, 3.2 * _scale(stage)))
    return cv2.addWeighted(picture, 0.84, cv2.resize(small, (width, height)), 0.18, 0)


def defocus(stage: Stage) -> None:
    """Blur what is drawn so far, as a long lens does, down to a little above the ground the figures stand on."""
    sigma = stage.style.focus * _scale(stage)
    if sigma < 0.5:
        return
    stage.canvas.restoreToCount(1)
    floor = int((stage.to_screen(0, -FOCUS_ABOVE)[1] - stage.view.top) * stage.k) // 4 * 4
    rows, columns = min(floor, stage.rows // 4 * 4), stage.columns // 4 * 4
    if rows < 16:
        return
    part = stage.buffer[:rows, :columns]
    small = cv2.resize(part, (columns // 4, rows // 4), interpolation=cv2.INTER_AREA)
    soft = cv2.resize(_blurred(small, sigma / 4), (columns, rows))
    band = min(rows, int(FOCUS_BAND * stage.k))
    part[: rows - band] = soft[: rows - band]
    sharp = np.repeat(np.linspace(0, 1, band, dtype=np.float32)[:, None], columns, 1)
    part[rows - band :] = cv2.blendLinear(part[rows - band :], soft[rows - band :], sharp, 1 - sharp)


def _flare(picture: Picture, stage: Stage) -> Picture:
    """Wash light of the style's colour in from the sun's side."""

    def make() -> Plate:
        height, width = picture.shape[:2]
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        side = 0.5 + 0.30 * stage.light_side
        reach = np.hypot((x / width - side) * 1.1, (y / height - 0.28) * 0.8)
        fall = np.clip(1 - reach / 0.75, 0, 1) ** 2
        return (fall[..., None] * np.array(triple(stage.style.flare), np.float32) * 255).astype(np.uint8)

    return cv2.add(picture, stage.plate("flare", make))


def _split(picture: Picture, stage: Stage) -> Picture:
    """Part red and blue by two pixels each way."""
    shift = max(1, round(2 * _scale(stage)))
    parted = picture.copy()
    parted[:, shift:, 0] = picture[:, :-shift, 0]
    parted[:, :-shift, 2] = picture[:, shift:, 2]
    return parted


def _scanlines(picture: Picture, stage: Stage) -> Picture:
    """Darken every third line."""
    table = stage.plate("dim", lambda: (np.arange(256) * 0.88).astype(np.uint8))
    picture[::3] = cv2.LUT(np.ascontiguousarray(picture[::3]), table)
    return picture


# ---------------------------------------------------------------- grades


def _curve(strength: float) -> npt.NDArray[np.float64]:
    """Return a curve of 256 steps that adds contrast."""
    t = np.linspace(0, 1, 256)
    return t * t * (3 - 2 * t) * strength + t * (1 - strength)


def _film() -> npt.NDArray[np.float64]:
    """Contrast, teal shadows, warm lights."""
    t, curve = np.linspace(0, 1, 256), _curve(0.55)
    red = curve - 0.03 * (1 - t) + 0.04 * t
    return np.stack([red, curve + 0.012 * (1 - t), curve + 0.05 * (1 - t) ** 2 - 0.055 * t], 1)


def _silver() -> npt.NDArray[np.float64]:
    """Hard black and white with the faintest warmth."""
    t = np.linspace(0, 1, 256)
    curve = np.clip((_curve(1.0) - 0.06) * 1.14, 0, 1)
    return np.stack([curve * 1.0, curve * 0.985, curve * (0.955 + 0.03 * (1 - t))], 1)


def _amber() -> npt.NDArray[np.float64]:
    """Warm lights, brown shadows."""
    t, curve = np.linspace(0, 1, 256), _curve(0.4)
    return np.stack([curve * 1.02 + 0.035, curve * 0.925 + 0.012, curve * 0.80 + 0.012 * (1 - t)], 1)


GRADES = {"film": _film, "silver": _silver, "amber": _amber}


def _grade(picture: Picture, stage: Stage) -> Picture:
    """Send the picture through the style's table."""

    def make() -> Plate:
        return (GRADES[stage.style.grade]()[None] * 255).clip(0, 255).astype(np.uint8)

    return cv2.LUT(picture, stage.plate("grade", make))


# ---------------------------------------------------------------- surface


def _paper(picture: Picture, stage: Stage) -> Picture:
    """Multiply with paper."""

    def make() -> Plate:
        height, width = picture.shape[:2]
        k = _scale(stage)
        grain = noise_plate(1, width, height, 0.8 * k) * 3.2 + noise_plate(2, width, height, 3.0 * k) * 2.6
        small = noise_plate(3, width // 8 + 2, height // 8 + 2, 5.0 * k)
        grain += cv2.resize(small, (width, height)) * 5
        fibre = cv2.blur(noise_plate(4, width, height), (max(3, int(23 * k) | 1), 1))
        return _repeat(200 + grain + fibre / fibre.std() * 1.6)

    return cv2.multiply(picture, stage.plate("paper", make), scale=1 / 200.0)


def _wobble(picture: Picture, stage: Stage) -> Picture:
    """Make every edge slightly uneven, always in the same way."""

    def make() -> tuple[npt.NDArray[np.int16], npt.NDArray[np.uint16]]:
        height, width = picture.shape[:2]
        k = _scale(stage)
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        map_x = x + (noise_plate(11, width, height, 2.2 * k) + noise_plate(12, width, height, 9.0 * k) * 1.4) * k
        map_y = y + (noise_plate(13, width, height, 2.2 * k) + noise_plate(14, width, height, 9.0 * k) * 1.4) * k
        return cv2.convertMaps(map_x, map_y, cv2.CV_16SC2)

    maps = stage.plate("wobble", make)
    return cv2.remap(picture, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def _vignette(picture: Picture, stage: Stage) -> Picture:
    """Darken the corners."""

    def make() -> Plate:
        height, width = picture.shape[:2]
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        radius = ((x / width - 0.5) ** 2 + (y / height - 0.5) ** 2) * 2
        return _repeat(255 * (1 - stage.style.vignette * radius**1.2 * 1.6))

    return cv2.multiply(picture, stage.plate("vignette", make), scale=1 / 255.0)


def _grain(picture: Picture, stage: Stage) -> Picture:
    """Add grain, shifted by the frame's number since the world began."""
    height, width = picture.shape[:2]

    def make() -> Plate:
        plate = noise_plate(3, width + MARGIN, height + MARGIN, 0.6 * max(1.0, _scale(stage)))
        return _repeat(128 + plate * 255 * stage.style.grain * 0.36)

    down = (stage.now.frame * 7919) % MARGIN
    across = (down * 5) % MARGIN
    plate = stage.plate("grain", make)[down : down + height, across : across + width]
    return cv2.addWeighted(picture, 1, plate, 1, -128)


def _seal(picture: Picture, stage: Stage) -> Picture:
    """Stamp a red seal in the corner."""
    k = _scale(stage)
    size = max(8, round(34 * k))
    height, width = picture.shape[:2]
    y, x = height - size - round(32 * k), width - size - round(28 * k)
    if min(x, y) < 0:
        return picture
    mask = stage.plate("seal", lambda: _seal_mask(size))
    region = picture[y : y + size, x : x + size]
    region[:] = (region * (1 - mask) + np.array([176, 48, 40]) * mask).astype(np.uint8)
    return picture


def _seal_mask(size: int) -> npt.NDArray[np.float32]:
    mask = np.ones((68, 68), np.float32)
    cv2.rectangle(mask, (6, 6), (61, 61), 0.0, 2)
    strokes = (
        ((18, 20), (48, 20)), ((32, 14), (32, 54)), ((18, 36), (48, 36)), ((18, 50), (26, 40)), ((48, 50), (40, 40)),
    )  # fmt: skip
    for start, end in strokes:
        cv2.line(mask, start, end, 0.0, 4)
    mask = cv2.resize(mask, (size, size), interpolation=cv2.INTER_AREA)
    return (mask * (noise_plate(21, size, size, 0.9) > -1.1))[..., None] * np.float32(0.86)


def _blinds(picture: Picture, stage: Stage) -> Picture:
    """Let the light fall in through slats, from the light's side."""

    def make() -> Plate:
        height, width = picture.shape[:2]
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        k = _scale(stage)
        slats = 0.5 + 0.5 * np.sin((y + x * 0.42 * stage.light_side) / (13 * k))
        soft = np.clip((slats - 0.36) * 3, 0, 1)
        fall = np.clip(0.5 + (x / width - 0.5) * -1.5 * stage.light_side, 0, 1) * np.clip(1.15 - y / height, 0, 1)
        return _repeat(255 * (1 - 0.40 * (1 - soft) * fall))

    return cv2.multiply(picture, stage.plate("blinds", make), scale=1 / 255.0)


def _letterbox(picture: Picture, stage: Stage) -> Picture:
    """Black bars above and below."""
    bar = round(picture.shape[0] / 16)
    picture[:bar] = 0
    picture[-bar:] = 0
    return picture


# ---------------------------------------------------------------- pixels

BAYER = (np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]]) - 7.5) * 1.45
COLOURS = 18
"""Clustered colours of a clip; a near-black and a near-white are added to them."""
EXTREMES = [[44, 26, 36], [250, 250, 250]]


def choose_colours(picture: Picture, seed: int) -> list[list[int]]:
    """Return the colours (RGB) that stand best for a picture, and the two extremes."""
    pixels = cv2.cvtColor(picture, cv2.COLOR_RGB2Lab).reshape(-1, 3).astype(np.float32)[::2]
    count = min(COLOURS, len(pixels))
    cv2.setRNGSeed(seed & 0xFFFF)
    _, _, centres = cv2.kmeans(pixels, count, None, (3, 12, 1.0), 1, cv2.KMEANS_PP_CENTERS)
    chosen = cv2.cvtColor(centres.clip(0, 255).astype(np.uint8)[None], cv2.COLOR_Lab2RGB)[0]
    return [*chosen.tolist(), *EXTREMES]


def _nearest(colours: list[list[int]]) -> Plate:
    """Return a table from 15-bit RGB to the nearest of the colours, by distance in Lab."""
    steps = np.arange(32, dtype=np.uint8) * 8 + 4
    grid = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), -1).reshape(-1, 1, 3)
    lab = cv2.cvtColor(grid, cv2.COLOR_RGB2Lab).reshape(-1, 3).astype(np.float32)
    chosen = np.array(colours, np.uint8)
    centres = cv2.cvtColor(chosen[None], cv2.COLOR_RGB2Lab)[0].astype(np.float32)
    distance = (lab**2).sum(1)[:, None] - 2 * lab @ centres.T + (centres**2).sum(1)[None]
    return chosen[distance.argmin(1)]


def _pixelate(picture: Picture, stage: Stage) -> Picture:
    """Dither the small picture onto the clip's colours and enlarge it without smoothing."""
    if not stage.now.pixel_colours:
        stage.now.pixel_colours = choose_colours(picture, stage.seed)
    table = stage.plate(f"nearest {stage.now.pixel_colours}", lambda: _nearest(stage.now.pixel_colours))
    height, width = picture.shape[:2]
    dither = stage.plate("bayer", lambda: np.tile(BAYER, (height // 4 + 1, width // 4 + 1))[:height, :width, None])
    index = np.clip(picture + dither, 0, 255).astype(np.int32) >> 3
    flat = table[(index[..., 0] << 10) | (index[..., 1] << 5) | index[..., 2]]
    large = cv2.resize(flat, (width * stage.block, height * stage.block), interpolation=cv2.INTER_NEAREST)
    return large[: stage.size[1], : stage.size[0]]


STEPS: dict[str, Step] = {
    "bloom": _bloom,
    "soften": _soften,
    "flare": _flare,
    "split": _split,
    "scanlines": _scanlines,
    "grade": _grade,
    "paper": _paper,
    "wobble": _wobble,
    "vignette": _vignette,
    "grain": _grain,
    "seal": _seal,
    "blinds": _blinds,
    "letterbox": _letterbox,
    "pigment": handwork.pigment,
    "chalk": handwork.chalk,
    "margin": handwork.margin,
    "mould": handwork.mould,
    "sketch": handwork.sketch,
    "pixelate": _pixelate,
}


def finish(stage: Stage) -> Picture:
    """Return the stage's finished picture: RGB, contiguous, of exactly the size asked for."""
    stage.canvas.restoreToCount(1)
    picture = cv2.cvtColor(stage.buffer, TO_RGB)
    for name in stage.style.post:
        picture = STEPS[name](picture, stage)
    return np.ascontiguousarray(picture)
