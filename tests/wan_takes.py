"""Takes of the Wan engine on the tiny checkpoint: what its tests ask for, and how they watch it."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from models.engine import Cancelled, ClipRequest, Ending, Frame, Prompt
from models.wan import Host, Wan, profiles
from models.wan import run as wan_run

REQUEST = ClipRequest(Prompt("a fox", sentence="a fox runs in the street"), 32, 32, 5, 24, 7)
WIDE = replace(REQUEST, width=64)
QUALITY = replace(profiles()["quality"], num_inference_steps=3)
TURBO = profiles()["turbo"]


class Calls:
    """A report that remembers what it was told, and stops at the nth call of a stage."""

    def __init__(self, stage: str = "", number: int = 0) -> None:
        self.stage = stage
        self.number = number
        self.told: list[tuple[int, int, str]] = []
        self.previews: list[Frame] = []

    def __call__(self, done: int, total: int, doing: str, preview: Frame | None = None) -> None:
        self.told.append((done, total, doing))
        if preview is not None:
            self.previews.append(preview)
        if [stage for _, _, stage in self.told].count(self.stage) == self.number > 0:
            raise Cancelled

    def stages(self) -> list[str]:
        return list(dict.fromkeys(stage for _, _, stage in self.told))


def take(engine: Wan, request: ClipRequest = REQUEST, report: Calls | None = None) -> tuple[list[Frame], Ending]:
    frames, drawing = [], engine.render(request, report or Calls())
    while True:
        try:
            frames.append(next(drawing))
        except StopIteration as end:
            return frames, end.value


def equal(one: list[Frame], other: list[Frame]) -> bool:
    return all(np.array_equal(first, second) for first, second in zip(one, other, strict=True))


def latents_of(host: Host) -> list[Path]:
    return sorted((host.folder / "latents").glob("*.safetensors"))


def forbid(monkeypatch, *names: str) -> None:
    """Make the use of these parts of a checkpoint fail the test."""

    def never(*ignored):
        raise AssertionError(f"used one of {names}")

    for name in names:
        monkeypatch.setattr(wan_run.Parts, name, never)
