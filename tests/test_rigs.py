"""Every subject that can be drawn: it has a motion for each ability, its feet stay planted, it holds together."""

import itertools
import math

import numpy as np
import pytest

from models.animatic.rigs.actor import Moment
from models.animatic.rigs.subject import Biped, Bird, Quadruped, extent, find
from models.animatic.tables import table

ACTIONS = (
    "idle walk run jump sit stand_up stretch look_up look_around drink eat sleep turn wave dance fly swim rise rotate"
    " fall open draw_sword push ride"
)
SUBJECTS = [name for name in table("abilities")["subjects"] if name]
WALKERS = [name for name in SUBJECTS if isinstance(find(name, "word"), Biped | Bird | Quadruped)]


def abilities(subject: str) -> list[str]:
    return table("abilities")["classes"][table("abilities")["subjects"][subject]]["actions"]


def skin_at(subject: str, action: str, seconds: float):
    rig = find(subject, "word")
    period = rig.period(action)
    pose = rig.pose(Moment(action, seconds, seconds / period if period else 0.0))
    return rig.skin(pose, seconds, 1.0)


def test_every_class_says_what_it_does_or_what_is_drawn_instead():
    for record in table("abilities")["classes"].values():
        assert sorted([*record["actions"], *record["instead"]]) == sorted(ACTIONS.split())
        assert set(record["instead"].values()) <= set(record["actions"])


def test_there_are_enough_of_each_kind():
    kinds = [kind for name, kind in table("abilities")["subjects"].items() if name]
    assert len(kinds) >= 30
    assert kinds.count("quadruped") >= 12


@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_ability_is_a_motion_of_its_own(subject):
    rig = find(subject, "word")
    seen = {}
    for action in abilities(subject):
        cycle = 0.3 if rig.period(action) else 0.0
        pose = rig.pose(Moment(action, 0.8, cycle))
        numbers = [round(value, 3) for value in pose.values()]
        seen[action] = (*numbers, round(rig.lift(action, 0.8)), round(rig.speed(action)))
    assert len(set(seen.values())) == len(seen), seen


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_pose_is_the_same_numbers_in_every_action(subject):
    """So that any posture can turn into any other."""
    rig = find(subject, "word")
    names = {action: set(rig.pose(Moment(action, 0.8, 0.3))) for action in abilities(subject)}
    assert all(found == names["idle"] for found in names.values())
    assert all(isinstance(value, float | int) for value in rig.pose(Moment("idle", 0.8, 0.3)).values())


@pytest.mark.parametrize("subject", SUBJECTS)
def test_nothing_is_torn_or_far_away(subject):
    """Of a skin in every action: finite, of a size, and near where it stands."""
    reach = 3.2 * max(extent(find(subject, "word")))
    for action, seconds in itertools.product(abilities(subject), (0.1, 0.7, 1.6)):
        bounds = skin_at(subject, action, seconds).bounds()
        assert all(math.isfinite(edge) and abs(edge) < reach + 150 for edge in bounds), (action, seconds, bounds)


@pytest.mark.parametrize("subject", WALKERS)
def test_nobody_sinks_into_the_ground(subject):
    for action, seconds in itertools.product(("idle", "walk", "sit", "sleep", "eat"), (0.2, 1.0, 2.5)):
        if action in abilities(subject):
            parts = skin_at(subject, action, seconds).parts
            bottom = max(part.path.getBounds().bottom() for part in parts if part.kind == "fill")
            assert -6 < bottom < 26, (action, seconds, bottom)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_subject_wears_the_colour_it_is_asked_for(subject):
    dyed = find(subject, "word", "#12d34f")
    parts = dyed.skin(dyed.pose(Moment("idle", 0.5, 0.0)), 0.5, 1.0).parts
    assert subject == "placard" or any(part.colour == "#12d34f" for part in parts)


@pytest.mark.parametrize("subject", WALKERS)
@pytest.mark.parametrize("action", ["walk", "run", "push"])
@pytest.mark.parametrize("pace", [1.0, 0.4])
def test_a_planted_foot_does_not_drift(subject, action, pace):
    """Of the soles as drawn: the gait plans no drift, and the legs reach what the gait plans."""
    if action not in abilities(subject):
        return
    rig = find(subject)
    period = rig.period(action)
    speed = rig.speed(action) / rig.scale * pace
    legs = ("hind_near", "fore_near") if isinstance(rig, Quadruped) else ("foot_near", "foot_far")
    planted: dict[str, list[float]] = {}
    drifts = []
    for index in range(30):
        time = 3 * period + index / 30 * period
        pose = rig.pose(Moment(action, time, time / period, pace))
        soles = rig.skin(pose, time, 1.0).anchors
        for leg in legs:
            if pose[leg + "_y"] == 0:
                planted.setdefault(leg, []).append(speed * time + soles[leg][0])
            elif planted.get(leg):
                drifts.append(np.ptp(planted.pop(leg)))
    assert drifts and max(drifts) < 1
