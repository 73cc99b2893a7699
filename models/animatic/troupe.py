"""Who is in the picture together: their bodies, how they stand to each other, and how fast they go as one."""

import copy
from dataclasses import dataclass, replace
from functools import lru_cache

from models.animatic.bonds import bond
from models.animatic.rigs.actor import Moment, Subject, extent
from models.animatic.rigs.subject import find
from models.animatic.scenes.scene import Scene
from models.animatic.shape import Point
from models.animatic.shot import Body
from models.animatic.spec import NOBODY, Figure, Spec

GAP = 6.0
"""World units of free ground between the leader and what it looks at."""
CLOSE = 0.15
"""Share of the shorter body by which a follower, being nearer to the viewer, overlaps whom it follows."""
ALOFT = 40.0
"""World units above the ground from which a figure is in the air."""
NEARER = (0.0, 6.0, 12.0)
"""How much lower in the picture each figure's ground line lies, the leader's first."""
ASHORE = 0.3
"""Share of that where water runs before them: nobody stands in it."""
LEAP = 228.0
"""World units a figure of scale 1 jumps."""
HURDLE = 124.0
"""World units an obstacle is long, with room on both sides."""
SMALLEST, LARGEST = 0.16, 2.3
"""Shares of its own size between which a figure is drawn next to a leader."""


@lru_cache(maxsize=256)
def embody(figure: Figure, leader: str = "") -> Subject:
    """Return the subject of a figure in its colour and size; next to a leader it is as large as it would be there."""
    subject = copy.copy(find(figure.subject, figure.label, figure.colour))
    share = subject.beside / find(leader, "").beside if leader else 1.0
    subject.scale *= figure.size * min(LARGEST, max(SMALLEST, share))
    return subject


@dataclass(frozen=True)
class Member:
    """One figure in its place."""

    figure: Figure
    subject: Subject
    baseline: float
    """Height of its ground line in the picture."""
    scale: float
    """How large things are there."""
    afloat: bool
    """It is on water."""
    offset: float = 0.0
    """World units it is ahead of the leader."""
    base: "Member | None" = None
    """The one in whose place it is: whom it rides or is held by, or who rides it."""
    rides: bool = False
    """It sits on another."""
    held: bool = False
    """It is in a hand."""
    arm: tuple[float, ...] = ()
    """Angles of the upper arm and the elbow that hold something; empty for free hands."""

    @property
    def doing(self) -> str:
        """Return the action of its posture: who rides sits, and what is held does nothing of its own."""
        return "ride" if self.rides else "idle" if self.held else self.figure.action

    @property
    def reach(self) -> tuple[float, float, float]:
        """Return how far it reaches (back, forward, up) in world units."""
        back, forward, up = extent(self.subject, self.doing)
        return back * self.scale, forward * self.scale, up * self.scale

    def anchor(self, name: str) -> Point:
        """Return a point of its standing body (ahead, down) in world units."""
        skin = self.subject.skin(self.subject.pose(Moment(self.doing, 1.5, 0.0)), 0.0, 1.0)
        x, y = skin.anchors.get(name, (0.0, -self.reach[2] / self.subject.scale / self.scale))
        return x * self.subject.scale * self.scale, y * self.subject.scale * self.scale

    @property
    def flies(self) -> bool:
        """Tell whether it needs no ground: it is in the air soon, or cannot be seen."""
        return not self.subject.visible or self.subject.lift(self.figure.action, 2.0) < -ALOFT

    def rise(self, other: "Member") -> float:
        """Return how much higher its ground line lies than another's."""
        return other.baseline - self.baseline

    @property
    def goes(self) -> bool:
        """Tell whether its action covers ground."""
        return self.subject.visible and self.subject.speed(self.figure.action) > 0


