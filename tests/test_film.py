"""Films from plan to file: keys and their chain, takes made once, redo, failure of one, deletion, restart, kill -9."""

import os
import signal
import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest
import sqlalchemy as sa

import models
from models.engine import MAX_SEED, Anchor, Cancelled, Prompt
from studio import video
from studio.errors import Failed, Invalid, StudioError
from studio.jobs import Jobs
from studio.library import ClipQuery, Library
from studio.library.schema import step
from studio.post import colour
from studio.production import film as film_module
from studio.production import plan, plan_film, run, run_step
from studio.production.anchors import read_anchor, write_anchor
from studio.production.film import SEGMENTS_LIMIT, continues, plan_takes, reseeded
from studio.production.made import staged
from studio.storyboard import CastMember, Look, Segment, Storyboard
from tests.bars import Chained, bars_prompt

models.ENGINES["chained"] = "tests.bars:Chained"

LOOK = Look("chained", 64, 48, 12)
sqlite_only = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)


def segments(count: int, cuts: tuple[int, ...] = (), action: str = "move") -> tuple[Segment, ...]:
    """Segments of half a second, those whose number (from 1) is in `cuts` each starting a shot."""
    return tuple(
        Segment(bars_prompt(f"bars {number}", action), 0.5, cut=number in cuts) for number in range(1, count + 1)
    )


def storyboard(count: int = 9, cuts: tuple[int, ...] = (), **changes) -> Storyboard:
    return Storyboard(LOOK, segments(count, cuts), **changes)


def changed(wanted: Storyboard, number: int, **changes) -> Storyboard:
    """The storyboard with its segment of that number, from 1, changed."""
    parts = list(wanted.segments)
    parts[number - 1] = replace(parts[number - 1], **changes)
    return replace(wanted, segments=tuple(parts))


def keys(wanted: Storyboard, cast=()) -> list[str]:
    return [take.key for take in plan_film(wanted, cast).takes]


def same(one: list[str], other: list[str]) -> list[int]:
    """The numbers, from 1, of the segments whose keys are equal."""
    return [number for number, pair in enumerate(zip(one, other, strict=True), 1) if pair[0] == pair[1]]


def until(condition, seconds: float = 60.0):
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.02)
    return found


def made(jobs: Jobs, wanted: Storyboard):
    """Submit a film, wait for it, and return its clip."""
    job = jobs.wait(jobs.submit_film(wanted).id, 60)
    assert job.status == "done", job
    return jobs._library.clip(job.clip_id)


# --- plan


def test_a_film_of_one_segment_has_the_take_that_the_segment_alone_has():
    wanted = storyboard(1)
    assert keys(wanted) == [plan(wanted.segments[0], LOOK).key]
    assert keys(changed(wanted, 1, seed=7)) == [plan(wanted.segments[0], replace(LOOK, seed=7)).key]


def test_a_change_gives_new_keys_to_what_hangs_on_it_and_to_nothing_else():
    wanted = storyboard(9, cuts=(4, 8))
    before = keys(wanted)
    assert len(set(before)) == 9
    assert same(before, keys(changed(wanted, 5, seed=1))) == [1, 2, 3, 4, 8, 9]
    assert same(before, keys(changed(wanted, 5, prompt=bars_prompt("others")))) == [1, 2, 3, 4, 8, 9]
    assert same(before, keys(changed(wanted, 5, seconds=0.75))) == [1, 2, 3, 4, 8, 9]
    assert same(before, keys(changed(wanted, 5, cut=True))) == [1, 2, 3, 4, 8, 9]
    assert same(before, keys(changed(wanted, 5, seam="blend"))) == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert same(before, keys(replace(wanted, lut="silver", title="x", story="y"))) == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert same(before, keys(replace(wanted, lock_colours=False))) == [1, 2, 4, 5, 8, 9]
    assert same(before, keys(replace(wanted, wording="same bars"))) == [1, 4, 8]
    assert keys(changed(changed(wanted, 5, seed=1), 5, seed=None)) == before


