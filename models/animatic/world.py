"""What one take hands to the next, and the run of a take: sequential, cheap, and without a pixel."""

import copy
import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from models.animatic.camera import Camera, Look
from models.animatic.noise import hash01
from models.animatic.player import Drive, Part, Player
from models.animatic.shot import Shot
from models.animatic.spec import Spec
from models.animatic.troupe import Troupe

OBJECT_AHEAD, OBJECT_KEPT = 118.0, 500.0
DRIFT = 14.0
"""World units a second by which the view drifts over an empty scene."""
SHAKE_RATE = 3.0
CLOSING = 0.8
"""Share of a gap in the troupe that its followers close in a second."""
HAND = ((1.6, 1.1, 0.0), (1.2, 1.7, 1.0))
"""How a hand that holds a camera drifts: (world units, radians a second, phase) across and up."""
TREMBLE = ((1.5, 6.3, 0.4), (1.9, 4.7, 2.0))
"""The same of a hand that walks along, on top."""
PLACE = ("scene", "variant", "time", "weather", "style", "water")


def place_of(spec: Spec) -> list[str]:
    """Return where and how a Spec is drawn, whoever is in it."""
    return [getattr(spec, name) for name in PLACE]


@dataclass
class World:
    """Everything the next take needs; geometry is not in it, being a function of (seed, layer, cell)."""

    time: float = 0.0
    """Seconds since the world began: wind, rain, grain and blinking depend on nothing else."""
    frame: int = 0
    players: list[Player] = field(default_factory=list)
    """Of every figure; one that cannot be seen in an empty scene."""
    camera: tuple[float, float, float] = (0.0, 0.0, 1.0)
    shake: float = 1.0
    """How much of the hand holding the camera is felt."""
    object_x: float | None = None
    pixel_colours: list[list[int]] = field(default_factory=list)
    tints: list[list[float]] = field(default_factory=list)
    """Colours (Oklab) taken from a person's picture, dark to light; empty for the place's own."""
    place: list[str] = field(default_factory=list)
    """What PLACE of the Spec says of where this was; empty before anything was drawn."""

    @property
    def lead(self) -> Player:
        """Return the player who leads."""
        return self.players[0]


@dataclass(frozen=True)
class FrameState:
    """One frame to draw."""

    world: World
    camera: tuple[float, float, float]
    """The camera with the hand that holds it."""


