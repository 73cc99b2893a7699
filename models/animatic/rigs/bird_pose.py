"""How a bird holds itself, on the ground and on its wings: action and time in, a pose of plain numbers out."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from models.animatic.easing import clamp, lerp, smoothstep
from models.animatic.rigs.actor import Moment
from models.animatic.rigs.gait import BIRD, step
from models.animatic.rigs.skin import Pose
from models.animatic.shape import TAU

FEET = ("foot_near", "foot_far")


@dataclass(frozen=True)
class Plumage:
    """Proportions (rig units) and colours of one bird; birds.toml says what each is."""

    length: float
    body: float
    pitch: float
    leg: float
    thick: float
    thigh: float
    toe: float
    neck: float
    neck_radius: float
    neck_angle: float
    head: float
    beak: float
    beak_width: float
    beak_kind: str
    wing: float
    tail: float
    tail_kind: str
    eye: float
    main: str
    light: str
    dark: str
    beak_colour: str
    leg_colour: str
    marks: tuple[str, ...]
    webbed: bool
    arms: bool
    flap: float
    glide: float
    flight: float
    scale: float
    zoom: float
    beside: float
    """Share of its size where people are."""

    @property
    def stand(self) -> float:
        """Height of the middle of a standing trunk (negative is up)."""
        return -self.leg - self.body * 0.62

    @property
    def waddle(self) -> float:
        """How far it rolls from foot to foot, in radians: short legs under a wide body roll."""
        return 0.12 if self.leg < 0.8 * self.body else 0.03


def pose(bird: Plumage, moment: Moment) -> Pose:
    """Return the pose of a moment; an unknown action is drawn as idling. `spread` 1 opens the wings."""
    result: Pose = {
        "body_x": 0.0, "body_y": bird.stand, "pitch": bird.pitch, "neck": bird.neck_angle, "head": 0.05,
        "spread": 0.0, "flap": 0.0, "tail": 0.0, "jaw": 0.0, "shut": 0.0, "look": 1.0, "roll": 0.0, "tuck": 0.0,
        "face": 1.0, "air": 0.0, "dream": 0.0,
    }  # fmt: skip
    for name, x in (("foot_near", -3.0), ("foot_far", 6.0)):
        _place(result, name, x)
    _ACTIONS.get(moment.action, _idle)(bird, moment, result)
    return result


def _place(result: Pose, name: str, x: float, y: float = 0.0, fold: float = 0.0) -> None:
    result[name + "_x"], result[name + "_y"], result[name + "_fold"] = x, y, fold


def _idle(bird: Plumage, moment: Moment, result: Pose) -> None:
    """Breathe, and cock the head in small jerks."""
    cocked = math.floor(moment.seconds * 1.1) * 2.399
    result["head"] = 0.05 + 0.16 * math.sin(cocked) * (1 - 0.5 * float(bird.arms))
    result["body_y"] += 0.6 * moment.breath
    result["tail"] = 0.08 * math.sin(moment.seconds * 3.1)
    result["jaw"] = 0.12 * float(bird.arms) * (1 + moment.breath)


def _gait(bird: Plumage, moment: Moment, result: Pose) -> None:
    """Step; the head stays behind in each step and catches up, and a short-legged body rolls."""
    gait = BIRD[moment.action]
    for name, phase in zip(FEET, gait.offsets, strict=True):
        x, y, fold = step(moment.phase + phase, gait, bird.leg, moment.pace)
        _place(result, name, x, y, fold)
    beat = TAU * 2 * moment.phase
    quick = moment.action == "run"
    result["body_y"] += (0.05 + 0.05 * quick) * bird.leg * (1 + math.cos(beat + 0.5))
    result["roll"] = bird.waddle * math.sin(TAU * moment.phase)
    result["pitch"] += 0.16 * quick
    result["neck"] += 0.13 * math.sin(beat) + 0.15 * quick
    result["head"] -= 0.13 * math.sin(beat)
    result["tail"] = 0.1 * math.sin(TAU * moment.phase)
    result["spread"] = 0.16 * quick if not bird.arms else 0.0
    result["jaw"] = 0.6 * quick * float(bird.arms)


def _jump(bird: Plumage, moment: Moment, result: Pose) -> None:
    """Crouch, hop with a beat of the wings, land."""
    seconds = moment.seconds
    air = clamp((seconds - 0.34) / 0.7)
    height = 4 * air * (1 - air) * (38 + bird.leg * 0.7)
    crouch = smoothstep(seconds, 0, 0.2) * (1 - smoothstep(seconds, 0.26, 0.36))
    crouch += smoothstep(seconds, 1.0, 1.1) * (1 - smoothstep(seconds, 1.12, 1.5))
    rise = (1 - 2 * air) * float(0 < air < 1)
    tuck = math.sin(math.pi * air)
    result.update(
        body_y=bird.stand - height + crouch * bird.leg * 0.35, air=height, pitch=bird.pitch - 0.3 * rise,
        neck=bird.neck_angle + 0.2 * crouch, spread=smoothstep(tuck, 0, 0.5), flap=math.sin(seconds * 16),
        tail=-0.4 * rise,
    )  # fmt: skip
    for name, x in (("foot_near", -3.0), ("foot_far", 6.0)):
        _place(result, name, x - 0.2 * bird.leg * tuck, -height - 0.2 * bird.leg * tuck, tuck * 0.7)


def _settle(bird: Plumage, amount: float, result: Pose) -> None:
    """Fold the legs under the body by `amount`."""
    result["body_y"] = lerp(bird.stand, -bird.body * (0.95 if bird.pitch > -1 else 1.35), amount)
    result["pitch"] = lerp(bird.pitch, min(0.0, bird.pitch * 0.75), amount)
    result["tuck"] = amount
    for name, x in (("foot_near", 4.0), ("foot_far", 12.0)):
        _place(result, name, lerp(result[name + "_x"], x, amount))


def _sit(bird: Plumage, moment: Moment, result: Pose) -> None:
    _settle(bird, smoothstep(moment.seconds, 0, 0.6), result)
    result["head"] = 0.05 + 0.1 * math.sin(moment.seconds * 1.7)


def _stand_up(bird: Plumage, moment: Moment, result: Pose) -> None:
    _settle(bird, 1 - smoothstep(moment.seconds, 0.35, 1.0), result)
    result["spread"] = 0.35 * math.sin(math.pi * smoothstep(moment.seconds, 0.6, 1.6))
    result["neck"] -= 0.12 * smoothstep(moment.seconds, 0.6, 1.1)


def _sleep(bird: Plumage, moment: Moment, result: Pose) -> None:
    """Settle, lay the head on the back and dream."""
    amount = smoothstep(moment.seconds, 0, 0.8)
    _settle(bird, amount, result)
    result["neck"] = lerp(bird.neck_angle, bird.neck_angle * 0.72 + 0.25, amount)
    result["head"] = 0.05 + (0.42 + 0.03 * moment.breath) * amount
    result.update(shut=amount, dream=amount)
    result["body_y"] += 0.9 * math.sin(moment.seconds * 1.6) * amount


def _stretch(bird: Plumage, moment: Moment, result: Pose) -> None:
    """Open the wings wide and rise on the toes."""
    amount = smoothstep(moment.seconds, 0.1, 0.7) * (1 - smoothstep(moment.seconds, 2.4, 3.0))
    result.update(
        spread=amount, flap=0.75 * amount + 0.06 * math.sin(moment.seconds * 7), neck=bird.neck_angle - 0.2 * amount,
        pitch=bird.pitch - 0.22 * amount, head=0.05 - 0.25 * amount, shut=float(amount > 0.4),
        body_y=bird.stand - 3 * amount, jaw=0.4 * amount,
    )  # fmt: skip


def _wave(bird: Plumage, moment: Moment, result: Pose) -> None:
    """Lift a wing and shake it."""
    amount = smoothstep(moment.seconds, 0, 0.4)
    result.update(
        spread=0.8 * amount, flap=amount * (0.45 + 0.5 * math.sin(moment.seconds * 9)), head=0.05 - 0.1 * amount,
        roll=-0.06 * amount,
    )  # fmt: skip


def _look_up(bird: Plumage, moment: Moment, result: Pose) -> None:
    amount = smoothstep(moment.seconds, 0.1, 0.7)
    result.update(neck=bird.neck_angle - 0.25 * amount, head=0.05 - 0.62 * amount, pitch=bird.pitch - 0.1 * amount)
    result["body_y"] += 0.6 * moment.breath


def _look_around(bird: Plumage, moment: Moment, result: Pose) -> None:
    """Turn the head back, hold it, and bring it round again."""
    seconds = moment.seconds % 3.2
    back = smoothstep(seconds, 0.35, 0.6) * (1 - smoothstep(seconds, 1.7, 1.95))
    result.update(look=1 - 2 * back, head=0.02 + 0.06 * math.sin(seconds * 4))
    result["body_y"] += 0.6 * moment.breath


def _peck(bird: Plumage, moment: Moment, result: Pose) -> None:
    """Bend down and peck; drinking lifts the head after each sip."""
    drinking = moment.action == "drink"
    beat = (moment.seconds * (0.55 if drinking else 1.25)) % 1
    down = smoothstep(beat, 0.0, 0.3) * (1 - smoothstep(beat, 0.55, 0.85)) * smoothstep(moment.seconds, 0, 0.25)
    low = 0.42 if bird.pitch > -1 else 1.0
    result.update(
        pitch=bird.pitch + low * down, neck=lerp(bird.neck_angle, 1.0, down), head=lerp(0.05, 0.8, down),
        tail=-0.2 * down, jaw=0.7 * abs(math.sin(moment.seconds * 9)) * down,
    )  # fmt: skip
    result["body_y"] += 0.08 * bird.leg * down
    if drinking:
        up = smoothstep(beat, 0.8, 0.92) * (1 - smoothstep(beat, 0.93, 1.0))
        result["head"] -= 0.7 * up


def _turn(bird: Plumage, moment: Moment, result: Pose) -> None:
    amount = smoothstep(moment.seconds, 0.3, 0.9)
    hop = math.sin(math.pi * amount)
    result.update(face=lerp(1, -1, amount), spread=0.3 * hop)
    result["body_y"] -= 5 * hop
    for name in FEET:
        result[name + "_y"] = -5 * hop


def _rotate(bird: Plumage, moment: Moment, result: Pose) -> None:
    """Turn round and round with half-open wings."""
    eased = smoothstep(moment.seconds, 0, 0.6)
    result.update(face=math.cos(TAU * moment.seconds / 1.5), spread=0.5 * eased, flap=0.3 * eased)


def _dance(bird: Plumage, moment: Moment, result: Pose) -> None:
    """Hop from foot to foot with raised wings and a nodding head."""
    eased, beat = smoothstep(moment.seconds, 0, 0.3), moment.seconds * TAU / 0.8
    hop = abs(math.sin(beat / 2))
    result.update(
        spread=0.75 * eased, flap=eased * (0.5 + 0.4 * math.sin(beat)), roll=0.15 * eased * math.sin(beat / 2),
        neck=bird.neck_angle + 0.18 * eased * math.sin(beat), head=0.1 - 0.25 * eased * hop, shut=float(hop > 0.8),
        body_y=bird.stand - 9 * hop * eased, jaw=0.5 * hop,
    )  # fmt: skip
    for name, sign in (("foot_near", 1), ("foot_far", -1)):
        result[name + "_y"] = -13 * eased * max(0.0, sign * math.sin(beat / 2))


def _wings(bird: Plumage, seconds: float) -> float:
    """Return how high the wings are, in [-1, 1], with a quicker stroke down and pauses to glide."""
    turn = seconds / bird.flap
    gliding = bird.glide * smoothstep(math.sin(seconds * 1.1), 0.1, 0.6)
    beat = math.sin(TAU * turn + 0.45 * math.sin(TAU * turn))
    return lerp(beat, 0.38, min(1.0, gliding * 1.6))


def _fly(bird: Plumage, moment: Moment, result: Pose) -> None:
    """Beat the wings, legs drawn up, the body answering each stroke."""
    up = smoothstep(moment.seconds, 0, 0.5)
    wing = _wings(bird, moment.seconds)
    climbing = moment.action == "rise"
    level = -0.55 if climbing else -0.06
    result.update(
        spread=up, flap=wing * up, pitch=lerp(bird.pitch, level, up), tuck=0.85 * up,
        neck=lerp(bird.neck_angle, max(bird.neck_angle, -0.42 if bird.neck < 60 else -0.12) + 0.3 * level, up),
        head=lerp(0.05, 0.06, up), tail=0.1 * wing * up, body_y=bird.stand + 0.16 * bird.body * wing * up,
    )  # fmt: skip
    middle, long = result["body_y"], bird.leg >= 60
    for name, shift in (("foot_near", 0.0), ("foot_far", 3.0)):
        x = -bird.length * 0.2 - bird.leg * 1.22 if long else -bird.length * 0.16
        y = middle + bird.body * (0.25 if long else 0.4)  # long legs trail behind, short ones are drawn in
        _place(result, name, lerp(result[name + "_x"], x + shift, up), lerp(0, y, up), (3.45 if long else 2.6) * up)


def _swim(bird: Plumage, moment: Moment, result: Pose) -> None:
    """Lie on the water and paddle."""
    amount = smoothstep(moment.seconds, 0, 0.5)
    _settle(bird, amount, result)
    result["pitch"] = lerp(bird.pitch, -0.1, amount)
    result["body_y"] = lerp(bird.stand, -bird.body * 0.7, amount) + 1.6 * math.sin(moment.seconds * 3)
    result["roll"] = 0.03 * math.sin(moment.seconds * 3 + 1)
    result["tail"] = 0.16 * math.sin(moment.seconds * 7)
    result["neck"] += 0.06 * math.sin(moment.seconds * 5)


def _fall(bird: Plumage, moment: Moment, result: Pose) -> None:
    """Lose its balance, flutter, and sit on the ground with a shaken head."""
    tipped = smoothstep(moment.seconds, 0.1, 0.45)
    up = smoothstep(moment.seconds, 0.9, 1.4)
    _settle(bird, tipped, result)
    result["roll"] = -0.85 * tipped * (1 - up)
    result["spread"] = tipped * (1 - up)
    result["flap"] = 0.7 * math.sin(moment.seconds * 20)
    result["jaw"] = tipped * (1 - up)
    result["head"] += 0.3 * up * math.sin(moment.seconds * 12) * (1 - smoothstep(moment.seconds, 1.9, 2.3))


def _open(bird: Plumage, moment: Moment, result: Pose) -> None:
    """Throw the head up and open the beak: a call, or a roar."""
    amount = smoothstep(moment.seconds % 2.6, 0.15, 0.5) * (1 - smoothstep(moment.seconds % 2.6, 1.7, 2.2))
    result.update(
        jaw=amount * (0.9 + 0.1 * math.sin(moment.seconds * 30)), head=0.05 - 0.3 * amount,
        neck=bird.neck_angle + 0.12 * amount, spread=0.25 * amount, pitch=bird.pitch + 0.06 * amount,
    )  # fmt: skip


_ACTIONS: dict[str, Callable[[Plumage, Moment, Pose], None]] = {
    "walk": _gait, "run": _gait, "jump": _jump, "sit": _sit, "stand_up": _stand_up, "stretch": _stretch,
    "look_up": _look_up, "look_around": _look_around, "drink": _peck, "eat": _peck, "sleep": _sleep, "turn": _turn,
    "wave": _wave, "dance": _dance, "fly": _fly, "rise": _fly, "swim": _swim, "rotate": _rotate, "fall": _fall,
    "open": _open,
}  # fmt: skip