class Troupe:
    """The figures of one take, the leader first; nobody is one who cannot be seen."""

    def __init__(self, spec: Spec, scene: Scene) -> None:
        self.bonds = bond(spec.figures or (NOBODY,))
        self.hurdle = bool(spec.things)
        """Something stands in the way."""
        self.water = spec.water
        self.members: list[Member] = []
        for index, figure in enumerate(self.bonds.figures):
            self.members.append(self._placed(index, figure, scene))
        self.lead = self.members[0]
        self.company = [member for member in self.members if member.goes == self.lead.goes]
        """The leader and those who stay with it: all who go, or all who stand."""

    def _placed(self, index: int, figure: Figure, scene: Scene) -> Member:
        bonds = self.bonds
        subject = embody(figure, bonds.figures[0].subject if index else "")
        bearer = bonds.figures[bonds.rides[index]] if index in bonds.rides else figure
        afloat = find(bearer.subject, bearer.label).floats or bearer.action == "swim"
        baseline, scale = scene.anchor(afloat)
        thing = bonds.holds.get(index)
        arm = find(bonds.figures[thing].subject).arm if thing is not None else ()
        base = self.members[bonds.bases[index]] if index in bonds.bases else None
        nearer = NEARER[min(index, len(NEARER) - 1)] * (ASHORE if self.water else 1.0)
        baseline = base.baseline if base else baseline + nearer
        member = Member(
            figure, subject, baseline, scale, afloat and bool(scene.water_y), base=base, rides=index in bonds.rides,
            held=index in bonds.holds.values(), arm=arm,
        )  # fmt: skip
        if not index:
            return member
        return replace(member, offset=base.offset if base else self._offset(member))

    def _offset(self, member: Member) -> float:
        """Return where there is room: ahead for what the leader looks at, behind for who follows it."""
        back, forward, _ = member.reach
        lead = self.members[0]
        ahead = self._is_looked_at(member, lead)
        ends = [(other.offset - other.reach[0], other.offset + other.reach[1]) for other in self.members]
        if ahead:
            return max(end for _, end in ends) + GAP + back
        start, length = min((start, end - start) for start, end in ends)
        return start + CLOSE * min(length, back + forward) - forward

    def _is_looked_at(self, member: Member, lead: Member) -> bool:
        """Tell whether it lies before the leader: what stays while the leader goes, and what is small and still."""
        if lead.goes != member.goes:
            return lead.goes
        alone = len(self.members) == 1
        return alone and not lead.goes and member.reach[2] < 0.6 * lead.reach[2]

    @property
    def body(self) -> Body:
        """Return how far the company reaches from the leader's foot."""
        back = max(member.reach[0] - member.offset for member in self.company)
        forward = max(member.reach[1] + member.offset for member in self.company)
        up = max(member.reach[2] + self.raised(member) + member.rise(self.lead) for member in self.company)
        return Body(back, forward, up)

    def raised(self, member: Member) -> float:
        """Return how far above its ground line a figure stands that is held, or rides, in world units."""
        at = self.members.index(member)
        if member.rides:
            mount = self.members[self.bonds.rides[at]]
            return member.anchor("seat")[1] - mount.anchor("seat")[1]
        if member.held and member.base:
            return member.subject.grip[1] * member.subject.scale * member.scale - member.base.anchor("hand")[1]
        return 0.0

    @property
    def zoom(self) -> float:
        """Return the zoom that suits all of the company."""
        return min(member.subject.zoom for member in self.company if not member.held)

    @property
    def speed(self) -> float:
        """Return the speed of the slowest of the company, in world units a second, so that all keep together."""
        goers = [member for member in self.company if not member.held and not member.rides]
        return min(member.subject.speed(member.figure.action) for member in goers)

    @property
    def leap(self) -> float:
        """Return how far the company jumps, in world units: over the obstacle from end to end if there is one."""
        jumpers = [one.subject for one in self.company if one.figure.action == "jump" and one.subject.leaps]
        leap = LEAP * min((subject.scale for subject in jumpers), default=0.0)
        return max(leap, self.body.length + HURDLE) if leap and self.hurdle else leap
