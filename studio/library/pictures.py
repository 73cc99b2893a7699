"""Pictures that people give: looked at with care and written anew, so that nothing but pixels is kept."""

import struct
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from studio.errors import Invalid

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

MOST_BYTES = 12 * 2**20
MOST_PIXELS = 25_000_000
LONGEST = 1920
"""Pixels of the longer side that is kept: no engine draws larger."""
FORMATS = ("JPEG", "PNG", "WEBP")
BROKEN = (OSError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, EOFError, struct.error)
"""Each of Pillow's ways to say that bytes are not what they should be."""
ORIENTATION = 0x0112
"""The Exif tag that tells how the camera was held: 1 for upright, up to 8."""


def write_picture(data: bytes, path: Path) -> None:
    """Write a picture as a JPEG without metadata, upright, transparency on white; raises Invalid for what is none.

    Sizes are looked at before anything is unpacked, so that a small file cannot fill the memory.
    """
    from PIL import Image

    if len(data) > MOST_BYTES:
        raise _too_large()
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise _too_large()
            small = opened if opened.mode in ("RGB", "L") else opened.convert("RGBA")
            small.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)  # first, so that nothing large is copied
            upright = _upright(small.convert("RGBA"))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large() from error
    except BROKEN as error:
        raise Invalid("picture_refused") from error
    plain = Image.new("RGB", upright.size, "white")
    plain.paste(upright, mask=upright)
    plain.save(path, format="JPEG", quality=92, subsampling=0)


def _upright(picture: "Picture") -> "Picture":
    """Return a picture turned as its Exif says, if that can be read.

    Pillow's own exif_transpose writes the Exif anew and fails where a tag is odd, although the pixels are whole.
    """
    from PIL.Image import Transpose

    turns = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    try:
        turn = turns.get(picture.getexif().get(ORIENTATION, 1))
    except BROKEN:
        turn = None
    return picture if turn is None else picture.transpose(turn)


def _too_large() -> Invalid:
    return Invalid("picture_too_large", {"megabytes": MOST_BYTES // 2**20, "megapixels": MOST_PIXELS // 1_000_000})
