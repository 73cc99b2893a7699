"""What only some four-legged animals have: tails of all kinds, manes, trunks, horns, wool and patches."""

import math
from collections.abc import Callable
from typing import Protocol

import numpy as np
import numpy.typing as npt
import skia

from models.animatic.colour import tone
from models.animatic.rigs.skin import Pose, Skin
from models.animatic.rigs.species import Species
from models.animatic.shape import Point, between, ellipse, move, offset, polygon, smooth, tube

TAIL_ANGLE = {
    "bushy": 2.75,
    "thin": 3.5,
    "curl": 4.35,
    "hair": 2.1,
    "stub": 3.6,
    "ball": 3.4,
    "tuft": 2.35,
    "curly": 3.7,
    "plume": 3.75,
    "heavy": 3.2,
}
TAIL_BEND: dict[str, Callable[[int], float]] = {
    "bushy": lambda i: 0.06 * i,
    "thin": lambda i: -0.10 * i + 0.22 * max(0, i - 3),
    "curl": lambda i: 0.62 * i,
    "hair": lambda i: -0.1 * i,
    "stub": lambda i: 0.0,
    "ball": lambda i: 0.0,
    "tuft": lambda i: -0.13 * i + 0.16 * max(0, i - 3),
    "curly": lambda i: 1.25 * i,
    "plume": lambda i: 0.27 * i + (0.0 if i < 2 else 0.10) - (0.0 if i < 5 else 0.9 * (i - 4)),
    "heavy": lambda i: -0.05 * i + 0.04 * max(0, i - 3),
}
TAIL_RADII = {
    "bushy": (6, 9, 13, 16, 17, 14, 9, 2),
    "thin": (6.5, 6, 5.6, 5.2, 5, 4.8, 4.6, 4.2),
    "curl": (9, 11, 12.5, 13, 12.5, 11, 8, 4),
    "hair": (6, 8, 10, 11, 12, 11, 8, 2),
    "stub": (7, 7, 7, 6, 6, 5, 4, 3),
    "ball": (9, 11, 12, 12, 11.5, 11, 9, 6),
    "tuft": (5, 4.4, 3.8, 3.4, 3.2, 3, 3, 3),
    "curly": (4.5, 4.2, 4, 3.8, 3.4, 3, 2.6, 2.2),
    "plume": (7, 14, 20, 24, 25, 23, 18, 9),
    "heavy": (20, 17, 13, 9.5, 7, 5, 3.4, 1.5),
}
IVORY = "#f6efdc"
MANE = 17
"""Locks of a mane."""


class Beast(Protocol):
    """A posed animal that is being drawn; quadruped_skin.py builds it."""

    species: Species
    pose: Pose
    time: float
    skin: Skin
    hip: Point
    chest: Point
    neck_base: Point
    head: Point
    pitch: float
    turn: float

    def at(self, x: float, y: float) -> Point:
        """Return a point given in the head's own frame."""


def draw_tail(beast: Beast) -> None:
    """Draw a tail carrying a travelling wave."""
    species, pose, kind = beast.species, beast.pose, beast.species.tail
    segment = species.tail_length / 7
    start = TAIL_ANGLE[kind] + (-0.55 if kind == "bushy" else -0.3) * pose["sit"]
    points = [offset(beast.hip, -species.pelvis * 0.8, -species.pelvis * 0.35, beast.pitch)]
    for i in range(7):
        wave = 0.16 * math.sin(beast.time * 5.2 - i * 0.75) * (i / 7 + 0.2)
        angle = start + TAIL_BEND[kind](i) + pose["tail"] * (0.5 + 0.12 * i) + wave
        points.append(offset(points[-1], segment, 0, angle))
    k = species.thick / 8
    radii = [radius * k for radius in TAIL_RADII[kind]]
    if kind == "heavy":
        radii = [radius * species.pelvis / 24 for radius in TAIL_RADII[kind]]
        points[0] = offset(beast.hip, -species.pelvis * 0.1, 0, beast.pitch)
    dark = kind == "hair" or "pink_tail" in species.marks
    colour = species.light if "wool" in species.marks else species.dark if dark else species.main
    points = [(x, min(y, 1 - radius)) for (x, y), radius in zip(points, radii, strict=True)]  # it lies on the ground
    whole = beast.skin.put("body" if kind == "heavy" else "back", tube(points, radii), colour)
    _mark_tail(beast, whole, np.column_stack([points, radii]))


