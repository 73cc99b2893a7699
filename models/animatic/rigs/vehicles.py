"""What carries people on the ground, on water and in the air: how each is drawn, from a pose and the time."""

import math
from collections.abc import Callable

import skia

from models.animatic.colour import tone
from models.animatic.rigs.skin import Pose, Skin
from models.animatic.shape import TAU, Point, box, ellipse, polygon, rounded_box, smooth, tube

Draw = Callable[[Skin, Pose, float, str], None]
GLASS, TYRE, STEEL, LAMP = "#bfe3f2", "#23252d", "#8d95a5", "#fff3b8"


def _wheel(skin: Skin, centre: Point, turn: float, radius: float = 20.0) -> None:
    skin.put("near", ellipse(centre, radius), "#23252d")
    skin.put("near", ellipse(centre, radius * 0.55), "#b9c0cc", "in")
    for i in range(5):
        angle = turn + i * TAU / 5
        end = (centre[0] + math.cos(angle) * radius / 2, centre[1] + math.sin(angle) * radius / 2)
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


def _car(skin: Skin, pose: Pose, time: float, colour: str) -> None:
    _coachwork(skin, -26, colour)
    for x in (-58, 58):
        _wheel(skin, (x, -20), pose["roll"] * TAU)


def flying_car(colour: str) -> Skin:
    """Return a car with two glowing pads instead of wheels."""
    skin = Skin()
    _coachwork(skin, -34, colour)
    for left in (-70, 30):
        skin.put("near", rounded_box((left, -26, left + 46, -17), 4), "#3fe0ff")
    return skin


def _windows(skin: Skin, edges: tuple[float, float, float, float], count: int, body: skia.Path) -> None:
    """Put a row of windows inside (left, top, right, bottom)."""
    left, top, right, bottom = edges
    pitch = (right - left) / count
    for i in range(count):
        pane = rounded_box((left + i * pitch, top, left + (i + 0.82) * pitch, bottom), 3)
        skin.put_inside("body", pane, GLASS, body)


def _smoke(skin: Skin, root: Point, time: float, amount: float) -> None:
    """Puff from a chimney, backwards."""
    for i in range(4):
        age = (time * 0.7 + i / 4) % 1
        centre = (root[0] - 58 * age * (0.4 + amount), root[1] - 34 * age - 4)
        skin.put("back2", ellipse(centre, (5 + 13 * age) * min(1.0, 5 * (1 - age))), "#e9e9ee", "in")


def _bus(skin: Skin, pose: Pose, time: float, colour: str) -> None:
    body = skin.put("body", rounded_box((-128, -122, 128, -18), 16), colour)
    skin.put_inside("body", box(-130, -54, 130, -44), "#f7f1e3", body)
    _windows(skin, (-114, -108, 74, -64), 5, body)
    skin.put_inside("body", rounded_box((82, -108, 140, -58), 6), GLASS, body)
    skin.put_inside("body", rounded_box((62, -104, 84, -20), 3), tone(colour, -0.1), body)
    skin.put("body", rounded_box((118, -44, 130, -33), 4), LAMP, "in")
    skin.put("body", rounded_box((-130, -44, -122, -33), 3), "#ff5a4a", "in")
    for x in (-76, 34):
        _wheel(skin, (x, -21), pose["roll"] * TAU, 21)


def _truck(skin: Skin, pose: Pose, time: float, colour: str) -> None:
    skin.put("far", box(-118, -36, 96, -24), "#4a4f5a")
    cargo = skin.put("back", rounded_box((-124, -124, 38, -34), 5), "#f1ece1")
    skin.put_inside("back", box(-124, -62, 38, -52), colour, cargo)
    cab = [(44, -24), (44, -98), (54, -106), (84, -106), (100, -66), (112, -60), (114, -24)]
    body = skin.put("body", polygon(cab), colour)
    skin.put_inside("body", polygon([(60, -96), (82, -96), (95, -64), (60, -64)]), GLASS, body)
    skin.put_inside("body", box(40, -34, 120, -24), tone(colour, -0.12), body)
    skin.put("body", rounded_box((104, -52, 116, -42), 4), LAMP, "in")
    for x in (-92, -46, 78):
        _wheel(skin, (x, -21), pose["roll"] * TAU, 21)


