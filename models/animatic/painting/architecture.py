"""What stands along a way: a temple, walls, lanterns, street lamps, trees, paving. Each is kept once made."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import skia

from models.animatic.colour import Tint, mix
from models.animatic.painting.sky import sheet_shadow
from models.animatic.shape import Point, box, ellipse, polygon
from models.animatic.stage import Ramp, Stage

Piece = tuple[skia.Path, Tint, float, str]
"""(outline, colour, alpha, role)."""
EDGED = 10
"""How many of a building's pieces have an edge of light, in styles with such edges."""


def paint(stage: Stage, pieces: list[Piece], haze: float) -> None:
    """Fill pieces in order; the first throws the shadow of a sheet of paper."""
    solid = stage.value("solid", 1.0)
    sheet_shadow(stage, pieces[0][0], 5)
    for path, colour, alpha, role in pieces:
        stage.fill(path, colour, alpha if role == "emit" else alpha * solid, haze, role)
    edges(stage, [path for path, *_ in pieces[:EDGED]])


def edges(stage: Stage, paths: Sequence[skia.Path]) -> None:
    """Draw the pale edges of cut paper, or edges of light, in styles that have them."""
    cut, neon = stage.value("cut_edge", None), stage.value("neon_edge", None)
    if not (cut or neon):
        return
    for number, path in enumerate(paths):
        if cut:
            stage.stroke(path, mix(cut, stage.haze, 0.45), 1.5, 0.75)
        else:
            stage.stroke(path, neon[number % 2], 1.4, 0.6)


def rects(boxes: Sequence[tuple[float, float, float, float]]) -> skia.Path:
    """Return rectangles (left, top, right, bottom) as one path."""
    path = skia.Path()
    for left, top, right, bottom in boxes:
        path.addRect(skia.Rect.MakeLTRB(left, top, right, bottom))
    return path


def lights_on(stage: Stage) -> bool:
    """Return whether it is dark enough for lamps."""
    return stage.palette.stars > 0.1 or stage.palette.low > 0.5 or stage.value("moon_only", False)


@dataclass(frozen=True)
class Along:
    """Something that stands at even distances along the way."""

    depth: float
    baseline: float
    spacing: float
    make: Callable[[Stage], list[Piece]]
    lamp: Point | None = None
    """Where it gives light in the dark; None when it does not."""
    shift: float = 0.0
    sways: float = 0.0

    def draw(self, stage: Stage) -> None:
        """Paint every one of them in view."""
        stage.layer(self.depth, self.baseline)
        pieces = stage.keep(("along", self.make.__name__), lambda: self.make(stage))
        places = [cell * self.spacing + self.shift for cell in stage.cells("", self.spacing)]
        for x in places:
            stage.canvas.save()
            stage.canvas.translate(x, 0)
            if self.sways:
                stage.canvas.rotate(self.sways * math.sin(stage.time * 1.4 + x))
            paint(stage, pieces, 0.03)
            if self.lamp and lights_on(stage):
                stage.glow(*self.lamp, 96, stage.map("light", 0, "emit"), 0.75)
            stage.canvas.restore()


def street_lamp(stage: Stage) -> list[Piece]:
    """Return a lamp post, lit in the dark."""
    lit = lights_on(stage)
    post = rects([(-3, -168, 3, 4), (-7, -10, 7, 4), (-11, -172, 11, -168)])
    glass = polygon([(-10, -172), (10, -172), (7, -200), (-7, -200)])
    cap = polygon([(-12, -200), (12, -200), (0, -212)])
    light: Piece = (glass, "window_warm" if lit else "#e8eef0", 1, "emit" if lit else "background")
    return [(post, "#33363e", 1, "background"), light, (cap, "#2c2f36", 1, "background")]


def street_tree(stage: Stage) -> list[Piece]:
    """Return a clipped tree behind the houses' line: a trunk and a crown with its lit side."""
    side, solid = stage.light_side, stage.value("solid", 1.0)
    crown, lit = ellipse((0, -96), 40, 46), skia.Path()
    crown.addPath(ellipse((-26, -78), 26, 26))
    crown.addPath(ellipse((27, -82), 25, 28))
    lit.addPath(ellipse((12 * side, -112), 24, 22))
    return [
        (polygon([(-5, 6), (-3, -70), (3, -70), (5, 6)]), "trunk", solid, "background"),
        (crown, "leaf", solid, "background"),
        (lit, "leaf+8", solid, "background"),
    ]


def lantern(stage: Stage) -> list[Piece]:
    """Return a red paper lantern that hangs from above."""
    lit = lights_on(stage)
    glow = "emit" if lit else "subject"
    body = ellipse((0, 54), 19, 16)
    ribs = rects([(-13, 40, -11.6, 68), (-5, 38, -3.6, 70), (3.6, 38, 5, 70), (11.6, 40, 13, 68)])
    return [
        (rects([(-0.8, -240, 0.8, 38)]), "#4a3028", 1, "background"),
        (body, "#e0402c" if not lit else "#ff6a3a", 1, glow),
        (ribs, "#a02a20", 0.5, "subject"),
        (rects([(-9, 36, 9, 40), (-9, 68, 9, 72), (-1, 72, 1, 90)]), "#e8b84a", 1, "subject"),
    ]


