"""What a four-legged animal is made of, and where its feet go."""

import math
from dataclasses import dataclass

from models.animatic.rigs.skin import Pose

LEGS = ("hind_near", "hind_far", "fore_near", "fore_far")


@dataclass(frozen=True)
class Species:
    """Proportions (rig units) and colours of one animal; species.toml says what each is."""

    length: float
    leg: float
    chest: float
    waist: float
    pelvis: float
    neck: float
    neck_radius: float
    neck_angle: float
    head: float
    snout: float
    snout_radius: float
    ear: float
    ear_width: float
    ear_kind: str
    thick: float
    tail: str
    tail_length: float
    main: str
    light: str
    dark: str
    inner_ear: str
    eye: float
    socks: bool
    cheek: bool
    hoof: bool
    stripes: bool
    antler: bool
    marks: tuple[str, ...]
    scale: float
    zoom: float
    beside: float
    """Share of its size where people are."""


def rest_feet(species: Species) -> dict[str, float]:
    """Return where each foot stands at rest (x)."""
    half = species.length / 2
    return {"hind_near": -half - 4, "hind_far": -half + 7, "fore_near": half - 2, "fore_far": half + 9}


def place(result: Pose, name: str, x: float, y: float = 0.0, fold: float = 0.0) -> None:
    """Put a foot somewhere, turned by `fold`."""
    result[name + "_x"], result[name + "_y"], result[name + "_fold"] = x, y, fold


def neck_down(species: Species, chest: float, most: float) -> float:
    """Return the angle of a neck that brings the head to the ground, `most` for a neck too short for it.

    `chest` is the height of the chest's middle above the ground.
    """
    size = species.head * (1.6 if "mane" in species.marks else 1.0)
    way = (chest + species.chest * 0.42 - size) / species.neck
    return min(most, math.asin(max(-0.9, min(1.0, way))))