def _bicycle(skin: Skin, pose: Pose, time: float, colour: str) -> None:
    turn = pose["roll"] * TAU
    for x in (-46, 46):
        rim = skia.Op(ellipse((x, -34), 34), ellipse((x, -34), 29.5), skia.PathOp.kDifference_PathOp)
        skin.put("back", rim, TYRE)
        for i in range(8):
            angle = turn + i * TAU / 8
            end = (x + 30 * math.cos(angle), -34 + 30 * math.sin(angle))
            skin.put("back", tube([(x, -34), end], (0.7, 0.7), 2), "#9aa2ad", "in")
    pedal, seat, head, hub = (-6.0, -32.0), (-18.0, -78.0), (30.0, -80.0), (-46.0, -34.0)
    skin.anchors["seat"] = (-23.0, -91.0)
    crank = (pedal[0] + 13 * math.cos(turn * 0.6), pedal[1] + 13 * math.sin(turn * 0.6))
    for start, end in (
        (hub, pedal),
        (pedal, seat),
        (seat, head),
        (pedal, head),
        (hub, (-16.0, -70.0)),
        (head, (46.0, -34.0)),
    ):
        skin.put("body", tube([start, end], (3, 3), 2), colour)
    skin.put("body", tube([pedal, crank], (2, 2), 2), STEEL)
    skin.put("body", tube([(crank[0] - 6, crank[1]), (crank[0] + 6, crank[1])], (2.2, 2.2), 2), TYRE)
    skin.put("body", ellipse(pedal, 8), STEEL)
    skin.put("body", tube([(-32, -86), (-16, -86), (-6, -84)], (4.5, 4, 2.2)), "#5a3a28")
    skin.put("body", tube([head, (27, -96), (40, -100), (46, -94)], (2.4, 2.4, 2.4, 2.6)), "#4a4f5a")
    skin.put("near", rounded_box((38, -92, 66, -72), 4), "#b98a5a")
    for x in (46, 56):
        skin.put("near", tube([(x, -90), (x, -74)], (1, 1), 2), "#8d6238", "in")


def _train(skin: Skin, pose: Pose, time: float, colour: str) -> None:
    """Draw a small steam engine with one carriage."""
    _smoke(skin, (88, -122), time, pose["rush"])
    skin.put("far", box(-140, -30, 120, -22), "#3a3d46")
    carriage = skin.put("back", rounded_box((-182, -100, -54, -26), 7), tone(colour, 0.08))
    for i in range(4):
        skin.put_inside("back", rounded_box((-172 + i * 30, -88, -150 + i * 30, -62), 3), GLASS, carriage)
    skin.put("back", rounded_box((-188, -110, -48, -98), 5), "#4a3a38")
    boiler = skin.put("body", rounded_box((0, -84, 106, -34), 18), "#39424e")
    for x in (30, 66):
        skin.put_inside("body", box(x, -90, x + 5, -30), "#d9a441", boiler)
    cab = skin.put("body", box(-46, -112, 8, -30), colour)
    skin.put_inside("body", rounded_box((-34, -100, -4, -72), 3), GLASS, cab)
    skin.put("body", rounded_box((-54, -122, 16, -110), 5), "#4a3a38")
    skin.put("body", polygon([(80, -84), (76, -118), (102, -118), (96, -84)]), "#2b2f38")
    skin.put("body", ellipse((44, -86), 11, 10), "#d9a441")
    skin.put("body", ellipse((107, -58), 7), LAMP, "in")
    skin.put("body", polygon([(100, -34), (128, -4), (84, -4)]), "#c8433c")
    turn = pose["roll"] * TAU * 20 / 17
    for x, radius in ((-160, 14), (-82, 14), (-24, 21), (26, 21), (70, 15)):
        _wheel(skin, (x, -radius), turn * 17 / radius, radius)
    rod = [
        (-24 + 12 * math.cos(turn), -21 + 12 * math.sin(turn)),
        (26 + 12 * math.cos(turn), -21 + 12 * math.sin(turn)),
    ]
    skin.put("near", tube(rod, (2.6, 2.6), 2), "#c9ced8")


def _boat(skin: Skin, pose: Pose, time: float, colour: str) -> None:
    billow = 10 * math.sin(time * 1.7)
    skin.anchors["seat"] = (-42.0, -26.0)
    skin.put("far", tube([(0, -28), (0, -150)], [3, 2], 2), "#5a3a28")
    skin.put("far", smooth([(4, -148), (40 + billow, -104), (52 + billow, -44), (4, -40)]), "#f6efe0")
    skin.put("far", smooth([(-4, -136), (-30 + billow * 0.5, -86), (-34 + billow * 0.5, -46), (-4, -44)]), "#e6dcc6")
    hull = skin.put("body", polygon([(-82, -32), (-62, -2), (54, -2), (88, -36)]), colour)
    skin.put_inside("body", polygon([(-90, -36), (-90, -25), (90, -28), (90, -40)]), "#f1e6d2", hull)


