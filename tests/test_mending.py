"""The second try of a film's weakest segment: wanted, better or not, once, in one transaction with the film."""

import json
from collections.abc import Callable, Generator
from dataclasses import replace

import cv2
import pytest

import models
from models.engine import ClipRequest, Ending, Frame, Prompt, Report
from studio.jobs import Again, Jobs, is_low
from studio.library import Library
from studio.production import plan_film
from studio.settings import Settings
from studio.storyboard import CastMember, Look, Segment, Storyboard
from studio.text import say
from studio.ui.tray import Tray
from tests.drifting import Drifting, State

models.ENGINES["smearing"] = "tests.test_mending:Smearing"
sqlite_only = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
STRENGTHS = {"smears": (4, 0), "worsens": (4, 8), "spoils": (1.6, 0)}
"""Action -> blur, in pixels, of a take with seed 0 and of one with another seed."""
SPOILT = 400.0
"""Softness at the end of a take of "spoils" with another seed: what follows it is worse."""


class Smearing(Drifting):
    """Draws out of focus where the action says so; the seed decides how much."""

    name = "smearing"

    def render(self, request: ClipRequest, report: Report) -> Generator[Frame, None, Ending]:
        sigma = STRENGTHS.get(request.prompt.action, (0, 0))[request.seed != 0]
        drawn = super().render(request, report)
        while True:
            try:
                frame = next(drawn)
            except StopIteration as end:
                return spoilt(end.value) if request.prompt.action == "spoils" and request.seed else end.value
            yield cv2.GaussianBlur(frame, (0, 0), sigma) if sigma else frame


def spoilt(ending: Ending) -> Ending:
    return Ending(replace(State(**json.loads(ending.state)), softness=SPOILT).written())


def storyboard(*actions: str, mend: bool = True) -> Storyboard:
    parts = (Segment(Prompt(f"walker {number}", action, "@Home"), 0.25) for number, action in enumerate(actions, 1))
    return Storyboard(Look("smearing", 128, 72, 12), tuple(parts), mend=mend)


def mended(jobs: Jobs, library: Library, wanted: Storyboard) -> tuple[Storyboard, list]:
    """Make a film and whatever follows; return what is kept then, and every job, the oldest first."""
    first = jobs.wait(jobs.submit_film(wanted).id, 60)
    assert first.status == "done", first
    return finished(jobs, library, first.storyboard)


def finished(jobs: Jobs, library: Library, storyboard_id: str) -> tuple[Storyboard, list]:
    while not (job := jobs.film_job(storyboard_id)).ended:
        assert jobs.wait(job.id, 60).status == "done"
    return library.storyboards.load(storyboard_id), sorted(jobs.recent(), key=lambda job: job.created_at)


def test_a_weak_segment_is_taken_again_and_the_better_take_stays(jobs, library):
    kept, (first, second) = mended(jobs, library, storyboard("walks", "smears", "walks"))
    old, new = (library.clip(job.clip_id).measures["segments"][1]["score"] for job in (first, second))
    assert is_low(old) and new > old
    assert (first.again, second.again) == (None, Again(2, old))
    assert [segment.seed is None for segment in kept.segments] == [True, False, True]
    assert jobs.film_of(kept).id == second.clip_id
    seen = jobs.progress_of(kept)
    assert [one.status for one in seen] == ["done"] * 3
    assert [(take.chosen, take.fits) for take in seen[1].takes] == [(False, True), (True, True)]
    for language in ("en", "zh"):
        tried = say("tray_again", language, {"number": 2, "score": f"{old:.1f}"})
        assert tried in Tray(library, jobs).html(language)


@sqlite_only
def test_a_second_try_that_is_no_better_changes_nothing_and_is_not_repeated(jobs, library):
    kept, made = mended(jobs, library, storyboard("walks", "worsens"))
    assert len(made) == 2 and kept.segments[1].seed is None
    assert jobs.film_of(kept).id == made[0].clip_id and len(jobs.progress_of(kept)[1].takes) == 2
    jobs.mend(kept)
    assert jobs.submit_film(kept).reused and len(finished(jobs, library, kept.id)[1]) == 3
    words = replace(kept.segments[1], prompt=Prompt("another walker", "worsens"))
    _, after = mended(jobs, library, replace(kept, segments=(kept.segments[0], words)))
    assert [job.again.number for job in after if job.again] == [2, 2], "other words are tried once more"


@sqlite_only
def test_what_is_weakest_after_a_better_try_has_its_turn(jobs, library):
    kept, made = mended(jobs, library, storyboard("walks", "smears", "walks", "worsens"))
    assert sorted(job.again.number for job in made if job.again) == [2, 4]
    assert [segment.seed is None for segment in kept.segments] == [True, False, True, True]


