"""What is special to the animatic engine: its styles' promises, its motion, its seams, its tables."""

import itertools
import json
import math
import os
import subprocess
import sys
import tomllib
from dataclasses import replace
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest

import models.animatic
from models.animatic import contact, crew
from models.animatic.__main__ import main as command
from models.animatic.clip import Clip
from models.animatic.palette import palette, place_of
from models.animatic.plate import share_at
from models.animatic.rigs.placard import lettering, printable
from models.animatic.rigs.subject import find
from models.animatic.scenes import SCENES
from models.animatic.sheet import main as sheet
from models.animatic.sheet import spec_of
from models.animatic.spec import Figure, Spec
from models.animatic.stage import View
from models.animatic.state import _check as state_check
from models.animatic.state import from_bytes, to_bytes
from models.animatic.style import style, style_names
from models.animatic.take import draw_clip
from models.animatic.world import Run, World
from models.engine import Anchor, Cancelled, ClipRequest, Frame, Prompt, Refused

FOLDER = Path(models.animatic.__file__).parent
ABILITIES = tomllib.loads((FOLDER / "abilities.toml").read_text(encoding="utf-8"))
STYLES = [
    "ink",
    "anime",
    "cinematic",
    "cyberpunk",
    "pixel",
    "flat",
    "pastel",
    "noir",
    "golden",
    "papercut",
    "moonlit",
    "pencil",
    "watercolour",
    "clay",
]
SUBJECTS = tuple(ABILITIES["subjects"])


def request_of(width: int = 256, height: int = 144, frames: int = 3, fps: int = 24, **changes) -> ClipRequest:
    return replace(ClipRequest(Prompt(""), width, height, frames, fps, 7), **changes)


def take(text: str, **changes) -> tuple[list[Frame], World]:
    """Return the frames of a spec written as a sheet's, and the world they end in."""
    frames, drawing = [], draw_clip(spec_of(text), request_of(**changes), lambda done, total, doing: None)
    while True:
        try:
            frames.append(next(drawing))
        except StopIteration as end:
            return frames, end.value


@cache
def picture(text: str) -> Frame:
    """Return one small frame of a spec, drawn once for all tests."""
    return take(text, frames=1)[0][0]


def boxes(text: str, **changes) -> tuple[list[tuple[float, float, float, float]], ClipRequest]:
    """Return where the subject is in every frame."""
    request = request_of(**changes)
    clip = Clip(spec_of(text), request)
    found = []
    for state in run_of(clip, request).frames(request.num_frames):
        found.append(box_of(clip, state))
    return found, request


def run_of(clip: Clip, request: ClipRequest, world: World | None = None) -> Run:
    """Return the run of a clip from a world, or from a beginning."""
    return Run(clip.spec, clip.troupe, clip.shot(request), world)


def box_of(clip: Clip, state) -> tuple[float, float, float, float]:
    """Return where the leader is drawn."""
    clip.stage.now.camera, clip.stage.now.time = state.camera, state.world.time
    clip.draw_figures(state)
    return clip.box


def inside(box: tuple[float, float, float, float], request: ClipRequest) -> float:
    """Return which share of a box lies in the picture."""
    left, top, right, bottom = box
    wide = max(0.0, min(right, request.width) - max(left, 0))
    high = max(0.0, min(bottom, request.height) - max(top, 0))
    return wide * high / ((right - left) * (bottom - top))


def lab(frame: Frame) -> np.ndarray:
    return cv2.cvtColor(frame, cv2.COLOR_RGB2Lab).astype(float)


def chroma(frame: Frame) -> float:
    values = lab(frame)
    return float(np.hypot(values[..., 1] - 128, values[..., 2] - 128).mean())


# ---------------------------------------------------------------- data


def test_the_tables_name_the_same_things():
    assert set(style_names()) == set(STYLES)
    assert set(ABILITIES["scenes"]) == set(SCENES)
    assert set(find(name).visible for name in SUBJECTS if name) == {True}
    with pytest.raises(KeyError):
        style("plainly unknown")
    with pytest.raises(KeyError):
        find("unicorn")


