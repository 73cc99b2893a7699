"""Numbers, waits and names as a person reads them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from studio.errors import StudioError
from studio.jobs import Job
from studio.prompts import vocabulary
from studio.text import catalogue, say


def wait(seconds: float, language: str) -> str:
    """Return a wait such as "3 s" or "2 min", rounded up so that it is rarely broken."""
    whole = max(1, int(seconds + 0.999))
    if whole < 100:
        return say("page_secs", language, {"count": whole})
    return say("page_mins", language, {"count": round(whole / 60)})


def length(seconds: float, language: str) -> str:
    """Return the length of a clip, to a tenth of a second."""
    return say("page_secs", language, {"count": f"{seconds:.1f}"})


def job_title(job: Job, language: str) -> str:
    """Return what a job is called: its title, or which segment it tries again."""
    if job.again is None:
        return job.title
    return say("tray_again", language, {"number": job.again.number, "score": f"{job.again.score:.1f}"})


def engine_name(engine: str, language: str) -> str:
    """Return what an engine is called; its own name where the catalogue has no other."""
    key = f"page_engine_{engine}"
    return say(key, language) if key in catalogue() else engine


def style_name(style: str, language: str) -> str:
    """Return the short name of a style of the vocabulary; empty for none."""
    return next((entry.name(language) for entry in vocabulary("styles") if entry.id == style), "")


def capital(words: str) -> str:
    """Return words with a capital at their beginning."""
    return words[:1].upper() + words[1:]


def date(timestamp: float) -> str:
    """Return a moment in the time zone of the machine."""
    return datetime.fromtimestamp(timestamp).strftime("%Y-%m-%d %H:%M")


def complaint(error: StudioError, language: str) -> str:
    """Return what an error says."""
    return say(error.code, language, error.values)


def complaint_of(error: Mapping[str, Any] | None, language: str) -> str:
    """Return what a kept error ({"code", "values"}) says; empty for none."""
    return say(error["code"], language, error["values"]) if error else ""
