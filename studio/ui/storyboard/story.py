"""The story as it is typed, the storyboards that were begun before, and what a film's look and joining are."""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup

from models import Engines
from models.engine import EngineError
from studio.jobs import THRESHOLD
from studio.storyboard import Storyboard
from studio.text import catalogue, say
from studio.ui.adapters import adapter_list, refusal
from studio.ui.engines import elsewhere
from studio.ui.form import shapes
from studio.ui.markup import ASSETS, render
from studio.ui.seat import Refused
from studio.ui.storyboard.strip import sentence
from studio.ui.storyboard.typed import LONGEST_STORY, LONGEST_WORDS
from studio.ui.words import complaint_of, engine_name

CAST_LINE = re.compile(r"\s*@[\w-]+\s*[:：]")
TITLE = 60
"""Characters of a storyboard's first words that stand for it."""


def story(now: Storyboard, recent: Sequence[Storyboard], language: str) -> str:
    """Return the field of the story and how long the film is now."""
    count = len(now.segments)
    total = play_time(now, language)
    tally = say("board_tally", language, {"count": count, "seconds": total}) if count else ""
    others = [{"id": one.id, "title": title(one, language)} for one in recent if one.id != now.id and _some(one)]
    samples = [] if count else _samples(language)
    values = {"story": now.story, "id": now.id, "tally": tally, "others": others, "samples": samples}
    return render("story", language, values | {"longest": LONGEST_STORY})


def play_time(storyboard: Storyboard, language: str) -> str:
    """Return how long the film is to be."""
    seconds = sum(segment.seconds for segment in storyboard.segments)
    return say("page_secs", language, {"count": f"{round(seconds, 1):g}"})


def title(storyboard: Storyboard, language: str) -> str:
    """Return what a storyboard is called: its title, else its first words."""
    words = storyboard.title.strip() or storyboard.story.strip()
    if not words and storyboard.segments:
        words = sentence(storyboard.segments[0].prompt)
    words = " ".join(words.split())
    return words[:TITLE] + ("…" if len(words) > TITLE else "") if words else say("board_untitled", language)


def _some(storyboard: Storyboard) -> bool:
    return bool(storyboard.segments or storyboard.story.strip())


def _samples(language: str) -> list[dict[str, str]]:
    return [{"name": path.name, "title": sample_title(path, language)} for path in sample_stories(language)]


def sample_title(path: Path, language: str) -> str:
    """Return the first words of a sample story, without its cast."""
    lines = path.read_text(encoding="utf-8").splitlines()
    told = [line for line in lines if line.strip() and not CAST_LINE.match(line)]
    words = " ".join(" ".join(told).lstrip("0123456789.、 ").split())
    return words[:TITLE] + ("…" if len(words) > TITLE else "")


@cache
def sample_stories(language: str) -> tuple[Path, ...]:
    """Return the stories that ship with the studio in a language."""
    return tuple(sorted((ASSETS / "samples").glob(f"story_*_{language}.txt")))


def options(engines: Engines, now: Storyboard, refused: Refused | None, language: str) -> str:
    """Return what is chosen for the whole film, under More; `refused` stands in the field of the seed, if anything."""
    return render(
        "options",
        language,
        {
            "board": now,
            "seed": refused.typed if refused else now.look.seed,
            "why": complaint_of(refused.why, language) if refused else "",
            "longest": LONGEST_WORDS,
            "threshold": f"{THRESHOLD:g}",
            "luts": _luts(now.lut, language),
            "shapes": _shapes(engines, now),
            "adapters": Markup(adapter_list(engines, now.look, _styles(now), language)),
            "adapters_wrong": refusal(engines, now.look, language),
            "elsewhere": Markup(render("elsewhere", language, {"lines": elsewhere(engines, language)})),
            "engines": [
                {"value": name, "name": engine_name(name, language), "on": name == now.look.engine}
                for name in engines.ready
            ],
        },
    )


def _styles(storyboard: Storyboard) -> tuple[str, ...]:
    return tuple(segment.prompt.style for segment in storyboard.segments)


def _shapes(engines: Engines, storyboard: Storyboard) -> list[dict[str, Any]]:
    size = f"{storyboard.look.width}x{storyboard.look.height}"
    try:
        offered = shapes(engines.open(storyboard.look.engine).limits)
    except EngineError:
        offered = []
    if size not in [value for _, value in offered]:
        offered = [*offered, (size.replace("x", "×"), size)]
    return [{"value": value, "name": name, "on": value == size} for name, value in offered]


def _luts(chosen: str, language: str) -> list[dict[str, Any]]:
    names = ["", *sorted(path.stem for path in (ASSETS / "luts").glob("*.cube"))]
    return [{"value": name, "name": _lut(name, language), "on": name == chosen} for name in names]


def _lut(name: str, language: str) -> str:
    key = f"lut_{name or 'none'}"
    return say(key, language) if key in catalogue() else name
