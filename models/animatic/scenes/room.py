"""Room with a window, curtains, a bookshelf and a rug; weather stays outside the window."""

import math
from dataclasses import dataclass

import skia

from models.animatic.colour import pack, rgba
from models.animatic.painting.architecture import edges
from models.animatic.painting.land import Ridge
from models.animatic.painting.plants import Trees
from models.animatic.painting.sky import Sky, sheet_shadow
from models.animatic.painting.sun import Sun
from models.animatic.painting.weather import Drift, Fog, Rain, Snow
from models.animatic.scenes.scene import Scene
from models.animatic.shape import box, ellipse, polygon, smooth
from models.animatic.stage import Ramp, Stage

BOOKS = ("#b8503c", "#3f6a7a", "#d9a441", "#5f7a4a", "#7a4a6a")
WALL_DEPTH, WALL_Y = 2.2, 340


def _window(stage: Stage) -> float:
    """Return the x of the window's left edge in the wall's layer."""
    return 150 * stage.light_side - 105 + stage.rng("window")(-24, 24)


@dataclass(frozen=True)
class WeatherOutside:
    """Rain or snow, which the wall then hides all round the window."""

    def draw(self, stage: Stage) -> None:
        """Paint it."""
        painters = {"rain": Rain(240, ripples=False), "snow": Snow(160), "fog": Fog()}
        if stage.spec.weather in painters:
            painters[stage.spec.weather].draw(stage)


@dataclass(frozen=True)
class Wall:
    """The wall with a hole for the window, the frame, curtains, shelf and skirting board."""

    def draw(self, stage: Stage) -> None:
        """Paint it."""
        stage.layer(WALL_DEPTH, WALL_Y)
        left, right = stage.visible
        x = _window(stage)
        top = stage.view.top - 800
        opening = box(x, -262, x + 210, -84)
        wall = skia.Op(box(left, top, right, 4), opening, skia.PathOp.kDifference_PathOp)
        if stage.value("paper_wall", False):
            stage.canvas.drawPath(wall, skia.Paint(AntiAlias=True, Color4f=rgba(stage.style.paper)))
        alphas = tuple(stage.value("wall", (1.0, 1.0)))
        stage.gradient(wall, Ramp(("wall", "wall_foot"), -340, 0, alphas=alphas))
        self._frame(stage, x)
        self._curtains(stage, x)
        self._shelf(stage, x + (330 if x < -105 else -230))
        floor = box(left, 0, right, stage.floor)
        alphas = tuple(stage.value("floor", (1.0, 1.0)))
        stage.gradient(floor, Ramp(("floor", "floor_near"), 0, 140, alphas=alphas))
        skirting = box(left, -10, right, 2)
        stage.fill(skirting, "frame-5")
        edges(stage, [skirting])

    def _frame(self, stage: Stage, x: float) -> None:
        frame = skia.Path()
        for x0, y0, x1, y1 in (
            (-9, -271, 0, -78), (210, -271, 219, -78), (-9, -271, 219, -262), (-16, -84, 226, -74),
            (102, -262, 108, -84), (0, -176, 210, -171),
        ):  # fmt: skip
            frame.addRect(skia.Rect.MakeLTRB(x + x0, y0, x + x1, y1))
        sheet_shadow(stage, frame, 4)
        stage.fill(frame, "frame")
        edges(stage, [frame])

    def _curtains(self, stage: Stage, x: float) -> None:
        """Two curtains that breathe with the wind."""
        wind = math.sin(stage.time * 1.1) * 4
        for side in (-1, 1):
            at = x + 105 + side * 122
            cloth = [
                (at - side * 34, -276), (at - side * (20 + wind), -180), (at - side * (30 + wind * 1.5), -60),
                (at + side * 14, -58), (at + side * 16, -276),
            ]  # fmt: skip
            curtain = smooth(cloth)
            sheet_shadow(stage, curtain, 5)
            stage.fill(curtain, "cloth", 0.96)
            edges(stage, [curtain])
            fold = [
                (at - side * 8, -276), (at - side * (2 + wind), -170), (at - side * (6 + wind), -60),
                (at + side * 2, -60), (at + side * 2, -276),
            ]  # fmt: skip
            stage.fill(smooth(fold), "cloth-8", 0.7)

    def _shelf(self, stage: Stage, x: float) -> None:
        """Draw a board with a row of books."""
        board = box(x, -190, x + 120, -182)
        sheet_shadow(stage, board, 4)
        stage.fill(board, "board+12")
        edges(stage, [board])
        rng = stage.rng("books")
        book_x = x + 6
        while book_x < x + 100:
            width, height = rng(7, 14), rng(30, 52)
            stage.fill(box(book_x, -190 - height, book_x + width, -190), rng.pick(BOOKS), role="subject")
            book_x += width + 1.5


@dataclass(frozen=True)
class Floor:
    """Boards and a round rug."""

    def draw(self, stage: Stage) -> None:
        """Paint them."""
        stage.layer(1.6, 360)
        boards = skia.Path()
        deep = stage.view.bottom - 480
        for y in (4, 18, 40, 74, *(74 + 44 * i for i in range(1, 2 + int(deep / 44)))):
            boards.addRect(skia.Rect.MakeLTRB(stage.visible[0], y, stage.visible[1], y + 1.2))
        stage.fill(boards, "board", 0.35)
        stage.layer(1.0, 408)
        for radius, colour in ((250, "rug"), (226, "rug+12"), (204, "rug+4")):
            stage.fill(ellipse((0, 4), radius, radius * 0.118), colour, 0.92)


@dataclass(frozen=True)
class Beam:
    """Light that falls in through the window."""

    def draw(self, stage: Stage) -> None:
        """Paint it."""
        if not stage.value("window_beam", True) or stage.clouded or stage.palette.stars > 0.5:
            return
        stage.screen()
        x = (_window(stage) + 105 - stage.now.camera[0] / WALL_DEPTH) * 1.2
        slant = stage.light_side * 230
        bottom = stage.view.bottom
        light = stage.map("light")
        stops = [pack(light, 0.42), pack(light, 0.06)]
        shader = skia.GradientShader.MakeLinear([(x, 90), (x - stage.light_side * 190, 470)], stops)
        paint = skia.Paint(AntiAlias=True, Dither=True, Shader=shader, BlendMode=skia.BlendMode.kScreen)
        beam = [(x - 110, 60), (x + 110, 60), (x + 130 - slant, bottom), (x - 210 - slant, bottom)]
        stage.canvas.drawPath(polygon(beam), paint)


@dataclass(frozen=True)
class Lamp:
    """A warm light in the room at night."""

    def draw(self, stage: Stage) -> None:
        """Paint it."""
        if stage.palette.stars > 0.5:
            stage.screen()
            stage.glow(
                -stage.light_side * 190 - stage.now.camera[0] / WALL_DEPTH, 190, 330, stage.map("light", 0, "emit"), 0.4
            )


SCENE = Scene(
    back=(
        Sky((Sun(0.62, 170, 16, 6),)),
        Ridge("hills outside", 12, 250, 40, 0.008, 0.35, "leaf+6"),
        Trees(9, 272, 0.3, 110, 0.34, kind="broad"),
        WeatherOutside(),
        Wall(),
        Floor(),
        Beam(),
        Lamp(),
    ),
    front=(Drift("motes", 24, "#fff2cc", 1.8, (6, -5), leaf=False, alpha=0.6),),
    outdoors=False,
)