def _ship(skin: Skin, pose: Pose, time: float, colour: str) -> None:
    for x in (-34, 10):
        _smoke(skin, (x, -150), time, pose["rush"])
        funnel = skin.put("back", polygon([(x - 12, -104), (x - 9, -150), (x + 11, -150), (x + 12, -104)]), colour)
        skin.put_inside("back", box(x - 20, -152, x + 20, -141), "#2b2f38", funnel)
    for left, top, right, panes in ((-84, -110, 52, 7), (-104, -84, 74, 9)):
        deck = skin.put("body", rounded_box((left, top, right, top + 30), 4), "#fbf8f0")
        _windows(skin, (left + 8, top + 8, right - 6, top + 18), panes, deck)
    outline = [(-152, -62), (-136, -2), (118, -2), (158, -68), (120, -58)]
    hull = skin.put("body", polygon(outline), tone("#2c3a55", 0.0))
    skin.put_inside("body", box(-160, -18, 170, 0), colour, hull)
    skin.put_inside("body", box(-160, -66, 170, -54), "#fbf8f0", hull)
    for i in range(7):
        skin.put("body", ellipse((-104 + i * 32, -38), 4), "#dfe8ee", "in")


def _plane(skin: Skin, pose: Pose, time: float, colour: str) -> None:
    gear = 1 - min(1.0, pose["thrust"])
    for x in (-14, 74):
        skin.put("far", tube([(x, -34), (x, -34 + 24 * gear)], (2.4, 2.4), 2), STEEL)
        if gear > 0.3:
            _wheel(skin, (x, -9 - 22 * (1 - gear)), pose["roll"] * TAU, 8.5)
    skin.put("back", polygon([(-112, -66), (-142, -124), (-116, -124), (-78, -70)]), colour)
    skin.put("far", polygon([(20, -58), (-30, -98), (-50, -98), (-22, -56)]), "#c3cbd8")
    hull = [(128, -52), (108, -70), (60, -78), (-60, -78), (-128, -66), (-120, -56), (-50, -38), (80, -36), (118, -42)]
    body = skin.put("body", smooth([*hull, hull[0]], 4), "#f4f5f8")
    skin.put_inside("body", box(-140, -52, 140, -46), colour, body)
    for i in range(9):
        skin.put("body", rounded_box((-66 + i * 16, -67, -58 + i * 16, -58), 3), "#7fb2d4", "in")
    skin.put_inside("body", polygon([(92, -74), (100, -60), (124, -58), (120, -74)]), "#3f5f80", body)
    skin.put("near", polygon([(30, -50), (-36, -12), (-62, -12), (-20, -50)]), "#d9dee8")
    skin.put("near", rounded_box((-18, -34, 22, -20), 7), tone(colour, -0.04))
    skin.put("near", polygon([(-92, -62), (-128, -46), (-140, -46), (-116, -66)]), "#d9dee8")


def _helicopter(skin: Skin, pose: Pose, time: float, colour: str) -> None:
    spin = time * (9 + 22 * pose["thrust"] + 14 * pose["rush"])
    skin.put("far", tube([(-30, -8), (34, -8)], (2.4, 2.4), 2), "#4a4f5a")
    for x in (-16, 22):
        skin.put("far", tube([(x, -36), (x, -4)], (2, 2), 2), "#4a4f5a")
    skin.put("far", tube([(-46, -2), (52, -2), (60, -8)], (2.6, 2.6, 2)), "#4a4f5a")
    skin.put("back", polygon([(-30, -80), (-134, -84), (-134, -76), (-30, -50)]), tone(colour, -0.03))
    skin.put("back", polygon([(-132, -80), (-152, -112), (-136, -112), (-116, -82)]), colour)
    for i in range(2):
        angle = time * 29 + i * math.pi / 2
        blade = [
            (-142 + 17 * math.cos(angle), -86 + 17 * math.sin(angle)),
            (-142 - 17 * math.cos(angle), -86 - 17 * math.sin(angle)),
        ]
        skin.put("back", tube(blade, (1.6, 1.6), 2), "#3a3d46")
    hull = [(66, -56), (50, -88), (10, -100), (-36, -92), (-50, -68), (-36, -40), (20, -30), (56, -36)]
    body = skin.put("body", smooth([*hull, hull[0]], 4), colour)
    skin.put_inside("body", smooth([(72, -52), (48, -92), (14, -94), (16, -54), (72, -52)], 3), GLASS, body)
    skin.put_inside("body", rounded_box((-24, -86, 6, -56), 4), GLASS, body)
    skin.put("body", tube([(0, -98), (0, -114)], (4, 3), 2), "#4a4f5a")
    reach = 128 * math.cos(spin)
    skin.put(
        "near", tube([(-reach, -116 + 0.02 * reach), (0, -117), (reach, -116 - 0.02 * reach)], (2.4, 3, 2.4)), "#3a3d46"
    )
    skin.put("near", tube([(-118, -116), (118, -116)], (1, 1), 2), "#8d95a5", "in")