def _mark_tail(beast: Beast, whole: skia.Path, line: npt.NDArray[np.float64]) -> None:
    """Draw what a tail has on it; `line` is its spine as rows of (x, y, radius)."""
    species, kind, k = beast.species, beast.species.tail, beast.species.thick / 8
    points: list[Point] = [(x, y) for x, y, _ in line.tolist()]
    radii: list[float] = line[:, 2].tolist()
    if kind == "tuft":
        tip = [points[-2], points[-1], offset(points[-1], 12, 0, 1.6)]
        beast.skin.put("back", tube(tip, (3, 8, 2)), species.dark)
    elif kind == "plume":
        beast.skin.put_inside(
            "back", tube(points[2:], [radius * 0.45 for radius in radii[2:]]), tone(species.main, 0.09), whole
        )
    elif "tiger" in species.marks:
        for at in (2, 3, 4, 5, 6):
            ring = ellipse(between(points[at], points[at + 1], 0.3), 0.5 * radii[at], 2 * radii[at])
            beast.skin.put_inside("back", ring, species.dark, whole)
        beast.skin.put("back", ellipse(points[-1], radii[-1]), species.dark, "in")
    elif kind == "bushy":
        tip = tube(points[4:], [radius + 0.4 for radius in radii[4:]], 4)
        beast.skin.put_inside("back", tip, species.light, whole)
    elif kind == "curl":
        inner = np.add(points[1:-1], (0, 3))
        beast.skin.put("back", tube(inner, [radius * 0.4 / k for radius in radii[1:-1]], 4), species.light, "in")


def _stripes(beast: Beast, silhouette: skia.Path) -> None:
    species = beast.species
    for i in range(6):
        top = move(between(beast.hip, beast.chest, -0.06 + 0.19 * i), 0, -species.waist * 1.15)
        tip = move(top, -4 + 1.4 * (i % 3), species.waist * (0.85 + 0.3 * (i % 2)))
        stripe = polygon([move(top, -3.8, 0), move(top, 3.8, 0), tip])
        beast.skin.put_inside("body", stripe, species.dark, silhouette)


def on_trunk(beast: Beast, silhouette: skia.Path) -> None:
    """Draw what lies on the trunk: stripes, patches, spots, wool."""
    species, marks = beast.species, beast.species.marks
    if species.stripes:
        _stripes(beast, silhouette)
    if "panda" in marks:
        band = [
            offset(beast.chest, -6, -species.chest * 1.4, beast.pitch),
            offset(beast.chest, 0, species.chest * 1.4, beast.pitch),
        ]
        beast.skin.put_inside("body", tube(band, (17, 20), 3), species.dark, silhouette)
    if "patches" in marks:
        for share, down, wide in ((0.05, -0.5, 22), (0.48, 0.3, 20), (0.62, -0.8, 17), (0.98, 0.1, 18)):
            centre = move(between(beast.hip, beast.chest, share), 0, down * species.waist)
            beast.skin.put_inside("body", ellipse(centre, wide, wide * 0.72), species.dark, silhouette)
    if "spots" in marks:
        for i in range(7):
            centre = move(between(beast.hip, beast.chest, -0.1 + 0.19 * i), 0, species.waist * (-0.75 + 0.22 * (i % 3)))
            beast.skin.put_inside("body", ellipse(centre, 9 - i % 3, 7 - i % 2), species.dark, silhouette)
    if "wool" in marks:
        _wool(beast)


