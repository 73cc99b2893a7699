"""The outlines of a posed figure on two legs: limbs and trunk; what it wears is in wardrobe.py."""

from models.animatic.rigs.clothes import Fitting
from models.animatic.rigs.costume import Costume
from models.animatic.rigs.expression import dream
from models.animatic.rigs.skin import Pose, Skin
from models.animatic.rigs.wardrobe import WARDROBE
from models.animatic.shape import Point, bend_limb, between, ellipse, move, offset, polygon, rotate, tube

STEEL = "#f2f6ff"


class BipedSkin:
    """Builds the parts of one pose, back to front."""

    def __init__(self, costume: Costume, pose: Pose, time: float, eye: float) -> None:
        self.costume = costume
        self.pose = pose
        self.clothes = WARDROBE[costume.wears]
        self.skin = Skin()
        self.pelvis = (pose["pelvis_x"], pose["pelvis_y"])
        self.chest = offset(self.pelvis, 0, -costume.torso, pose["lean"])
        self.head = offset(self.chest, 2, -costume.head * 1.28, pose["lean"] * 0.6 + pose["head"])
        turn = (pose["head"] + pose["lean"] * 0.4) * (1 if pose["look"] >= 0 else -1)
        self.fitting = Fitting(self.skin, costume, pose, self.pelvis, self.chest, self.head, turn, time, eye)

    def build(self) -> Skin:
        """Assemble the whole figure."""
        pose = self.pose
        self.clothes.behind(self.fitting)
        self._arm("far", (pose["arm_far"], pose["elbow_far"]), 3)
        self._leg("foot_far", "far", 4)
        self._leg("foot_near", "body", -2)
        self._trunk()
        self.clothes.body(self.fitting)
        self.clothes.head(self.fitting)
        wrist, angle = self._arm("near", (pose["arm_near"], pose["elbow_near"]), -4)
        if self.costume.wears == "robe" or pose["sword"]:
            self._sword(wrist, angle)
        if pose["cup"] > 0.5:
            self._cup(wrist)
        if pose["food"] > 0.5:
            self.skin.put("near", ellipse(move(wrist, 4, -4), 6.5), "#d8433a")
            self.skin.put("near", ellipse(wrist, self.costume.thick * 0.6), self._hand_colour())
        self.clothes.holding(self.fitting, wrist)
        dream(self.skin, self.head, self.fitting.time, pose["dream"])
        self.skin.anchors.update(head=self.head, chest=self.chest, hand=wrist, seat=move(self.pelvis, 0, 4))
        return self.skin

    def _leg(self, name: str, group: str, shift: float) -> None:
        """One leg with its shoe."""
        costume, thick = self.costume, self.costume.thick
        fold = self.pose[name + "_fold"] * 0.9
        foot = (self.pose[name + "_x"] + shift, self.pose[name + "_y"])
        wanted = offset(foot, -2, -thick * 0.9, fold)
        hip = move(self.pelvis, shift, 2)
        knee, ankle = bend_limb(hip, wanted, (0.5 * costume.leg, 0.5 * costume.leg), -1)
        self.skin.anchors[name] = (foot[0] + ankle[0] - wanted[0], foot[1] + ankle[1] - wanted[1])
        width = self.clothes.trousers
        radii = [
            thick * 1.2, thick * 1.15 * width**0.5, thick * 0.95 * width, thick * 0.85 * width,
            thick * (0.72 + 0.54 * (width - 1)),
        ]  # fmt: skip
        points = [hip, between(hip, knee), knee, between(knee, ankle), ankle]
        self.skin.put(group, tube(points, radii, 4), costume.skin if self.clothes.bare_legs else costume.bottom)
        if self.clothes.shorts:
            self.skin.put(group, tube(points[:3], [radius * 1.12 for radius in radii[:3]], 3), costume.bottom)
        shoe = [ankle, offset(ankle, thick * 0.2, thick * 0.4, fold), offset(ankle, thick * 1.5, thick * 0.5, fold)]
        self.skin.put(group, tube(shoe, [thick * 0.75, thick * 0.7, thick * 0.5], 3), costume.shoe)
        self.clothes.knee(self.fitting, group, knee)

    def _arm(self, group: str, angles: tuple[float, float], shift: float) -> tuple[Point, float]:
        """One arm with its hand; returns (wrist, angle of the forearm)."""
        costume, thick, half = self.costume, self.costume.thick, self.costume.arm * 0.5
        shoulder = move(self.chest, shift + rotate(0, 6, self.pose["lean"])[0], 6)
        elbow = offset(shoulder, half, 0, angles[0])
        forearm = angles[0] - angles[1]
        wrist = offset(elbow, half, 0, forearm)
        sleeve = self.clothes.sleeve
        radii = [thick * 0.95, thick * 0.82 * sleeve**0.6, thick * 0.68 * sleeve]
        bare = self.clothes.bare_arms
        self.skin.put(group, tube([shoulder, elbow, wrist], radii, 4), costume.skin if bare else costume.top)
        self._hand(group, wrist, forearm)
        return wrist, forearm

    def _hand(self, group: str, wrist: Point, forearm: float) -> None:
        """Draw a mitten with a thumb."""
        thick, colour = self.costume.thick, self._hand_colour()
        palm = [offset(wrist, -thick * 0.1, 0, forearm), offset(wrist, thick * 0.75, 0, forearm)]
        self.skin.put(group, tube(palm, (thick * 0.68, thick * 0.55), 3), colour)
        thumb = [offset(wrist, thick * 0.2, -thick * 0.3, forearm), offset(wrist, thick * 0.75, -thick * 0.85, forearm)]
        self.skin.put(group, tube(thumb, (thick * 0.3, thick * 0.24), 2), colour)

    def _trunk(self) -> None:
        thick, pelvis, chest = self.costume.thick, self.pelvis, self.chest
        spine = [move(pelvis, 0, 2), between(pelvis, chest), between(pelvis, chest, 0.9)]
        self.skin.put("body", tube(spine, [thick * 1.45, thick * 1.45, thick * 1.75]), self.costume.top)

    def _sword(self, wrist: Point, angle: float) -> None:
        """Scabbard, and either the drawn blade or the sheathed hilt."""
        belt = move(self.pelvis, -2, -8)
        scabbard = [move(belt, 14, -4), move(belt, -46, 16)]
        self.skin.put("near", tube(scabbard, [3, 2.4], 2), "#3a2a2a")
        if self.pose["sword"] > 0.02:
            turn = angle - 0.35
            blade = [wrist, offset(wrist, 40, -2, turn), offset(wrist, 88, -9, turn)]
            self.skin.put("near", tube(blade, [2.2, 2.2, 0.8]), STEEL)
            hilt = [offset(wrist, -10, 0, turn), offset(wrist, 6, 0, turn)]
        else:
            hilt = [scabbard[0], move(scabbard[0], 14, -4)]
        self.skin.put("near", tube(hilt, [2.8, 2.8], 2), self.costume.accent)

    def _cup(self, wrist: Point) -> None:
        """Draw a small cup in the hand, tipped with the head."""
        tip = -1.6 * min(0.0, self.pose["head"])
        corners = [offset(wrist, x, y, -tip) for x, y in ((-3, -11), (-1, 4), (8, 4), (10, -11))]
        self.skin.put("near", polygon(corners), "#f4efe6")
        self.skin.put("near", ellipse(wrist, self.costume.thick * 0.6), self._hand_colour())

    def _hand_colour(self) -> str:
        return self.costume.shoe if self.clothes.gloves else self.costume.skin
