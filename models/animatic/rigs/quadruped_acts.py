"""What a four-legged animal does where it stands: eat, sleep, stretch, look round, dance, and the like."""

import math
from collections.abc import Callable

from models.animatic.easing import lerp, smoothstep
from models.animatic.rigs.actor import Moment
from models.animatic.rigs.gait import QUADRUPED, step
from models.animatic.rigs.skin import Pose
from models.animatic.rigs.species import LEGS, Species, neck_down, place, rest_feet
from models.animatic.shape import TAU


def _lie(species: Species, amount: float, result: Pose) -> None:
    """Lower the whole trunk to the ground by `amount`, hind feet under it and fore feet ahead."""
    half, leg = species.length / 2, species.leg
    result["hip_y"] = lerp(result["hip_y"], -species.pelvis * 0.95, amount)
    result["chest_y"] = lerp(result["chest_y"], -species.chest * 0.98, amount)
    for name, x in rest_feet(species).items():
        folded = -half + leg * 0.42 if name.startswith("hind") else half + leg * 0.34
        place(result, name, lerp(x, folded + (0 if name.endswith("near") else 7), amount))
    result["sit"] = amount


def _sleep(species: Species, moment: Moment, result: Pose) -> None:
    """Lie down, lay the chin on the ground and dream."""
    amount = smoothstep(moment.seconds, 0, 0.9)
    _lie(species, amount, result)
    low = neck_down(species, species.chest * 0.98, 0.9)
    result.update(neck=lerp(species.neck_angle, low, amount), head=lerp(0.1, 0.16, amount), tail=0.45 * amount,
                  ear=0.35 * amount, shut=amount, dream=amount, trunk=-0.5 * amount)  # fmt: skip
    for name in ("hip_y", "chest_y"):
        result[name] += 0.9 * math.sin(moment.seconds * 1.7) * amount


def _stand_up(species: Species, moment: Moment, result: Pose) -> None:
    """Get up from lying, chest first, and shake."""
    rest = dict(result)
    _lie(species, 1.0, result)
    fore, hind = smoothstep(moment.seconds, 0.25, 0.75), smoothstep(moment.seconds, 0.6, 1.15)
    for name, value in rest.items():
        part = hind if name.startswith(("hip", "hind", "sit")) else fore
        result[name] = lerp(result[name], value, part)
    shake = hind * (1 - smoothstep(moment.seconds, 1.6, 1.9))
    result["head"] += 0.16 * shake * math.sin(moment.seconds * 26)
    result["tail"] = 0.4 * shake * math.sin(moment.seconds * 20)


def _stretch(species: Species, moment: Moment, result: Pose) -> None:
    """Bow with the fore legs far ahead and the rump high."""
    amount = smoothstep(moment.seconds, 0.1, 0.8) * (1 - smoothstep(moment.seconds, 2.3, 3.0))
    half, leg = species.length / 2, species.leg
    result.update(
        chest_y=lerp(-leg - 2, -species.chest * 1.12, amount), chest_x=half - 0.1 * leg * amount,
        hip_y=-leg - 0.06 * leg * amount, neck=lerp(species.neck_angle, -0.95, amount), head=0.1 - 0.45 * amount,
        tail=-0.5 * amount, shut=float(amount > 0.4), smile=amount, jaw=0.6 * amount, trunk=amount,
    )  # fmt: skip
    for name, shift in (("fore_near", 0.0), ("fore_far", 11.0)):
        place(result, name, half - 2 + shift + leg * 0.42 * amount)


def _look_around(species: Species, moment: Moment, result: Pose) -> None:
    """Turn the head back, prick the ears, and turn it round again."""
    seconds = moment.seconds % 3.4
    back = smoothstep(seconds, 0.4, 0.7) * (1 - smoothstep(seconds, 1.9, 2.2))
    result.update(
        look=1 - 2 * back, neck=species.neck_angle - 0.28 * back - 0.1 * math.sin(seconds * 1.8), head=0.02,
        tail=0.2 * math.sin(moment.seconds * 2.6), ear=-0.1, trunk=0.2,
    )  # fmt: skip
    result["chest_y"] += 0.6 * moment.breath


def _eat(species: Species, moment: Moment, result: Pose) -> None:
    """Lower the head to the ground, tear and chew."""
    amount = smoothstep(moment.seconds, 0, 0.6)
    chew = math.sin(moment.seconds * 8)
    tear = smoothstep(math.sin(moment.seconds * 2.3), 0.6, 0.95)
    low = neck_down(species, species.leg * 0.8, 0.86)
    result.update(
        neck=lerp(species.neck_angle, low - 0.22 * tear, amount), head=lerp(0.1, 0.85 - 0.2 * tear, amount),
        jaw=0.4 * amount * (1 + chew), ear=0.12 * chew * amount, tail=0.35 * math.sin(moment.seconds * 4.4),
        smile=amount, trunk=-amount * (0.6 + 0.4 * tear),
    )  # fmt: skip
    result["chest_y"] += amount * species.leg * 0.2
    place(result, "fore_near", species.length / 2 - 2 + 12 * amount)


