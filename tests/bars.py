"""Real engines that draw moving bars and do as their action slot says, so that queue and library have work to do."""

import time
from collections.abc import Generator, Sequence
from dataclasses import replace

import numpy as np

from models.engine import ClipRequest, Ending, Frame, Limits, Prompt, Reading, Remark, Report, Word


class Bars:
    """Draws bars in the colours of a seed.

    Actions: "pause 0.01" sleeps so long a frame, "look 0.01" likewise and shows a preview, "fail" fails half way.
    """

    name = "bars"
    identity = "bars-1"
    limits = Limits(
        sizes=((64, 48),),
        size_multiple=2,
        side_range=(16, 256),
        fps=(24, 12),
        seconds_range=(0.1, 5.0),
        pace=0.001,
    )

    def check_available(self) -> None:
        pass

    def remarks(self, request: ClipRequest) -> tuple[Remark, ...]:
        return ()

    def prepare(self, requests: Sequence[ClipRequest], report: Report) -> None:
        pass

    def render(self, request: ClipRequest, report: Report) -> Generator[Frame, None, Ending]:
        self.limits.check(request)
        verb, _, number = request.prompt.action.partition(" ")
        colours = np.random.default_rng(request.seed).integers(0, 255, (8, 3), dtype=np.uint8)
        columns = np.arange(request.width) * 8 // request.width
        for index in range(request.num_frames):
            report(index, request.num_frames, "doing_drawing")
            if verb == "look":
                report(index, request.num_frames, "doing_drawing", np.full((9, 16, 3), 10 * index, np.uint8))
            if verb in ("pause", "look"):
                time.sleep(float(number))
            if verb == "fail" and index == request.num_frames // 2:
                raise RuntimeError("told to fail")
            row = colours[(columns + index) % 8]
            yield np.ascontiguousarray(np.broadcast_to(row, (request.height, request.width, 3)))
        subject = Word("subject", request.prompt.subject, "bars", "彩条")
        return Ending(reading=Reading(drawn=(subject,)))


WRONG = {
    "narrow": lambda frame: frame[:, : frame.shape[1] // 2],
    "grey": lambda frame: frame[..., 0],
    "float": lambda frame: frame.astype(np.float32),
}
"""Actions whose frames are not what was asked for."""


class Chained(Bars):
    """Bars that move on from where the take before left them.

    More actions: "short" stops half way, "endless" never stops; "narrow" draws half as wide, "grey" without colours,
    "float" in other numbers than bytes.
    """

    name = "chained"
    identity = "chained-1"
    limits = replace(Bars.limits, anchor_frames=2)

    def render(self, request: ClipRequest, report: Report) -> Generator[Frame, None, Ending]:
        verb = request.prompt.action
        anchor = request.anchor
        moved = int(anchor.state or b"0") if anchor else 0
        first = anchor.frames[-1] if anchor and anchor.frames else None
        count = {"short": request.num_frames // 2, "endless": 5 * request.fps}.get(verb, request.num_frames)
        for index, frame in enumerate(super().render(replace(request, anchor=None, num_frames=count), report)):
            frame = first if index == 0 and first is not None else np.roll(frame, moved + index, axis=1)
            yield WRONG[verb](frame) if verb in WRONG else frame
        return Ending(str(moved + count).encode())


def bars_prompt(subject: str = "bars", action: str = "move", style: str = "") -> Prompt:
    return Prompt(subject=subject, action=action, style=style)