def test_every_time_of_a_place_has_its_own_colours():
    for scene, record in ABILITIES["scenes"].items():
        for variant in record["variants"] or [""]:
            place = place_of(replace(spec_of(""), scene=scene, variant=variant))
            skies = {palette(place, time, 1).sky for time in record["times"]}
            assert len(skies) == len(record["times"])
            assert palette(place, "night", 1).stars > palette(place, "day", 1).stars or scene == "studio"


def test_opening_the_engine_loads_nothing_that_draws():
    code = "import sys, models.animatic as a; a.Animatic().identity; print({'skia', 'cv2'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


# ---------------------------------------------------------------- motion


def test_a_walker_crosses_a_fixed_picture_to_the_right():
    found, _ = boxes("action=walk camera=static", frames=48)
    middles = [(box[0] + box[2]) / 2 for box in found]
    assert middles == sorted(middles)
    assert middles[-1] - middles[0] > 60


@pytest.mark.parametrize("size", [(256, 144), (144, 256), (160, 160)])
@pytest.mark.parametrize(
    "text",
    ["subject=fox action=walk", "subject=horse action=run", "subject=person action=fly", "subject=rocket action=rise",
     "subject=cat action=jump", "subject=tiger action=turn"],
)  # fmt: skip
def test_nobody_leaves_a_fixed_picture(text, size):
    found, request = boxes(text + " camera=static", width=size[0], height=size[1], frames=50, fps=10)
    assert min(inside(box, request) for box in found) >= 0.6


@pytest.mark.parametrize("camera", ["follow", "push_in", "pull_out", "pan", "tilt_up"])
def test_a_moving_camera_keeps_its_subject(camera):
    for text in ("subject=wolf action=run", "subject=rocket action=rise", "subject=car action=run"):
        found, request = boxes(f"{text} camera={camera}", frames=50, fps=10)
        assert min(inside(box, request) for box in found) >= 0.5, text


@pytest.mark.parametrize("before", ["action=run", "action=run camera=static", "action=walk camera=push_in"])
def test_nobody_leaves_a_picture_that_is_fixed_in_the_middle_of_a_film(before):
    request = request_of(frames=40, fps=10)
    spec = spec_of(before)
    *_, last = run_of(Clip(spec, request), request).frames(request.num_frames)
    clip = Clip(replace(spec, camera="static", figures=(replace(spec.lead, action="run"),)), request)
    for state in run_of(clip, request, last.world).frames(request.num_frames):
        assert inside(box_of(clip, state), request) >= 0.6


def test_speed_is_the_same_at_every_frame_rate():
    ends = [boxes("action=walk camera=static", frames=2 * fps, fps=fps)[0][-1] for fps in (8, 24, 30)]
    assert max(end[0] for end in ends) - min(end[0] for end in ends) < 12


def test_a_jump_rises_and_lands():
    found, _ = boxes("subject=cat action=jump camera=static", frames=44)
    tops = [box[1] for box in found]
    assert tops[0] - min(tops) > 20
    assert abs(tops[-1] - tops[0]) < 6


def test_pushing_in_makes_the_subject_larger():
    found, _ = boxes("action=idle camera=push_in", frames=30)
    assert found[-1][3] - found[-1][1] > 1.15 * (found[0][3] - found[0][1])


def test_a_close_up_shows_the_head():
    for subject in ("fox", "girl", "horse"):
        request = request_of(frames=20)
        clip = Clip(spec_of(f"subject={subject} action=idle camera=close_up"), request)
        *_, last = run_of(clip, request).frames(request.num_frames)
        clip.stage.now.camera = last.camera
        rig, player = clip.troupe.lead.subject, last.world.lead
        head = rig.skin(player.pose, last.world.time, 1.0).anchors["head"]
        scale = rig.scale
        x, y = clip.stage.to_screen(player.x + head[0] * scale, head[1] * scale)
        assert abs(x) < 120 and abs(y - 230) < 60
        assert last.camera[2] * rig.head_size > 150


def test_a_boat_lies_on_the_water_and_not_on_the_sand():
    on_water, request = boxes("subject=boat action=walk scene=beach", frames=2)
    on_land, _ = boxes("subject=boat action=walk scene=meadow", frames=2)
    assert on_water[0][3] < on_land[0][3] - 0.08 * request.height


