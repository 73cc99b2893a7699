"""The second try of a film's weakest segment: wanted, better or not, once, in one transaction with the film."""

from collections.abc import Generator
from dataclasses import replace

import cv2
import pytest

import models
from models.engine import ClipRequest, Ending, Frame, Prompt, Report
from studio.jobs import Again, Jobs, is_low
from studio.library import Library
from studio.production import plan_film
from studio.storyboard import Look, Segment, Storyboard
from studio.text import say
from studio.ui.tray import Tray
from tests.drifting import Drifting

models.ENGINES["smearing"] = "tests.test_mending:Smearing"
sqlite_only = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
STRENGTHS = {"smears": (4, 0), "worsens": (4, 8)}
"""Action -> blur, in pixels, of a take with seed 0 and of one with another seed."""


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
                return end.value
            yield cv2.GaussianBlur(frame, (0, 0), sigma) if sigma else frame


def storyboard(*actions: str, mend: bool = True) -> Storyboard:
    parts = (Segment(Prompt(f"walker {number}", action), 0.25) for number, action in enumerate(actions, 1))
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
    kept, made = mended(jobs, library, storyboard("walks", "worsens", "walks"))
    assert len(made) == 2 and kept.segments[1].seed is None
    assert jobs.film_of(kept).id == made[0].clip_id and len(jobs.progress_of(kept)[1].takes) == 2
    jobs.mend(kept)
    assert jobs.submit_film(kept).reused and len(finished(jobs, library, kept.id)[1]) == 3
    words = replace(kept.segments[1], prompt=Prompt("another walker", "worsens"))
    _, after = mended(jobs, library, replace(kept, segments=(kept.segments[0], words, kept.segments[2])))
    assert [job.again.number for job in after if job.again] == [2, 2], "other words are tried once more"


@sqlite_only
def test_what_is_weakest_after_a_better_try_has_its_turn(jobs, library):
    kept, made = mended(jobs, library, storyboard("walks", "smears", "walks", "worsens"))
    assert sorted(job.again.number for job in made if job.again) == [2, 4]
    assert [segment.seed is None for segment in kept.segments] == [True, False, True, True]


@sqlite_only
def test_nothing_is_tried_unless_it_is_asked_for_and_needed(jobs, library):
    plain, made = mended(jobs, library, storyboard("walks", "smears", mend=False))
    assert len(made) == 1
    assert len(mended(jobs, library, storyboard("walks", "walks"))[1]) == 2, "the one before, and this one"
    jobs.mend(library.storyboards.save(replace(plain, mend=True)))
    kept, made = finished(jobs, library, plain.id)
    assert len(made) == 3 and kept.segments[1].seed is not None
    assert plan_film(replace(plain, mend=True)).film.key == plan_film(plain).film.key


@sqlite_only
def test_a_studio_that_ends_in_between_goes_on_where_it_was(library, settings):
    first = Jobs(library, settings)
    job = first.submit_film(storyboard("walks", "smears"))
    while first.job(job.id).status != "done":
        assert first.runner.run_one("worker")
    assert not first.film_job(job.storyboard).ended, "the second try is wanted as soon as the film is there"
    second = Jobs(library, settings)
    second.start()
    kept, made = finished(second, library, job.storyboard)
    second.close()
    assert len(made) == 2 and kept.segments[1].seed is not None


@sqlite_only
def test_what_was_changed_meanwhile_stays_as_it_was_changed(library, settings):
    jobs = Jobs(library, settings)
    job = jobs.submit_film(storyboard("walks", "smears"))
    while jobs.job(job.id).status != "done":
        assert jobs.runner.run_one("worker")
    kept = library.storyboards.load(job.storyboard)
    changed = library.storyboards.save(replace(kept, segments=(kept.segments[0], replace(kept.segments[1], seed=7))))
    while jobs.runner.run_one("worker"):
        pass
    assert jobs.film_job(job.storyboard).again and library.storyboards.load(job.storyboard) == changed


@sqlite_only
def test_the_same_story_again_ends_with_the_same_film_and_makes_nothing(jobs, library):
    first, made = mended(jobs, library, storyboard("walks", "smears"))
    again, after = mended(jobs, library, storyboard("walks", "smears"))
    assert again.id != first.id and jobs.film_of(again).id == jobs.film_of(first).id
    assert len(made) == 2 and len(after) == 4 and all(job.reused for job in after[2:])
