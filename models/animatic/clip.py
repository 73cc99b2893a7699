"""From a Spec to frames: the run of the world, each state of it drawn and finished."""

from collections.abc import Generator

import cv2
import numpy as np

from models.animatic.easing import smoothstep
from models.animatic.light import Box, Placing, draw_subject
from models.animatic.painting.city import Traffic
from models.animatic.painting.land import fence
from models.animatic.painting.weather import INDOORS, WEATHER, dust, steam
from models.animatic.post import finish
from models.animatic.rigs.subject import Subject, find
from models.animatic.scenes import SCENES
from models.animatic.shot import Shot
from models.animatic.spec import Spec
from models.animatic.stage import Moving, Setting, Stage
from models.animatic.world import FrameState, Run, World
from models.engine import Anchor, ClipRequest, Frame, Refused, Report

THINNEST = 0.26
"""A turning subject never gets thinner than this share of its width."""
DISSOLVE = 0.4
"""Seconds in which the picture of another take turns into this one's where the world cannot simply go on."""
FLYERS = Traffic(9, 130, 5)
FENCE = "#c8382f"


def _facing(direction: float, pose: dict[str, float]) -> float:
    """Return the subject's width with its direction, kept away from nothing while it turns."""
    facing = direction * pose.get("face", 1.0)
    return max(THINNEST, facing) if facing >= 0 else min(-THINNEST, facing)


class Clip:
    """Draws the states of one take."""

    def __init__(self, spec: Spec, request: ClipRequest) -> None:
        self.spec = spec
        self.scene = SCENES[spec.scene]
        self.subject: Subject = find(spec.lead.subject, spec.lead.label)
        self.stage = Stage(Setting(spec, request.seed, request.width, request.height))
        self.baseline, self.scale = self.scene.anchor(self.subject.floats)
        self.box: Box | None = None
        """Where the subject is in the last frame drawn; it may reach beyond the picture."""

    def shot(self, request: ClipRequest) -> Shot:
        """Return what the world and its camera must know of the picture."""
        duration = request.num_frames / request.fps
        return Shot(self.stage.view, duration, request.fps, request.seed, self.baseline, self.scale)

    def draw(self, state: FrameState) -> Frame:
        """Return one finished frame."""
        stage, world = self.stage, state.world
        stage.now = Moving(world.time, state.camera, world.frame, world.pixel_colours)
        for painter in self.scene.back:
            painter.draw(stage)
        if self.spec.thing("flyers"):
            FLYERS.draw(stage)
        barrier = self.spec.thing("fence")
        if barrier and world.object_x is not None:
            fence(stage, world.object_x, barrier.colour or FENCE)
        self._draw_subject(world)
        for painter in self.scene.front:
            painter.draw(stage)
        if self.spec.weather in (WEATHER if self.scene.outdoors else INDOORS):
            WEATHER[self.spec.weather].draw(stage)
        picture = finish(stage)
        world.pixel_colours = stage.now.pixel_colours
        return picture

    def _draw_subject(self, world: World) -> None:
        stage, subject = self.stage, self.subject
        self.box = None
        if not subject.visible:
            return
        afloat = self.baseline != Shot.baseline
        if self.scene.outdoors and not afloat and world.lift > -20:
            dust(stage, world.x, world.direction, world.speed)
        skin = subject.skin(world.pose, world.time, stage.style.eye)
        height = world.pose["air"] - world.lift
        facing = _facing(world.direction, world.pose)
        scale = subject.scale * self.scale
        placing = Placing(world.x, world.lift, facing, scale, height, self.baseline, afloat)
        self.box = draw_subject(stage, skin, placing)
        if self.spec.thing("steam") or subject.steams:
            steam(stage, world.x, skin.bounds()[1] * scale + world.lift + 2)


def _world_of(anchor: Anchor | None) -> World | None:
    """Return the world a take continues; raises `Refused` for a state this engine did not write."""
    if anchor is None or not anchor.state:
        return None
    try:
        return World.from_bytes(anchor.state)
    except ValueError as error:
        raise Refused("anchor_refused") from error


def _dissolve(before: Frame, frame: Frame, share: float) -> Frame:
    """Return `before`, brought to the size of `frame`, on its way to becoming `frame`."""
    if before.shape != frame.shape:
        before = cv2.resize(before, (frame.shape[1], frame.shape[0]), interpolation=cv2.INTER_AREA)
    return cv2.addWeighted(before, 1 - share, frame, share, 0)


def draw_clip(spec: Spec, request: ClipRequest, report: Report) -> Generator[Frame, None, World]:
    """Yield the frames of a Spec and return the world they end in.

    Where the take before cannot simply go on (another style, another place, another engine), its last frame
    is repeated and dissolves into this take.
    """
    clip = Clip(spec, request)
    run = Run(spec, clip.shot(request), _world_of(request.anchor))
    before = request.anchor.frames[-1] if request.anchor and request.anchor.frames else None
    report(0, request.num_frames, "doing_drawing")
    for index, state in enumerate(run.frames(request.num_frames)):
        frame = clip.draw(state)
        run.world.pixel_colours = state.world.pixel_colours
        if index == 0 and before is not None and np.array_equal(before, frame):
            before = None
        share = smoothstep(index / request.fps, 0, DISSOLVE)
        report(index + 1, request.num_frames, "doing_drawing")
        yield frame if before is None or share >= 1 else _dissolve(before, frame, share)
    return run.world
