"""How a figure on two legs holds itself: action and time in, a pose of plain numbers out."""

import math
from collections.abc import Callable

from models.animatic.easing import clamp, lerp, smoothstep
from models.animatic.rigs.actor import Moment
from models.animatic.rigs.biped_acts import ACTS
from models.animatic.rigs.costume import Costume
from models.animatic.rigs.gait import BIPED, step
from models.animatic.rigs.skin import Pose
from models.animatic.shape import TAU

FEET = ("foot_near", "foot_far")


def pose(costume: Costume, moment: Moment) -> Pose:
    """Return the pose of a moment; an unknown action is drawn as idling. Angles are radians, 0 is forward."""
    result: Pose = {
        "pelvis_x": 0.0, "pelvis_y": costume.tall, "lean": 0.03, "head": 0.0,
        "foot_near_x": -4.0, "foot_near_y": 0.0, "foot_near_fold": 0.0,
        "foot_far_x": 6.0, "foot_far_y": 0.0, "foot_far_fold": 0.0,
        "arm_near": 1.45, "arm_far": 1.65, "elbow_near": 0.25, "elbow_far": 0.25,
        "face": 1.0, "sword": 0.0, "cup": 0.0, "air": 0.0, "cape": 0.2, "look": 1.0, "shut": 0.0, "smile": 0.4,
        "dream": 0.0, "food": 0.0,
    }  # fmt: skip
    act = _ACTIONS.get(moment.action) or ACTS.get(moment.action, _idle)
    act(costume, moment, result)
    return result


def _breath(moment: Moment) -> float:
    return math.sin(moment.seconds * 2.4)


def _idle(costume: Costume, moment: Moment, result: Pose) -> None:
    breath = _breath(moment)
    result.update(pelvis_y=costume.tall + 0.6 * breath, arm_near=1.5 + 0.04 * breath, head=0.02 * breath)


def _feet_of_gait(costume: Costume, moment: Moment, result: Pose) -> None:
    gait = BIPED[moment.action]
    for name, phase in zip(FEET, gait.offsets, strict=True):
        x, y, fold = step(moment.phase + phase, gait, costume.leg, moment.pace)
        result.update({name + "_x": x, name + "_y": y, name + "_fold": fold})


def _walk(costume: Costume, moment: Moment, result: Pose) -> None:
    _feet_of_gait(costume, moment, result)
    swing = math.sin(TAU * moment.phase + 0.35)
    bounce = math.cos(TAU * 2 * moment.phase + 0.5)
    result.update(
        pelvis_y=costume.stand + 2.4 * bounce + 4.2,
        lean=0.06,
        elbow_near=0.3 - 0.25 * swing,
        elbow_far=0.3 + 0.25 * swing,
        arm_near=1.57 + 0.5 * swing,
        arm_far=1.57 - 0.5 * swing,
        head=-0.03 * bounce,
        cape=0.5 + 0.1 * bounce,
    )


def _run(costume: Costume, moment: Moment, result: Pose) -> None:
    _feet_of_gait(costume, moment, result)
    swing = math.sin(TAU * moment.phase + 0.35)
    bounce = math.cos(TAU * 2 * moment.phase + 0.5)
    result.update(
        pelvis_y=costume.stand + 5.0 * bounce + 9,
        lean=0.24,
        elbow_near=1.35 - 0.2 * swing,
        elbow_far=1.35 + 0.2 * swing,
        arm_near=1.57 + 0.95 * swing,
        arm_far=1.57 - 0.95 * swing,
        head=-0.03 * bounce - 0.08,
        cape=1.15 + 0.12 * bounce,
    )


def _wave(costume: Costume, moment: Moment, result: Pose) -> None:
    """Raise the far arm, so that it does not hide the face, and shake it."""
    raised = smoothstep(moment.seconds, 0, 0.4)
    result.update(
        arm_far=lerp(1.65, -0.3, raised),
        elbow_far=lerp(0.25, 0.8 + 0.42 * math.sin(moment.seconds * 9), raised),
        head=-0.08 * raised,
        smile=0.4 + 0.6 * raised,
        pelvis_y=costume.tall + 0.6 * _breath(moment),
    )


def _draw_sword(costume: Costume, moment: Moment, result: Pose) -> None:
    """Crouch with a hand on the hilt, then draw in an upward arc."""
    seconds = moment.seconds
    crouch = smoothstep(seconds, 0.1, 0.55)
    draw = smoothstep(seconds, 0.75, 1.02)
    result.update(
        arm_near=lerp(lerp(1.45, 0.95, crouch), -0.85, draw),
        elbow_near=lerp(lerp(0.25, 1.35, crouch), 0.12, draw),
        arm_far=lerp(1.6, 1.9, crouch),
        elbow_far=lerp(0.25, 0.7, crouch),
        lean=lerp(lerp(0.03, 0.16, crouch), -0.02, draw),
        pelvis_y=costume.stand + lerp(12 * crouch, 9, draw),
        foot_near_x=lerp(-4, -26, crouch),
        foot_far_x=lerp(6, 22, crouch) + 6 * draw,
        sword=draw if draw > 0.02 else -crouch,
        cape=0.3 + 0.9 * draw * (1 - smoothstep(seconds, 1.1, 2)),
        head=lerp(0.1 * crouch, -0.06, draw),
    )


