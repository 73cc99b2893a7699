"""The camera: a follower with eased moves, or fixed on a crossing planned beforehand."""

import math
from dataclasses import dataclass, replace

from models.animatic.easing import clamp, lerp, smoothstep
from models.animatic.rigs.actor import Moment
from models.animatic.rigs.skin import Pose
from models.animatic.shape import Point
from models.animatic.shot import (
    MARGIN,
    Plan,
    Shot,
    headroom,
    plan_crossing,
    resting_y,
    usual_zoom,
)
from models.animatic.spec import Spec
from models.animatic.stage import HORIZON_Y
from models.animatic.troupe import Member, Troupe

LEAD = 60.0
"""How far ahead of a subject on its way the camera looks, in world units."""
FOLLOW_RATE = 3.2
ZOOMS = {"push_in": 1.28, "pull_out": 0.78}
"""By how much a move changes the zoom from its start to its end."""
DISTANCES = {"wide": 0.6, "low_angle": 1.16}
"""Share of the usual zoom from which a move shows the subject."""
TILTS = {"tilt_up": (22.0, -50.0), "tilt_down": (-64.0, 8.0)}
"""Where a tilt looks at its start and end, in world units below where it would rest."""
LOW = -32.0
"""How far a camera near the ground looks up, in design units of the picture."""
PAN = (-0.17, 0.20)
"""Where a pan looks at its start and end, as shares of the picture's width from the subject."""
ALONE, TOGETHER = 0.74, 0.86
"""Share of the picture's width that one figure, or a company, takes at most."""
HANDS = {"static": 0.0, "handheld": 2.6}
"""How much of the hand that holds it a camera shows, if not a little."""
CRAMPED = 0.2
"""Below this share of the full speed, a fixed camera moves on to where there is room."""

Place = tuple[float, float, float]


@dataclass(frozen=True)
class Look:
    """What the camera sees of the subject."""

    x: float
    direction: float
    lift: float
    camera: Place | None = None
    """Where it was left by the take before; None at a fresh start."""
    velocity: float = 0.0
    """World units a second, right."""
    head: Point | None = None
    """The head in rig units, when the camera wants it."""


