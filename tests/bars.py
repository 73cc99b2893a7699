"""A real engine that draws moving bars and does as its action slot says, so that queue and library have work to do."""

import time
from collections.abc import Generator

import numpy as np

from models.engine import ClipRequest, Ending, Frame, Limits, Prompt, Reading, Report, Word


class Bars:
    """Draws bars in the colours of a seed. Actions: "pause 0.01" sleeps so long a frame, "fail" fails half way."""

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

    def render(self, request: ClipRequest, report: Report) -> Generator[Frame, None, Ending]:
        self.limits.check(request)
        verb, _, number = request.prompt.action.partition(" ")
        colours = np.random.default_rng(request.seed).integers(0, 255, (8, 3), dtype=np.uint8)
        columns = np.arange(request.width) * 8 // request.width
        for index in range(request.num_frames):
            report(index, request.num_frames, "doing_drawing")
            if verb == "pause":
                time.sleep(float(number))
            if verb == "fail" and index == request.num_frames // 2:
                raise RuntimeError("told to fail")
            row = colours[(columns + index) % 8]
            yield np.ascontiguousarray(np.broadcast_to(row, (request.height, request.width, 3)))
        subject = Word("subject", request.prompt.subject, "bars", "彩条")
        return Ending(reading=Reading(drawn=(subject,)))


def bars_prompt(subject: str = "bars", action: str = "move", style: str = "") -> Prompt:
    return Prompt(subject=subject, action=action, style=style)
