"""A long dragon of the air: a wave runs through it, whatever it does; its pose and its outlines."""

import math
from collections.abc import Callable, Mapping
from functools import cached_property

import numpy as np

from models.animatic.colour import tone
from models.animatic.easing import lerp, smoothstep
from models.animatic.rigs.actor import BASE_ZOOM, Moment, Subject
from models.animatic.rigs.expression import DARK, Eye, blinking, draw_eye, dream
from models.animatic.rigs.skin import Pose, Skin
from models.animatic.shape import TAU, Point, between, ellipse, move, offset, polygon, smooth, spline, tube

LINKS = 9
LENGTH, THICK, HEAD = 250.0, 19.0, 25.0
"""Of the body along its middle line, its radius, and the head's."""
HOVER = 92.0
GOLD, MANE, CLAW = "#f2c14a", "#f08a3c", "#fbf3dc"
SPEEDS = {"fly": 210.0, "run": 330.0, "walk": 110.0, "swim": 150.0}


def _pose(moment: Moment) -> Pose:
    """Return the posture: how high the waves are, how far they have run, and how the head is held."""
    seconds = moment.seconds
    result: Pose = {
        "wave": 26.0, "run": TAU * 0.42 * seconds, "pitch": 0.0, "head": 0.0, "jaw": 0.0, "shut": 0.0, "look": 1.0,
        "coil": 0.0, "paw": 0.0, "face": 1.0, "air": 0.0, "dream": 0.0, "flame": 0.0, "y": 0.0,
    }  # fmt: skip
    _ACTIONS.get(moment.action, _hover)(moment, result)
    return result


def _hover(moment: Moment, result: Pose) -> None:
    result.update(head=0.08 * math.sin(moment.seconds * 1.3), wave=22.0)


def _glide(moment: Moment, result: Pose) -> None:
    quick = {"run": 1.7, "walk": 0.75, "swim": 0.9}.get(moment.action, 1.1)
    result.update(run=TAU * 0.7 * quick * moment.seconds, wave=30.0 if moment.action != "run" else 21.0,
                  paw=0.3 * math.sin(moment.seconds * 4), jaw=0.25 * (quick > 1.5))  # fmt: skip
    if moment.action == "swim":
        result["y"] = 26 * smoothstep(moment.seconds, 0, 0.8)


def _rise(moment: Moment, result: Pose) -> None:
    result.update(pitch=-0.75 * smoothstep(moment.seconds, 0, 0.9), run=TAU * 0.9 * moment.seconds, paw=0.4)


def _fall(moment: Moment, result: Pose) -> None:
    down = smoothstep(moment.seconds, 0.1, 0.7) * (1 - smoothstep(moment.seconds, 1.4, 2.1))
    result.update(pitch=0.7 * down, wave=22 - 10 * down, jaw=down, y=46 * down)


def _jump(moment: Moment, result: Pose) -> None:
    air = min(1.0, max(0.0, (moment.seconds - 0.2) / 1.0))
    result.update(
        pitch=-0.75 * (1 - 2 * air) * float(0 < air < 1), air=4 * air * (1 - air) * 90, y=-4 * air * (1 - air) * 90
    )


def _sleep(moment: Moment, result: Pose) -> None:
    amount = smoothstep(moment.seconds, 0, 1.0)
    result.update(coil=amount, shut=amount, dream=amount, wave=22 - 12 * amount, run=TAU * 0.16 * moment.seconds)
    result.update(y=-6 * amount, head=0.25 * amount)


def _sit(moment: Moment, result: Pose) -> None:
    amount = smoothstep(moment.seconds, 0, 0.8)
    result.update(coil=0.85 * amount, y=-6 * amount, head=-0.12 * amount, wave=22 - 8 * amount)


def _open(moment: Moment, result: Pose) -> None:
    """Breathe fire."""
    amount = smoothstep(moment.seconds % 2.8, 0.3, 0.7) * (1 - smoothstep(moment.seconds % 2.8, 1.9, 2.3))
    result.update(jaw=amount, flame=amount, head=-0.1 * amount)


