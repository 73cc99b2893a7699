"""Jobs from wish to clip, on both databases: reuse, sharing, cancel, failure, retry, deletion, restart."""

import io
import time
from dataclasses import replace
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from PIL import Image

from models.engine import MAX_SEED, Prompt, Refused
from studio import video
from studio.errors import Invalid, NotFound
from studio.jobs import Job, Jobs
from studio.library import ClipQuery, Library
from studio.library.schema import step
from studio.settings import Settings
from studio.storyboard import CastMember, Look, Segment, Storyboard
from studio.ui.tray import Tray
from studio.ui.views import preview
from tests.bars import Bars, bars_prompt

LOOK = Look(engine="bars", width=64, height=48)
BEGUN = Storyboard(Look("drifting", 128, 72, 12), (Segment(Prompt("@Mia", "walks"), 0.5),))


def segment(action: str = "move", subject: str = "bars", seconds: float = 0.5) -> Segment:
    return Segment(bars_prompt(subject, action), seconds)


def until(jobs: Jobs, job: Job, status: str, seconds: float = 60.0) -> Job:
    end = time.monotonic() + seconds
    while (now := jobs.job(job.id)).status != status:
        assert time.monotonic() < end, f"still {now.status}, not {status}: {now.error}"
        time.sleep(0.02)
    return now


def test_a_wish_becomes_a_clip_that_plays(jobs, library):
    job = jobs.wait(jobs.submit(segment(), LOOK).id, 60)
    assert (job.status, job.progress, job.reused, job.seconds_left) == ("done", 1.0, False, None)
    clip = library.clip(job.clip_id)
    facts = video.probe(library.media(clip.video).path)
    assert (facts.width, facts.height, facts.num_frames, facts.fps) == (64, 48, 12, 24)
    assert library.media(clip.poster).mime == "image/jpeg"
    assert clip.reading.drawn[0].zh == "彩条"
    assert not list(library.store.temporary.iterdir())


def test_the_same_again_is_there_at_once_and_another_seed_is_not(jobs):
    first = jobs.wait(jobs.submit(segment(), LOOK).id, 60)
    assert jobs.estimate(segment(), LOOK) == 0.0
    again = jobs.submit(segment(), LOOK)
    assert (again.status, again.reused, again.clip_id) == ("done", True, first.clip_id)
    other = Look(engine="bars", width=64, height=48, seed=1)
    assert jobs.estimate(segment(), other) > 0
    second = jobs.wait(jobs.submit(segment(), other).id, 60)
    assert not second.reused and second.clip_id != first.clip_id


def test_two_who_ask_at_once_share_one_flight(jobs, library):
    one = jobs.submit(segment("pause 0.02"), LOOK)
    two = jobs.submit(segment("pause 0.02"), LOOK)
    assert jobs.wait(one.id, 60).clip_id == jobs.wait(two.id, 60).clip_id
    assert library.search(ClipQuery()).total == 1


@pytest.fixture
def pauses(monkeypatch) -> list[float]:
    """The seconds of every pause that the engine has made."""
    made, sleep = [], time.sleep

    def pause(seconds: float) -> None:
        made.append(seconds)
        sleep(seconds)

    monkeypatch.setattr("tests.bars.time", SimpleNamespace(sleep=pause))
    return made


def test_cancel_is_heard_within_a_second(jobs, library, pauses):
    job = jobs.submit(segment("pause 0.05", seconds=5), LOOK)
    until(jobs, job, "working")
    before = len(pauses)
    cancelled = jobs.cancel(job.id)
    assert (cancelled.status, cancelled.doing) == ("cancelled", "doing_cancelled")
    assert jobs.wait(jobs.submit(segment(subject="next"), LOOK).id, 60).status == "done"
    assert sum(pauses[before:]) < 1  # of the six seconds that the whole clip pauses
    assert library.search(ClipQuery()).total == 1


