"""Colour grading by .cube tables, after Adobe's Cube LUT specification 1.0: 3D tables with red running fastest."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from models.engine import Frame
from studio.errors import Invalid, NotFound

FOLDER = Path(__file__).parent.parent.parent / "assets" / "luts"
SIZES = (2, 65)
"""Fewest and most points a side: what Pillow's filter takes."""
LONGEST_LINE = 400
"""No line of a table is longer; a file of another kind often has a single one of megabytes."""

Table = npt.NDArray[np.float32]
"""Output RGB, 0 to 1, of shape [size, size, size, 3] over blue, green and red from 0 to 1."""


@dataclass(frozen=True, eq=False)
class Lut:
    """A grade: gives each colour of a frame another, whatever stands beside it."""

    name: str
    """The name of its file without .cube."""
    table: Table

    def __call__(self, frame: Frame) -> Frame:
        """Return the graded frame; trilinear between the points of the table."""
        from PIL import Image

        return np.asarray(Image.fromarray(frame).filter(self._filter))

    @cached_property
    def _filter(self) -> Any:
        from PIL import ImageFilter

        return ImageFilter.Color3DLUT(len(self.table), self.table.ravel().tolist())


def lut_names() -> tuple[str, ...]:
    """Return the names of the grades that ship; "lut_" before one is its entry in the text catalogue."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.cube")))


def lut(name: str) -> Lut:
    """Return a grade that ships; raises NotFound."""
    if name not in lut_names():
        raise NotFound("lut_missing", {"name": name[:40], "names": ", ".join(lut_names())})
    return load_lut(FOLDER / f"{name}.cube")


def load_lut(path: Path) -> Lut:
    """Read a 3D .cube file; raises Invalid, naming the line, when it is none or is broken."""
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            draft = _Draft(path.name)
            for number, line in _lines(file, path.name):
                draft.take(number, line)
    except OSError as error:
        raise Invalid("lut_unreadable", {"name": path.name, "reason": error.strerror or str(error)}) from error
    return Lut(path.stem, draft.table())


def _lines(file: Any, name: str) -> Iterator[tuple[int, str]]:
    """Yield the lines that say something, with their numbers from 1."""
    number = 0
    while text := file.readline(LONGEST_LINE):
        number += 1
        if len(text) >= LONGEST_LINE or "\0" in text:
            raise Invalid("lut_line", {"name": name, "line": number, "text": text[:30].replace("\0", "")})
        if (said := text.strip()) and not said.startswith("#"):
            yield number, said


@dataclass
class _Draft:
    """What has been read of a file so far."""

    name: str
    size: int = 0
    domain: dict[str, list[float]] = field(default_factory=lambda: {"MIN": [0.0] * 3, "MAX": [1.0] * 3})
    points: list[list[float]] = field(default_factory=list)

    def take(self, number: int, line: str) -> None:
        """Take one line: a keyword with its values, or a point of the table."""
        word, *rest = line.split()
        match word:
            case "TITLE":
                return
            case "LUT_1D_SIZE" | "LUT_1D_INPUT_RANGE":
                raise Invalid("lut_one_dimensional", {"name": self.name})
            case "LUT_3D_SIZE":
                self.size = self._sized(rest)
            case "LUT_3D_INPUT_RANGE":
                low, high = self._numbers(number, line, rest, 2)
                self.domain = {"MIN": [low] * 3, "MAX": [high] * 3}
            case "DOMAIN_MIN" | "DOMAIN_MAX":
                self.domain[word[-3:]] = self._numbers(number, line, rest, 3)
            case _:
                self.points.append(self._numbers(number, line, [word, *rest], 3))
                if len(self.points) > self.size**3:
                    raise self._miscounted(f"{len(self.points)}+")

    def table(self) -> Table:
        """Return the finished table over 0 to 1; raises Invalid when something is missing."""
        if not self.size:
            raise Invalid("lut_size", {"name": self.name, "size": "?", "low": SIZES[0], "high": SIZES[1]})
        if len(self.points) != self.size**3:
            raise self._miscounted(str(len(self.points)))
        low, high = np.array(self.domain["MIN"]), np.array(self.domain["MAX"])
        if not (high > low).all():
            raise Invalid("lut_domain", {"name": self.name})
        table = np.array(self.points, np.float32).reshape(self.size, self.size, self.size, 3)
        for axis, channel in enumerate((2, 1, 0)):
            table = _stretched(table, axis, float(low[channel]), float(high[channel]))
        return table

    def _sized(self, rest: list[str]) -> int:
        said = " ".join(rest)[:20]
        if not (said.isascii() and said.isdigit() and SIZES[0] <= int(said) <= SIZES[1]):
            raise Invalid("lut_size", {"name": self.name, "size": said or "?", "low": SIZES[0], "high": SIZES[1]})
        return int(said)

    def _numbers(self, number: int, line: str, words: list[str], count: int) -> list[float]:
        try:
            numbers = [float(word) for word in words]
        except ValueError:
            numbers = []
        if len(numbers) != count or not all(map(isfinite, numbers)):
            raise Invalid("lut_line", {"name": self.name, "line": number, "text": line[:30]})
        return numbers

    def _miscounted(self, found: str) -> Invalid:
        return Invalid("lut_count", {"name": self.name, "found": found, "expected": self.size**3})


def _stretched(table: Table, axis: int, low: float, high: float) -> Table:
    """Return a table whose `axis` runs from 0 to 1, not `low` to `high`; what lies outside keeps the end's value."""
    if (low, high) == (0.0, 1.0):
        return table
    last = table.shape[axis] - 1
    places = np.clip((np.linspace(0, 1, last + 1) - low) / (high - low), 0, 1) * last
    below = np.minimum(places.astype(int), last - 1)
    share = (places - below).astype(np.float32).reshape([-1 if one == axis else 1 for one in range(4)])
    stretched: Table = np.take(table, below, axis) * (1 - share) + np.take(table, below + 1, axis) * share
    return stretched
