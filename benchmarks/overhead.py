"""Claim: queue, encoding, store and database add at most 15 % to the time of the bare engine for a clip of 2 s.

The engine is kept to one process on both sides. With its helpers it takes every core of a small machine; the encoder
then has to share, which says more about the number of cores than about the studio, and is measured beside it.
"""

import json
import time
from statistics import median
from typing import Any

import models
from benchmarks.studio import opened, wish
from models.animatic import Animatic
from studio.jobs import Jobs
from studio.production.plan import Wish, request_of
from studio.prompts import compose
from studio.storyboard import Segment

ROUNDS = 9


class Alone(Animatic):
    """The animatic engine without helpers."""

    def __init__(self) -> None:
        super().__init__(workers=1)


def measure() -> dict[str, Any]:
    """Return what was measured, with the verdict on the claim."""
    helped = compared()
    usual, models.ENGINES["animatic"] = models.ENGINES["animatic"], "benchmarks.overhead:Alone"
    alone = compared()
    models.ENGINES["animatic"] = usual
    return {
        "claim": "the studio adds at most 15 % to the bare engine",
        **alone,
        "with_helpers": helped,
        "holds": alone["ratio"] <= 1.15,
    }


def compared() -> dict[str, float]:
    """Return the median seconds of the engine and of the studio, made in turns, and the median of their ratios."""
    with opened() as (_, jobs):
        bare(1), whole(jobs, 1)  # loads the libraries of both
        pairs = [(bare(seed), whole(jobs, seed)) for seed in range(2, 2 + ROUNDS)]
    engine, studio = median(first for first, _ in pairs), median(second for _, second in pairs)
    ratio = median(second / first for first, second in pairs)
    return {"engine_s": round(engine, 3), "studio_s": round(studio, 3), "ratio": round(ratio, 3)}


def bare(seed: int) -> float:
    """Return the seconds a new engine takes to draw every frame."""
    segment, look = wish(seed)
    began = time.perf_counter()
    engine = models.Engines().open(look.engine)
    segment = Segment(compose(segment.prompt), segment.seconds)
    for _ in engine.render(request_of(Wish(segment, look), engine), lambda _done, _total, _doing: None):
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
