"""The places a clip can be set in, one file each."""

from models.animatic.scenes import beach, city, forest, mars, meadow, room, studio
from models.animatic.scenes.scene import Scene

SCENES: dict[str, Scene] = {
    "forest": forest.SCENE,
    "meadow": meadow.SCENE,
    "beach": beach.SCENE,
    "mars": mars.SCENE,
    "city": city.SCENE,
    "room": room.SCENE,
    "studio": studio.SCENE,
}
