"""What one take hands to the next, and the run of a take: sequential, cheap, and without a pixel."""

import json
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from models.animatic.camera import Camera, Look
from models.animatic.easing import smoothstep
from models.animatic.noise import hash01
from models.animatic.rigs.quadruped_pose import Moment
from models.animatic.rigs.skin import Pose, blend
from models.animatic.rigs.subject import Subject, find
from models.animatic.shot import GOING, Shot
from models.animatic.spec import Spec

BLEND = 0.35
"""Seconds in which a posture turns into another action's."""
SPEED_RATE, RISE_RATE, SINK_RATE, PACE_RATE = 9.0, 6.0, 2.4, 4.0
"""How fast speed, height and stride approach what they seek, per second."""
LEAP = (0.34, 1.1)
"""Seconds of a jump between which the subject moves on."""
OBJECT_AHEAD, OBJECT_KEPT = 118.0, 500.0
DRIFT = 14.0
"""World units a second by which the view drifts over an empty scene."""


@dataclass
class World:
    """Everything the next take needs; geometry is not in it, being a function of (seed, layer, cell)."""

    subject: str = ""
    time: float = 0.0
    """Seconds since the world began: wind, rain, grain and blinking depend on nothing else."""
    frame: int = 0
    x: float = 0.0
    direction: float = 1.0
    speed: float = 0.0
    pace: float = 1.0
    phase: float = 0.0
    lift: float = 0.0
    seconds: float = 0.0
    """Time in the action."""
    action: str = ""
    pose: Pose = field(default_factory=dict)
    from_pose: Pose = field(default_factory=dict)
    """The posture the action began in."""
    blended: float = BLEND
    """Seconds since then."""
    camera: tuple[float, float, float] = (0.0, 0.0, 1.0)
    shake: float = 1.0
    """How much of the hand holding the camera is felt."""
    object_x: float | None = None
    pixel_colours: list[list[int]] = field(default_factory=list)

    def to_bytes(self) -> bytes:
        """Return it as JSON."""
        return json.dumps(asdict(self), separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> "World":
        """Return the world that `to_bytes` wrote; raises ValueError for anything else."""
        try:
            record: dict[str, Any] = json.loads(data)
            x, y, zoom = (float(value) for value in record["camera"])
            return cls(**record | {"camera": (x, y, zoom)})
        except (TypeError, KeyError, AttributeError, UnicodeDecodeError) as error:
            raise ValueError("not a world") from error


@dataclass(frozen=True)
class FrameState:
    """One frame to draw."""

    world: World
    camera: tuple[float, float, float]
    """The camera with the hand that holds it."""


class Run:
    """Steps a world through one take."""

    def __init__(self, spec: Spec, shot: Shot, world: World | None) -> None:
        self.spec = spec
        self.step = 1 / shot.fps
        self.subject: Subject = find(spec.lead.subject, spec.lead.label)
        self.continued = world is not None
        self.world = replace(world) if world else World(time=40 * hash01(shot.seed, "start"))
        self._meet_subject()
        self._place_object()
        self.camera = Camera(spec, self.subject, shot, self._look())
        if not self.continued:
            self.world.camera = self.camera.start()
            self.world.pace = self.camera.plan.pace
            self.world.shake = self.camera.steadiness
            self.world.phase = hash01(shot.seed, "phase")
            self.world.lift = self.subject.lift(spec.lead.action, 0.0)
            self.world.speed = self._cruise()

    def _look(self) -> Look:
        world = self.world
        camera = world.camera if self.continued else None
        return Look(world.x, world.direction, world.lift, camera)

    def _meet_subject(self) -> None:
        """Take over the posture of the take before, or forget it when somebody else enters."""
        world, spec = self.world, self.spec.lead
        if world.subject != spec.subject:
            world.subject, world.action = spec.subject, ""
            world.pose, world.from_pose, world.blended = {}, {}, BLEND
            world.lift = 0.0
        if world.action == spec.action:
            return
        if world.pose.get("face", 1.0) < 0:  # it has turned round: what was left is now ahead
            world.pose = world.pose | {"face": -world.pose["face"]}
            world.direction = -world.direction
        world.from_pose, world.blended = dict(world.pose), 0.0 if world.pose else BLEND
        world.action, world.seconds = spec.action, 0.0

    def _place_object(self) -> None:
        """Keep the scene's object where it stands while it is near; else put one ahead, if there is to be one."""
        world = self.world
        if not self.spec.things:
            world.object_x = None
        elif world.object_x is None or abs(world.object_x - world.x) > OBJECT_KEPT:
            world.object_x = world.x + OBJECT_AHEAD * world.direction

    def _cruise(self) -> float:
        if not self.subject.visible:
            return 0.0 if self.spec.camera == "static" else DRIFT
        return self.subject.speed(self.spec.lead.action) * self.camera.plan.pace

    def frames(self, count: int) -> Iterator[FrameState]:
        """Yield every frame; the first of a continuation repeats the last of the take before."""
        for index in range(count):
            if index:
                self._advance()
            self._posture()
            if index:
                lift = self.world.lift
                self.world.camera = self.camera.follow(self.world.camera, index * self.step, self._seen(lift))
            yield FrameState(replace(self.world), self._held())

    def _advance(self) -> None:
        """Move everything on by one frame, except the posture."""
        world, step = self.world, self.step
        world.frame += 1
        world.time += step
        world.seconds += step
        world.blended = min(BLEND, world.blended + step)
        world.pace += (self.camera.plan.pace - world.pace) * (1 - math.exp(-step * PACE_RATE))
        world.shake += (self.camera.steadiness - world.shake) * (1 - math.exp(-step * 3))
        world.speed += (self._cruise() - world.speed) * (1 - math.exp(-step * SPEED_RATE))
        world.x += world.speed * world.direction * step
        if self.spec.lead.action == "jump" and LEAP[0] < world.seconds < LEAP[1]:
            world.x += self.camera.plan.leap / (LEAP[1] - LEAP[0]) * world.direction * step
        period, full = self.subject.period(self.spec.lead.action), self.subject.speed(self.spec.lead.action)
        if period and full:
            world.phase += step / period * world.speed / (full * math.sqrt(max(world.pace, 0.01)))
        sought = max(self.subject.lift(self.spec.lead.action, world.seconds), -self.camera.plan.ceiling)
        rate = RISE_RATE if sought < world.lift else SINK_RATE
        world.lift += (sought - world.lift) * (1 - math.exp(-step * rate))

    def _posture(self) -> None:
        world = self.world
        stride = math.sqrt(world.pace) if self.spec.lead.action in GOING else 1.0
        pose = self.subject.pose(Moment(self.spec.lead.action, world.seconds, world.phase, stride))
        if world.blended < BLEND and world.from_pose:
            pose = blend(world.from_pose, pose, smoothstep(world.blended, 0, BLEND))
        world.pose = pose

    def _seen(self, lift: float) -> Look:
        world = self.world
        head = None
        if self.spec.camera == "close_up" and self.subject.visible:
            head = self.subject.skin(world.pose, world.time, 1.0).anchors["head"]
        velocity = world.speed * world.direction
        return Look(world.x, world.direction, lift - 0.8 * world.pose.get("air", 0.0), None, velocity, head)

    def _held(self) -> tuple[float, float, float]:
        """Return the camera with the drift of the hand that holds it."""
        (x, y, zoom), time, shake = self.world.camera, self.world.time, self.world.shake
        return (x + 1.6 * shake * math.sin(time * 1.1), y + 1.2 * shake * math.sin(time * 1.7 + 1), zoom)
