"""Deep space: a nebula, planets, and a ring of stones to go on."""

from models.animatic.painting.cosmos import Belt, Drifting, Nebula, Planet
from models.animatic.painting.sky import Sky
from models.animatic.scenes.scene import Scene

SCENE = Scene(
    back=(
        Sky(
            (
                Nebula(),
                Planet(0.76, 120, 66, ("hill", "rock_lit"), ring=True),
                Planet(0.2, 196, 20, ("sea_near", "sea_far")),
            )
        ),
        Drifting(9, 240, 14, 12),
        Drifting(4.5, 290, 7, 22),
        Belt(),
    ),
    front=(Drifting(0.7, 500, 3, 54),),
)