def _turn(costume: Costume, moment: Moment, result: Pose) -> None:
    turned = smoothstep(moment.seconds, 0.3, 1.0)
    result.update(
        face=lerp(1, -1, turned),
        pelvis_y=costume.tall + 0.6 * _breath(moment) + 3 * math.sin(math.pi * turned),
        cape=0.2 + 0.8 * math.sin(math.pi * smoothstep(moment.seconds, 0.3, 1.2)),
    )


def _jump(costume: Costume, moment: Moment, result: Pose) -> None:
    """Crouch, leap with swung arms, land."""
    seconds = moment.seconds
    air = clamp((seconds - 0.34) / 0.7)
    height = 4 * air * (1 - air) * 95
    crouch = smoothstep(seconds, 0, 0.2) * (1 - smoothstep(seconds, 0.26, 0.36))
    crouch += smoothstep(seconds, 1.0, 1.1) * (1 - smoothstep(seconds, 1.12, 1.5))
    tuck = math.sin(math.pi * air)
    result.update(
        pelvis_y=costume.stand - height + crouch * 22,
        air=height,
        lean=0.03 + 0.25 * crouch + 0.12 * tuck,
        arm_near=1.6 + 0.9 * crouch - 2.2 * tuck,
        arm_far=1.6 + 0.9 * crouch - 1.9 * tuck,
        foot_near_y=-height * 0.9 - 10 * tuck,
        foot_far_y=-height * 0.9 - 22 * tuck,
        foot_near_x=-16 * tuck - 4,
        foot_far_x=16 * tuck + 6,
        foot_near_fold=tuck * 0.6,
        cape=0.2 + 0.9 * tuck,
    )


def _sit(costume: Costume, moment: Moment, result: Pose) -> None:
    """Sit down on the ground with the knees up."""
    amount = smoothstep(moment.seconds, 0, 0.6)
    result.update(
        pelvis_y=lerp(costume.stand, -costume.thick * 1.9, amount),
        foot_near_x=lerp(-4, costume.leg * 0.56, amount),
        foot_far_x=lerp(6, costume.leg * 0.7, amount),
        arm_near=lerp(1.45, 0.95, amount),
        arm_far=lerp(1.65, 1.05, amount),
        elbow_near=0.25 + 0.35 * amount,
        lean=-0.06 * amount,
        head=0.05 * _breath(moment),
    )


def _drink(costume: Costume, moment: Moment, result: Pose) -> None:
    """Lift a cup to the mouth, again and again."""
    seconds = moment.seconds
    held = smoothstep(seconds, 0, 0.3)
    sip = smoothstep((seconds + 0.35) % 2.2, 0.55, 0.95) * (1 - smoothstep((seconds + 0.35) % 2.2, 1.6, 2.0))
    result.update(
        cup=held,
        arm_near=lerp(1.45, lerp(1.25, 0.72, sip), held),
        elbow_near=lerp(0.25, lerp(1.35, 2.05, sip), held),
        head=-0.22 * sip,
        lean=0.03 - 0.06 * sip,
        pelvis_y=costume.tall + 0.6 * _breath(moment),
    )


def _look_up(costume: Costume, moment: Moment, result: Pose) -> None:
    result.update(
        head=-0.5 * smoothstep(moment.seconds, 0.1, 0.8),
        pelvis_y=costume.tall + 0.6 * _breath(moment),
        lean=-0.05,
    )


def _rise(costume: Costume, moment: Moment, result: Pose) -> None:
    """Float upright with dangling feet; the height itself is the subject's lift."""
    up = smoothstep(moment.seconds, 0, 0.7)
    sway = math.sin(moment.seconds * 2.1)
    result.update(
        arm_near=lerp(1.45, 2.0 + 0.12 * sway, up),
        arm_far=lerp(1.65, 1.05 - 0.12 * sway, up),
        foot_near_x=lerp(-4, -9 - 3 * sway, up),
        foot_far_x=lerp(6, 3 + 3 * sway, up),
        foot_near_y=3 * up,
        foot_far_y=-7 * up,
        foot_near_fold=0.8 * up,
        foot_far_fold=0.6 * up,
        lean=0.03 + 0.04 * sway,
        head=-0.14 * up,
        cape=0.35,
    )


def _fly(costume: Costume, moment: Moment, result: Pose) -> None:
    """Lie on the air with both arms ahead."""
    out = smoothstep(moment.seconds, 0, 0.7)
    sway = math.sin(moment.seconds * 3.2)
    behind = costume.leg * 0.94
    result.update(
        lean=lerp(0.03, 1.3, out),
        head=lerp(0.0, -0.75, out),
        arm_near=lerp(1.45, 0.06 + 0.05 * sway, out),
        arm_far=lerp(1.65, -0.16 - 0.05 * sway, out),
        elbow_near=0.25 - 0.2 * out,
        elbow_far=0.25 - 0.2 * out,
        foot_near_x=lerp(-4, -behind, out),
        foot_far_x=lerp(6, -behind + 2, out),
        foot_near_y=lerp(0, costume.stand + 18 + 3 * sway, out),
        foot_far_y=lerp(0, costume.stand + 10 - 3 * sway, out),
        foot_near_fold=1.3 * out,
        foot_far_fold=1.2 * out,
        cape=0.2 + out,
    )


_ACTIONS: dict[str, Callable[[Costume, Moment, Pose], None]] = {
    "walk": _walk,
    "run": _run,
    "wave": _wave,
    "draw_sword": _draw_sword,
    "turn": _turn,
    "jump": _jump,
    "sit": _sit,
    "drink": _drink,
    "look_up": _look_up,
    "rise": _rise,
    "fly": _fly,
}