def _rocket(skin: Skin, pose: Pose, time: float, colour: str) -> None:
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
        skin.put(
            "far", polygon([(side * 18, -90), (side * 44, 0), (side * 36, 0), (side * 14, -44)]), tone(colour, -0.05)
        )
    hull = [(-16, -36), (-25, -90), (-20, -150), (0, -196), (20, -150), (25, -90), (16, -36)]
    body = skin.put("body", smooth(hull, 6), "#f1f2f5")
    skin.put_inside("body", smooth([(-19, -156), (0, -198), (19, -156)], 6), colour, body)
    skin.put_inside("body", box(-30, -56, 30, -48), "#b9c0cc", body)
    skin.put("body", ellipse((0, -122), 12), "#8d95a5", "in")
    skin.put("body", ellipse((0, -122), 8.5), "#3a6ea8", "in")
    skin.put("body", rounded_box((-4, -84, 4, -34), 4), tone(colour, -0.05), "in")


def _ufo(skin: Skin, pose: Pose, time: float, colour: str) -> None:
    if pose["thrust"] > 0.1:
        beam = [(-26, -34), (26, -34), (52, 34), (-52, 34)]
        skin.put("back", polygon(beam), "#bdf7d8", "glow")
    dome = skin.put("back", ellipse((0, -72), 44, 40), "#c9eef4")
    skin.put_inside("back", ellipse((0, -66), 17, 20), "#7ec98a", dome)
    for x in (-7, 7):
        skin.put_inside("back", ellipse((x, -70), 4.2, 6), "#1a1416", dome)
        skin.put_inside("back", ellipse((x + 1.4, -72), 1.4), "#ffffff", dome)
    skin.put_inside("back", smooth([(-5, -59), (0, -56.5), (5, -59)], 3), "#3f6f4c", dome)
    hull = [(-102, -44), (-60, -60), (0, -64), (60, -60), (102, -44), (56, -28), (0, -23), (-56, -28)]
    body = skin.put("body", smooth([*hull, hull[0]], 4), colour)
    skin.put_inside("body", box(-110, -40, 110, -20), tone(colour, -0.12), body)
    for i in range(6):
        lit = (int(time * 5) + i) % 3 == 0
        skin.put(
            "body", ellipse((-70 + 28 * i, -40 + 2.2 * abs(i - 2.5) * -1), 5.4), "#fff3b0" if lit else "#f2933c", "glow"
        )


def _hot_air_balloon(skin: Skin, pose: Pose, time: float, colour: str) -> None:
    sway = 1.5 * math.sin(time * 1.3)
    for x in (-15, 15):
        skin.put("back", tube([(x + sway, -34), (x * 1.7, -84)], (1, 1), 2), "#6b5a52")
    if pose["thrust"] > 0.05 or math.sin(time * 1.4) > 0.4:
        flame = 12 + 5 * math.sin(time * 23)
        skin.put("back", smooth([(-5, -52), (0, -56 - flame), (5, -52), (-5, -52)], 4), "#ffb03c", "glow")
    outline = [
        (-22, -84),
        (-74, -150),
        (-88, -210),
        (-58, -268),
        (0, -290),
        (58, -268),
        (88, -210),
        (74, -150),
        (22, -84),
    ]
    whole = skin.put("body", smooth([*outline, outline[0]], 5), colour)
    for share in (-0.62, 0.0, 0.62):
        rib = [(share * 26, -80), (share * 92, -180), (share * 78, -250), (share * 14, -292)]
        skin.put_inside("body", tube(rib, (5, 15, 13, 2)), "#fbf0d9", whole)
    skin.put_inside("body", polygon([(-90, -150), (-90, -138), (90, -138), (90, -150)]), tone(colour, -0.12), whole)
    basket = skin.put("near", rounded_box((-19 + sway, -36, 19 + sway, -4), 5), "#a9743f")
    for y in (-27, -18, -10):
        skin.put_inside("near", box(-30, y, 30, y + 1.6), "#7d5228", basket)
    skin.put("near", rounded_box((-22 + sway, -40, 22 + sway, -33), 3), "#7d5228")


VEHICLES: dict[str, Draw] = {
    "car": _car, "bus": _bus, "truck": _truck, "bicycle": _bicycle, "train": _train, "boat": _boat, "ship": _ship,
    "plane": _plane, "helicopter": _helicopter, "rocket": _rocket, "ufo": _ufo, "hot_air_balloon": _hot_air_balloon,
}  # fmt: skip
