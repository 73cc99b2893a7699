"""What more figures wear: a cap, a skirt, a shawl, a beard, a mask, a tutu, running clothes."""

from models.animatic.colour import tone
from models.animatic.easing import clamp, lerp
from models.animatic.rigs.clothes import Clothes, Fitting
from models.animatic.shape import Point, between, ellipse, move, offset, polygon, smooth, tube

WHITE_HAIR = "#ece9e6"


class Boy(Clothes):
    """Shorts, a striped shirt and a cap."""

    shorts = True
    bare_legs = True

    def body(self, fitting: Fitting) -> None:
        """Draw a stripe across the shirt."""
        middle, thick = between(fitting.pelvis, fitting.chest, 0.55), fitting.costume.thick
        stripe = tube([move(middle, -thick * 1.5, 0), move(middle, thick * 1.5, 0)], (4, 4), 2)
        fitting.skin.put("body", stripe, fitting.costume.accent, "in")

    def hair(self, fitting: Fitting) -> None:
        """Draw hair under a cap with a peak."""
        super().hair(fitting)
        r, at = fitting.costume.head, fitting.at
        dome = ((-1.08, -0.3), (-0.95, -0.95), (-0.1, -1.32), (0.75, -0.95), (0.95, -0.42))
        fitting.skin.put("head", smooth([at(r * x, r * y) for x, y in (*dome, dome[0])]), fitting.costume.accent)
        peak = tube([at(r * 0.5, -r * 0.46), at(r * 1.45, -r * 0.36)], (r * 0.13, r * 0.1), 2)
        fitting.skin.put("head", peak, tone(fitting.costume.accent, -0.08))


class Woman(Clothes):
    """A long coat-dress and hair in a bun."""

    hem = 46.0
    bun = True

    def behind(self, fitting: Fitting) -> None:
        """Draw the bun."""
        r = fitting.costume.head
        if self.bun:
            fitting.skin.put("back", ellipse(fitting.at(-r * 0.98, -r * 0.5), r * 0.5), fitting.costume.hair)

    def body(self, fitting: Fitting) -> None:
        """Draw the skirt, which reaches below the knee and follows the legs."""
        costume, pelvis, lean = fitting.costume, fitting.pelvis, fitting.pose["lean"] * 0.8
        near, far = fitting.pose["foot_near_x"], fitting.pose["foot_far_x"]
        low = min(self.hem, max(10.0, -pelvis[1] - 12))
        thick = costume.thick
        hangs = clamp((low - 10) / (self.hem - 10))  # who sits or lies has it gathered round the hips
        back = lerp(-1.5 * thick, min(near, far, 0.0) * 0.45 - 18, hangs)
        front = lerp(1.6 * thick, max(near, far, 0.0) * 0.45 + 17, hangs)
        skirt = [
            offset(pelvis, -thick * 1.5, -12, lean), offset(pelvis, -17, 10, lean), move(pelvis, back, low),
            move(pelvis, (back + front) / 2, low + 3), move(pelvis, front, low), offset(pelvis, 16, 8, lean),
            offset(pelvis, thick * 1.4, -12, lean),
        ]  # fmt: skip
        fitting.skin.put("body", smooth([*skirt, skirt[0]], 4), costume.bottom)
        belt = [offset(pelvis, -thick * 1.4, -11, lean), offset(pelvis, thick * 1.3, -11, lean)]
        fitting.skin.put("body", tube(belt, (3, 3), 2), costume.accent, "in")


