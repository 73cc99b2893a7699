"""A row of houses with shops below, no two alike: walls, roofs, windows, shop fronts. Each is kept once made."""

from dataclasses import dataclass

import skia

from models.animatic.colour import Colour, Tint, mix, tone
from models.animatic.painting.architecture import Piece, lights_on, paint, rects
from models.animatic.shape import Point, box, polygon
from models.animatic.stage import Stage

SIDE_STREET = 4
"""Every how many houses a side street opens a way to what lies behind."""
AWNINGS = ("#c8503c", "#3f7a6a", "#d9a03c", "#44648c", "#8c4a6a")
PLASTER = ("#e6c68e", "#bf6f52", "#a9bda4", "#e0d8c8", "#8fa9be", "#cf9a94", "#d8a25c")
CROWNS = ("cornice", "gable", "mansard", "stepped", "cornice")
"""How a house ends above."""
WINDOWS = ((3, 40.0, 40.0), (4, 26.0, 48.0), (2, 62.0, 40.0), (5, 20.0, 46.0))
"""Windows of a floor: how many, how wide and how high."""


def _crown(kind: str, x: float, wide: float, tall: float) -> skia.Path:
    """Return what stands on a house's walls: a roof, or a parapet with its chimney."""
    right = x + wide
    if kind == "gable":
        return polygon([(x + 10, -tall), (x + wide / 2, -tall - 70), (right - 10, -tall)])
    if kind == "mansard":
        return polygon([(x, -tall), (x + 16, -tall - 48), (right - 16, -tall - 48), (right, -tall)])
    if kind == "stepped":
        return rects(
            [(x + wide * (0.14 * i), -tall - 22 * (i + 1), right - wide * (0.14 * i), -tall) for i in range(3)]
        )
    return rects([(x, -tall - 16, right, -tall), (x + wide * 0.7, -tall - 46, x + wide * 0.8, -tall)])


