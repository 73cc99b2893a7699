"""Claim: a film of 16 segments is drawn, joined and measured in at most half the time that it plays."""

import json
import time
from pathlib import Path
from typing import Any

from benchmarks.studio import opened
from studio.jobs import Jobs
from studio.library import Clip, Library
from studio.prompts import default_wording, split_story
from studio.storyboard import Look, Storyboard

STORY = Path(__file__).parent.parent / "assets" / "samples" / "story_robot_en.txt"


def measure() -> dict[str, Any]:
    """Return what was measured, with the verdict on the claim; the peer is the film itself as it plays."""
    draft = split_story(STORY.read_text(encoding="utf-8"))
    storyboard = Storyboard(Look(), draft.segments, wording=default_wording("en"))
    with opened() as (library, jobs):
        for member in draft.cast:
            library.storyboards.keep_member(member)
        making, film = made(library, jobs, storyboard)
        again, _ = made(library, jobs, storyboard)
    return {
        "claim": "a film of 16 segments is ready in at most half the time that it plays",
        "segments": len(draft.segments),
        "plays_s": round(film.seconds, 1),
        "making_s": round(making, 1),
        "again_ms": round(again * 1000, 1),
        "share": round(making / film.seconds, 3),
        "holds": making <= film.seconds / 2,
    }


def made(library: Library, jobs: Jobs, storyboard: Storyboard) -> tuple[float, Clip]:
    """Return the seconds from asking for a film to its being there, and the film."""
    began = time.perf_counter()
    job = jobs.wait(jobs.submit_film(storyboard).id)
    assert job.clip_id, job.error
    return time.perf_counter() - began, library.clip(job.clip_id)


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
