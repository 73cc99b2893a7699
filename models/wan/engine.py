"""`Wan`, the engine: one profile on a host. What it does with the card is in run.py."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache, cached_property
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, TypeVar

from models.engine import ClipRequest, Ending, Frame, Limits, Refused, Remark, Report, Unavailable, check_installed
from models.wan.adapters import Adapter, parse
from models.wan.host import Host
from models.wan.memory import Plan, Weights, plan_for
from models.wan.profiles import FRAME_MULTIPLE, Profile
from models.wan.weights import parameters

if TYPE_CHECKING:
    import torch

    from models.wan.latents import Latents
    from models.wan.run import Run

Made = TypeVar("Made")
CODE = 1
"""Raised whenever this folder's code gives other pixels for the same request."""
LIBRARIES = ("torch", "diffusers", "transformers", "accelerate", "peft")
COMPUTING = ("torch", "diffusers", "transformers", "peft")
"""The libraries whose other releases may give other pixels."""
WITHOUT_CARD = "+cpu"
"""How the release of a PyTorch ends that can use no card."""
MOST_AT_ONCE = 4
"""Takes denoised in one batch."""
PIXELS_OF = ("num_inference_steps", "guidance_scale", "flow_shift", "sampler", "timesteps", "negative_prompt")
ANCHORS_OF = ("anchor_frames", "debias")