def test_whatever_shows_in_a_film_changes_its_key():
    wanted = storyboard(3)
    films = [
        wanted,
        changed(wanted, 2, seam="blend"),
        replace(wanted, lut="silver"),
        replace(wanted, lut="moonlight"),
        replace(wanted, lock_colours=False),
        replace(wanted, segments=wanted.segments[:2]),
        changed(wanted, 3, cut=True),
    ]
    assert len({plan_film(film).film.key for film in films}) == len(films)
    renamed = replace(changed(wanted, 1, seam="morph", id="a"), title="x", id="b", story="y")
    assert plan_film(renamed).film.key == plan_film(wanted).film.key
    shots = storyboard(3, cuts=(3,))
    assert plan_film(changed(shots, 3, seam="morph")).film.key == plan_film(shots).film.key, "a new shot is a cut"


def test_takes_that_continue_need_the_one_before_and_have_a_frame_more():
    planned = plan_film(storyboard(4, cuts=(3,)))
    assert [take.needs for take in planned.takes] == [(), (planned.takes[0].key,), (), (planned.takes[2].key,)]
    assert [step.key for step in planned.steps] == [*(take.key for take in planned.takes), planned.film.key]
    assert planned.film.needs == tuple(take.key for take in planned.takes)


def test_segments_that_are_alike_share_a_take():
    wanted = Storyboard(LOOK, (Segment(bars_prompt(), 0.5), Segment(bars_prompt(), 0.5, cut=True)))
    planned = plan_film(wanted)
    assert len(planned.takes) == 2 and len(planned.steps) == 2


def test_an_engine_that_cannot_continue_starts_every_segment_anew():
    wanted = replace(storyboard(3, wording="same bars"), look=replace(LOOK, engine="bars"))
    for take, segment in zip(plan_film(wanted).takes, wanted.segments, strict=True):
        assert take.key == plan(segment, wanted.look).key and take.needs == ()


def test_the_cast_is_written_out_and_its_change_reaches_only_those_who_use_it():
    wanted = Storyboard(LOOK, tuple(Segment(bars_prompt(name), 0.5, cut=True) for name in ("@Mia", "bars", "@mia")))
    mia = CastMember("Mia", "red bars")
    before = keys(wanted, [mia])
    assert plan_film(wanted, [mia]).takes[0].params["segment"]["prompt"]["subject"] == "red bars"
    assert same(before, keys(wanted, [replace(mia, words="blue bars")])) == [2]
    assert same(before, keys(wanted, [replace(mia, picture="f" * 64)])) == [2]


BAD = {
    "story_too_many": Storyboard(LOOK, segments(500)),
    "film_empty": Storyboard(LOOK, ()),
    "engine_unknown": replace(storyboard(2), look=Look("nosuch")),
    "size_refused": replace(storyboard(2), look=Look("chained", 7, 7)),
    "lut_missing": storyboard(2, lut="../../etc/passwd"),
}
BAD_SEGMENTS = {
    "seconds_refused": {"seconds": 0.0},
    "seam_unknown": {"seam": "nosuch"},
    "subject_missing": {"prompt": Prompt("  ")},
    "text_too_long": {"prompt": Prompt("x" * 40_000)},
    "seed_refused": {"seed": MAX_SEED + 1},
}


@pytest.mark.parametrize("code", BAD)
def test_what_is_no_film_is_refused(code):
    with pytest.raises(StudioError) as refused:
        plan_film(BAD[code])
    assert refused.value.code == code


@pytest.mark.parametrize("code", BAD_SEGMENTS)
def test_a_segment_that_cannot_be_made_is_named(code):
    with pytest.raises(Invalid) as refused:
        plan_film(changed(storyboard(4), 3, **BAD_SEGMENTS[code]))
    assert (refused.value.code, refused.value.values["segment"]) == (code, 3)


def test_as_many_segments_as_are_allowed():
    assert len(plan_film(storyboard(SEGMENTS_LIMIT)).takes) == SEGMENTS_LIMIT


# --- anchors


