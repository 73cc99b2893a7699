"""What a figure on two legs is made of."""

from dataclasses import dataclass


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

    @property
    def dyed(self) -> str:
        """Name of the colour that somebody asked for in another colour wears."""
        return "bottom" if self.wears in ("dress", "tutu") else "top"

    @property
    def tall(self) -> float:
        """Height of the pelvis on straight legs (negative is up)."""
        return self.stand - 2.8

    @property
    def stand(self) -> float:
        """Height of the pelvis of a standing figure (negative is up)."""
        return -self.leg - self.thick * 0.75 + 1.5