def _roof(x: float, y: float, half: float, tall: float) -> skia.Path:
    """Return a roof whose eaves sweep up at the corners."""
    path = skia.Path()
    path.moveTo(x - half * 1.12, y - tall * 0.16)
    path.quadTo(x - half * 0.75, y + tall * 0.06, x - half * 0.5, y - tall * 0.42)
    path.quadTo(x - half * 0.4, y - tall * 0.8, x - half * 0.36, y - tall)
    path.lineTo(x + half * 0.36, y - tall)
    path.quadTo(x + half * 0.4, y - tall * 0.8, x + half * 0.5, y - tall * 0.42)
    path.quadTo(x + half * 0.75, y + tall * 0.06, x + half * 1.12, y - tall * 0.16)
    path.quadTo(x + half * 0.8, y + tall * 0.16, x + half * 0.55, y + tall * 0.14)
    path.lineTo(x - half * 0.55, y + tall * 0.14)
    path.quadTo(x - half * 0.8, y + tall * 0.16, x - half * 1.12, y - tall * 0.16)
    path.close()
    return path


def temple(stage: Stage) -> list[Piece]:
    """Return a hall on a stone terrace: red columns, lattice doors, two roofs with swept eaves."""
    lit = lights_on(stage)
    pane: Piece = (
        rects([(-118 + i * 62, -92, -74 + i * 62, -20) for i in range(4)]), "window_warm" if lit else "board-6",
        0.95, "emit" if lit else "background",
    )  # fmt: skip
    bars = [(-118 + i * 62 + j * 11, -92, -116 + i * 62 + j * 11, -20) for i in range(4) for j in range(1, 4)]
    bars += [(-118 + i * 62, -70 + j * 25, -74 + i * 62, -68 + j * 25) for i in range(4) for j in range(2)]
    columns = rects([(-146 + i * 70.5, -112, -136 + i * 70.5, -16) for i in range(5)])
    tiles = rects([(-150 + i * 14, -120, -148.5 + i * 14, -104) for i in range(22)])
    return [
        (polygon([(-190, 6), (-176, -16), (176, -16), (190, 6)]), "rock_lit", 1, "background"),
        (rects([(-176, -16, 176, -12), (-30, -16, 30, 6)]), "rock", 0.6, "background"),
        (rects([(-140, -112, 140, -16)]), "wall_foot", 1, "background"),
        pane,
        (rects(bars), "wall-14", 1, "background"),
        (columns, "wall", 1, "background"),
        (rects([(-150, -114, 150, -102)]), "cloth", 0.9, "background"),
        (rects([(-150, -108, 150, -105)]), "#2f7a78", 0.9, "background"),
        (_roof(0, -116, 176, 64), "board", 1, "background"),
        (tiles, "board+9", 0.6, "background"),
        (rects([(-64, -206, 64, -178)]), "wall", 1, "background"),
        (_roof(0, -200, 104, 56), "board+3", 1, "background"),
        (rects([(-44, -262, 44, -255)]), "cloth", 0.9, "background"),
        (polygon([(-6, -262), (0, -284), (6, -262)]), "cloth", 1, "background"),
        (rects([(-26, -142, 26, -122)]), "#23405c", 1, "background"),
        (rects([(-20, -136, -6, -128), (4, -136, 18, -128)]), "#e8c060", 1, "background"),
    ]


def court_wall(stage: Stage) -> list[Piece]:
    """Return a stretch of a tiled wall, 120 long."""
    caps = skia.Path()
    for i in range(10):
        caps.addCircle(6 + i * 12, -57, 5)
    return [
        (rects([(0, -56, 121, 4)]), "wall", 1, "background"),
        (rects([(0, -12, 121, 4)]), "rock", 0.9, "background"),
        (polygon([(0, -56), (121, -56), (121, -72), (0, -72)]), "board", 1, "background"),
        (caps, "board+6", 1, "background"),
    ]


@dataclass(frozen=True)
class Paving:
    """Joints between stones, in perspective."""

    horizon: float
    spacing: float
    colour: str
    alpha: float = 0.4

    def draw(self, stage: Stage) -> None:
        """Paint them."""
        for depth, drop, tall in ((2.2, 8, 1.0), (1.7, 24, 1.3), (1.25, 52, 1.7), (0.98, 92, 2.2)):
            stage.layer(depth, stage.view.y(self.horizon + drop))
            joints = rects([(stage.visible[0], 0, stage.visible[1], tall)])
            for cell in stage.cells("", self.spacing):
                x = cell * self.spacing + self.spacing * 0.5 * (round(depth * 10) % 2)
                joints.addPath(polygon([(x, 0), (x + 1.4 * tall, 0), (x + 1.4 * tall, 40 / depth), (x, 40 / depth)]))
            stage.fill(joints, self.colour, self.alpha * stage.value("speck_dark", 1.0))


@dataclass(frozen=True)
class Pavement:
    """A pavement in front of the houses, a kerb, and the road."""

    top: float = 344
    kerb: float = 424

    def draw(self, stage: Stage) -> None:
        """Paint it."""
        stage.layer(1.9, self.top)
        alphas = (stage.value("ground_far", 1.0), stage.value("ground_near", 1.0))
        plane = box(stage.visible[0], 0, stage.visible[1], stage.floor)
        stage.gradient(plane, Ramp(("ground_far", "ground_near"), 0, 90, (0.12, 0), alphas))
        Paving(self.top, 62, "ground_near-14").draw(stage)
        stage.layer(0.9, stage.view.y(self.kerb + 18))
        left, right = stage.visible
        road = box(left, 0, right, stage.floor)
        stage.fill(box(left, -9, right, 4), "ground_far+4", stage.value("solid", 1.0))
        stage.fill(box(left, -1, right, 5), "ground_near-14", 0.8)
        stage.gradient(road, Ramp(("street", "street_near"), 4, 70, alphas=(stage.value("solid", 1.0),) * 2))
