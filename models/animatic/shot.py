"""The frame of a take: its picture, its length, and how a crossing is planned so that nobody leaves it."""

from dataclasses import dataclass

from models.animatic.stage import GROUND_Y, HORIZON_Y, View

MARGIN = 14.0
"""Design units kept free at the sides of a crossing."""
WIDEST = 0.6
"""How far the camera may step back for a crossing, as a share of the usual zoom."""
RESTING = 132.0
"""How far below the horizon line the ground is seen at rest, in design units of the picture."""
RESTING_BY_WATER = 110.0
"""The same where water runs before the figures, which is to be seen too."""


@dataclass(frozen=True)
class Shot:
    """What a take is made for."""

    view: View
    duration: float
    """Seconds."""
    fps: int
    seed: int
    baseline: float = GROUND_Y
    """Height of the subject's ground line."""
    scale: float = 1.0
    """How large things are there."""
    resting: float = RESTING
    """How far below the horizon line the ground is seen at rest."""


@dataclass(frozen=True)
class Plan:
    """How a shot goes."""

    zoom: float
    """Of the resting picture."""
    pace: float = 1.0
    """Share of its full speed that the subject goes."""
    leap: float = 0.0
    """World units a jump covers."""
    ceiling: float = 1e9
    """Highest the subject may rise, in world units."""
    centre: float | None = None
    """x the camera is fixed on; None when it follows."""


@dataclass(frozen=True)
class Body:
    """How far a subject reaches from its foot, in world units."""

    back: float
    forward: float
    up: float

    @property
    def length(self) -> float:
        """Return how long it is."""
        return self.back + self.forward


def usual_zoom(shot: Shot, body: Body, wanted: float, share: float = 0.74) -> float:
    """Return the zoom at which a subject fills the picture well and fits into that share of its width."""
    widest = share * shot.view.width / max(body.length, 1.0)
    tallest = 0.74 * (GROUND_Y + 24 - shot.view.top) / max(body.up, 1.0)
    return min(wanted, widest, tallest)


def resting_y(shot: Shot, zoom: float) -> float:
    """Return the camera's y at which the ground is seen where it belongs."""
    return GROUND_Y - HORIZON_Y - shot.resting / zoom


def room(shot: Shot, body: Body, zoom: float) -> float:
    """Return how far a subject can go from one side of a fixed picture to the other."""
    return max(0.0, shot.view.width / zoom - body.length - 2 * MARGIN / zoom)


def headroom(shot: Shot, body: Body, zoom: float) -> float:
    """Return how far a subject can rise in a fixed picture."""
    ground = HORIZON_Y + (shot.baseline - HORIZON_Y - resting_y(shot, zoom)) * zoom
    return max(0.0, (ground - shot.view.top - MARGIN) / zoom - body.up * 1.04)


def plan_crossing(shot: Shot, body: Body, way: float, usual: float) -> tuple[float, float]:
    """Return (zoom, pace) at which a subject that would go `way` stays in a fixed picture."""
    if way <= 0:
        return usual, 1.0
    wide = (shot.view.width - 2 * MARGIN) / (way + body.length)
    zoom = min(usual, max(wide, usual * WIDEST))
    return zoom, min(1.0, room(shot, body, zoom) / way)