def _head(moment: Moment, result: Pose) -> None:
    amount = smoothstep(moment.seconds, 0.1, 0.8)
    way = {"look_up": (-0.55, 0.0), "eat": (0.5, 0.5 + 0.5 * math.sin(moment.seconds * 7)), "drink": (0.65, 0.35)}
    head, jaw = way[moment.action]
    result.update(head=head * amount, jaw=jaw * amount, y=(16 if moment.action == "drink" else 8) * amount)


def _look_around(moment: Moment, result: Pose) -> None:
    seconds = moment.seconds % 3.4
    result["look"] = 1 - 2 * smoothstep(seconds, 0.4, 0.75) * (1 - smoothstep(seconds, 1.9, 2.25))


def _dance(moment: Moment, result: Pose) -> None:
    beat = TAU * moment.seconds / 1.2
    result.update(wave=34.0, run=beat, head=0.25 * math.sin(beat), pitch=0.25 * math.sin(beat / 2), paw=math.sin(beat),
                  shut=float(math.sin(beat) > 0.75), y=10 * math.sin(beat))  # fmt: skip


def _wave(moment: Moment, result: Pose) -> None:
    result.update(paw=smoothstep(moment.seconds, 0, 0.4) * (1.5 + 0.6 * math.sin(moment.seconds * 9)), head=-0.12)


def _turn(moment: Moment, result: Pose) -> None:
    result["face"] = lerp(1, -1, smoothstep(moment.seconds, 0.3, 1.0))


def _rotate(moment: Moment, result: Pose) -> None:
    result.update(face=math.cos(TAU * moment.seconds / 2.0), wave=30.0)


_ACTIONS: dict[str, Callable[[Moment, Pose], None]] = {
    "fly": _glide, "run": _glide, "walk": _glide, "swim": _glide, "rise": _rise, "fall": _fall, "jump": _jump,
    "sleep": _sleep, "sit": _sit, "open": _open, "look_up": _head, "eat": _head, "drink": _head,
    "look_around": _look_around, "dance": _dance, "wave": _wave, "turn": _turn, "rotate": _rotate,
}  # fmt: skip


