"""Who is in the picture together: their bodies, how they stand to each other, and how fast they go as one."""

import copy
from dataclasses import dataclass
from functools import lru_cache

from models.animatic.rigs.actor import Subject, extent
from models.animatic.rigs.subject import find
from models.animatic.scenes.scene import Scene
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


@lru_cache(maxsize=256)
def embody(figure: Figure, beside: bool = False) -> Subject:
    """Return the subject of a figure in its colour and size; `beside` makes it as large as next to a leader."""
    subject = copy.copy(find(figure.subject, figure.label, figure.colour))
    subject.scale *= figure.size * (subject.beside if beside else 1.0)
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
    offset: float
    """World units it is ahead of the leader."""

    @property
    def reach(self) -> tuple[float, float, float]:
        """Return how far it reaches (back, forward, up) in world units."""
        back, forward, up = extent(self.subject, self.figure.action)
        return back * self.scale, forward * self.scale, up * self.scale

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
        figures = spec.figures or (NOBODY,)
        self.members: list[Member] = []
        for index, figure in enumerate(figures):
            self.members.append(self._placed(index, figure, scene))
        self.lead = self.members[0]
        self.company = [member for member in self.members if member.goes == self.lead.goes]
        """The leader and those who stay with it: all who go, or all who stand."""

    def _placed(self, index: int, figure: Figure, scene: Scene) -> Member:
        subject = embody(figure, index > 0)
        afloat = subject.floats or figure.action == "swim"
        baseline, scale = scene.anchor(afloat)
        member = Member(figure, subject, baseline + NEARER[index], scale, afloat and bool(scene.water_y), 0.0)
        if not index:
            return member
        return Member(figure, subject, member.baseline, scale, member.afloat, self._offset(member))

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
        up = max(member.reach[2] + member.rise(self.lead) for member in self.company)
        return Body(back, forward, up)

    @property
    def zoom(self) -> float:
        """Return the zoom that suits all of the company."""
        return min(member.subject.zoom for member in self.company)

    @property
    def speed(self) -> float:
        """Return the speed of the slowest of the company, in world units a second, so that all keep together."""
        return min(member.subject.speed(member.figure.action) for member in self.company)

    @property
    def leap(self) -> float:
        """Return how far the company jumps, as a share of what a figure of scale 1 does."""
        jumpers = [one.subject for one in self.company if one.figure.action == "jump" and one.subject.leaps]
        return min((subject.scale for subject in jumpers), default=0.0)
