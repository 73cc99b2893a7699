"""What makes a face alive: eyes that blink, shut and shine, and the letters of a dream."""

import math
from dataclasses import dataclass

from models.animatic.colour import Tint
from models.animatic.rigs.skin import Skin
from models.animatic.shape import Point, ellipse, move, smooth

DARK = "#1a1416"


@dataclass(frozen=True)
class Eye:
    """One eye of a face."""

    centre: Point
    size: float
    """Its half height in rig units."""
    shut: float = 0.0
    """1 for asleep or happy."""
    white: Tint = ""
    """Colour round the pupil; empty for an eye that is all pupil."""


def blinking(time: float, beat: float) -> bool:
    """Return whether an eye is shut for a moment; `beat` is its blinks a second."""
    return (time * beat + 0.2) % 1 < 0.045


def draw_eye(skin: Skin, eye: Eye, curve: float = 1.0) -> None:
    """Draw an eye with a highlight, or a bow when it is shut: `curve` 1 sleeps, -1 laughs."""
    (x, y), size = eye.centre, eye.size
    if eye.shut > 0.5:
        bow = [(x - size, y), (x, y + 0.65 * size * curve), (x + size, y)]
        skin.put("head", smooth(bow, 4, close=False), DARK, "line")
        return
    if eye.white:
        skin.put("head", ellipse(eye.centre, size * 1.45, size * 1.55), eye.white, "in")
    skin.put("head", ellipse(eye.centre, size * 0.82, size), DARK, "in")
    skin.put("head", ellipse(move(eye.centre, size * 0.24, -size * 0.38), size * 0.34), "#ffffff", "in")


def dream(skin: Skin, head: Point, time: float, amount: float) -> None:
    """Let three letters z rise from a sleeping head; `amount` in [0, 1] is how fast it is asleep."""
    if amount < 0.6:
        return
    for index in range(3):
        age = (time * 0.45 + index / 3) % 1
        size = (3 + 7 * age) * min(1.0, 4 * (1 - age))
        if size < 1:
            continue
        x, y = move(head, 14 + 26 * age + 3 * math.sin(time * 2 + index), -26 - 52 * age)
        for start, end in (((-1, -1), (1, -1)), ((1, -1), (-1, 1)), ((-1, 1), (1, 1))):
            stroke = [(x + start[0] * size, y + start[1] * size), (x + end[0] * size, y + end[1] * size)]
            skin.put("dream", smooth(stroke, 2, close=False), "#f4f1fa", "line")
