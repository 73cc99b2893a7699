"""What a figure does besides going about: sleep, stretch, eat, look round, dance, push, swim, fall, open, turn."""

import math
from collections.abc import Callable

from models.animatic.easing import lerp, smoothstep
from models.animatic.rigs.actor import Moment
from models.animatic.rigs.costume import Costume
from models.animatic.rigs.gait import BIPED, step
from models.animatic.rigs.skin import Pose
from models.animatic.shape import TAU


def _lie(costume: Costume, amount: float, result: Pose) -> None:
    """Lay the figure on its back by `amount`, by way of sitting."""
    sat, back = smoothstep(amount, 0, 0.55), smoothstep(amount, 0.4, 1.0)
    leg = costume.leg
    result.update(
        pelvis_y=lerp(costume.tall, -costume.thick * 1.5, sat), lean=lerp(0.03, -0.1, sat) - 1.36 * back,
        head=-0.42 * back, foot_near_x=lerp(-4, leg * lerp(0.66, 0.93, back), sat),
        foot_far_x=lerp(6, leg * lerp(0.74, 0.86, back), sat), foot_near_fold=-1.1 * back, foot_far_fold=-0.9 * back,
        arm_near=lerp(1.45, lerp(1.0, 0.1, back), sat), arm_far=lerp(1.65, lerp(1.1, -0.1, back), sat),
        elbow_near=lerp(0.25, 0.5 - 0.05 * back, sat), elbow_far=lerp(0.25, 0.4 - 0.1 * back, sat),
    )  # fmt: skip


def _sleep(costume: Costume, moment: Moment, result: Pose) -> None:
    """Lie down and dream."""
    amount = smoothstep(moment.seconds, 0, 1.1)
    _lie(costume, amount, result)
    result.update(shut=amount, dream=amount)
    result["arm_near"] += 0.05 * math.sin(moment.seconds * 1.7) * amount


def _fall(costume: Costume, moment: Moment, result: Pose) -> None:
    """Throw up the arms, fall on the back, and lie there blinking."""
    amount = smoothstep(moment.seconds, 0.15, 0.7)
    _lie(costume, amount, result)
    flung = math.sin(math.pi * min(1.0, moment.seconds / 0.8)) * float(moment.seconds < 0.8)
    result["arm_near"] -= 1.9 * flung
    result["arm_far"] -= 2.3 * flung
    result.update(smile=0.4 - amount, cape=0.2 + 0.8 * flung)
    result["foot_near_y"] = -18 * flung


def _stand_up(costume: Costume, moment: Moment, result: Pose) -> None:
    """Get up from sitting on the ground, a hand on the knee."""
    seat = 1 - smoothstep(moment.seconds, 0.35, 1.15)
    leg, effort = costume.leg, math.sin(math.pi * seat)
    result.update(
        pelvis_y=lerp(costume.tall, -costume.thick * 1.9, seat), lean=0.03 + 0.6 * effort - 0.05 * seat,
        pelvis_x=-4 * effort, foot_near_x=lerp(-4, leg * 0.5, seat), foot_far_x=lerp(6, leg * 0.64, seat),
        arm_near=lerp(1.45, 0.95, min(1.0, seat + effort)), elbow_near=0.25 + 0.35 * seat, arm_far=1.65 - 0.5 * seat,
        head=-0.12 * effort,
    )  # fmt: skip


def _stretch(costume: Costume, moment: Moment, result: Pose) -> None:
    """Reach up with both arms on tiptoe, eyes shut, and let go."""
    amount = smoothstep(moment.seconds, 0.1, 0.8) * (1 - smoothstep(moment.seconds, 2.3, 3.0))
    sway = 0.08 * math.sin(moment.seconds * 2.6)
    result.update(
        arm_near=lerp(1.45, -1.95 + sway, amount), arm_far=lerp(1.65, -1.25 + sway, amount),
        elbow_near=0.25 - 0.4 * amount, elbow_far=0.25 + 0.15 * amount, lean=0.03 - 0.14 * amount + 0.4 * sway * amount,
        pelvis_y=costume.tall - 1.5 * amount, head=-0.28 * amount, shut=float(amount > 0.4), smile=0.4 + 0.5 * amount,
        foot_near_fold=0.25 * amount, foot_far_fold=0.25 * amount,
    )  # fmt: skip