def test_an_anchor_comes_back_as_it_was_and_equal_ends_give_equal_bytes(tmp_path):
    frames = tuple(np.random.default_rng(number).integers(0, 255, (48, 64, 3), np.uint8) for number in range(2))
    for name in ("one", "two"):
        write_anchor(Anchor(frames, b"state"), tmp_path / name)
    back = read_anchor(tmp_path / "one")
    assert back.state == b"state" and all(map(np.array_equal, back.frames, frames))
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.parametrize("content", [None, b"", b"PK no zip", b"\0" * 1000])
def test_a_damaged_anchor_is_said_to_be_one(tmp_path, content):
    path = tmp_path / "anchor"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Failed) as gone:
        read_anchor(path)
    assert gone.value.code == "take_missing"


# --- run


def test_as_many_frames_are_kept_as_a_colour_match_is_fitted_on():
    assert run.OPENING == colour.OPENING


@sqlite_only
def test_a_story_becomes_one_film_that_moves_on_at_every_seam(jobs, library):
    film = made(jobs, changed(storyboard(4, cuts=(3,), title="Bars"), 2, seam="cut"))
    assert (film.kind, film.num_frames, film.prompt.sentence) == ("film", 24, "Bars")
    facts = video.probe(library.media(film.video).path)
    assert (facts.width, facts.height, facts.num_frames, facts.fps) == (64, 48, 24, 12)
    parts = film.measures["parts"]
    assert [(part["start_frame"], part["num_frames"], part["cut"]) for part in parts] == [
        (0, 6, True), (6, 6, False), (12, 6, True), (18, 6, False),
    ]  # fmt: skip
    assert len(film.measures["seams"]) == 3 and len(film.measures["segments"]) == 4
    assert 1.0 <= film.measures["score"] <= 5.0
    takes = [library.made([part["key"]])[part["key"]] for part in parts]
    assert [take.num_frames for take in takes] == [6, 7, 6, 7] and {take.kind for take in takes} == {"take"}
    end, begin = (read_anchor(library.store.path(take.anchor)) for take in takes[:2])
    assert len(end.frames) == 2 and end.state == b"6" and begin.state == b"13"
    frames = list(video.read(library.store.path(takes[1].video)))
    grey = frames[0].mean(axis=2) - end.frames[-1].mean(axis=2)
    assert np.abs(grey).mean() < 8, "a take begins with the end of the one before"


@sqlite_only
def test_takes_stay_out_of_the_library_until_they_are_asked_for(jobs, library):
    wanted = storyboard(2)
    film = made(jobs, wanted)
    assert [clip.id for clip in library.search(ClipQuery()).clips] == [film.id]
    assert library.facets().kinds == (("film", 1),) and library.search(ClipQuery(kind="take")).total == 2
    assert library.search(ClipQuery("bars 2")).total == 1, "a film is found by the words of its segments"
    alone = jobs.submit(wanted.segments[0], LOOK)
    assert alone.reused and library.clip(alone.clip_id).kind == "clip"
    assert library.search(ClipQuery()).total == 2


@sqlite_only
def test_a_clip_of_the_library_is_a_take_of_a_film_and_stays_a_clip(jobs, library):
    wanted = storyboard(2)
    clip = library.clip(jobs.wait(jobs.submit(wanted.segments[0], LOOK).id, 60).clip_id)
    made(jobs, wanted)
    assert library.clip(clip.id) == clip


def test_the_same_film_again_is_there_at_once(jobs, library):
    wanted = storyboard(2)
    assert jobs.estimate_film(wanted) > 0
    film = made(jobs, wanted)
    assert jobs.estimate_film(wanted) == 0.0
    again = jobs.submit_film(wanted)
    assert (again.reused, again.clip_id, again.status) == (True, film.id, "done")
    assert len(library.storyboards.recent()) == 1, "what was never kept is not kept for a film that is there"


def test_a_film_that_is_asked_for_again_has_the_title_it_has_now(jobs, library):
    wanted = storyboard(1, title="Bars")
    film = made(jobs, wanted)
    other = library.storyboards.save(replace(wanted, title="Stripes"))
    assert jobs.film_of(other).prompt.sentence == "Stripes" and library.clip(film.id).prompt.sentence == "Bars"
    again = made(jobs, other)
    assert (again.id, again.prompt.sentence, again.measures["storyboard"]) == (film.id, "Stripes", other.id)
    assert library.search(ClipQuery("stripes")).total == 1 and library.search(ClipQuery("bars")).total == 1
    library.store.path(film.video).unlink()
    assert made(jobs, replace(other, title="Lines")).prompt.sentence == "Lines", "a film made anew has it too"


