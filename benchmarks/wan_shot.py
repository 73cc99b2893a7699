"""One take of Wan to be timed, and the clock: what is measured on a card must wait for the card."""

import gc
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from benchmarks.wan import quiet
from models.engine import ClipRequest, Frame, Prompt
from models.wan import Levers, Profile
from models.wan.card import Card, find_card
from models.wan.embeddings import Embeddings
from models.wan.memory import Plan, plan_for
from models.wan.pipeline import Parts
from models.wan.preview import MOST_BYTES, Preview
from models.wan.run import Run
from models.wan.tensors import TensorFolder
from models.wan.weights import parameters

CARD = torch.cuda.is_available()


@dataclass(frozen=True)
class Shot:
    """One take to be timed."""

    profile: Profile
    width: int
    height: int
    num_frames: int

    def __str__(self) -> str:
        return f"{self.profile.name} {self.width}x{self.height}, {self.num_frames} frames"

    def request(self, seed: int) -> ClipRequest:
        """Return a request whose sentence is as new as its seed."""
        prompt = Prompt("a fox", sentence=f"a fox runs in the street, {seed}")
        return ClipRequest(prompt, self.width, self.height, self.num_frames, self.profile.fps, seed)

    def shortened(self, steps: int) -> "Shot":
        """Return the take in so many steps, 0 for all; one that renoises has no steps to spare."""
        if not steps or self.profile.sampler == "renoise":
            return self
        return replace(self, profile=replace(self.profile, num_inference_steps=steps))

    def plan(self, checkpoint: Path, card: Card | None) -> Plan:
        """Return how a card would make it."""
        return plan_for(self.profile, (self.width, self.height), self.num_frames, card, parameters(checkpoint))


class Stages:
    """A report that remembers when each stage began."""

    def __init__(self) -> None:
        self.began: dict[str, float] = {}

    def __call__(self, done: int, total: int, doing: str, preview: Frame | None = None) -> None:
        """Note the time of what is said for the first time; only then is the card waited for."""
        if doing not in self.began:
            self.began[doing] = now()


@contextmanager
def opened(checkpoint: Path, shot: Shot, lever: Levers, plan: Plan | None = None) -> Iterator[Run]:
    """Give a run of its own under a plan, the one of this card where none is given, and free it afterwards."""
    parts = Parts(checkpoint, lever)
    plan = plan or shot.plan(checkpoint, find_card())
    with tempfile.TemporaryDirectory() as folder:
        preview = Preview(TensorFolder(Path(folder) / "previews", MOST_BYTES), "any")
        try:
            yield Run(shot.profile, parts, plan, (), Embeddings(Path(folder) / "embeddings", plan.device), preview)
        finally:
            parts.free()


def frames_of(run: Run, latents: torch.Tensor) -> list[Frame]:
    """Return all frames of latents."""
    return [frame for frames in run.decode(latents, quiet) for frame in frames]


def peak(work: Callable[[], Any]) -> tuple[dict[str, float], Any]:
    """Return the peak in GiB and the seconds of some work, its loading included, and what it gave."""
    if CARD:
        torch.cuda.reset_peak_memory_stats()
    seconds, given = timed(work)
    held = {"allocated_gib": torch.cuda.max_memory_allocated(), "reserved_gib": torch.cuda.max_memory_reserved()}
    return {**{name: round(size / 2**30, 2) for name, size in held.items()}, "seconds": round(seconds, 2)}, given


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the seconds of some work, the card's included, and what it gave."""
    began = now()
    given = work()
    return now() - began, given


def now() -> float:
    """Return the time in seconds once the card has done all it was given."""
    if CARD:
        torch.cuda.synchronize()
    return time.perf_counter()


def tidy() -> None:
    """Let go of what the part before held and compiled."""
    gc.collect()
    torch.compiler.reset()
    if CARD:
        torch.cuda.empty_cache()