def _look_around(costume: Costume, moment: Moment, result: Pose) -> None:
    """Turn the head back under a shading hand, and round again."""
    seconds = moment.seconds % 3.4
    back = smoothstep(seconds, 0.4, 0.75) * (1 - smoothstep(seconds, 1.9, 2.25))
    shade = smoothstep(moment.seconds, 0.0, 0.4)
    result.update(look=1 - 2 * back, arm_far=lerp(1.65, -0.15, shade), elbow_far=lerp(0.25, 1.9, shade),
                  pelvis_y=costume.tall + 0.6 * moment.breath, lean=0.03 - 0.05 * back)  # fmt: skip


def _eat(costume: Costume, moment: Moment, result: Pose) -> None:
    """Bring a fruit to the mouth, bite and chew."""
    held = smoothstep(moment.seconds, 0, 0.3)
    beat = (moment.seconds + 0.6) % 1.5
    bite = smoothstep(beat, 0.3, 0.6) * (1 - smoothstep(beat, 0.95, 1.2))
    result.update(
        food=held, arm_near=lerp(1.45, lerp(1.2, 0.78, bite), held), elbow_near=lerp(0.25, lerp(1.5, 2.05, bite), held),
        head=0.05 * math.sin(moment.seconds * 11) * (1 - bite) + 0.06 * bite, smile=0.9,
        pelvis_y=costume.tall + 0.6 * moment.breath,
    )  # fmt: skip


def _dance(costume: Costume, moment: Moment, result: Pose) -> None:
    """Step from side to side with swinging hips, one arm up and then the other, and a twirl."""
    beat, up = TAU * moment.seconds / 1.1, smoothstep(moment.seconds, 0, 0.3)
    side, hop = math.sin(beat), abs(math.sin(beat))
    twirl = smoothstep(moment.seconds % 4.4, 3.3, 4.4)
    result.update(
        pelvis_x=7 * side * up, pelvis_y=costume.stand + 4 - 9 * hop * up, lean=0.03 - 0.16 * side * up,
        arm_near=lerp(1.45, 0.35 - 1.05 * side, up), arm_far=lerp(1.65, 0.45 + 1.05 * side, up),
        elbow_near=0.25 + 0.15 * up * hop, elbow_far=0.25 + 0.15 * up * (1 - hop), head=0.12 * side,
        foot_near_x=-12 + 4 * side, foot_far_x=14 + 4 * side, foot_near_y=-16 * max(0.0, side) * up,
        foot_far_y=-16 * max(0.0, -side) * up, foot_near_fold=0.5 * max(0.0, side), foot_far_fold=0.5 * max(0.0, -side),
        face=math.cos(TAU * twirl), smile=1.0, shut=float(hop > 0.9), cape=0.4 + 0.5 * hop,
    )  # fmt: skip


def _rotate(costume: Costume, moment: Moment, result: Pose) -> None:
    """Pirouette on one leg with rounded arms."""
    up = smoothstep(moment.seconds, 0, 0.5)
    result.update(
        face=math.cos(TAU * moment.seconds / 1.2), arm_near=lerp(1.45, -0.1, up), arm_far=lerp(1.65, -0.45, up),
        elbow_near=0.25 + 0.35 * up, elbow_far=0.25 + 0.45 * up, foot_near_y=-costume.leg * 0.34 * up,
        foot_near_x=lerp(-4, 10, up), foot_near_fold=0.7 * up, foot_far_x=6 - 5 * up, smile=1.0, cape=0.2 + 0.8 * up,
    )  # fmt: skip


