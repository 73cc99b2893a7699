"""Things of everyday life: how each is drawn, from a pose, the time and its colour."""

import math

import skia

from models.animatic.colour import mix, tone
from models.animatic.rigs.skin import Pose, Skin
from models.animatic.rigs.vehicles import VEHICLES, Draw, flying_car
from models.animatic.shape import TAU, box, ellipse, offset, polygon, rounded_box, smooth, spline, tube

__all__ = ["DRAWINGS", "flying_car"]

GOLD, LEAF, WOOD, INK = "#f2c14a", "#5f9a4f", "#8a5a34", "#2b2d36"


def _cup(skin: Skin, pose: Pose, time: float, colour: str) -> None:
    skin.put("back", ellipse((0, -5), 62, 9), tone(colour, -0.06))
    skin.put("back", ellipse((0, -7), 40, 5), tone(colour, -0.16), "in")
    outer = skia.Path.Oval(skia.Rect.MakeLTRB(26, -66, 68, -26))
    skin.put("far", skia.Op(outer, ellipse((46, -46), 12, 11), skia.PathOp.kDifference_PathOp), colour)
    bowl = [(-42, -84), (-41, -60), (-34, -28), (-20, -10), (20, -10), (34, -28), (41, -60), (42, -84)]
    skin.put("body", smooth(bowl, 6), colour)
    skin.put("body", ellipse((0, -84), 42, 10), tone(colour, -0.05))
    skin.put("body", ellipse((0, -83), 37, 8), "#5a3623", "in")
    skin.put("body", ellipse((-6, -84), 24, 4.6), "#8a5a38", "in")


def _balloon(skin: Skin, pose: Pose, time: float, colour: str) -> None:
    sway = 3 * math.sin(time * 1.9)
    skin.put("back", tube([(0, -60), (3 + sway, -30), (-2 - sway, 0)], [1, 1, 1]), "#6b5a52")
    outline = [(0, -60), (-34, -104), (-30, -146), (0, -164), (30, -146), (34, -104), (0, -60)]
    skin.put("body", smooth(outline, 6), colour)
    skin.put("body", polygon([(-5, -56), (5, -56), (0, -63)]), colour)
    skin.put("body", ellipse((-12, -136), 7, 11), tone(colour, 0.22), "in")


def _ball(skin: Skin, pose: Pose, time: float, colour: str) -> None:
    whole = skin.put("body", ellipse((0, -26), 26), colour)
    turn = pose["roll"] * TAU
    for i in range(3):
        angle = turn + i * TAU / 3
        ends = [(math.cos(angle + d) * 34, math.sin(angle + d) * 34 - 26) for d in (-0.42, 0.42)]
        skin.put_inside("body", polygon([(0, -26), *ends]), "#f6efe0", whole)
    skin.put("body", ellipse((0, -26), 6), "#3a6ea8", "in")


def _box(skin: Skin, pose: Pose, time: float, colour: str) -> None:
    """Draw a carton whose two flaps open."""
    wide = pose["open"]
    skin.put("back", polygon([(-52, -84), (-30, -100), (66, -100), (46, -84)]), tone(colour, -0.2 - 0.1 * wide))
    side = skin.put("body", polygon([(46, -84), (66, -100), (66, -18), (46, 0)]), tone(colour, -0.1))
    front = skin.put("body", polygon([(-52, -84), (46, -84), (46, 0), (-52, 0)]), colour)
    skin.put_inside("body", box(-12, -84, 6, -52 - 26 * wide), "#e9d3a6", front)
    skin.put_inside("body", rounded_box((-42, -30, -8, -10), 2), "#fbf6ea", front)
    skin.put_inside("body", polygon([(52, -50), (60, -56), (60, -40), (52, -34)]), tone(colour, -0.18), side)
    angle = -2.6 * wide
    left, right = offset((-52, -84), 49, -8 * (1 - wide), angle), offset((46, -84), -49, -8 * (1 - wide), -angle)
    flap = ((-52, -84), left, (left[0] + 20, left[1] - 16), (-30, -100))
    skin.put("near", polygon(flap), tone(colour, 0.05))
    flap = ((46, -84), right, (right[0] + 20, right[1] - 16), (66, -100))
    skin.put("near", polygon(flap), tone(colour, 0.03))


