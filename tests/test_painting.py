"""Places, weathers and styles of the animatic engine, measured on small pictures of what it draws."""

import itertools
import tomllib
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest

import models.animatic
from models.animatic.palette import palette
from models.animatic.sheet import spec_of
from models.animatic.stage import Setting, Stage, _plates
from models.animatic.style import style_names
from models.animatic.take import draw_clip
from models.engine import ClipRequest, Frame, Prompt
from tests.looks import apart, look

ABILITIES = tomllib.loads((Path(models.animatic.__file__).parent / "abilities.toml").read_text(encoding="utf-8"))
SCENES = ABILITIES["scenes"]
SEEDS = (1, 2, 3)
TIMES = ("dawn", "day", "sunset", "night")


@cache
def picture(text: str, width: int = 192, height: int = 108, seed: int = 7) -> Frame:
    """Return the first frame of a spec written as a sheet's."""
    request = ClipRequest(Prompt(""), width, height, 12, 24, seed)
    return next(iter(draw_clip(spec_of(text), request, lambda done, total, doing: None)))


def lab(frame: Frame) -> np.ndarray:
    return cv2.cvtColor(frame, cv2.COLOR_RGB2Lab).astype(np.float32)


@pytest.mark.parametrize(
    "place", [*(f"style={name}" for name in style_names()), *(f"scene={scene} style=cinematic" for scene in SCENES)]
)
def test_what_an_earlier_take_left_behind_changes_no_pixel(place):
    """The other take has another camera, another subject and a zoom of its own."""
    spec = spec_of(f"subject=fox action=run camera=pan {place}")
    request = ClipRequest(Prompt(""), 192, 108, 4, 24, 11)
    before = spec_of(f"subject=boat action=idle camera=close_up {place}")

    def frames(of) -> list[Frame]:
        return list(draw_clip(of, request, lambda done, total, doing: None, 1))

    _plates.cache_clear()
    alone = frames(spec)
    _plates.cache_clear()
    frames(before)
    assert all(map(np.array_equal, alone, frames(spec)))


# ---------------------------------------------------------------- styles


@pytest.mark.parametrize(
    "place",
    ["subject=fox scene=meadow", "subject=girl scene=street time=night", "subject=boat scene=lake time=sunset"],
)
def test_any_two_styles_are_further_apart_than_any_two_seeds_of_one(place):
    """The nearest pictures of two styles, over all seeds, against the farthest of either: on two measures at least."""
    names = style_names()
    found = {(name, seed): look(picture(f"{place} style={name}", 320, 180, seed)) for name in names for seed in SEEDS}
    spread = {
        name: np.max([apart(found[name, a], found[name, b]) for a, b in itertools.combinations(SEEDS, 2)], axis=0)
        for name in names
    }
    for one, other in itertools.combinations(names, 2):
        pairs = itertools.product(SEEDS, SEEDS)
        between = np.min([apart(found[one, a], found[other, b]) for a, b in pairs], axis=0)
        further = between > np.maximum(spread[one], spread[other])
        assert further.sum() >= 2, (one, other, between, spread[one], spread[other])


def test_watercolour_leaves_paper_bare_at_its_edges():
    frame = picture("scene=meadow style=watercolour").astype(int)
    for edge in (frame[:3], frame[-3:], frame[:, :3], frame[:, -3:]):
        assert (edge.min(-1) > 215).mean() > 0.8
    assert (frame[20:-20, 20:-20].min(-1) > 215).mean() < 0.3


def test_neon_glows_outside_the_city_too():
    for scene in ("meadow", "lake", "mountains", "temple"):
        values = lab(picture(f"subject= scene={scene} style=cyberpunk"))
        chroma = np.hypot(values[..., 1] - 128, values[..., 2] - 128)
        assert chroma.mean() > 38, scene
        assert np.percentile(values[..., 0], 98) > 105, scene


# ---------------------------------------------------------------- places