def test_a_figure_that_turned_walks_back():
    _, world = take("subject=girl action=turn", frames=36)
    spec = spec_of("subject=girl action=walk")
    run = run_of(Clip(spec, request_of()), request_of(), from_bytes(to_bytes(world)))
    *_, last = run.frames(24)
    assert last.world.lead.direction == -1
    assert last.world.lead.x < world.lead.x - 20
    assert last.world.lead.pose["face"] == 1


# ---------------------------------------------------------------- seams


@pytest.mark.parametrize("name", STYLES)
def test_a_continued_take_repeats_the_last_picture(name):
    pairs = [
        ("action=walk", "action=jump"),
        ("subject=samurai action=walk scene=city time=night weather=rain", "subject=samurai action=draw_sword "
         "scene=city time=night weather=rain camera=push_in"),
    ]  # fmt: skip
    before, after = pairs[STYLES.index(name) % 2]
    frames, world = take(f"{before} style={name}", frames=5)
    anchor = Anchor((), to_bytes(world))
    again, _ = take(f"{after} style={name}", frames=2, anchor=anchor)
    assert np.array_equal(frames[-1], again[0])
    assert not np.array_equal(again[0], again[1])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("action=run", "action=run camera=static"),
        ("action=run camera=static", "action=sit"),
        ("subject=rocket action=rise", "subject=rocket action=idle camera=pull_out"),
        ("subject=girl action=turn", "subject=girl action=walk"),
        ("subject=cat action=jump things=fence", "subject=cat action=walk things=fence camera=close_up"),
        ("subject=cup action=rise scene=studio", "subject=cup action=turn scene=studio"),
        ("subject=dog action=run things=fence", "subject=dog action=jump things=fence"),
        ("subject= scene=city", "subject= scene=city camera=pan"),
    ],
)
def test_whatever_follows_starts_from_the_last_picture(before, after):
    frames, world = take(before, frames=9, width=128, height=72)
    again, _ = take(after, frames=2, width=128, height=72, anchor=Anchor((), to_bytes(world)))
    assert np.array_equal(frames[-1], again[0])


def test_another_style_dissolves_out_of_the_last_picture():
    frames, world = take("style=anime", frames=3)
    anchor = Anchor((frames[-1],), to_bytes(world))
    again, _ = take("style=ink", frames=12, anchor=anchor)
    plain, _ = take("style=ink", frames=12, anchor=Anchor((), to_bytes(world)))
    assert np.array_equal(again[0], frames[-1])
    assert np.array_equal(again[-1], plain[-1])
    jumps = [np.abs(one.astype(int) - two.astype(int)).mean() for one, two in itertools.pairwise(again)]
    assert max(jumps) < np.abs(frames[-1].astype(int) - plain[0].astype(int)).mean() / 2


@pytest.mark.parametrize("place", ["time=night", "scene=beach", "style=pixel"])
def test_who_stays_in_the_picture_moves_on_while_the_place_dissolves(place):
    frames, world = take("action=eat", frames=9)
    state = to_bytes(world)
    again, _ = take(f"action=look_up {place}", frames=12, anchor=Anchor((frames[-1],), state))
    there, _ = take("action=look_up", frames=12, anchor=Anchor((), state))
    here, _ = take(f"action=look_up {place}", frames=12, anchor=Anchor((), state))
    for index in (1, 4, 7):
        share = share_at(index / 24, of_person=False)
        mixed = there[index] * (1 - share) + here[index] * share
        assert np.abs(again[index] - mixed).max() <= 1


def test_a_world_survives_its_bytes():
    _, world = take("style=pixel", frames=2)
    again = from_bytes(to_bytes(world))
    assert again == world
    assert len(again.pixel_colours) <= 30


# ---------------------------------------------------------------- styles


def test_every_style_looks_unlike_every_other():
    pictures = {name: picture(f"scene=beach style={name}").astype(int) for name in STYLES}
    for one in STYLES:
        for other in STYLES:
            assert one == other or np.abs(pictures[one] - pictures[other]).mean() > 6, (one, other)


def test_ink_and_noir_have_hardly_any_colour():
    found = {name: chroma(picture(f"scene=beach style={name}")) for name in STYLES}
    assert sorted(found, key=found.get)[:2] == ["noir", "ink"]
    assert found["ink"] < 9 and found["noir"] < 4
    assert found["anime"] > found["flat"] > found["pastel"] > found["ink"]