class Run:
    """Steps a world through one take."""

    def __init__(self, spec: Spec, troupe: Troupe, shot: Shot, world: World | None) -> None:
        self.spec = spec
        self.troupe = troupe
        self.step = 1 / shot.fps
        self.continued = world is not None and bool(world.players)
        self.world = copy.deepcopy(world) if world else World(time=40 * hash01(shot.seed, "start"))
        if spec.water and spec.water not in self.world.place:
            self.world.pixel_colours = []  # those of dry land have none for water
        self.world.place = place_of(spec)
        self.parts = self._meet()
        self._place_object()
        self.camera = Camera(spec, troupe, shot, self._begin())
        if not self.continued:
            self.world.camera = self.camera.start()
            self.world.shake = self.camera.steadiness
        for part in self.parts:
            if part.entered:
                part.player.phase = hash01(shot.seed, "phase", self.parts.index(part))
                drive = self._drive(part)
                part.player.pace, part.player.speed = drive.pace, drive.cruise

    def _meet(self) -> list[Part]:
        """Give every figure its player: those of the take before go on, newcomers stand where there is room."""
        old, members = self.world.players, self.troupe.members
        lead = old[0] if old else Player()
        players = []
        for index, member in enumerate(members):
            known = index < len(old) and old[index].subject == member.figure.subject
            if known or not index:
                players.append(old[index] if index < len(old) else lead)
            else:
                x = lead.x + member.offset * lead.direction
                players.append(Player(x=x, direction=lead.direction))
        self.world.players = players
        return [Part(member, player) for member, player in zip(members, players, strict=True)]

    def _begin(self) -> Look:
        lead = self.world.lead
        return Look(lead.x, lead.direction, self.parts[0].height, self.world.camera if self.continued else None)

    def _place_object(self) -> None:
        """Keep the scene's object where it stands while it is near; else put one ahead, if there is to be one."""
        world, lead = self.world, self.world.lead
        if not self.spec.things:
            world.object_x = None
        elif world.object_x is None or abs(world.object_x - lead.x) > OBJECT_KEPT:
            leap, body = self.troupe.leap, self.troupe.body
            ahead = (leap + body.forward - body.back) / 2 if leap else OBJECT_AHEAD
            world.object_x = lead.x + ahead * lead.direction

    def _drive(self, part: Part) -> Drive:
        """Return what moves a figure on: with its company, or on its own."""
        plan, member, troupe, player = self.camera.plan, part.member, self.troupe, part.player
        leap, ceiling = plan.leap, plan.ceiling
        if not part.subject.visible:
            return Drive(self.step, 0.0 if self.spec.camera == "static" else DRIFT, plan.pace, 0.0, ceiling)
        full = part.subject.speed(member.figure.action)
        if member not in troupe.company or not full:
            pace = plan.pace * self.camera.passing(member)
            return Drive(self.step, full * pace, pace, leap, ceiling)
        cruise = troupe.speed * plan.pace
        if part is not self.parts[0]:
            lead = self.world.lead
            behind = (lead.x - player.x) * lead.direction + member.offset
            cruise += max(-0.4 * cruise, min(0.4 * cruise, CLOSING * behind)) if abs(behind) > 0.5 else 0.0
        return Drive(self.step, cruise, min(1.0, cruise / full), leap, ceiling)

    def frames(self, count: int) -> Iterator[FrameState]:
        """Yield every frame; the first of a continuation repeats the last of the take before."""
        for index in range(count):
            if index:
                self._advance()
            self._pedal()
            for part in self.parts:
                part.posture(self.step if index else 0.0)
            if index:
                self.world.camera = self.camera.follow(self.world.camera, index * self.step, self._seen())
            yield FrameState(self._copy(), self._held())

    def _pedal(self) -> None:
        """Let the feet of riders go with the wheels."""
        for rider, mount in self.troupe.bonds.rides.items():
            self.parts[rider].pedals = self.parts[mount].subject.pedals
            self.world.players[rider].phase = self.world.players[mount].phase

    def _copy(self) -> World:
        """Return the world as it is now: postures are made anew for every frame and need no copy."""
        return replace(self.world, players=[replace(player) for player in self.world.players])

    def _advance(self) -> None:
        """Move everything on by one frame, except the postures."""
        world, step = self.world, self.step
        world.frame += 1
        world.time += step
        world.shake += (self.camera.steadiness - world.shake) * (1 - math.exp(-step * SHAKE_RATE))
        drives = [self._drive(part) for part in self.parts]
        for part, drive in zip(self.parts, drives, strict=True):
            part.advance(drive)

    def _seen(self) -> Look:
        lead, part = self.world.lead, self.parts[0]
        head = None
        if self.spec.camera == "close_up" and part.subject.visible:
            x, y = part.subject.skin(lead.pose, self.world.time, 1.0).anchors["head"]
            head = (x, y - self.troupe.raised(part.member) / (part.subject.scale * part.member.scale))
        company = (one for one in self.parts if one.member in self.troupe.company)
        lift = min(one.height - 0.8 * one.player.pose.get("air", 0.0) for one in company)
        velocity = (lead.speed + lead.dash) * lead.direction
        return Look(lead.x, lead.direction, lift, None, velocity, head)

    def _held(self) -> tuple[float, float, float]:
        """Return the camera with the drift of the hand that holds it."""
        (x, y, zoom), shake = self.world.camera, self.world.shake
        more = max(0.0, shake - 1.0)
        across, up = (
            min(shake, 1.0 + more / 2) * self._wave(slow) + more * self._wave(quick)
            for slow, quick in zip(HAND, TREMBLE, strict=True)
        )
        return (x + across, y + up, zoom)

    def _wave(self, wave: tuple[float, float, float]) -> float:
        size, rate, phase = wave
        return size * math.sin(self.world.time * rate + phase)
