"""What is to be drawn: the engine's own vocabulary, after reading and before any pixel."""

from dataclasses import dataclass

MOST = 3
"""Figures in one picture, at most."""


@dataclass(frozen=True)
class Figure:
    """Somebody or something that acts."""

    subject: str
    """Id of a species, costume or prop; "placard" for a card with `label` on it; empty for nobody."""
    label: str = ""
    """The word on the placard; empty for every other subject."""
    action: str = "idle"
    """Id of an action the subject can do."""
    colour: str = ""
    """The colour that was asked for as "#rrggbb"; empty for its own."""
    size: float = 1.0
    """Share of its usual size."""


@dataclass(frozen=True)
class Thing:
    """What is in the scene besides the figures."""

    kind: str
    """Id such as "fence"."""
    colour: str = ""
    """The colour that was asked for as "#rrggbb"; empty for its own."""


NOBODY = Figure("")


@dataclass(frozen=True)
class Spec:
    """One segment in ids of the data files of this folder."""

    figures: tuple[Figure, ...]
    """Up to MOST; the first leads, the others keep it company. Empty for an empty scene."""
    scene: str
    variant: str
    """Kind of the scene, such as "cherry" of "forest"; empty when it has none."""
    time: str
    """"day", "sunset", "night" or "dawn"."""
    weather: str
    """Id such as "rain"; empty for none."""
    style: str
    camera: str
    things: tuple[Thing, ...] = ()
    water: str = ""
    """What runs along the ground before the figures: "brook"; empty for none."""

    @property
    def lead(self) -> Figure:
        """Return the first figure; NOBODY in an empty scene."""
        return self.figures[0] if self.figures else NOBODY

    def thing(self, kind: str) -> Thing | None:
        """Return the thing of a kind; None when there is none."""
        return next((thing for thing in self.things if thing.kind == kind), None)