def test_a_cancelled_job_leaves_the_step_to_the_other_that_wants_it(jobs):
    one = jobs.submit(segment("pause 0.02"), LOOK)
    two = jobs.submit(segment("pause 0.02"), LOOK)
    jobs.cancel(one.id)
    assert jobs.wait(two.id, 60).status == "done"
    assert jobs.job(one.id).status == "cancelled"


def test_a_cancelled_job_can_be_taken_up_again(jobs):
    job = jobs.submit(segment("pause 0.02"), LOOK)
    jobs.cancel(job.id)
    assert jobs.retry(job.id).status in ("waiting", "working")
    assert jobs.wait(job.id, 60).status == "done"


def test_a_failure_is_told_and_stops_nobody_else(jobs, caplog):
    jobs.queue.patience = type(jobs.queue.patience)(back_off=0.01)
    bad = jobs.submit(segment("fail"), LOOK)
    good = jobs.submit(segment(), LOOK)
    assert jobs.wait(good.id, 60).status == "done"
    failed = jobs.wait(bad.id, 60)
    assert failed.status == "failed" and failed.error["code"] == "unexpected"
    assert failed.error["values"]["reference"] in caplog.text
    assert "told to fail" in caplog.text
    jobs.retry(bad.id)
    assert jobs.wait(bad.id, 60).status == "failed"


def test_a_deleted_clip_comes_back_when_it_is_asked_for(jobs, library):
    job = jobs.wait(jobs.submit(segment(), LOOK).id, 60)
    library.delete(job.clip_id)
    assert jobs.job(job.id).clip_id is None
    again = jobs.submit(segment(), LOOK)
    assert again.reused and library.clip(again.clip_id).id == job.clip_id


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize("damage", ["gone", "empty", "cut off"])
def test_a_film_that_is_damaged_is_made_again(jobs, library, damage):
    first = library.clip(jobs.wait(jobs.submit(segment(), LOOK).id, 60).clip_id)
    path = library.store.path(first.video)
    whole = path.read_bytes()
    path.unlink()
    if damage != "gone":
        path.write_bytes(whole[:100] if damage == "cut off" else b"")
    assert jobs.estimate(segment(), LOOK) > 0
    again = jobs.wait(jobs.submit(segment(), LOOK).id, 60)
    assert (again.status, again.reused) == ("done", False)
    assert library.media(library.clip(again.clip_id).video).path.read_bytes() == whole
    assert library.search(ClipQuery()).total == 1


def test_what_was_forgotten_is_made_again(jobs, library, monkeypatch):
    jobs.wait(jobs.submit(segment(), Look("bars", 64, 48, seed=9)).id, 60)
    job = jobs.wait(jobs.submit(segment(), LOOK).id, 60)
    library.delete(job.clip_id)
    monkeypatch.setattr("studio.library.library.UNDO_SECONDS", -1.0)
    assert library.collect() == 2
    again = jobs.wait(jobs.submit(segment(), LOOK).id, 60)
    assert not again.reused and again.clip_id not in (None, job.clip_id)


def test_work_waits_for_a_studio_that_is_closed(library, settings):
    closed = Jobs(library, settings)
    job = closed.submit(segment(), LOOK)
    assert job.status == "waiting" and job.seconds_left > 0
    opened = Jobs(library, settings)
    opened.start()
    assert opened.wait(job.id, 60).status == "done"
    opened.close()


