"""Seams: colour differences against the published pairs, what is measured where two takes meet, and the grain there."""

import numpy as np
import pytest

from studio.post.between import anew, morphed
from studio.post.difference import ciede2000, colour_step, lab
from studio.post.grain import grain_of, regrained
from studio.post.seams import measure

PUBLISHED = """
50 2.6772 -79.7751 50 0 -82.7485 2.0425;  50 3.1571 -77.2803 50 0 -82.7485 2.8615
50 2.8361 -74.0200 50 0 -82.7485 3.4412;  50 -1.3802 -84.2814 50 0 -82.7485 1.0000
50 -1.1848 -84.8006 50 0 -82.7485 1.0000; 50 -0.9009 -85.5211 50 0 -82.7485 1.0000
50 0 0 50 -1 2 2.3669;                    50 -1 2 50 0 0 2.3669
50 2.49 -0.001 50 -2.49 0.0009 7.1792;    50 2.49 -0.001 50 -2.49 0.0010 7.1792
50 2.49 -0.001 50 -2.49 0.0011 7.2195;    50 2.49 -0.001 50 -2.49 0.0012 7.2195
50 -0.001 2.49 50 0.0009 -2.49 4.8045;    50 -0.001 2.49 50 0.0010 -2.49 4.8045
50 -0.001 2.49 50 0.0011 -2.49 4.7461;    50 2.5 0 50 0 -2.5 4.3065
50 2.5 0 73 25 -18 27.1492;               50 2.5 0 61 -5 29 22.8977
50 2.5 0 56 -27 -3 31.9030;               50 2.5 0 58 24 15 19.4535
50 2.5 0 50 3.1736 0.5854 1.0000;         50 2.5 0 50 3.2972 0 1.0000
50 2.5 0 50 1.8634 0.5757 1.0000;         50 2.5 0 50 3.2592 0.3350 1.0000
60.2574 -34.0099 36.2677 60.4626 -34.1751 39.4387 1.2644; 63.0109 -31.0961 -5.8663 62.8187 -29.7946 -4.0864 1.2630
61.2901 3.7196 -5.3901 61.4292 2.2480 -4.9620 1.8731;     35.0831 -44.1164 3.7933 35.0232 -40.0716 1.5901 1.8645
22.7233 20.0904 -46.6940 23.0331 14.9730 -42.5619 2.0373; 36.4612 47.8580 18.3852 36.2715 50.5065 21.2231 1.4146
90.8027 -2.0831 1.4410 91.1528 -1.6435 0.0447 1.4441;     90.9257 -0.5406 -0.9208 88.6381 -0.8985 -0.7239 1.5381
6.7747 -0.2908 -2.4247 5.8714 -0.0985 -2.2286 0.6377;     2.0776 0.0795 -1.1350 0.9033 -0.0636 -0.5514 0.9082
"""
"""Table 1 of Sharma, Wu, Dalal (2005): two L*a*b* colours and their difference."""


def test_ciede2000_agrees_with_every_published_pair():
    pairs = np.array([row.split() for row in PUBLISHED.replace(";", "\n").split("\n") if row.strip()], float)
    assert pairs.shape == (34, 7)
    for one, other in ((pairs[:, :3], pairs[:, 3:6]), (pairs[:, 3:6], pairs[:, :3])):
        assert np.abs(ciede2000(one, other) - pairs[:, 6]).max() <= 0.00005


@pytest.mark.parametrize(
    ("rgb", "expected"),
    [((255, 255, 255), (100, 0, 0)), ((0, 0, 0), (0, 0, 0)), ((255, 0, 0), (53.24, 80.09, 67.20))],
)
def test_srgb_becomes_lab_under_d65(rgb, expected):
    assert np.abs(lab(rgb) - expected).max() < 0.01


SCENE = np.random.default_rng(5).integers(0, 255, (16, 40, 3), np.uint8)


def scene(number, speed=2.0, gain=1.0, other=False):
    """Return frame `number` of a camera that pans over soft patches at so many pixels a frame."""
    import cv2

    patches = SCENE[::-1, ::-1] if other else SCENE
    wide = cv2.resize(np.ascontiguousarray(patches), (800, 320), interpolation=cv2.INTER_CUBIC)
    moved = cv2.warpAffine(wide, np.array([[1, 0, -speed * number], [0, 1, -80]], np.float32), (320, 180))
    return np.clip(moved * gain, 0, 255).astype(np.uint8)


def seam(change=0, speed=2.0, **head):
    """Measure a seam before frame 10, behind which all is moved on by so many frames."""
    tail = [scene(number, speed) for number in range(7, 10)]
    return measure(tail, [scene(number + change, speed, **head) for number in range(10, 13)])


