"""One figure's part in a take: its state, and how that moves on from frame to frame."""

import math
from dataclasses import dataclass, field

from models.animatic.easing import smoothstep
from models.animatic.rigs.actor import Moment
from models.animatic.rigs.skin import Pose, blend
from models.animatic.troupe import Member

BLEND = 0.35
"""Seconds in which a posture turns into another action's."""
SPEED_RATE, RISE_RATE, SINK_RATE, PACE_RATE, PLANE_RATE = 9.0, 6.0, 2.4, 4.0, 2.6
"""How fast speed, height, stride and ground line approach what they seek, per second."""
LEAP = (0.34, 1.1)
"""Seconds of a jump between which the subject moves on."""
GRAVITY = 1300.0
"""World units a second, each second, by which whoever is in the air when a jump ends falls."""


@dataclass
class Player:
    """Where one figure is and what it does; everything its next take needs."""

    subject: str = ""
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
    falling: bool = False
    """Another action cut a jump short: it falls on as it was going."""
    air: float = 0.0
    """Height of that fall above the ground, in rig units."""
    climb: float = 0.0
    """Its speed upward; while a jump lasts, the jump's own."""
    dash: float = 0.0
    """Speed at which a jump covers ground."""
    held: float = 0.0
    """Rig units by which the fall holds the figure above its posture."""
    baseline: float = 0.0
    """Ground line."""
    scale: float = 1.0
    wet: float = 0.0
    """How deep it is in the water, as a share of its draught."""


@dataclass(frozen=True)
class Drive:
    """What moves a figure on in a frame."""

    step: float
    """Seconds."""
    cruise: float
    """Speed it seeks, in world units a second."""
    pace: float
    """Share of its full speed that is."""
    leap: float = 0.0
    """World units a jump covers."""
    ceiling: float = 1e9
    """Highest it may rise."""


class Part:
    """Plays one member of a troupe."""

    def __init__(self, member: Member, player: Player) -> None:
        self.member = member
        self.figure = member.figure
        self.subject = member.subject
        self.player = player
        self.pedals = False
        """It rides what it makes go."""
        self.entered = player.subject != self.figure.subject
        """It was not in the take before."""
        self._meet()

    def _meet(self) -> None:
        """Take over the posture of the take before, or forget it when somebody else enters."""
        player, figure = self.player, self.figure
        if self.entered:
            player.subject, player.action = figure.subject, ""
            player.pose, player.from_pose, player.blended = {}, {}, BLEND
            player.falling, player.air, player.climb, player.dash, player.held = False, 0.0, 0.0, 0.0, 0.0
            player.baseline, player.scale = self.member.baseline, self.member.scale
            player.wet = float(self.member.afloat)
            free = not self.member.held and not self.member.rides
            player.lift = self.subject.lift(figure.action, 0.0) if free else 0.0
        if player.action == figure.action:
            return
        if player.pose.get("face", 1.0) < 0:  # it has turned round: what was left is now ahead
            player.pose = player.pose | {"face": -player.pose["face"]}
            player.direction = -player.direction
        if player.action == "jump" or player.falling:
            player.falling = True
            player.air = player.pose.get("air", 0.0) + player.held
            player.speed, player.dash = player.speed + player.dash, 0.0
        player.from_pose, player.blended = dict(player.pose), 0.0 if player.pose else BLEND
        player.action, player.seconds = figure.action, 0.0

    def advance(self, drive: Drive) -> None:
        """Move on by one frame, except the posture."""
        player, step, action = self.player, drive.step, self.figure.action
        player.seconds += step
        player.blended = min(BLEND, player.blended + step)
        player.pace += (drive.pace - player.pace) * (1 - math.exp(-step * PACE_RATE))
        player.speed += (drive.cruise - player.speed) * (1 - math.exp(-step * SPEED_RATE))
        player.x += player.speed * player.direction * step
        leaping = action == "jump" and LEAP[0] < player.seconds < LEAP[1]
        player.dash = drive.leap / (LEAP[1] - LEAP[0]) if leaping else 0.0
        player.x += player.dash * player.direction * step
        period, full = self.subject.period(action), self.subject.speed(action)
        if period and full:
            player.phase += step / period * player.speed / (full * math.sqrt(max(player.pace, 0.01)))
        self._rise(step, drive.ceiling)

    def _rise(self, step: float, ceiling: float) -> None:
        player = self.player
        free = not self.member.held and not self.member.rides
        sought = max(self.subject.lift(self.figure.action, player.seconds), -ceiling) if free else 0.0
        rate = RISE_RATE if sought < player.lift else SINK_RATE
        player.lift += (sought - player.lift) * (1 - math.exp(-step * rate))
        if player.falling:
            player.climb -= GRAVITY * step
            player.air = max(0.0, player.air + player.climb * step)
        share = 1 - math.exp(-step * PLANE_RATE)
        player.baseline += (self.member.baseline - player.baseline) * share
        player.scale += (self.member.scale - player.scale) * share
        player.wet += (self.member.afloat - player.wet) * share

    def posture(self, step: float) -> None:
        """Take the posture of this moment; `step` seconds lie between it and the last one, 0 for none."""
        player, member = self.player, self.member
        stride = math.sqrt(player.pace) if member.goes else 1.0
        if member.rides:
            stride = float(self.pedals)
        pose = self.subject.pose(Moment(member.doing, player.seconds, player.phase, stride))
        pose = pose | {"laps": float(member.doing == "drink")}  # water is stirred until the head has left it
        if member.arm:
            swing = 0.06 * math.sin(math.tau * player.phase)
            pose |= {"arm_near": member.arm[0] + swing, "elbow_near": member.arm[1] + swing}
        share = smoothstep(player.blended, 0, BLEND) if player.from_pose else 1.0
        if share < 1:
            pose = blend(player.from_pose, pose, share)
        if player.falling:
            player.held = player.air - player.from_pose.get("air", 0.0) * (1 - share)
            player.falling = share < 1 or player.air > 0
        elif step and player.pose:
            player.climb = (pose.get("air", 0.0) - player.pose.get("air", 0.0)) / step
        player.pose = pose

    @property
    def height(self) -> float:
        """Return how far the figure is lifted, in world units (negative is up)."""
        return self.player.lift - self.player.held * self.subject.scale * self.player.scale
