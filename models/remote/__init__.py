"""The remote engine: a model hosted by one of the Hugging Face Inference Providers makes the take.

The request goes out through `huggingface_hub.InferenceClient`; nothing of it is imported before the first take.
"""

import io
import re
from collections.abc import Generator
from dataclasses import dataclass
from importlib.util import find_spec
from threading import Thread

import numpy as np

from models.engine import ClipRequest, Ending, Frame, Limits, Reading, Refused, Report, Unavailable
from models.remote.failures import HUB, Answered, GivenUp, Misdirected, OutOfTime, TooLarge, told, wait_before_retry
from models.remote.film import changes, read
from models.remote.line import Line
from models.remote.providers import IMAGE, PROVIDERS, TEXT, choose

VERSION = 1
"""Raised when the same answer would give other pixels, or the same request would ask for something else."""
REPORT_SECONDS = 0.25
"""Time between two reports while the provider works."""


@dataclass(frozen=True)
class Patience:
    """How long a take may wait, in seconds."""

    whole: float = 900.0
    """For everything: queue, making, fetching, and the second try."""
    pause: float = 2.0
    """Before the second try, when the provider does not say how long."""


class Remote:
    """Sends a take to a hosted model. Equal requests give equal films only as far as the provider keeps to the seed."""

    name = "remote"

    def __init__(
        self,
        model: str,
        image_model: str = "",
        provider: str = "auto",
        token: str = "",
        endpoint: str = "",
        patience: Patience = Patience(),
    ) -> None:
        self.model = model
        """Repository name on the hub of the model that turns text into a film."""
        self.image_model = image_model
        """The one that continues from a picture: on the hub every model has one task. Empty: takes cannot continue."""
        self.provider = provider
        """One of PROVIDERS, or "auto" for the hub's own choice."""
        self.patience = patience
        self._token = token
        self._endpoint = endpoint
        """A gateway that all requests go to instead, each under the name of its own host: endpoint/host/path."""

    @property
    def identity(self) -> str:
        """Return a text that changes with the models, the provider and the way answers are read."""
        return f"remote-{VERSION} {self.provider} {self.model} {self.image_model}".rstrip()

    @property
    def limits(self) -> Limits:
        """Return what hosted video models commonly make; a take can continue when a model for pictures is named."""
        return Limits(
            sizes=((832, 480), (480, 832), (624, 624), (1280, 720), (720, 1280), (960, 960)),
            size_multiple=2,
            side_range=(64, 1280),
            fps=(24,),
            seconds_range=(1.0, 5.05),  # 121 frames
            frame_multiple=4,
            anchor_frames=1 if self.image_model else 0,
            negative_prompt=True,
            pace=0.6,
        )

    def check_available(self) -> None:
        """Raise Unavailable, with what to do, when no take can be asked for; asks nobody and imports nothing."""
        for library in ("huggingface_hub", "av"):
            if find_spec(library) is None:
                raise Unavailable("library_missing", {"library": library})
        if not self._token:
            raise Unavailable("remote_token_missing")
        if not self.model:
            raise Unavailable("remote_model_missing")
        for model in filter(None, (self.model, self.image_model)):
            if not re.fullmatch(r"[\w.-]+/[\w.-]+", model, re.ASCII):
                raise Unavailable("remote_model_unknown", {"model": model[:80], "provider": HUB})
        if self.provider != "auto" and self.provider not in PROVIDERS:
            known = ", ".join(["auto", *PROVIDERS])
            raise Unavailable("remote_provider_unknown", {"provider": self.provider[:40], "providers": known})

    def render(self, request: ClipRequest, report: Report) -> Generator[Frame, None, Ending]:
        """Yield the frames of a take; raises `Refused` or `Unavailable` at once for what need not be asked."""
        self.limits.check(request)
        self.check_available()
        if request.anchor is not None:
            _check_anchor(request)
        return self._made(request, report)

    def _made(self, request: ClipRequest, report: Report) -> Generator[Frame, None, Ending]:
        order = _Order(self, request, Line(self._token, self._endpoint, self.patience.whole))
        try:
            report(0, 1, "doing_remote")
            order.start()
            while order.is_alive():
                order.join(REPORT_SECONDS)
                report(0, 1, "doing_remote")
                if order.line.seconds_left <= 0:
                    break
        finally:
            order.line.given_up.set()
        film = read(order.answer(), request)
        for number, frame in enumerate(film.frames(request)):
            report(number, request.num_frames, "doing_drawing")
            yield frame
        words = changes(film, request)
        return Ending(reading=Reading(defaults=words) if words else None)


class _Order(Thread):
    """One take on its way: asked for, and once more when what went wrong passes by itself.

    A thread of its own, because the library's calls cannot be broken off. It ends by itself soon after the line is
    given up, and never holds the program back.
    """

    def __init__(self, engine: Remote, request: ClipRequest, line: Line) -> None:
        super().__init__(name="remote take", daemon=True)
        self.line = line
        self._engine = engine
        self._request = request
        self._asked = HUB if engine.provider == "auto" else engine.provider
        self._model = engine.image_model if request.anchor else engine.model
        self._film: bytes | None = None
        self._error: Exception = OutOfTime()

    def answer(self) -> bytes:
        """Return the film as it came; raises EngineError for what went wrong."""
        if self._film is None:
            named = {"model": self._model, "provider": self._asked}
            raise told(self._error, named, self.line.token) from self._error
        return self._film

    def run(self) -> None:
        """Ask, and ask again if that may help."""
        wait = self._try()
        if wait is not None and self.line.waited(wait):
            self._try()

    def _try(self) -> float | None:
        """Ask once; return the seconds after which to ask again, or None when it is done or would not help."""
        import httpx2

        expected = (Answered, Misdirected, TooLarge, OutOfTime, GivenUp, Unavailable, httpx2.HTTPError, OSError)
        # what the library stumbles over in an answer that is not what it expects
        odd = (ValueError, LookupError, TypeError, AttributeError, RuntimeError)
        try:
            with self.line.held():
                self._film = self._fetched()
        except (*expected, *odd) as error:
            if self.line.seconds_left > 0:
                self._error = error
                return wait_before_retry(error, self._engine.patience.pause)
            self._error = OutOfTime()
        return None

    def _fetched(self) -> bytes:
        from huggingface_hub import InferenceClient

        request, token, task = self._request, self.line.token, IMAGE if self._request.anchor else TEXT
        self._asked = choose(self._model, task, self._engine.provider, token)
        asked = PROVIDERS[self._asked].asked_for(request)
        words = request.prompt.sentence or request.prompt.subject
        with InferenceClient(provider=self._asked, token=token) as client:
            if request.anchor is not None:
                picture = _png(request.anchor.frames[-1])
                return client.image_to_video(picture, model=self._model, prompt=words, **asked)
            named = {name: asked.pop(name) for name in ("num_frames", "negative_prompt", "seed") if name in asked}
            return client.text_to_video(words, model=self._model, **named, extra_body=asked)


def _check_anchor(request: ClipRequest) -> None:
    """Raise Refused unless a take begins from a picture of its own size; this engine keeps no state."""
    frames = request.anchor.frames if request.anchor else ()
    if not frames or request.anchor.state or frames[-1].shape != (request.height, request.width, 3):
        raise Refused("anchor_refused")


def _png(frame: Frame) -> bytes:
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(frame)).save(file, "PNG", compress_level=1)
    return file.getvalue()
