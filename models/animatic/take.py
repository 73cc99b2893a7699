"""From a Spec to the frames of a take: the run of the world, drawn here and by helpers, in order."""

from collections.abc import Generator
from dataclasses import replace

import numpy as np

from models.animatic.clip import Clip
from models.animatic.crew import CREW, Drawing
from models.animatic.plate import checked, dissolve, share_at, tints_of
from models.animatic.spec import Spec
from models.animatic.state import from_bytes
from models.animatic.world import PLACE, FrameState, Run, World
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

    Where the take before cannot simply go on (another style, another place, another engine), its last frame is
    repeated and dissolves into this take; those who stay in the picture move on in both. `workers` processes at
    most draw it, this one included.
    """
    anchor, world = request.anchor, world_of(request.anchor)
    spec = _with_its_water(spec, world)
    before = checked(anchor.frames[-1]) if anchor and anchor.frames else None
    foreign = is_picture(anchor)
    tints = world.tints if world else tints_of(before) if before is not None else []
    clip = Clip(spec, request, tints)
    run = Run(spec, clip.troupe, clip.shot(request), world)
    run.world.tints = tints
    report(0, request.num_frames, "doing_drawing")
    past = _Past(clip, request, world, before)
    with CREW.hired(workers, request.width * request.height * request.num_frames) as helpers:
        drawing = Drawing(clip, run, request, helpers)
        for index, frame in enumerate(drawing.frames()):
            if index == 0 and before is not None and np.array_equal(before, frame):
                before = None
            share = share_at(index / request.fps, foreign)
            report(index + 1, request.num_frames, "doing_drawing")
            if before is not None and 0 < share < 1:
                before = past.picture(drawing.noted.get(index))
            yield frame if before is None or share >= 1 else dissolve(before, frame, share)
    return run.world


def _with_its_water(spec: Spec, world: World | None) -> Spec:
    """Return a Spec with the water that ran where its figures are still, though it says nothing of it any more."""
    was = dict(zip(PLACE, world.place, strict=True)) if world and world.place else {}
    stays = not spec.water and (was.get("scene"), was.get("variant")) == (spec.scene, spec.variant)
    return replace(spec, water=was["water"]) if stays else spec


class _Past:
    """What a take dissolves out of: its own figures where the take before was, else that take's last frame."""

    def __init__(self, clip: Clip, request: ClipRequest, world: World | None, before: Frame | None) -> None:
        self.before = before
        self.request = request
        self.world = world
        self.spec = clip.spec
        cast = [member.figure.subject for member in clip.troupe.members]
        self.stays = bool(world and world.place) and [player.subject for player in world.players] == cast
        self.clip: Clip | None = None

    def picture(self, state: FrameState | None) -> Frame | None:
        """Return the picture of a moment of this take as the take before would have drawn it."""
        if state is None or self.world is None or not self.stays or self.before is None:
            return self.before
        if self.clip is None:
            place = dict(zip(PLACE, self.world.place, strict=True))
            self.clip = Clip(replace(self.spec, **place), self.request, self.world.tints)
        there = replace(state.world, pixel_colours=self.world.pixel_colours)
        return self.clip.draw(replace(state, world=there))
