"""Pieces of finishing that do not need each other, done side by side."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

HANDS = min(4, os.cpu_count() or 1)
"""Threads at work: decoding and OpenCV run beside each other, and more would only hold more frames."""


def ahead(work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """Yield `work(item)` of each item in order, having begun a few more than were asked for; raises what it raises."""
    waiting: deque[Future[Result]] = deque()
    hands = ThreadPoolExecutor(HANDS, "finishing")
    try:
        for item in items:
            waiting.append(hands.submit(work, item))
            if len(waiting) > HANDS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        hands.shutdown(cancel_futures=True)