def _gift(skin: Skin, pose: Pose, time: float, colour: str) -> None:
    """Draw a present whose lid lifts off."""
    up = 44 * pose["open"]
    body = skin.put("body", box(-46, -70, 46, 0), colour)
    skin.put_inside("body", box(-9, -72, 9, 2), GOLD, body)
    if pose["open"] > 0.3:
        for i in range(7):
            angle = -math.pi * (0.15 + 0.7 * i / 6)
            reach = 30 + 9 * math.sin(time * 6 + i * 2)
            spark = (30 * math.cos(angle), -74 + reach * math.sin(angle))
            skin.put("spark", ellipse(spark, 3.2), "#fff3b0", "glow")
    lid = skin.put("near", rounded_box((-52, -90 - up, 52, -66 - up), 3), tone(colour, 0.05))
    skin.put_inside("near", box(-9, -92 - up, 9, -60 - up), GOLD, lid)
    for side in (-1, 1):
        bow = [(0, -90 - up), (side * 30, -116 - up), (side * 34, -96 - up), (0, -90 - up)]
        skin.put("near", smooth(bow, 5), GOLD)
    skin.put("near", ellipse((0, -92 - up), 7), tone(GOLD, -0.06))


def _phone(skin: Skin, pose: Pose, time: float, colour: str) -> None:
    skin.put("body", rounded_box((-34, -132, 34, 0), 12), colour)
    screen = skin.put("body", rounded_box((-29, -126, 29, -6), 8), "#3c6fc9", "in")
    skin.put_inside("body", ellipse((6, -40), 50, 42), "#8f5fd0", screen)
    skin.put_inside("body", ellipse((-24, -104), 30, 26), "#5fb6e6", screen)
    skin.put("body", rounded_box((-9, -123, 9, -118), 3), INK, "in")
    for row in range(2):
        for column in range(4):
            x, y = -21 + column * 14, -92 + row * 16
            tint = ("#ffffff", "#ffd166", "#7ee0a8", "#ff8fa3")[(row + column) % 4]
            skin.put("body", rounded_box((x - 4.5, y - 4.5, x + 4.5, y + 4.5), 2.5), tint, "in")
    if pose["open"] > 0.2:
        skin.put("body", rounded_box((-24, -58, 24, -58 + 34 * pose["open"]), 5), "#ffffff", "in")


def _headphones(skin: Skin, pose: Pose, time: float, colour: str) -> None:
    arc = [(-46, -44), (-46, -92), (0, -126), (46, -92), (46, -44)]
    skin.put("back", tube(arc, (5, 6.5, 7, 6.5, 5), 8), colour)
    skin.put("back", tube([(-30, -110), (0, -121), (30, -110)], (4, 4.5, 4), 6), tone(colour, -0.14), "in")
    for side in (-1, 1):
        cup = skin.put("body", rounded_box((46 * side - 16, -62, 46 * side + 16, 0), 14), colour)
        skin.put("body", rounded_box((29 * side - 7, -56, 29 * side + 7, -6), 7), INK)
        skin.put_inside("body", ellipse((side * 54, -31), 8, 16), tone(colour, 0.12), cup)
    for i in range(2):
        swing = math.sin(time * 3 + i * 2)
        x, y = 72 + 9 * i, -86 - 16 * i + 4 * swing
        skin.put("spark", ellipse((x, y), 5, 4), GOLD)
        skin.put("spark", tube([(x + 4, y), (x + 4, y - 16)], (1.2, 1.2), 2), GOLD)


def _lantern(skin: Skin, pose: Pose, time: float, colour: str) -> None:
    """Draw a paper lantern with a lit heart and a tassel."""
    sway = 4 * math.sin(time * 1.7)
    skin.put("back", tube([(0, -126), (0, -106)], (1.2, 1.2), 2), WOOD)
    skin.put("back", tube([(0, -26), (sway * 0.4, -16), (sway, 0)], (2.2, 2.6, 3.4)), GOLD)
    skin.put("body", ellipse((0, -66), 46, 38), colour)
    glow = 0.10 + 0.02 * math.sin(time * 7)
    skin.put("body", ellipse((0, -64), 30, 29), tone(colour, glow), "glow")
    skin.put("body", ellipse((0, -62), 17, 20), mix(colour, GOLD, 0.5 + 0.1 * math.sin(time * 7)), "glow")
    for x in (-32, -17, 0, 17, 32):
        rib = [(x * 0.4, -104), (x * 1.1, -66), (x * 0.4, -28)]
        skin.put("body", smooth(rib, 5, close=False), tone(colour, -0.14), "line")
    for y in (-108, -32):
        skin.put("near", rounded_box((-20, y, 20, y + 8), 3), GOLD)