@dataclass(frozen=True)
class ShopFronts:
    """A row of houses, each with a shop below and windows above."""

    depth: float
    baseline: float
    haze: float = 0.05

    spacing = 236.0

    def draw(self, stage: Stage) -> None:
        """Paint them."""
        stage.layer(self.depth, self.baseline)
        gap = int(stage.rng("side street")(0, SIDE_STREET))
        for cell in stage.cells("", self.spacing, 1):
            if cell % SIDE_STREET == gap:
                continue
            pieces, sign = stage.keep(("shop", cell), lambda c=cell: self._house(stage, c))
            paint(stage, pieces, self.haze)
            if lights_on(stage):
                stage.glow(*sign, 120, stage.map("light", 0, "emit"), 0.5)

    def _house(self, stage: Stage, cell: int) -> tuple[list[Piece], Point]:
        rng = stage.rng("shop", cell)
        x, wide = cell * self.spacing, self.spacing - 2
        storeys = 2 + int(rng(0, 2.3) + 1.4 * max(0.0, stage.view.tallness - 1))
        tall = 118 + 74.0 * (storeys - 1)
        plaster = self._plaster(stage, PLASTER[(cell * 5 + int(rng(0, 2))) % len(PLASTER)])
        ledges = rects([(x - 3, -tall - 8, x + wide + 3, -tall), (x, -118, x + wide, -112)])
        pieces: list[Piece] = [
            (box(x, -tall, x + wide, 4), plaster, 1, "background"),
            (_crown(rng.pick(CROWNS), x, wide, tall), tone(plaster, -0.12), 1, "background"),
            (ledges, tone(plaster, 0.06), 1, "background"),
        ]
        pieces += self._upper(stage, x, storeys, rng.pick(WINDOWS))
        pieces += self._shop(stage, x, tone(plaster, -0.26))
        return pieces, (x + wide * 0.35, -60)

    def _shop(self, stage: Stage, x: float, frame: Colour) -> list[Piece]:
        """Return a shop front: its window, its door on either side of it, wares, and an awning or a board."""
        rng, wide, lit = stage.rng("front", int(x)), self.spacing - 2, lights_on(stage)
        flipped = rng() < 0.5
        door_x = x + 22 if flipped else x + wide - 62
        left, right = (x + 78, x + wide - 16) if flipped else (x + 16, x + wide - 78)
        pane: Tint = "window_warm" if lit else "window_cool"
        role = "emit" if lit else "background"
        surround = rects([(left - 5, -79, right + 5, -2), (door_x - 4, -84, door_x + 44, 4)])
        count = 3 + int(rng(0, 4))
        step = (right - left - 16) / count
        wares = [
            (left + 8 + i * step, -14 - rng(8, 34), left + 8 + i * step + step * rng(0.4, 0.75), -14)
            for i in range(count)
        ]
        cloth = rng.pick(AWNINGS)
        over = (
            self._awning(stage, cloth, (left - 8, right + 8))
            if rng() < 0.6
            else self._board(stage, cloth, (left, right))
        )
        return [
            (surround, frame, 1, "background"),
            (rects([(left, -74, right, -14)]), pane, 1, role),
            (rects([(door_x + 4, -74, door_x + 36, -34)]), pane, 0.9, role),
            (rects(wares), tone(frame, 0.06), 0.75, "background"),
            *over,
        ]

    def _plaster(self, stage: Stage, colour: Tint) -> Colour:
        """Return a wall's colour in the light of the hour."""
        if lights_on(stage):
            return mix(tone(colour, -0.24), stage.tint("wall"), 0.55)
        return mix(colour, stage.tint("wall"), 0.2)

    def _upper(self, stage: Stage, x: float, storeys: int, kind: tuple[int, float, float]) -> list[Piece]:
        """Return the windows of the upper floors: of a kind (how many, how wide, how high)."""
        rng, lit = stage.rng("upper", int(x)), lights_on(stage)
        count, wide, high = kind
        frames, on, off, sills = [], [], [], []
        pitch = (self.spacing - 2) / count
        for storey in range(1, storeys):
            for i in range(count):
                left, top = x + pitch * (i + 0.5) - wide / 2, -118 - storey * 74 + 20 + (48 - high) / 2
                middle = left + wide / 2
                frames.append((left - 4, top - 4, left + wide + 4, top + high + 4))
                for pane in ((left, top, middle - 2, top + high), (middle + 2, top, left + wide, top + high)):
                    (on if rng() < stage.palette.lit else off).append(pane)
                sills.append((left - 7, top + high + 4, left + wide + 7, top + high + 9))
        role = "emit" if lit else "background"
        return [
            (rects(frames), "frame", 0.9, "background"),
            (rects(off), tone(stage.tint("window_cool"), -0.34 if not lit else -0.5, 0.5), 1, "background"),
            (rects(on), "window_warm", 1, role),
            (rects(sills), "frame-12", 1, "background"),
        ]

    def _board(self, stage: Stage, colour: str, span: tuple[float, float]) -> list[Piece]:
        """Return a painted board with the strokes of a name."""
        left, right = span
        rng, at = stage.rng("name", int(left)), left + 22.0
        letters = []
        while at < right - 26:
            wide = rng(7, 15)
            letters.append((at, -99, at + wide, -89))
            at += wide + 5
        shade = self._plaster(stage, colour) if lights_on(stage) else colour
        return [
            (rects([(left - 6, -108, right + 6, -80)]), shade, 1, "background"),
            (rects(letters), "frame", 0.85, "background"),
        ]

    def _awning(self, stage: Stage, colour: str, span: tuple[float, float]) -> list[Piece]:
        """Return a striped awning with a scalloped hem."""
        left, right = span
        count = 8
        width = (right - left) / count
        stripes: list[skia.Path] = [skia.Path(), skia.Path()]
        for i in range(count):
            x = left + i * width
            stripes[i % 2].addPath(polygon([(x + 4, -106), (x + width + 2, -106), (x + width, -80), (x, -80)]))
            stripes[i % 2].addCircle(x + width / 2, -80, width / 2)
        shade = self._plaster(stage, colour) if lights_on(stage) else colour
        return [(stripes[0], shade, 1, "background"), (stripes[1], tone(stage.tint("frame"), 0.02), 1, "background")]
