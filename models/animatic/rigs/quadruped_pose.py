"""How a four-legged animal holds itself: action and time in, a pose of plain numbers out."""

import math
from collections.abc import Callable

from models.animatic.easing import clamp, lerp, smoothstep
from models.animatic.rigs.actor import Moment
from models.animatic.rigs.gait import QUADRUPED, step
from models.animatic.rigs.quadruped_acts import ACTS
from models.animatic.rigs.skin import Pose
from models.animatic.rigs.species import LEGS, Species, neck_down, place, rest_feet
from models.animatic.shape import TAU

TAKE_OFF, TOUCH_DOWN = 0.34, 1.12
"""Seconds into a jump at which the feet leave the ground and come back."""


def pose(species: Species, moment: Moment) -> Pose:
    """Return the pose of a moment; an unknown action is drawn as idling."""
    half, leg = species.length / 2, species.leg
    result: Pose = {
        "hip_x": -half, "hip_y": -leg, "chest_x": half, "chest_y": -leg - 2, "neck": species.neck_angle, "head": 0.12,
        "tail": 0.0, "ear": 0.0, "air": 0.0, "sit": 0.0, "jaw": 0.0, "face": 1.0, "look": 1.0, "shut": 0.0,
        "dream": 0.0, "smile": 0.0, "trunk": 0.0,
    }  # fmt: skip
    for name, x in rest_feet(species).items():
        place(result, name, x)
    act = _ACTIONS.get(moment.action) or ACTS.get(moment.action, _idle)
    act(species, moment, result)
    return result


def _idle(species: Species, moment: Moment, result: Pose) -> None:
    seconds = moment.seconds
    result["head"] = 0.1 + 0.07 * math.sin(seconds * 1.3)
    result["neck"] += 0.03 * math.sin(seconds * 1.9)
    result["chest_y"] += 0.8 * moment.breath
    result["tail"] = 0.18 * math.sin(seconds * 2.6)


def _feet_of_gait(species: Species, moment: Moment, result: Pose) -> None:
    gait = QUADRUPED[moment.action]
    rest = rest_feet(species)
    for name, phase in zip(LEGS, gait.offsets, strict=True):
        x, y, fold = step(moment.phase + phase, gait, species.leg, moment.pace)
        place(result, name, rest[name] + x, y, fold)


def _walk(species: Species, moment: Moment, result: Pose) -> None:
    """Four beats, with the ends bobbing against each other."""
    _feet_of_gait(species, moment, result)
    angle = TAU * moment.phase * 2 + 0.6
    bob = QUADRUPED["walk"].bob * species.leg
    result["hip_y"] += bob * math.cos(angle)
    result["chest_y"] += bob * (0.3 - 0.6 * math.cos(angle))
    result["neck"] += 0.05 * math.sin(angle)
    result["head"] += 0.05 * math.cos(angle)
    result["tail"] = 0.12 * math.sin(TAU * moment.phase)
    result["ear"] = 0.08 * math.cos(angle)


def _run(species: Species, moment: Moment, result: Pose) -> None:
    """Gallop: the spine gathers and stretches."""
    _feet_of_gait(species, moment, result)
    angle = TAU * moment.phase + 0.6
    wave, swing = math.cos(angle), math.sin(angle)
    supple = (0.55 if species.hoof else 1.0) * min(1.0, species.leg / 62)
    bob = QUADRUPED["run"].bob * species.leg * (0.7 if species.hoof else 1.0)
    result["hip_y"] += bob * wave * (0.55 if species.hoof else 1.1) + 2
    result["chest_y"] += bob * (0.3 - wave) + 2
    result["hip_x"] += 9 * supple * swing
    result["chest_x"] -= (7 * swing - 6) * supple
    result["neck"] += (0.16 if species.hoof else 0.28) + 0.12 * wave
    result["head"] = -0.02 + 0.1 * swing
    result["tail"] = 0.35 + 0.25 * swing
    result["ear"] = 0.5 + 0.2 * wave


def _jump(species: Species, moment: Moment, result: Pose) -> None:
    """Crouch, leap with the pitch following the vertical speed, land."""
    leg, seconds = species.leg, moment.seconds
    air = clamp((seconds - TAKE_OFF) / (TOUCH_DOWN - TAKE_OFF))
    height = 4 * air * (1 - air) * (1.15 * leg + 45)
    rise = 1 - 2 * air if 0 < air < 1 else 0.0
    crouch = smoothstep(seconds, 0, 0.2) * (1 - smoothstep(seconds, TAKE_OFF - 0.1, TAKE_OFF + 0.03))
    landing = smoothstep(seconds, TOUCH_DOWN - 0.06, TOUCH_DOWN + 0.07) * (
        1 - smoothstep(seconds, TOUCH_DOWN + 0.1, 1.5)
    )
    pitch = rise * 0.55 - crouch * 0.1
    drop = (crouch * 0.34 + landing * 0.30) * leg
    flying = float(height > 1)
    half = species.length / 2 * (1 + 0.12 * abs(rise) * flying - 0.1 * crouch)
    result.update(
        hip_x=-half * math.cos(pitch) - crouch * 6,
        hip_y=-leg - height + half * math.sin(pitch) + drop + 8 * crouch,
        chest_x=half * math.cos(pitch) - crouch * 10,
        chest_y=-leg - height - half * math.sin(pitch) + drop * (0.75 + 0.35 * landing),
        air=height,
        neck=species.neck_angle - rise * 0.15 + 0.25 * crouch + 0.2 * landing,
        head=0.1 - rise * 0.2 + 0.25 * flying * air,
        tail=0.3 - rise * 0.7,
        ear=0.6 * smoothstep(height, 0, 20) - 0.3 * crouch,
    )
    if 0 < air < 1:
        _tuck_legs(species, air, result)


