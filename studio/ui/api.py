"""The named endpoints for programs: generate, job, search, clip, storyboard, film."""

import inspect
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from models.engine import SLOTS, Prompt
from studio.errors import Invalid, StudioError, new_reference
from studio.jobs import Job, Jobs
from studio.library import Clip, ClipQuery, Library
from studio.prompts import compose
from studio.prompts.clean import language_of_words
from studio.prompts.continuity import default_wording
from studio.prompts.story import split_story
from studio.storyboard import Look, Segment, Storyboard
from studio.text import say
from studio.ui.form import read_seconds, read_seed, read_size
from studio.ui.words import complaint, complaint_of

LOG = logging.getLogger("studio.api")


def add_api(library: Library, jobs: Jobs) -> None:
    """Add the endpoints to the page being built."""
    endpoints = Endpoints(library, jobs)
    for name, endpoint, description in (
        (
            "generate",
            _with_fields(endpoints.generate),
            "Ask for a clip. Returns the job at once; poll /job until its status has ended.",
        ),
        ("job", endpoints.job, "Say how far a job has come: status, progress from 0 to 1, clip id, error."),
        ("search", endpoints.search, "List clips of the library, newest first: id, words, size, addresses."),
        ("clip", endpoints.clip, "Return one clip by its id."),
        (
            "storyboard",
            endpoints.storyboard,
            "Split a story into segments and keep it. Returns the storyboard; give its id to /film.",
        ),
        ("film", endpoints.film, "Ask for the film of a storyboard. Returns the job at once; poll /job."),
    ):
        gr.api(endpoint, api_name=name, api_description=description, queue=True, concurrency_limit=None)


@dataclass(frozen=True)
class Wanted:
    """What /generate is given; its fields are the arguments of the endpoint."""

    subject: str
    action: str = ""
    scene: str = ""
    style: str = ""
    lighting: str = ""
    camera: str = ""
    seconds: float = 2.0
    size: str = "auto"
    seed: int = 0
    engine: str = "animatic"
    adapters: str = ""


def _with_fields(take: Callable[[Wanted], dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Return an endpoint that takes the fields of Wanted one by one, as its signature says."""

    def endpoint(*values: Any) -> dict[str, Any]:
        return take(Wanted(*values))

    endpoint.__annotations__ = {**Wanted.__annotations__, "return": dict}
    endpoint.__signature__ = inspect.signature(Wanted).replace(return_annotation=dict)  # type: ignore[attr-defined]
    return endpoint


class Endpoints:
    """What a program may call."""

    def __init__(self, library: Library, jobs: Jobs) -> None:
        self.library = library
        self.jobs = jobs

    def generate(self, wanted: Wanted) -> dict[str, Any]:
        """Ask for a clip and return its job."""

        def ask() -> dict[str, Any]:
            engine = self.jobs.engine(str(wanted.engine), _words("adapters", wanted.adapters))
            size = engine.limits.sizes[0] if wanted.size == "auto" else read_size(wanted.size)
            look = Look(engine.name, *size, engine.limits.fps[0], read_seed(wanted.seed), wanted.adapters or "")
            prompt = Prompt(**{slot: _words(slot, getattr(wanted, slot)) for slot in SLOTS})
            return self._asked(self.jobs.submit(Segment(prompt, read_seconds(wanted.seconds)), look))

        return _answer(ask)

    def job(self, job_id: str) -> dict:  # type: ignore[type-arg]
        """Return a job as it is now."""
        return _answer(lambda: _job(self.jobs.job(str(job_id))))

    def search(self, text: str = "", style: str = "", favourites: bool = False, limit: int = 60) -> dict:  # type: ignore[type-arg]
        """Return the clips that hold all words of `text`."""

        def look() -> dict[str, Any]:
            most = max(0, min(limit, 500)) if isinstance(limit, int) else 60
            query = ClipQuery(text=str(text or ""), style=str(style or ""), favourites=bool(favourites), limit=most)
            page = self.library.search(query)
            return {"total": page.total, "clips": [_clip(clip) for clip in page.clips]}

        return _answer(look)

    def clip(self, clip_id: str) -> dict:  # type: ignore[type-arg]
        """Return one clip."""
        return _answer(lambda: _clip(self.library.clip(str(clip_id))))

    def storyboard(self, story: str, title: str = "") -> dict:  # type: ignore[type-arg]
        """Split a story and return the storyboard that was kept of it."""

        def split() -> dict[str, Any]:
            draft = split_story(_words("story", story))
            wording = default_wording(language_of_words(story) or "en")
            notes = [note.message for note in draft.notes]
            for member in self.library.storyboards.introduce(draft.cast):
                notes.append(say("board_stays_in_cast", "en", {"names": f"@{member.name}"}))
            wanted = Storyboard(Look(), draft.segments, _words("title", title)[:200], story, wording)
            return _storyboard(self.library.storyboards.save(wanted), notes)

        return _answer(split)

    def film(self, storyboard: str) -> dict:  # type: ignore[type-arg]
        """Ask for the film of a storyboard that is kept and return its job."""
        return _answer(lambda: self._asked(self.jobs.submit_film(self.library.storyboards.load(str(storyboard)))))

    def _asked(self, job: Job) -> dict[str, Any]:
        """Return a job at once; where a card is lent to callers, when it has ended, for only this call may have it."""
        self.jobs.visit(job.id)
        return _job(self.jobs.job(job.id))


def _storyboard(storyboard: Storyboard, notes: list[str]) -> dict[str, Any]:
    return {
        "storyboard": storyboard.id,
        "title": storyboard.title,
        "segments": [
            {
                "segment": segment.id,
                "sentence": compose(segment.prompt).sentence,
                "seconds": segment.seconds,
                "cut": segment.cut,
                "seam": segment.seam,
                "seed": segment.seed,
            }
            for segment in storyboard.segments
        ],
        "notes": notes,
    }


def _words(slot: str, value: object) -> str:
    """Return the words of a slot; raises Invalid for what is no text."""
    if value is None or isinstance(value, str):
        return value or ""
    raise Invalid("words_refused", {"slot": slot})


def _answer(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return what `work` returns, or raise its error in words a program's user can read."""
    try:
        return work()
    except StudioError as error:
        raise gr.Error(complaint(error, "en"), print_exception=False) from error
    except Exception as error:
        reference = new_reference()
        LOG.exception("Unexpected, answered as %s", reference)
        raise gr.Error(say("unexpected", "en", {"reference": reference}), print_exception=False) from error


def _job(job: Job) -> dict[str, Any]:
    return {
        "job": job.id,
        "title": job.title,
        "status": job.status,
        "progress": job.progress,
        "doing": job.doing,
        "seconds_left": job.seconds_left,
        "clip": job.clip_id,
        "cached": job.reused,
        "error": complaint_of(job.error, "en") or None,
    }


def _clip(clip: Clip) -> dict[str, Any]:
    return {
        "clip": clip.id,
        "key": clip.key,
        "sentence": clip.prompt.sentence,
        "style": clip.style,
        "engine": clip.look.engine,
        "adapters": clip.look.adapters,
        "seed": clip.look.seed,
        "width": clip.look.width,
        "height": clip.look.height,
        "fps": clip.look.fps,
        "frames": clip.num_frames,
        "seconds": clip.seconds,
        "favourite": clip.favourite,
        "created_at": clip.created_at,
        "kind": clip.kind,
        "video": f"/media/{clip.video}",
        "poster": f"/media/{clip.poster}",
        "measures": dict(clip.measures or {}),
    }