def test_closing_gives_the_step_back_unharmed(library, settings, monkeypatch):
    first = Jobs(library, settings)
    first.start()
    job = first.submit(segment("pause 0.05", seconds=5), LOOK)
    until(first, job, "working")
    first.close()
    assert first.job(job.id).status == "waiting", "it was not waited for, which would have taken six seconds"
    monkeypatch.setattr("tests.bars.time", SimpleNamespace(sleep=lambda seconds: None))
    second = Jobs(library, settings)
    second.start()
    assert second.wait(job.id, 60).status == "done"
    second.close()


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("wish", "look", "code"),
    [
        (Segment(bars_prompt("  ")), LOOK, "subject_missing"),
        (Segment(bars_prompt("x" * 20_000)), LOOK, "text_too_long"),
        (Segment(bars_prompt(), float("nan")), LOOK, "seconds_refused"),
        (Segment(bars_prompt(), -1.0), LOOK, "seconds_refused"),
        (Segment(bars_prompt(), 1e9), LOOK, "seconds_refused"),
        (segment(), Look("bars", 0, 48), "size_refused"),
        (segment(), Look("bars", -1, 48), "size_refused"),
        (segment(), Look("bars", 64, 7), "size_refused"),
        (segment(), Look("bars", 100_000, 48), "size_refused"),
        (segment(), Look("bars", 64, 48, fps=0), "fps_refused"),
        (segment(), Look("bars", 64, 48, seed=2**80), "seed_refused"),
        (segment(), Look("bars", 64, 48, seed=-1), "seed_refused"),
        (segment(), Look("nosuch", 64, 48), "engine_unknown"),
    ],
)
def test_what_cannot_be_made_is_refused_before_it_waits(jobs, wish, look, code):
    with pytest.raises(Invalid) as refused:
        jobs.submit(wish, look)
    assert refused.value.code == code
    assert jobs.recent() == ()


def test_the_highest_seed_is_not_refused(jobs):
    look = Look("bars", 64, 48, seed=MAX_SEED)
    assert jobs.wait(jobs.submit(segment(), look).id, 60).status == "done"


def give_mia(library: Library, colour: str) -> str:
    """Give Mia a picture of one colour; return its digest."""
    data = io.BytesIO()
    Image.new("RGB", (32, 18), colour).save(data, "PNG")
    digest = library.keep_picture(data.getvalue())
    library.storyboards.keep_member(CastMember("Mia", "a girl", picture=digest))
    return digest


def test_a_picture_stays_until_the_job_that_begins_from_it_has_ended(library, settings, monkeypatch):
    monkeypatch.setattr("studio.library.library.UNDO_SECONDS", -1.0)
    closed = Jobs(library, settings)
    red = give_mia(library, "red")
    job = closed.submit_film(BEGUN)
    give_mia(library, "blue")
    assert library.collect() == 0 and library.media(red)
    opened = Jobs(library, settings)
    opened.start()
    assert opened.wait(job.id, 60).status == "done"
    opened.close()
    assert library.collect() == 1 and not library.store.holds(red)


def test_retry_plans_with_the_cast_of_today_when_a_picture_is_gone(jobs, library):
    library.store.path(give_mia(library, "red")).unlink()
    failed = jobs.wait(jobs.submit_film(BEGUN).id, 60)
    assert failed.status == "failed"
    assert jobs.wait(jobs.retry(failed.id).id, 60).status == "failed", "nobody has given another picture"
    give_mia(library, "blue")
    mended = jobs.wait(jobs.retry(failed.id).id, 60)
    assert mended.status == "done" and mended.storyboard == failed.storyboard
    kept = library.storyboards.load(failed.storyboard)
    assert jobs.film_of(kept).id == mended.clip_id


def test_retry_leaves_alone_what_was_made_of_a_picture_that_is_gone(library, settings):
    closed = Jobs(library, settings)
    red = give_mia(library, "red")
    job = closed.submit_film(BEGUN)
    closed.runner.run_one("worker")
    closed.cancel(job.id)
    give_mia(library, "blue")
    library.store.path(red).unlink()
    assert closed.retry(job.id).id == job.id
    closed.runner.run_one("worker")
    assert closed.job(job.id).status == "done"


def test_a_job_that_never_was(jobs):
    with pytest.raises(NotFound):
        jobs.job("nosuch")
    with pytest.raises(NotFound):
        jobs.cancel("nosuch")