def _ride(costume: Costume, moment: Moment, result: Pose) -> None:
    """Sit astride, hands ahead; with a pace the feet go round on pedals."""
    leg, turn = costume.leg, TAU * moment.phase * 0.6
    for name, side in (("foot_near", 1.0), ("foot_far", -1.0)):
        x, y = math.cos(turn) * side * moment.pace, math.sin(turn) * side * moment.pace
        result.update({name + "_x": leg * (0.24 + 0.17 * x), name + "_y": costume.tall + leg * (0.76 + 0.17 * y)})
    result.update(
        lean=0.1 + 0.28 * moment.pace, head=-0.08 - 0.1 * moment.pace, arm_near=0.85 - 0.15 * moment.pace,
        elbow_near=0.5 - 0.3 * moment.pace, arm_far=0.95 - 0.15 * moment.pace, elbow_far=0.5 - 0.3 * moment.pace,
        cape=0.8, smile=0.7,
    )  # fmt: skip


def _swim(costume: Costume, moment: Moment, result: Pose) -> None:
    """Lie on the water: the arms crawl, the feet kick."""
    out, beat = smoothstep(moment.seconds, 0, 0.6), TAU * moment.seconds / 1.3
    behind, kick = costume.leg * 0.93, 7 * math.sin(beat * 3)
    level = costume.stand * 0.62
    result.update(
        lean=lerp(0.03, 1.38, out), head=lerp(0.0, -0.95, out), pelvis_y=lerp(costume.tall, level, out),
        arm_near=lerp(1.45, -beat % TAU, out) if out < 1 else -beat, arm_far=-beat + math.pi,
        elbow_near=0.3, elbow_far=0.3, foot_near_x=lerp(-4, -behind, out), foot_far_x=lerp(6, -behind, out),
        foot_near_y=out * (level + 12 + kick), foot_far_y=out * (level + 12 - kick),
        foot_near_fold=1.4 * out, foot_far_fold=1.4 * out, cape=0.9,
    )  # fmt: skip


def _push(costume: Costume, moment: Moment, result: Pose) -> None:
    """Lean into something heavy with both hands and go slowly."""
    gait, amount = BIPED["push"], smoothstep(moment.seconds, 0, 0.4)
    for name, phase in (("foot_near", 0.0), ("foot_far", 0.5)):
        x, y, fold = step(moment.phase + phase, gait, costume.leg, moment.pace)
        result.update({name + "_x": x - 16, name + "_y": y, name + "_fold": fold})
    strain = math.sin(TAU * 2 * moment.phase)
    result.update(
        lean=lerp(0.03, 0.5, amount), pelvis_y=costume.stand + 8 + 1.2 * strain, arm_near=lerp(1.45, -0.08, amount),
        arm_far=lerp(1.65, -0.2, amount), elbow_near=0.12 + 0.1 * strain, elbow_far=0.12, head=-0.12 * amount,
        smile=0.0, pelvis_x=-6 * amount,
    )  # fmt: skip


def _open(costume: Costume, moment: Moment, result: Pose) -> None:
    """Reach ahead with both hands and spread them: a door, a box, a curtain."""
    reach, spread = smoothstep(moment.seconds, 0, 0.5), smoothstep(moment.seconds, 0.7, 1.4)
    result.update(
        arm_near=lerp(1.45, lerp(0.35, 0.95, spread), reach), elbow_near=lerp(0.25, 0.5, reach),
        arm_far=lerp(1.65, lerp(0.25, -0.75, spread), reach), elbow_far=lerp(0.25, 0.35, reach),
        lean=0.03 + 0.12 * reach - 0.14 * spread, head=-0.1 * spread, smile=0.4 + 0.6 * spread,
        pelvis_y=costume.tall + 0.6 * moment.breath,
    )  # fmt: skip


ACTS: dict[str, Callable[[Costume, Moment, Pose], None]] = {
    "sleep": _sleep, "fall": _fall, "stand_up": _stand_up, "stretch": _stretch, "look_around": _look_around,
    "eat": _eat, "dance": _dance, "rotate": _rotate, "swim": _swim, "ride": _ride, "push": _push, "open": _open,
}  # fmt: skip
