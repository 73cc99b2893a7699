"""Who rides whom and who holds what: figures that go as one with another."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from models.animatic.abilities import abilities
from models.animatic.rigs.actor import Subject
from models.animatic.rigs.skin import Skin
from models.animatic.rigs.subject import find
from models.animatic.shape import Point
from models.animatic.spec import Figure

MOUNTS = ("quadruped", "vehicle", "rocket", "dragon", "trex", "fish")
"""Classes that carry somebody."""
BROAD = 0.7
"""Share of its size where people are from which something carries somebody."""
CYCLE = Figure("bicycle", action="walk")
CYCLIST = Figure("person", action="ride")
GOING = ("walk", "run")
BUSY = ("sleep", "swim", "fall", "draw_sword", "push", "open", "eat", "drink", "stand_up", "stretch", "wave")
"""Actions that leave no hand for a thing."""


@dataclass(frozen=True)
class Bonds:
    """The figures of a take with whoever was missing, and which of them belong together."""

    figures: Sequence[Figure]
    rides: Mapping[int, int]
    """{rider: mount}"""
    holds: Mapping[int, int]
    """{holder: thing}"""

    @property
    def bases(self) -> Mapping[int, int]:
        """Return {figure: the earlier one in whose place it is}."""
        pairs = (sorted(pair) for pair in (*self.rides.items(), *self.holds.items()))
        return {later: earlier for earlier, later in pairs}


def bond(figures: Sequence[Figure]) -> Bonds:
    """Return who rides and who holds: nobody rides on air, and no bicycle goes by itself."""
    every = list(figures)
    rides: dict[int, int] = {}
    for rider, figure in enumerate(figures):
        if _kind(figure) == "biped" and figure.action == "ride":
            free = (at for at, one in enumerate(every) if _carries(one) and at not in rides.values())
            rides[rider] = _first(free, every, CYCLE)
    for mount, figure in enumerate(figures):
        if _body(figure).pedals and figure.action in GOING and mount not in rides.values():
            goers = (at for at, one in enumerate(every) if one.action in GOING and at not in rides)
            rides[_first((at for at in goers if _kind(every[at]) == "biped"), every, CYCLIST)] = mount
    return Bonds(every, rides, _held(every, rides))


def _first(found: Iterator[int], every: list[Figure], missing: Figure) -> int:
    """Return the first that was found; whoever is missing joins the others."""
    at = next(found, len(every))
    if at == len(every):
        every.append(missing)
    return at


def _held(every: Sequence[Figure], rides: Mapping[int, int]) -> dict[int, int]:
    """Return {holder: thing}: a thing made for a hand is held by who was named before it and does as it does."""
    holds: dict[int, int] = {}
    for thing, figure in enumerate(every):
        if not _body(figure).grip or sum(one.subject == figure.subject for one in every) > 1:
            continue
        for holder in range(thing):
            one = every[holder]
            free = _kind(one) == "biped" and one.action not in BUSY and holder not in {*holds, *rides}
            if free and _goes(one) == _goes(figure):
                holds[holder] = thing
                break
    return holds


def _carries(figure: Figure) -> bool:
    return _kind(figure) in MOUNTS and _body(figure).beside >= BROAD


def _kind(figure: Figure) -> str:
    return abilities()["subjects"][figure.subject]


def _body(figure: Figure) -> Subject:
    return find(figure.subject, figure.label)


def _goes(figure: Figure) -> bool:
    return _body(figure).speed(figure.action) > 0


@dataclass(frozen=True)
class Post:
    """Where a figure's foot is drawn."""

    x: float
    lift: float
    """World units above the ground line (negative is up)."""
    facing: float
    """Its width, 1 when it faces right, -1 left."""
    scale: float
    """World units of one rig unit."""

    def at(self, point: Point) -> Point:
        """Return where a point given in rig units is: (x, world units below the ground line)."""
        return self.x + point[0] * self.facing * self.scale, self.lift + point[1] * self.scale

    def put(self, point: Point, on: Point) -> "Post":
        """Return the post at which a point in rig units comes to lie on another in the world."""
        x, y = self.at(point)
        return Post(self.x + on[0] - x, self.lift + on[1] - y, self.facing, self.scale)


def posts(bonds: Bonds, own: Sequence[Post], skins: Sequence[Skin], grips: Sequence[Sequence[float]]) -> list[Post]:
    """Return where everybody is drawn: riders in the saddle, things in the hand, the others in their `own` place."""
    every = list(own)
    for rider, mount in bonds.rides.items():
        saddle = skins[mount].anchors.get("seat") or (0.0, skins[mount].bounds()[1])
        every[rider] = own[rider].put(skins[rider].anchors["seat"], every[mount].at(saddle))
    for holder, thing in bonds.holds.items():
        there = Post(own[thing].x, 0.0, every[holder].facing, own[thing].scale)
        x, y = grips[thing]
        every[thing] = there.put((x, y), every[holder].at(skins[holder].anchors["hand"]))
    return every


def order(bonds: Bonds, baselines: Sequence[float]) -> list[int]:
    """Return who is drawn first: those farther away, mounts before riders, things before the hand on them."""
    below = {*bonds.rides.values(), *bonds.holds.values()}
    ground = [baselines[bonds.bases.get(at, at)] for at in range(len(baselines))]
    return sorted(range(len(baselines)), key=lambda at: (ground[at], at not in below))
