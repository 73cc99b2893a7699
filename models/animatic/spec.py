"""What is to be drawn: the engine's own vocabulary, after reading and before any pixel."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Spec:
    """One segment in ids of the data files of this folder."""

    subject: str
    """Id of a species, figure or prop; "placard" for a card with `label` on it; empty for an empty scene."""
    label: str
    """The word on the placard; empty for every other subject."""
    action: str
    """Id of an action the subject can do, "idle" among them."""
    scene: str
    variant: str
    """Kind of the scene, such as "cherry" of "forest"; empty when it has none."""
    time: str
    """"day", "sunset" or "night"."""
    weather: str
    """"rain", "snow" or empty."""
    style: str
    camera: str
    objects: tuple[str, ...] = ()
    """Ids of things in the scene besides the subject, such as "fence"."""
