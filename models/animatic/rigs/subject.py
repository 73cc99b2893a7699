"""Who can act: every named subject, found by its id."""

import math
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from models.animatic.easing import smoothstep
from models.animatic.rigs import biped_pose, bird_pose, fish_pose, quadruped_pose
from models.animatic.rigs.actor import BASE_ZOOM, Moment, Subject, extent, gait_period
from models.animatic.rigs.biped_skin import BipedSkin
from models.animatic.rigs.bird_pose import Plumage
from models.animatic.rigs.bird_skin import BirdSkin
from models.animatic.rigs.costume import Costume
from models.animatic.rigs.dragon import Dragon
from models.animatic.rigs.fish_pose import Fish
from models.animatic.rigs.fish_skin import FishSkin
from models.animatic.rigs.gait import BIPED, BIRD, QUADRUPED
from models.animatic.rigs.prop import Motion, Prop
from models.animatic.rigs.quadruped_skin import QuadrupedSkin
from models.animatic.rigs.skin import Pose, Skin
from models.animatic.rigs.species import Species
from models.animatic.tables import table

__all__ = ["BASE_ZOOM", "Biped", "Bird", "Prop", "Quadruped", "Subject", "Swimmer", "extent", "find"]

HOVER, FLIGHT_HEIGHT, WING_HEIGHT = 135, 118, 96
"""How high figures float and fly, and birds fly, in world units."""
PADDLING = 62
"""World units a second of a swimming bird or animal."""
BORNE = {"fly": 230, "swim": 105, "ride": 120}
"""World units a second of who goes without walking."""


class Quadruped(Subject):
    """A four-legged animal."""

    visible = True
    leaps = True

    def __init__(self, species: Species) -> None:
        self.species = species
        self.scale = species.scale
        self.zoom = BASE_ZOOM * species.zoom
        self.beside = species.beside
        self.draught = 0.72 * species.leg * species.scale

    def period(self, action: str) -> float:
        """Return the gait's period."""
        return gait_period(QUADRUPED.get(action))

    def speed(self, action: str) -> float:
        """Return the gait's speed, or that of paddling."""
        if action == "swim":
            return PADDLING
        gait = QUADRUPED.get(action)
        return gait.speed(self.species.leg) * self.scale if gait else 0.0

    def pose(self, moment: Moment) -> Pose:
        """Return the animal's posture."""
        return quadruped_pose.pose(self.species, moment)

    def skin(self, pose: Mapping[str, float], time: float, eye: float) -> Skin:
        """Return the animal's outlines."""
        return QuadrupedSkin(self.species, dict(pose), time, eye).build()

    @property
    def head_size(self) -> float:
        """Return the height of head and ears."""
        return (self.species.head * 2.3 + self.species.ear) * self.scale


class Biped(Subject):
    """A figure on two legs."""

    visible = True
    leaps = True

    def __init__(self, costume: Costume) -> None:
        self.costume = costume
        self.scale = costume.scale
        self.zoom = BASE_ZOOM * costume.zoom
        self.draught = 0.5 * costume.leg * costume.scale

    def period(self, action: str) -> float:
        """Return the gait's period."""
        return gait_period(BIPED.get(action))

    def speed(self, action: str) -> float:
        """Return the gait's speed, or that of flight."""
        if action in BORNE:
            return BORNE[action]
        gait = BIPED.get(action)
        return gait.speed(self.costume.leg) * self.scale if gait else 0.0

    def pose(self, moment: Moment) -> Pose:
        """Return the figure's posture."""
        return biped_pose.pose(self.costume, moment)

    def lift(self, action: str, seconds: float) -> float:
        """Return the height of floating or flying."""
        if action == "rise":
            return -HOVER * smoothstep(seconds, 0.1, 2.2) - 5 * math.sin(seconds * 2.2) * smoothstep(seconds, 0, 1)
        if action == "fly":
            return -FLIGHT_HEIGHT * smoothstep(seconds, 0, 1.1)
        return 0.0

    def skin(self, pose: Mapping[str, float], time: float, eye: float) -> Skin:
        """Return the figure's outlines."""
        return BipedSkin(self.costume, dict(pose), time, eye).build()

    @property
    def head_size(self) -> float:
        """Return the height of the head and the shoulders below it."""
        return self.costume.head * 3.4 * self.scale


