"""A water named beside a place: how it is read, where it is drawn, and how it comes, stays and goes within a film."""

from dataclasses import replace

import numpy as np
import pytest

from models.animatic.abilities import abilities
from models.animatic.clip import Clip
from models.animatic.plate import share_at
from models.animatic.reading import read
from models.animatic.sheet import spec_of
from models.animatic.spec import Spec
from models.animatic.state import to_bytes
from models.animatic.style import style_names
from models.animatic.take import draw_clip
from models.animatic.world import FrameState, Run, World
from models.engine import Anchor, ClipRequest, Frame, Prompt

GROUNDS = [scene for scene, shows in abilities()["scenes"].items() if "brook" in shows.get("waters", ())]
REQUEST = ClipRequest(Prompt(""), 256, 144, 9, 8, 7)
SEEN = 24
"""Levels of 255 by which a pixel must change to be seen to have changed."""


@pytest.mark.parametrize(
    ("words", "scene", "variant", "said"),
    [
        ({"subject": "a fox drinks at a stream in the forest"}, "forest", "broad", "stream"),
        ({"subject": "a fox", "action": "drinks at a stream", "scene": "forest"}, "forest", "broad", "stream"),
        ({"subject": "a deer", "scene": "bamboo grove by a creek"}, "forest", "bamboo", "creek"),
        ({"subject": "a girl by a river in the desert at night"}, "desert", "", "river"),
        ({"subject": "一只狐狸喝水, 森林里的溪边"}, "forest", "broad", "溪边"),
        ({"subject": "一只狐狸", "action": "在溪边喝水", "scene": "森林"}, "forest", "broad", "溪边"),
        ({"subject": "小女孩", "action": "走路", "scene": "雪地里的河边"}, "snowfield", "", "河边"),
        ({"subject": "鹿在樱花林的小溪喝水"}, "forest", "cherry", "小溪"),
    ],
)
def test_a_small_water_runs_through_the_place_it_is_named_beside(words, scene, variant, said):
    spec, reading = read(Prompt(**words))
    assert (spec.scene, spec.variant, spec.water) == (scene, variant, "brook")
    assert ("scene", said, "brook", "小溪") in [(word.slot, word.said, word.en, word.zh) for word in reading.drawn]
    assert reading.not_drawn == () == reading.unknown


def test_a_water_that_is_drawn_as_another_is_said():
    spec, reading = read(Prompt("a fox by a lotus pond in a meadow"))
    assert (spec.scene, spec.water) == ("meadow", "brook")
    assert [(word.said, word.en, word.zh) for word in reading.not_drawn] == [
        ("lotus pond", "drawn as a brook", "画成小溪")
    ]


@pytest.mark.parametrize(
    ("sentence", "scene", "refused"),
    [
        ("a fox by a stream", "lake", ""),
        ("一只狐狸在溪边喝水", "lake", ""),
        ("a cat in a room by a river", "room", "river"),
        ("a robot in the city by the river", "city", "river"),
        ("a fox in a forest without a stream", "forest", "without a stream"),
        ("a boat in the mountains on a river", "lake", "in the mountains"),
        ("鸭子在森林里的池塘游泳", "lake", "森林"),
        ("a mountain lake", "mountains", "lake"),
    ],
)
def test_no_brook_is_drawn_where_there_is_no_place_for_it(sentence, scene, refused):
    spec, reading = read(Prompt(sentence))
    assert (spec.scene, spec.water) == (scene, "")
    assert [word.said for word in reading.not_drawn] == [refused] * bool(refused)


def states(spec: Spec, request: ClipRequest = REQUEST, world: World | None = None) -> list[FrameState]:
    """Return the states of a take, without a pixel."""
    clip = Clip(spec, request)
    return list(Run(spec, clip.troupe, clip.shot(request), world).frames(request.num_frames))


def with_and_without(text: str, request: ClipRequest = REQUEST) -> tuple[Frame, Frame, float]:
    """Return one moment with a brook and without it, and the row of the picture on which the leader stands."""
    spec = spec_of(f"{text} water=brook")
    *_, state = states(spec, request)
    clip = Clip(spec, request)
    frame = clip.draw(state)
    _, floor = clip.stage.to_screen(0.0, 0.0, state.world.lead.baseline)
    return (
        frame,
        Clip(replace(spec, water=""), request).draw(state),
        (floor - clip.stage.view.top) * clip.stage.view.scale,
    )


def changed_rows(one: Frame, other: Frame) -> np.ndarray:
    """Return the share of each row that differs visibly."""
    return (np.abs(one.astype(int) - other).max(axis=2) >= SEEN).mean(axis=1)


@pytest.mark.parametrize("scene", GROUNDS)
@pytest.mark.parametrize("size", [(256, 144), (160, 160), (144, 256)])
def test_the_water_lies_in_a_band_below_the_feet_and_nowhere_else(scene, size):
    request = replace(REQUEST, width=size[0], height=size[1])
    frame, dry, floor = with_and_without(f"action=drink scene={scene}", request)
    shares = changed_rows(frame, dry)
    assert shares[: int(floor) - 3].max() < 0.1, "but for grass and flowers before the feet"
    band = np.flatnonzero(shares > 0.6)
    assert floor <= band[0] + 3 <= floor + 0.04 * size[1], "the muzzle of who drinks reaches it"
    assert len(band) > 0.03 * size[1]


@pytest.mark.parametrize(("time", "bluer"), [("day", 60), ("night", 24)])
def test_the_band_has_the_colour_of_water(time, bluer):
    frame, dry, floor = with_and_without(f"action=drink scene=forest time={time}")
    rows = slice(int(floor) + 4, int(floor) + 9)
    blue, was = (float(np.median(each[rows, :, 2].astype(int) - each[rows, :, 1])) for each in (frame, dry))
    assert blue > was + bluer


