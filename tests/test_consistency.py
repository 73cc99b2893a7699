"""The measure of consistency: in order, bounded, fooled neither by movement nor by over-correction."""

from dataclasses import astuple
from itertools import pairwise

import cv2
import numpy as np
import pytest

from studio import video
from studio.errors import Invalid
from studio.post.consistency import SegmentScore, Stretch, film_score, measure
from tests.drifting import Scene, State

FPS, COUNT = 12, 14


def segment(number, world=7, change=None, count=COUNT, **error):
    """Return the frames of one segment of an undrifted film, each changed."""
    scene = Scene(world, 216, 120)
    frames = [scene.drawn(State(world, (number * COUNT + index) / FPS, **error)) for index in range(count)]
    return [change(frame) for frame in frames] if change else frames


@pytest.fixture
def judge(tmp_path):
    """Return a function that scores a film given as segments."""

    def judged(*segments, cuts=()):
        path = tmp_path / "film.mp4"
        video.write((frame for frames in segments for frame in frames), path, FPS)
        starts = np.cumsum([0, *map(len, segments)])
        stretches = [
            Stretch(int(starts[number]), len(frames), number > 0 and number not in cuts)
            for number, frames in enumerate(segments)
        ]
        return measure(path, stretches)

    return judged


def gain(share):
    return lambda frame: np.clip(frame * np.array([share, 1, 2 - share]), 0, 255).astype(np.uint8)


def blur(sigma):
    return lambda frame: cv2.GaussianBlur(frame, (0, 0), sigma)


def contrast(share):
    return lambda frame: cv2.convertScaleAbs(frame, alpha=share, beta=110 * (1 - share))


def test_what_holds_together_scores_five(judge):
    scores = judge(*(segment(number) for number in range(5)))
    assert min(min(astuple(score)) for score in scores) > 4.8
    assert film_score(scores) > 4.9


def test_the_first_segment_of_a_shot_is_its_own_measure(judge):
    scores = judge(segment(0), segment(0, world=21), segment(1, world=21), cuts=(1,))
    assert astuple(scores[0]) == astuple(scores[1]) == (5.0,) * 4
    assert scores[2].score > 4.8


@pytest.mark.parametrize(
    ("fault", "amounts", "part"),
    [(gain, (1.04, 1.12, 1.3), "colour"), (blur, (1.0, 2.5, 6.0), "subject"), (contrast, (0.92, 0.8, 0.6), "subject")],
    ids=["colour", "softness", "contrast"],
)
def test_more_of_a_fault_scores_less(judge, fault, amounts, part):
    scores = [judge(segment(0), segment(1, change=fault(amount)))[1] for amount in amounts]
    clean = judge(segment(0), segment(1))[1]
    for milder, worse in pairwise([clean, *scores]):
        assert getattr(worse, part) < getattr(milder, part) and worse.score <= milder.score
    assert getattr(scores[-1], part) < 3.2


def test_drift_that_adds_up_falls_and_keeps_falling(judge):
    scores = judge(segment(0), *(segment(number, change=gain(1 + 0.04 * number)) for number in range(1, 7)))
    totals = [score.score for score in scores]
    assert totals == sorted(totals, reverse=True)
    assert totals[1] > 4.3 and totals[-1] < 2.5


def test_another_subject_in_another_place_is_seen(judge):
    other = judge(segment(0), segment(1, world=21))[1]
    assert other.score < 2


def test_a_jump_at_the_seam_costs_more_the_further_it_goes(judge):
    jumps = [judge(segment(0), segment(1, lean=lean))[1].motion for lean in (0.0, 0.1, 0.3)]
    shifts = [judge(segment(0), segment(1, change=lambda f, by=by: np.roll(f, by, 1)))[1].motion for by in (2, 8, 20)]
    assert jumps == sorted(jumps, reverse=True) and jumps[-1] < jumps[0]
    assert shifts[0] > shifts[1] > shifts[2] and shifts[2] < 3.5