@sqlite_only
@pytest.mark.parametrize("lost", ["video", "poster"])
def test_a_film_whose_files_are_gone_is_not_there_and_is_made_anew_for_its_storyboard(jobs, library, lost):
    wanted = storyboard(2)
    film = made(jobs, wanted)
    take = library.made(keys(wanted))[keys(wanted)[0]]
    for clip in (film, take):
        library.store.path(getattr(clip, lost)).unlink()
    assert jobs.film_of(wanted) is None
    kept = library.storyboards.load(film.measures["storyboard"])
    assert [one.status for one in jobs.progress_of(kept)] == ["new", "done"]
    job = jobs.submit_film(wanted)
    assert library.storyboards.load(job.storyboard), "who asks what went wrong must find the segments"
    assert jobs.wait(job.id, 60).status == "done" and jobs.film_of(wanted) is not None


@sqlite_only
def test_redo_of_one_segment_makes_only_what_hangs_on_it(jobs, library):
    wanted = library.storyboards.save(storyboard(5, cuts=(5,)))
    first = made(jobs, wanted)
    before = library.made(keys(wanted))
    assert jobs.estimate_film(changed(wanted, 3, seed=3)) < jobs.estimate_film(
        replace(wanted, look=replace(LOOK, seed=9))
    )
    second = made(jobs, changed(wanted, 3, seed=3))
    assert second.id != first.id
    with library.database.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(step).where(step.c.kind == "take")) == 5 + 2
    now = library.made(keys(changed(wanted, 3, seed=3)))
    assert len(before) == len(now) == 5 and len(before.keys() & now.keys()) == 3
    for key in before.keys() & now.keys():
        assert now[key] == before[key]
    assert library.clip(first.id) == first, "the film before stays"


@sqlite_only
def test_takes_stand_side_by_side_and_an_older_one_can_be_chosen_again(jobs, library):
    wanted = library.storyboards.save(storyboard(2))
    made(jobs, wanted)
    other = changed(wanted, 2, seed=5)
    assert [seen.status for seen in jobs.progress_of(other)] == ["done", "stale"]
    jobs.wait(jobs.submit_take(other, other.segments[1].id).id, 60)
    seen = jobs.progress_of(other)[1]
    assert [(take.seed, take.chosen, take.fits) for take in seen.takes] == [(0, False, True), (5, True, True)]
    assert jobs.film_of(other) is None and jobs.film_of(wanted) is not None
    assert jobs.submit_film(changed(other, 2, seed=0)).reused
    reworded = jobs.progress_of(changed(wanted, 1, prompt=bars_prompt("others")))
    assert [one.status for one in reworded] == ["stale", "stale"]
    assert [take.fits for take in reworded[1].takes if take.clip] == [False, False]


@sqlite_only
def test_another_take_asks_nothing_of_the_segments_it_does_not_hang_on(jobs, library):
    wanted = changed(storyboard(4, cuts=(2, 4), lut="nosuch"), 3, prompt=Prompt(""))
    kept = library.storyboards.save(changed(wanted, 1, seconds=0.0))
    asked = changed(kept, 2, seed=5)
    assert jobs.wait(jobs.submit_take(asked, asked.segments[1].id).id, 60).status == "done"
    assert [one.status for one in jobs.progress_of(asked)] == ["new", "done", "new", "new"]
    with pytest.raises(Invalid) as refused:
        jobs.submit_take(changed(asked, 3, seed=7), asked.segments[2].id)
    assert refused.value.code == "subject_missing" and library.storyboards.load(kept.id) == asked


def test_a_segment_that_cannot_be_made_yet_says_so_and_spares_the_others(jobs):
    unfinished = changed(storyboard(4, cuts=(4,)), 2, prompt=Prompt(""))
    seen = jobs.progress_of(unfinished)
    assert [one.status for one in seen] == ["new"] * 4 and [bool(one.key) for one in seen] == [True, False, False, True]
    assert seen[1].error["code"] == "subject_missing"
    assert jobs.film_of(unfinished) is None and jobs.progress_of(Storyboard(LOOK, ())) == ()