def test_the_dark_styles_are_dark_and_the_paper_ones_light():
    light = {name: lab(picture(f"scene=beach style={name}"))[..., 0].mean() for name in STYLES}
    assert sorted(light, key=light.get)[:3] == sorted(["noir", "cyberpunk", "moonlit"], key=light.get)
    assert min(light["pencil"], light["pastel"]) > light["flat"] + 10


def test_pixels_are_few_coloured_squares():
    frame = picture("style=pixel")
    assert len(np.unique(frame.reshape(-1, 3), axis=0)) <= 30
    block = 2
    blocks = frame[: 144 // block * block, : 256 // block * block].reshape(144 // block, block, 256 // block, block, 3)
    assert (blocks == blocks[:, :1, :, :1]).all()


def test_golden_is_warm_and_moonlit_is_blue():
    for scene in ("meadow", "beach", "mars"):
        golden, moonlit = picture(f"scene={scene} style=golden"), picture(f"scene={scene} style=moonlit")
        assert golden[..., 0].mean() > golden[..., 2].mean() + 40
        assert moonlit[..., 2].mean() > moonlit[..., 0].mean() + 10


def test_cinematic_and_noir_are_letterboxed():
    for name in ("cinematic", "noir"):
        assert picture(f"style={name}")[0].max() == picture(f"style={name}")[-1].max() == 0


# ---------------------------------------------------------------- places


@pytest.mark.parametrize("scene", list(SCENES))
def test_every_place_time_and_weather_shows(scene):
    record = ABILITIES["scenes"][scene]
    variants = record["variants"] or [""]
    usual = "bamboo" if "bamboo" in variants else variants[0]  # the wood that is soonest drawn
    base = f"subject=ball scene={scene} variant={usual} time={record['times'][0]}"
    texts = [base.replace(f"variant={usual}", f"variant={variant}") for variant in variants]
    texts += [base.replace(f"time={record['times'][0]}", f"time={time}") for time in record["times"][1:]]
    texts += [f"{base} weather={weather}" for weather in record["weathers"]]
    texts += [f"{base} things={name}" for name in record["objects"]]
    frames = [picture(text).astype(int) for text in texts]
    for i, one in enumerate(frames):
        for other in frames[:i]:
            assert np.abs(one - other).mean() > 0.05


def test_it_does_not_rain_in_the_room():
    dry = picture("subject= scene=room time=night")
    for weather in ("rain", "snow"):
        fallen = np.abs(dry.astype(int) - picture(f"subject= scene=room time=night weather={weather}")).max(2) > 16
        assert fallen.any()
        assert not fallen[90:].any(), "it fell on the floor"
        assert fallen[:, :20].sum() + fallen[:, -20:].sum() == 0, "it fell on the wall"


def test_a_seed_changes_where_things_stand():
    first, _ = take("subject= scene=meadow", frames=1)
    others = [take("subject= scene=meadow", frames=1, seed=seed)[0][0] for seed in (8, 9)]
    for other in others:
        assert np.abs(first[0].astype(int) - other).mean() > 6


@pytest.mark.parametrize("size", [(144, 256), (160, 160), (64, 128), (398, 66)])
def test_any_shape_of_picture_is_filled(size):
    for scene in SCENES:
        frame = take(f"subject=fox scene={scene} variant=broad style=flat", frames=1, width=size[0], height=size[1])[0][
            0
        ]
        assert frame.shape == (size[1], size[0], 3)
        assert frame[-2:].std() > 0 or scene == "studio"
        assert frame[-1].max() > 0 and frame[0].max() > 0


def test_a_tall_picture_stands_its_subject_in_the_lower_half():
    found, request = boxes("action=idle", width=144, height=256, frames=1)
    left, _top, right, bottom = found[0]
    assert inside(found[0], request) > 0.95
    assert 0.6 * request.height < bottom < 0.85 * request.height
    assert right - left > 0.5 * request.width


def test_a_view_keeps_its_shape():
    for width, height in ((854, 480), (480, 854), (640, 640), (1920, 64)):
        view = View.of(width, height)
        assert math.isclose(view.width / view.height, width / height)
        assert view.y(250) == 250 and math.isclose(view.y(0), view.top) and math.isclose(view.y(480), view.bottom)


# ---------------------------------------------------------------- placards


@pytest.mark.parametrize(
    "word", ["大象", "elephant", "a very long word of many letters", "<script>", "🦄", "\u202eabc", ""]
)
def test_any_word_can_stand_on_a_placard(word):
    bounds = lettering(word).getBounds()
    assert 0 < bounds.width() < 130 and 0 < bounds.height() < 90
    spec = Spec((Figure("placard", word, "walk"),), "meadow", "", "day", "", "flat", "follow")
    frames = list(draw_clip(spec, request_of(128, 72, 1), lambda done, total, doing: None))
    assert frames[0].shape == (72, 128, 3)


def test_a_placard_shows_its_own_word():
    assert lettering("大象").getBounds() != lettering("大熊").getBounds()
    assert printable("a\u0000b\nc\u202ed") == "a b c d"
    assert len(printable("x" * 20_000)) == 40


def test_the_sheet_is_drawn(tmp_path):
    sheet(
        [
            str(tmp_path / "sheet.png"),
            "subject=cat",
            "--frames",
            "2",
            "--columns",
            "2",
            "--width",
            "80",
            "--size",
            "128x72",
        ]
    )
    assert cv2.imread(str(tmp_path / "sheet.png")).shape == (45, 160, 3)


# ---------------------------------------------------------------- company


def company(text: str, **changes) -> tuple[list[list[tuple[float, float, float, float]]], list, Clip]:
    """Return the boxes and states of everybody in every frame, and the clip."""
    request = request_of(**changes)
    clip = Clip(spec_of(text), request)
    boxes, states = [], []
    for state in run_of(clip, request).frames(request.num_frames):
        box_of(clip, state)
        boxes.append(list(clip.boxes))
        states.append(state)
    return boxes, states, clip


TROUPES = [
    "subject=wolf action=run with=wolf:run,wolf:run",
    "subject=girl action=walk with=dog:walk,boy:walk",
    "subject=horse action=idle with=cat,ball",
    "subject=cat action=jump with=dog:jump",
]


@pytest.mark.parametrize("camera", ["follow", "static", "wide", "handheld"])
@pytest.mark.parametrize("text", TROUPES)
def test_a_company_stays_in_the_picture_and_apart(text, camera):
    boxes, states, _ = company(f"{text} camera={camera}", frames=30, fps=10)
    request = request_of()
    for row, state in zip(boxes, states, strict=True):
        assert min(inside(box, request) for box in row) >= 0.6
        xs = sorted(player.x for player in state.world.players)
        assert min(after - before for before, after in itertools.pairwise(xs)) > 20


def test_a_company_goes_at_the_pace_of_its_slowest():
    _, states, clip = company("subject=horse action=run with=cat:run", frames=40, fps=10)
    first, last = states[0].world.players, states[-1].world.players
    ways = [end.x - start.x for start, end in zip(first, last, strict=True)]
    assert abs(ways[0] - ways[1]) < 2
    assert abs(ways[0] / 3.9 - clip.troupe.members[1].subject.speed("run")) < 3


def test_who_goes_passes_who_stands():
    _, states, _ = company("subject=fox action=idle with=cat:run", frames=30, fps=10)
    first, last = states[0].world.players, states[-1].world.players
    assert first[1].x < first[0].x < last[1].x
    assert last[0].x == first[0].x


def test_everybody_stands_on_a_plane_of_their_own():
    _, states, clip = company("subject=boat action=walk with=girl:walk scene=beach", frames=2)
    boat, girl = states[0].world.players
    assert boat.baseline + 20 < girl.baseline
    assert [member.afloat for member in clip.troupe.members] == [True, False]


def test_a_figure_has_the_colour_and_the_size_it_was_given():
    blue = picture("subject=cat colour=#2040e0 action=idle").astype(int)
    plain = picture("subject=cat action=idle").astype(int)
    assert (blue[..., 2] - blue[..., 0] > 60).sum() > (plain[..., 2] - plain[..., 0] > 60).sum() + 100
    heights = [boxes(f"subject=cat size={size} action=idle")[0][0] for size in (0.7, 1.0, 1.3)]
    heights = [box[3] - box[1] for box in heights]
    assert heights[0] < 0.8 * heights[1] and heights[2] > 1.15 * heights[1]


def test_a_fence_has_its_colour():
    assert not np.array_equal(picture("things=fence:#2040c0 scene=studio"), picture("things=fence scene=studio"))


# ---------------------------------------------------------------- cameras


def test_each_camera_sees_another_picture():
    cameras = ["static", "follow", "pan", "tilt_up", "tilt_down", "push_in", "pull_out", "close_up", "wide"]
    cameras += ["low_angle", "handheld"]
    ends = {camera: company(f"action=idle camera={camera}", frames=20, fps=10)[1][-1].camera for camera in cameras}
    for one, other in itertools.combinations(cameras, 2):
        assert max(abs(a - b) for a, b in zip(ends[one], ends[other], strict=True)) > 0.01, (one, other)


def test_a_tilt_down_ends_on_the_subject_and_a_wide_shot_shows_it_small():
    tilted = boxes("action=idle camera=tilt_down", frames=40, fps=10)[0]
    assert tilted[-1][3] < tilted[0][3]
    plain, wide, low = (boxes(f"action=idle camera={camera}")[0][0] for camera in ("follow", "wide", "low_angle"))
    assert wide[3] - wide[1] < 0.75 * (plain[3] - plain[1]) < 0.75 * (low[3] - low[1])
    assert low[3] > plain[3]


def test_a_held_camera_trembles_more_than_one_on_a_tripod():
    def trembling(camera: str) -> float:
        states = company(f"action=idle camera={camera}", frames=40, fps=20)[1]
        return float(np.std(np.diff([state.camera[1] for state in states], 2)))

    assert trembling("handheld") > 2 * trembling("follow") > trembling("static") == 0


@pytest.mark.parametrize("camera", ["push_in", "pull_out", "tilt_up", "tilt_down", "pan", "close_up"])
def test_a_camera_moves_without_a_jerk(camera):
    states = company(f"action=idle camera={camera}", frames=50, fps=10)[1]
    path = np.array([state.world.camera for state in states])
    steps = np.abs(np.diff(path, 2, axis=0)).max(0)
    assert (steps < 0.12 * np.ptp(path, axis=0) + 0.05).all()


@pytest.mark.parametrize("size", [(320, 240), (240, 320), (426, 240), (240, 426), (1920, 1080), (960, 720)])
def test_every_size_is_composed(size):
    for text in ("action=walk", TROUPES[0]):
        found, request = boxes(text, width=size[0], height=size[1], frames=6, fps=8)
        assert min(inside(box, request) for box in found) > 0.9
        assert max(box[3] - box[1] for box in found) > 0.07 * size[1]


# ---------------------------------------------------------------- films

CHAIN = [
    "subject=fox action=walk scene=beach",
    "subject=fox action=jump scene=beach camera=push_in",
    "subject=fox action=run scene=beach camera=handheld",
    "subject=fox action=sit scene=beach camera=static",
    "subject=fox action=look_up scene=beach camera=close_up",
    "subject=fox action=run scene=beach camera=low_angle",
    "subject=fox action=turn scene=beach camera=tilt_down",
    "subject=fox action=walk scene=beach camera=wide",
]


@pytest.mark.parametrize("name", style_names())
def test_a_film_of_eight_takes_has_no_seam(name):
    last, state = None, b""
    for text in CHAIN:
        frames, world = take(f"{text} style={name}", frames=5, fps=12, width=96, height=64, anchor=Anchor((), state))
        if last is not None:
            assert np.array_equal(last, frames[0]), text
        last, state = frames[-1], to_bytes(world)


def test_a_film_of_a_company_has_no_seam_even_where_the_place_changes():
    texts = [
        "subject=girl action=walk with=dog:walk scene=beach",
        "subject=girl action=jump with=dog:sit scene=beach camera=push_in",
        "subject=girl action=idle with=dog:run,cat:sit scene=beach",
        "subject=girl action=wave with=dog:sit scene=room style=ink",
        "subject=boat action=walk scene=lake",
    ]
    last, state = None, b""
    for text in texts:
        anchor = Anchor((last,), state) if last is not None else None
        frames, world = take(text, frames=12, fps=12, width=96, height=64, anchor=anchor)
        assert last is None or np.array_equal(last, frames[0]), text
        last, state = frames[-1], to_bytes(world)


@pytest.mark.parametrize("subject", ["cat", "girl"])
def test_a_jump_cut_short_falls_on_as_it_was_going(subject):
    request = request_of(frames=16)
    spec = spec_of(f"subject={subject} action=jump")
    clip = Clip(spec, request)
    before = [(state, box_of(clip, state)) for state in run_of(clip, request).frames(16)]
    after_request = request_of(frames=30)
    after = Clip(spec_of(f"subject={subject} action=walk"), after_request)
    found = [(state, box_of(after, state)) for state in run_of(after, after_request, before[-1][0].world).frames(30)]
    height = [state.world.lead.pose["air"] + state.world.lead.held for state, _ in (*before, *found[1:])]
    speed = np.diff(height)
    at = len(before) - 1
    assert speed[at - 1] > 2, "it was on its way up"
    assert abs(speed[at] - speed[at - 1]) < 4, "and goes on"
    assert height[-1] == pytest.approx(0, abs=0.5)
    assert min(height) > -0.5


def damaged(state: bytes):
    """Yield states that something happened to."""
    generator = np.random.default_rng(5)
    for _ in range(300):
        broken = bytearray(state)
        for at in generator.integers(0, len(state), generator.integers(1, 4)):
            broken[at] = int(generator.integers(0, 256))
        if bytes(broken) != state:
            yield bytes(broken)
    yield from (state[:cut] for cut in range(1, len(state), 97))
    yield from (state + b" 1", state * 2, b"\x00" * 50, b"[" * 100_000, b"{}" * 9, b"null", b"1e999", b'"', b"[]")
    yield b'{"check":"0000000000000000","world":{}}'
    yield b" " * 2_000_000
    for change in (
        {"players": []}, {"camera": [0, 0]}, {"camera": [0, 0, 0]}, {"time": "now"}, {"frame": None}, {"extra": 1},
        {"pixel_colours": [["red"]]}, {"tints": 3}, {"object_x": []}, {"shake": 1e300}, {"players": [{}]},
        {"players": None}, {"time": True}, {"place": [1]}, {"place": ["nowhere", "", "day", "", "flat", ""]},
        {"place": ["forest", "", "day", "", "flat", "lava"]},
    ):  # fmt: skip
        record = json.loads(state)["world"] | change
        yield json.dumps({"check": state_check(record), "world": record}).encode()


def test_a_damaged_state_is_refused_before_anything_is_drawn():
    _, world = take("subject=girl with=cat style=pixel", frames=2, width=64, height=64)
    for state in damaged(to_bytes(world)):
        with pytest.raises(Refused) as refusal:
            next(draw_clip(spec_of(""), request_of(anchor=Anchor((), state)), lambda done, total, doing: None))
        assert refusal.value.code == "anchor_refused"


@pytest.mark.parametrize(
    "frame",
    [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 4), np.uint8), np.zeros((4, 4, 3)), np.zeros((0, 4, 3), np.uint8)],
)
def test_a_picture_that_is_none_is_refused(frame):
    with pytest.raises(Refused):
        take("", frames=2, anchor=Anchor((frame,)))


