"""Plain studio backdrop that curves into a table."""

from dataclasses import dataclass

from models.animatic.painting.sky import SKIES
from models.animatic.scenes.scene import Scene
from models.animatic.shape import box
from models.animatic.stage import Ramp, Stage


@dataclass(frozen=True)
class Backdrop:
    """The lit backdrop and the table."""

    def draw(self, stage: Stage) -> None:
        """Paint them."""
        SKIES["gradient"](stage, [stage.map(colour) for colour in stage.palette.sky])
        x = -stage.view.width * (0.06 + 0.1 * stage.rng("lamp")()) * stage.light_side
        stage.screen()
        stage.glow(x, stage.view.y(180), 420 * stage.view.tallness**0.5, stage.map("light"), 0.5)
        stage.layer(1.4, 372)
        table = box(stage.visible[0], -26, stage.visible[1], stage.floor)
        alphas = (stage.value("backdrop", 0.0), 1.0)
        stage.gradient(table, Ramp(("backdrop", "table"), -26, 90, alphas=alphas))


SCENE = Scene(back=(Backdrop(),), outdoors=False)
