"""The outlines of a posed bird."""

import math
from itertools import pairwise

from models.animatic.colour import tone
from models.animatic.rigs.bird_pose import Plumage
from models.animatic.rigs.expression import DARK, Eye, blinking, draw_eye, dream
from models.animatic.rigs.skin import Pose, Skin, union
from models.animatic.shape import Point, bend_limb, between, ellipse, move, offset, polygon, smooth, tube

FOLDED = ((0.40, -0.35), (0.46, 0.10), (0.12, 0.55), (-0.78, 0.30), (-0.62, 0.02), (-0.36, -0.26), (-0.05, -0.46),
          (0.22, -0.52))  # fmt: skip
"""A wing at rest, in lengths of the trunk and its radius, from the shoulder round its front edge."""
OPENED = (
    (0.02, 0.04), (0.24, -0.42), (0.12, -0.84), (-0.26, -1.14), (-0.46, -0.84), (-0.50, -0.54), (-0.54, -0.26),
    (-0.60, -0.02),
)  # fmt: skip
"""A raised wing in lengths of the wing: along the trunk, and up."""


class BirdSkin:
    """Builds the parts of one pose, back to front."""

    def __init__(self, bird: Plumage, pose: Pose, time: float, eye: float) -> None:
        self.bird = bird
        self.pose = pose
        self.time = time
        self.eye_size = bird.eye * eye
        self.skin = Skin(one_skin=True)
        self.pitch = pose["pitch"] + pose["roll"] * 0.5
        self.middle = (pose["body_x"] + pose["roll"] * bird.leg * 0.9, pose["body_y"])
        self.breast = offset(self.middle, bird.length * 0.42, 0, self.pitch)
        self.neck_base = offset(self.breast, bird.body * 0.05, -bird.body * 0.3, self.pitch)
        self.head = offset(self.neck_base, bird.neck, 0, pose["neck"] + pose["roll"])

    def at(self, x: float, y: float) -> Point:
        """Return a point given in the head's own frame, which may look back."""
        look = self.pose["look"]
        return offset(self.head, x * look, y, self.pose["head"] * (1 if look >= 0 else -1))

    def trunk(self, x: float, y: float) -> Point:
        """Return a point given in lengths of the trunk and its radius, from its middle."""
        return offset(self.middle, x * self.bird.length, y * self.bird.body, self.pitch)

    def build(self) -> Skin:
        """Assemble the whole bird."""
        bird = self.bird
        if bird.arms:
            self._arm("far", 8)
        else:
            self._wing("far")
        self._leg("foot_far", "far")
        self._tail()
        if bird.arms:
            self._leg("foot_near", "body")
            self._trunk()
            self._thigh()
            self._arm("near", 0)
        else:
            self._leg("foot_near", "back")
            self._trunk()
            self._wing("near")
        self._head()
        dream(self.skin, self.head, self.time, self.pose["dream"])
        self.skin.anchors.update(head=self.at(bird.head * 0.3, 0), chest=self.breast, seat=self.trunk(0.0, -0.8))
        return self.skin

    # ------------------------------------------------------------ legs

    def _leg(self, name: str, group: str) -> None:
        """One leg with its toes; a sitting bird hides it."""
        bird, pose, leg = self.bird, self.pose, self.bird.leg
        foot = (pose[name + "_x"], pose[name + "_y"])
        fold = pose[name + "_fold"]
        root = self.trunk(-0.06 if bird.pitch > -1 else -0.35, 0.45)
        if bird.pitch <= -1:
            root = (self.middle[0] + (4 if name.endswith("far") else -4), self.middle[1] + bird.length * 0.5)
        hock = offset(foot, -0.14 * leg, -0.44 * leg, 0.55 * fold)
        knee, reached = bend_limb(root, hock, (0.42 * leg + 2, 0.42 * leg + 2), -1)
        foot = move(foot, reached[0] - hock[0], reached[1] - hock[1])
        self.skin.anchors[name] = foot
        thick, ankle = bird.thick, move(foot, 0, -bird.thick * 0.7)
        points = [root, between(root, knee, 0.6), knee, reached, ankle]
        bulk = bird.thigh
        self.skin.put(group, tube(points[:4], (bulk, bulk * 0.9, bulk * 0.7, thick * 1.1), 4),
                      bird.main if bulk > 2 * thick and bird.neck < 60 else bird.leg_colour)  # fmt: skip
        self.skin.put(group, tube([reached, ankle], (thick, thick * 0.95), 3), bird.leg_colour)
        self._toes(group, ankle, fold)

    def _toes(self, group: str, ankle: Point, fold: float) -> None:
        bird, thick = self.bird, self.bird.thick
        if bird.webbed:
            web = [offset(ankle, -thick, -1, fold), offset(ankle, bird.toe, -2, fold), offset(ankle, bird.toe, 2, fold),
                   offset(ankle, -thick, 2, fold)]  # fmt: skip
            self.skin.put(group, polygon(web), bird.leg_colour)
            return
        for reach, turn in ((bird.toe, 0.0), (bird.toe * 0.8, -0.25), (-bird.toe * 0.5, 0.0)):
            tip = offset(ankle, reach, thick * 0.5, fold + turn)
            self.skin.put(group, tube([ankle, tip], (thick * 0.75, thick * 0.55), 2), bird.leg_colour)

    def _thigh(self) -> None:
        """Draw the strong thigh of a running reptile over the trunk."""
        self.skin.put_inside("body", ellipse(self.trunk(-0.08, 0.2), self.bird.thigh), tone(self.bird.main, 0.02),
                             ellipse(self.trunk(-0.08, 0.2), self.bird.thigh))  # fmt: skip

    # ------------------------------------------------------------ trunk, tail, wings

    def _tail(self) -> None:
        bird, swing = self.bird, self.pose["tail"]
        base, angle = self.trunk(-0.46, -0.12), self.pitch + math.pi - swing
        if bird.tail_kind == "heavy":
            points, turn = [self.trunk(-0.2, 0)], angle + 0.1
            for i in range(6):
                turn += 0.05 * math.sin(self.time * 2.6 - i * 0.7) + 0.045
                points.append(offset(points[-1], bird.tail / 5, 0, turn))
            radii = [bird.body * share for share in (0.9, 0.72, 0.5, 0.34, 0.22, 0.13, 0.04)]
            self.skin.put("body", tube(points, radii), bird.main)
            return
        spreads = {"fan": (-0.28, 0.0, 0.28), "short": (-0.5, 0.1), "plume": (-0.1, 0.3, 0.75)}[bird.tail_kind]
        for spread in spreads:
            bend = 0.7 if bird.tail_kind == "plume" and bird.neck < 60 else 0.0
            tip = offset(base, bird.tail, 0, angle + spread + bend * 0.4)
            rib = [base, offset(base, bird.tail * 0.5, -bend * 8, angle + spread), tip]
            colour = bird.dark if bird.tail_kind != "short" else bird.main
            self.skin.put("back", tube(rib, (bird.body * 0.28, bird.body * 0.25, bird.body * 0.12)), colour)

    def _trunk(self) -> None:
        """Trunk and neck in one skin, with a pale front."""
        bird, r = self.bird, self.bird.body
        spine = [self.trunk(-0.5, -0.05), self.trunk(-0.2, 0.02), self.trunk(0.15, 0.02), self.trunk(0.42, -0.05)]
        whole = tube(spine, (r * 0.5, r * 0.92, r, r * 0.78))
        bow = between(self.neck_base, self.head)
        bow = move(bow, bird.neck * 0.10, 0) if bird.neck > 40 else bow
        throat = [self.trunk(0.3, -0.1), self.neck_base, bow, self.head]
        radii = (r * 0.82, max(bird.neck_radius, r * 0.5), bird.neck_radius, bird.neck_radius * 0.94)
        silhouette = union(whole, tube(throat, radii))
        self.skin.put("body", whole, bird.main)
        self.skin.put("body", tube(throat, radii), bird.dark if "throat" in bird.marks else bird.main)
        self._front(silhouette)

    def _front(self, silhouette: object) -> None:
        bird, r, marks = self.bird, self.bird.body, self.bird.marks
        front = [self.trunk(-0.42, 0.5), self.trunk(0.1, 0.66), self.trunk(0.5, 0.35)]
        radii = [r * 0.3, r * 0.5, r * 0.46]
        if "bib" in marks or "disc" in marks:
            front = [self.trunk(-0.5, 0.55), self.trunk(0.0, 0.62), self.trunk(0.5, 0.5)]
            radii = [r * 0.62, r * 0.72, r * 0.6]
        self.skin.put_inside("body", tube(front, radii), bird.light, silhouette)
        if "specks" in marks:
            for x, y in ((-0.3, 0.6), (-0.05, 0.75), (0.2, 0.6), (0.1, 0.35), (-0.2, 0.3)):
                self.skin.put_inside("body", ellipse(self.trunk(x, y), 3.2, 2.2), bird.main, silhouette)
        if "collar" in marks:
            ring = between(self.neck_base, self.head, 0.12)
            self.skin.put_inside("body", ellipse(ring, bird.neck_radius * 1.7, 5), "#fbf8f0", silhouette)
        if "bands" in marks:
            for i in range(6):
                top = self.trunk(-0.62 + 0.2 * i, -1.1)
                self.skin.put_inside("body", polygon([move(top, -7, 0), move(top, 7, 0), move(top, -2, r * 0.95)]),
                                     bird.dark, silhouette)  # fmt: skip

    def _wing(self, side: str) -> None:
        """One wing, anywhere between folded and spread."""
        bird, pose = self.bird, self.pose
        spread, flap = pose["spread"], pose["flap"]
        if side == "far":
            if spread < 0.05:
                return
            flap = flap * 0.92 + 0.16
        shoulder = self.trunk(0.28, -0.25)
        points = []
        for (fold_x, fold_y), (along, up) in zip(FOLDED, OPENED, strict=True):
            folded = self.trunk(fold_x, fold_y)
            height = up * math.sin(1.25 * flap + 0.22 * (1 - abs(up)))
            span = bird.wing * (1 - 0.12 * abs(flap))
            lag = -0.16 * flap * abs(up) ** 2
            opened = offset(shoulder, (along + lag) * bird.wing * 0.8, height * span, self.pitch * 0.6)
            points.append(between(folded, opened, spread))
        group = "far" if side == "far" else "wing"
        outline = points[:4]
        for before, after in pairwise(points[3:]):  # the notches between the feathers
            notch = between(between(before, after), points[1], 0.16 * spread)
            outline += [notch, after]
        whole = self.skin.put(group, smooth([*outline, outline[0]], 4), bird.main)
        edge = [points[2], points[3], points[4], points[5], points[6], between(points[5], points[2], 0.35)]
        shade = bird.dark if bird.main != bird.dark else tone(bird.main, -0.08)
        self.skin.put_inside(group, smooth([*edge, edge[0]], 3), shade, whole)
        if "speculum" in bird.marks and side == "near" and spread < 0.5:
            self.skin.put_inside(
                group, tube([self.trunk(-0.5, 0.2), self.trunk(-0.2, 0.3)], (3.4, 4), 2), "#3f6fb0", whole
            )

    def _arm(self, side: str, shift: float) -> None:
        """Draw the small arm of a dinosaur, with two claws."""
        bird = self.bird
        root = move(self.trunk(0.42, 0.35), shift, 0)
        swing = 0.35 * self.pose["flap"] + 0.4 * self.pose["spread"] + 0.1 * math.sin(self.time * 3)
        elbow = offset(root, bird.wing * 0.45, 0, 1.5 - swing)
        hand = offset(elbow, bird.wing * 0.42, 0, 0.35 - 1.6 * swing)
        group = "far" if side == "far" else "wing"
        self.skin.put(group, tube([root, elbow, hand], (7.5, 5.5, 4)), bird.main)
        for turn in (-0.4, 0.4):
            claw = offset(hand, 7, 0, 0.5 + turn - swing)
            self.skin.put(group, tube([hand, claw], (2.2, 0.7), 2), bird.light, "in")

    # ------------------------------------------------------------ head

    def _head(self) -> None:
        bird, r, marks = self.bird, self.bird.head, self.bird.marks
        if "comb" in marks:
            for x in (-0.45, 0.05, 0.5):
                self.skin.put("back2", ellipse(self.at(r * x, -r * 1.05), r * 0.34, r * 0.4), "#d9352f")
            self.skin.put("back2", ellipse(self.at(r * 0.75, r * 0.95), r * 0.26, r * 0.42), "#d9352f")
        if "tufts" in marks:
            for x in (-0.62, 0.5):
                tuft = [
                    self.at(r * (x - 0.24), -r * 0.7),
                    self.at(r * x * 1.2, -r * 1.38),
                    self.at(r * (x + 0.3), -r * 0.8),
                ]
                self.skin.put("back2", polygon(tuft), bird.dark)
        if bird.beak_kind == "jaw":
            self._jaws()
            return
        self._beak()
        colour = {"white_head": "#f7f3ea", "green_head": "#2f6b4a", "throat": "#f7f4ec"}
        painted = next((colour[mark] for mark in marks if mark in colour), bird.main)
        skull = self.skin.put("head", ellipse(self.at(0, 0), r, r * 0.98), painted)
        self._marks(skull)
        self._eyes()

    def _marks(self, skull: object) -> None:
        bird, r, marks = self.bird, self.bird.head, self.bird.marks
        inside = {
            "cap": (ellipse(self.at(-r * 0.1, -r * 0.75), r * 1.1, r * 0.55), bird.dark),
            "cheek": (ellipse(self.at(r * 0.15, r * 0.42), r * 0.7, r * 0.42), bird.light),
            "crown": (ellipse(self.at(0, -r * 0.8), r * 0.7, r * 0.4), "#d0312d"),
            "bib": (ellipse(self.at(r * 0.5, r * 0.35), r * 0.62, r * 0.62), bird.light),
            "ear_patch": (ellipse(self.at(-r * 0.3, r * 0.25), r * 0.3, r * 0.42), "#f4c04a"),
        }
        for mark in marks:
            if mark in inside:
                path, colour = inside[mark]
                self.skin.put_inside("head", path, colour, skull)
        if "disc" in marks:
            for x in (-0.28, 0.48):
                self.skin.put_inside("head", ellipse(self.at(r * x, -r * 0.02), r * 0.5, r * 0.56), bird.light, skull)
        if "brow" in marks:
            brow = [self.at(r * 0.05, -r * 0.42), self.at(r * 0.8, -r * 0.2)]
            self.skin.put("head", tube(brow, (r * 0.08, r * 0.12), 2), bird.dark, "in")

    def _beak(self) -> None:
        bird, r, kind = self.bird, self.bird.head, self.bird.beak_kind
        jaw, wide = self.pose["jaw"], self.bird.beak_width
        x = r * (0.8 if "disc" not in bird.marks else 0.1)
        y = r * 0.12 if "disc" not in bird.marks else r * 0.22
        length = r * 0.2 + bird.beak
        if "disc" in bird.marks:
            drop = [self.at(x - 4, y), self.at(x + 5, y), self.at(x + 2, y + bird.beak + 3 * jaw)]
            self._late_beak = polygon(drop)
            return
        lower = [self.at(x, y), self.at(x + length * 0.86, y + wide * (0.5 + 1.3 * jaw)), self.at(x, y + wide * 0.8)]
        upper = [self.at(x, y - wide * 0.8), self.at(x + length, y + wide * 0.15), self.at(x, y + wide * 0.5)]
        tip = x + length
        if kind == "hook":
            shape = ((x, -0.9), (tip - length / 4, -0.5), (tip, 1.0), (tip - length * 0.3, 0.45), (x, 0.5))
            upper = [self.at(along, y + wide * down) for along, down in shape]
        if kind == "flat":
            shape = ((x, -0.9), (tip - length / 2, -0.1), (tip, -0.2), (tip, 0.55), (x, 0.6))
            upper = [self.at(along, y + wide * down) for along, down in shape]
        self.skin.put("head", polygon(lower), tone(bird.beak_colour, -0.09))
        self.skin.put("head", smooth(upper, 2) if kind == "flat" else polygon(upper), bird.beak_colour)

    def _eyes(self) -> None:
        bird, r = self.bird, self.bird.head
        shut = max(self.pose["shut"], float(blinking(self.time, 0.37)))
        curve = 1.0 if self.pose["dream"] > 0.3 else -1.0
        if "disc" in bird.marks:
            for x in (-0.26, 0.5):
                draw_eye(self.skin, Eye(self.at(r * x, -r * 0.04), self.eye_size, shut, "#f2b63c"), curve)
            self.skin.put("head", self._late_beak, bird.beak_colour)
            return
        pale = "#f7f3ea" if "throat" not in bird.marks and bird.main < "#5" else ""
        draw_eye(self.skin, Eye(self.at(r * 0.38, -r * 0.12), self.eye_size, shut, pale), curve)

    def _jaws(self) -> None:
        """Draw a skull with long jaws full of teeth."""
        bird, r, jaw = self.bird, self.bird.head, self.pose["jaw"]
        wide, length = bird.beak_width, bird.beak
        hinge = self.at(r * 0.2, r * 0.35)
        look = 1 if self.pose["look"] >= 0 else -1
        turn = (self.pose["head"] + 0.12 + 0.5 * jaw) * look
        lower = [
            hinge,
            offset(hinge, (r + length) * 0.5 * look, 3, turn),
            offset(hinge, (r * 0.6 + length) * look, 2, turn),
        ]
        self.skin.put("head", tube(lower, (r * 0.5, wide * 0.55, wide * 0.32)), tone(bird.main, -0.05))
        mouth = [self.at(r * 0.5, r * 0.3), self.at(r * 0.5 + length, r * 0.45), lower[2], lower[1]]
        self.skin.put("head", polygon(mouth), "#7c2f35", "in")
        upper = [self.at(-r * 0.1, -r * 0.1), self.at(r * 0.6, -r * 0.05), self.at(r * 0.6 + length * 0.5, r * 0.05),
                 self.at(r * 0.6 + length, r * 0.14)]  # fmt: skip
        for i in range(6):
            root = between(self.at(r * 0.8, r * 0.36), self.at(r * 0.6 + length, r * 0.42), i / 5)
            self.skin.put("head", polygon([move(root, -3, -2), move(root, 3, -2), move(root, 0, 6)]), "#fbf6e6", "in")
        self.skin.put("head", tube(upper, (r, r * 0.9, wide * 0.9, wide * 0.7)), bird.main)
        self.skin.put("head", ellipse(self.at(r * 0.6 + length * 1.08, -r * 0.08), 2.0, 1.4), DARK, "in")
        shut = max(self.pose["shut"], float(blinking(self.time, 0.37)))
        draw_eye(self.skin, Eye(self.at(r * 0.35, -r * 0.42), self.eye_size, shut, "#f6e7a2"))
        brow = [self.at(r * 0.02, -r * 0.86), self.at(r * 0.8, -r * 0.62)]
        self.skin.put("head", tube(brow, (3.4, 2.6), 2), bird.dark, "in")