def test_a_picture_of_a_person_gives_its_colours_and_turns_into_the_drawing():
    plain, _ = take("subject=cat", frames=30)
    for colour in ((200, 60, 40), (30, 80, 190)):
        photograph = np.full((90, 200, 3), colour, np.uint8)
        photograph[45:] //= 2
        frames, world = take("subject=cat", frames=30, anchor=Anchor((photograph,)))
        assert np.abs(frames[0].astype(int).mean((0, 1)) - photograph.mean((0, 1))).max() < 6
        warmth = [float((frame[..., 0].astype(int) - frame[..., 2]).mean()) for frame in (frames[-1], plain[-1])]
        assert (warmth[0] > warmth[1] + 25) if colour[0] > 100 else (warmth[0] < warmth[1] - 10)
        again, _ = take("subject=cat action=run", frames=2, anchor=Anchor((), to_bytes(world)))
        assert np.array_equal(again[0], frames[-1])


# ---------------------------------------------------------------- helpers


def drawn_by(workers: int, **changes) -> list[Frame]:
    spec = spec_of("subject=fox action=run style=pixel scene=meadow with=cat:run")
    return list(draw_clip(spec, request_of(**changes), lambda done, total, doing: None, workers))


@pytest.fixture
def eager(monkeypatch):
    """Let helpers be asked and started for takes of any size."""
    monkeypatch.setattr(crew, "WORTH_ASKING", 1.0)
    monkeypatch.setattr(crew, "WORTH_STARTING", 1.0)
    yield
    crew.CREW.dismiss()
    assert crew.CREW.count == 0


