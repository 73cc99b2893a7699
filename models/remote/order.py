"""A take on its way to a hosted model and back."""

import io
from dataclasses import dataclass
from threading import Thread
from typing import Any, cast

import numpy as np

from models.engine import ClipRequest, Frame, Unavailable
from models.remote.failures import HUB, Answered, GivenUp, Misdirected, OutOfTime, TooLarge, told, wait_before_retry
from models.remote.line import Line
from models.remote.providers import IMAGE, PROVIDERS, TEXT, choose


@dataclass(frozen=True)
class Patience:
    """How long a take may wait, in seconds."""

    whole: float = 900.0
    """For everything: queue, making, fetching, and the second try."""
    pause: float = 2.0
    """Before the second try, when the provider does not say how long."""


PATIENCE = Patience()


class Order(Thread):
    """One take on its way: asked for, and once more when what went wrong passes by itself.

    A thread of its own, because the library's calls cannot be broken off. Once the line is given up it ends by itself
    with the next thing that is sent, at the latest with the take's time, and never holds the program back.
    """

    def __init__(self, request: ClipRequest, model: str, provider: str, line: Line, pause: float) -> None:
        """`pause` is in seconds; `provider` may be "auto"."""
        super().__init__(name="remote take", daemon=True)
        self._request = request
        self._model = model
        self._provider = provider
        self._line = line
        self._pause = pause
        self._asked = HUB if provider == "auto" else provider
        self._film: bytes | None = None
        self._error: Exception = OutOfTime()

    def answer(self) -> bytes:
        """Return the film as it came; raises EngineError for what went wrong."""
        if self._film is None:
            named = {"model": self._model, "provider": self._asked}
            raise told(self._error, named, self._line.token) from self._error
        return self._film

    def run(self) -> None:
        """Ask, and ask again if that may help."""
        wait = self._try()
        if wait is not None and self._line.waited(wait):
            self._try()

    def _try(self) -> float | None:
        """Ask once; return the seconds after which to ask again, or None when it is done or would not help."""
        import httpx2

        expected = (Answered, Misdirected, TooLarge, OutOfTime, GivenUp, Unavailable, httpx2.HTTPError, OSError)
        # what the library stumbles over in an answer that is not what it expects
        odd = (ValueError, LookupError, TypeError, AttributeError, RuntimeError)
        self._error = OutOfTime()
        try:
            with self._line.held():
                self._film = self._fetched()
        except (*expected, *odd) as error:
            if self._line.seconds_left > 0:
                self._error = error
                return wait_before_retry(error, self._pause)
        return None

    def _fetched(self) -> bytes:
        from huggingface_hub import InferenceClient

        request, token, task = self._request, self._line.token, IMAGE if self._request.anchor else TEXT
        self._asked = choose(self._model, task, self._provider, token)
        asked = PROVIDERS[self._asked].asked_for(request)
        words = request.prompt.sentence or request.prompt.subject
        with InferenceClient(provider=cast(Any, self._asked), token=token) as client:
            if request.anchor is not None:
                picture = _png(request.anchor.frames[-1])
                film: bytes = client.image_to_video(picture, model=self._model, prompt=words, **asked)
                return film
            named = {name: asked.pop(name) for name in ("num_frames", "negative_prompt", "seed") if name in asked}
            film = client.text_to_video(words, model=self._model, **named, extra_body=asked)
            return film


def _png(frame: Frame) -> bytes:
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(frame)).save(file, "PNG", compress_level=1)
    return file.getvalue()
