"""The remote engine: a model hosted by one of the Hugging Face Inference Providers makes the take.

The request goes out through `huggingface_hub.InferenceClient`; nothing of it is imported before the first take.
"""

import re
from collections.abc import Generator, Sequence

from models.engine import (
    Anchor,
    ClipRequest,
    Ending,
    Frame,
    Limits,
    Reading,
    Refused,
    Remark,
    Report,
    Unavailable,
    check_installed,
)
from models.remote.failures import HUB
from models.remote.film import changes, read
from models.remote.line import Line
from models.remote.order import PATIENCE, Order, Patience
from models.remote.providers import PROVIDERS

VERSION = 1
"""Raised when the same answer would give other pixels, or the same request would ask for something else."""
REPORT_SECONDS = 0.25
"""Time between two reports while the provider works."""


class Remote:
    """Sends a take to a hosted model.

    Equal requests give equal films only as far as the provider keeps to its model and to the seed.
    """

    name = "remote"

    def __init__(
        self,
        model: str,
        image_model: str = "",
        provider: str = "auto",
        token: str = "",
        endpoint: str = "",
        patience: Patience = PATIENCE,
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
        check_installed("huggingface_hub", "av")
        self._check_token()
        if not self.model:
            raise Unavailable("remote_model_missing")
        for model in filter(None, (self.model, self.image_model)):
            if not re.fullmatch(r"[\w.-]+/[\w.-]+", model, re.ASCII):
                raise Unavailable("remote_model_unknown", {"model": model[:80], "provider": HUB})
        if self.provider != "auto" and self.provider not in PROVIDERS:
            known = ", ".join(["auto", *PROVIDERS])
            raise Unavailable("remote_provider_unknown", {"provider": self.provider[:40], "providers": known})

    def _check_token(self) -> None:
        """Raise Unavailable where there is none, or one that would never get as far as being refused."""
        if not self._token:
            raise Unavailable("remote_token_missing")
        if not re.fullmatch(r"[!-~]+", self._token):
            raise Unavailable("remote_token_odd")

    def remarks(self, request: ClipRequest) -> tuple[Remark, ...]:
        """Return where the words go, and that it may cost."""
        model = self.image_model if request.anchor else self.model
        return (("remote_sends", {"model": model, "provider": HUB if self.provider == "auto" else self.provider}),)

    def prepare(self, requests: Sequence[ClipRequest], report: Report) -> None:
        """Do nothing: each take is asked for by itself."""

    def render(self, request: ClipRequest, report: Report) -> Generator[Frame, None, Ending]:
        """Yield the frames of a take; raises `Refused` or `Unavailable` at once for what need not be asked."""
        self.limits.check(request)
        self.check_available()
        if request.anchor is not None:
            _check_anchor(request.anchor, request)
        return self._made(request, report)

    def _made(self, request: ClipRequest, report: Report) -> Generator[Frame, None, Ending]:
        model = self.image_model if request.anchor else self.model
        line = Line(self._token, self._endpoint, self.patience.whole)
        order = Order(request, model, self.provider, line, self.patience.pause)
        try:
            report(0, 1, "doing_remote")
            order.start()
            while order.is_alive() and line.seconds_left > 0:
                order.join(REPORT_SECONDS)
                report(0, 1, "doing_remote")
        finally:
            line.given_up.set()
        film = read(order.answer(), request)
        for number, frame in enumerate(film.frames(request)):
            report(number, request.num_frames, "doing_drawing")
            yield frame
        words = changes(film, request)
        return Ending(reading=Reading(defaults=words) if words else None)


def _check_anchor(anchor: Anchor, request: ClipRequest) -> None:
    """Raise Refused unless a take begins from a picture of its own size; this engine keeps no state."""
    shape = (request.height, request.width, 3)
    if anchor.state or not anchor.frames or anchor.frames[-1].shape != shape:
        raise Refused("anchor_refused")