class _DragonSkin:
    """Builds the parts of one pose, back to front."""

    def __init__(self, colour: str, pose: Mapping[str, float], time: float, eye: float) -> None:
        self.colour, self.pose, self.time = colour, pose, time
        self.eye_size = 5.0 * eye
        self.skin = Skin()
        self.spine = [self._link(i / LINKS) for i in range(LINKS + 1)]
        self.head = move(self.spine[0], 22, -17)
        self.turn = pose["head"] + pose["pitch"] * 0.6

    def _link(self, share: float) -> Point:
        """Return a point of the middle line, from the neck (0) to the tail (1)."""
        pose = self.pose
        swing = pose["wave"] * (0.35 + 0.9 * share) * math.sin(TAU * 1.25 * share - pose["run"])
        stretched = offset((0.0, 0.0), (0.5 - share) * LENGTH, swing, pose["pitch"])
        angle = -0.5 + share * TAU * 1.12
        coiled = (66 * math.cos(angle) * (1 - 0.35 * share), 20 * math.sin(angle) - 8 + 16 * share)
        x, y = between(stretched, coiled, pose["coil"])
        return (x, y - 30 + pose["y"])

    def at(self, x: float, y: float) -> Point:
        """Return a point given in the head's own frame, in head radii."""
        look = self.pose["look"]
        return offset(self.head, x * HEAD * look, y * HEAD, self.turn * (1 if look >= 0 else -1))

    @cached_property
    def radii(self) -> list[float]:
        """Return the body's radius at each link."""
        return [THICK * share for share in (0.86, 0.98, 1.0, 0.98, 0.92, 0.83, 0.7, 0.54, 0.36, 0.16)]

    def build(self) -> Skin:
        """Assemble the whole dragon."""
        self._leg(2, "far", 6)
        self._leg(6, "far", 6)
        self._whisker("far")
        self._tuft()
        self._crest()
        self._body()
        self._leg(2, "near", 0)
        self._leg(6, "near", 0)
        self._mane()
        if self.pose["flame"] > 0.05:
            self._flame()
        self._skull()
        self._whisker("whisker")
        dream(self.skin, self.head, self.time, self.pose["dream"])
        seat = move(self.spine[3], 0, -THICK * 0.8)
        self.skin.anchors.update(head=self.at(0.4, 0), chest=self.spine[1], seat=seat)
        return self.skin

    def _body(self) -> None:
        whole = self.skin.put("body", tube([self.head, *self.spine], [THICK * 0.8, *self.radii], 6), self.colour)
        belly = [move(link, 0, THICK * 0.66) for link in self.spine]
        self.skin.put_inside("body", tube(belly, [radius * 0.62 for radius in self.radii], 6), GOLD, whole)
        line = spline(self.spine, 4)
        for i in range(2, len(line) - 6, 2):
            x, y = line[i].tolist()
            scale = [(x - 5, y - 6), (x + 1, y - 1), (x - 5, y + 4)]
            self.skin.put_inside("body", smooth([*scale, scale[0]], 3), tone(self.colour, -0.07), whole)

    def _crest(self) -> None:
        """Draw the fins along the back."""
        line, tangent = spline(self.spine, 3), np.gradient(spline(self.spine, 3), axis=0)
        for i in range(1, len(line) - 2):
            (x, y), (along, up) = line[i].tolist(), tangent[i].tolist()
            turn = math.atan2(-up, -along)
            size = THICK * (1.0 - 0.55 * i / len(line))
            shape = ((8, -0.75), (-9, -1.6), (-6, -0.7))
            self.skin.put("back", polygon([offset((x, y), ahead, out * size, turn) for ahead, out in shape]), MANE)

    def _tuft(self) -> None:
        end, before = self.spine[-1], self.spine[-2]
        angle = math.atan2(end[1] - before[1], end[0] - before[0])
        for spread in (-0.5, 0.0, 0.5):
            tip = offset(end, 34, 6 * math.sin(self.time * 4 + spread), angle + spread)
            self.skin.put("back", tube([before, end, tip], (3, 7, 1.2)), MANE)

    def _leg(self, link: int, group: str, shift: float) -> None:
        """Draw a short leg with three claws."""
        root = move(self.spine[link], shift, THICK * 0.5)
        raised = self.pose["paw"] * (1.0 if link == 2 and group == "near" else 0.35)
        elbow = offset(root, 21, 0, 1.95 - raised * 0.9)
        hand = offset(elbow, 18, 0, 0.9 - raised * 1.1)
        self.skin.put(group, tube([root, elbow, hand], (9.5, 7, 5)), self.colour)
        for spread in (-0.6, 0.0, 0.6):
            self.skin.put(group, tube([hand, offset(hand, 10, 0, 0.7 + spread - raised)], (2.6, 0.8), 2), CLAW)

    def _mane(self) -> None:
        for i in range(7):
            angle = 2.05 + 0.36 * i
            root = self.at(-0.25 + 0.5 * math.cos(angle), 0.1 - 0.5 * math.sin(angle) * -1)
            wave = 0.18 * math.sin(self.time * 4 - i)
            middle = offset(root, 19, 0, angle + wave + self.turn)
            self.skin.put(
                "mane", tube([root, middle, offset(middle, 18, 0, angle + 0.35 + 2 * wave)], (9, 7.5, 1.4)), MANE
            )

    def _whisker(self, group: str) -> None:
        root = self.at(1.75, 0.34)
        look = 1 if self.pose["look"] >= 0 else -1
        points, shift = [root], 0.5 if group == "far" else 0.0
        for i in range(5):
            bend = 0.55 + 0.42 * i + 0.35 * math.sin(self.time * 2.6 - i * 0.8 + shift)
            x, y = offset(points[-1], 13, 0, bend - shift)
            points.append((points[-1][0] + (x - points[-1][0]) * look, y))
        self.skin.put(group, tube(points, (2.6, 2.4, 2.1, 1.8, 1.4, 0.8)), GOLD)

    def _flame(self) -> None:
        mouth, amount = self.at(1.9, 0.62), self.pose["flame"]
        look = 1 if self.pose["look"] >= 0 else -1
        for share, colour in ((1.0, "#ff7a2c"), (0.72, "#ffb84a"), (0.42, "#fff3b0")):
            reach = 96 * amount * share * (1 + 0.12 * math.sin(self.time * 27 + share * 9))
            wide = 20 * amount * share
            shape = ((0, 0), (0.4, -0.7), (0.75, -0.9), (1, 0), (0.75, 0.9), (0.4, 0.7), (0, 0))
            points = [offset(mouth, reach * x * look, wide * y, self.turn * look) for x, y in shape]
            self.skin.put("flame", smooth(points, 4), colour, "glow")

    def _skull(self) -> None:
        """Draw horns, jaws, brow, eye and nostril."""
        at, jaw, put = self.at, self.pose["jaw"], self.skin.put
        for group, x in (("far", 0.16), ("head", -0.12)):
            horn = [at(x, -0.7), at(x - 0.35, -1.35), at(x - 0.95, -1.75)]
            put(group, tube(horn, (4.4, 3.6, 1.2)), "#e9d9b0")
            put(group, tube([horn[1], at(x - 0.2, -1.8)], (3, 1), 2), "#e9d9b0")
        lower = [at(0.2, 0.5), at(1.0, 0.72 + 0.5 * jaw), at(1.65, 0.66 + 0.75 * jaw)]
        put("head", tube(lower, (9, 7, 4.4)), tone(self.colour, -0.06))
        put(
            "head",
            tube([at(1.3, 0.9 + 0.6 * jaw), at(1.1, 1.3 + 0.6 * jaw), at(0.75, 1.45 + 0.5 * jaw)], (5, 4, 1)),
            MANE,
        )
        if jaw > 0.15:
            put("head", polygon([at(0.5, 0.42), at(1.75, 0.4), lower[2], lower[1]]), "#7c2f35", "in")
        put(
            "head",
            tube([at(0, 0), at(0.5, 0.02), at(1.15, 0.2), at(1.72, 0.22)], (HEAD * 0.92, HEAD * 0.84, 11, 9.5)),
            self.colour,
        )
        for x in (0.85, 1.15, 1.45):
            put("head", polygon([at(x - 0.09, 0.55), at(x + 0.09, 0.55), at(x, 0.78)]), CLAW, "in")
        put("head", ellipse(at(1.85, 0.02), 4.6, 4), tone(self.colour, 0.06))
        put("head", ellipse(at(1.9, 0.04), 1.7, 1.3), DARK, "in")
        shut = max(self.pose["shut"], float(blinking(self.time, 0.3)))
        draw_eye(self.skin, Eye(at(0.5, -0.24), self.eye_size, shut, "#fff6da"))
        put("head", tube([at(0.2, -0.62), at(0.55, -0.66), at(0.9, -0.38)], (3.2, 4.2, 1.6)), MANE)


