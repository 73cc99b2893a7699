"""What a rig hands to the painter: outlines with colours, back to front."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import skia

from models.animatic.colour import Tint
from models.animatic.shape import Point

Pose = dict[str, float]
"""A posture as plain numbers, so that it can be blended, kept and tested."""


@dataclass(frozen=True)
class Part:
    """One outline of a figure."""

    group: str
    """Parts of one group share a silhouette line."""
    path: skia.Path
    colour: Tint
    kind: str = "fill"
    """"fill"; "in" has no outline of its own; "line" is a thin stroke; "glow" gives light."""
    clip: skia.Path | None = None
    """The silhouette the part stays inside."""


@dataclass
class Skin:
    """A posed subject, root on the ground at (0, 0), facing +x, y down, in rig units."""

    parts: list[Part] = field(default_factory=list)
    anchors: dict[str, Point] = field(default_factory=dict)
    """Named points: "head", and the soles as drawn."""
    one_skin: bool = False
    """The head shares the body's silhouette line."""

    def put(self, group: str, path: skia.Path, colour: Tint, kind: str = "fill") -> skia.Path:
        """Append one part and return its outline."""
        self.parts.append(Part(group, path, colour, kind))
        return path

    def put_inside(self, group: str, path: skia.Path, colour: Tint, clip: skia.Path) -> None:
        """Append a part that stays inside a silhouette."""
        self.parts.append(Part(group, path, colour, "in", clip))

    @property
    def mouth(self) -> Point:
        """Return the lowest point of the head, with which it drinks from the ground; its foot when it has none."""
        heads = (part.path for part in self.parts if part.group == "head")
        points = (path.getPoint(number) for path in heads for number in range(path.countPoints()))
        lowest = max(points, key=lambda point: point.y(), default=skia.Point(0, 0))
        return lowest.x(), lowest.y()

    def bounds(self) -> tuple[float, float, float, float]:
        """Return (left, top, right, bottom) of everything drawn."""
        rects = [part.path.getBounds() for part in self.parts]
        return (
            min(rect.left() for rect in rects),
            min(rect.top() for rect in rects),
            max(rect.right() for rect in rects),
            max(rect.bottom() for rect in rects),
        )


def union(*paths: skia.Path) -> skia.Path:
    """Return one path that covers all of them."""
    whole = skia.Path()
    for path in paths:
        whole.addPath(path)
    return whole


def blend(start: Mapping[str, float], end: Pose, share: float) -> Pose:
    """Return the pose `share` of the way from one to another; what only `end` has is taken as it is."""
    return {name: start.get(name, value) * (1 - share) + value * share for name, value in end.items()}
