"""generate: one clip, made here or taken from the library."""

import argparse
import os
import shutil
import signal
import sys
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from models.engine import Prompt
from studio.cli import typed
from studio.cli.output import clip_facts, show, show_json, show_reading
from studio.errors import Failed, Invalid
from studio.jobs import Job, Jobs
from studio.library import Clip, Library
from studio.prompts import compose, split
from studio.settings import Settings
from studio.storyboard import Look, Segment
from studio.text import say

TERMINATED = 143
"""The exit code a shell gives for SIGTERM."""


def generate(chosen: argparse.Namespace, settings: Settings) -> int:
    """Make one clip, or find it in the library, and show where it is and how its prompt was read."""
    started = time.monotonic()
    segment, look = Segment(_prompt(chosen), typed.number("seconds", chosen.seconds)), _look(chosen)
    out = _checked(chosen.out)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))  # so that what is in hand is given back
    with closing(Library.open(settings)) as library, closing(Jobs(library, settings)) as jobs:
        jobs.start()
        watched = not chosen.json and sys.stderr.isatty()
        job = _ended(jobs, jobs.submit(segment, look), settings.language if watched else None)
        clip = library.clip(job.clip_id or "")
        path = library.media(clip.video).path
        if out:
            _copy(path, out)
    told = clip_facts(clip, out or path) | {"cached": job.reused, "waited": round(time.monotonic() - started, 3)}
    if chosen.json:
        show_json(told)
    else:
        _show(told, clip, settings.language)
    return 0


def _prompt(chosen: argparse.Namespace) -> Prompt:
    """Return the prompt of a call; raises Misused for a sentence together with slots."""
    slots = {slot: typed.words(f"--{slot}", getattr(chosen, slot)) for slot in typed.SLOTS}
    sentence = typed.words("--prompt", chosen.prompt)
    given = [f"--{slot}" for slot, text in slots.items() if text]
    if sentence and given:
        raise typed.Misused("python -m studio generate", f"--prompt + {', '.join(given)}")
    return compose(split(sentence) if sentence else Prompt(**slots))


def _look(chosen: argparse.Namespace) -> Look:
    width, height = typed.size(chosen.size)
    return Look(chosen.engine, width, height, typed.whole("fps", chosen.fps), typed.whole("seed", chosen.seed))


def _ended(jobs: Jobs, job: Job, language: str | None) -> Job:
    """Wait for a job, showing how it goes when there is a language; raises Failed when it ends without a clip."""
    try:
        while not job.ended:
            if language:
                _show_progress(job, language)
            job = jobs.wait(job.id, 0.2)
    except (KeyboardInterrupt, SystemExit):
        jobs.cancel(job.id)
        raise
    finally:
        if language:
            sys.stderr.write("\r\x1b[K")
    if job.status == "cancelled":
        raise Failed("cli_cancelled")
    if job.error:
        raise Failed(job.error["code"], job.error["values"])
    return job


def _show_progress(job: Job, language: str) -> None:
    left = "" if job.seconds_left is None else say("cli_left", language, {"seconds": max(1, round(job.seconds_left))})
    sys.stderr.write(f"\r\x1b[K{job.progress:4.0%}  {say(job.doing, language)}  {left}")
    sys.stderr.flush()


def _checked(out: Path | None) -> Path | None:
    """Return where the film is to be copied; raises Invalid, before anything is made, where it cannot be."""
    if out is None:
        return None
    typed.words("--out", str(out))
    try:
        if not out.parent.is_dir():
            raise Invalid("cli_out_no_folder", {"folder": typed.short(str(out.parent))})
        if out.is_dir() or (out.exists() and not out.is_file()):
            raise Invalid("cli_out_no_file", {"path": typed.short(str(out))})
    except OSError as error:  # a name that is too long, a folder that may not be looked into
        values = {"path": typed.short(str(out)), "reason": error.strerror or str(error)}
        raise Invalid("cli_out_unusable", values) from error
    return out


def _copy(source: Path, target: Path) -> None:
    """Copy a file so that `target` is never half there."""
    part = target.with_name(f".{os.getpid()}.part")
    try:
        shutil.copyfile(source, part)
        part.replace(target)
    except OSError as error:
        reason = error.strerror or str(error)
        raise Invalid("cli_out_refused", {"path": typed.short(str(target)), "reason": reason}) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _show(told: dict[str, Any], clip: Clip, language: str) -> None:
    headline = "cli_reused" if told["cached"] else "cli_made"
    show(say(headline, language, {"seconds": f"{told['waited']:.1f}", "clip": clip.id}))
    show(f"{clip.prompt.sentence}  ({clip.look.width}x{clip.look.height}, {clip.seconds:g} s, {clip.look.fps} fps)")
    show_reading(clip, language)
    show(told["path"])
