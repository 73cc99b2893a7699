"""What figures wear: a dress, a spacesuit, a robe, a robot's metal; each with its head. The rest is in attire.py."""

import math

from models.animatic.colour import tone
from models.animatic.rigs.attire import ATTIRE
from models.animatic.rigs.clothes import Clothes, Fitting
from models.animatic.shape import Point, between, ellipse, move, offset, polygon, smooth, tube


class Dress(Clothes):
    """A dress, long hair and a red cheek."""

    bare_legs = True

    def behind(self, fitting: Fitting) -> None:
        """Draw the hair down the back."""
        r = fitting.costume.head
        angle = 2.0 + 0.5 * min(1.0, fitting.pose["cape"])
        points = fitting.wave(fitting.at(-r * 0.5, -r * 0.2), r * 0.47, (angle, 0.3, 5))
        radii = [r * 0.75, r * 0.8, r * 0.78, r * 0.7, r * 0.58, r * 0.45, r * 0.28, 1]
        fitting.skin.put("back", tube(points, radii), fitting.costume.hair)

    def body(self, fitting: Fitting) -> None:
        """Draw the dress, whose hem lags behind."""
        sway = fitting.pose["cape"] * 8
        chest, pelvis, lean = fitting.chest, fitting.pelvis, fitting.pose["lean"] * 0.9
        skirt = [
            move(chest, -8, 14), move(pelvis, -13, -2), offset(pelvis, -24 - sway, 26, lean),
            offset(pelvis, -6, 30, lean), offset(pelvis, 8, 28, lean), offset(pelvis, 22 - sway * 0.3, 25, lean),
            move(pelvis, 11, -2), move(chest, 9, 14),
        ]  # fmt: skip
        skirt = [(x, min(y, -2.0)) for x, y in skirt]
        fitting.skin.put("body", smooth(skirt), fitting.costume.bottom)


class Robe(Clothes):
    """A warrior's robe with wide sleeves, a sash, a trailing scarf and a top knot."""

    trousers = 1.5
    sleeve = 1.9

    def behind(self, fitting: Fitting) -> None:
        """Draw the scarf, which rises with speed."""
        angle = math.pi - 0.25 - 1.1 * (1 - min(1.0, fitting.pose["cape"]))
        points = fitting.wave(move(fitting.chest, -2, -3), 11, (angle, 0.35, 6))
        fitting.skin.put("back", tube(points, [5, 5, 5.5, 6, 6, 6.5, 6.5, 5]), fitting.costume.accent)

    def body(self, fitting: Fitting) -> None:
        """Draw sash and collar."""
        chest, pelvis, thick = fitting.chest, fitting.pelvis, fitting.costume.thick
        waist = between(pelvis, chest, 0.25)
        sash = tube([move(waist, -thick * 1.4, 0), move(waist, thick * 1.4, 0)], [4, 4], 2)
        fitting.skin.put("body", sash, fitting.costume.accent, "in")
        collar = polygon([move(chest, -3, 2), move(chest, 6, 2), move(between(pelvis, chest, 0.45), 5, 0)])
        fitting.skin.put("body", collar, "#e8e2d6", "in")

    def hair(self, fitting: Fitting) -> None:
        """Draw hair and top knot."""
        super().hair(fitting)
        r, at = fitting.costume.head, fitting.at
        knot = [at(-r * 0.5, -r * 1.05), at(-r * 0.8, -r * 1.5), at(-r * 1.3, -r * 1.4)]
        fitting.skin.put("head", tube(knot, [4, 5, 2]), fitting.costume.hair)


class Spacesuit(Clothes):
    """A thick white suit with a pack and a mirrored visor."""

    gloves = True

    def behind(self, fitting: Fitting) -> None:
        """Draw the pack."""
        lean = fitting.pose["lean"]
        pack = [offset(fitting.chest, -16, 6, lean), offset(fitting.pelvis, -17, -10, lean)]
        fitting.skin.put("back", tube(pack, [12, 12], 3), "#c9ced8")

    def knee(self, fitting: Fitting, group: str, knee: Point) -> None:
        """Draw a ring."""
        thick = fitting.costume.thick * 0.9
        ring = tube([move(knee, -thick, 0), move(knee, thick, 0)], [2, 2], 2)
        fitting.skin.put(group, ring, tone(fitting.costume.bottom, -0.15), "in")

    def body(self, fitting: Fitting) -> None:
        """Draw the panel on the chest."""
        middle = between(fitting.pelvis, fitting.chest)
        fitting.skin.put("body", tube([move(middle, 4, 0), move(middle, 14, 0)], [7, 7], 2), "#b9c0cc", "in")
        fitting.skin.put("body", ellipse(move(middle, 7, -1), 2.2), fitting.costume.accent, "in")
        fitting.skin.put("body", ellipse(move(middle, 13, -1), 2.2), "#4fc3ff", "in")

    def head(self, fitting: Fitting) -> None:
        """Draw the helmet with a landscape in its visor."""
        r, at, put = fitting.costume.head, fitting.at, fitting.skin.put
        put("head", ellipse(at(0, 0), r, r * 1.06), fitting.costume.skin)
        visor = put("head", ellipse(at(r * 0.28, r * 0.02), r * 0.76, r * 0.66), "#20304e", "in")
        fitting.skin.put_inside("head", ellipse(at(r * 0.36, r * 0.34), r * 0.7, r * 0.42), "#e58a3a", visor)
        fitting.skin.put_inside("head", ellipse(at(r * 0.3, r * 0.6), r * 0.7, r * 0.42), "#33456e", visor)
        put("head", ellipse(at(r * 0.5, -r * 0.28), r * 0.2, r * 0.1), "#ffffff", "in")


class Metal(Clothes):
    """A robot's shell with a lit eye, a lamp and an antenna."""

    def body(self, fitting: Fitting) -> None:
        """Draw the lamp."""
        lamp = move(between(fitting.pelvis, fitting.chest, 0.6), 5, 0)
        fitting.skin.put("body", ellipse(lamp, 5), fitting.costume.accent, "in")

    def knee(self, fitting: Fitting, group: str, knee: Point) -> None:
        """Draw the joint."""
        fitting.skin.put(group, ellipse(knee, fitting.costume.thick * 0.62), fitting.costume.shoe, "in")

    def head(self, fitting: Fitting) -> None:
        """Draw a flat head with a visor and an antenna."""
        costume, at, put = fitting.costume, fitting.at, fitting.skin.put
        r = costume.head
        put("back2", tube([at(0, -r * 0.8), at(-2, -r * 1.5)], [1.5, 1.5], 2), costume.shoe)
        put("back2", ellipse(at(-2, -r * 1.6), 3), costume.accent)
        self.neck(fitting, costume.shoe)
        put("head", ellipse(at(0, 0), r * 1.1, r * 0.9), costume.skin)
        put("head", tube([at(-2, 0), at(r * 0.9, 0)], [r * 0.32, r * 0.32], 2), "#1c2630", "in")
        put("head", ellipse(at(r * 0.62, 0), 3), costume.accent, "in")


WARDROBE: dict[str, Clothes] = ATTIRE | {
    "shirt": Clothes(),
    "dress": Dress(),
    "robe": Robe(),
    "spacesuit": Spacesuit(),
    "metal": Metal(),
}
