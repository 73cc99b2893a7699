"""Claim: queue, encoding, store and database add at most 15 % to the time of the bare engine for a clip of 2 s."""

import json
import time
from statistics import median
from typing import Any

from benchmarks.studio import opened, wish
from models import open_engine
from studio.jobs import Jobs
from studio.production.plan import request_of
from studio.prompts import compose
from studio.storyboard import Segment

ROUNDS = 7


def measure() -> dict[str, Any]:
    """Return what was measured, with the verdict on the claim."""
    with opened() as (_, jobs):
        bare(1), whole(jobs, 1)  # loads the libraries of both
        pairs = [(bare(seed), whole(jobs, seed)) for seed in range(2, 2 + ROUNDS)]
    engine, studio = median(first for first, _ in pairs), median(second for _, second in pairs)
    ratio = median(second / first for first, second in pairs)
    return {
        "claim": "the studio adds at most 15 % to the bare engine",
        "engine_s": round(engine, 3),
        "studio_s": round(studio, 3),
        "ratio": round(ratio, 3),
        "holds": ratio <= 1.15,
    }


def bare(seed: int) -> float:
    """Return the seconds a new engine takes to draw every frame."""
    segment, look = wish(seed)
    began = time.perf_counter()
    engine = open_engine(look.engine)
    segment = Segment(compose(segment.prompt), segment.seconds)
    for _ in engine.render(request_of(segment, look, engine), lambda _done, _total, _doing: None):
        pass
    return time.perf_counter() - began


def whole(jobs: Jobs, seed: int) -> float:
    """Return the seconds from submitting a wish to its clip being in the library."""
    began = time.perf_counter()
    job = jobs.wait(jobs.submit(*wish(seed)).id)
    assert job.status == "done" and not job.reused, job.error
    return time.perf_counter() - began


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
