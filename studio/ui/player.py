"""The large player: a sample, a clip, the work on the next one, or why there is none."""

from dataclasses import dataclass
from typing import Any

from models.engine import Reading, Word
from studio.errors import NotFound
from studio.jobs import Job, Jobs
from studio.library import Clip, ClipQuery, Library
from studio.text import say
from studio.ui.engines import finer_engine
from studio.ui.markup import render
from studio.ui.samples import sample
from studio.ui.seat import Seat
from studio.ui.views import film_view, preview
from studio.ui.words import capital, complaint_of, engine_name, wait


@dataclass(frozen=True)
class Player:
    """Shows what a seat says is to be shown."""

    library: Library
    jobs: Jobs

    def take_up(self, seat: Seat) -> None:
        """Let a page that was just opened show the newest clip and follow the job asked for last."""
        seat.taken = True
        unended = [job for job in self.jobs.recent() if not job.ended]
        if unended:
            seat.watching, seat.asked_here = unended[-1].id, False
        newest = self.library.search(ClipQuery(limit=1)).clips
        seat.showing = newest[0].id if newest else ""

    def settle(self, seat: Seat) -> Job | None:
        """Move the seat on when the job it watches has ended; return that job while there is something to say of it."""
        if not seat.watching:
            return None
        try:
            job = self.jobs.job(seat.watching)
        except NotFound:
            seat.watching = ""
            return None
        if job.status == "done" and job.clip_id:
            seat.show(job.clip_id, job.reused)
        elif job.status in ("cancelled", "done"):
            seat.watching = ""
        return job if seat.watching and (seat.asked_here or job.status == "failed") else None

    def html(self, seat: Seat, language: str) -> str:
        """Return the player as it is now."""
        job = self.settle(seat)
        clip = self._clip(seat)
        values: dict[str, Any] = {
            "state": "clip" if clip else "sample",
            "view": film_view(clip, language, seat.autoplay)
            if clip
            else sample(seat.sample).view(language, seat.autoplay),
            "reused": bool(clip) and seat.reused and job is None,
            "reading": _account(clip.reading, language) if clip and clip.reading else None,
            "work": _work(job, language) if job and not job.ended else None,
            "failure": _failure(job, language) if job and job.ended else None,
            "other": self._other(clip, language) if clip and clip.kind != "film" else None,
        }
        if values["work"] or values["failure"]:
            values["state"] = "working" if values["work"] else "failed"
        return render("player", language, values)

    def _other(self, clip: Clip, language: str) -> dict[str, str] | None:
        """Return the engine that could make a clip finer, and what the button for it says."""
        engine = finer_engine(self.jobs.engines, clip.look.engine)
        named = {"engine": engine_name(engine, language)}
        return {"id": engine, "name": say("engines_with", language, named)} if engine else None

    def _clip(self, seat: Seat) -> Clip | None:
        if not seat.showing:
            return None
        try:
            return self.library.clip(seat.showing)
        except NotFound:
            seat.showing, seat.reused = "", False
            return None


def _work(job: Job, language: str) -> dict[str, Any]:
    left = job.seconds_left or 0
    if job.status == "waiting":
        headline = say("tray_waiting", language, {"wait": wait(left, language)})
    elif left < 0.5:
        headline = say("player_soon", language)
    else:
        headline = say("player_left", language, {"wait": wait(left, language)})
    return {
        "id": job.id,
        "title": job.title,
        "percent": round(100 * job.progress),
        "doing": capital(say(job.doing, language)),
        "left": headline,
        "preview": preview(job),
    }


def _failure(job: Job, language: str) -> dict[str, Any]:
    return {"id": job.id, "title": job.title, "words": complaint_of(job.error, language)}


def _account(reading: Reading, language: str) -> dict[str, Any]:
    """Return how a prompt was read, in four rows."""
    kinds = (
        ("player_drawn", "good", "check", [_named(word, language) for word in reading.drawn]),
        ("player_not_drawn", "watch", "eye", [_instead(word, language) for word in reading.not_drawn]),
        ("player_unknown", "bad", "q", [{"said": word, "instead": ""} for word in reading.unknown]),
        ("player_defaults", "faint", "info", [_named(word, language) for word in reading.defaults]),
    )
    counts = {"drawn": len(reading.drawn), "not_drawn": len(reading.not_drawn), "unknown": len(reading.unknown)}
    rows = [
        {"name": say(key, language), "tone": tone, "icon": icon, "words": words} for key, tone, icon, words in kinds
    ]
    return {
        "summary": say("player_read", language, counts),
        "rows": [row for row in rows if row["words"] or row["tone"] == "good"],
    }


def _named(word: Word, language: str) -> dict[str, str]:
    return {"said": word.zh if language == "zh" else word.en, "instead": ""}


def _instead(word: Word, language: str) -> dict[str, str]:
    return {"said": word.said, "instead": word.zh if language == "zh" else word.en}
