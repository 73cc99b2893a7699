"""What a figure on two legs is made of."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Costume:
    """Proportions (rig units) and colours of one figure; costumes.toml says what each is."""

    wears: str
    leg: float
    torso: float
    arm: float
    head: float
    thick: float
    skin: str
    top: str
    bottom: str
    hair: str
    shoe: str
    accent: str
    scale: float
    zoom: float

    def in_colour(self, colour: str) -> "Costume":
        """Return the costume with what shows most of it in a colour: the skirt of a dress, else the top."""
        skirted = self.wears in ("dress", "tutu", "skirt")
        return replace(self, bottom=colour) if skirted else replace(self, top=colour)

    @property
    def tall(self) -> float:
        """Height of the pelvis on straight legs (negative is up)."""
        return self.stand - 3.9

    @property
    def stand(self) -> float:
        """Height of the pelvis of a standing figure (negative is up)."""
        return -self.leg - self.thick * 0.75 + 1.5