@pytest.mark.parametrize("name", style_names())
def test_every_style_shows_the_water(name):
    frame, dry, floor = with_and_without(f"action=drink scene=meadow style={name}")
    rows = slice(int(floor) + 2, int(floor) + 10)
    assert np.abs(frame[rows].astype(int) - dry[rows]).mean() > 8


def test_the_water_moves_and_its_banks_do_not():
    spec = spec_of("subject= scene=forest water=brook camera=static")
    first, *_, last = states(spec)
    clip = Clip(spec, REQUEST)
    drawn = [clip.draw(replace(state, camera=first.camera)) for state in (first, last)]
    surfaces = []
    for state in (first, last):
        clip.draw(replace(state, camera=first.camera))
        surfaces.append(clip.surface)
    assert surfaces[0] == surfaces[1]
    assert changed_rows(*drawn).max() > 0.05


def test_nobody_of_a_company_stands_in_the_water():
    spec = spec_of("subject=girl with=dog,cat scene=meadow water=brook")
    clip = Clip(spec, REQUEST)
    *_, state = states(spec)
    clip.draw(state)
    assert clip.surface is not None
    for player in state.world.players:
        x, y = clip.stage.to_screen(player.x, 0.0, player.baseline)
        view, k = clip.stage.view, clip.stage.k
        assert not clip.surface.contains((x - view.left) * k, (y - view.top) * k)


def test_who_drinks_stirs_the_water():
    spec = spec_of("action=drink scene=forest water=brook")
    *_, last = states(spec, replace(REQUEST, num_frames=13))
    player = last.world.lead
    clip = Clip(spec, REQUEST)
    still = replace(last, world=replace(last.world, players=[replace(player, pose=player.pose | {"laps": 0.0})]))
    stirred = np.abs(clip.draw(last).astype(int) - clip.draw(still)).max(axis=2) > 0
    assert stirred.any()
    x, floor = clip.stage.to_screen(player.x, 0.0, player.baseline)
    rows, columns = np.nonzero(stirred)
    scale = clip.stage.view.scale
    assert rows.min() > (floor - clip.stage.view.top) * scale - 1
    assert columns.min() > (x - clip.stage.view.left) * scale, "ahead of its feet"


def take(text: str, anchor: Anchor | None = None, frames: int = 5) -> tuple[list[Frame], World]:
    request = replace(REQUEST, num_frames=frames, anchor=anchor)
    drawing = draw_clip(spec_of(text), request, lambda done, total, doing: None)
    drawn = []
    while True:
        try:
            drawn.append(next(drawing))
        except StopIteration as end:
            return drawn, end.value


@pytest.mark.parametrize("name", ["flat", "pixel", "ink"])
@pytest.mark.parametrize(("before", "after"), [("walk", "drink"), ("drink", "look_up")])
def test_a_brook_stays_where_it_is_while_segments_name_it(before, after, name):
    frames, world = take(f"action={before} scene=forest water=brook style={name}", frames=13)
    again, _ = take(f"action={after} scene=forest water=brook style={name}", Anchor((), to_bytes(world)))
    assert np.array_equal(frames[-1], again[0])
    assert not np.array_equal(again[0], again[1])


@pytest.mark.parametrize("changed", ["", "time=night"])
def test_a_brook_stays_though_the_next_segment_says_nothing_of_it(changed):
    _, world = take("action=drink scene=forest water=brook")
    silent, after = take(f"action=look_up scene=forest {changed}", Anchor((), to_bytes(world)))
    named, _ = take(f"action=look_up scene=forest water=brook {changed}", Anchor((), to_bytes(world)))
    assert all(map(np.array_equal, silent, named))
    elsewhere, _ = take("action=look_up scene=meadow", Anchor((), to_bytes(after)))
    dry, _ = take("action=look_up scene=meadow", Anchor((), to_bytes(replace(after, place=[]))))
    assert np.array_equal(elsewhere[-1], dry[-1])


def test_a_brook_comes_by_a_dissolve_round_who_stays():
    frames, world = take("action=eat scene=forest")
    state = to_bytes(world)
    again, _ = take("action=look_up scene=forest water=brook", Anchor((frames[-1],), state))
    here, _ = take("action=look_up scene=forest water=brook", Anchor((), state))
    assert np.array_equal(again[0], frames[-1])
    assert np.array_equal(again[-1], here[-1])
    spec = spec_of("action=look_up scene=forest water=brook")
    there = Clip(replace(spec, water=""), REQUEST)
    moments = states(spec, replace(REQUEST, num_frames=5), world)
    for index in (1, 2):
        share = share_at(index / REQUEST.fps, of_person=False)
        mixed = there.draw(moments[index]) * (1 - share) + here[index] * share
        assert np.abs(again[index] - mixed).max() <= 1


def test_a_frame_is_the_same_whatever_was_drawn_before_it():
    spec = spec_of("action=run scene=desert water=brook with=dog:run")
    moments = states(spec)
    clip = Clip(spec, REQUEST)
    for state in moments:
        frame = clip.draw(state)
        assert np.array_equal(frame, Clip(spec, REQUEST).draw(state))


def test_water_that_comes_within_a_film_is_blue_among_few_colours_too():
    _, world = take("action=walk scene=forest variant=bamboo style=pixel")
    frames, _ = take("action=drink scene=forest variant=bamboo style=pixel water=brook", Anchor((), to_bytes(world)))
    lowest = frames[-1][-24:].astype(int)
    assert (lowest[..., 2] - lowest[..., 0] > 60).mean() > 0.2
