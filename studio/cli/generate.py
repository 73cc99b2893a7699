"""generate: one clip, made here or taken from the library."""

import argparse
import sys
import time
from contextlib import closing
from typing import Any

from models.engine import Prompt
from studio.cli import typed
from studio.cli.making import checked, copy, end_tidily, ended, look_of
from studio.cli.output import clip_facts, show, show_json, show_reading
from studio.jobs import Jobs
from studio.library import Clip, Library
from studio.prompts import compose, split
from studio.settings import Settings
from studio.storyboard import Segment
from studio.text import say


def generate(chosen: argparse.Namespace, settings: Settings) -> int:
    """Make one clip, or find it in the library, and show where it is and how its prompt was read."""
    started = time.monotonic()
    segment = Segment(_prompt(chosen), typed.number("seconds", chosen.seconds))
    out = checked(chosen.out, settings.home)
    end_tidily()
    with closing(Library.open(settings)) as library, closing(Jobs(library, settings)) as jobs:
        look = look_of(chosen, jobs)
        jobs.start()
        watched = not chosen.json and sys.stderr.isatty()
        job = ended(jobs, jobs.submit(segment, look), settings.language if watched else None)
        clip = library.clip(job.clip_id or "")
        path = library.media(clip.video).path
        if out:
            copy(path, out)
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


def _show(told: dict[str, Any], clip: Clip, language: str) -> None:
    headline = "cli_reused" if told["cached"] else "cli_made"
    show(say(headline, language, {"seconds": f"{told['waited']:.1f}", "clip": clip.id}))
    show(f"{clip.prompt.sentence}  ({clip.look.width}x{clip.look.height}, {clip.seconds:g} s, {clip.look.fps} fps)")
    show_reading(clip, language)
    show(told["path"])