def _tuck_legs(species: Species, air: float, result: Pose) -> None:
    leg = species.leg
    tuck = math.sin(math.pi * air)
    for name in LEGS:
        shift = 0 if name.endswith("near") else 6
        if name.startswith("hind"):
            x = result["hip_x"] + lerp(-leg * 0.75, leg * 0.35, smoothstep(air, 0.1, 0.95))
            y = min(0.0, result["hip_y"] + leg * lerp(0.86, 0.62, tuck))
        else:
            x = result["chest_x"] + lerp(leg * 0.45, leg * 0.35, air)
            y = min(0.0, result["chest_y"] + leg * lerp(1 if air < 0.5 else 1.05, 0.48, tuck))
        place(result, name, x + shift, y, tuck * 0.9)


def _sit(species: Species, moment: Moment, result: Pose) -> None:
    """Lower the pelvis to the ground and raise the chest."""
    length, leg, seconds = species.length, species.leg, moment.seconds
    amount = smoothstep(seconds, 0, 0.5)
    result.update(
        hip_x=lerp(-length / 2, -length * 0.34 - 2, amount),
        hip_y=lerp(-leg, -species.pelvis * 0.92, amount),
        chest_x=lerp(length / 2, length * 0.20, amount),
        chest_y=lerp(-leg, -leg - 18, amount) + moment.breath * 0.4,
        neck=lerp(species.neck_angle, -1.25, amount),
        head=0.05 + 0.06 * math.sin(seconds * 1.7),
        sit=amount,
        tail=0.4 * amount + 0.12 * math.sin(seconds * 3),
        ear=0.15 * float(math.sin(seconds * 4.1) > 0.93),
    )
    for name, x in rest_feet(species).items():
        target = -length * 0.08 if name.startswith("hind") else length * 0.22
        place(result, name, lerp(x, target + (0 if name.endswith("near") else 8), amount))


def _wave(species: Species, moment: Moment, result: Pose) -> None:
    """Sit and lift a paw."""
    _sit(species, moment, result)
    result["smile"] = 1.0
    result["trunk"] = 1.0
    raised = smoothstep(moment.seconds, 0.35, 0.75)
    x = lerp(result["fore_near_x"], result["chest_x"] + species.leg * 0.62, raised)
    y = -raised * species.leg * (0.92 + 0.13 * math.sin(moment.seconds * 9))
    place(result, "fore_near", x, y, 0.4 * raised)


def _drink(species: Species, moment: Moment, result: Pose) -> None:
    """Lower the head to the ground and lap."""
    leg, seconds = species.leg, moment.seconds
    amount = smoothstep(seconds, 0, 0.6)
    lap = math.sin(seconds * 11)
    result.update(
        neck=lerp(species.neck_angle, neck_down(species, leg * 0.78, 0.82), amount),
        head=lerp(0.1, 1.0, amount) + 0.07 * lap * amount,
        chest_y=-leg - 2 + amount * leg * 0.22,
        hip_y=-leg + moment.breath * 0.24,
        tail=0.2 + 0.25 * math.sin(seconds * 2.5),
        jaw=0.5 * amount * (1 + lap),
        ear=0.2 * amount,
    )
    half = species.length / 2
    place(result, "fore_near", lerp(half - 2, half + 8, amount))
    place(result, "fore_far", lerp(half + 9, half - 8, amount))


def _look_up(species: Species, moment: Moment, result: Pose) -> None:
    amount = smoothstep(moment.seconds, 0.1, 0.8)
    result.update(
        neck=lerp(species.neck_angle, -1.35, amount),
        head=lerp(0.1, -0.55, amount),
        chest_y=-species.leg - 2 - 3 * amount,
        hip_y=-species.leg + moment.breath * 0.24,
        tail=0.2 * math.sin(moment.seconds * 2.4),
        ear=-0.15 * amount,
        trunk=amount,
    )


def _turn(species: Species, moment: Moment, result: Pose) -> None:
    """Swing round in a small hop."""
    _idle(species, moment, result)
    turned = smoothstep(moment.seconds, 0.3, 0.85)
    hop = math.sin(math.pi * turned)
    result["face"] = lerp(1, -1, turned)
    result["head"] -= 0.25 * hop
    result["chest_y"] -= 9 * hop
    result["fore_near_y"] = result["fore_far_y"] = -7 * hop


_ACTIONS: dict[str, Callable[[Species, Moment, Pose], None]] = {
    "walk": _walk,
    "run": _run,
    "jump": _jump,
    "sit": _sit,
    "wave": _wave,
    "drink": _drink,
    "look_up": _look_up,
    "turn": _turn,
}
