"""The outlines of a posed four-legged animal."""

import math

from models.animatic.colour import Tint, tone
from models.animatic.easing import clamp
from models.animatic.rigs.expression import Eye, blinking, draw_eye, dream
from models.animatic.rigs.quadruped_marks import before_eyes, behind_head, draw_tail, on_head, on_trunk
from models.animatic.rigs.skin import Pose, Skin, union
from models.animatic.rigs.species import Species
from models.animatic.shape import Point, bend_limb, between, ellipse, move, offset, polygon, smooth, tube

NEAR_BLACK = "#221a1c"
ANTLER = "#8a6a48"
HEAD_EARS = ("point", "round", "long")
"""Kinds of ears that stand on the skull; the others are among the marks."""


class QuadrupedSkin:
    """Builds the parts of one pose, back to front."""

    def __init__(self, species: Species, pose: Pose, time: float, eye: float) -> None:
        self.species = species
        self.pose = pose
        self.time = time
        self.eye_size = species.eye * eye
        self.skin = Skin(one_skin=True)
        self.hip = (pose["hip_x"], pose["hip_y"])
        self.chest = (pose["chest_x"], pose["chest_y"])
        self.pitch = math.atan2(self.chest[1] - self.hip[1], self.chest[0] - self.hip[0])
        self.neck_base = offset(self.chest, species.chest * 0.35, -species.chest * 0.42, self.pitch)
        self.head = offset(self.neck_base, species.neck, 0, pose["neck"])
        self.turn = pose["head"] * (1 if pose["look"] >= 0 else -1)

    def at(self, x: float, y: float) -> Point:
        """Return a point given in the head's own frame, which may look back."""
        look = self.pose["look"]
        return offset(self.head, x * look, y, self.turn)

    @property
    def limb(self) -> str:
        """Colour of the legs."""
        return self.species.dark if {"panda", "wool"} & set(self.species.marks) else self.species.main

    @property
    def ear_colour(self) -> str:
        """Colour of the ears."""
        return self.species.dark if "panda" in self.species.marks else self.species.main

    def build(self) -> Skin:
        """Assemble the whole animal."""
        species = self.species
        draw_tail(self)
        self._hind_leg("hind_far", "far")
        self._fore_leg("fore_far", "far")
        self._torso()
        self._hind_leg("hind_near", "body")
        self._fore_leg("fore_near", "body")
        if species.tail == "hair":
            self._mane()
        if species.antler:
            self._antlers()
        behind_head(self)
        if species.ear_kind in HEAD_EARS:
            self._ear(species.head * 0.5, "back2", tone(self.ear_colour, -0.1))
        self._face()
        dream(self.skin, self.head, self.time, self.pose["dream"])
        seat = move(between(self.hip, self.chest, 0.55), 0, -0.8 * species.waist)
        head = self.at(species.head * 0.3 + species.snout * 0.25, 0)
        self.skin.anchors.update(head=head, chest=self.chest, seat=seat)
        return self.skin

    # ------------------------------------------------------------ legs

    def _reach(self, root: Point, foot_x: float, share: float) -> Point:
        """Return the joint of a leg with the body, which gives a little towards the foot as a shoulder blade does."""
        give = clamp((foot_x - root[0]) * share, -0.26 * self.species.leg, 0.26 * self.species.leg)
        return move(root, give, abs(give) * 0.12)

    def _hind_leg(self, name: str, group: str) -> None:
        species, pose, leg = self.species, self.pose, self.species.leg
        foot = (pose[name + "_x"], pose[name + "_y"])
        loose = 1 - pose["sit"]
        root = offset(self.hip, -3, 11 if species.hoof else 4, self.pitch)
        root = self._reach(root, foot[0], 0.22 * loose)
        stand = offset(foot, -0.06 * leg, -0.36 * leg, 0.52 * pose[name + "_fold"])
        hock = between(move(foot, -0.36 * leg, -0.06 * leg), stand, loose)
        knee, reached = bend_limb(root, hock, (0.47 * leg, 0.47 * leg), -1)
        knee = (knee[0], clamp(knee[1], root[1] + 0.12 * leg * loose, -1.5 * species.thick))
        foot = move(foot, reached[0] - hock[0], reached[1] - hock[1])
        bulk = 0.45 if "wool" in species.marks else 0.82 if species.hoof else 1.0
        thick = species.thick * (1.15 if species.hoof else 1.0)
        radii = (species.pelvis * 0.9 * bulk, species.pelvis * 0.78 * bulk, thick * 1.4, thick * 0.76, thick * 0.72)
        self._paw(name, group, [root, between(root, knee, 0.55), knee, reached, foot], radii)

    def _fore_leg(self, name: str, group: str) -> None:
        species, pose, leg = self.species, self.pose, self.species.leg
        foot = (pose[name + "_x"], pose[name + "_y"])
        root = self._reach(offset(self.chest, -2, 7, self.pitch), foot[0], 0.34)
        wrist = offset(foot, 0, -0.27 * leg, pose[name + "_fold"] * 1.15)
        elbow, reached = bend_limb(root, wrist, (0.40 * leg, 0.42 * leg), 1)
        elbow = (elbow[0], min(elbow[1], -species.thick))
        foot = move(foot, reached[0] - wrist[0], reached[1] - wrist[1])
        bulk = 0.3 if "wool" in species.marks else 0.52
        radii = (species.chest * bulk, species.thick * 1.1, species.thick * 0.78, species.thick * 0.74)
        self._paw(name, group, [root, elbow, reached, foot], radii)

    def _paw(self, name: str, group: str, points: list[Point], radii: tuple[float, ...]) -> None:
        """Skin a leg and put a paw, a sock or a hoof on its end."""
        species, thick = self.species, self.species.thick
        self.skin.anchors[name] = points[-1]
        foot = points[-1] = move(points[-1], 0, -thick * 0.6)
        self.skin.put(group, tube(points, radii, 4), self.limb)
        for joint, radius in zip(points[1:3], radii[1:3], strict=True):
            if radius > 1.3 * thick:  # a thick limb that bends sharply would have a notch there
                self.skin.put(group, ellipse(joint, 0.97 * radius), self.limb, "in")
        if species.socks or species.hoof:
            sock = [between(points[-3], points[-2], 0.72), points[-2], foot]
            self.skin.put(group, tube(sock, [thick * 0.5, thick * 0.8, thick * 0.76], 4), species.dark, "in")
            end: Tint = species.dark
        else:
            mitten = [between(points[-2], foot, 0.6), foot]
            pale = species.light if self.limb == species.main else species.dark
            self.skin.put(group, tube(mitten, [thick * 0.6, thick * 0.8], 3), pale, "in")
            end = pale
        paw = [move(foot, -thick * 0.2, 0), move(foot, thick * 0.75, thick * 0.12)]
        self.skin.put(group, tube(paw, [thick * 0.72, thick * 0.56], 3), end)

    # ------------------------------------------------------------ trunk

    def _torso(self) -> None:
        """Trunk and neck in one skin, so that no joint shows, and the markings on them."""
        species, hip, chest = self.species, self.hip, self.chest
        middle = move(between(hip, chest), 0, (species.pelvis - species.waist) * 0.35 - 1)
        spine = [
            offset(hip, -species.pelvis * 0.25, 0, self.pitch), between(hip, chest, 0.22), middle,
            between(hip, chest, 0.8), offset(chest, species.chest * 0.22, -1, self.pitch),
        ]  # fmt: skip
        pelvis = species.pelvis
        radii = (pelvis * 0.88, pelvis * 0.98, species.waist, species.chest * 0.96, species.chest * 0.86)
        trunk = self.skin.put("body", tube(spine, radii), species.main)
        throat = [
            offset(chest, -3, -2, self.pitch), between(chest, self.neck_base, 0.9),
            between(self.neck_base, self.head, 0.55), self.head,
        ]  # fmt: skip
        radii = (species.chest * 0.9, species.chest * 0.74, species.neck_radius, species.neck_radius * 0.92)
        neck = self.skin.put("body", tube(throat, radii), species.main)
        silhouette = union(trunk, neck)
        mark = self._pale_chest if species.cheek else self._pale_belly
        mark(middle, silhouette)
        on_trunk(self, silhouette)

    def _pale_chest(self, middle: Point, silhouette: object) -> None:
        species, chest = self.species, self.chest
        patch = [
            offset(chest, species.chest * 0.62, species.chest * 0.42, self.pitch),
            between(self.neck_base, self.head, 0.35), between(self.neck_base, self.head, 0.95),
        ]  # fmt: skip
        radii = (species.chest * 0.5, species.neck_radius * 0.62, species.neck_radius * 0.5)
        self.skin.put_inside("body", tube(patch, radii), tone(species.main, 0.035), silhouette)
        belly = [
            move(between(self.hip, middle, 0.6), 0, species.waist * 0.86), move(middle, 0, species.waist * 0.92),
            move(chest, -8, species.chest * 0.86),
        ]  # fmt: skip
        self.skin.put_inside("body", tube(belly, (3, 6, 8)), species.light, silhouette)

    def _pale_belly(self, middle: Point, silhouette: object) -> None:
        species = self.species
        belly = [
            move(self.hip, 8, species.pelvis * 0.8), move(middle, 0, species.waist * 0.8),
            move(self.chest, -6, species.chest * 0.75),
        ]  # fmt: skip
        self.skin.put_inside("body", tube(belly, (4, 6, 4)), tone(species.main, 0.035), silhouette)

    def _mane(self) -> None:
        """Hair along the neck that lifts with speed."""
        species, neck = self.species, self.pose["neck"]
        for i in range(9):
            anchor = between(self.neck_base, self.head, 0.02 + i * 0.13)
            root = offset(anchor, 0, -species.neck_radius * 0.82, neck)
            flow = 0.5 * self.pose["ear"] + 0.2 * math.sin(self.time * 6 - i * 0.6)
            lock = [root, offset(root, -11, 5 - 6 * flow, neck + 1.0), offset(root, -20, 13 - 18 * flow, neck + 1.0)]
            self.skin.put("body", tube(lock, (7, 6, 1), 3), species.dark)

    # ------------------------------------------------------------ head

    def _ear(self, shift: float, group: str, colour: Tint) -> None:
        """One ear that lags behind the head."""
        species = self.species
        turn = self.turn
        lean = turn - self.pose["ear"] * 0.9 * (1 if self.pose["look"] >= 0 else -1)
        width = species.ear_width
        base = self.at(-species.head * 0.30 + shift, -species.head * 0.62)
        tip = offset(base, -1, -species.ear, lean)
        if species.ear_kind != "point":
            self._soft_ear(group, colour, (base, lean))
            return
        outline = [
            offset(base, -width, 2, turn), offset(between(base, tip, 0.5), -width * 0.62, 0, lean), tip,
            offset(between(base, tip, 0.45), width * 0.72, 0, lean), offset(base, width, 3, turn),
        ]  # fmt: skip
        self.skin.put(group, smooth(outline), colour)
        if group == "head":
            centre = between(between(outline[0], outline[4]), tip, 0.4)
            self.skin.put(group, polygon([between(centre, point, 0.55) for point in outline]), species.inner_ear, "in")

    def _soft_ear(self, group: str, colour: Tint, stance: tuple[Point, float]) -> None:
        """Draw a round ear, or a long one whose tip lags behind."""
        species, (base, lean) = self.species, stance
        if species.ear_kind == "round":
            centre = offset(base, 0, -species.ear * 0.55, lean)
            self.skin.put(group, ellipse(centre, species.ear_width, species.ear), colour)
            if group == "head":
                self.skin.put(group, ellipse(move(centre, 1, 1), species.ear_width * 0.55, species.ear * 0.58),
                              species.inner_ear, "in")  # fmt: skip
            return
        droop = 0.22 * math.sin(self.time * 2.3) - self.pose["ear"] * 0.8 + 0.5 * self.pose["dream"] * -2
        middle = offset(base, -2, -species.ear * 0.5, lean - 0.12)
        tip = offset(middle, -2, -species.ear * 0.5, lean + droop - 0.25)
        width = species.ear_width
        self.skin.put(group, tube([base, middle, tip], (width * 0.7, width, width * 0.45)), colour)
        if group == "head":
            inner = [between(base, middle, 0.3), middle, between(middle, tip, 0.75)]
            self.skin.put(group, tube(inner, (width * 0.3, width * 0.5, width * 0.2)), species.inner_ear, "in")

    def _antlers(self) -> None:
        r, turn = self.species.head, self.turn
        for shift, group in ((5, "back"), (-2, "head")):
            base = self.at(-r * 0.3 + shift, -r * 0.8)
            stem = [base, *(offset(base, x, y, turn) for x, y in ((-12, -22), (-10, -44), (4, -60)))]
            self.skin.put(group, tube(stem, (3, 2.6, 2.2, 1.2)), ANTLER)
            self.skin.put(group, tube([stem[1], offset(stem[1], 15, -12, turn)], (2.2, 1)), ANTLER)
            self.skin.put(group, tube([stem[2], offset(stem[2], -12, -12, turn)], (2.2, 1)), ANTLER)

    def _face(self) -> None:
        """Skull, cheeks, near ear, nose, mouth and eye."""
        species, at = self.species, self.at
        r, snout, nose = species.head, species.snout, species.snout_radius
        cheeks = None
        if species.cheek:
            tufts = (
                (-0.2, -0.5),
                (-1.02, 0.15),
                (-0.82, 0.32),
                (-1.0, 0.62),
                (-0.6, 0.68),
                (-0.55, 1.05),
                (0.3, 0.9),
                (0.4, 0),
            )
            cheeks = self.skin.put("head", polygon([at(r * x, r * y) for x, y in tufts]), species.main)
        bone = [
            at(-r * 0.12, 0),
            at(r * 0.35, r * 0.12),
            at(r * 0.75 + snout * 0.25, r * 0.34),
            at(r * 0.55 + snout, r * 0.48),
        ]
        skull = self.skin.put("head", tube(bone, (r, r * 0.94, max(nose * 1.25, r * 0.52), nose)), species.main)
        if cheeks is not None:
            jaw = [
                at(-r * 0.5, r * 0.78),
                at(r * 0.35, r * 0.74),
                at(r * 0.6 + snout * 0.5, r * 0.66),
                at(r * 0.6 + snout, r * 0.66),
            ]
            pale = tube(jaw, (r * 0.42, r * 0.46, nose * 0.86, nose * 0.6))
            self.skin.put_inside("head", pale, species.light, union(cheeks, skull))
        elif species.hoof:
            muzzle = ellipse(at(r * 0.5 + snout, r * 0.5), nose * 1.1)
            self.skin.put_inside("head", muzzle, tone(species.main, -0.12), skull)
        before_eyes(self, skull)
        if species.ear_kind in HEAD_EARS:
            self._ear(0, "head", self.ear_colour)
        self._nose_and_mouth()
        self._eye(at(r * 0.42, -r * (0.32 if "trunk" in species.marks else 0.10)))
        on_head(self)

    def _nose_and_mouth(self) -> None:
        species, at = self.species, self.at
        r, snout, nose = species.head, species.snout, species.snout_radius
        tip = at(r * 0.55 + snout + nose * 0.62, r * 0.36)
        hole = (
            ellipse(at(r * 0.55 + snout + 3, r * 0.4), 2.2, 1.6)
            if species.hoof
            else ellipse(tip, nose * 0.46, nose * 0.36)
        )
        self.skin.put("head", hole, NEAR_BLACK, "in")
        lip = at(r * 0.5 + snout * 0.9, r * 0.48 + nose * 0.42 + self.pose["jaw"] * 2)
        corner = at(
            r * 0.55 + snout * 0.3 - 3 * self.pose["smile"], r * 0.62 + nose * (0.24 - 0.35 * self.pose["smile"])
        )
        self.skin.put("head", smooth([tip, lip, corner], 4, close=False), NEAR_BLACK, "line")

    def _eye(self, centre: Point) -> None:
        """Draw a blinking eye with a highlight; it laughs with joy, and shuts in sleep."""
        pose = self.pose
        shut = max(pose["shut"], float(blinking(self.time, 0.37)))
        draw_eye(self.skin, Eye(centre, self.eye_size, shut), -1.0 if pose["smile"] > 0.5 else 1.0)
