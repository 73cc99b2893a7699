"""A process that draws frames for another: it is told what over a pipe and leaves the pixels in shared memory.

It is a plain child, not one of `multiprocessing`: nothing of the parent's main module is run again, whatever thread
asks, and it ends by itself when its pipe closes, however the parent ended.
"""

import os
import pickle
import select
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from models.animatic.spec import Spec
from models.animatic.world import FrameState
from models.engine import ClipRequest, Frame

SLOTS = 3
"""Frames a helper may be asked for before it must be listened to."""
READY, DRAWN = b"r", b"d"
IDLE = 90.0
"""Seconds without a word after which a helper ends."""
PATIENCE = 20.0
"""Seconds a frame may take before its helper is given up."""
LENGTH = 8
"""Bytes in which a message says how long it is."""
ROOT = str(Path(__file__).parents[2])


@dataclass(frozen=True)
class Task:
    """A take to help with."""

    spec: Spec
    request: ClipRequest
    tints: list[list[float]]
    identity: str
    """Of the engine that asks: code that was changed on the disk since it was read would draw other pixels."""
    rehearsal: FrameState
    """A frame to draw for practice: what is drawn once for a take is then at hand."""


class Lost(Exception):
    """The helper is gone, or has not answered in time."""


class Helper:
    """The parent's end of one helper process."""

    def __init__(self) -> None:
        self.memory = _memory()
        program = f"import sys; sys.path.insert(0, {ROOT!r}); from models.animatic.helper import serve; serve()"
        self.process = subprocess.Popen(
            [sys.executable, "-c", program, str(self.memory.fileno())],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=(self.memory.fileno(),), start_new_session=True,
        )  # fmt: skip
        self.unready = 0
        """Briefings it has not answered yet."""
        self.shape = (0, 0, 3)
        self.asked: list[int] = []
        """Numbers of the frames it draws, oldest first."""
        self.given = 0
        """How many frames it was asked for since it was briefed."""

    @property
    def alive(self) -> bool:
        """Tell whether the process runs."""
        return self.process.poll() is None

    def brief(self, task: Task) -> None:
        """Tell it of a new take; raises `Lost`."""
        self.shape = (task.request.height, task.request.width, 3)
        self.asked, self.given = [], 0
        self.unready += 1
        self.memory.truncate(SLOTS * self._size)
        self._tell(task)

    @property
    def _size(self) -> int:
        return self.shape[0] * self.shape[1] * 3

    def ask(self, number: int, state: FrameState) -> None:
        """Ask for a frame; raises `Lost`."""
        self.asked.append(number)
        self.given += 1
        self._tell(((self.given - 1) % SLOTS, state))

    def _tell(self, message: object) -> None:
        assert self.process.stdin
        try:
            words = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
            self.process.stdin.write(len(words).to_bytes(LENGTH, "little") + words)
            self.process.stdin.flush()
        except OSError as error:
            raise Lost from error

    def listen(self, seconds: float) -> tuple[int, Frame] | None:
        """Return (number, picture) of the oldest frame asked for if it is drawn by then; raises `Lost`."""
        answers = self.process.stdout
        assert answers
        if not select.select([answers], [], [], seconds)[0]:
            return None
        word = os.read(answers.fileno(), 1)
        if word == READY:
            self.unready -= 1
            return None
        if word != DRAWN:
            raise Lost
        slot = (self.given - len(self.asked)) % SLOTS
        picture = np.empty(self.shape, np.uint8)
        os.preadv(self.memory.fileno(), [memoryview(picture).cast("B")], slot * self._size)
        return self.asked.pop(0), picture

    def end(self) -> None:
        """End the process and wait for it."""
        if self.alive:
            self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.memory):
            if stream:
                _close(stream)


def _memory() -> IO[bytes]:
    """Return a file without a name, in memory where the system has such files."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("frames"), "w+b", buffering=0)
    return tempfile.TemporaryFile(buffering=0)


def _close(stream: IO[bytes]) -> None:
    try:
        stream.close()
    except OSError:  # what was not said yet to a helper that is gone
        return


def serve() -> None:
    """Draw what is asked for until the pipe closes or nobody asks; the helper's whole life."""
    import cv2

    from models.animatic import Animatic
    from models.animatic.clip import Clip

    cv2.setNumThreads(1)
    answers = os.dup(1)
    os.dup2(2, 1)  # whatever a library prints must not be taken for an answer
    memory, clip = int(sys.argv[1]), None
    while (message := _next()) is not None:
        if isinstance(message, Task):
            if message.identity != Animatic().identity:
                return
            clip = Clip(message.spec, message.request, message.tints)
            clip.draw(message.rehearsal)
            os.write(answers, READY)
            continue
        slot, state = message
        assert clip
        picture = clip.draw(state)
        os.pwrite(memory, picture.data, slot * picture.nbytes)
        os.write(answers, DRAWN)


def _next() -> Any:
    """Return the next message; None when there will be none."""
    if not select.select([0], [], [], IDLE)[0]:
        return None
    length = int.from_bytes(_read(LENGTH), "little")
    message = _read(length)
    return pickle.loads(message) if length and len(message) == length else None


def _read(count: int) -> bytes:
    """Return that many bytes of what the parent says, or fewer when it has gone."""
    parts = []
    while count:
        part = os.read(0, count)
        if not part:
            break
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
