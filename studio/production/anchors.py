"""What a take leaves for the next one to continue from, as one file: the engine's state and the last frames, lossless.

An uncompressed zip without dates, so that equal ends give equal bytes.
"""

import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np

from models.engine import Anchor, Frame
from studio.errors import Failed

STATE = "state"


def write_anchor(anchor: Anchor, path: Path) -> None:
    """Write an anchor; PNG at its fastest level, because the file is read once or twice."""
    from PIL import Image

    with zipfile.ZipFile(path, "w") as file:
        file.writestr(zipfile.ZipInfo(STATE), anchor.state)
        for number, frame in enumerate(anchor.frames):
            png = BytesIO()
            Image.fromarray(frame).save(png, format="PNG", compress_level=1)
            file.writestr(zipfile.ZipInfo(f"{number}.png"), png.getvalue())


def read_anchor(path: Path) -> Anchor:
    """Return the anchor of a file; raises Failed when it is gone or damaged."""
    from PIL import Image

    try:
        with zipfile.ZipFile(path) as file:
            names = [name for name in file.namelist() if name != STATE]
            frames = tuple(np.asarray(Image.open(BytesIO(file.read(name))).convert("RGB")) for name in names)
            return Anchor(frames, file.read(STATE))
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise Failed("take_missing") from error


def picture_anchor(path: Path, size: tuple[int, int]) -> Anchor:
    """Return a picture, cut to fill (width, height), as the anchor of a take; raises Failed when it is gone."""
    from PIL import Image, ImageOps

    try:
        with Image.open(path) as picture:
            fitted: Frame = np.asarray(ImageOps.fit(picture.convert("RGB"), size, Image.Resampling.LANCZOS))
    except OSError as error:
        raise Failed("picture_missing") from error
    return Anchor((fitted,))
