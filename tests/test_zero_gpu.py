"""Takes on a card that is lent to the visitor of an event, against a stand-in for the package that lends it."""

import asyncio
import contextvars
import sys
import threading
import time
from collections import deque
from contextlib import closing, contextmanager
from dataclasses import replace

import gradio as gr
import pytest
from gradio.context import LocalContext

import models.wan.engine
import models.wan.run
from models import Engines, Source
from models.engine import ClipRequest, Prompt, Unavailable
from models.wan.lent import Work, seconds_of
from models.wan.memory import Take, Weights, plan_for
from models.wan.profiles import profiles
from studio.jobs import Jobs
from studio.library import Library
from studio.settings import Settings
from studio.storyboard import Look, Segment, Storyboard
from studio.ui.page import build_page
from tests import tiny_wan
from tests.lending import Spaces

# the package forks too, whatever Python 3.12 thinks of it beside threads
pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")

LOOK = Look("wan-turbo", 64, 64, 24)
BARS = Look("bars", 64, 48)
FOX = Segment(Prompt("a fox", "runs", "in the street"), 0.21)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    return tiny_wan.build(tmp_path_factory.mktemp("wan") / "tiny")


@pytest.fixture
def spaces(monkeypatch):
    package = Spaces()
    for name, module in package.modules.items():
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setattr(models.wan.engine, "WITHOUT_CARD", ("a build without a card",))  # the one of the tests is
    return package


@contextmanager
def opened(tmp_path, checkpoint):
    settings = Settings.read({"STUDIO_HOME": str(tmp_path), "STUDIO_WAN_REPO": str(checkpoint)})
    with closing(Library.open(settings)) as library, closing(Jobs(library, settings)) as jobs:
        jobs.start()
        yield library, jobs


@pytest.fixture
def studio(tmp_path, checkpoint, spaces):
    with opened(tmp_path, checkpoint) as both:
        yield both


def in_event(work, *args):
    """Do something in the context of a visitor's event."""

    def visited():
        LocalContext.request.set(gr.Request())
        return work(*args)

    return contextvars.copy_context().run(visited)


def ended(jobs, wish, look=LOOK):
    job = jobs.submit(wish, look)
    in_event(jobs.visit, job.id)
    return jobs.job(job.id)


def test_a_take_is_made_in_the_event_of_who_asked_for_it(studio, spaces):
    library, jobs = studio
    job = ended(jobs, FOX)
    assert (job.status, library.clip(job.clip_id).num_frames) == ("done", 5)
    assert spaces.ended == ["done"]


def test_the_threads_of_the_studio_leave_it_alone_and_do_the_rest(studio, spaces):
    _, jobs = studio
    waiting = jobs.submit(FOX, LOOK)
    assert jobs.wait(jobs.submit(Segment(Prompt("bars"), 0.5), BARS).id, 60).status == "done"
    assert (jobs.job(waiting.id).status, spaces.durations) == ("waiting", [])
    other = jobs.submit(replace(FOX, prompt=Prompt("a cat")), LOOK)
    in_event(jobs.visit, other.id)
    assert (jobs.job(other.id).status, jobs.job(waiting.id).status) == ("done", "waiting"), "each visitor pays his own"


def test_a_film_has_its_takes_in_the_event_and_is_joined_beside_it(studio, spaces):
    library, jobs = studio
    cut = replace(FOX, prompt=Prompt("a cat"), cut=True)
    story = library.storyboards.save(Storyboard(LOOK, (FOX, cut)))
    job = jobs.submit_film(story)
    in_event(jobs.visit, job.id)
    assert (jobs.job(job.id).status, jobs.job(job.id).kind, spaces.ended) == ("done", "film", ["done", "done"])


def test_progress_and_previews_come_while_it_is_made(studio):
    _, jobs = studio
    told, engine = [], jobs.engines.open("wan-turbo")
    request = ClipRequest(Prompt("a fox", sentence="a fox"), 96, 96, 9, 24, 1)
    for seed in (1, 2):  # the preview is learnt from the first take
        told.clear()
        asked = replace(request, seed=seed)
        frames = in_event(lambda asked=asked: list(engine.render(asked, lambda *one: told.append(one))))
        assert [frame.shape for frame in frames] == [(96, 96, 3)] * 9
    steps = [(done, preview is not None) for done, _, doing, preview in told[1:] if doing == "doing_denoising"]
    assert steps == [(0, False), (1, True), (2, True), (3, True)]
    assert told[0][2] == "doing_waiting" and told[-1][2] == "doing_decoding"


def test_outside_an_event_nothing_is_lent_and_that_is_said(studio, spaces):
    _, jobs = studio
    job = jobs.submit(FOX, LOOK)
    jobs.visit(job.id)
    error = jobs.job(job.id).error
    assert (error["code"], error["values"]["reason"]) == ("wan_not_lent", "Space app has reached its GPU limit.")
    assert spaces.durations == []


def test_what_the_lender_refuses_is_said_in_his_words_and_can_be_tried_again(studio, spaces):
    _, jobs = studio
    spaces.quota = 1
    job = ended(jobs, FOX)
    assert job.error["code"] == "wan_not_lent" and "exceeded your quota" in job.error["values"]["reason"]
    spaces.quota = 10_000
    again = jobs.retry(job.id)
    in_event(jobs.visit, again.id)
    assert jobs.job(again.id).status == "done"


def fail(error):
    def raising(*_, **__):
        raise error

    return raising


