"""Plain studio: a backdrop that curves into a table, and panels before it for the subject to stand out from."""

from dataclasses import dataclass

import skia

from models.animatic.painting.sky import SKIES, sheet_shadow
from models.animatic.scenes.scene import Scene
from models.animatic.shape import box, ellipse
from models.animatic.stage import Ramp, Stage

SPACING = 780.0
"""A panel, again and again along the backdrop."""


@dataclass(frozen=True)
class Backdrop:
    """The lit backdrop and the table."""

    def draw(self, stage: Stage) -> None:
        """Paint them."""
        SKIES["gradient"](stage, [stage.map(colour) for colour in stage.palette.sky])
        x = -stage.view.width * (0.06 + 0.1 * stage.rng("lamp")()) * stage.light_side
        stage.screen()
        stage.glow(x, stage.view.y(180), 420 * stage.view.tallness**0.5, stage.map("light"), 0.4)
        stage.layer(1.4, 372)
        table = box(stage.visible[0], -26, stage.visible[1], stage.floor)
        alphas = (stage.value("backdrop", 0.0), 1.0)
        stage.gradient(table, Ramp(("backdrop", "table"), -26, 90, alphas=alphas))


@dataclass(frozen=True)
class Panels:
    """Discs and arches of coloured board, each with a low block beside it, lit from the light's side."""

    def draw(self, stage: Stage) -> None:
        """Paint them."""
        stage.layer(1.6, 352)
        for cell in stage.cells("", SPACING, 1):
            self._panel(stage, cell)

    def _panel(self, stage: Stage, cell: int) -> None:
        rng, side = stage.rng("panel", cell), stage.light_side
        x = cell * SPACING + rng(-24, 24)
        radius = 188 * min(1.25, stage.view.tallness**0.4)
        middle = -radius * 0.98
        board = ellipse((x, middle), radius, radius)
        if cell % 2:
            board.addRect(skia.Rect.MakeLTRB(x - radius, middle, x + radius, 0))
        else:
            board = skia.Op(board, box(x - 900, -900, x + 900, 0), skia.PathOp.kIntersect_PathOp) or board
        stage.fill(ellipse((x - 34 * side, 3), radius * 1.06, 9), "shade", 0.22)
        sheet_shadow(stage, board, 6)
        alphas = (stage.value("solid", 1.0),) * 2
        stage.gradient(board, Ramp(("wall", "wall_foot"), middle - radius, 0, alphas=alphas))
        left = x - side * (radius + 30) - 42
        block = box(left, -rng(44, 74), left + 84, 8)
        sheet_shadow(stage, block, 4)
        stage.fill(ellipse((left + 42 - 20 * side, 8), 62, 6), "shade", 0.22)
        stage.fill(block, "rug", alphas[0])
        top = block.getBounds().top()
        stage.fill(box(left, top, left + 84, top + 7), "rug+8", alphas[0])


SCENE = Scene(back=(Backdrop(), Panels()), outdoors=False)
