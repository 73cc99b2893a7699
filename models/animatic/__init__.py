"""The animatic engine: an honest, procedural moving storyboard, drawn on the CPU without a model.

A prompt is read into a Spec (reading), the Spec runs a world (world, camera), and each state of it is drawn (clip).
"""

import hashlib
import os
from collections.abc import Generator, Sequence
from dataclasses import replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from models.engine import ClipRequest, Ending, Frame, Limits, Remark, Report, Unavailable, check_installed

LIBRARIES = (("skia-python",), ("opencv-python-headless", "opencv-python"), ("numpy",))
"""What the pixels depend on besides this folder; of each the first that is installed."""
MOST_WORKERS = 4
"""Processes that draw one take, unless more are asked for: each needs about 130 MB."""


@cache
def _identity() -> str:
    """Return a digest of this folder's code and data and of the libraries that draw."""
    digest = hashlib.blake2b(digest_size=8)
    folder = Path(__file__).parent
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".py", ".toml"):
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    for names in LIBRARIES:
        digest.update(_installed(names).encode() + b"\0")
    return f"animatic-{digest.hexdigest()}"


def _installed(names: tuple[str, ...]) -> str:
    """Return name and version of the first of these libraries that is installed; empty when none is."""
    for name in names:
        try:
            return f"{name} {version(name)}"
        except PackageNotFoundError:
            continue
    return ""


def usual_workers() -> int:
    """Return how many processes may draw one take on this machine when nobody says."""
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:  # not everywhere can a process be kept to some cores
        cores = os.cpu_count() or 1
    return min(cores, MOST_WORKERS)


class Animatic:
    """Draws what it understands of a prompt; says what it does not."""

    name = "animatic"
    limits = Limits(
        sizes=(
            (854, 480),
            (480, 854),
            (640, 640),
            (640, 480),
            (1280, 720),
            (720, 1280),
            (960, 720),
            (1920, 1080),
        ),
        size_multiple=2,
        side_range=(64, 1920),
        fps=(24, 8, 10, 12, 15, 16, 20, 25, 30),
        seconds_range=(0.5, 5.0),
        anchor_frames=1,
        memory_gb=0.4,
        pace=0.035,
    )

    def __init__(self, workers: int | None = None) -> None:
        self.workers = usual_workers() if workers is None else max(1, workers)
        """Processes that draw one take, this one included; the pixels do not depend on it."""

    @property
    def identity(self) -> str:
        """Return a text that changes with this engine's code, its data, or the libraries it draws with."""
        return _identity()

    def check_available(self) -> None:
        """Raise `Unavailable` where a library it draws with is not installed."""
        check_installed("skia", "cv2")

    def remarks(self, request: ClipRequest) -> tuple[Remark, ...]:
        """Return nothing: what it reads in a prompt, it tells when it has drawn it."""
        return ()

    def prepare(self, requests: Sequence[ClipRequest], report: Report) -> None:
        """Do nothing: takes share no work but that of `stage.py`, which keeps it."""

    def render(self, request: ClipRequest, report: Report) -> Generator[Frame, None, Ending]:
        """Yield the frames of a take; raises `Refused` at once for a request outside the limits."""
        self.limits.check(request)
        return self._draw(request, report)

    def _draw(self, request: ClipRequest, report: Report) -> Generator[Frame, None, Ending]:
        try:
            from models.animatic.take import draw_clip, is_picture
        except ImportError as error:
            raise Unavailable("library_missing", {"library": error.name or str(error)[:80]}) from error
        from models.animatic.plate import FROM_PICTURE
        from models.animatic.reading import read
        from models.animatic.state import to_bytes

        spec, reading = read(request.prompt)
        if is_picture(request.anchor):
            reading = replace(reading, defaults=(*reading.defaults, FROM_PICTURE))
        world = yield from draw_clip(spec, request, report, self.workers)
        return Ending(to_bytes(world), reading)
