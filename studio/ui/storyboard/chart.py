"""The consistency chart: a point for each segment of the joined film, and its seams as lines between them.

Positions across are shares of the width, so that one drawing serves every screen; heights are pixels.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from studio.jobs import THRESHOLD, is_low
from studio.storyboard import Storyboard
from studio.text import say
from studio.ui.markup import render
from studio.ui.storyboard.strip import Making, seam

BEST, WORST = 5.0, 1.0
TOP, HEIGHT = 12.0, 50.0
"""Pixels from the upper edge to a score of 5, and from there to a score of 1."""
MOST_NUMBERS = 16
"""So many scores are written beside their points; of more, only those below the threshold."""
MOST_BLOCKS = 40
"""So many blocks are numbered; of more, every tenth."""


def height_of(score: float) -> float:
    """Return how many pixels below the upper edge a score stands."""
    held = min(BEST, max(WORST, score))
    return round(TOP + (BEST - held) / (BEST - WORST) * HEIGHT, 1)


def chart(storyboard: Storyboard, making: Making, chosen: str, language: str) -> str:
    """Return the chart of the joined film; nothing while there is none."""
    scores = list(making.measures.get("segments", ()))
    count = len(storyboard.segments)
    if not count:
        return ""
    places = _places(storyboard, making.measures)
    measured = len(scores) == count
    points = [_point(at, places, scores[at], count, language) for at in range(count)] if measured else []
    shown = {
        "blocks": _blocks(storyboard, places, scores if measured else [], chosen, language),
        "points": points,
        "lines": [{"from": one, "to": other} for one, other in pairwise(points)],
        "seams": [_seam(storyboard, making, at, places, language) for at in range(1, count)] if measured else [],
        "rules": [{"y": height_of(score), "score": f"{score:g}"} for score in (5, 3, 1)],
        "threshold": height_of(THRESHOLD),
        "total": "",
    }
    if measured:
        mean = sum(one["score"] for one in scores) / count
        shown["total"] = say("board_score", language, {"score": f"{mean:.1f}"})
    return render("chart", language, shown)


def _places(storyboard: Storyboard, measures: Mapping[str, Any]) -> list[tuple[float, float]]:
    """Return (left, width) of each segment in per cent of the film."""
    parts = list(measures.get("parts", ()))
    if len(parts) == len(storyboard.segments):
        lengths = [float(part["num_frames"]) for part in parts]
    else:
        lengths = [segment.seconds for segment in storyboard.segments]
    total = sum(lengths) or 1.0
    starts = [sum(lengths[:at]) for at in range(len(lengths))]
    return [(100 * start / total, 100 * long / total) for start, long in zip(starts, lengths, strict=True)]


def _point(
    at: int, places: Sequence[tuple[float, float]], facts: Mapping[str, float], count: int, language: str
) -> dict[str, Any]:
    left, width = places[at]
    score = facts["score"]
    low = is_low(score)
    return {
        "x": round(left + width / 2, 2),
        "y": height_of(score),
        "low": low,
        "score": f"{score:.1f}" if low or count <= MOST_NUMBERS else "",
        "title": _words(at, facts, language) if count <= MOST_BLOCKS else "",  # its block says it too
    }


def _words(at: int, facts: Mapping[str, float], language: str) -> str:
    told = {name: f"{facts[name]:.1f}" for name in ("score", "subject", "colour", "motion")}
    return say("board_score_of", language, {"number": at + 1, **told})


def _blocks(
    storyboard: Storyboard,
    places: Sequence[tuple[float, float]],
    scores: Sequence[Mapping[str, float]],
    chosen: str,
    language: str,
) -> list[dict[str, Any]]:
    count = len(places)
    blocks = []
    for at, (segment, (_, width)) in enumerate(zip(storyboard.segments, places, strict=True)):
        label = _words(at, scores[at], language) if scores else say("board_segment", language, {"number": at + 1})
        numbered = count <= MOST_BLOCKS or (at + 1) % 10 == 0
        blocks.append(
            {
                "id": segment.id,
                "number": at + 1 if numbered else "",
                "wide": round(width, 3),
                "on": segment.id == chosen,
                "label": label,
            }
        )
    return blocks


def _seam(
    storyboard: Storyboard, making: Making, at: int, places: Sequence[tuple[float, float]], language: str
) -> dict[str, Any]:
    facts = seam(storyboard.segments, at, making, language)
    words = [facts["label"], facts["word"], facts["quality"]]
    return {
        "id": storyboard.segments[at].id,
        "x": round(places[at][0], 2),
        "tone": facts["tone"] if facts["kind"] != "cut" else "shot",
        "tip": say("create_comma", language).join(word for word in words if word),
    }