def test_the_number_of_workers_changes_no_pixel(eager):
    alone = drawn_by(1, frames=30, width=128, height=72)
    for workers in (2, 3, 2):
        assert all(map(np.array_equal, alone, drawn_by(workers, frames=30, width=128, height=72)))
    assert 1 <= crew.CREW.count <= 2, "they wait for the next take"


def test_a_take_that_is_given_up_leaves_no_process(eager):
    spec, request = spec_of("subject=fox action=run"), request_of(frames=100)
    drawing = draw_clip(spec, request, lambda done, total, doing: None, 3)
    for _ in range(3):
        next(drawing)
    assert crew.CREW.count == 2
    drawing.close()
    assert crew.CREW.count == 0

    def stop(done: int, total: int, doing: str) -> None:
        if done == 4:
            raise Cancelled

    with pytest.raises(Cancelled):
        list(draw_clip(spec, request, stop, 2))
    assert crew.CREW.count == 0


def test_a_helper_that_dies_is_done_without(eager):
    alone = drawn_by(1, frames=30, width=128, height=72)
    drawn_by(2, frames=30, width=128, height=72)
    drawing = draw_clip(
        spec_of("subject=fox action=run style=pixel scene=meadow with=cat:run"),
        request_of(128, 72, 30), lambda done, total, doing: None, 2,
    )  # fmt: skip
    frames = [next(drawing) for _ in range(5)]
    for helper in crew.CREW._busy:
        helper.process.kill()
    frames += drawing
    assert all(map(np.array_equal, alone, frames))