class Bird(Subject):
    """A bird, or what goes on two legs as birds do."""

    visible = True

    def __init__(self, plumage: Plumage) -> None:
        self.plumage = plumage
        self.scale = plumage.scale
        self.zoom = BASE_ZOOM * plumage.zoom
        self.beside = plumage.beside

    def period(self, action: str) -> float:
        """Return the gait's period."""
        return gait_period(BIRD.get(action))

    def speed(self, action: str) -> float:
        """Return the gait's speed, or that of flight."""
        if action in ("fly", "swim"):
            return self.plumage.flight if action == "fly" else PADDLING
        gait = BIRD.get(action)
        return gait.speed(self.plumage.leg) * self.scale if gait else 0.0

    def pose(self, moment: Moment) -> Pose:
        """Return the bird's posture."""
        return bird_pose.pose(self.plumage, moment)

    def lift(self, action: str, seconds: float) -> float:
        """Return the height of flying, or of climbing without end."""
        if action == "fly":
            return -WING_HEIGHT * smoothstep(seconds, 0, 1.3) - 7 * math.sin(seconds * 1.7)
        if action == "rise":
            return -34 * seconds - 16 * seconds**2
        return 0.0

    def skin(self, pose: Mapping[str, float], time: float, eye: float) -> Skin:
        """Return the bird's outlines."""
        return BirdSkin(self.plumage, dict(pose), time, eye).build()

    @property
    def head_size(self) -> float:
        """Return the height of the head and the neck below it."""
        return (self.plumage.head * 3.2 + 6) * self.scale


class Swimmer(Subject):
    """A fish, or what swims as fishes do; away from water it swims in the air."""

    visible = True
    floats = True

    def __init__(self, fish: Fish) -> None:
        self.fish = fish
        self.scale = fish.scale
        self.zoom = BASE_ZOOM * fish.zoom
        self.beside = fish.beside
        self.draught = fish.hover + fish.height * 0.6 * fish.scale

    def speed(self, action: str) -> float:
        """Return the speed of swimming."""
        return self.fish.speed * {"swim": 1.0, "run": 1.8, "fly": 1.0}.get(action, 0.0)

    def pose(self, moment: Moment) -> Pose:
        """Return the swimmer's posture."""
        return fish_pose.pose(self.fish, moment)

    def lift(self, action: str, seconds: float) -> float:
        """Return how high above the ground it swims."""
        hover = -self.fish.hover
        if action == "fly":
            return hover - 60 * smoothstep(seconds, 0, 1.6) - 8 * math.sin(seconds * 1.1)
        if action == "rise":
            return hover - 40 * seconds
        if action == "fall":
            return hover * (1 - 0.8 * smoothstep(seconds, 0.1, 0.9) * (1 - smoothstep(seconds, 1.6, 2.4)))
        if action == "sleep":
            return hover * (1 - 0.6 * smoothstep(seconds, 0, 1.5))
        return hover

    def skin(self, pose: Mapping[str, float], time: float, eye: float) -> Skin:
        """Return the swimmer's outlines."""
        return FishSkin(self.fish, dict(pose), time, eye).build()

    @property
    def head_size(self) -> float:
        """Return most of the height of the trunk."""
        return self.fish.height * 2.4 * self.scale


def _record(kind: str, complete: str, name: str) -> dict[str, Any]:
    """Return the whole record of a row that names only what differs from the complete one."""
    record = {**table(kind)[complete], **table(kind)[name]}
    return {key: tuple(value) if isinstance(value, list) else value for key, value in record.items()}


def _legged(name: str, colour: str) -> Subject | None:
    """Return a subject that has a skeleton; None for everything else."""
    if name in table("species"):
        species = Species(**_record("species", "fox", name))
        return Quadruped(replace(species, main=colour) if colour else species)
    if name in table("costumes"):
        costume = Costume(**_record("costumes", "person", name))
        return Biped(costume.in_colour(colour) if colour else costume)
    if name in table("birds"):
        plumage = Plumage(**_record("birds", "sparrow", name))
        return Bird(replace(plumage, main=colour) if colour else plumage)
    if name in table("fishes"):
        fish = Fish(**_record("fishes", "goldfish", name))
        return Swimmer(replace(fish, main=colour, dark=colour) if colour else fish)
    return Dragon(colour) if name == "dragon" else None


@lru_cache(maxsize=256)
def find(name: str, label: str = "", colour: str = "") -> Subject:
    """Return the subject of an id; raises KeyError for an unknown one.

    `label` is the word of a placard; `colour` ("#rrggbb") is worn instead of its own.
    """
    if not name:
        return Subject()
    legged = _legged(name, colour)
    if legged is not None:
        return legged
    motion = Motion(**_record("props", "cup", name))
    return Prop(name, replace(motion, colour=colour) if colour else motion, label)
