"""Things without a skeleton: how each moves as one piece."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import skia

from models.animatic.easing import lerp, smoothstep
from models.animatic.rigs.actor import BASE_ZOOM, Moment, Subject, extent, fallen
from models.animatic.rigs.placard import placard
from models.animatic.rigs.props import DRAWINGS
from models.animatic.rigs.skin import Pose, Skin
from models.animatic.shape import TAU


def _rocking(seconds: float) -> Pose:
    beat = TAU * seconds / 0.9
    return {"tilt": 0.16 * math.sin(beat / 2), "air": 14 * abs(math.sin(beat / 2)), "squash": 0.07 * math.cos(beat)}


_PLAIN: dict[str, Callable[[float], Pose]] = {
    "turn": lambda seconds: {"face": lerp(1, -1, smoothstep(seconds, 0.3, 1.0))},
    "rotate": lambda seconds: {"face": math.cos(TAU * seconds / 2.2)},
    "dance": _rocking,
    "open": lambda seconds: {"open": smoothstep(seconds, 0.2, 1.1)},
    "fall": lambda seconds: {
        "squash": 0.2 * smoothstep(seconds, 0.85, 0.95) * (1 - smoothstep(seconds, 0.97, 1.25)),
        "tilt": 0.35 * (1 - smoothstep(seconds, 0.1, 0.9)),
    },
}
"""What the simple actions change in the pose, from the seconds they have lasted."""


@dataclass(frozen=True)
class Motion:
    """How a thing moves as one piece; props.toml says what each is."""

    zoom: float
    walk: float
    run: float
    fly: float
    period: float
    hop: float
    tilt: float
    hover: float
    rise: float
    climb: tuple[float, float]
    colour: str
    floats: bool
    beside: float
    opens: float
    """How far open it is at rest."""
    grip: tuple[float, ...]
    arm: tuple[float, ...]
    pedals: bool


class Prop(Subject):
    """A thing that hops, rolls, floats or flies as one piece."""

    visible = True

    def __init__(self, name: str, motion: Motion, label: str = "") -> None:
        self.name = name
        self.label = label
        self.motion = motion
        self.zoom = BASE_ZOOM * motion.zoom
        self.floats = motion.floats
        self.beside = motion.beside
        self.grip, self.arm, self.pedals = motion.grip, motion.arm, motion.pedals
        self.steams = name == "cup"

    def speed(self, action: str) -> float:
        """Return the speed the table gives."""
        return {"walk": self.motion.walk, "run": self.motion.run, "fly": self.motion.fly}.get(action, 0.0)

    def period(self, action: str) -> float:
        """Return the time of one hop or one turn of a wheel at this action's speed."""
        speed = self.speed(action)
        if not speed or not self.motion.walk:
            return 0.0
        return self.motion.period * (self.motion.walk / speed) ** (1.0 if not self.motion.hop else 0.4)

    def pose(self, moment: Moment) -> Pose:
        """Return tilt, hop, squash and turn."""
        motion, seconds, action = self.motion, moment.seconds, moment.action
        going = action in ("walk", "run")
        beat = abs(math.sin(math.pi * moment.phase)) if going else 0.0
        pose = {
            "face": 1.0, "air": motion.hop * beat, "tilt": 0.0, "squash": 0.0, "roll": moment.phase, "thrust": 0.0,
            "rush": float(going), "open": motion.opens,
        }  # fmt: skip
        if going:
            pose["tilt"] = motion.tilt * math.sin(TAU * moment.phase * 0.5)
            pose["squash"] = 0.06 * (1 - beat) * float(motion.hop > 0)
        elif action == "jump":
            air = min(1.0, max(0.0, (seconds - 0.3) / 0.66))
            crouch = smoothstep(seconds, 0, 0.18) * (1 - smoothstep(seconds, 0.24, 0.34))
            land = smoothstep(seconds, 0.94, 1.0) * (1 - smoothstep(seconds, 1.02, 1.3))
            pose.update(air=4 * air * (1 - air) * 90, squash=0.22 * (crouch + land) - 0.08 * math.sin(math.pi * air))
        elif action in _PLAIN:
            pose.update(_PLAIN[action](seconds))
        elif action in ("rise", "fly"):
            pose.update(thrust=smoothstep(seconds, 0.0, 0.35), tilt=self._flight_tilt(action, seconds))
        return pose

    def _flight_tilt(self, action: str, seconds: float) -> float:
        if action == "fly":
            return (0.75 if self.motion.climb[1] > 30 else -0.08) * smoothstep(seconds, 0.1, 1.4)
        return 0.03 * math.sin(seconds * 1.6)

    def lift(self, action: str, seconds: float) -> float:
        """Return the height of hovering and rising, with a slow bob."""
        motion = self.motion
        if action == "fall":
            return fallen(170.0, seconds)
        bob = 6 * math.sin(seconds * 1.9) * smoothstep(seconds, 0, 1)
        if action in ("rise", "fly") and motion.rise:
            return -motion.rise * smoothstep(seconds, 0, 1.8) + bob
        if action in ("rise", "fly"):
            return -motion.hover - motion.climb[0] * seconds - motion.climb[1] * seconds**2
        return -motion.hover + bob * float(motion.hover > 0)

    def skin(self, pose: Mapping[str, float], time: float, eye: float) -> Skin:
        """Return the thing's outlines, tilted, squashed and lifted."""
        if self.name == "placard":
            flat = placard(self.label)
        else:
            flat = Skin()
            DRAWINGS[self.name](flat, dict(pose), time, self.motion.colour)
        return _moved(flat, pose)

    @property
    def head_size(self) -> float:
        """Return most of the height, or of the length of what is long and low."""
        back, forward, up = extent(self)
        return 0.85 * max(up, 0.6 * (back + forward))


def _moved(skin: Skin, pose: Mapping[str, float]) -> Skin:
    """Return the skin tilted about its foot, squashed and lifted as the pose says."""
    squash, tilt, air = pose["squash"], pose["tilt"], pose["air"]
    if squash or tilt or air:
        matrix = skia.Matrix.Translate(0, -air)
        matrix.preRotate(math.degrees(tilt))
        matrix.preScale(1 + squash * 0.6, 1 - squash)
        outlines = {id(path): path for part in skin.parts for path in (part.path, part.clip) if path is not None}
        for path in outlines.values():  # a clip is often the outline of another part: each is moved once
            path.transform(matrix)
    _, top, _, _ = skin.bounds()
    skin.anchors["head"] = (0.0, top * 0.5)
    return skin
