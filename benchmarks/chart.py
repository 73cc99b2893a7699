"""Draws line charts as SVG, with names at the ends of the lines, so that no legend has to be looked up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 760, 400
LEFT, TOP, RIGHT, BOTTOM = 44, 46, 176, 40
"""Room round the lines: for the figures, the title, the names and the figures below."""
NAME_HEIGHT = 17


@dataclass(frozen=True)
class Line:
    """One line of a chart: {x: y}."""

    name: str
    points: Mapping[int, float]
    colour: str
    dots: bool = False
    """Whether only its points are drawn."""


def drawn_chart(title: str, lines: Sequence[Line], across: tuple[int, int], up: tuple[int, int]) -> str:
    """Return a chart of lines over whole numbers from `across`, with values within `up`, as the text of an SVG file."""

    def x(value: float) -> float:
        return round(LEFT + (value - across[0]) / (across[1] - across[0]) * (WIDTH - LEFT - RIGHT), 1)

    def y(value: float) -> float:
        return round(HEIGHT - BOTTOM - (value - up[0]) / (up[1] - up[0]) * (HEIGHT - TOP - BOTTOM), 1)

    parts = [_text(LEFT, 24, title, "#111827", "600 15px")]
    for value in range(up[0], up[1] + 1):
        parts.append(f'<path d="M{LEFT} {y(value)}H{WIDTH - RIGHT}" stroke="#e5e7eb"/>')
        parts.append(_text(LEFT - 14, y(value) + 4, str(value), "#6b7280"))
    for value in (across[0], *range(across[0] + 2, across[1] + 1, 2)):
        parts.append(_text(x(value) - 4 * len(str(value)), HEIGHT - BOTTOM + 22, str(value), "#6b7280"))
    for line in lines:
        places = [(x(number), y(value)) for number, value in sorted(line.points.items())]
        if line.dots:
            ring = f'r="4.5" fill="#fff" stroke="{line.colour}" stroke-width="2"'
            parts += [f'<circle cx="{right}" cy="{down}" {ring}/>' for right, down in places]
        else:
            path = "M" + "L".join(f"{right} {down}" for right, down in places)
            parts.append(f'<path d="{path}" fill="none" stroke="{line.colour}" stroke-width="2.5"/>')
    named = [(y(line.points[max(line.points)]), line) for line in lines if not line.dots]
    parts += [_text(WIDTH - RIGHT + 8, down, line.name, line.colour) for down, line in _apart(named)]
    for line in (line for line in lines if line.dots):
        last = max(line.points)
        parts.append(_text(x(last) + 10, y(line.points[last]) + 4, line.name, line.colour))
    size = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    ground = f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">{ground}\n' + "\n".join(parts) + "\n</svg>\n"


def _apart(named: list[tuple[float, Line]]) -> list[tuple[float, Line]]:
    """Return names with their heights, moved down until none lies on another."""
    placed: list[tuple[float, Line]] = []
    for down, line in sorted(named, key=lambda one: one[0]):
        least = placed[-1][0] + NAME_HEIGHT if placed else 0.0
        placed.append((max(down + 4, least), line))
    return placed


def _text(x: float, y: float, words: str, colour: str, font: str = "13px") -> str:
    return f'<text x="{x}" y="{y}" fill="{colour}" style="font:{font} system-ui,sans-serif">{escape(words)}</text>'