@pytest.mark.parametrize(
    ("action", "code"),
    [
        ("fail", "unexpected"),
        ("short", "take_cut_short"),
        ("endless", "take_cut_short"),
        ("narrow", "take_wrong_size"),
        ("grey", "take_wrong_size"),
        ("float", "take_wrong_size"),
    ],
)
@sqlite_only
def test_a_failed_segment_fails_only_what_hangs_on_it(jobs, library, action, code):
    jobs.queue.patience = replace(jobs.queue.patience, back_off=0.01)
    wanted = changed(storyboard(4, cuts=(4,)), 2, prompt=bars_prompt("bars 2", action))
    job = jobs.wait(jobs.submit_film(wanted).id, 60)
    assert (job.status, job.error) == ("failed", {"code": "film_segments_failed", "values": {"segments": "2"}})
    kept = library.storyboards.load(job.storyboard)
    seen = jobs.progress_of(kept)
    assert [one.status for one in seen] == ["done", "failed", "new", "done"]
    assert seen[1].error["code"] == code and library.media(seen[3].clip.video)
    assert not list(library.store.temporary.iterdir())
    assert made(jobs, changed(kept, 2, prompt=bars_prompt("bars 2"))).num_frames == 24
    with library.database.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(step).where(step.c.kind == "take")) == 4 + 2


def test_takes_that_were_just_planned_are_not_planned_again(monkeypatch):
    planned, mia = [], CastMember("Mia", "a girl")
    take_step = film_module.take_step
    monkeypatch.setattr(film_module, "take_step", lambda *wish: planned.append(1) or take_step(*wish))
    wanted = changed(storyboard(5, title="planned once"), 5, prompt=Prompt(""))
    first = plan_takes(wanted, [mia])
    again = plan_takes(replace(wanted, segments=(*wanted.segments,)), (mia,))
    assert len(planned) == 4 and again[:4] == first[:4]
    assert again[4].to_dict() == first[4].to_dict() and again[4] is not first[4], "each is raised by one alone"
    plan_takes(wanted, [replace(mia, words="a boy")])
    assert len(planned) == 8


def test_a_take_of_another_seed_begins_where_the_take_does():
    wanted = storyboard(2)
    take = plan_takes(wanted)[1]
    other = plan_takes(changed(wanted, 2, seed=7))[1]
    assert reseeded(take, 7) == other and reseeded(other, LOOK.seed) == take == reseeded(take, LOOK.seed)


def test_takes_are_planned_anew_for_another_engine_under_the_same_name(monkeypatch):
    wanted = storyboard(3)
    before = keys(wanted)
    monkeypatch.setattr(Chained, "identity", "chained-2")
    after = keys(wanted)
    monkeypatch.setattr(Chained, "limits", replace(Chained.limits, anchor_frames=0))
    assert same(before, after) == [] and not any(map(continues, plan_film(wanted).takes))


@sqlite_only
def test_a_film_asked_for_before_an_update_is_not_made_under_its_old_key(jobs, library, monkeypatch):
    wanted = storyboard(2)
    made(jobs, wanted)
    planned = plan_film(wanted).film
    monkeypatch.setattr(film_module, "JOINING", film_module.JOINING + 1)
    with pytest.raises(Failed) as refused:
        run_step(planned, library, lambda done, total, doing: None)
    assert refused.value.code == "joining_changed"


def test_another_way_to_match_makes_anew_what_holds_a_match(monkeypatch):
    before = keys(storyboard(4, cuts=(4,)))
    plan_module = import_module("studio.production.plan")
    monkeypatch.setattr(plan_module, "MATCHING", plan_module.MATCHING + 1)
    assert same(before, keys(storyboard(4, cuts=(4,)))) == [1, 4]


@sqlite_only
def test_measuring_counts_on_and_stops_when_it_is_told_to(jobs, library):
    wanted = storyboard(9)
    made(jobs, wanted)
    step_of_film, seen = plan_film(wanted).film, []

    def report(done, total, doing):
        seen.append((done / total, doing))
        if doing == "doing_measuring" and done > 0.75 * total:
            raise Cancelled

    with pytest.raises(Cancelled):
        run_step(step_of_film, library, report)
    shares = [share for share, _ in seen]
    assert shares == sorted(shares) and sum(doing == "doing_measuring" for _, doing in seen) > 3
    assert not list(library.store.temporary.iterdir())