class Dragon(Subject):
    """The long dragon, which lives in the air."""

    visible = True
    beside = 1.6
    zoom = BASE_ZOOM * 0.86

    def __init__(self, colour: str = "") -> None:
        self.colour = colour or "#3f9a72"

    def speed(self, action: str) -> float:
        """Return the speed of its flight."""
        return SPEEDS.get(action, 0.0)

    def pose(self, moment: Moment) -> Pose:
        """Return its posture."""
        return _pose(moment)

    def lift(self, action: str, seconds: float) -> float:
        """Return how high above the ground it hangs."""
        if action == "fly":
            return -HOVER - 46 * smoothstep(seconds, 0, 1.5) - 12 * math.sin(seconds * 1.2)
        if action == "rise":
            return -HOVER - 30 * seconds - 16 * seconds**2
        if action in ("sit", "sleep"):
            return -HOVER * (1 - smoothstep(seconds, 0, 1.2) * 0.86)
        return -HOVER - 6 * math.sin(seconds * 1.5)

    def skin(self, pose: Mapping[str, float], time: float, eye: float) -> Skin:
        """Return its outlines."""
        return _DragonSkin(self.colour, pose, time, eye).build()

    @property
    def head_size(self) -> float:
        """Return the height of head, horns and beard."""
        return HEAD * 3.6
