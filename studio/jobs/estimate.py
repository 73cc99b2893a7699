"""How long a step will probably take."""

from collections.abc import Iterable

from models import Engines
from studio.library import Library
from studio.production import Step
from studio.production.plan import request_of, wish_of
from studio.prompts import style_id

FRAME = 854 * 480
JOINING = 0.02
"""Seconds that joining and measuring a frame of 854x480 takes on a plain machine."""


def estimates(library: Library, engines: Engines, steps: Iterable[Step]) -> dict[str, float]:
    """Return the seconds each step will probably take, by what such steps took lately."""
    paces: dict[tuple[str, str], float] = {}
    costs = {}
    for step in steps:
        look = step.params["look"]
        pixels = look["width"] * look["height"]
        if step.kind == "film":
            seconds = sum(part["seconds"] for part in step.params["parts"])
            costs[step.key] = seconds * look["fps"] * pixels * JOINING / FRAME
            continue
        wish = wish_of(step.params)
        engine, style = engines.open(wish.look.engine, wish.look.adapters), style_id(wish.segment.prompt.style)
        if (engine.name, style) not in paces:
            lately = library.pace(engine.name, style)
            paces[engine.name, style] = engine.limits.pace / FRAME if lately is None else lately / 1e6
        costs[step.key] = request_of(wish, engine).num_frames * pixels * paces[engine.name, style]
    return costs