def _wool(beast: Beast) -> None:
    """Cover trunk and neck with curls."""
    species, curls = beast.species, []
    around = [(x, y) for x, y in ((math.cos(i * 0.483), math.sin(i * 0.483)) for i in range(13))]
    middle = between(beast.hip, beast.chest)
    wide, high = species.length * 0.5 + 15, species.chest * 0.86
    for x, y in around:
        curls.append(ellipse(offset(middle, x * wide, y * high, beast.pitch), 14.5, 13.5))
    curls.append(ellipse(between(beast.neck_base, beast.head, 0.3), 17))
    for curl in curls:
        beast.skin.put("body", curl, species.light)
    for share in (0.1, 0.5, 0.9):
        beast.skin.put("body", ellipse(between(beast.hip, beast.chest, share), species.chest), species.light)
    for i, share in enumerate((-0.1, 0.2, 0.5, 0.8, 0.35, 0.65)):
        x, y = move(between(beast.hip, beast.chest, share), 0, -12 if i < 4 else 8)
        bow = [(x - 6, y), (x, y + 5), (x + 6, y)]
        beast.skin.put("body", smooth(bow, 4, close=False), tone(species.light, -0.14), "line")


def behind_head(beast: Beast) -> None:
    """Draw what the head covers: a mane."""
    species, r = beast.species, beast.species.head
    if "mane" not in species.marks:
        return
    for reach, colour in ((1.0, tone(species.dark, -0.05)), (0.78, species.dark)):
        outline = []
        for i in range(MANE * 2):
            angle = math.tau * i / (MANE * 2)
            long = (1.62 if i % 2 else 1.98) + 0.06 * math.sin(beast.time * 4 + i)
            stretch = 1 + 0.24 * max(0.0, math.sin(angle - 0.2)) + 0.22 * max(0.0, -math.cos(angle))
            outline.append(beast.at(-r * 0.22 + r * long * reach * stretch * math.cos(angle),
                                    r * 0.05 + r * long * reach * stretch * math.sin(angle)))  # fmt: skip
        beast.skin.put("mane", smooth([*outline, outline[0]], 3), colour)


def before_eyes(beast: Beast, skull: skia.Path) -> None:
    """Draw what the eyes lie on: the patches of a panda, the pale muzzle of a bear."""
    species, r = beast.species, beast.species.head
    if "panda" in species.marks:
        beast.skin.put_inside("head", ellipse(beast.at(r * 0.4, -r * 0.02), r * 0.29, r * 0.36), species.dark, skull)
    if "muzzle" in species.marks:
        beast.skin.put_inside(
            "head", ellipse(beast.at(r * 0.55 + species.snout, r * 0.5), 17, 16), species.light, skull
        )
        beast.skin.put_inside("head", ellipse(beast.at(-r * 0.2, -r * 0.3), r * 0.62, r * 0.7), species.dark, skull)
    if "tiger" in species.marks:
        for x, y, long in ((-0.75, -0.55, 0.5), (-0.95, -0.1, 0.5), (-0.85, 0.35, 0.45), (-0.25, -0.95, 0.45)):
            root = beast.at(r * x * 1.15, r * y * 1.1)
            tip = between(root, beast.at(r * 0.1, r * 0.1), long)
            beast.skin.put_inside("head", tube([root, tip], (r * 0.13, 0.6), 2), species.dark, skull)
    if "wool" in species.marks:
        for x, y in ((-0.55, -0.75), (0.0, -0.98), (-0.95, -0.25)):
            beast.skin.put("head", ellipse(beast.at(r * x, r * y), r * 0.55), species.light)


