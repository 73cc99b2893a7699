"""From a submitted job to a file where a person wants it: what the commands that make something share."""

import argparse
import os
import shutil
import signal
import sys
from contextlib import suppress
from pathlib import Path

from studio.cli import typed
from studio.errors import Failed, Invalid
from studio.jobs import Job, Jobs
from studio.storyboard import Look
from studio.text import say

AUTO = "auto"
"""What stands for the first size or rate of the engine, as it does for the best engine."""
TERMINATED = 143
"""The exit code a shell gives for SIGTERM."""


def look_of(chosen: argparse.Namespace, jobs: Jobs) -> Look:
    """Return the look of the options --engine, --size, --fps, --seed and --adapters; raises Invalid."""
    adapters = typed.words("--adapters", chosen.adapters)
    engine = jobs.engine(typed.words("--engine", chosen.engine), adapters)
    size = engine.limits.sizes[0] if chosen.size == AUTO else typed.size(chosen.size)
    fps = engine.limits.fps[0] if chosen.fps == AUTO else typed.whole("fps", chosen.fps)
    return Look(engine.name, *size, fps, typed.whole("seed", chosen.seed), adapters)


def end_tidily() -> None:
    """Let SIGTERM end this process as an exit, so that what is in hand is given back."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))


def ended(jobs: Jobs, job: Job, language: str | None) -> Job:
    """Wait for a job, showing how it goes when there is a language; raises Failed when it ends without a clip."""
    try:
        jobs.visit(job.id)
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


def checked(out: Path | None, home: Path, story: Path | None = None) -> Path | None:
    """Return where the film is to be copied; raises Invalid, before anything is made, where it cannot be.

    It may take the place neither of its own story nor of anything in the data folder.
    """
    if out is None:
        return None
    typed.words("--out", str(out))
    try:
        if out.resolve().is_relative_to(home.resolve()):
            raise Invalid("cli_out_at_home", {"path": typed.short(str(out)), "home": typed.short(str(home))})
        if story and out.exists() and story.exists() and out.samefile(story):
            raise Invalid("cli_out_story", {"path": typed.short(str(out))})
        if not out.parent.is_dir():
            raise Invalid("cli_out_no_folder", {"folder": typed.short(str(out.parent))})
        if out.is_dir() or (out.exists() and not out.is_file()):
            raise Invalid("cli_out_no_file", {"path": typed.short(str(out))})
    except (OSError, RuntimeError) as error:  # a name that is too long, a folder not to be looked into, links in a ring
        values = {"path": typed.short(str(out)), "reason": getattr(error, "strerror", None) or str(error)}
        raise Invalid("cli_out_unusable", values) from error
    return out


def copy(source: Path, target: Path) -> None:
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
