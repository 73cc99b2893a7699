"""Outlines: skinned tubes, splines, blobs, boxes, and the bend of two-bone limbs."""

import math
from collections import deque
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import skia

from models.animatic.noise import Rng, fractal

TAU = math.tau
Point = tuple[float, float]
Points = Sequence[Point] | npt.NDArray[np.float64]


def polygon(points: Points, close: bool = True) -> skia.Path:
    """Return a path through the points."""
    xs, ys = points.T.tolist() if isinstance(points, np.ndarray) else zip(*points, strict=True)
    return _through(xs, ys, close)


def _through(xs: Sequence[float], ys: Sequence[float], close: bool) -> skia.Path:
    path = skia.Path()
    path.moveTo(xs[0], ys[0])
    deque(map(path.lineTo, xs[1:], ys[1:]), maxlen=0)  # half the price of a list of skia's points
    if close:
        path.close()
    return path


@lru_cache(maxsize=64)
def _spline_weights(count: int, resolution: int) -> npt.NDArray[np.float64]:
    """Return the share that each of `count` knots has in each point of a Catmull-Rom curve, [point, knot]."""
    t = np.arange(resolution) / resolution
    t2, t3 = t * t, t**3
    span = np.stack([-t3 + 2 * t2 - t, 3 * t3 - 5 * t2 + 2, -3 * t3 + 4 * t2 + t, t3 - t2], 1) / 2
    padded = np.eye(count + 2, count, -1)
    padded[0, :2], padded[-1, -2:] = (2, -1), (-1, 2)  # the curve's ends run straight on
    weights = np.zeros(((count - 1) * resolution + 1, count))
    for knot in range(count - 1):
        weights[knot * resolution : (knot + 1) * resolution] = span @ padded[knot : knot + 4]
    weights[-1, -1] = 1
    return weights


def spline(points: npt.ArrayLike, resolution: int = 5) -> npt.NDArray[np.float64]:
    """Return points along a Catmull-Rom curve through the given points, of any dimension."""
    knots = np.asarray(points, np.float64)
    return _spline_weights(len(knots), resolution) @ knots


def smooth(points: npt.ArrayLike, resolution: int = 4, close: bool = True) -> skia.Path:
    """Return the path of a spline through the points."""
    return polygon(spline(points, resolution), close)


_CAP = np.exp(np.linspace(0, math.pi, 11)[1:-1] * -1j)
"""A half turn in steps, as complex numbers that turn one edge of a tube round its end to the other."""


@lru_cache(maxsize=64)
def _tube_weights(count: int, resolution: int) -> npt.NDArray[np.complex128]:
    """Return the weights of the points of a curve through `count` knots, and below them those of its tangents."""
    weights = _spline_weights(count, resolution)
    return np.vstack([weights, np.gradient(weights, axis=0)]).astype(np.complex128)


def tube(points: npt.ArrayLike, radii: Sequence[float], resolution: int = 5) -> skia.Path:
    """Return a skin of varying radius round a spine: the one primitive of limbs, trunks, tails and necks."""
    knots = np.ascontiguousarray(points, np.float64).view(np.complex128)[:, 0]  # a product with i is a quarter turn
    centre, tangent = (_tube_weights(len(knots), resolution) @ knots).reshape(2, -1)
    radius = np.maximum(spline(radii, resolution), 0.3)
    edge = tangent * (radius / np.maximum(np.abs(tangent), 1e-6) * 1j)
    end, start = centre[-1] + edge[-1] * _CAP, centre[0] - edge[0] * _CAP
    outline = np.concatenate([centre + edge, end, (centre - edge)[::-1], start])
    return _through(outline.real.tolist(), outline.imag.tolist(), True)


def blob(centre: Point, radius: float, rng: Rng, bump: float = 0.13, squash: float = 0.85) -> skia.Path:
    """Return a lumpy closed outline, for foliage and clouds."""
    angle = np.arange(22) / 22 * TAU
    offset = rng() * 99
    lumps = fractal(np.cos(angle) * 1.7 + offset, 5, 2)
    waves = 0.8 * np.sin(angle * 3 + offset) + 0.5 * np.sin(angle * 7 + offset)
    reach = radius * (1 + bump * (lumps + waves))
    outline = np.column_stack([centre[0] + np.cos(angle) * reach, centre[1] + np.sin(angle) * reach * squash])
    return smooth(np.vstack([outline, outline[:1]]), 3)


def ellipse(centre: Point, radius_x: float, radius_y: float | None = None) -> skia.Path:
    """Return an ellipse, or a circle when one radius is given."""
    x, y = centre
    radius_y = radius_x if radius_y is None else radius_y
    return skia.Path.Oval(skia.Rect.MakeLTRB(x - radius_x, y - radius_y, x + radius_x, y + radius_y))


def box(left: float, top: float, right: float, bottom: float) -> skia.Path:
    """Return a rectangle."""
    return skia.Path.Rect(skia.Rect.MakeLTRB(left, top, right, bottom))


def rounded_box(rect: tuple[float, float, float, float], radius: float) -> skia.Path:
    """Return a rectangle (left, top, right, bottom) with round corners."""
    return skia.Path.RRect(skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(*rect), radius, radius))


def below(xs: npt.NDArray[np.float64], ys: npt.NDArray[np.float64], bottom: float) -> skia.Path:
    """Return the area under a crest line, a little wider than the line, down to `bottom`."""
    crest = np.column_stack([xs, ys])
    return polygon(
        np.vstack([[xs[0] - 20, ys[0]], crest, [xs[-1] + 20, ys[-1]], [xs[-1] + 20, bottom], [xs[0] - 20, bottom]])
    )


def bend_limb(root: Point, target: Point, bones: tuple[float, float], side: float) -> tuple[Point, Point]:
    """Return (joint, end reached) of a limb of two bones; the end is held within the limb's reach."""
    upper, lower = bones
    dx, dy = target[0] - root[0], target[1] - root[1]
    distance = math.hypot(dx, dy) or 1e-6
    reach = upper + lower - 0.5
    if distance > reach:
        dx, dy = dx / distance * reach, dy / distance * reach
        target = (root[0] + dx, root[1] + dy)
        distance = reach
    span = max(distance, abs(upper - lower) + 0.5)
    along = (upper * upper - lower * lower + span * span) / (2 * span)
    height = math.sqrt(max(0.0, upper * upper - along * along))
    joint = (
        root[0] + dx / distance * along - dy / distance * height * side,
        root[1] + dy / distance * along + dx / distance * height * side,
    )
    return joint, target


def rotate(x: float, y: float, angle: float) -> Point:
    """Return (x, y) turned by `angle` radians, clockwise on the screen."""
    cosine, sine = math.cos(angle), math.sin(angle)
    return (x * cosine - y * sine, x * sine + y * cosine)


def move(point: Point, x: float, y: float) -> Point:
    """Return the point moved by (x, y)."""
    return (point[0] + x, point[1] + y)


def offset(point: Point, x: float, y: float, angle: float) -> Point:
    """Return the point moved by (x, y) as seen in a frame turned by `angle`."""
    return move(point, *rotate(x, y, angle))


def between(start: Point, end: Point, share: float = 0.5) -> Point:
    """Return the point `share` of the way between two points."""
    return (start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)
