"""The colours of a place at a time of day, nudged a little by the seed."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from models.animatic.colour import Colour, Tint, from_oklab, mix, to_oklab, tone, triple
from models.animatic.easing import clamp
from models.animatic.noise import hash01
from models.animatic.spec import Spec
from models.animatic.tables import table

FILES = ("open", "land", "water", "worlds", "built", "indoors")
"""The files of the folder palettes."""
NUMBERS = ("stars", "low", "lit", "dim", "cast")
NUDGED = {
    "leaf": "green", "ground_near": "green", "ground_far": "green", "hill": "far", "sea_near": "far", "sea_far": "far",
    "wall": "wall", "wall_foot": "wall", "cloth": "cloth", "rug": "cloth", "block": "far", "cloud": "sky",
    "sky_0": "sky", "sky_1": "sky", "haze": "sky", "backdrop": "wall", "table": "wall",
}  # fmt: skip
"""Which colours a seed moves, and which of them together."""
TURN, LIFT = 0.22, 0.03
"""How far a seed turns a hue (radians) and lifts a lightness, at most, either way."""


@dataclass(frozen=True)
class Palette:
    """Named colours and numbers; palettes/open.toml says what each is."""

    colours: Mapping[str, Colour]
    stars: float
    low: float
    lit: float
    dim: float
    cast: float

    def __getitem__(self, name: str) -> Colour:
        return self.colours[name]

    @property
    def sky(self) -> tuple[Colour, Colour, Colour]:
        """Return the stops of the sky from the top to the horizon."""
        return (self["sky_0"], self["sky_1"], self["sky_2"])


@lru_cache(maxsize=1)
def _places() -> Mapping[str, Any]:
    """Return all palettes by place and time."""
    return {place: times for name in FILES for place, times in table(f"palettes/{name}").items()}


@lru_cache(maxsize=128)
def _entry(place: str, time: str) -> Mapping[str, Any]:
    """Return a palette's colours and numbers with everything it takes over from others."""
    own = dict(_places()[place].get(time, {}))
    if "from" not in own and (place, time) != ("open", "day"):
        own = {"from": f"{place}.day"} | _flat(_places()["derived"][time]) | _flat(own)
    own = _flat(own)
    if "from" not in own:
        return own
    base = dict(_entry(*own["from"].split(".")))
    if "pull" in own:
        base = {name: value if name in NUMBERS else _derived(value, own) for name, value in base.items()}
    return base | {name: value for name, value in own.items() if name not in ("from", "gain", "pull", "share")}


def _flat(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a palette's record with the stops of its sky by name."""
    stops = {f"sky_{i}": colour for i, colour in enumerate(record.get("sky", ()))}
    return {name: value for name, value in record.items() if name != "sky"} | stops


def _derived(colour: Tint, how: Mapping[str, Any]) -> Colour:
    lightness, a, b = to_oklab(colour)
    return mix(from_oklab(lightness * how["gain"], a, b), how["pull"], how["share"])


def place_of(spec: Spec) -> str:
    """Return the place in palettes whose colours a scene has."""
    for place in (spec.variant, spec.scene):
        if place in _places():
            return place
    return "open"


@lru_cache(maxsize=64)
def palette(place: str, time: str, seed: int, weather: str = "") -> Palette:
    """Return the palette of a place, time and weather."""
    entry = _entry(place, time)
    colours = {name: _nudged(name, value, seed) for name, value in entry.items() if name not in NUMBERS}
    if weather in table("weathers"):
        colours |= _clouded(colours, table("weathers")[weather], entry["stars"] > 0.2)
    return Palette(colours, *(float(entry[name]) for name in NUMBERS))


def _clouded(colours: Mapping[str, Colour], how: Mapping[str, Any], night: bool) -> dict[str, Colour]:
    """Return the colours that a clouded sky changes."""
    share = how["night"] if night else how["share"]
    grey = tone(how["grey"], -0.4) if night else triple(how["grey"])
    changed = {name: mix(colours[name], grey, min(share, how["most"].get(name, 1.0))) for name in how["colours"]}
    white = tone("#eef2f8", -0.42) if night else triple("#eef2f8")
    return changed | {name: mix(colours[name], white, part) for name, part in how.get("white", {}).items()}


def _nudged(name: str, colour: Tint, seed: int) -> Colour:
    if name not in NUDGED:
        return triple(colour)
    group = NUDGED[name]
    turn = (hash01(seed, "hue", group) * 2 - 1) * TURN
    lift = (hash01(seed, "lift", group) * 2 - 1) * LIFT
    lightness, a, b = to_oklab(colour)
    cosine, sine = math.cos(turn), math.sin(turn)
    return from_oklab(clamp(lightness + lift), a * cosine - b * sine, a * sine + b * cosine)
