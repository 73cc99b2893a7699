"""From a Spec to the frames of a take: the run of the world, drawn here and by helpers, in order."""

from collections.abc import Generator

import numpy as np

from models.animatic.clip import Clip
from models.animatic.crew import CREW, Drawing
from models.animatic.plate import checked, dissolve, share_at, tints_of
from models.animatic.spec import Spec
from models.animatic.state import from_bytes
from models.animatic.world import Run, World
from models.engine import Anchor, ClipRequest, Frame, Refused, Report


def world_of(anchor: Anchor | None) -> World | None:
    """Return the world a take continues; raises `Refused` for a state this engine did not write."""
    if anchor is None or not anchor.state:
        return None
    try:
        return from_bytes(anchor.state)
    except ValueError as error:
        raise Refused("anchor_refused") from error


def is_picture(anchor: Anchor | None) -> bool:
    """Tell whether a take begins with a picture of which only the picture is known."""
    return anchor is not None and bool(anchor.frames) and not anchor.state


def draw_clip(spec: Spec, request: ClipRequest, report: Report, workers: int = 1) -> Generator[Frame, None, World]:
    """Yield the frames of a Spec and return the world they end in.

    Where the take before cannot simply go on (another style, another place, another engine), its last frame
    is repeated and dissolves into this take. `workers` processes at most draw it, this one included.
    """
    anchor, world = request.anchor, world_of(request.anchor)
    before = checked(anchor.frames[-1]) if anchor and anchor.frames else None
    foreign = is_picture(anchor)
    tints = world.tints if world else tints_of(before) if before is not None else []
    clip = Clip(spec, request, tints)
    run = Run(spec, clip.troupe, clip.shot(request), world)
    run.world.tints = tints
    report(0, request.num_frames, "doing_drawing")
    drawn = _drawn(clip, run, request, workers)
    try:
        for index, frame in enumerate(drawn):
            if index == 0 and before is not None and np.array_equal(before, frame):
                before = None
            share = share_at(index / request.fps, foreign)
            report(index + 1, request.num_frames, "doing_drawing")
            yield frame if before is None or share >= 1 else dissolve(before, frame, share)
    finally:
        drawn.close()
    return run.world


def _drawn(clip: Clip, run: Run, request: ClipRequest, workers: int) -> Generator[Frame, None, None]:
    pixels = request.width * request.height * request.num_frames
    with CREW.hired(workers, pixels) as helpers:
        yield from Drawing(clip, run, request, helpers).frames()
