"""The bar at the foot: how far the film has come, and the one button that takes it further."""

from dataclasses import dataclass
from typing import Any

from studio.jobs import Job
from studio.library import Clip
from studio.storyboard import Storyboard
from studio.text import say
from studio.ui.markup import render
from studio.ui.storyboard.editor import unknown_in
from studio.ui.storyboard.strip import Making
from studio.ui.views import file_name
from studio.ui.words import engine_name, job_title, wait

NOT_WANTED = ("new", "stale", "failed", "cancelled")
"""States of segments that nobody is working on."""


@dataclass(frozen=True)
class Stand:
    """Where the work on a film stands."""

    storyboard: Storyboard
    making: Making
    film: Clip | None
    """The joined film of exactly this storyboard."""
    job: Job | None
    """The newest job of this storyboard that has not ended."""
    seconds: float
    """Estimate for what is still to be made."""
    other: str = ""
    """Another engine that could make the same film here; empty for none."""


def join_bar(stand: Stand, language: str) -> str:
    """Return the bar."""
    count = len(stand.storyboard.segments)
    bar = {
        "words": "",
        "sub": "",
        "cancel": "",
        "wait": "",
        "act": "film",
        "ready": True,
        "engine": None,
        "film": None,
        "percent": None,
    }
    if not count:
        bar |= _split(stand.storyboard, language)
    elif stand.film:
        bar |= _ready(stand, language)
    elif stand.job:
        bar |= _working(stand, language)
    else:
        bar |= _to_make(stand, language)
    return render("join", language, bar)


def _split(storyboard: Storyboard, language: str) -> dict[str, Any]:
    some = bool(storyboard.story.strip())
    words = say("board_split", language) if some else say("board_split_nothing", language)
    return {"label": words, "act": "split", "ready": some}


def _ready(stand: Stand, language: str) -> dict[str, Any]:
    mending = stand.job if stand.job and stand.job.again else None
    return {
        "words": say("board_film_ready", language),
        "sub": job_title(mending, language) if mending else say("board_change_why", language),
        "cancel": mending.id if mending else "",
        "label": say("board_play", language),
        "act": "play",
        "film": {"video": f"media/{stand.film.video}", "file": file_name(stand.film)} if stand.film else None,
        "engine": {
            "id": stand.other,
            "name": say("engines_with", language, {"engine": engine_name(stand.other, language)}),
        }
        if stand.other
        else None,
    }


def _working(stand: Stand, language: str) -> dict[str, Any]:
    job, making = stand.job, stand.making
    assert job is not None
    changed = any(one.status in ("new", "stale") for one in making.progress)
    left = job.seconds_left or 0
    bar = {
        "words": _ready_words(stand, language),
        "sub": _failed_words(stand, language),
        "cancel": job.id,
        "percent": round(100 * job.progress),
        "label": say("player_left", language, {"wait": wait(left, language)})
        if left >= 0.5
        else say("player_soon", language),
        "ready": False,
    }
    return bar | _to_make(stand, language) if changed else bar


def _to_make(stand: Stand, language: str) -> dict[str, Any]:
    invalid = unknown_in(stand.making.progress)
    left = sum(one.status != "done" for one in stand.making.progress)
    begun = any(one.clip for one in stand.making.progress)
    label = "board_join" if begun else "board_preview"
    if invalid:
        return {"label": say(f"{label}_cannot", language, {"number": invalid[0]}), "ready": False}
    waits = {"count": left, "wait": wait(stand.seconds, language)}
    words = _ready_words(stand, language) if begun else say("board_to_preview", language)
    return {
        "words": words,
        "sub": _failed_words(stand, language)
        or say("board_to_draw", language, {"count": left, "all": len(stand.making.progress)}),
        "label": say(label, language),
        "wait": say("board_wait_some" if left and begun else "board_wait", language, waits),
    }


def _ready_words(stand: Stand, language: str) -> str:
    return say("board_ready_of", language, {"ready": stand.making.ready, "count": len(stand.making.progress)})


def _failed_words(stand: Stand, language: str) -> str:
    failed = [str(at) for at, one in enumerate(stand.making.progress, 1) if one.status == "failed"]
    if not failed:
        return ""
    return say("board_failed_some", language, {"numbers": say("create_comma", language).join(failed)})
