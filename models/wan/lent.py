"""A card that is lent for one take at a time, as ZeroGPU of Hugging Face does it; the `spaces` package asks for it.

The package takes the loan from the quota of the visitor whose Gradio event is being answered, so `Lender.take` must be
called in the thread of that event. It forks a process that has the card: there the take is made, by a host of that
process. What goes in and what comes out is pickled. The studio's own process must never touch CUDA.
Source: huggingface.co/docs/hub/spaces-zerogpu and the package itself, 0.51.
"""

import math
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from queue import SimpleQueue
from threading import Event
from types import ModuleType

from models.engine import Cancelled, ClipRequest, Ending, EngineError, Frame, Report, Unavailable
from models.wan.card import GIB, Card, machine_gib
from models.wan.engine import Wan
from models.wan.host import Host
from models.wan.levers import Levers
from models.wan.memory import Plan, Take, plan_for
from models.wan.profiles import Profile
from models.wan.weights import parameters

STARTING = 20.0
"""Seconds until the process that has the card has loaded the libraries."""
GIB_SECONDS = 1.5
"""Seconds to load a GiB of weights."""
PASS_SECONDS = 2.5e-5
"""Seconds of a pass of the transformer for each token and each billion of parameters; 1.2e-5 was published for a whole
H200 (50 steps of 27,280 tokens in 157 s), and half a card is lent. For slower cards the package adds its own factor."""
PIXEL_SECONDS = 3e-7
"""Seconds to decode a pixel of a frame."""


@dataclass(frozen=True)
class Told:
    """A report of the process that has the card."""

    done: int
    total: int
    doing: str
    preview: Frame | None


@dataclass(frozen=True)
class Work:
    """One take to be made, as it is sent to the process that has the card."""

    host: tuple[Path, str, str, Levers]
    """What a host is made of."""
    profile: Profile
    adapters: str
    request: ClipRequest
    size: Take
    plan: Plan


Said = Told | Frame | Ending | EngineError
"""What comes back of a take, in order; the last says how it ended."""


def seconds_of(work: Work) -> int:
    """Return for how long the card is asked for: too short and the take is broken off, too long and it waits longer."""
    profile, request = work.profile, work.request
    passes = profile.num_inference_steps * (2 if profile.guidance_scale > 1 else 1)
    loading = STARTING + sum(work.size.weigh(work.plan)) * GIB_SECONDS
    denoising = passes * work.size.tokens * work.size.weights.transformer / 1e9 * PASS_SECONDS
    return math.ceil(loading + denoising + request.num_frames * request.width * request.height * PIXEL_SECONDS)


def made(work: Work) -> Iterator[Said]:
    """Make a take in the process that has the card; what cannot be made comes back as the error that says so."""
    said: SimpleQueue[Said | None] = SimpleQueue()
    stop = Event()

    def report(done: int, total: int, doing: str, preview: Frame | None = None) -> None:
        if stop.is_set():
            raise Cancelled
        said.put(Told(done, total, doing, preview))

    def draw() -> Ending:
        frames = Wan(work.profile, _host(*work.host), work.adapters).render(work.request, report)
        while True:
            try:
                said.put(next(frames))
            except StopIteration as end:
                return end.value

    with ThreadPoolExecutor(1) as thread:  # reports come out of the middle of a call; only a thread can yield them
        drawing = thread.submit(draw)
        drawing.add_done_callback(lambda _: said.put(None))
        try:
            while (one := said.get()) is not None:
                yield one
        finally:
            stop.set()
        try:
            yield drawing.result()
        except EngineError as error:
            yield error


@lru_cache(maxsize=1)
def _host(folder: Path, repo: str, token: str, levers: Levers) -> Host:
    """Return the host of this process, which keeps what is loaded as long as the card's owner lets the process live."""
    return Host(folder, repo, token, levers)


class Lender:
    """Who lends the card. To be made before torch is imported and before the page is launched: `spaces` asks for it."""

    def __init__(self, spaces: ModuleType) -> None:
        facts = import_module("spaces.zero.config").get_config()
        halved = facts["xlarge_threshold"] is not None  # then the figure is of a whole card, and half of one is usual
        gib = facts["memory"] / GIB / (2 if halved else 1)
        self.card = Card(str(facts["model"]), "cuda", gib, gib, machine_gib())
        self._lent: Callable[[Work], Generator[Said, None, None]] = spaces.GPU(duration=seconds_of)(made)

    def take(self, wan: Wan, request: ClipRequest, report: Report) -> Generator[Frame, None, Ending]:
        """Yield the frames of a take; to be called in an event of Gradio. Raises what `Wan.render` does."""
        work = self._work(wan, request, report)
        report(0, 1, "doing_waiting")
        ending: Ending | EngineError | None = None
        with _in_words(), closing(self._lent(work)) as coming:
            for one in coming:
                if isinstance(one, Told):
                    report(one.done, one.total, one.doing, one.preview)
                elif isinstance(one, Ending | EngineError):
                    ending = one
                else:
                    yield one
        if isinstance(ending, Ending):
            return ending
        raise ending or Unavailable("wan_loan_ended")

    def _work(self, wan: Wan, request: ClipRequest, report: Report) -> Work:
        """Return what is to be sent, the weights fetched first: nobody's quota is to be spent on that."""
        host, profile = wan.host, wan.profile
        weights = parameters(host.fetched(profile, report))
        size = (request.width, request.height)
        plan = plan_for(profile, size, request.num_frames, self.card, weights)
        return Work(
            host.made_of, profile, wan.adapters, request, Take(profile, *size, request.num_frames, weights), plan
        )


def find_lender() -> Lender | None:
    """Return who lends the card here; None where `spaces` is not installed or says that it lends none."""
    if find_spec("spaces") is None:
        return None
    spaces = import_module("spaces")
    return Lender(spaces) if import_module("spaces.config").Config.zero_gpu else None


@contextmanager
def _in_words() -> Iterator[None]:
    """Say in words why no card was lent, or why it was taken away: `spaces` does so in an error of Gradio."""
    try:
        yield
    except import_module("gradio").Error as error:
        raise Unavailable("wan_not_lent", {"reason": str(error.message)[:300]}) from error