def test_a_film_that_freezes_is_not_steady(judge):
    frozen = [segment(0)[-1]] * COUNT
    scores = judge(segment(0), frozen, frozen)
    assert scores[2].motion < 4 and scores[2].score < judge(segment(0), segment(1), segment(2))[2].score - 1


def test_clips_that_hardly_move_are_not_divided_by_nothing(judge):
    still = [segment(0)[0]] * COUNT
    assert all(score.score > 4.8 for score in judge(still, still, still))


def test_a_change_of_scene_dips_once(judge):
    night = gain(0.55)
    scores = judge(segment(0), segment(1), segment(2, change=night), segment(3, change=night), segment(4, change=night))
    totals = [score.score for score in scores]
    assert totals[2] < 2.5 and min(totals[:2] + totals[3:]) > 4.5


def faded(frames, change, over=5):
    """Return frames that pass to the changed ones over their first few."""
    shares = [min(1.0, index / over) for index in range(len(frames))]
    pairs = zip(frames, map(change, frames), shares, strict=True)
    return [cv2.addWeighted(changed, share, frame, 1 - share, 0) for frame, changed, share in pairs]


def test_night_that_falls_within_a_segment_is_the_storys_business(judge):
    night = gain(0.55)
    scores = judge(segment(0), segment(1), faded(segment(2), night), segment(3, change=night))
    assert min(score.score for score in scores) > 4.5


def test_a_place_that_passes_into_another_within_a_segment_is_the_storys_business(judge):
    other = iter(segment(1, world=3))
    scores = judge(segment(0), faded(segment(1), lambda frame: next(other), over=3), segment(2, world=3))
    assert min(score.score for score in scores) > 4.5
    assert judge(segment(0), segment(1, world=3), segment(2, world=3))[1].score < 2


@pytest.mark.parametrize("share", [0.05, 3.0], ids=["stops", "runs"])
def test_one_who_stops_or_runs_is_the_storys_business(judge, share):
    scene = Scene(7, 216, 120)
    onward = [scene.drawn(State(7, (COUNT + index * share) / FPS)) for index in range(COUNT)]
    assert min(score.score for score in judge(segment(0), onward)) > 4.6


@pytest.mark.parametrize("shade", [0, 128, 255])
@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_blank_and_tiny_segments_are_scored_too(judge, shade, count):
    blank = [np.full((64, 96, 3), shade, np.uint8)] * count
    scores = judge(blank, blank, blank)
    assert len(scores) == 3
    assert all(1.0 <= value <= 5.0 for score in scores for value in astuple(score))


def test_nothing_in_common_stays_on_the_scale(judge):
    noise = [np.random.default_rng(k).integers(0, 256, (120, 216, 3), np.uint8) for k in range(COUNT)]
    blank = [np.zeros((120, 216, 3), np.uint8)] * COUNT
    scores = judge(blank, noise, segment(0), blank)
    assert all(1.0 <= value <= 5.0 for score in scores for value in astuple(score))
    assert scores[1].score == 1.0


def test_equal_films_score_equally(judge):
    film = [segment(0), segment(1, change=gain(1.1))]
    assert judge(*film) == judge(*film)


def test_a_film_without_segments_has_no_fault():
    assert film_score(()) == 5.0
    assert film_score([SegmentScore(5, 5, 5, 5), SegmentScore(3, 3, 3, 2)]) == 3.5


def test_what_is_no_film_or_too_short_is_refused(tmp_path):
    path = tmp_path / "film.mp4"
    video.write(segment(0), path, FPS)
    for stretches in ([Stretch(0, COUNT + 5, False)], [Stretch(0, COUNT, False), Stretch(COUNT, COUNT, True)]):
        with pytest.raises(Invalid):
            measure(path, stretches)
    path.write_bytes(b"no film")
    with pytest.raises(Invalid):
        measure(path, [Stretch(0, 2, False)])
