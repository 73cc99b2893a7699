"""A cafe with a large window on the street, a counter, lamps; weather stays outside."""

from dataclasses import dataclass

import skia

from models.animatic.painting.architecture import edges, rects
from models.animatic.painting.city import Buildings
from models.animatic.painting.plants import Trees
from models.animatic.painting.sky import Mist, Sky, sheet_shadow
from models.animatic.painting.sun import Sun
from models.animatic.painting.weather import Drift
from models.animatic.scenes.room import Beam, WeatherOutside
from models.animatic.scenes.scene import Scene
from models.animatic.shape import box, ellipse, polygon
from models.animatic.stage import Ramp, Stage

CUPS = ("#f4ece0", "#c86a4a", "#5f8a84", "#e8c87a")
WALL_DEPTH, WALL_Y = 2.2, 344
SPACING = 700.0
"""A window and a counter, again and again along the wall."""


def _bays(stage: Stage) -> list[float]:
    """Return the x of the middle of every window in view."""
    return [cell * SPACING + 110 * stage.light_side for cell in stage.cells("", SPACING, 1)]


def _lintel(stage: Stage) -> float:
    """Return the height of the windows' upper edge: they are taller in a taller picture."""
    return -236 * min(1.8, stage.view.tallness**0.6)


@dataclass(frozen=True)
class Wall:
    """The wall, its windows and panelling, and the floor."""

    def draw(self, stage: Stage) -> None:
        """Paint it."""
        stage.layer(WALL_DEPTH, WALL_Y)
        left, right = stage.visible
        path = box(left, stage.view.top - 900, right, 4)
        for x in _bays(stage):
            path = skia.Op(path, box(x - 150, _lintel(stage), x + 150, -66), skia.PathOp.kDifference_PathOp) or path
        if stage.value("paper_wall", False):
            stage.canvas.drawPath(path, skia.Paint(AntiAlias=True, Color=0xFFF8F3E6))
        alphas = tuple(stage.value("wall", (1.0, 1.0)))
        stage.gradient(path, Ramp(("wall", "wall_foot"), -330, 0, alphas=alphas))
        solid = stage.value("solid", 1.0)
        stage.fill(box(left, -58, right, 4), "board", solid * 0.96)
        panels = rects([(cell * 64 + 8, -48, cell * 64 + 56, -8) for cell in stage.cells("", 64)])
        stage.fill(panels, "board+6", 0.7 * solid)
        rail = box(left, -62, right, -57)
        stage.fill(rail, "board+14", solid)
        edges(stage, [panels, rail])
        for x in _bays(stage):
            self._window(stage, x)
            self._shelves(stage, x + 250)
        floor = box(left, 0, right, stage.floor)
        alphas = tuple(stage.value("floor", (1.0, 1.0)))
        stage.gradient(floor, Ramp(("floor", "floor_near"), 0, 130, alphas=alphas))

    def _window(self, stage: Stage, x: float) -> None:
        top = _lintel(stage)
        frame = rects([
            (x - 158, top - 8, x + 158, top + 2), (x - 158, -68, x + 158, -58), (x - 158, top - 8, x - 149, -58),
            (x + 149, top - 8, x + 158, -58), (x - 52, top, x - 47, -66), (x + 47, top, x + 52, -66),
            (x - 150, top + 40, x + 150, top + 44),
        ])  # fmt: skip
        sheet_shadow(stage, frame, 4)
        stage.fill(frame, "frame")
        edges(stage, [frame])
        sill = box(x - 170, -64, x + 170, -56)
        stage.fill(sill, "frame+6")
        pot = polygon([(x + 98, -64), (x + 94, -84), (x + 122, -84), (x + 118, -64)])
        stage.fill(pot, "rug")
        for dx, dy, size in ((0, -96, 15), (-12, -90, 10), (13, -91, 11)):
            stage.fill(ellipse((x + 108 + dx, dy), size, size * 0.8), "#4f8a54", stage.value("solid", 1.0))

    def _shelves(self, stage: Stage, x: float) -> None:
        """Draw two boards with cups, jars and a slate with the prices."""
        rng = stage.rng("cups", int(x))
        stage.fill(box(x - 76, -250, x + 64, -190), "#2f3230")
        chalk = rects([(x - 64, -240 + i * 13, x - 64 + rng(50, 112), -238 + i * 13) for i in range(4)])
        stage.fill(chalk, "#e8e4d8", 0.7)
        for y in (-150, -104):
            stage.fill(box(x - 84, y, x + 72, y + 6), "board+10")
            at = x - 78
            while at < x + 58:
                wide, tall = rng(9, 16), rng(10, 26)
                stage.fill(box(at, y - tall, at + wide, y), rng.pick(CUPS), stage.value("solid", 1.0), 0.05)
                at += wide + rng(3, 9)


@dataclass(frozen=True)
class Furniture:
    """Round tables with chairs, behind whoever acts."""

    def draw(self, stage: Stage) -> None:
        """Paint them."""
        stage.layer(1.7, 366)
        solid = stage.value("solid", 1.0)
        for cell in stage.cells("", 290):
            x = cell * 290 + stage.rng("table", cell)(-30, 30)
            stage.fill(ellipse((x, 8), 74, 8), "shade", 0.22)
            for way in (-1, 1):
                seat = x + way * 62
                chair = rects([
                    (seat - 18, -36, seat + 18, -30), (seat - 16, -32, seat - 12, 6), (seat + 12, -32, seat + 16, 6),
                    (seat + way * 14 - 2, -82, seat + way * 14 + 3, -32),
                    (seat + way * 14 - 4, -84, seat + way * 14 + 5, -60),
                ])  # fmt: skip
                stage.fill(chair, "board+4", solid)
            stage.fill(rects([(x - 3, -50, x + 3, 4), (x - 20, 2, x + 20, 7)]), "frame-4", solid)
            stage.fill(ellipse((x, -52), 44, 6), "table", solid)
            stage.fill(ellipse((x, -54), 43, 5), "table+10", solid)
            stage.fill(rects([(x - 8, -66, x + 6, -54)]), "#f4ece0", solid)


@dataclass(frozen=True)
class Pendants:
    """Lamps that hang from the ceiling in a row."""

    def draw(self, stage: Stage) -> None:
        """Paint them."""
        stage.layer(1.5, stage.view.y(128))
        dark = stage.palette.stars > 0.1 or stage.palette.low > 0.5
        for cell in stage.cells("", 210):
            x = cell * 210 + 60
            stage.fill(box(x - 0.9, -600, x + 0.9, -26), "#2c2622")
            shade = polygon([(x - 7, -28), (x + 7, -28), (x + 30, 0), (x - 30, 0)])
            stage.fill(shade, "cloth")
            edges(stage, [shade])
            stage.fill(ellipse((x, 1), 22, 4), "#fff0c8", 0.9, 0, "emit")
            if dark:
                stage.glow(x, 10, 130, stage.map("light", 0, "emit"), 0.6)


SCENE = Scene(
    back=(
        Sky((Sun(0.62, 150, 16, 6),)),
        Buildings(12, 292, 0.5, 60, (90, 190)),
        Mist(290, 10, 0.4, 40),
        Trees(6, 322, 0.42, 120, 0.2, kind="broad"),
        WeatherOutside(),
        Wall(),
        Furniture(),
        Pendants(),
        Beam(),
    ),
    front=(Drift("motes", 18, "#fff2cc", 1.7, (5, -5), leaf=False, alpha=0.5),),
    outdoors=False,
)
