"""Grades by .cube tables: what ships, what is read exactly, what is refused and in which words."""

import numpy as np
import pytest

from benchmarks.luts import GRADES, cube
from studio.errors import Invalid, NotFound
from studio.post.lut import load_lut, lut, lut_names
from studio.text import LANGUAGES, say


@pytest.fixture(scope="module")
def picture():
    """Every hue, smooth and noisy."""
    noise = np.random.default_rng(3).integers(0, 256, (60, 90, 3), np.uint8)
    ramp = np.linspace(0, 255, 90, dtype=np.uint8)
    smooth = np.stack(np.broadcast_arrays(ramp[None], ramp[::-1][None], ramp[:60, None]), -1)
    return np.vstack([noise, smooth])


def written(tmp_path, text, name="grade.cube"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def table(size, function=lambda red, green, blue: (red, green, blue), head=""):
    """Return the text of a .cube file of a function."""
    steps = [index / (size - 1) for index in range(size)]
    rows = [function(red, green, blue) for blue in steps for green in steps for red in steps]
    return f"{head}LUT_3D_SIZE {size}\n" + "".join("{:.6f} {:.6f} {:.6f}\n".format(*row) for row in rows)


@pytest.mark.parametrize("name", sorted(GRADES))
def test_what_ships_is_what_the_program_draws(name):
    assert (lut.__globals__["FOLDER"] / f"{name}.cube").read_text(encoding="utf-8") == cube(name)


def test_every_grade_has_a_name_in_both_languages():
    assert set(lut_names()) == set(GRADES)
    for language in LANGUAGES:
        assert len({say(f"lut_{name}", language) for name in lut_names()}) == len(GRADES)


@pytest.mark.parametrize("name", sorted(GRADES))
def test_a_grade_is_seen_and_keeps_order(name, picture):
    graded = lut(name)(picture)
    assert graded.shape == picture.shape and graded.dtype == np.uint8
    assert np.abs(graded.astype(int) - picture.astype(int)).mean() > 4
    greys = np.repeat(np.arange(0, 256, 5, dtype=np.uint8)[None, :, None], 3, 2)
    brightness = lut(name)(greys).astype(int).sum(2)[0]
    assert (np.diff(brightness) >= 0).all(), "brighter stays brighter"
    assert brightness[-1] - brightness[0] > 350


def test_silver_has_no_colour(picture):
    graded = lut("silver")(picture).astype(int)
    assert np.ptp(graded, axis=2).max() <= 9


@pytest.mark.parametrize("size", [2, 3, 17, 33, 65])
def test_a_table_that_changes_nothing_changes_nothing(tmp_path, picture, size):
    same = load_lut(written(tmp_path, table(size)))(picture)
    assert np.abs(same.astype(int) - picture.astype(int)).max() <= 1


def test_red_runs_fastest_and_channels_keep_their_places(tmp_path, picture):
    turned = load_lut(written(tmp_path, table(5, lambda red, green, blue: (green, blue, 1 - red))))(picture)
    expected = np.stack([picture[..., 1], picture[..., 2], 255 - picture[..., 0]], -1)
    assert np.abs(turned.astype(int) - expected.astype(int)).max() <= 1


def test_the_domain_is_kept_to(tmp_path, picture):
    half = "DOMAIN_MIN 0.25 0 0\nDOMAIN_MAX 0.75 1 2\n"
    graded = load_lut(written(tmp_path, table(33, head=half)))(picture).astype(int)
    red = np.clip((picture[..., 0] / 255 - 0.25) / 0.5, 0, 1) * 255
    assert np.abs(graded[..., 0] - red).max() <= 4  # the corners fall between two points
    assert np.abs(graded[..., 1] - picture[..., 1]).max() <= 1
    assert np.abs(graded[..., 2] - picture[..., 2] / 2).max() <= 1


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_comments_titles_blank_lines_and_any_line_ends(tmp_path, picture, end):
    text = '\ufeff# made by hand\nTITLE "x"\n\n' + table(2) + "\n# the end\n"
    same = load_lut(written(tmp_path, text.replace("\n", end)))(picture)
    assert np.abs(same.astype(int) - picture.astype(int)).max() <= 1


def test_values_out_of_range_are_cut_off(tmp_path):
    wild = load_lut(written(tmp_path, table(2, lambda *_: (7.0, -3.0, 0.5))))
    assert wild(np.full((2, 2, 3), 99, np.uint8))[0, 0].tolist() == [255, 0, 128]


BROKEN = {
    "empty": ("", "lut_size"),
    "prose": ("Dear Sir or Madam\n", "lut_line"),
    "bytes": (bytes(range(256)) * 40, "lut_line"),
    "one endless line": ("0" * 10_000_000, "lut_line"),
    "one dimension": ("LUT_1D_SIZE 2\n0 0 0\n1 1 1\n", "lut_one_dimensional"),
    "too small": (table(2).replace("SIZE 2", "SIZE 1"), "lut_size"),
    "too large": ("LUT_3D_SIZE 66\n", "lut_size"),
    "size in words": ("LUT_3D_SIZE many\n", "lut_size"),
    "size negative": ("LUT_3D_SIZE -4\n", "lut_size"),
    "size without number": ("LUT_3D_SIZE\n", "lut_size"),
    "no size": ("0 0 0\n1 1 1\n", "lut_count"),
    "end missing": (table(4).rsplit("\n", 3)[0], "lut_count"),
    "too many": (table(3) + "0 0 0\n", "lut_count"),
    "two numbers": (table(2).replace("0.000000 0.000000 0.000000", "0 0"), "lut_line"),
    "not a number": (table(2).replace("0.000000 0.000000 0.000000", "nan 0 0"), "lut_line"),
    "endless": (table(2).replace("0.000000 0.000000 0.000000", "inf 0 0"), "lut_line"),
    "domain turned": (table(2, head="DOMAIN_MIN 1 1 1\nDOMAIN_MAX 0 0 0\n"), "lut_domain"),
    "domain half": (table(2, head="DOMAIN_MAX 1 1\n"), "lut_line"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_files_are_refused_in_words(tmp_path, case):
    text, code = BROKEN[case]
    with pytest.raises(Invalid) as refusal:
        load_lut(written(tmp_path, text, "broken.cube"))
    assert refusal.value.code == code
    for language in LANGUAGES:
        words = say(code, language, refusal.value.values)
        assert "broken.cube" in words and len(words) < 300


def test_a_folder_or_nothing_is_refused(tmp_path):
    for path in (tmp_path, tmp_path / "missing.cube"):
        with pytest.raises(Invalid) as refusal:
            load_lut(path)
        assert say("lut_unreadable", "en", refusal.value.values)


@pytest.mark.parametrize("name", ["", "nothing", "../text/errors", "vivid.cube"])
def test_only_grades_that_ship_go_by_name(name):
    with pytest.raises(NotFound) as missing:
        lut(name)
    assert "vivid" in say("lut_missing", "en", missing.value.values)