class Wan:
    """Draws with the weights of a profile.

    Equal requests give equal pixels on one machine with one card; another card, or less free memory, which may mean a
    leaner plan, rounds otherwise. Takes denoised together differ from single ones by rounding too.
    """

    def __init__(self, profile: Profile, host: Host, adapters: str = "") -> None:
        self.profile = profile
        self.host = host
        self.adapters = adapters

    @property
    def name(self) -> str:
        """Its key among the engines, such as "wan-quality"."""
        return f"wan-{self.profile.name}"

    @property
    def limits(self) -> Limits:
        """What it can do."""
        return self.profile.limits

    @cached_property
    def identity(self) -> str:
        """A text that changes with weights, profile, adapters, levers, code and the libraries that compute.

        Raises `Refused` for a wrong adapter.
        """
        numbers = [(field, getattr(self.profile, field)) for field in (*PIXELS_OF, *ANCHORS_OF)]
        adapters = [(one.digest, one.weight) for one in self._adapters]
        levers, made_by = sorted(self.host.levers.changed.items()), [_release(name) for name in COMPUTING]
        parts = (CODE, self.host.weights_key(self.profile), numbers, adapters, levers, made_by)
        return f"wan-{hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()}"

    def check_available(self) -> None:
        """Raise `Unavailable` with the reason when no take can be made here; loads no library and asks no network."""
        check_installed(*LIBRARIES)
        if (card := self.host.card()) is not None and _build("torch").endswith(WITHOUT_CARD):
            raise Unavailable("wan_card_unusable", {"name": card.name})
        size = min(self.profile.sizes, key=lambda size: size[0] * size[1])
        self._planned(size, self.profile.num_frames)

    def remarks(self, request: ClipRequest) -> tuple[Remark, ...]:
        """Return what the take will need of the card, and what speaks against its size; `Unavailable` if too much."""
        size = (request.width, request.height)
        remarks = [self._planned(size, request.num_frames).said()]
        if size not in self.profile.trained_sizes:
            trained = ", ".join(f"{width}x{height}" for width, height in self.profile.trained_sizes)
            remarks.append(("wan_size_untrained", {"width": size[0], "height": size[1], "trained": trained}))
        if self.host.present(self.profile) is None:
            remarks.append(("wan_fetched_first", {"repo": self.host.source(self.profile).repo}))
        return tuple(remarks)

    def _planned(self, size: tuple[int, int], num_frames: int) -> Plan:
        """Return the plan for a take, by what its weights hold where they are here, else by what they should."""
        folder = self.host.present(self.profile)
        weights = parameters(folder) if folder else Weights.of(self.profile)
        return plan_for(self.profile, size, num_frames, self.host.card(), weights)

    def render(self, request: ClipRequest, report: Report) -> Generator[Frame, None, Ending]:
        """Yield the frames of a take; raises `Refused` at once for a request outside the limits.

        With an anchor, frame 0 is what the VAE makes of the anchor's first frame.
        """
        self._check(request)
        return self._render(request, report)

    def prepare(self, requests: Sequence[ClipRequest], report: Report) -> None:
        """Do ahead what several takes share, so that `render` only decodes those of them that begin anew.

        All sentences are encoded before the encoder goes; takes of one shape without an anchor are denoised together.
        On a lent card nothing is: a loan is paid by who asked for the take.
        """
        for request in requests:
            self.limits.check(request)
        if self.host.lender is not None:
            return
        self.host.fetched(self.profile, report)
        with self.host.held(report), self._in_words():
            if requests:
                self._tried(requests[:1], report, lambda run: run.embed(requests, report))
            batches = list(self._batches(requests, report))
            for number, together in enumerate(batches):
                told = _of_many(report, number, len(batches))
                for request, latents in zip(together, self._denoised(together, told), strict=True):
                    self._kept.keep(self._digest(request), latents[None])

    def _check(self, request: ClipRequest) -> None:
        self.limits.check(request)
        anchor = request.anchor
        if anchor is None:
            return
        sizes = {frame.shape for frame in anchor.frames}
        if sizes != {(request.height, request.width, 3)} or (anchor.state and not self.profile.debias):
            raise Refused("wan_anchor_foreign")

    def _render(self, request: ClipRequest, report: Report) -> Generator[Frame, None, Ending]:
        if self.host.lender is not None:
            return (yield from self.host.lender.take(self, request, report))
        self.host.fetched(self.profile, report)
        with self.host.held(report), self._in_words():
            parts = self.host.parts(self.profile, report)
            latents = self._kept.load(self._digest(request), parts.latent_shape(request))
            if latents is None:
                latents = self._denoised([request], report)[:1]
                self._kept.keep(self._digest(request), latents)
            state = yield from self._decoded(request, latents, report)
        return Ending(state)

    def _denoised(self, requests: Sequence[ClipRequest], report: Report) -> torch.Tensor:
        """Return the latents of takes of one shape."""
        return self._tried(requests, report, lambda run: run.denoise(requests, report))

    def _tried(self, together: Sequence[ClipRequest], report: Report, work: Callable[[Run], Made]) -> Made:
        """Return what the work gives; out of memory, it is tried once more with the next leaner plan."""
        for run in self._runs(together, report):
            with _memory_may_run_out():
                return work(run)
        raise self._too_large(together[0])

    def _decoded(self, request: ClipRequest, latents: torch.Tensor, report: Report) -> Generator[Frame, None, bytes]:
        """Yield the frames of latents; a leaner plan goes on where the memory of the first did not suffice."""
        out = 0
        for run in self._runs([request], report):
            seen = 0
            with _memory_may_run_out():
                for frames in run.decode(latents, report):
                    for frame in frames:
                        seen += 1
                        if seen > out:
                            out = seen
                            yield frame
                return run.ending(request, latents)
        raise self._too_large(request)

    def _runs(self, together: Sequence[ClipRequest], report: Report) -> Iterator[Run]:
        """Yield a run under the plan for takes of one shape and, if memory ran out, under the next leaner one."""
        weights = parameters(self.host.parts(self.profile, report).folder)
        request, outgrown = together[0], self.host.outgrown
        size = (request.width, request.height)
        key = (self.profile.name, *size, request.num_frames, len(together))
        plan = plan_for(self.profile, size, request.num_frames, self.host.card(), weights)
        while (*key, plan) in outgrown and (leaner := plan.leaner()) is not None:
            plan = leaner
        for tried in (plan, plan.leaner()):
            if tried is not None:
                yield self._run(tried, report)
                # asked for another run, and the error is forgotten: only now nothing of the failed one is held
                outgrown.add((*key, tried))
                self.host.free()

    def _run(self, plan: Plan, report: Report) -> Run:
        import torch

        from models.wan.embeddings import Embeddings
        from models.wan.preview import MOST_BYTES, Preview
        from models.wan.run import Run
        from models.wan.tensors import TensorFolder

        if plan.device == "cuda" and not torch.cuda.is_available():  # an old driver shows only now
            card = self.host.card()
            raise Unavailable("wan_card_unusable", {"name": card.name if card else plan.device})
        parts = self.host.parts(self.profile, report)
        key = self.host.weights_key(self.profile)
        encoder = f"{key} {plan.device == 'cpu'} {_release('transformers')}"
        embeddings = Embeddings(self.host.folder / "embeddings", encoder)
        vae = hashlib.sha256(key.encode()).hexdigest()
        preview = Preview(TensorFolder(self.host.folder / "previews", MOST_BYTES), vae)
        return Run(self.profile, parts, plan, self._adapters, embeddings, preview)

    def _batches(self, requests: Sequence[ClipRequest], report: Report) -> Iterator[list[ClipRequest]]:
        """Yield takes to be denoised together: of one shape, without an anchor, not kept yet, as many as fit."""
        parts = self.host.parts(self.profile, report)
        shapes: dict[tuple[int, ...], list[ClipRequest]] = {}
        for request in dict.fromkeys(one for one in requests if one.anchor is None):
            if self._kept.load(self._digest(request), parts.latent_shape(request)) is None:
                shapes.setdefault((request.width, request.height, request.num_frames), []).append(request)
        for alike in shapes.values():
            most = self._most_at_once(alike[0], parameters(parts.folder))
            for first in range(0, len(alike), most):
                yield alike[first : first + most]

    def _most_at_once(self, request: ClipRequest, weights: Weights) -> int:
        """Return how many takes may be denoised together without a leaner plan than one by itself would have."""
        size, latents = (request.width, request.height), (request.num_frames - 1) // FRAME_MULTIPLE + 1

        def plan(count: int) -> Plan | None:
            frames = (latents * count - 1) * FRAME_MULTIPLE + 1  # as many tokens as so many takes have
            with suppress(Unavailable):
                return plan_for(self.profile, size, frames, self.host.card(), weights)
            return None

        return next((count for count in range(MOST_AT_ONCE, 1, -1) if plan(count) == plan(1)), 1)

    def _digest(self, request: ClipRequest) -> str:
        from models.wan.latents import take_digest

        return take_digest(self.identity, request)

    @cached_property
    def _adapters(self) -> tuple[Adapter, ...]:
        return parse(self.adapters, self.host.folder / "adapters")

    @cached_property
    def _kept(self) -> Latents:
        from models.wan.latents import Latents

        return Latents(self.host.folder / "latents")

    def _too_large(self, request: ClipRequest) -> Unavailable:
        size = {"width": request.width, "height": request.height, "frames": request.num_frames}
        return Unavailable("wan_out_of_memory", size)

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        """Say in words what a library or a card cannot do any more."""
        try:
            import torch
            from transformers.utils import logging

            logging.set_verbosity_error()  # its bars and notices are for programmers
            logging.disable_progress_bar()
            from models.wan import run  # noqa: F401  all that a take needs is imported here, or missed here
        except ImportError as error:
            raise Unavailable("library_missing", {"library": error.name or str(error)[:80]}) from error
        try:
            yield
        except torch.AcceleratorError as error:
            self.host.free()
            raise Unavailable("wan_card_lost") from error


@cache
def _build(library: str) -> str:
    """Return the version of a library that is installed, asked of its package, not of itself; empty without one."""
    try:
        return version(library)
    except PackageNotFoundError:
        return ""


def _release(library: str) -> str:
    """Return a library's version without what it was built for."""
    return _build(library).partition("+")[0]


@contextmanager
def _memory_may_run_out() -> Iterator[None]:
    """Let only this error pass unsaid; what it held is free once the block that used this has ended."""
    from models.wan.pipeline import is_out_of_memory

    try:
        yield
    except (RuntimeError, OSError) as error:
        if not is_out_of_memory(error):
            raise


def _of_many(report: Report, number: int, count: int) -> Report:
    """Return a report of the numberth of several batches that counts the steps of all."""

    def told(done: int, total: int, doing: str, preview: Frame | None = None) -> None:
        many = count if doing == "doing_denoising" else 1
        report(done + (total * number if many > 1 else 0), total * many, doing, preview)

    return told