class Camera:
    """One take's camera."""

    def __init__(self, spec: Spec, troupe: Troupe, shot: Shot, look: Look) -> None:
        self.move = spec.camera
        self.subject = troupe.lead.subject
        self.alone = len(troupe.company) == 1
        self.shot = shot
        self.begin = look
        self.going = troupe.lead.goes
        self.body = troupe.body
        share = ALONE if self.alone else TOGETHER
        self.usual = usual_zoom(shot, self.body, troupe.zoom, share) * DISTANCES.get(self.move, 1.0)
        self.plan = self._planned(troupe.speed * shot.duration, troupe.leap)
        self.last_lift = look.lift
        self.start_zoom = look.camera[2] if look.camera else self._first_zoom()
        self.end_zoom = self._last_zoom()

    @property
    def steadiness(self) -> float:
        """Return how much of a holding hand this camera shows: none when it stands on a tripod."""
        return HANDS.get(self.move, 1.0)

    # ------------------------------------------------------------ planning

    def _planned(self, way: float, leap: float) -> Plan:
        if self.move != "static":
            return Plan(self.usual, leap=leap)
        zoom, pace = plan_crossing(self.shot, self.body, way + leap, self.usual)
        centre = None
        if self.begin.camera:
            zoom, pace, centre = self._from_where_it_stands(self.begin.camera, way + leap, (zoom, pace))
        ceiling = headroom(self.shot, self.body, zoom)
        plan = Plan(zoom, pace, leap * pace, ceiling, centre)
        return plan if centre is not None else replace(plan, centre=self._centre((way + leap) * pace))

    def _centre(self, way: float) -> float:
        """Return the x from which a crossing of that length is seen in the middle of the picture."""
        begin = self.begin
        lopsided = (self.body.forward - self.body.back) / 2
        return begin.x + begin.direction * (way / 2 + lopsided)

    def _from_where_it_stands(
        self, camera: Place, way: float, fresh: tuple[float, float]
    ) -> tuple[float, float, float | None]:
        """Return (zoom, pace, x) without moving the camera that is left there, if there is room to go."""
        begin = self.begin
        half = self.shot.view.width / 2 / camera[2]
        ahead = (begin.x - camera[0]) * begin.direction
        free = half - MARGIN / camera[2] - self.body.forward - ahead
        cut_off = (
            half - self.body.back + ahead < 0 or free < 0 or self.body.up > 0.8 * self.shot.view.height / camera[2]
        )
        pace = clamp(free / way) if way else 1.0
        if not cut_off and pace >= min(CRAMPED, fresh[1] * 0.8):
            return camera[2], pace, camera[0]
        return *fresh, None

    def _first_zoom(self) -> float:
        if self.move == "close_up":
            return self._close_zoom() * 0.88
        return self.plan.zoom

    def _last_zoom(self) -> float:
        if self.move == "close_up":
            return self._close_zoom()
        if self.move == "static" or self.move in DISTANCES:
            return self.plan.zoom
        return self.start_zoom * ZOOMS.get(self.move, 1.0)

    def _close_zoom(self) -> float:
        """Return the zoom at which a head fills the picture well."""
        view = self.shot.view
        size = self.subject.head_size * self.shot.scale
        return max(self.usual * 1.15, min(0.50 * min(view.height, view.width * 0.75) / size, 4.2))

    def passing(self, member: Member) -> float:
        """Return the share of its full speed at which one who goes past a standing leader is still seen at the end."""
        way = member.subject.speed(member.figure.action) * self.shot.duration
        if self.going or not way:
            return 1.0
        zoom = max(self.start_zoom, self.end_zoom)
        half = (self.shot.view.width / 2 - MARGIN) / zoom
        return clamp((half - member.reach[1] - member.offset) / way)

    # ------------------------------------------------------------ framing

    def start(self) -> Place:
        """Return where a fresh take's camera stands."""
        zoom = self.start_zoom
        if self.plan.centre is not None:
            return (self.plan.centre, resting_y(self.shot, zoom), zoom)
        x, y = self._target(replace(self.begin, camera=None), 0.0, zoom)
        return (x, y, zoom)

    def follow(self, camera: Place, elapsed: float, look: Look) -> Place:
        """Return where the camera is `elapsed` seconds into the take, from where it was a frame before."""
        x, y, _ = camera
        progress = smoothstep(elapsed, 0, self.shot.duration)
        sought = lerp(self.start_zoom, self.end_zoom, progress)
        if self.plan.centre is not None:
            return self._fixed(self.plan.centre, elapsed)
        target_x, target_y = self._target(look, progress, sought)
        step = 1 / self.shot.fps
        share = 1 - math.exp(-step * FOLLOW_RATE)
        carried_x = look.velocity * step
        carried_y = clamp(look.lift - self.last_lift, -40, 40) if target_y < resting_y(self.shot, sought) - 1 else 0.0
        self.last_lift = look.lift
        x += (target_x - x) * share + carried_x * (1 - share)
        y += (target_y - y) * share + carried_y * (1 - share)
        return (x, y, sought)

    def _fixed(self, centre: float, elapsed: float) -> Place:
        """Stand still; a camera the take before left elsewhere first moves over."""
        x, y, zoom = rest = (centre, resting_y(self.shot, self.end_zoom), self.end_zoom)
        if not self.begin.camera:
            return rest
        moved = smoothstep(elapsed, 0, min(1.0, self.shot.duration))
        from_x, from_y, from_zoom = self.begin.camera
        return (lerp(from_x, x, moved), lerp(from_y, y, moved), lerp(from_zoom, zoom, moved))

    def _target(self, look: Look, progress: float, zoom: float) -> tuple[float, float]:
        """Return the point to look at."""
        if self.move == "close_up" and self.subject.visible:
            return self._head_target(look, zoom)
        ahead = self.going and self.alone
        x = look.x + (LEAD * look.direction * clamp((self.shot.view.width - 480) / 374) if ahead else 0.0)
        x += (self.body.forward - self.body.back) * (0.25 if self.alone else 0.5) * look.direction
        y = min(resting_y(self.shot, zoom), self._highest(look.lift, zoom))
        if self.move == "pan":
            x += lerp(*PAN, progress) * self.shot.view.width / zoom
        if self.move in TILTS:
            y += lerp(*TILTS[self.move], progress) * min(1.5, self.shot.view.tallness)
        if self.move == "low_angle":
            y += LOW / zoom
        return x, y

    def _highest(self, lift: float, zoom: float) -> float:
        """Return the camera's y at which the subject's top is still in the picture, lower the higher it is."""
        view = self.shot.view
        share = 0.09 + 0.2 * smoothstep(-lift, 60, 380)
        top = self.shot.baseline - self.body.up + lift
        return top - HORIZON_Y - (view.top + share * view.height - HORIZON_Y) / zoom

    def _head_target(self, look: Look, zoom: float) -> tuple[float, float]:
        """Return the point that puts the head a little above the middle of the picture."""
        view = self.shot.view
        scale = self.subject.scale * self.shot.scale
        head_x, head_y = look.head or self._resting_head()
        middle = view.top + 0.47 * view.height
        y = self.shot.baseline + head_y * scale + look.lift - HORIZON_Y - (middle - HORIZON_Y) / zoom
        return look.x + head_x * scale * look.direction * 0.82, y

    def _resting_head(self) -> Point:
        pose: Pose = self.subject.pose(Moment("idle", 0.0, 0.0))
        return self.subject.skin(pose, 0.0, 1.0).anchors["head"]