def _dance(species: Species, moment: Moment, result: Pose) -> None:
    """Rear up and hop on the hind legs, pawing the air in time."""
    up, beat = smoothstep(moment.seconds, 0.1, 0.6), TAU * moment.seconds / 0.9
    leg, half = species.leg, species.length / 2
    hop = abs(math.sin(beat / 2)) * up
    pitch = 0.75 * up + 0.1 * math.sin(beat) * up
    result.update(
        hip_x=lerp(-half, -half * 0.45, up), hip_y=-leg * (1 - 0.1 * up) - 10 * hop,
        neck=species.neck_angle - 0.25 * up + 0.12 * math.sin(beat), head=0.1 + 0.14 * math.sin(beat + 1),
        tail=0.5 * math.sin(beat), ear=0.25 * hop, smile=up, shut=float(hop > 0.75), trunk=up,
    )  # fmt: skip
    result["chest_x"] = result["hip_x"] + species.length * math.cos(pitch)
    result["chest_y"] = result["hip_y"] - species.length * math.sin(pitch)
    for name, sign in (("fore_near", 1), ("fore_far", -1)):
        x = result["chest_x"] + leg * (0.4 + 0.12 * sign * math.sin(beat))
        place(result, name, lerp(rest_feet(species)[name], x, up),
              lerp(0, result["chest_y"] + leg * (0.52 - 0.2 * sign * math.sin(beat)), up), 0.8 * up)  # fmt: skip
    for name, sign in (("hind_near", 1), ("hind_far", -1)):
        place(result, name, rest_feet(species)[name] + half * 0.55 * up, -9 * up * max(0.0, sign * math.sin(beat / 2)))


def _swim(species: Species, moment: Moment, result: Pose) -> None:
    """Paddle with the head held up."""
    amount, beat = smoothstep(moment.seconds, 0, 0.5), TAU * moment.seconds / 0.85
    leg = species.leg
    bob = 2.5 * math.sin(beat * 0.5)
    result.update(
        hip_y=lerp(-leg, -leg * 0.82, amount) + bob, chest_y=lerp(-leg - 2, -leg * 0.95, amount) + bob,
        neck=species.neck_angle - 0.12 * amount, head=0.1 - 0.2 * amount, tail=0.3 * math.sin(beat), trunk=amount,
    )  # fmt: skip
    for index, (name, x) in enumerate(rest_feet(species).items()):
        turn = beat + index * math.pi / 2
        place(result, name, x + amount * leg * 0.34 * math.cos(turn), -amount * leg * (0.22 + 0.16 * math.sin(turn)),
              amount * (0.5 - 0.5 * math.cos(turn)))  # fmt: skip


def _rotate(species: Species, moment: Moment, result: Pose) -> None:
    """Chase its own tail."""
    result.update(face=math.cos(TAU * moment.seconds / 1.3), head=0.3, tail=0.6, smile=1.0)
    for index, (name, x) in enumerate(rest_feet(species).items()):
        place(result, name, x, -6 * max(0.0, math.sin(TAU * moment.seconds / 0.4 + index * 1.6)))


def _fall(species: Species, moment: Moment, result: Pose) -> None:
    """Stumble onto the chest, lie still, and look up."""
    down = smoothstep(moment.seconds, 0.1, 0.5)
    _lie(species, down, result)
    late = smoothstep(moment.seconds, 1.2, 1.6)
    result.update(
        hip_y=lerp(-species.leg, -species.pelvis * 0.95, smoothstep(moment.seconds, 0.35, 0.75)),
        neck=lerp(species.neck_angle, lerp(0.25, species.neck_angle, late), down), head=0.1 + 0.4 * down * (1 - late),
        tail=-0.8 * down * (1 - late), ear=0.9 * down * (1 - late), shut=down * (1 - late),
    )  # fmt: skip


def _push(species: Species, moment: Moment, result: Pose) -> None:
    """Walk slowly with the brow against something heavy."""
    gait, amount = QUADRUPED["push"], smoothstep(moment.seconds, 0, 0.5)
    rest = rest_feet(species)
    for name, phase in zip(LEGS, gait.offsets, strict=True):
        x, y, fold = step(moment.phase + phase, gait, species.leg, moment.pace)
        place(result, name, rest[name] + x - 6, y, fold)
    result["chest_y"] += 0.12 * species.leg * amount
    result["chest_x"] += 0.05 * species.length * amount
    result.update(neck=lerp(species.neck_angle, 0.0, amount), head=0.1 + 0.45 * amount, tail=0.3, ear=0.7 * amount)


ACTS: dict[str, Callable[[Species, Moment, Pose], None]] = {
    "sleep": _sleep, "stand_up": _stand_up, "stretch": _stretch, "look_around": _look_around, "eat": _eat,
    "dance": _dance, "swim": _swim, "rotate": _rotate, "fall": _fall, "push": _push,
}  # fmt: skip
