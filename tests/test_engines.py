"""The engine contract: every engine passes it, Wan on a tiny checkpoint, the hosted one on a local server."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from models import ENGINES, Engines, Source
from models.engine import Anchor, Cancelled, ClipRequest, Ending, Engine, Frame, Prompt, Reading, Refused, Unavailable
from studio.jobs import Jobs
from studio.library import Library
from studio.settings import Settings
from studio.storyboard import Look, Segment
from studio.text import say
from studio.ui.engines import before

PROMPT = Prompt("a fox", "runs", "in a forest", "flat", sentence="a fox runs in a forest, flat")


def silent(done: int, total: int, doing: str, preview: Frame | None = None) -> None:
    """Watch nothing."""


def take(engine: Engine, request: ClipRequest, report=silent) -> tuple[list[Frame], Ending]:
    """Return the frames and the ending of a take."""
    frames, drawing = [], engine.render(request, report)
    while True:
        try:
            frames.append(next(drawing))
        except StopIteration as end:
            return frames, end.value


NEARLY = {"wan-draft": 12.0, "remote": 6.0}
"""How far, in levels of 255 on average, the first frame may be from the one it repeats; 0 for the engines not named."""

Open = Callable[[], Engine]


@pytest.fixture(params=[*Engines().names, "wan-draft", "remote"])
def opened(request, tmp_path_factory) -> Iterator[Open]:
    """Open the same engine anew, with nothing kept from the time before."""
    if request.param == "wan-draft":
        from models.wan import Host, Wan, profiles

        weights = request.getfixturevalue("checkpoint")
        profile = replace(profiles()["draft"], num_inference_steps=2)
        yield lambda: Wan(profile, Host(tmp_path_factory.mktemp("models"), str(weights)))
    elif request.param == "remote":
        from huggingface_hub import close_session, constants

        from tests.inference_server import open_remote, serving

        with pytest.MonkeyPatch.context() as patch, serving() as server:
            patch.setattr(constants, "HF_HUB_OFFLINE", False)
            yield lambda: open_remote(server)
            server.closing.set()
        close_session()
    else:
        yield lambda: Engines().open(request.param)


@pytest.fixture
def engine(opened) -> Engine:
    """Open an engine, or skip where it cannot run."""
    engine = opened()
    try:
        engine.check_available()
    except Unavailable as why:
        pytest.skip(str(why))
    return engine


def smallest(engine: Engine, **changes) -> ClipRequest:
    """Return the cheapest request worth drawing."""
    limits = engine.limits
    fps = min(limits.fps)
    multiple = limits.size_multiple
    side = max(limits.side_range[0], 96)
    side += -side % multiple
    num_frames = limits.frames_for(limits.seconds_range[0], fps)
    return replace(ClipRequest(PROMPT, side + 4 * multiple, side, num_frames, fps, 7), **changes)


def test_is_named_as_in_the_catalogue(engine, tmp_path):
    engines = Engines(Source(tmp_path))
    assert engine.name in engines.names and engines.open(engine.name) is engines.open(engine.name)
    assert type(engine) is type(engines.open(engine.name))


def test_identity_is_stable_between_instances(engine, opened):
    assert engine.identity
    assert engine.identity == opened().identity


def test_offers_only_what_it_accepts(engine):
    limits = engine.limits
    for width, height in limits.sizes:
        for fps in limits.fps:
            for seconds in limits.seconds_range:
                limits.check(
                    smallest(engine, width=width, height=height, fps=fps, num_frames=limits.frames_for(seconds, fps))
                )


def test_yields_the_frames_that_were_asked_for(engine):
    request = smallest(engine)
    frames, ending = take(engine, request)
    assert len(frames) == request.num_frames
    for frame in frames:
        assert frame.shape == (request.height, request.width, 3)
        assert frame.dtype == np.uint8
        assert frame.flags.c_contiguous
    assert not any(np.shares_memory(one, other) for one, other in pairwise(frames))
    assert isinstance(ending.state, bytes)
    assert ending.reading is None or isinstance(ending.reading, Reading)


def test_something_moves(engine):
    frames, _ = take(engine, smallest(engine))
    assert all(not np.array_equal(one, other) for one, other in pairwise(frames))


def test_equal_requests_give_equal_pixels(engine, opened):
    first, _ = take(engine, smallest(engine))
    again, _ = take(opened(), smallest(engine))
    assert all(np.array_equal(one, other) for one, other in zip(first, again, strict=True))


def test_another_seed_gives_another_picture(engine):
    first, _ = take(engine, smallest(engine))
    other, _ = take(engine, smallest(engine, seed=8))
    difference = np.abs(first[0].astype(int) - other[0].astype(int)).mean()
    assert difference > 4


def test_draws_sizes_between_those_it_offers(engine):
    multiple = engine.limits.size_multiple
    request = smallest(engine)
    for width, height in ((request.width + multiple, request.height), (request.height, request.width + 3 * multiple)):
        frames, _ = take(engine, smallest(engine, width=width, height=height))
        assert frames[-1].shape == (height, width, 3)


def test_reports_as_it_goes(engine):
    calls = []
    request = smallest(engine)
    take(engine, request, lambda done, total, doing, _=None: calls.append((done, total, doing)))
    stages = {doing for _, _, doing in calls}
    assert stages and all(stage.startswith("doing_") for stage in stages)
    for stage in stages:
        done = [call[0] for call in calls if call[2] == stage]
        totals = {call[1] for call in calls if call[2] == stage}
        assert done == sorted(done) and len(totals) == 1
        assert totals.pop() - 1 <= done[-1] <= calls[-1][1]


def test_stops_when_the_report_says_so(engine):
    seen = []

    def stop_at_second(done: int, total: int, doing: str, preview: Frame | None = None) -> None:
        seen.append(done)
        if len(seen) == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        take(engine, smallest(engine), stop_at_second)
    assert len(seen) == 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"width": 0}, "size_refused"),
        ({"width": -1}, "size_refused"),
        ({"height": 7}, "size_refused"),
        ({"width": 100_000}, "size_refused"),
        ({"fps": 0}, "fps_refused"),
        ({"fps": 1000}, "fps_refused"),
        ({"num_frames": 0}, "seconds_refused"),
        ({"num_frames": 10**6}, "seconds_refused"),
        ({"seed": -1}, "seed_refused"),
        ({"seed": 2**80}, "seed_refused"),
    ],
)
def test_refuses_what_lies_outside_its_limits(engine, changes, code):
    with pytest.raises(Refused) as refusal:
        take(engine, smallest(engine, **changes))
    assert refusal.value.code == code
    assert refusal.value.values


def test_refuses_a_size_off_its_multiple(engine):
    if engine.limits.size_multiple == 1:
        pytest.skip("any size will do")
    with pytest.raises(Refused) as refusal:
        take(engine, smallest(engine, width=smallest(engine).width + 1))
    assert refusal.value.values["multiple"] == engine.limits.size_multiple


@pytest.fixture
def anchored(engine) -> Engine:
    """Skip an engine that cannot continue a take."""
    if not engine.limits.anchor_frames:
        pytest.skip("cannot continue a take")
    return engine


def test_continues_where_the_take_before_ended(anchored):
    before, ending = take(anchored, smallest(anchored))
    anchor = Anchor(tuple(before[-anchored.limits.anchor_frames :]), ending.state)
    after, _ = take(anchored, smallest(anchored, anchor=anchor))
    assert np.abs(before[-1].astype(int) - after[0]).mean() <= NEARLY.get(anchored.name, 0)
    steps = [np.abs(one.astype(int) - other.astype(int)).mean() for one, other in pairwise([*before[-4:], *after[1:4]])]
    assert max(steps) < 3 * np.median(steps), "the seam jerks"


def test_an_anchor_changes_what_follows(anchored):
    before, ending = take(anchored, smallest(anchored))
    anchor = Anchor(tuple(before[-anchored.limits.anchor_frames :]), ending.state)
    after, _ = take(anchored, smallest(anchored, anchor=anchor))
    assert not np.array_equal(after[-1], before[-1])


def test_continues_another_engines_take_from_its_picture(anchored):
    request = smallest(anchored)
    foreign = np.full((request.height, request.width, 3), 90, np.uint8)
    after, _ = take(anchored, replace(request, anchor=Anchor((foreign,) * anchored.limits.anchor_frames)))
    assert np.abs(after[0].astype(int) - foreign).mean() <= NEARLY.get(anchored.name, 0)
    assert not np.array_equal(after[-1], foreign)


def test_refuses_a_state_it_did_not_write(anchored):
    for state in (b"\x00\xff", b"[]", b"{}", b'{"camera": [1]}'):
        with pytest.raises(Refused) as refusal:
            take(anchored, smallest(anchored, anchor=Anchor((), state)))
        assert refusal.value.code in ("anchor_refused", "wan_anchor_foreign")


def test_what_is_prepared_is_only_finished_later(engine, opened):
    asked = [smallest(engine, seed=seed) for seed in (1, 2)]
    engine.prepare([*asked, smallest(engine, anchor=Anchor() if engine.limits.anchor_frames else None)], silent)
    for request in asked:
        ahead, alone = take(engine, request)[0], take(opened(), request)[0]
        assert max(np.abs(one.astype(int) - other).max() for one, other in zip(ahead, alone, strict=True)) <= 1


def test_says_what_to_know_before_in_words_of_the_catalogue(engine):
    for code, values in engine.remarks(smallest(engine)):
        assert say(code, "en", values) and say(code, "zh", values)


def test_the_catalogue_says_why_an_engine_cannot_run_and_takes_the_best_that_can(tmp_path, checkpoint):
    here, elsewhere = Engines(Source(tmp_path, wan_repo=str(checkpoint))), Engines(Source(tmp_path / "other"))
    assert here.best == "wan-turbo" and set(here.names) - set(here.ready) == {"remote"}
    assert here.why_not("remote").code == "remote_token_missing"
    assert elsewhere.best in elsewhere.ready and elsewhere.why_not("animatic") is None
    hosted = Engines(Source(tmp_path, token="hf_x", remote_model="lab/clips"))
    assert "remote" in hosted.ready and hosted.best != "remote", "what costs money is never taken unasked"
    assert Engines().names == tuple(ENGINES) and Engines().adapters is None
    here.close()


@pytest.mark.parametrize("name", ["", "wan-", "wan-best", "animatic ", "../x", "models.wan:Wan"])
def test_a_name_that_is_none_is_refused(name, tmp_path):
    for engines in (Engines(), Engines(Source(tmp_path))):
        with pytest.raises(Unavailable) as refusal:
            engines.open(name)
        assert refusal.value.code == "engine_unknown"


def test_adapters_are_refused_where_none_are_taken(tmp_path):
    with pytest.raises(Refused) as refusal:
        Engines(Source(tmp_path)).open("animatic", "ink:0.8")
    assert refusal.value.code == "adapters_refused"


def test_the_page_says_before_what_a_take_needs(tmp_path, checkpoint):
    fox, look = Segment(Prompt("a fox")), Look("wan-draft", 832, 480)
    for repo, expected in {
        str(checkpoint): ["no graphics card: this small model runs on the CPU", "832x480 is a draft"],
        "": ["needs a graphics card"],
    }.items():
        settings = Settings.read({"STUDIO_HOME": str(tmp_path), "STUDIO_WAN_REPO": repo})
        with closing(Library.open(settings)) as library, closing(Jobs(library, settings)) as jobs:
            lines = before(jobs, fox, look, "en")
            assert [said in line for said, line in zip(expected, lines, strict=True)] == [True] * len(expected)
            assert before(jobs, fox, Look(), "en") == []