@sqlite_only
def test_files_are_handed_over_all_or_none(library, tmp_path):
    with library.store.scratch(".mp4") as one:
        one.write_bytes(b"film")
        with pytest.raises(StudioError):
            staged(library.store, one, tmp_path / "gone.jpg")
    assert not list(library.store.temporary.iterdir())


@sqlite_only
def test_retry_makes_only_what_failed(jobs, library, monkeypatch):
    jobs.queue.patience = replace(jobs.queue.patience, errors=1)
    wanted = storyboard(3)
    broken = keys(wanted)[1]
    begun = []

    def sometimes(one, library, report):
        begun.append(one.key)
        if one.key == broken and begun.count(broken) == 1:
            raise Failed("take_missing")
        return run_step(one, library, report)

    monkeypatch.setattr(jobs.runner, "_run", sometimes)
    job = jobs.wait(jobs.submit_film(wanted).id, 60)
    assert job.status == "failed" and jobs.film_job(job.storyboard).id == job.id
    assert jobs.wait(jobs.retry(job.id).id, 60).status == "done"
    assert begun == [*keys(wanted)[:2], *keys(wanted)[1:], plan_film(wanted).film.key]


@sqlite_only
def test_retry_plans_anew_for_an_engine_that_changed(jobs, library, monkeypatch):
    wanted = storyboard(2)
    monkeypatch.setattr(Chained, "identity", "chained-0")
    jobs.close()
    old = jobs.submit_film(wanted)
    monkeypatch.setattr(Chained, "identity", "chained-1")
    again = Jobs(library, jobs._settings)
    again.start()
    stale = again.wait(old.id, 60)
    assert stale.status == "failed"
    new = again.wait(again.retry(old.id).id, 60)
    assert new.status == "done" and new.id != old.id
    again.close()


@sqlite_only
def test_progress_grows_over_all_steps_and_cancel_ends_it(jobs, library):
    job = jobs.submit_film(replace(storyboard(3), segments=segments(3, action="pause 0.05")))
    kept, shares = _kept(library, job), []

    def half_way():
        shares.append(jobs.job(job.id).progress)
        return [one.status for one in jobs.progress_of(kept)][:2] == ["done", "done"]

    until(half_way)
    assert shares == sorted(shares) and 0 < shares[-1] < 1 and jobs.job(job.id).seconds_left is not None
    assert jobs.cancel(job.id).status == "cancelled"
    until(lambda: all(one.status in ("done", "cancelled") for one in jobs.progress_of(kept)))
    assert jobs.wait(jobs.retry(job.id).id, 60).status == "done"


def _kept(library: Library, job) -> Storyboard:
    return library.storyboards.load(job.storyboard)


def test_shots_are_worked_on_side_by_side(library, settings):
    jobs = Jobs(library, replace(settings, workers=2))
    jobs.start()
    job = jobs.submit_film(Storyboard(LOOK, segments(4, cuts=(3,), action="pause 0.03")))
    kept = _kept(library, job)
    until(lambda: [one.status for one in jobs.progress_of(kept)] == ["working", "waiting", "working", "waiting"])
    assert jobs.wait(job.id, 60).status == "done"
    jobs.close()


# --- deletion


@sqlite_only
def test_a_film_outlives_its_takes_and_comes_back_without_them(jobs, library, monkeypatch):
    wanted = storyboard(2)
    film = made(jobs, wanted)
    for take in library.search(ClipQuery(kind="take")).clips:
        library.delete(take.id)
    monkeypatch.setattr("studio.library.library.UNDO_SECONDS", -1.0)
    assert library.collect() == 6
    assert library.media(library.clip(film.id).video) and jobs.submit_film(wanted).reused
    jobs.wait(jobs.submit(Segment(bars_prompt("another"), 0.5), LOOK).id, 60)
    library.delete(film.id)
    assert library.collect() == 2
    again = made(jobs, wanted)
    assert again.num_frames == film.num_frames and library.search(ClipQuery(kind="take")).total == 2


