"""Forest: broad-leaved, cherry, bamboo, pine, or broad-leaved in autumn."""

from dataclasses import dataclass

from models.animatic.painting.land import Ground, Ridge
from models.animatic.painting.plants import Grass, Trees
from models.animatic.painting.sky import Mist, Rays, Sky
from models.animatic.painting.sun import Sun
from models.animatic.painting.weather import Drift, Fireflies
from models.animatic.scenes.scene import Scene
from models.animatic.stage import Stage


@dataclass(frozen=True)
class InTheAir:
    """Petals under cherry trees, leaves in autumn, motes of light elsewhere."""

    def draw(self, stage: Stage) -> None:
        """Paint them."""
        if stage.spec.variant == "cherry":
            Drift("petals", 46, "#ffb8cc", 5.0, (-46, 62), role="subject").draw(stage)
        elif stage.spec.variant == "autumn":
            Drift("leaves", 30, "leaf", 6.0, (-34, 66), role="subject").draw(stage)
        else:
            Drift("motes", 26, "#fff6c8", 2.2, (8, -7), leaf=False).draw(stage)


SCENE = Scene(
    back=(
        Sky((Sun(0.74, 96, 30, 8),)),
        Ridge("far woods", 14, 262, 60, 0.004, 0.72, "leaf"),
        Mist(262, 12),
        Ridge("woods", 8, 300, 40, 0.008, 0.5, "leaf"),
        Trees(6.5, 306, 0.55, 74, 0.40, 0.95),
        Mist(300, 6, 0.5, 40),
        Trees(4.0, 318, 0.32, 130, 0.66, 0.85),
        Mist(316, 4, 0.5, 34),
        Ground(318),
        Trees(2.3, 344, 0.10, 235, 1.05, 0.8),
        Rays(6),
        Grass(1.7, 352, 20, 50, "ground_near", 0.18, density=9),
        Grass(1.2, 382, 17, 44, "ground_near", 0.06, density=7, flowers=("#ffd6e2", "#ffffff")),
    ),
    front=(
        Grass(0.8, 436, 26, 46, "ground_near-8", density=8),
        Grass(0.5, 470, 70, 90, "ground_near-22", blur=2.6),
        InTheAir(),
        Fireflies(),
    ),
)
