"""Holding colours: what drifted is brought back, what the story changes is left alone."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from models.engine import Anchor, ClipRequest, Prompt
from studio.post.colour import IDENTITY, OPENING, ColourMatch
from studio.post.difference import colour_step
from tests.drifting import Drifting, Scene, State

MIX = np.array([[0.87, 0.08, 0.05], [0.04, 0.91, 0.05], [0.03, 0.07, 0.90]])


def gained(frame):
    return np.clip(frame * [1.08, 1.0, 0.93] + [6, 2, -4], 0, 255).astype(np.uint8)


def mixed(frame):
    return np.clip(frame @ MIX.T, 0, 255).astype(np.uint8)


def gamma(frame):
    return (255 * (frame / 255) ** 0.85).astype(np.uint8)


def drawn(count, world=7, start=3.0, size=(216, 120), **error):
    """Return frames in a row of a walker in a landscape, without any drift."""
    scene = Scene(world, *size)
    return [scene.drawn(State(world, start + index / 24, **error)) for index in range(count)]


@pytest.mark.parametrize(
    ("drift", "before", "left"),
    [(gained, 4.5, 0.3), (gamma, 3.8, 0.6), (mixed, 1.5, 0.25)],
    ids=["gain", "gamma", "mix"],
)
@pytest.mark.parametrize("world", [7, 21])
def test_a_drift_is_undone_in_every_frame(drift, before, left, world):
    frames = drawn(12, world)
    match = ColourMatch.fitted(frames[0], [drift(frame) for frame in frames[1:4]])
    assert match.needed
    for frame in (frames[1], frames[-1]):
        assert colour_step(frame, drift(frame)) > before
        assert colour_step(frame, match(drift(frame))) < left


def test_a_join_is_matched_though_walker_and_first_frames_jump():
    frames = drawn(OPENING)
    jumped = [gained(frame) for frame in drawn(OPENING, lean=0.04, stretch=0.05)]
    match = ColourMatch.at_join([frames[0], *jumped[1:]])
    assert match.needed
    assert colour_step(jumped[-1], gained(jumped[-1])) > 3
    assert colour_step(frames[-1], match(gained(frames[-1]))) < 0.6


def test_a_step_that_nobody_sees_is_matched_too_because_it_adds_up():
    frames = drawn(OPENING)
    faint = [cv2.convertScaleAbs(frame, alpha=1.008, beta=0) for frame in frames]
    assert 0.25 < colour_step(frames[1], faint[1]) < 0.7
    match = ColourMatch.at_join([frames[0], *faint[1:]])
    assert colour_step(frames[-1], match(faint[-1])) < 0.15


@pytest.mark.parametrize("world", [7, 21, 3])
def test_nothing_is_needed_where_nothing_drifted(world):
    frames = drawn(OPENING, world)
    match = ColourMatch.at_join(frames)
    assert match == ColourMatch() and match.rows == IDENTITY
    assert match(frames[0]) is frames[0]


@pytest.mark.parametrize("pair", [(7, 21), (21, 3), (3, 7), (1, 2), (4, 5)])
def test_other_content_is_left_alone(pair):
    one, other = (drawn(OPENING, world) for world in pair)
    for match in (ColourMatch.fitted(one[0], other[1:4]), ColourMatch.at_join([one[0], *other[1:]])):
        assert colour_step(other[2], match(other[2])) < 1


def test_what_flickers_by_itself_is_left_alone():
    lit = [1.0, 0.96, 1.03, 0.95, 1.04, 0.97, 1.02]
    frames = [np.clip(frame * share, 0, 255).astype(np.uint8) for frame, share in zip(drawn(OPENING), lit, strict=True)]
    assert not ColourMatch.at_join(frames).needed


def test_a_change_past_what_a_join_does_is_left_alone():
    frames = drawn(4)
    assert not ColourMatch.fitted(frames[0], [cv2.convertScaleAbs(frame, alpha=0.6) for frame in frames[1:]]).needed


@pytest.mark.parametrize(
    "frame",
    [np.zeros((48, 64, 3)), np.full((48, 64, 3), 255), np.full((48, 64, 3), 90)],
    ids=["black", "white", "grey"],
)
@pytest.mark.parametrize("count", [1, 2, 3, OPENING])
def test_blank_and_short_openings_do_no_harm(frame, count):
    frame = frame.astype(np.uint8)
    match = ColourMatch.at_join([frame] * count)
    assert not match.needed


@pytest.mark.parametrize("world", [7, 21])
def test_a_match_keeps_the_order_of_tones_and_both_ends(world):
    frames = drawn(OPENING, world)
    match = ColourMatch.at_join([frames[0], *map(gamma, frames[1:])])
    assert match.needed
    greys = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, 2)
    after = match(greys)[0].astype(int)
    assert (np.diff(after, axis=0) >= 0).all()
    assert np.abs(after[[0, -1]] - [[0], [255]]).max() <= 12


def test_a_match_of_four_columns_still_works():
    frame = drawn(1)[0]
    rows = ((0.9, 0.05, 0.0, 4.0), (0.0, 1.0, 0.0, 0.0), (0.0, 0.1, 0.9, -3.0))
    same = ColourMatch(tuple((*row, 0.0, 0.0, 0.0) for row in rows))
    wanted = frame @ np.array(rows)[:, :3].T + np.array(rows)[:, 3]
    assert np.abs(ColourMatch(rows)(frame) - wanted.clip(0, 255)).max() <= 0.51
    assert (ColourMatch(rows)(frame) == same(frame)).all()


@pytest.mark.parametrize("world", [7, 21, 4])
def test_softness_and_grain_do_not_pass_for_contrast(world):
    frames = drawn(OPENING, world)
    chance = np.random.default_rng(1)
    noise = chance.normal(0, 8, (OPENING, *frames[0].shape))
    rough = [np.clip(gained(frame) + one, 0, 255).astype(np.uint8) for frame, one in zip(frames, noise, strict=True)]
    match = ColourMatch.at_join([frames[0], *rough[1:]])
    kept = match(gained(frames[-1])).std((0, 1)) / frames[-1].std((0, 1))
    assert kept == pytest.approx(1, abs=0.03)


def off_after(segments, matched):
    """Return how far the colours of a chain are from the true ones, at its last segment."""
    engine, anchor = Drifting(), None
    for number in range(segments):
        request = ClipRequest(Prompt("a walker"), 216, 120, 9, 12, 7 + number, anchor)
        frames, drawing = [], engine.render(request, lambda done, total, doing: None)
        while True:
            try:
                frames.append(next(drawing))
            except StopIteration as end:
                state = end.value.state
                break
        match = ColourMatch.at_join(frames[:OPENING]) if anchor and matched else ColourMatch()
        last = match(frames[-1])
        anchor = Anchor((last,), state)
    ending = replace(State.read(anchor, 0), lean=0, stretch=0, softness=0)
    return colour_step(Scene(7, 216, 120).drawn(ending), last)


def test_matched_anchors_stop_the_drift_of_a_chain():
    assert off_after(9, matched=False) > 9
    assert off_after(9, matched=True) < 0.7
