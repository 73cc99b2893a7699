"""The contract between the studio and whatever turns a request into pixels.

An engine knows nothing of the studio: it is given a `ClipRequest`, reports as it works, and yields frames.
"""

import math
from collections.abc import Generator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.util import find_spec
from typing import Any, Protocol, Self

import numpy as np
import numpy.typing as npt

Frame = npt.NDArray[np.uint8]
"""One picture: uint8 RGB of shape [height, width, 3]."""

SLOTS = ("subject", "action", "scene", "style", "lighting", "camera")
"""The slots of a prompt in the order of the formula [subject] + [action] + [scene] + [style]."""

MAX_SEED = 2**32 - 1

Remark = tuple[str, Mapping[str, str | int | float]]
"""Something to tell a person: a code of the text catalogue and the values its message names."""


class EngineError(Exception):
    """Something an engine says to a person: a code of the text catalogue and the values its message names."""

    def __init__(self, code: str, values: Mapping[str, str | int | float] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.values = dict(values or {})

    def __str__(self) -> str:
        named = ", ".join(f"{name}={value}" for name, value in self.values.items())
        return f"{self.code} ({named})" if named else self.code


class Refused(EngineError):
    """The request lies outside the engine's limits; the values say what is allowed."""


class Unavailable(EngineError):
    """The engine cannot run on this machine; the values say what is missing."""


def check_installed(*libraries: str) -> None:
    """Raise `Unavailable` for the first of these modules that is not installed; none is imported."""
    for library in libraries:
        if find_spec(library) is None:
            raise Unavailable("library_missing", {"library": library})


class Cancelled(Exception):
    """Raised by `report` when nobody wants the result any more; an engine lets it pass through."""


@dataclass(frozen=True)
class Prompt:
    """What a person asked for, in slots, with the sentence made from them."""

    subject: str
    action: str = ""
    scene: str = ""
    style: str = ""
    lighting: str = ""
    camera: str = ""
    negative: str = ""
    sentence: str = ""
    """The whole prompt as it is sent to a model that reads sentences."""


@dataclass(frozen=True)
class Anchor:
    """What a take continues from: the end of the take before it."""

    frames: tuple[Frame, ...] = ()
    """The last frames of the take before, oldest first."""
    state: bytes = b""
    """The engine's own `Ending.state` of the take before; empty when another engine made it."""


@dataclass(frozen=True)
class ClipRequest:
    """One take to render."""

    prompt: Prompt
    width: int
    height: int
    num_frames: int
    fps: int
    seed: int
    anchor: Anchor | None = field(default=None, compare=False)
    """When set, frame 0 repeats the last frame of the take before; whoever joins the two drops it."""

    def canonical(self) -> dict[str, Any]:
        """Return what the pixels depend on, without the anchor, as JSON-able data."""
        data = asdict(self)
        del data["anchor"]
        return data


@dataclass(frozen=True)
class Limits:
    """What an engine can do, as data, so that a page offers only that."""

    sizes: tuple[tuple[int, int], ...]
    """(width, height) worth offering, in pixels; the first is the default."""
    size_multiple: int
    """Width and height must be multiples of this."""
    side_range: tuple[int, int]
    """Smallest and largest width or height, in pixels."""
    fps: tuple[int, ...]
    """Frame rates it draws at; the first is the default."""
    seconds_range: tuple[float, float]
    """Shortest and longest take, in seconds."""
    frame_multiple: int = 1
    """Frame counts are 1 more than a multiple of this; 1 allows any count."""
    anchor_frames: int = 0
    """How many frames of the take before it can continue from; 0 when it cannot."""
    negative_prompt: bool = False
    adapters: bool = False
    """Whether it can be opened with adapters (LoRA)."""
    memory_gb: float = 0.5
    """Memory one take needs, in GiB: of the graphics card, or of the machine when it uses none."""
    pace: float = 0.1
    """Seconds it takes for a frame of 854x480 on a plain machine, until measured."""

    def frames_for(self, seconds: float, fps: int, continues: bool = False) -> int:
        """Return the frame count nearest to `seconds` that the engine can make.

        A take that continues gets one frame more, because its first is one that is shown already.
        """
        if fps not in self.fps:
            raise Refused("fps_refused", {"fps": fps, "allowed": ", ".join(map(str, sorted(self.fps)))})
        low, high = self.seconds_range
        if not low <= seconds <= high:  # NaN compares false, so it is refused too
            within = {"low": math.ceil(low * 100) / 100, "high": math.floor(high * 100) / 100}  # 121 / 24 in words
            raise Refused("seconds_refused", {"seconds": str(seconds), **within})

        def steps(length: float) -> float:
            return (length * fps - (not continues)) / self.frame_multiple

        # rounding must not leave the range; the hair's breadth is for lengths such as 121 / 24
        fewest, most = math.ceil(steps(low) - 1e-6), math.floor(steps(high) + 1e-6)
        return 1 + self.frame_multiple * max(0, fewest, min(most, round(steps(seconds))))

    def check(self, request: ClipRequest) -> None:
        """Raise `Refused` unless the request lies within these limits."""
        low, high = self.side_range
        for side in (request.width, request.height):
            if not low <= side <= high or side % self.size_multiple:
                raise Refused(
                    "size_refused",
                    {
                        "width": request.width,
                        "height": request.height,
                        "low": low,
                        "high": high,
                        "multiple": self.size_multiple,
                    },
                )
        seconds = request.num_frames / request.fps if request.fps > 0 else math.nan
        over = request.anchor is not None and seconds > self.seconds_range[1]  # the frame that is shown already
        seconds = (request.num_frames - 1) / request.fps if over else seconds
        if request.num_frames != self.frames_for(seconds, request.fps, over):
            raise Refused("frames_refused", {"frames": request.num_frames, "multiple": self.frame_multiple})
        if not 0 <= request.seed <= MAX_SEED:
            raise Refused("seed_refused", {"seed": str(request.seed)[:40], "high": MAX_SEED})
        if request.anchor is not None and not self.anchor_frames:
            raise Refused("anchor_refused")


@dataclass(frozen=True)
class Word:
    """One thing an engine found in a prompt, or chose for it."""

    slot: str
    """One of SLOTS, or a finer kind of the engine's own such as "weather"."""
    said: str
    """The words as the person wrote them; empty for a default."""
    en: str
    """What the engine made of them, in English: a name or a short clause."""
    zh: str
    """The same in Chinese."""


@dataclass(frozen=True)
class Reading:
    """An engine's account of a prompt; every word of the prompt is in it somewhere."""

    drawn: tuple[Word, ...] = ()
    not_drawn: tuple[Word, ...] = ()
    """Understood, but not drawable; `en` and `zh` say what is drawn instead, if anything."""
    unknown: tuple[str, ...] = ()
    defaults: tuple[Word, ...] = ()

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the reading that `dataclasses.asdict` turned into `data`."""
        words = {name: tuple(Word(**word) for word in data[name]) for name in ("drawn", "not_drawn", "defaults")}
        return cls(unknown=tuple(data["unknown"]), **words)


@dataclass(frozen=True)
class Ending:
    """What remains when the last frame is out."""

    state: bytes = b""
    """What `Anchor.state` of the next segment must be to continue without a visible seam."""
    reading: Reading | None = None
    """How the prompt was understood; None for an engine that takes the whole sentence as it is."""


class Report(Protocol):
    """Progress, preview and cancel in one."""

    def __call__(self, done: int, total: int, doing: str, preview: Frame | None = None) -> None:
        """Say that `done` of `total` parts of the stage `doing` are ready; raise `Cancelled` when asked to stop.

        `doing` is a code of the text catalogue, such as "doing_drawing". `preview` is what can be seen of the take so
        far, a small picture of any size; without one the last stays. To be called at least twice a second where the
        work can be interrupted so often.
        """


class Engine(Protocol):
    """One way to turn a request into pixels. Making one is cheap; weights and libraries load on first render."""

    @property
    def name(self) -> str:
        """What `models.Engines` calls it."""

    @property
    def identity(self) -> str:
        """A text that changes whenever the same request could give other pixels."""

    @property
    def limits(self) -> Limits:
        """What it can do."""

    def check_available(self) -> None:
        """Raise `Unavailable` unless it can run on this machine as it is now; quick, and loads no weights."""

    def remarks(self, request: ClipRequest) -> tuple[Remark, ...]:
        """Return what a person should know before a take is made; quick. Raises `Unavailable` if it cannot be here."""

    def prepare(self, requests: Sequence[ClipRequest], report: Report) -> None:
        """Do ahead what is cheaper for several takes at once than for each; it may do nothing.

        Those that are to continue have an anchor that is still empty. Raises what `render` does.
        """

    def render(self, request: ClipRequest, report: Report) -> Generator[Frame, None, Ending]:
        """Yield `request.num_frames` frames of exactly the request's size and return how it ended.

        A frame that was yielded is never written to again.
        Equal requests give equal pixels. Raises `Refused`, `Unavailable`, or whatever `report` raises.
        """
