"""The outlines of a posed swimmer: one bending trunk with fins on it."""

import math

import numpy as np

from models.animatic.colour import tone
from models.animatic.rigs.expression import DARK, Eye, blinking, draw_eye, dream
from models.animatic.rigs.fish_pose import Fish
from models.animatic.rigs.skin import Pose, Skin
from models.animatic.shape import Point, between, ellipse, move, offset, polygon, smooth, tube

WATER = "#dff1fb"


class FishSkin:
    """Builds the parts of one pose, back to front."""

    def __init__(self, fish: Fish, pose: Pose, time: float, eye: float) -> None:
        self.fish = fish
        self.pose = pose
        self.time = time
        self.eye_size = fish.eye * eye
        self.skin = Skin()
        self.middle = (0.0, pose["body_y"])

    def at(self, along: float, down: float) -> Point:
        """Return a point `along` the bent trunk (0 the snout, 1 the root of the tail), `down` of its half height."""
        fish, share = self.fish, max(0.0, along)
        bend = fish.wave * self.pose["swing"] * share**1.6 * math.sin(self.pose["beat"] - 2.4 * share)
        x, y = (0.5 - along) * fish.length, down * fish.height + bend
        return offset(self.middle, x, y, self.pose["pitch"])

    def build(self) -> Skin:
        """Assemble the whole swimmer."""
        fish = self.fish
        shelled = "shell" in fish.marks
        if self.pose["spout"] > 0.02 and "spout" in fish.marks:
            self._spout()
        self._flipper("far")
        if shelled:
            self._hind_flippers()
        self._tail()
        self._dorsal()
        self._trunk()
        if shelled:
            self._shell()
        self._face()
        self._flipper("near")
        dream(self.skin, self.at(0.15, -1.0), self.time, self.pose["dream"])
        self.skin.anchors.update(head=self.at(0.14, -0.1), chest=self.at(0.4, 0), seat=self.at(0.4, -0.55))
        return self.skin

    # ------------------------------------------------------------ trunk

    def _trunk(self) -> None:
        fish = self.fish
        steps = np.linspace(0.04, 1.0, len(fish.profile))
        if "shell" in fish.marks:
            neck = [self.at(0.45, 0.1), self.at(0.12, -0.1), self.at(-0.08, -0.55)]
            self.skin.put("body", tube(neck, (13, 8.5, 9)), fish.main)
            skull = [self.at(-0.06, -0.6), self.at(-0.2, -0.55)]
            self.skin.put("body", tube(skull, (12.5, 9.5), 3), fish.main)
            return
        spine = [self.at(share, 0) for share in steps]
        whole = self.skin.put("body", tube(spine, [fish.height * share for share in fish.profile]), fish.main)
        if fish.snout:
            beak = [
                self.at(0.06, 0.22),
                self.at(0.0, 0.36),
                offset(self.at(0.0, 0.42), fish.snout, 0, self.pose["pitch"]),
            ]
            self.skin.put("body", tube(beak, (fish.height * 0.4, fish.height * 0.3, 4.2)), fish.main)
        belly = [self.at(share, 0.72 - 0.25 * share) for share in steps]
        depth = 0.56 if "grooves" in fish.marks else 0.46
        self.skin.put_inside(
            "body", tube(belly, [fish.height * share * depth for share in fish.profile]), fish.light, whole
        )
        self._marks(whole)

    def _marks(self, whole: object) -> None:
        fish, marks = self.fish, self.fish.marks
        if "scales" in marks:
            for column in range(5):
                for row in range(-1, 2):
                    centre = self.at(0.36 + 0.13 * column, 0.4 * row + 0.2 * (column % 2))
                    self.skin.put_inside("body", ellipse(move(centre, -2, 0), 4.4, 5), tone(fish.main, -0.05), whole)
                    self.skin.put_inside("body", ellipse(centre, 4.4, 5), tone(fish.main, 0.02), whole)
        if "gills" in marks:
            for i in range(3):
                slit = [self.at(0.27 + 0.03 * i + 0.015 * (1 - abs(y) / 0.3), y) for y in (-0.3, 0.0, 0.3)]
                self.skin.put("body", smooth(slit, 3, False), tone(fish.main, -0.22), "line")
        if "grooves" in marks:
            for i in range(4):
                line = [
                    self.at(0.06 + 0.03 * i, 0.42 + 0.12 * i),
                    self.at(0.3, 0.5 + 0.11 * i),
                    self.at(0.5 - 0.03 * i, 0.56 + 0.1 * i),
                ]
                self.skin.put("body", smooth(line, 4, False), tone(fish.light, -0.18), "line")

    def _shell(self) -> None:
        """Draw the dome of a turtle with its plates."""
        fish = self.fish
        rim = [(0.1, 0.35), (0.14, -0.5), (0.34, -1.35), (0.58, -1.45), (0.86, -0.75), (1.06, 0.25), (0.6, 0.62)]
        under = [(0.14, 0.3), (0.5, 0.95), (0.96, 0.35)]
        self.skin.put("shell", smooth([self.at(x, y) for x, y in under]), fish.light)
        dome = self.skin.put("shell", smooth([*[self.at(x, y) for x, y in rim], self.at(*rim[0])]), "#8a6a3d")
        for x, y in ((0.27, -0.5), (0.48, -0.75), (0.7, -0.62), (0.88, -0.1), (0.36, 0.08), (0.6, -0.02)):
            plate = [offset(self.at(x, y), 9.5 * math.cos(i * 1.0472), 8 * math.sin(i * 1.0472), 0.1) for i in range(6)]
            self.skin.put_inside("shell", polygon(plate), "#a9854e", dome)

    # ------------------------------------------------------------ fins

    def _tail(self) -> None:
        fish, pose = self.fish, self.pose
        base = self.at(0.97, 0)
        before = self.at(0.8, 0)
        angle = math.atan2(base[1] - before[1], base[0] - before[0])
        lag = 0.35 * pose["swing"] * math.sin(pose["beat"] - 3.3)
        veil = "veil" in fish.marks
        for side in (-1, 1):
            spread = side * fish.fork * (0.55 if fish.flukes else 1.0) + lag * 0.6
            length = fish.tail * (1.0 if side < 0 or veil or fish.flukes else 0.72)
            tip = offset(base, length, 0, angle + spread)
            fan = [
                base, offset(base, length * 0.5, side * length * 0.14, angle + spread * 0.8), tip,
                offset(base, length * (0.8 if veil else 0.5), 0, angle + spread * 0.2), base,
            ]  # fmt: skip
            group = "far" if fish.flukes and side < 0 else "back"
            self.skin.put(group, smooth(fan, 4), fish.dark if not veil else tone(fish.main, 0.04))

    def _dorsal(self) -> None:
        fish = self.fish
        where, high, long = fish.dorsal
        if not high:
            return
        steps = np.linspace(0.04, 1.0, len(fish.profile))
        low, deep = (0.75 * float(np.interp(where + side * long / 2, steps, fish.profile)) for side in (-1, 1))
        front, back = self.at(where - long / 2, -low), self.at(where + long / 2, -deep)
        tip = offset(self.at(where + long * 0.55, -deep - 0.1), 0, -high, self.pose["pitch"])
        path = smooth(
            [front, between(move(front, 0, -high * 0.6), tip, 0.35), tip, between(tip, back, 0.6), back, front], 3
        )
        self.skin.put("back", path, fish.dark)

    def _flipper(self, side: str) -> None:
        """Draw the fin on the breast; a turtle's is its oar."""
        fish = self.fish
        raised = self.pose["fin"] * (0.8 if side == "far" else 1.0)
        root = self.at(fish.fin_at, 0.45)
        if side == "far":
            root = move(root, 7, -3)
        angle = 2.15 - 0.9 * raised + self.pose["pitch"]
        if "shell" in fish.marks:
            angle = 1.75 - 1.0 * raised + self.pose["pitch"]
        bent = offset(root, fish.fin * 0.5, 0, angle - 0.12)
        tip = offset(bent, fish.fin * 0.5, 0, angle + 0.32)
        thick = fish.fin * 0.17
        colour = fish.main if "shell" in fish.marks else fish.dark
        self.skin.put(
            "far" if side == "far" else "fin", tube([root, bent, tip], (thick, thick * 0.95, thick * 0.22)), colour
        )

    def _hind_flippers(self) -> None:
        for shift, group in ((6, "far"), (0, "back")):
            root = move(self.at(0.92, 0.4), shift, 0)
            turn = 2.5 + 0.25 * math.sin(self.pose["beat"] + shift)
            self.skin.put(
                group,
                tube([root, offset(root, 22, 0, turn), offset(root, 36, 0, turn + 0.2)], (7, 7, 2)),
                self.fish.main,
            )

    def _spout(self) -> None:
        """Draw the breath of a whale."""
        root, amount = self.at(0.22, -0.98), self.pose["spout"]
        for side in (-1, 1):
            top = move(root, side * 20 * amount + 2 * math.sin(self.time * 9), -46 * amount)
            drop = move(root, side * 36 * amount, -30 * amount)
            self.skin.put("back2", tube([root, between(root, top, 0.6), top, drop], (3, 5, 6.5, 3)), WATER)

    # ------------------------------------------------------------ face

    def _face(self) -> None:
        fish, jaw = self.fish, self.pose["jaw"]
        shut = max(self.pose["shut"], float(blinking(self.time, 0.29)))
        curve = 1.0 if self.pose["dream"] > 0.3 else -1.0
        if "shell" in fish.marks:
            draw_eye(self.skin, Eye(self.at(-0.14, -0.85), self.eye_size, shut), curve)
            lip = [self.at(-0.3, -0.45), self.at(-0.2, -0.3 + 0.2 * jaw), self.at(-0.1, -0.38)]
            self.skin.put("head", smooth(lip, 4, False), DARK, "line")
            return
        white = "#ffffff" if fish.length < 120 else ""
        if "grooves" in fish.marks:
            mouth = [self.at(-0.02, 0.32), self.at(0.12, 0.36 + 0.18 * jaw), self.at(0.26, 0.12)]
            self.skin.put("head", smooth(mouth, 4, False), tone(fish.main, -0.25), "line")
            draw_eye(self.skin, Eye(self.at(0.27, -0.08), self.eye_size, shut, "#ffffff"), curve)
            return
        draw_eye(self.skin, Eye(self.at(0.17, -0.22), self.eye_size, shut, white), curve)
        self._mouth(jaw)

    def _mouth(self, jaw: float) -> None:
        fish = self.fish
        if "teeth" in fish.marks:
            gape = 0.16 + 0.42 * jaw
            corner, top, foot = self.at(0.2, 0.5), self.at(0.045, 0.22), self.at(0.075, 0.25 + gape)
            self.skin.put("head", polygon([corner, top, foot]), "#7c2f35", "in")
            for i in range(4):
                root = between(top, corner, 0.12 + 0.22 * i)
                self.skin.put(
                    "head", polygon([move(root, -2.6, 0), move(root, 2.6, 0), move(root, 0, 6)]), "#ffffff", "in"
                )
            brow = [self.at(0.12, -0.42), self.at(0.2, -0.5)]
            self.skin.put("head", tube(brow, (1.4, 2.0), 2), tone(fish.main, -0.25), "in")
            return
        if fish.snout:
            tip = offset(self.at(0.0, 0.46), fish.snout, 0, self.pose["pitch"])
            self.skin.put(
                "head", smooth([tip, self.at(0.06, 0.5 + 0.2 * jaw), self.at(0.14, 0.3)], 4, False), DARK, "line"
            )
            return
        self.skin.put("head", ellipse(self.at(-0.01, 0.16), 2.6, 1.6 + 3.2 * jaw), tone(fish.dark, -0.2), "in")
