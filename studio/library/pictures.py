"""Pictures that people give: looked at with care and written anew, so that nothing but pixels is kept."""

from io import BytesIO
from pathlib import Path

from studio.errors import Invalid

MOST_BYTES = 12 * 2**20
MOST_PIXELS = 25_000_000
LONGEST = 1920
"""Pixels of the longer side that is kept: no engine draws larger."""
FORMATS = ("JPEG", "PNG", "WEBP")


def write_picture(data: bytes, path: Path) -> None:
    """Write a picture as a JPEG without metadata, upright, transparency on white; raises Invalid for what is none.

    Sizes are looked at before anything is unpacked, so that a small file cannot fill the memory.
    """
    from PIL import Image, ImageOps

    if len(data) > MOST_BYTES:
        raise _too_large()
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise _too_large()
            small = opened if opened.mode in ("RGB", "L") else opened.convert("RGBA")
            small.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)  # first, so that nothing large is copied
            upright = ImageOps.exif_transpose(small).convert("RGBA")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large() from error
    except (OSError, SyntaxError, ValueError, EOFError, OverflowError) as error:  # each of Pillow's ways to say: broken
        raise Invalid("picture_refused") from error
    plain = Image.new("RGB", upright.size, "white")
    plain.paste(upright, mask=upright)
    plain.save(path, format="JPEG", quality=92, subsampling=0)


def _too_large() -> Invalid:
    return Invalid("picture_too_large", {"megabytes": MOST_BYTES // 2**20, "megapixels": MOST_PIXELS // 1_000_000})
