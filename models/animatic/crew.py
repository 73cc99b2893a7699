"""The helpers of this process, kept warm between takes, and the order in which frames are drawn with them."""

import atexit
import os
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from models.animatic import Animatic
from models.animatic.clip import Clip
from models.animatic.helper import PATIENCE, SLOTS, Helper, Lost, Task
from models.animatic.world import FrameState, Run
from models.engine import ClipRequest, Frame

WORTH_ASKING, WORTH_STARTING = 5e6, 18e6
"""Pixels of a take from which a helper that waits is asked, and from which one is started."""
NOTED = 0.5
"""Seconds at the start of a take in which it may still be turning from the take before."""
AHEAD = 8
"""Frames drawn before they are wanted, at most."""


class Crew:
    """Helpers that wait for work; takes of several threads share them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._free: list[Helper] = []
        self._busy: list[Helper] = []

    @property
    def count(self) -> int:
        """Return how many helper processes run."""
        with self._lock:
            return sum(helper.alive for helper in (*self._free, *self._busy))

    @contextmanager
    def hired(self, workers: int, pixels: float) -> Iterator[list[Helper]]:
        """Lend as many helpers as a take of that many pixels is worth; those that still draw at its end are ended."""
        helpers = self._hire(workers - 1, pixels) if pixels >= WORTH_ASKING and os.name == "posix" else []
        finished = False
        try:
            yield helpers
            finished = True
        finally:
            with self._lock:
                for helper in helpers:
                    self._busy.remove(helper)
                    if finished and helper.alive and not helper.asked:
                        self._free.append(helper)
                    else:
                        helper.end()

    def _hire(self, wanted: int, pixels: float) -> list[Helper]:
        hired: list[Helper] = []
        with self._lock:
            wanted = min(wanted, wanted - len(self._busy))  # another take has them
            while self._free and len(hired) < wanted:
                helper = self._free.pop()
                if helper.alive:
                    hired.append(helper)
                else:
                    helper.end()
            try:
                while pixels >= WORTH_STARTING and len(hired) < wanted:
                    hired.append(Helper())
            except OSError:  # no more processes may be started here: this one draws alone
                pass
            self._busy += hired
        return hired

    def dismiss(self) -> None:
        """End everybody who waits."""
        with self._lock:
            while self._free:
                self._free.pop().end()


CREW = Crew()
atexit.register(CREW.dismiss)


class Drawing:
    """Draws the frames of one take in order, here and with helpers."""

    def __init__(self, clip: Clip, run: Run, request: ClipRequest, helpers: list[Helper]) -> None:
        self.clip = clip
        self.run = run
        self.request = replace(request, anchor=None)
        self.helpers = list(helpers)
        self.states = self._noted()
        self.noted: dict[int, FrameState] = {}
        """States of the first frames, by number, for whoever draws them once more."""
        self.given: dict[int, FrameState] = {}
        """States that helpers draw, by number."""
        self.ready: dict[int, Frame] = {}

    def frames(self) -> Generator[Frame, None, None]:
        """Yield every frame; the first is always drawn here, as colours may be chosen from it."""
        _, first = next(self.states)
        tints, identity = self.run.world.tints, Animatic().identity
        for helper in tuple(self.helpers):
            task = Task(self.clip.spec, self.request, tints, identity, first)
            self._with(helper, partial(helper.brief, task))
        yield self._draw(first)
        for number in range(1, self.request.num_frames):
            while number not in self.ready:
                self._step(number)
            yield self.ready.pop(number)

    def _noted(self) -> Iterator[tuple[int, FrameState]]:
        for number, state in enumerate(self.run.frames(self.request.num_frames)):
            if number < NOTED * self.request.fps:
                self.noted[number] = state
            yield number, state

    def _step(self, wanted: int) -> None:
        """Do one thing that brings the wanted frame nearer."""
        mine = None if wanted in self.given else next(self.states)
        for helper in tuple(self.helpers):
            self._with(helper, partial(self._keep_busy, helper))
        if mine is None and wanted not in self.ready and len(self.given) + len(self.ready) < AHEAD:
            mine = next(self.states, None)
        if mine is not None:
            self.ready[mine[0]] = self._draw(mine[1])
        elif wanted not in self.ready:
            owner = next(helper for helper in self.helpers if wanted in helper.asked)
            self._with(owner, partial(self._wait, owner))

    def _draw(self, state: FrameState) -> Frame:
        frame = self.clip.draw(state)
        self.run.world.pixel_colours = state.world.pixel_colours
        return frame

    def _keep_busy(self, helper: Helper) -> None:
        """Take what a helper has drawn and give it more."""
        while (found := helper.listen(0.0)) is not None:
            self._receive(found)
        while not helper.unready and len(helper.asked) < SLOTS and len(self.given) + len(self.ready) < AHEAD:
            number, state = next(self.states, (-1, None))
            if state is None:
                return
            self.given[number] = state
            helper.ask(number, state)

    def _wait(self, helper: Helper) -> None:
        found = helper.listen(PATIENCE)
        if found is None:
            raise Lost
        self._receive(found)

    def _receive(self, found: tuple[int, Frame]) -> None:
        number, frame = found
        del self.given[number]
        self.ready[number] = frame

    def _with(self, helper: Helper, act: Callable[[], None]) -> None:
        """Do something with a helper; should it be lost, what it was to draw is drawn here."""
        try:
            act()
        except Lost:
            self.helpers.remove(helper)
            helper.end()
            for number in helper.asked:
                self.ready[number] = self._draw(self.given.pop(number))
