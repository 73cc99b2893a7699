"""Things without a skeleton: how each is drawn, from a pose and the time."""

import math
from collections.abc import Callable

import skia

from models.animatic.colour import tone
from models.animatic.rigs.skin import Pose, Skin
from models.animatic.shape import TAU, Point, box, ellipse, polygon, rounded_box, smooth, tube

Draw = Callable[[Skin, Pose, float], None]
PAINT = {"cup": "#f4efe6", "car": "#d8433a", "balloon": "#e0473e", "ball": "#e0473e", "boat": "#8a5232"}


def _wheel(skin: Skin, centre: Point, turn: float) -> None:
    skin.put("near", ellipse(centre, 20), "#23252d")
    skin.put("near", ellipse(centre, 11), "#b9c0cc", "in")
    for i in range(5):
        angle = turn + i * TAU / 5
        end = (centre[0] + math.cos(angle) * 10, centre[1] + math.sin(angle) * 10)
        skin.put("near", tube([centre, end], [1.4, 1.4], 2), "#5b6270", "in")


def _coachwork(skin: Skin, y: float, colour: str) -> None:
    """Body, windows and lamps of a car at height y."""
    outline = [
        (-98, y + 8), (-98, y - 18), (-62, y - 26), (-38, y - 52), (22, y - 54), (52, y - 27), (92, y - 18),
        (100, y), (98, y + 10),
    ]  # fmt: skip
    body = skin.put("body", smooth(outline, 5), colour)
    skin.put_inside("body", box(-100, y - 4, 102, y + 1), tone(colour, -0.10), body)
    skin.put("body", smooth([(-32, y - 46), (-50, y - 27), (-4, y - 27), (-4, y - 47)], 2), "#bfe3f2", "in")
    skin.put("body", polygon([(3, y - 48), (3, y - 27), (42, y - 27), (20, y - 47)]), "#bfe3f2", "in")
    skin.put("body", rounded_box((86, y - 14, 100, y - 7), 3), "#fff3b8", "in")
    skin.put("body", rounded_box((-99, y - 14, -90, y - 6), 3), "#ff5a4a", "in")


def _car(skin: Skin, pose: Pose, time: float) -> None:
    _coachwork(skin, -26, PAINT["car"])
    for x in (-58, 58):
        _wheel(skin, (x, -20), pose["roll"] * TAU)


def flying_car(colour: str) -> Skin:
    """Return a car with two glowing pads instead of wheels."""
    skin = Skin()
    _coachwork(skin, -34, colour)
    for left in (-70, 30):
        skin.put("near", rounded_box((left, -26, left + 46, -17), 4), "#3fe0ff")
    return skin


def _cup(skin: Skin, pose: Pose, time: float) -> None:
    colour = PAINT["cup"]
    skin.put("back", ellipse((0, -5), 62, 9), tone(colour, -0.06))
    skin.put("back", ellipse((0, -7), 40, 5), tone(colour, -0.16), "in")
    outer = skia.Path.Oval(skia.Rect.MakeLTRB(26, -66, 68, -26))
    skin.put("far", skia.Op(outer, ellipse((46, -46), 12, 11), skia.PathOp.kDifference_PathOp), colour)
    bowl = [(-42, -84), (-41, -60), (-34, -28), (-20, -10), (20, -10), (34, -28), (41, -60), (42, -84)]
    skin.put("body", smooth(bowl, 6), colour)
    skin.put("body", ellipse((0, -84), 42, 10), tone(colour, -0.05))
    skin.put("body", ellipse((0, -83), 37, 8), "#5a3623", "in")
    skin.put("body", ellipse((-6, -84), 24, 4.6), "#8a5a38", "in")


def _rocket(skin: Skin, pose: Pose, time: float) -> None:
    thrust = pose["thrust"] * (1 + 0.25 * math.sin(time * 31) + 0.15 * math.sin(time * 53))
    if pose["thrust"] > 0.02:
        outer = [
            (-14, -34),
            (-10, 6 * thrust - 30 * (1 - thrust)),
            (0, 34 * thrust),
            (10, 6 * thrust - 30 * (1 - thrust)),
            (14, -34),
        ]
        skin.put("back", smooth(outer, 5), "#ff8a2c", "glow")
        skin.put("back", smooth([(-8, -34), (-5, 0), (0, 14 * thrust), (5, 0), (8, -34)], 5), "#fff0b0", "glow")
    for side in (-1, 1):
        skin.put("far", polygon([(side * 18, -90), (side * 44, 0), (side * 36, 0), (side * 14, -44)]), "#c8433c")
    hull = [(-16, -36), (-25, -90), (-20, -150), (0, -196), (20, -150), (25, -90), (16, -36)]
    body = skin.put("body", smooth(hull, 6), "#f1f2f5")
    skin.put_inside("body", smooth([(-19, -156), (0, -198), (19, -156)], 6), "#d8433a", body)
    skin.put_inside("body", box(-30, -56, 30, -48), "#b9c0cc", body)
    skin.put("body", ellipse((0, -122), 12), "#8d95a5", "in")
    skin.put("body", ellipse((0, -122), 8.5), "#3a6ea8", "in")
    skin.put("body", rounded_box((-4, -84, 4, -34), 4), "#c8433c", "in")


def _balloon(skin: Skin, pose: Pose, time: float) -> None:
    sway = 3 * math.sin(time * 1.9)
    skin.put("back", tube([(0, -60), (3 + sway, -30), (-2 - sway, 0)], [1, 1, 1]), "#6b5a52")
    outline = [(0, -60), (-34, -104), (-30, -146), (0, -164), (30, -146), (34, -104), (0, -60)]
    skin.put("body", smooth(outline, 6), PAINT["balloon"])
    skin.put("body", polygon([(-5, -56), (5, -56), (0, -63)]), PAINT["balloon"])
    skin.put("body", ellipse((-12, -136), 7, 11), "#ffd0c4", "in")


def _boat(skin: Skin, pose: Pose, time: float) -> None:
    billow = 10 * math.sin(time * 1.7)
    skin.put("far", tube([(0, -28), (0, -150)], [3, 2], 2), "#5a3a28")
    skin.put("far", smooth([(4, -148), (40 + billow, -104), (52 + billow, -44), (4, -40)]), "#f6efe0")
    skin.put("far", smooth([(-4, -136), (-30 + billow * 0.5, -86), (-34 + billow * 0.5, -46), (-4, -44)]), "#e6dcc6")
    hull = skin.put("body", polygon([(-82, -32), (-62, -2), (54, -2), (88, -36)]), PAINT["boat"])
    skin.put_inside("body", polygon([(-90, -36), (-90, -25), (90, -28), (90, -40)]), "#f1e6d2", hull)


def _ball(skin: Skin, pose: Pose, time: float) -> None:
    whole = skin.put("body", ellipse((0, -26), 26), PAINT["ball"])
    turn = pose["roll"] * TAU
    for i in range(3):
        angle = turn + i * TAU / 3
        ends = [(math.cos(angle + d) * 34, math.sin(angle + d) * 34 - 26) for d in (-0.42, 0.42)]
        skin.put_inside("body", polygon([(0, -26), *ends]), "#f6efe0", whole)
    skin.put("body", ellipse((0, -26), 6), "#3a6ea8", "in")


DRAWINGS: dict[str, Draw] = {
    "cup": _cup,
    "car": _car,
    "rocket": _rocket,
    "balloon": _balloon,
    "boat": _boat,
    "ball": _ball,
}