@sqlite_only
def test_what_is_weakest_after_a_try_in_vain_has_its_turn(jobs, library):
    kept, made = mended(jobs, library, storyboard("walks", "worsens", "walks", "smears"))
    scores = [one["score"] for one in library.clip(made[0].clip_id).measures["segments"]]
    weakest = sorted((2, 3, 4), key=lambda number: scores[number - 1])
    assert [job.again.number for job in made[1:]] == weakest, "each that is low has its turn, the weakest first"
    assert kept.segments[1].seed is None and kept.segments[3].seed is not None
    best = max(made, key=lambda job: library.clip(job.clip_id).measures["score"])
    assert jobs.film_of(kept).id == best.clip_id


@sqlite_only
def test_a_better_take_that_makes_the_film_worse_is_not_kept(jobs, library):
    kept, made = mended(jobs, library, storyboard("walks", "spoils", "walks"))
    old, new = (library.clip(job.clip_id).measures for job in made)
    assert new["segments"][1]["score"] > old["segments"][1]["score"] and new["score"] < old["score"]
    assert kept.segments[1].seed is None and jobs.film_of(kept).id == made[0].clip_id


@sqlite_only
def test_nothing_is_tried_unless_it_is_asked_for_and_needed(jobs, library):
    plain, made = mended(jobs, library, storyboard("walks", "smears", mend=False))
    assert len(made) == 1
    assert len(mended(jobs, library, storyboard("walks", "walks"))[1]) == 2, "the one before, and this one"
    jobs.mend(library.storyboards.save(replace(plain, mend=True)))
    kept, made = finished(jobs, library, plain.id)
    assert len(made) == 3 and kept.segments[1].seed is not None
    assert (
        plan_film(models.Engines(), replace(plain, mend=True)).film.key == plan_film(models.Engines(), plain).film.key
    )


@pytest.fixture
def halfway(library: Library, settings: Settings) -> tuple[Jobs, Storyboard]:
    """A queue at rest, and the storyboard of a film that is there and whose second try waits."""
    jobs = Jobs(library, settings)
    job = jobs.submit_film(storyboard("walks", "smears", "walks"))
    while jobs.job(job.id).status != "done":
        assert jobs.runner.run_one("worker")
    waiting = jobs.film_job(job.storyboard)
    assert waiting.again and not waiting.ended, "the second try is wanted as soon as the film is there"
    return jobs, library.storyboards.load(job.storyboard)


def work_on(jobs: Jobs) -> None:
    while jobs.runner.run_one("worker"):
        pass


@sqlite_only
def test_a_studio_that_ends_in_between_goes_on_where_it_was(library, settings, halfway):
    second = Jobs(library, settings)
    second.start()
    kept, made = finished(second, library, halfway[1].id)
    second.close()
    assert len(made) == 2 and kept.segments[1].seed is not None


@sqlite_only
def test_one_second_try_waits_at_a_time(library, halfway):
    jobs, kept = halfway
    assert [is_low(one["score"]) for one in jobs.film_of(kept).measures["segments"]] == [False, True, True]
    assert jobs.submit_film(kept).reused
    jobs.mend(kept)
    assert [job.again.number for job in jobs.recent() if job.again] == [2]


def name_home(library: Library, kept: Storyboard) -> Storyboard:
    library.storyboards.keep_member(CastMember("Home", "a valley in spring", "place"))
    return kept


CHANGES: dict[str, Callable[[Library, Storyboard], Storyboard]] = {
    "seed": lambda _, kept: replace(
        kept, segments=(kept.segments[0], replace(kept.segments[1], seed=7), kept.segments[2])
    ),
    "size": lambda _, kept: replace(kept, look=replace(kept.look, width=160, height=90)),
    "wording": lambda _, kept: replace(kept, wording="same character"),
    "grade": lambda _, kept: replace(kept, lut="silver"),
    "cast": name_home,
}


@sqlite_only
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_was_changed_meanwhile_stays_as_it_was_changed(library, halfway, change):
    jobs, kept = halfway
    changed = library.storyboards.save(change(library, kept))
    work_on(jobs)
    assert jobs.film_job(kept.id).status == "done" and library.storyboards.load(kept.id) == changed


@sqlite_only
def test_a_title_given_meanwhile_stays_beside_the_better_take(library, halfway):
    jobs, kept = halfway
    library.storyboards.save(replace(kept, title="Two walkers"))
    work_on(jobs)
    now = library.storyboards.load(kept.id)
    assert now.title == "Two walkers" and now.segments[1].seed is not None and jobs.film_of(now)


@sqlite_only
def test_a_film_of_another_size_wanted_meanwhile_is_the_one_that_is_shown(library, halfway):
    jobs, kept = halfway
    jobs.submit_film(CHANGES["size"](library, kept))
    work_on(jobs)
    now = library.storyboards.load(kept.id)
    assert jobs.film_of(now).look.width == 160 and {one.status for one in jobs.progress_of(now)} == {"done"}


@sqlite_only
def test_the_same_story_again_ends_with_the_same_film_and_makes_nothing(jobs, library):
    first, made = mended(jobs, library, storyboard("walks", "smears"))
    again, after = mended(jobs, library, storyboard("walks", "smears"))
    assert again.id != first.id and jobs.film_of(again).id == jobs.film_of(first).id
    assert len(made) == 2 and len(after) == 4 and all(job.reused for job in after[2:])
