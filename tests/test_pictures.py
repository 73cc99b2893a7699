"""Pictures that people give, whole and damaged: kept upright and silent, or refused in words."""

import io
import struct
import time
import zlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image, ImageChops, ImageOps

from studio.errors import Invalid
from studio.library.pictures import write_picture


def picture(size: tuple[int, int] = (40, 30), form: str = "PNG", mode: str = "RGB", **options) -> bytes:
    data = io.BytesIO()
    Image.new(mode, size, "red").save(data, form, **options)
    return data.getvalue()


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("form", "mode"), [("PNG", "RGBA"), ("PNG", "P"), ("PNG", "LA"), ("JPEG", "CMYK"), ("WEBP", "RGB")]
)
def test_a_picture_is_kept_without_what_it_says_besides(library, form, mode):
    digest = library.keep_picture(picture(form=form, mode=mode))
    assert digest == library.keep_picture(picture(form=form, mode=mode))
    found = library.media(digest)
    with Image.open(found.path) as kept:
        assert (found.mime, kept.format, kept.mode, kept.size) == ("image/jpeg", "JPEG", "RGB", (40, 30))


def test_a_picture_is_upright_small_and_silent(library):
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "where I live"
    digest = library.keep_picture(picture((4000, 1000), "JPEG", exif=exif))
    content = library.media(digest).path.read_bytes()
    with Image.open(io.BytesIO(content)) as kept:
        assert kept.size == (480, 1920) and not kept.getexif()
    assert b"where I live" not in content


def held(orientation: int, form: str = "JPEG") -> bytes:
    """A picture of many colours whose camera was held in one of eight ways, and that tells who made it."""
    exif, data = Image.Exif(), io.BytesIO()
    exif[0x0112], exif[0x010F] = orientation, "maker"
    Image.radial_gradient("L").resize((60, 40), box=(0, 0, 200, 90)).save(data, form, exif=exif)
    return data.getvalue()


@pytest.mark.parametrize("orientation", range(10))
def test_a_picture_is_turned_as_the_camera_was_held(tmp_path, orientation):
    write_picture(held(orientation, "PNG"), tmp_path / "kept.jpg")
    with Image.open(io.BytesIO(held(orientation, "PNG"))) as given, Image.open(tmp_path / "kept.jpg") as kept:
        wanted = ImageOps.exif_transpose(given).convert("RGB")
        assert kept.size == wanted.size
        assert max(high for _, high in ImageChops.difference(kept, wanted).getextrema()) < 16


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("form", "was", "becomes", "size"),
    [
        ("JPEG", b"\x01\x0f\x00\x02", b"\x01\x00\x00\x02", (40, 60)),  # its maker's name is where a width belongs
        ("WEBP", b"MM\x00*", b"XX\x00*", (60, 40)),  # nothing of it can be read
    ],
)
def test_a_picture_is_kept_although_what_it_says_besides_is_damaged(library, form, was, becomes, size):
    whole = held(6, form)
    assert whole.count(was) == 1
    with Image.open(library.media(library.keep_picture(whole.replace(was, becomes))).path) as kept:
        assert kept.size == size


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_damaged_pictures_are_kept_or_refused_in_words(tmp_path, form):
    whole, refused = held(6, form), 0
    for place in (*range(100), *range(len(whole) - 100, len(whole))):
        for wrong in (b"", b"\x01", b"\xff"):
            try:
                write_picture(whole[:place] + wrong + whole[place + 1 :], tmp_path / "kept.jpg")
            except Invalid:
                refused += 1
    assert 60 < refused < 600, "of some the pixels are whole"


def bomb(side: int) -> bytes:
    """A small PNG that says it is `side` pixels wide and high."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "picture_refused"),
        (b"GIF89a" + b"\0" * 100, "picture_refused"),
        (picture()[:60], "picture_refused"),
        (picture(form="JPEG")[:200], "picture_refused"),
        (picture(form="GIF"), "picture_refused"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "picture_refused"),
        (b"\0" * (12 * 2**20 + 1), "picture_too_large"),
        (bomb(5_100), "picture_too_large"),
        (bomb(12_000), "picture_too_large"),
        (bomb(60_000), "picture_too_large"),
        (bomb(100), "picture_refused"),
    ],
)  # fmt: skip
def test_what_is_no_picture_is_refused_and_leaves_nothing(library, data, code):
    with pytest.raises(Invalid) as refused:
        library.keep_picture(data)
    assert refused.value.code == code and list(library.store.digests()) == []
    assert not list(library.store.temporary.iterdir())


def test_pictures_are_unpacked_one_at_a_time(library, monkeypatch):
    inside, most = [], []

    def slow(data, path):
        inside.append(path)
        most.append(len(inside))
        time.sleep(0.05)
        path.write_bytes(data)
        inside.remove(path)

    monkeypatch.setattr("studio.library.library.write_picture", slow)
    with ThreadPoolExecutor(4) as pool:
        digests = list(pool.map(library.keep_picture, (b"a", b"b", b"c", b"d")))
    assert len(set(digests)) == 4 and max(most) == 1