def test_there_are_enough_places():
    assert len(SCENES) >= 14
    assert {"broad", "cherry", "bamboo", "pine", "autumn"} == set(SCENES["forest"]["variants"])
    assert all(set(record["times"]) == set(TIMES) for record in SCENES.values())


@pytest.mark.parametrize("scene", list(SCENES))
def test_the_hour_changes_the_whole_picture(scene):
    small = {time: lab(cv2.resize(picture(f"subject= scene={scene} time={time}"), (8, 6))) for time in TIMES}
    for one, other in itertools.combinations(TIMES, 2):
        changed = np.abs(small[one] - small[other]).sum(2) > 6
        assert changed.mean() > 0.6, (one, other)


def test_any_two_places_differ():
    small = {scene: lab(cv2.resize(picture(f"subject= scene={scene}"), (16, 9))) for scene in SCENES}
    for one, other in itertools.combinations(SCENES, 2):
        assert np.abs(small[one] - small[other]).mean() > 4, (one, other)


@pytest.mark.parametrize("size", [(144, 256), (160, 160), (192, 144)])
@pytest.mark.parametrize("scene", list(SCENES))
def test_no_strip_of_any_shape_is_left_bare(scene, size):
    """A picture that was only cut out of another shape would show one flat strip at its foot or its top."""
    frame = picture(f"subject= scene={scene}", *size)
    assert frame.shape == (size[1], size[0], 3)
    assert frame.max(2).min() >= 0 and (frame.sum(2) > 0).mean() > 0.97
    tall = picture(f"subject= scene={scene}", 144, 256)
    wide = cv2.resize(picture(f"subject= scene={scene}", 256, 144), (144, 81))
    middle = tall[88:169].astype(int)
    assert np.abs(middle - wide).mean() > 2


@pytest.mark.parametrize("weather", SCENES["meadow"]["weathers"])
def test_weather_is_seen_and_moves(weather):
    text = f"subject= scene=meadow time=night weather={weather} camera=static"
    clear = picture("subject= scene=meadow time=night camera=static").astype(int)
    assert np.abs(picture(text) - clear).mean() > 0.25
    request = ClipRequest(Prompt(""), 192, 108, 12, 24, 7)
    frames = list(draw_clip(spec_of(text), request, lambda done, total, doing: None))
    assert np.abs(frames[0].astype(int) - frames[-1]).mean() > 0.2


def test_festive_weather_is_red_and_gold():
    plain = picture("subject= scene=street time=night").astype(int)
    added = np.clip(picture("subject= scene=street time=night weather=festive") - plain, 0, 255).reshape(-1, 3).sum(0)
    assert added[0] > 1.5 * added[2]


def test_still_water_mirrors_what_stands_above_it():
    frame = cv2.cvtColor(picture("subject= scene=lake camera=static", 320, 180), cv2.COLOR_RGB2GRAY).astype(float)
    shore = 108
    above, below = frame[shore - 22 : shore - 3][::-1], frame[shore + 3 : shore + 22]
    alike = np.corrcoef(above.ravel(), below.ravel())[0, 1]
    unlike = np.corrcoef(above.ravel(), np.roll(below, 97, 1).ravel())[0, 1]
    assert alike > unlike + 0.1


def test_a_time_a_place_does_not_name_comes_from_its_day():
    assert palette("temple", "dawn", 1)["wall"] != palette("temple", "day", 1)["wall"]
    assert palette("temple", "dawn", 1).sky == palette("street", "dawn", 1).sky


def test_trees_move_as_one_layer():
    """Stamped pictures keep their distances to the pixel while the camera goes on."""
    stage = Stage(Setting(spec_of("scene=forest"), 7, 320, 180))
    seen = []
    for x in (0.0, 3.3, 7.9, 12.4):
        stage.now.camera = (x, 0.0, 1.0)
        stage.layer(4.0, 318)
        seen.append([round(stage.origin[0]) + round(place * stage.pixels) for place in (10.2, 77.7, 140.1)])
    gaps = {(b - a, c - b) for a, b, c in seen}
    assert len(gaps) == 1
