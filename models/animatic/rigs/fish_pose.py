"""How what swims holds itself: action and time in, a pose of plain numbers out."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from models.animatic.easing import clamp, lerp, smoothstep
from models.animatic.rigs.actor import Moment
from models.animatic.rigs.skin import Pose
from models.animatic.shape import TAU


@dataclass(frozen=True)
class Fish:
    """Proportions (rig units) and colours of one swimmer; fishes.toml says what each is."""

    length: float
    height: float
    profile: tuple[float, ...]
    tail: float
    fork: float
    flukes: bool
    dorsal: tuple[float, float, float]
    fin: float
    fin_at: float
    eye: float
    snout: float
    main: str
    light: str
    dark: str
    marks: tuple[str, ...]
    wave: float
    beat: float
    speed: float
    hover: float
    scale: float
    zoom: float
    beside: float
    """Share of its size where people are."""


QUICK = ("swim", "run", "fly")


def pose(fish: Fish, moment: Moment) -> Pose:
    """Return the pose of a moment; `swing` is how hard the tail swings, `fin` how far the fin is raised."""
    result: Pose = {
        "body_y": -fish.height, "pitch": 0.0, "swing": 0.45, "beat": TAU * fish.beat * 0.5 * moment.seconds, "fin": 0.0,
        "jaw": 0.0, "shut": 0.0, "spout": 0.0, "face": 1.0, "air": 0.0, "dream": 0.0,
    }  # fmt: skip
    result["fin"] = 0.25 * math.sin(moment.seconds * 2.3)
    result["body_y"] += 2.2 * math.sin(moment.seconds * 1.6)
    _ACTIONS.get(moment.action, _idle)(fish, moment, result)
    return result


def _idle(fish: Fish, moment: Moment, result: Pose) -> None:
    """Hang in the water, opening and shutting the mouth; a whale breathes out now and then."""
    result["pitch"] = 0.04 * math.sin(moment.seconds * 1.3)
    result["jaw"] = 0.25 * (1 + math.sin(moment.seconds * 3.2)) * float(fish.length < 120)
    result["spout"] = smoothstep(math.sin(moment.seconds * 1.1), 0.35, 0.7)


def _swim(fish: Fish, moment: Moment, result: Pose) -> None:
    """Swing the tail; the whole body answers, most of all a whale's."""
    hurry = 1.7 if moment.action == "run" else 1.0
    turn = TAU * fish.beat * hurry * moment.seconds
    result.update(
        swing=1.0 + 0.3 * (hurry - 1), beat=turn, fin=0.35 * math.sin(turn * 0.5 + 1),
        pitch=(0.09 if fish.flukes else 0.03) * math.sin(turn - 1.2),
    )  # fmt: skip
    if moment.action == "fly":
        result["pitch"] -= 0.12 * math.cos(moment.seconds * 1.1)
        result["fin"] = 0.6 * math.sin(moment.seconds * 2.4)


def _jump(fish: Fish, moment: Moment, result: Pose) -> None:
    """Dip, leap in an arc with the nose along it, and dive."""
    air = clamp((moment.seconds - 0.3) / 0.9)
    height = 4 * air * (1 - air) * (70 + fish.height)
    rise = (1 - 2 * air) * float(0 < air < 1)
    dip = smoothstep(moment.seconds, 0, 0.25) * (1 - smoothstep(moment.seconds, 0.3, 0.45))
    result.update(
        body_y=-fish.height - height + 10 * dip, air=height, pitch=-0.85 * rise + 0.3 * dip, swing=1.2,
        beat=TAU * fish.beat * 2 * moment.seconds, fin=0.5,
    )  # fmt: skip


def _eat(fish: Fish, moment: Moment, result: Pose) -> None:
    """Dart at a morsel and snap."""
    snap = abs(math.sin(moment.seconds * (5 if fish.length < 120 else 2.6)))
    result.update(jaw=snap, pitch=0.3 * smoothstep(moment.seconds, 0, 0.4), swing=0.6)


def _look_up(fish: Fish, moment: Moment, result: Pose) -> None:
    result["pitch"] = -0.5 * smoothstep(moment.seconds, 0.1, 0.8)


def _look_around(fish: Fish, moment: Moment, result: Pose) -> None:
    """Turn to one side, pause, and turn back."""
    seconds = moment.seconds % 3.4
    result["face"] = 1 - 2 * smoothstep(seconds, 0.4, 0.8) * (1 - smoothstep(seconds, 1.9, 2.3))


def _sleep(fish: Fish, moment: Moment, result: Pose) -> None:
    """Sink a little with shut eyes."""
    amount = smoothstep(moment.seconds, 0, 0.9)
    result.update(shut=amount, dream=amount, swing=0.45 - 0.33 * amount, pitch=0.1 * amount, fin=-0.3 * amount)


def _turn(fish: Fish, moment: Moment, result: Pose) -> None:
    amount = smoothstep(moment.seconds, 0.3, 0.9)
    result.update(face=lerp(1, -1, amount), swing=0.45 + 0.8 * math.sin(math.pi * amount))


def _rotate(fish: Fish, moment: Moment, result: Pose) -> None:
    result.update(face=math.cos(TAU * moment.seconds / 1.6), swing=0.8)


def _dance(fish: Fish, moment: Moment, result: Pose) -> None:
    """Sway nose up and nose down, and turn over once in a while."""
    beat = TAU * moment.seconds / 1.1
    eased = smoothstep(moment.seconds, 0, 0.3)
    result.update(
        pitch=0.5 * eased * math.sin(beat), fin=0.9 * math.sin(beat), swing=1.0, shut=float(math.sin(beat) > 0.7),
        face=math.cos(math.pi * smoothstep(moment.seconds % 2.2, 1.5, 2.2)) if moment.seconds % 4.4 < 2.2 else
        -math.cos(math.pi * smoothstep(moment.seconds % 2.2, 1.5, 2.2)),
    )  # fmt: skip
    result["body_y"] -= 12 * eased * abs(math.sin(beat / 2))


def _wave(fish: Fish, moment: Moment, result: Pose) -> None:
    """Stand up in the water and wave a fin."""
    amount = smoothstep(moment.seconds, 0, 0.5)
    result.update(pitch=-0.75 * amount, fin=amount * (1.4 + 0.6 * math.sin(moment.seconds * 9)), swing=0.7)


def _rise(fish: Fish, moment: Moment, result: Pose) -> None:
    result.update(pitch=-0.6 * smoothstep(moment.seconds, 0, 0.6), swing=1.0, beat=TAU * fish.beat * moment.seconds)


def _fall(fish: Fish, moment: Moment, result: Pose) -> None:
    """Sink belly up for a moment's fright, then right itself."""
    amount = smoothstep(moment.seconds, 0.1, 0.6) * (1 - smoothstep(moment.seconds, 1.5, 2.0))
    result.update(pitch=0.7 * amount, swing=0.2, jaw=amount, fin=0.8 * amount)


_ACTIONS: dict[str, Callable[[Fish, Moment, Pose], None]] = {
    "swim": _swim, "run": _swim, "fly": _swim, "jump": _jump, "eat": _eat, "look_up": _look_up,
    "look_around": _look_around, "sleep": _sleep, "turn": _turn, "rotate": _rotate, "dance": _dance, "wave": _wave,
    "rise": _rise, "fall": _fall,
}  # fmt: skip