class Elder(Clothes):
    """A bald head with a white beard, and a stick."""

    def hair(self, fitting: Fitting) -> None:
        """Draw a fringe of hair, brows and the beard."""
        r, at, put = fitting.costume.head, fitting.at, fitting.skin.put
        fringe = ((-0.3, 0.3), (-0.55, 0.72), (-1.08, 0.35), (-1.12, -0.3), (-0.75, -0.5), (-0.5, -0.1))
        put("head", smooth([at(r * x, r * y) for x, y in (*fringe, fringe[0])]), WHITE_HAIR)
        beard = ((0.9, 0.42), (0.72, 0.62), (0.3, 0.4), (-0.1, 0.55), (0.1, 1.15), (0.55, 1.75), (0.9, 1.2), (1.0, 0.7))
        put("head", smooth([at(r * x, r * y) for x, y in (*beard, beard[0])]), WHITE_HAIR)
        put("head", tube([at(r * 0.3, -r * 0.36), at(r * 0.75, -r * 0.4)], (r * 0.11, r * 0.08), 2), WHITE_HAIR, "in")

    def holding(self, fitting: Fitting, wrist: Point) -> None:
        """Draw the stick, from the hand to the ground."""
        _stick(fitting, wrist)


def _stick(fitting: Fitting, wrist: Point) -> None:
    pose = fitting.pose
    aloft = wrist[1] < -fitting.costume.leg * 1.35 or max(pose["foot_near_y"], pose["foot_far_y"]) < -3
    if aloft or abs(pose["lean"]) > 0.8 or max(pose[busy] for busy in ("food", "cup", "dream")) > 0:
        return
    foot = (wrist[0] + 9, min(0.0, wrist[1] + fitting.costume.leg * 1.1))
    top = move(wrist, -2, -8)
    fitting.skin.put("near", tube([move(top, -7, 3), top, wrist, foot], (2.2, 2.4, 2.3, 2.0)), "#6d4a2e")


class OldWoman(Woman):
    """A shawl, a white bun, spectacles and a stick."""

    hem = 44.0

    def body(self, fitting: Fitting) -> None:
        """Draw skirt and shawl."""
        super().body(fitting)
        chest, pelvis = fitting.chest, fitting.pelvis
        low = between(chest, pelvis, 0.62)
        shawl = [move(chest, -17, 6), move(chest, 0, -4), move(chest, 15, 8), move(low, 8, 0), move(low, -13, 2)]
        fitting.skin.put("body", smooth([*shawl, shawl[0]], 4), fitting.costume.accent)

    def hair(self, fitting: Fitting) -> None:
        """Draw hair and round spectacles."""
        super().hair(fitting)
        r, at = fitting.costume.head, fitting.at
        circle = ((1, 0), (0.7, 0.7), (0, 1), (-0.7, 0.7), (-1, 0), (-0.7, -0.7), (0, -1), (0.7, -0.7), (1, 0))
        rim = [move(at(r * 0.52, -r * 0.02), r * 0.33 * x, r * 0.33 * y) for x, y in circle]
        fitting.skin.put("head", smooth(rim, 3, close=False), "#4a4038", "line")

    def holding(self, fitting: Fitting, wrist: Point) -> None:
        """Draw the stick."""
        _stick(fitting, wrist)


class Masked(Clothes):
    """A close black suit, a hood that leaves the eyes, a headband with loose ends and a sash."""

    gloves = True

    def behind(self, fitting: Fitting) -> None:
        """Draw the ends of the band, flying behind, and the hilt on the back."""
        r = fitting.costume.head
        for shift, swing in ((0.0, 0.45), (0.5, 0.6)):
            angle = 3.0 - 0.5 * (1 - min(1.0, fitting.pose["cape"])) - shift * 0.3
            points = fitting.wave(fitting.at(-r * 0.9, -r * 0.35), r * 0.38, (angle, swing, 6.5))
            fitting.skin.put("back", tube(points, [r * 0.16] * 7 + [r * 0.08]), fitting.costume.accent)
        lean = fitting.pose["lean"]
        hilt = [offset(fitting.chest, -20, -18, lean), offset(fitting.pelvis, 4, -6, lean)]
        fitting.skin.put("back", tube(hilt, (2.6, 2.2), 2), "#6b6f78")

    def body(self, fitting: Fitting) -> None:
        """Draw the sash."""
        waist, thick = between(fitting.pelvis, fitting.chest, 0.2), fitting.costume.thick
        sash = tube([move(waist, -thick * 1.4, 0), move(waist, thick * 1.4, 0)], (3.4, 3.4), 2)
        fitting.skin.put("body", sash, fitting.costume.accent, "in")

    def head(self, fitting: Fitting) -> None:
        """Draw the hood, the slit with the face in it, and the band."""
        r, at, put = fitting.costume.head, fitting.at, fitting.skin.put
        self.neck(fitting, fitting.costume.top)
        hood = put("head", ellipse(at(0, 0), r * 1.06, r * 1.1), fitting.costume.top)
        slit = tube([at(-r * 0.1, -r * 0.02), at(r, -r * 0.02)], (r * 0.28, r * 0.32), 2)
        fitting.skin.put_inside("head", slit, fitting.costume.skin, hood)
        band = tube([at(-r * 1.1, -r * 0.46), at(r * 1.1, -r * 0.46)], (r * 0.15, r * 0.15), 2)
        fitting.skin.put_inside("head", band, fitting.costume.accent, hood)
        self.eye(fitting)