def test_recent_shows_what_is_not_done_before_what_is(library, settings):
    closed = Jobs(library, settings)
    waiting = [closed.submit(segment(subject=f"bars {n}"), LOOK).id for n in range(4)]
    cancelled = [closed.submit(segment(subject=f"other {n}"), LOOK).id for n in range(3)]
    for job_id in cancelled:
        closed.cancel(job_id)
    assert [job.id for job in closed.recent(2)] == [*waiting[:2], *cancelled[:0:-1]]
    assert closed.count_unended() == 4


def test_jobs_that_ended_long_ago_are_forgotten(jobs, library, monkeypatch):
    ended = jobs.wait(jobs.submit(segment(), LOOK).id, 60)
    monkeypatch.setattr("studio.jobs.queue.KEPT_SECONDS", -1.0)
    jobs.queue.prune()
    with pytest.raises(NotFound):
        jobs.job(ended.id)
    assert library.clip(ended.clip_id)
    assert jobs.submit(segment(), LOOK).reused


def test_steps_are_forgotten_with_the_last_job_that_had_them(library, settings, monkeypatch):
    monkeypatch.setattr("studio.jobs.queue.KEPT_SECONDS", -1.0)
    closed = Jobs(library, settings)
    shared, other = Segment(Prompt("a girl", "walks"), 0.5), Segment(Prompt("a dog", "runs"), 0.5)
    old = closed.submit_film(Storyboard(BEGUN.look, (shared, other)))
    new = closed.submit_film(Storyboard(BEGUN.look, (shared,)))
    closed.cancel(old.id)
    closed.queue.prune()
    with library.database.read() as connection:
        left = connection.scalars(sa.select(step.c.kind).order_by(step.c.id)).all()
    assert left == ["take", "film"]
    while closed.runner.run_one("worker"):
        pass
    assert closed.job(new.id).status == "done"
    closed.queue.prune()
    assert closed.submit_film(Storyboard(BEGUN.look, (shared,))).reused
    both = closed.submit_film(Storyboard(BEGUN.look, (shared, other)))
    while closed.runner.run_one("worker"):
        pass
    assert closed.job(both.id).status == "done"


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_two_runners_on_one_folder_do_everything_once(library: Library, settings: Settings):
    runners = [Jobs(library, settings) for _ in range(3)]
    for runner in runners:
        runner.start()
    submitted = [runners[n % 3].submit(segment(subject=f"bars {n}"), LOOK) for n in range(24)]
    ended = [runners[0].wait(job.id, 60) for job in submitted]
    for runner in runners:
        runner.close()
    assert {job.status for job in ended} == {"done"}
    assert library.search(ClipQuery()).total == 24


def test_a_preview_is_seen_while_it_is_made_and_forgotten_after(jobs, library):
    job = jobs.submit(segment("look 0.05", seconds=1), LOOK)
    end = time.monotonic() + 20
    while not (seen := jobs.job(job.id)).preview:
        assert not seen.ended and time.monotonic() < end
        time.sleep(0.02)
    with Image.open(io.BytesIO(seen.preview)) as picture:
        assert picture.size == (16, 9) and preview(seen).startswith("data:image/jpeg;base64,")
    assert preview(seen) in Tray(library, jobs).html("en")
    assert jobs.wait(job.id, 20).preview is None
    with library.database.read() as connection:
        assert connection.scalars(sa.select(step.c.preview)).all() == [None]


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_an_engine_is_shown_the_takes_that_wait(library, settings, monkeypatch):
    seen = []

    def prepare(engine, requests, report):
        seen.append([request.seed for request in requests])
        raise Refused("seed_refused", {"seed": 0, "high": 0})  # goes wrong where it belongs, or not at all

    monkeypatch.setattr(Bars, "prepare", prepare)
    opened = Jobs(library, settings)
    jobs = [opened.submit(segment(), replace(LOOK, seed=seed)) for seed in (1, 2, 3)]
    opened.submit(BEGUN.segments[0], replace(BEGUN.look, width=64, height=64))
    opened.start()
    assert {opened.wait(job.id, 60).status for job in jobs} == {"done"} and seen == [[1, 2, 3], [2, 3], [3]]
    opened.close()
