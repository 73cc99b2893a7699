"""Plain clothes and a human head, and the body they are put on."""

import math
from dataclasses import dataclass

from models.animatic.colour import tone
from models.animatic.rigs.costume import Costume
from models.animatic.rigs.expression import Eye, blinking, draw_eye
from models.animatic.rigs.skin import Pose, Skin
from models.animatic.shape import Point, ellipse, move, offset, smooth, tube


@dataclass(frozen=True)
class Fitting:
    """A posed body to put clothes on."""

    skin: Skin
    costume: Costume
    pose: Pose
    pelvis: Point
    chest: Point
    centre: Point
    """Middle of the head."""
    turn: float
    """Angle of the head, in radians."""
    time: float
    eye: float

    def at(self, x: float, y: float) -> Point:
        """Return a point given in the head's own frame, which may look back."""
        return offset(self.centre, x * self.pose["look"], y, self.turn)

    def wave(self, start: Point, length: float, angles: tuple[float, float, float]) -> list[Point]:
        """Return seven links of hanging cloth or hair from (angle, swing, hurry): it carries a travelling wave."""
        angle, swing, hurry = angles
        points = [start]
        for i in range(7):
            bend = angle + swing * math.sin(self.time * hurry - i * 0.75) * (i + 1) / 7
            x, y = offset(points[-1], length, 0, bend)
            points.append((x, min(y, -5.0)))  # it lies on the ground
        return points


class Clothes:
    """A plain outfit with a human head; the others change parts of it."""

    trousers = 1.0
    """Width of the trouser legs."""
    sleeve = 1.0
    bare_legs = False
    bare_arms = False
    shorts = False
    gloves = False

    def behind(self, fitting: Fitting) -> None:
        """Draw what is behind the body."""

    def knee(self, fitting: Fitting, group: str, knee: Point) -> None:
        """Draw what is on a knee."""

    def holding(self, fitting: Fitting, wrist: Point) -> None:
        """Draw what the near hand always holds."""

    def body(self, fitting: Fitting) -> None:
        """Draw what is on the trunk: a collar."""
        chest = fitting.chest
        fitting.skin.put("body", tube([move(chest, -8, 3), move(chest, 8, 1)], [5, 5], 3), fitting.costume.accent)

    def head(self, fitting: Fitting) -> None:
        """Draw neck, skull and face."""
        self.neck(fitting, fitting.costume.skin)
        r = fitting.costume.head
        fitting.skin.put("head", ellipse(fitting.at(0, 0), r, r * 1.06), fitting.costume.skin)
        self.face(fitting)
        self.hair(fitting)

    def neck(self, fitting: Fitting, colour: str) -> None:
        """Draw the neck."""
        thick = fitting.costume.thick * 0.6
        fitting.skin.put("body", tube([fitting.chest, fitting.centre], [thick, thick], 2), colour)

    def face(self, fitting: Fitting) -> None:
        """Draw an eye that blinks, sleeps or laughs, a cheek, a nose and a mouth that smiles."""
        r, at, pose = fitting.costume.head, fitting.at, fitting.pose
        skin, smile = fitting.skin, pose["smile"]
        skin.put("head", ellipse(at(r * 0.40, r * 0.36), r * 0.2, r * 0.13), "#ee9a86", "in")
        self.eye(fitting)
        brow = [at(r * 0.3, -r * 0.4), at(r * 0.52, -r * (0.46 + 0.04 * smile)), at(r * 0.72, -r * 0.4)]
        skin.put("head", smooth(brow, 3, close=False), tone(fitting.costume.hair, 0.02), "line")
        skin.put("head", ellipse(at(r * 0.99, r * 0.18), r * 0.13, r * 0.11), fitting.costume.skin)
        low = 0.5 + 0.14 * smile
        mouth = [at(r * 0.86, r * (0.52 - 0.06 * smile)), at(r * 0.68, r * low), at(r * 0.46, r * (0.52 - 0.1 * smile))]
        if smile > 0.8:
            skin.put("head", smooth([*mouth, mouth[0]], 3), "#8c3b3b", "in")
        skin.put("head", smooth(mouth, 3, close=False), tone(fitting.costume.skin, -0.36), "line")

    def eye(self, fitting: Fitting) -> None:
        """Draw the eye: it blinks, sleeps, or laughs."""
        r, pose = fitting.costume.head, fitting.pose
        shut = max(pose["shut"], float(blinking(fitting.time, 0.31)))
        eye = Eye(fitting.at(r * 0.52, -r * 0.04), r * 0.2 * fitting.eye**0.5, shut)
        draw_eye(fitting.skin, eye, -1.0 if pose["smile"] > 0.6 else 1.0)

    def hair(self, fitting: Fitting) -> None:
        """Draw a cap of hair."""
        r, at = fitting.costume.head, fitting.at
        cap = (
            (0.78, -0.55), (0.2, -0.42), (-0.2, 0.05), (-0.42, 0.62), (-0.95, 0.4), (-1.18, -0.2), (-0.8, -0.95),
            (-0.1, -1.24), (0.6, -1.02), (0.78, -0.55),
        )  # fmt: skip
        fitting.skin.put("head", smooth([at(r * x, r * y) for x, y in cap]), fitting.costume.hair)
