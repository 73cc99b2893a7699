"""The animatic engine: an honest, procedural moving storyboard, drawn on the CPU without a model.

A prompt is read into a Spec (reading), the Spec runs a world (world, camera), and each state of it is drawn (clip).
"""

import hashlib
from collections.abc import Generator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from models.engine import ClipRequest, Ending, Frame, Limits, Report, Unavailable

LIBRARIES = (("skia-python",), ("opencv-python-headless", "opencv-python"), ("numpy",))
"""What the pixels depend on besides this folder; of each the first that is installed."""


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


class Animatic:
    """Draws what it understands of a prompt; says what it does not."""

    name = "animatic"
    limits = Limits(
        sizes=((854, 480), (480, 854), (640, 640), (1280, 720), (720, 1280), (1920, 1080)),
        size_multiple=2,
        side_range=(64, 1920),
        fps=(24, 8, 10, 12, 15, 16, 20, 25, 30),
        seconds_range=(0.5, 5.0),
        anchor_frames=1,
        memory_gb=0.4,
        pace=0.035,
    )

    @property
    def identity(self) -> str:
        """Return a text that changes with this engine's code, its data, or the libraries it draws with."""
        return _identity()

    def render(self, request: ClipRequest, report: Report) -> Generator[Frame, None, Ending]:
        """Yield the frames of a take; raises `Refused` at once for a request outside the limits."""
        self.limits.check(request)
        return self._draw(request, report)

    def _draw(self, request: ClipRequest, report: Report) -> Generator[Frame, None, Ending]:
        try:
            from models.animatic.clip import draw_clip
        except ImportError as error:
            raise Unavailable("library_missing", {"library": error.name or str(error)[:80]}) from error
        from models.animatic.reading import read

        spec, reading = read(request.prompt)
        world = yield from draw_clip(spec, request, report)
        return Ending(world.to_bytes(), reading)
