"""The open sea: rows of waves, and a jetty for those who cannot float."""

from models.animatic.painting.land import Ridge
from models.animatic.painting.sky import Clouds, Mist, Sky
from models.animatic.painting.sun import Sun
from models.animatic.painting.water import Glitter, Jetty, Water, Waves
from models.animatic.scenes.scene import Scene

SCENE = Scene(
    back=(
        Sky((Sun(0.68, 130, 34, 6),)),
        Clouds(120, 18, 0.3),
        Clouds(206, 24, 0.5, 260, 0.8),
        Ridge("isles", 20, 274, 16, 0.005, 0.62, "island", base=8),
        Water(268),
        Mist(272, 18, 0.4, 20),
        Glitter(273, 84),
        Waves(9, 296, 3.0, 0.15),
        Waves(5.5, 316, 4.5, 0.35),
        Waves(3.2, 342, 7.0, 0.55),
        Waves(2.0, 374, 10.0, 0.75),
        Jetty(),
    ),
    front=(Waves(0.8, 456, 15.0, 1.0),),
    water_y=386,
    water_scale=0.9,
)
