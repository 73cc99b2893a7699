"""CPU time in a unit that a slow machine stretches with what it measures, so that none fails a test for being slow."""

import re
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

TRIES = 3
"""An act is tried so often, for a busy moment of a shared machine may fall on it and not on its unit."""


def within(yardsticks: float, act: Callable[[], T]) -> T:
    """Return what an act returns; assert that it costs no more yardsticks, each about 10 ms of fixed work."""
    costs: list[float] = []
    while len(costs) < TRIES:
        seconds, returned = _timed(act)
        costs.append(seconds / min(_timed(_fixed_work)[0] for _ in range(TRIES)))
        if costs[-1] <= yardsticks:
            return returned
    raise AssertionError(f"{min(costs):.0f} yardsticks, and {yardsticks} are allowed")


def _timed(act: Callable[[], T]) -> tuple[float, T]:
    """Return the CPU seconds that an act costs this thread, and what it returns."""
    began = time.thread_time()
    returned = act()
    return time.thread_time() - began, returned


def _fixed_work() -> int:
    """Search, cut and compare words, as the readers of prompts and stories do."""
    words = re.sub(r"(\w+) (\w+)", r"\2 \1", "a fox runs in the snow " * 2_000).split()
    return len({word.casefold() for word in words})
