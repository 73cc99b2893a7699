"""film: a story told in segments, made here or taken from the library."""

import argparse
import sys
import time
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from studio.cli import typed
from studio.cli.making import checked, copy, end_tidily, ended, look_of
from studio.cli.output import complain, file_facts, show, show_json
from studio.errors import Failed, Invalid, StudioError
from studio.jobs import Job, Jobs
from studio.library import Clip, Library
from studio.prompts.cast import expand, unknown_names
from studio.prompts.clean import language_of_words
from studio.prompts.continuity import default_wording
from studio.prompts.story import STORY_LIMIT, Draft, split_story
from studio.settings import Settings
from studio.storyboard import Look, Segment, Storyboard
from studio.text import say


def film(chosen: argparse.Namespace, settings: Settings) -> int:
    """Make the film of a story, or find it in the library, and show where it is and how it holds together."""
    started = time.monotonic()
    story, out = _story(chosen.story), checked(chosen.out, settings.home, chosen.story)
    draft = split_story(story, settings.language)
    end_tidily()
    with closing(Library.open(settings)) as library, closing(Jobs(library, settings)) as jobs:
        wanted = _storyboard(story, draft, look_of(chosen, jobs), chosen)
        wanted, notes = _cast(library, wanted, draft, settings.language)
        for note in () if chosen.json else notes:
            complain(note, 0)
        jobs.start()
        watched = not chosen.json and sys.stderr.isatty()
        job = jobs.submit_film(wanted)
        try:
            job = ended(jobs, job, settings.language if watched else None)
        except StudioError:
            _say_why(jobs, library, job.storyboard, settings.language)
            raise
        clip = library.clip(job.clip_id or "")
        if wanted.mend:
            clip = _mended(jobs, library, job, settings.language if watched else None) or clip
        path = library.media(clip.video).path
        if out:
            copy(path, out)
    told = _facts(clip, out or path) | {"cached": job.reused, "waited": round(time.monotonic() - started, 3)}
    if chosen.json:
        show_json(told | {"notes": notes})
    else:
        _show(told, settings.language)
    return 0


def _story(path: Path) -> str:
    """Return the text of a file, or of standard input for "-"; raises Invalid for what cannot be read as UTF-8."""
    name = typed.words("STORY", str(path))
    try:
        with open(0, "rb", closefd=False) if name == "-" else path.open("rb") as file:
            data = file.read(4 * STORY_LIMIT + 4)  # no character has more bytes, so what is too long is seen to be
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "?"
        raise Invalid("cli_story_unreadable", {"path": typed.short(name), "reason": reason}) from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid("cli_story_refused", {"path": typed.short(name), "byte": error.start + 1}) from error


def _storyboard(story: str, draft: Draft, look: Look, chosen: argparse.Namespace) -> Storyboard:
    """Return the storyboard of a story, every segment with the seam that was typed."""
    segments = tuple(
        Segment(one.prompt, one.seconds, one.cut, typed.words("--seam", chosen.seam), one.seed)
        for one in draft.segments
    )
    wording = default_wording(language_of_words(story) or "en")
    lut = typed.words("--lut", chosen.lut)
    return Storyboard(look, segments, "", story, wording, lock_colours=chosen.lock_colours, lut=lut, mend=chosen.mend)


def _cast(library: Library, wanted: Storyboard, draft: Draft, language: str) -> tuple[Storyboard, list[str]]:
    """Let a story introduce its cast; return its storyboard and all there is to say of it.

    Who is in the cast in other words stays so: this film alone has the words of its story.
    """
    stay = {one.name.casefold() for one in library.storyboards.introduce(draft.cast)}
    own = [one for one in draft.cast if one.name.casefold() in stay]
    cast, notes = library.storyboards.cast(), [note.message for note in draft.notes]
    if own:
        others = (replace(one, words=f"@{one.name}") for one in cast if one.name.casefold() not in stay)
        members = [*others, *own]  # with the others, so that of names that run on the right one is found
        segments = (replace(one, prompt=expand(one.prompt, members)) for one in wanted.segments)
        wanted = replace(wanted, segments=tuple(segments))
    notes += [say("cli_own_words", language, {"name": one.name}) for one in own]
    for number, segment in enumerate(wanted.segments, 1):
        for name in unknown_names(segment.prompt, cast):
            notes.append(say("board_unknown_name", language, {"name": name, "number": number}))
    return wanted, notes


def _mended(jobs: Jobs, library: Library, job: Job, language: str | None) -> Clip | None:
    """Wait until nothing is tried again for the storyboard of a job; return the film that it is left with."""
    while (again := jobs.film_job(job.storyboard)) and not again.ended:
        with suppress(Failed):  # then the film stays as it was
            ended(jobs, again, language)
    return jobs.film_of(library.storyboards.load(job.storyboard))


def _say_why(jobs: Jobs, library: Library, storyboard_id: str, language: str) -> None:
    """Say of each segment that failed what went wrong with it."""
    for number, segment in enumerate(jobs.progress_of(library.storyboards.load(storyboard_id)), 1):
        if segment.status == "failed" and segment.error:
            reason = say(segment.error["code"], language, segment.error["values"])
            complain(say("cli_segment_failed", language, {"segment": number, "reason": reason}), 1)


def _facts(clip: Clip, path: Path) -> dict[str, Any]:
    """Return what is told of a film as JSON-able data; `path` is where it lies."""
    measures = clip.measures or {}
    kinds = ["cut", *(seam["kind"] for seam in measures["seams"])]
    return {
        "clip": clip.id,
        "key": clip.key,
        "path": str(path),
        "title": clip.prompt.sentence,
        "engine": clip.look.engine,
        **file_facts(clip),
        "score": round(measures["score"], 2),
        "segments": [
            {"key": part["key"], "text": part["text"], "frames": part["num_frames"], "cut": part["cut"], "seam": kind}
            for part, kind in zip(measures["parts"], kinds, strict=True)
        ],
    }


def _show(told: dict[str, Any], language: str) -> None:
    headline = "cli_reused" if told["cached"] else "cli_made"
    show(say(headline, language, {"seconds": f"{told['waited']:.1f}", "clip": told["clip"]}))
    for number, segment in enumerate(told["segments"], 1):
        seconds = segment["frames"] / told["fps"]
        show(f"{number:3}  {seconds:4.1f} s  {segment['seam']:5}  {segment['text']}")
    show(say("cli_score", language, {"score": f"{told['score']:.1f}", "seconds": f"{told['seconds']:g}"}))
    show(told["path"])