def _paper_boat(skin: Skin, pose: Pose, time: float, colour: str) -> None:
    skin.put("back", polygon([(-26, -36), (2, -84), (30, -36)]), tone(colour, -0.05))
    skin.put("back", polygon([(2, -84), (30, -36), (6, -36)]), tone(colour, -0.13), "in")
    hull = skin.put("body", polygon([(-78, -46), (-44, -2), (44, -2), (78, -46), (0, -30)]), colour)
    skin.put_inside("body", polygon([(0, -30), (78, -46), (44, -2), (8, -2)]), tone(colour, -0.08), hull)
    skin.put("body", smooth([(-60, -30), (0, -16), (60, -30)], 4, close=False), tone(colour, -0.2), "line")


def _book(skin: Skin, pose: Pose, time: float, colour: str) -> None:
    """Draw a standing book that opens to both sides."""
    wide = 0.16 + 0.84 * pose["open"]
    for side in (-1, 1):
        cover = [(0, -6), (side * 66 * wide, -2), (side * 66 * wide, -98), (0, -104)]
        skin.put("back", polygon(cover), colour if side > 0 else tone(colour, -0.08))
        page = [(0, -10), (side * 60 * wide, -7), (side * 60 * wide, -93), (0, -98)]
        skin.put("body", polygon(page), "#fbf6e8" if side > 0 else "#efe6d2", "in" if wide < 0.3 else "fill")
        for row in range(6 if wide > 0.4 else 0):
            y = -84 + row * 13
            line = [(side * 8, y), (side * (24 + 12 * ((row * 5) % 3)) * wide, y)]
            skin.put("body", tube(line, (1.1, 1.1), 2), "#a79c88", "in")
    if wide < 0.4:
        front = skin.put("near", rounded_box((-36, -104, 36, 0), 4), colour)
        skin.put_inside("near", box(-36, -104, -24, 0), tone(colour, -0.12), front)
        skin.put_inside("near", rounded_box((-14, -86, 28, -58), 3), GOLD, front)
    else:
        turning = math.sin(time * 2.2)
        skin.put("near", smooth([(0, -12), (30 * turning, -16), (46 * turning, -96), (0, -99)], 2), "#fffaf0")


def _flower(skin: Skin, pose: Pose, time: float, colour: str) -> None:
    """Draw a flower that nods; its petals spread as it opens."""
    nod = 5 * math.sin(time * 1.6)
    wide = 0.82 + 0.3 * pose["open"]
    head = (nod, -104)
    skin.put("back", tube([(0, 0), (-5, -46), head], (3.4, 3, 2.6)), LEAF)
    for side, y in ((-1, -30), (1, -46)):
        leaf = [(0, y), (side * 24, y - 18), (side * 42, y - 16), (side * 24, y - 2), (0, y)]
        skin.put("back", smooth(leaf, 4), LEAF)
    for i in range(8):
        angle = TAU * i / 8 + 0.05 * math.sin(time * 2)
        centre = offset(head, 24 * wide, 0, angle)
        shape = ((-1, 0), (-0.2, -1), (0.9, -0.6), (1.1, 0), (0.9, 0.6), (-0.2, 1), (-1, 0))
        petal = [offset(centre, x * 17, y * 11 * wide, angle) for x, y in shape]
        skin.put("petal", smooth(petal, 4), colour)
    skin.put("near", ellipse(head, 14), GOLD)
    for i in range(5):
        skin.put("near", ellipse(offset(head, 7, 0, i * TAU / 5), 1.8), tone(GOLD, -0.14), "in")


def _umbrella(skin: Skin, pose: Pose, time: float, colour: str) -> None:
    """Draw an umbrella, which an opening spreads from a furled one."""
    wide = pose["open"]
    reach, drop = 14 + 66 * wide, -44 - 48 * wide
    skin.put("back", tube([(0, -146), (0, -16), (4, -4), (13, -4), (16, -14)], (2.2, 2.2, 2.6, 2.6, 2.4)), WOOD)
    dome = [(-reach, drop), (-reach * 0.8, -118), (0, -146), (reach * 0.8, -118), (reach, drop)]
    hem = [(reach * x, drop - (9 * wide if i % 2 else 0)) for i, x in enumerate((1, 0.67, 0.33, 0, -0.33, -0.67, -1))]
    whole = skin.put("body", polygon([*spline(dome).tolist(), *hem]), colour)
    for side in (-1, 1):
        gore = [(0, -148), (side * reach * 0.34, drop - 4), (side * reach * 0.67, drop - 4), (side * reach * 0.4, -130)]
        skin.put_inside("body", smooth([*gore, gore[0]], 3), tone(colour, 0.08), whole)
    skin.put("near", tube([(0, -146), (0, -156)], (2.4, 1.2), 2), WOOD)