@sqlite_only
def test_what_an_unended_film_needs_is_not_collected(library, settings, monkeypatch):
    jobs = Jobs(library, settings)
    wanted = storyboard(2)
    jobs.submit_film(wanted)
    assert jobs.runner.run_one("worker") and library.search(ClipQuery(kind="take")).total == 1
    monkeypatch.setattr("studio.library.library.UNDO_SECONDS", -1.0)
    library.delete(library.search(ClipQuery(kind="take")).clips[0].id)
    assert library.collect() == 0
    assert jobs.runner.run_one("worker") and jobs.runner.run_one("worker")
    assert jobs.film_of(wanted) is not None


def test_takes_of_a_storyboard_that_is_gone_are_collected_but_not_its_film(jobs, library, monkeypatch):
    film = made(jobs, storyboard(2))
    library.storyboards.delete(film.measures["storyboard"])
    monkeypatch.setattr("studio.library.library.UNDO_SECONDS", -1.0)
    assert library.collect() == 6
    assert library.search(ClipQuery(kind="take")).total == 0 and library.media(film.video)


@sqlite_only
@pytest.mark.parametrize(("lost", "code"), [("video", "take_missing"), ("anchor", "film_segments_failed")])
def test_a_take_whose_bytes_are_damaged_is_made_again_by_a_retry(jobs, library, lost, code):
    wanted = storyboard(2)
    made(jobs, wanted)
    first = library.made(keys(wanted)[:1])[keys(wanted)[0]]
    path = library.store.path(getattr(first, lost))
    whole = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(whole[:-60] + bytes(60))
    job = jobs.wait(jobs.submit_film(changed(wanted, 2, seed=4)).id, 60)
    assert (job.status, job.error["code"]) == ("failed", code)
    assert jobs.wait(jobs.retry(job.id).id, 60).status == "done" and path.read_bytes() == whole


@sqlite_only
@pytest.mark.parametrize("lost", ["video", "anchor"])
def test_a_take_whose_files_are_gone_is_made_again_when_it_is_needed(jobs, library, lost):
    wanted = storyboard(2)
    made(jobs, wanted)
    first = library.made(keys(wanted)[:1])[keys(wanted)[0]]
    library.store.path(getattr(first, lost)).unlink()
    film = made(jobs, changed(wanted, 2, seed=4))
    assert film.num_frames == 12
    again = library.made([first.key])[first.key]
    assert library.store.holds(again.video) and again.anchor == first.anchor and library.store.holds(again.anchor)


# --- restart


@sqlite_only
def test_a_film_survives_kill_9_and_makes_nothing_twice(library, settings, tmp_path):
    wanted = library.storyboards.save(Storyboard(LOOK, segments(6, cuts=(4,), action="pause 0.03")))
    Jobs(library, settings).submit_film(wanted)
    library.close()
    finished: dict[str, str] = {}
    for _ in range(3):
        _killed_after_a_take(settings)
        now = _finished(settings)
        assert finished.items() <= now.items(), "a finished take was lost or made again"
        finished = now
    assert len(finished) < 7, "the kills must fall into the work to prove anything"
    again = Library.open(settings)
    jobs = Jobs(again, settings)
    jobs.start()
    job = jobs.wait(jobs.film_job(wanted.id).id, 60)
    assert job.status == "done" and again.clip(job.clip_id).num_frames == 36
    assert finished.items() <= {clip.key: clip.video for clip in again.made(keys(wanted)).values()}.items()
    jobs.close()
    again.close()


def _finished(settings) -> dict[str, str]:
    with closing(sqlite3.connect(settings.home / "library.sqlite3")) as connection:
        return dict(connection.execute("select key, video from clip"))


def _killed_after_a_take(settings) -> None:
    """Let a child process work until it has finished one take more, and kill it within the next one."""
    before = len(_finished(settings))
    child = os.fork()
    if child == 0:
        jobs = Jobs(Library.open(settings), settings)
        jobs.start()
        time.sleep(60)
        os._exit(1)
    until(lambda: len(_finished(settings)) > before)
    time.sleep(0.1)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