def test_what_goes_wrong_beside_the_card_comes_back_in_words(studio, spaces, monkeypatch):
    _, jobs = studio
    monkeypatch.setattr(models.wan.run.Run, "denoise", fail(Unavailable("wan_weights_damaged", {"file": "vae"})))
    assert ended(jobs, FOX).error == {"code": "wan_weights_damaged", "values": {"file": "vae"}}
    monkeypatch.setattr(models.wan.run.Run, "denoise", fail(RuntimeError("cuda")))
    error = ended(jobs, replace(FOX, prompt=Prompt("a cat"))).error
    assert error == {"code": "wan_not_lent", "values": {"reason": "RuntimeError"}}
    assert spaces.ended == ["done", "failed"]


def test_a_cancel_gives_the_card_back_within_a_step(studio, spaces, monkeypatch):
    _, jobs = studio
    whole = models.wan.run.Run.denoise

    def slow(self, requests, report):
        def slowed(*one):
            time.sleep(0.3)
            report(*one)

        return whole(self, requests, slowed)

    monkeypatch.setattr(models.wan.run.Run, "denoise", slow)
    job = jobs.submit(FOX, LOOK)
    visit = threading.Thread(target=in_event, args=(jobs.visit, job.id))
    visit.start()
    while jobs.job(job.id).doing != "doing_denoising":
        time.sleep(0.02)
    jobs.cancel(job.id)
    visit.join(30)
    assert not visit.is_alive() and spaces.ended == ["closed"]
    assert jobs.job(job.id).status == "cancelled"


def asked_for(studio, request, profile="turbo"):
    """Return for how many seconds the card would be asked for, with weights as the profile states them."""
    profile = profiles()[profile] if isinstance(profile, str) else profile
    card = studio[1].engines._host.lender.card
    size, weights = (request.width, request.height), Weights.of(profile)
    plan = plan_for(profile, size, request.num_frames, card, weights)
    take = Take(profile, *size, request.num_frames, weights)
    return seconds_of(Work((), profile, "", request, take, plan))


def test_the_card_is_asked_for_longer_the_more_there_is_to_do(studio):
    short = ClipRequest(Prompt("a fox"), 1280, 704, 25, 24, 1)
    long, small = replace(short, num_frames=121), replace(short, width=832, height=480)
    more = replace(profiles()["turbo"], num_inference_steps=4, timesteps=(1000, 757, 522, 250))
    usual = asked_for(studio, short)
    assert asked_for(studio, small) < usual < asked_for(studio, long)
    assert usual < asked_for(studio, short, more) < asked_for(studio, short, "quality")
    assert asked_for(studio, long) < 120, "the quickest profile stays within what a visitor without an account has"


def test_the_call_of_a_program_is_an_event_too(studio, spaces):
    """Through Gradio itself, which knows whose event it is."""
    page = built(studio)
    fn = next(fn for fn in page.fns.values() if fn.api_name == "generate")
    values = ["a fox", "runs", "", "", "", "", 0.21, "64x64", 0, "wan-turbo"]
    values += [""] * (len(fn.inputs) - len(values))
    answer = asyncio.run(page.process_api(fn, values, request=gr.Request(headers={}, query_params={})))
    assert answer["data"][0]["status"] == "done" and spaces.ended == ["done"]


def built(studio):
    library, jobs = studio

    async def made():  # in a loop, or Gradio opens one of its own and leaves it
        return build_page(library, jobs, jobs._settings)

    return asyncio.run(made())


def visits_of(page):
    return [fn for fn in page.fns.values() if fn.name == "run" and fn.queue and fn.trigger_mode == "multiple"]


def test_each_press_that_asks_is_followed_by_an_event_that_works_on_it(studio, spaces):
    _, jobs = studio
    page = built(studio)
    visits = visits_of(page)
    assert len(visits) == 8 and {fn.concurrency_limit for fn in visits} == {None}
    job = jobs.submit(FOX, LOOK)
    state = gr.blocks.SessionState(page)
    seat = next(one for one in visits[0].inputs if isinstance(one, gr.State) and hasattr(one.value, "asked"))
    state[seat._id].asked = deque([job.id])
    asyncio.run(
        page.process_api(
            visits[0], [None] * len(visits[0].inputs), state=state, request=gr.Request(headers={}, query_params={})
        )
    )
    assert jobs.job(job.id).status == "done" and not state[seat._id].asked


def test_without_the_package_nothing_changes(tmp_path, checkpoint, monkeypatch):
    inactive = Spaces(active=False)
    for modules in ({}, inactive.modules):
        for name, module in modules.items():
            monkeypatch.setitem(sys.modules, name, module)
        engines = Engines(Source(tmp_path / "models", str(checkpoint)))
        assert engines.lent == () and engines._host.lender is None
    with opened(tmp_path / "home", checkpoint) as (library, jobs):
        assert visits_of(built((library, jobs))) == []
        job = jobs.submit(FOX, LOOK)
        jobs.visit(job.id)
        assert jobs.wait(job.id, 60).status == "done"
        jobs.close()


def test_the_lent_card_is_what_the_package_says_of_it(tmp_path, checkpoint, spaces):
    settings = Settings.read({"STUDIO_HOME": str(tmp_path), "STUDIO_WAN_REPO": str(checkpoint)})
    with closing(Library.open(settings)) as library, closing(Jobs(library, settings)) as jobs:
        assert len(spaces.decorated) == 1, "a Space looks for what asks for a card when its page is launched"
        card = jobs.engines._host.lender.card
    assert (card.name, card.device, card.free_gib) == ("a card", "cuda", 47.0), "half of what has halves"
