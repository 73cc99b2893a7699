"""A studio of its own in a temporary folder, for the claims that need one."""

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager

from models.engine import Prompt
from studio.jobs import Jobs
from studio.library import Library
from studio.prompts import split
from studio.settings import Settings
from studio.storyboard import Look, Segment

SENTENCE = "一只狐狸在森林里奔跑，水墨风格"


@contextmanager
def opened() -> Iterator[tuple[Library, Jobs]]:
    """Give an empty library and its running jobs, and take both away afterwards."""
    with tempfile.TemporaryDirectory() as home:
        settings = Settings.read({"STUDIO_HOME": home})
        with closing(Library.open(settings)) as library, closing(Jobs(library, settings)) as jobs:
            jobs.start()
            yield library, jobs


def wish(seed: int) -> tuple[Segment, Look]:
    """Return the clip that is made: 2 s of 854x480 at 24 frames a second."""
    prompt: Prompt = split(SENTENCE)
    return Segment(prompt, 2.0), Look(seed=seed)