def test_a_short_take_starts_nobody():
    list(drawn_by(4, frames=24))
    assert crew.CREW.count == 0


def test_where_no_process_can_be_started_this_one_draws(eager, monkeypatch):
    monkeypatch.setattr(crew, "Helper", refuse)
    assert len(drawn_by(3, frames=5)) == 5


def refuse() -> None:
    raise OSError("no more processes")


def test_helpers_work_for_a_thread_of_a_program_without_a_guard(tmp_path):
    script = tmp_path / "studio.py"
    script.write_text(
        "import threading\n"
        "from models.animatic import Animatic, crew\n"
        "from models.engine import ClipRequest, Prompt\n"
        "crew.WORTH_ASKING = crew.WORTH_STARTING = 1\n"
        "def draw():\n"
        "    request = ClipRequest(Prompt('a cat runs'), 128, 72, 40, 24, 7)\n"
        "    print(len(list(Animatic(2).render(request, lambda *now: None))), crew.CREW.count)\n"
        "thread = threading.Thread(target=draw)\nthread.start()\nthread.join()\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", str(script)], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": str(FOLDER.parents[1])},
    )  # fmt: skip
    assert done.stdout.split() == ["40", "1"]


def test_the_contact_sheet_is_laid_out(tmp_path):
    assert {tile.spec.lead.subject for tile in contact.sections()[0].tiles} == {*SUBJECTS} - {"", "placard"}
    tiles = [contact.Tile(spec_of("subject=cat"), "cat 猫"), contact.Tile(spec_of("action=run"), "x" * 300, (1, 3))]
    contact.draw(tmp_path / "sheet.jpg", [contact.Section("Some", tiles, 6, 4 / 3)])
    page = cv2.imread(str(tmp_path / "sheet.jpg"))
    assert page.shape[1] == contact.PAGE and page.std() > 10
    for wrong in ([], ["sheet"], ["sheet", str(tmp_path / "sheet.txt")], ["sheet", str(tmp_path / "no" / "sheet.jpg")]):
        with pytest.raises(SystemExit):
            command(wrong)
