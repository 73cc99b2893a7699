"""Which engines the page offers, and what those need that cannot run here."""

from dataclasses import replace

from models import Engines
from studio.errors import StudioError
from studio.jobs import Jobs
from studio.storyboard import Look, Segment, look_for
from studio.text import say
from studio.ui.words import engine_name


def elsewhere(engines: Engines, language: str) -> list[str]:
    """Return what keeps engines from running here, a line for each reason with the engines that share it."""
    named: dict[str, list[str]] = {}
    for name, error in engines.missing.items():
        named.setdefault(say(error.code, language, error.values), []).append(engine_name(name, language))
    comma = say("create_comma", language)
    return [say("engines_need", language, {"engines": comma.join(names), "why": why}) for why, names in named.items()]


def before(jobs: Jobs, segment: Segment, look: Look, language: str) -> list[str]:
    """Return what a person should know before a clip is made, or why it cannot be made here."""
    try:
        return [say(code, language, values) for code, values in jobs.remarks(segment, look)]
    except StudioError as error:
        return [say(error.code, language, error.values)]


def other_engine(engines: Engines, own: str) -> str:
    """Return the engine to offer beside the one that made something: the most liked one that can run here.

    Where that one made it, the first other one; empty where there is none.
    """
    return next((name for name in (engines.best, *engines.ready) if name != own), "")


def finer_engine(engines: Engines, own: str) -> str:
    """Return the engine to make a finished clip with again; empty where there is none but the first, which sketches."""
    other = other_engine(engines, own)
    return "" if other == engines.names[0] else other


def look_again(engines: Engines, name: str, now: Look, before: Look | None) -> Look:
    """Return a look as another engine can take it: as it was `before` with that one, if no other size was chosen since.

    Raises models.engine.Unavailable for the name of no engine.
    """
    wanted = look_for(engines.open(name), now)
    if before is None or now.engine not in engines.names:
        return wanted
    led_here = _picture(look_for(engines.open(now.engine), before)) == _picture(now)
    return replace(before, seed=now.seed) if led_here or _picture(wanted) == _picture(before) else wanted


def _picture(look: Look) -> tuple[int, int, int]:
    return look.width, look.height, look.fps