class Tutu(Clothes):
    """A leotard, a wide skirt of tulle and a bun."""

    bare_arms = True

    def behind(self, fitting: Fitting) -> None:
        """Draw the bun."""
        r = fitting.costume.head
        fitting.skin.put("back", ellipse(fitting.at(-r * 0.65, -r * 1.05), r * 0.45), fitting.costume.hair)

    def body(self, fitting: Fitting) -> None:
        """Draw the skirt in two layers, which lags behind."""
        pelvis, sway = fitting.pelvis, 6 * fitting.pose["cape"]
        turn = fitting.pose["lean"] * 0.7
        for reach, drop, colour in ((39, 12, fitting.costume.bottom), (31, 5, tone(fitting.costume.bottom, 0.06))):
            hem = [offset(pelvis, x * reach, drop + (5 if i % 2 else 0) - abs(x) * (2 + sway * 0.5), turn)
                   for i, x in enumerate((-1, -0.66, -0.33, 0, 0.33, 0.66, 1))]  # fmt: skip
            hem = [(x, min(y, -1.0)) for x, y in hem]
            skirt = [offset(pelvis, -10, -9, turn), *hem, offset(pelvis, 10, -9, turn)]
            fitting.skin.put("body", polygon(skirt), colour)

    def neck(self, fitting: Fitting, colour: str) -> None:
        """Draw a slender neck."""
        fitting.skin.put("body", tube([fitting.chest, fitting.centre], (4.2, 4.2), 2), colour)


class Running(Clothes):
    """Shorts, a vest with a number, and a headband."""

    shorts = True
    bare_legs = True
    bare_arms = True

    def body(self, fitting: Fitting) -> None:
        """Draw the number on the chest."""
        middle = between(fitting.pelvis, fitting.chest, 0.56)
        lean, put = fitting.pose["lean"], fitting.skin.put
        card = [offset(middle, x, y, lean) for x, y in ((-3, -8), (13, -8), (13, 7), (-3, 7))]
        put("body", polygon(card), "#fbf8ef", "in")
        put("body", tube([offset(middle, 5, -5, lean), offset(middle, 5, 4, lean)], (1.4, 1.4), 2), "#33363f", "in")

    def hair(self, fitting: Fitting) -> None:
        """Draw hair and headband."""
        super().hair(fitting)
        r, at = fitting.costume.head, fitting.at
        band = [at(-r * 0.98, -r * 0.34), at(r * 0.1, -r * 0.62), at(r * 0.86, -r * 0.5)]
        fitting.skin.put("head", tube(band, (r * 0.14, r * 0.14, r * 0.13)), fitting.costume.accent)


ATTIRE: dict[str, Clothes] = {
    "shirt": Clothes(), "boy": Boy(), "skirt": Woman(), "beard": Elder(), "shawl": OldWoman(), "mask": Masked(),
    "tutu": Tutu(), "running": Running(),
}  # fmt: skip
