"""What differs between two looks: read from styles.toml, with the names of the hooks that draw it.

A scene that wants another opacity or colour under one style asks for a named value, `stage.value("sea_far", 1)`,
and the style's `values` table may answer. No module asks for a style's name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

from models.animatic.colour import Colour, Tint, from_oklab, mix, to_oklab
from models.animatic.easing import clamp, lerp
from models.animatic.tables import table


@dataclass(frozen=True)
class ColourMap:
    """How a style changes one role's colours, in Oklab."""

    floor: float
    gain: float
    gamma: float
    lift: float
    least: float
    chroma: float
    tint: str
    pull: float

    def apply(self, colour: Tint) -> Colour:
        """Return the colour as the style paints it when it is near."""
        lightness, a, b = to_oklab(colour)
        lightness = max(self.least, self.floor + self.gain * clamp(lightness) ** self.gamma + self.lift)
        _, tint_a, tint_b = to_oklab(self.tint)
        return from_oklab(
            clamp(lightness), lerp(a * self.chroma, tint_a, self.pull), lerp(b * self.chroma, tint_b, self.pull)
        )


@dataclass(frozen=True)
class Haze:
    """How what is far fades."""

    strength: float
    most: float
    to: str


@dataclass(frozen=True)
class Style:
    """One look; styles.toml says what each field is."""

    outline: float
    line: str
    line_mapped: bool
    line_alpha: float
    rim: float
    rim_width: float
    rim_colour: str
    counter_rim: str
    shade: str
    shade_alpha: float
    limb_shadow: bool
    brush: float
    eye: float
    cast_colour: str
    cast_alpha: float
    lifted: float
    paper: str
    sky: str
    sun: str
    ridge: str
    block: int
    post: tuple[str, ...]
    bloom: float
    bloom_threshold: int
    grain: float
    vignette: float
    grade: str
    flare: str
    focus: float
    haze: Haze
    colour: Mapping[str, ColourMap]
    values: Mapping[str, Any]

    def paint(self, colour: Tint, depth: float, haze: Tint, role: str) -> Colour:
        """Return a colour as painted at a depth in [0, 1] for a role: "background", "subject" or "emit"."""
        painted = self.colour[role].apply(colour)
        return mix(painted, haze, min(self.haze.most, depth * self.haze.strength)) if depth else painted


@lru_cache(maxsize=32)
def style(name: str) -> Style:
    """Return a style by its id; raises KeyError for one that styles.toml lacks."""
    plain, own = table("styles")["plain"], table("styles")[name]
    record = {field.name: own.get(field.name, plain[field.name]) for field in fields(Style)}
    basis = plain["colour"]["background"] | own.get("colour", {}).get("background", {})
    roles = {role: ColourMap(**_role(basis, own, role)) for role in ("background", "subject", "emit")}
    record.update(haze=Haze(**record["haze"]), colour=roles, post=tuple(record["post"]))
    return Style(**record)


def _role(basis: Mapping[str, Any], own: Mapping[str, Any], role: str) -> Mapping[str, Any]:
    """Return one role's colour map: its own on the neutral one, or the background's."""
    named = own.get("colour", {}).get(role)
    if named is None:
        return basis
    return table("styles")["plain"]["colour"]["background"] | named


def style_names() -> tuple[str, ...]:
    """Return the ids of all styles."""
    return tuple(name for name in table("styles") if name != "plain")