def test_a_seam_that_goes_on_as_before_is_a_cut_nobody_sees():
    facts = seam()
    assert (facts.kind, facts.verdict, facts.reason) == ("cut", "good", "smooth")
    assert facts.warp_ratio < 1.2 and facts.motion_ratio < 1.2 and facts.inconsistent < 0.02


def test_a_jump_that_can_be_followed_is_morphed():
    facts = seam(change=4)
    assert (facts.kind, facts.verdict, facts.reason) == ("morph", "watch", "jump")
    assert facts.motion_ratio > 3


def test_another_shot_is_cut():
    facts = seam(other=True)
    assert (facts.kind, facts.verdict, facts.reason) == ("cut", "bad", "jump")


def test_a_step_in_colour_alone_is_told_from_a_jump():
    facts = seam(gain=0.9)
    assert (facts.kind, facts.verdict, facts.reason) == ("morph", "watch", "colour")
    assert facts.colour_step > 2 and facts.motion_ratio < 1.5


def test_a_clip_that_hardly_moves_has_no_jump_at_a_hair():
    facts = seam(change=10, speed=0.02)
    assert (facts.kind, facts.verdict) == ("cut", "good")
    assert facts.warp_ratio < 1.5 and facts.motion_ratio < 1.5 and facts.colour_ratio < 1.5


def test_where_a_shot_begins_a_cut_is_as_planned_whatever_is_measured():
    tail, head = [scene(number) for number in range(3)], [scene(number, other=True) for number in range(3)]
    facts = measure(tail, head, continues=False)
    assert (facts.kind, facts.verdict, facts.reason) == ("cut", "good", "cut")
    assert facts.inconsistent > 0.15  # and still it is told what was found


def test_takes_of_one_frame_can_be_measured():
    assert measure([scene(0)], [scene(1)]).kind in ("cut", "morph")


def grainy(frame, seed, strength=6):
    noise = np.random.default_rng(seed).standard_normal((*frame.shape[:2], 1)) * strength
    return np.clip(frame + noise, 0, 255).astype(np.uint8)


def fine_variance(frame):
    """Return the variance of what a Laplacian leaves of a frame."""
    import cv2

    return float(cv2.Laplacian(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), cv2.CV_32F).var())


@pytest.mark.parametrize("strength", [2, 6, 12])
def test_grain_is_measured_in_levels_and_edges_do_not_count(strength):
    assert grain_of(scene(0)) < 0.7
    assert grain_of(grainy(scene(0), 1, strength)) == pytest.approx(strength, rel=0.2)


@pytest.mark.parametrize("kind", ["blend", "morph"])
def test_frames_made_for_a_seam_are_as_grainy_as_their_neighbours(kind):
    frames = [grainy(scene(number), number) for number in range(6)]
    reach = {"blend": 1, "morph": 2}[kind]
    tail, head = frames[2 - reach : 3], frames[3 : 4 + reach]
    made = anew(kind, tail, None, head, 1)
    assert len(made) == len(tail) + len(head)
    assert np.array_equal(made[0], tail[0]) and np.array_equal(made[-1], head[-1])
    around = (fine_variance(made[0]) + fine_variance(made[-1])) / 2
    for frame in made[1:-1]:
        assert fine_variance(frame) == pytest.approx(around, rel=0.2)
    again, other = anew(kind, tail, None, head, 1), anew(kind, tail, None, head, 2)
    assert np.array_equal(made, again) and not np.array_equal(made, other)


def test_a_picture_without_grain_gets_none():
    assert regrained(scene(0), grain_of(scene(1)), (1,)) is not None
    assert np.array_equal(regrained(scene(0), grain_of(scene(1)), (1,)), scene(0))


def test_a_morph_lies_closer_to_the_truth_than_a_mixture():
    made = list(morphed(scene(0, speed=3), scene(5, speed=3), 4))
    for number, frame in enumerate(made, 1):
        truth = scene(number, speed=3).astype(int)
        mixture = scene(0, speed=3) * (1 - number / 5) + scene(5, speed=3) * (number / 5)
        inner = np.s_[20:-20, 40:-40]
        assert np.abs(frame - truth)[inner].mean() < 0.4 * np.abs(mixture - truth)[inner].mean()


def test_the_colour_step_of_two_pictures_is_that_of_their_colours():
    grey, lighter = (np.full((90, 160, 3), level, np.uint8) for level in (100, 120))
    assert colour_step(grey, lighter) == pytest.approx(float(ciede2000(lab([100] * 3), lab([120] * 3))))
    assert colour_step(grey, grey) == 0