def _guitar(skin: Skin, pose: Pose, time: float, colour: str) -> None:
    skin.put("back", tube([(0, -74), (0, -146)], (6, 5), 2), "#5a3a28")
    skin.put("back", rounded_box((-10, -172, 10, -144), 4), "#4a2f20")
    for y in (-166, -158, -150):
        for side in (-1, 1):
            skin.put("back", ellipse((side * 12.5, y), 2.8), "#e9e4d8")
    half = [(0, -88), (27, -84), (33, -66), (25, -48), (40, -26), (30, -4), (0, 0)]
    outline = [*half, *((-x, y) for x, y in half[-2::-1])]
    skin.put("body", smooth(outline, 5), colour)
    skin.put("body", ellipse((0, -52), 13), "#3a2418", "in")
    skin.put("body", rounded_box((-15, -23, 15, -17), 2), "#3a2418", "in")
    for x in (-3.6, -1.2, 1.2, 3.6):
        buzz = 0.9 * math.sin(time * 40 + x)
        skin.put("near", smooth([(x, -20), (x + buzz, -80), (x * 0.8, -146)], 3, close=False), "#f4efe2", "line")


def _cake(skin: Skin, pose: Pose, time: float, colour: str) -> None:
    skin.put("back", ellipse((0, -6), 74, 8), "#e9e4dc")
    for rect, tint in (((-58, -54, 58, -6), colour), ((-40, -92, 40, -50), tone(colour, 0.06))):
        tier = skin.put("body", rounded_box(rect, 7), tint)
        left, top, right, _ = rect
        drips = [(left, top - 4), (right, top - 4), (right, top + 10)]
        count = 6
        for i in range(count):
            x = right - (i + 0.5) * (right - left) / count
            drips += [(x + 6, top + 8), (x, top + 19 + 5 * (i % 2)), (x - 6, top + 8)]
        skin.put_inside("body", smooth([*drips, (left, top + 10), drips[0]], 3), "#fffaf2", tier)
    for x in (-22, 0, 22):
        skin.put("near", tube([(x, -92), (x, -114)], (3, 3), 2), ("#7fc4e8", "#f7d25a", "#9bd48a")[int(x / 22) + 1])
        flare = 1.2 * math.sin(time * 17 + x)
        flame = [(x - 4, -118), (x + flare, -132), (x + 4, -118), (x, -114), (x - 4, -118)]
        skin.put("near", smooth(flame, 4), "#ffb84a", "glow")
    for x in (-30, -10, 10, 30):
        skin.put("near", ellipse((x, -57), 5), "#d8343c")


def _lamp(skin: Skin, pose: Pose, time: float, colour: str) -> None:
    """Draw a table lamp with light under its shade."""
    skin.put("back", ellipse((0, -82), 34, 17), "#fff3c4", "glow")
    skin.put("body", ellipse((0, -6), 34, 7), WOOD)
    skin.put("body", tube([(0, -8), (0, -46), (0, -84)], (5, 9, 4)), WOOD)
    shade = skin.put("near", polygon([(-52, -82), (-30, -138), (30, -138), (52, -82)]), colour)
    skin.put_inside("near", box(-60, -92, 60, -80), tone(colour, -0.12), shade)
    skin.put_inside("near", ellipse((0, -84), 30, 30), tone(colour, 0.10), shade)


DRAWINGS: dict[str, Draw] = VEHICLES | {
    "cup": _cup, "balloon": _balloon, "ball": _ball, "box": _box, "gift": _gift, "phone": _phone,
    "headphones": _headphones, "lantern": _lantern, "paper_boat": _paper_boat, "book": _book, "flower": _flower,
    "umbrella": _umbrella, "guitar": _guitar, "cake": _cake, "lamp": _lamp,
}  # fmt: skip