def on_head(beast: Beast) -> None:
    """Draw what stands out from the face: trunk, horns, a pig's disc, hanging ears."""
    species, r, marks = beast.species, beast.species.head, beast.species.marks
    if "horns" in marks:
        horn = [beast.at(-r * 0.05, -r * 0.85), beast.at(r * 0.15, -r * 1.35), beast.at(r * 0.55, -r * 1.5)]
        beast.skin.put("head", tube(horn, (4.5, 3.8, 1.2)), IVORY)
    if species.ear_kind == "drop":
        base = beast.at(-r * 0.55, -r * 0.5)
        flap = 0.2 * math.sin(beast.time * 2.7) + 0.5 * beast.pose["ear"]
        look = 1 if beast.pose["look"] >= 0 else -1
        tip = offset(base, -species.ear * look, species.ear * (0.35 - flap), beast.turn)
        middle = offset(between(base, tip), 0, -3, beast.turn)
        beast.skin.put(
            "head", tube([base, middle, tip], (species.ear_width * 0.7, species.ear_width, 2.5)), _ear_colour(species)
        )
    if "disc" in marks:
        disc = beast.at(r * 0.55 + species.snout + species.snout_radius * 0.45, r * 0.42)
        beast.skin.put("head", ellipse(disc, 7.5, 10.5), species.light)
        for x in (-2, 2.6):
            beast.skin.put("head", ellipse(move(disc, x, 0), 1.5, 2.4), tone(species.dark, -0.2), "in")
    if species.ear_kind == "fan":
        _fan_ear(beast)
    if "trunk" in marks:
        _trunk(beast)


def _ear_colour(species: Species) -> str:
    return species.dark if "patches" in species.marks else species.main


def _fan_ear(beast: Beast) -> None:
    """Draw the ear of an elephant, which fans."""
    species, r = beast.species, beast.species.head
    fan = 0.10 * math.sin(beast.time * 2.2) + 0.35 * beast.pose["ear"]
    shape = ((-0.2, -0.5), (-0.6, -1.0), (-1.35, -0.75), (-1.55, 0.05), (-1.2, 0.85), (-0.6, 1.05), (-0.25, 0.45))
    outline = [beast.at(r * x * (1 - fan), r * (y - 0.3 * fan * x)) for x, y in shape]
    whole = beast.skin.put("ear", smooth([*outline, outline[0]], 4), tone(species.main, -0.03))
    centre = beast.at(-r * 0.72 * (1 - fan), r * 0.1)
    beast.skin.put_inside("ear", ellipse(centre, r * 0.5, r * 0.62), species.inner_ear, whole)


def _trunk(beast: Beast) -> None:
    """Draw a trunk that sways, curls to the mouth, or is lifted, and a tusk."""
    species, r, pose = beast.species, beast.species.head, beast.pose
    look = 1 if pose["look"] >= 0 else -1
    lifted = max(0.0, pose["trunk"])
    grasp = max(0.0, -pose["trunk"]) + min(1.0, pose["jaw"])
    points = [beast.at(r * 0.8, r * 0.34)]
    angle = 1.0 - 1.1 * lifted
    for i in range(6):
        sway = 0.10 * math.sin(beast.time * 1.9 - i * 0.6)
        angle += 0.18 - 0.09 * i + sway - lifted * (0.16 + 0.09 * i) + grasp * (0.10 * i - 0.04)
        points.append(offset(points[-1], 15.5, 0, angle))
    if look < 0:
        points = [points[0], *((2 * points[0][0] - x, y) for x, y in points[1:])]
    points = [(x, min(y, -7.0)) for x, y in points]
    tusk = [beast.at(r * 0.6, r * 0.62), beast.at(r * 0.98, r * 1.0), beast.at(r * 1.35, r * 0.92)]
    beast.skin.put("head2", tube(tusk, (4.6, 4, 1)), IVORY)
    beast.skin.put("head2", tube(points, (17, 14.5, 12, 10, 8.5, 7.5, 7)), species.main)
    for i in range(1, 5):
        ring = [offset(points[i], -7 + i, -4, 0.3), offset(points[i], 6 - i, -2, 0.3)]
        beast.skin.put("head2", smooth(ring, 2, close=False), tone(species.main, -0.12), "line")
