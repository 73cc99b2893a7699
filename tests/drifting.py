"""A real engine whose chains drift as those of video models do, so that remedies can be proved without one.

It draws a walker before a panning landscape as a function of time. A take that continues another loses a little at
the join, as the round trip through a model's autoencoder does: its colours start from those of the anchor, whatever
they are by then, and move on by a small factor; it is a little softer; its first frames are shifted; its walker takes
another pose. So errors add up along a chain, unless someone mends the anchors.
"""

import json
from collections.abc import Generator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Self

import cv2
import numpy as np

from models.engine import Anchor, ClipRequest, Ending, Frame, Limits, Refused, Remark, Report
from studio.post.lut import Lut

GAIN, GAMMA, SATURATION = (1.022, 1.008, 0.99), 0.97, 1.035
"""What one round trip does to the colours: chains of image-to-video models grow warmer, brighter and louder."""
SOFTENED, STILL_SOFT = 0.06, 0.6
"""Variance of the blur, in pixels of a picture 320 wide, that a join adds, and the share kept from the take before:
a model draws part of the lost detail anew, so softness levels off."""
SHIFT, SETTLED_AFTER = 0.002, 4
"""How far the first frames are shifted, in widths of the picture, and over how many frames that goes."""
JITTER, POSE_KEPT = 0.012, 0.5
"""Deviation of the walker's pose at a join, in widths, and the share of the last error that stays."""


class Drifting:
    """Ignores its prompt; `seed` chooses the landscape of a first take and the accidents of a continuing one."""

    name = "drifting"
    identity = "drifting-3"
    limits = Limits(
        sizes=((320, 180),),
        size_multiple=2,
        side_range=(64, 1280),
        fps=(12, 24),
        seconds_range=(0.25, 5.0),
        anchor_frames=1,
        pace=0.01,
    )

    def check_available(self) -> None:
        pass

    def remarks(self, request: ClipRequest) -> tuple[Remark, ...]:
        return ()

    def prepare(self, requests: Sequence[ClipRequest], report: Report) -> None:
        pass

    def render(self, request: ClipRequest, report: Report) -> Generator[Frame, None, Ending]:
        self.limits.check(request)
        before = State.read(request.anchor, request.seed)
        chance = np.random.default_rng([request.seed, int(before.time * 1000)])
        scene = Scene(before.world, request.width, request.height)
        state, grade, anchor, shift = before, None, request.anchor, np.zeros(2)
        if anchor is not None:
            found = Colours.found(scene.drawn(before), anchor.frames[-1]) if anchor.frames else Colours()
            state, grade, shift = before.joined(chance), found.after(chance).grade(), chance.choice([-SHIFT, SHIFT], 2)
        for index in range(request.num_frames):
            report(index, request.num_frames, "doing_drawing")
            if index == 0 and anchor is not None and anchor.frames:
                yield anchor.frames[-1].copy()
                continue
            now = replace(state, time=before.time + index / request.fps)
            frame = scene.drawn(now, shift * max(0, 1 - (index - 1) / SETTLED_AFTER))
            yield grade(frame) if grade else frame
        return Ending(replace(state, time=before.time + (request.num_frames - 1) / request.fps).written())


@dataclass(frozen=True)
class State:
    """Where a take stands: what is drawn, when, and how far its walker and its sharpness are off."""

    world: int
    time: float = 0.0
    lean: float = 0.0
    """Error of the pose: sideways, in widths of the picture."""
    stretch: float = 0.0
    """Error of the pose: height, as a share."""
    softness: float = 0.0
    """Variance of the blur, in pixels of a picture 320 wide."""

    @classmethod
    def read(cls, anchor: Anchor | None, seed: int) -> Self:
        """Return where the anchor ended; raises Refused for a state of another engine."""
        if anchor is None or not anchor.state:
            return cls(seed)
        try:
            state = cls(**json.loads(anchor.state))
            np.random.default_rng(state.world)
        except (ValueError, TypeError) as error:
            raise Refused("anchor_refused") from error
        return state

    def written(self) -> bytes:
        return json.dumps(asdict(self)).encode()

    def joined(self, chance: np.random.Generator) -> Self:
        """Return where the next take starts."""
        lean, stretch = chance.normal(0, JITTER), chance.normal(0, 2 * JITTER)
        return replace(
            self,
            lean=POSE_KEPT * self.lean + lean,
            stretch=POSE_KEPT * self.stretch + stretch,
            softness=STILL_SOFT * self.softness + SOFTENED,
        )


@dataclass(frozen=True, eq=False)
class Colours:
    """What happened to the colours: a polynomial of each channel and a mixing, then one round trip."""

    carried: np.ndarray | None = None
    """[7, 3]: weights of r, g, b, their squares and 1; None for untouched colours."""
    gain: tuple[float, float, float] = (1.0, 1.0, 1.0)
    gamma: float = 1.0
    saturation: float = 1.0

    @classmethod
    def found(cls, true: Frame, anchor: Frame) -> Self:
        """Return how the anchor's colours differ from those of its true frame; untouched where it shows another."""
        small = [cv2.resize(one, (80, 45), interpolation=cv2.INTER_AREA).reshape(-1, 3) / 255 for one in (true, anchor)]
        known, seen = cls._terms(small[0]), small[1]
        usual = np.vstack([np.eye(3), np.zeros((4, 3))])
        weight = np.ones(len(seen))
        for _ in range(5):  # the walker's pose may differ: what does not fit counts less
            weighted = known * weight[:, None]
            weights = usual + np.linalg.solve(
                weighted.T @ known + 0.05 * np.eye(7), weighted.T @ (seen - known @ usual)
            )
            off = np.abs(known @ weights - seen).sum(1)
            weight = 1 / (1 + (off / 0.06) ** 2)
        return cls(weights if np.median(off) < 0.08 else None)

    def after(self, chance: np.random.Generator) -> Self:
        """Return them after one round trip."""
        wobble = chance.normal(1, 0.003, 5)
        gain = tuple(float(one * factor) for one, factor in zip(GAIN, wobble, strict=False))
        return replace(self, gain=gain, gamma=GAMMA * wobble[3], saturation=SATURATION * wobble[4])

    def grade(self) -> Lut:
        """Return what they do to a frame, as a table, because it is quick."""
        steps = np.linspace(0, 1, 33)
        blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")
        colours = np.stack([red, green, blue], -1).reshape(-1, 3)
        if self.carried is not None:
            colours = self._terms(colours) @ self.carried
        colours = colours.clip(0, 1) ** self.gamma * np.array(self.gain)
        grey = colours.mean(1, keepdims=True)
        colours = grey + (colours - grey) * self.saturation
        return Lut("drift", colours.clip(0, 1).astype(np.float32).reshape(33, 33, 33, 3))

    @staticmethod
    def _terms(colours: np.ndarray) -> np.ndarray:
        return np.hstack([colours, colours**2, np.ones((len(colours), 1))])


class Scene:
    """A landscape that wraps round, wider than the picture, and a walker before it."""

    def __init__(self, world: int, width: int, height: int) -> None:
        self.width, self.height = width, height
        chance = np.random.default_rng(world)
        self.hues = chance.uniform(0, 1, 4)
        self.landscape = self._painted(chance)

    def drawn(self, state: State, shift: np.ndarray | None = None) -> Frame:
        """Return the frame of a moment, the whole picture shifted by so many widths."""
        across, down = (shift if shift is not None else np.zeros(2)) * self.width
        # To and fro, a thirtieth of the picture a second: what is seen of the landscape must not drift by itself.
        pan = abs((0.035 * state.time + 0.4) % 0.8 - 0.4) * self.width
        place = np.array([[1, 0, across - pan], [0, 1, down]])
        frame = cv2.warpAffine(self.landscape, place, (self.width, self.height), borderMode=cv2.BORDER_REPLICATE)
        self._walk(frame, state, (across, down))
        if state.softness:
            frame = cv2.GaussianBlur(frame, (0, 0), np.sqrt(state.softness) * self.width / 320)
        return frame

    def _painted(self, chance: np.random.Generator) -> Frame:
        """Return the landscape twice, side by side: sky, hills and a meadow, all with a grain of their own."""
        wide, high = 2 * self.width, self.height
        picture = np.empty((high, wide, 3), np.float32)
        top, bottom = np.float32(self._colour(0, 0.35, 0.75)), np.float32(self._colour(0, 0.12, 0.93))
        share = np.linspace(0, 1, high, dtype=np.float32)[:, None, None]
        picture[:] = top * (1 - share) + bottom * share
        turn = np.arange(wide) / wide * 2 * np.pi
        for layer in range(3):
            heights = sum(chance.uniform(0.2, 1) / k * np.sin(k * turn + chance.uniform(0, 6)) for k in (1, 2, 3, 5, 9))
            crest = high * (0.45 + 0.13 * layer + 0.05 * heights)
            hill = np.arange(high)[:, None] > crest[None]
            picture[hill] = self._colour(1 + layer % 2, 0.3 + 0.12 * layer, 0.62 - 0.14 * layer)
        for size, strength in ((24, 14.0), (8, 12.0), (3, 12.0)):
            cells = chance.normal(0, 1, (self.height // size + 1, 2 * 320 // size + 1)).astype(np.float32)
            cells[:, -1] = cells[:, 0]
            picture += strength * cv2.resize(cells, (wide, high), interpolation=cv2.INTER_CUBIC)[..., None]
        once = np.clip(picture, 4, 250).astype(np.uint8)
        return np.hstack([once, once])

    def _walk(self, frame: Frame, state: State, shift: tuple[float, float]) -> None:
        """Draw the walker: legs and arms swing, the scarf flutters, the coat has stripes."""
        unit, beat = self.height / 20, 2 * np.pi * 0.9 * state.time
        x = self.width * (0.5 + 0.12 * np.sin(0.4 * state.time) + state.lean) + shift[0]
        ground = self.height * 0.93 + shift[1]
        tall = unit * (1 + state.stretch)
        coat, skin, scarf, dark = (
            self._colour(3, 0.75, 0.72),
            (224, 180, 150),
            self._colour(0, 0.85, 0.85),
            (40, 34, 44),
        )

        def at(right: float, up: float) -> tuple[int, int]:
            return round((x + right * unit) * 16), round((ground - up * tall) * 16)

        def line(start: tuple[int, int], end: tuple[int, int], colour: tuple[float, ...], thick: float) -> None:
            cv2.line(frame, start, end, tuple(map(float, colour)), max(1, round(thick * unit)), cv2.LINE_AA, 4)

        for side in (-1, 1):
            line(at(0, 3.5), at(1.3 * side * np.sin(beat), 0), dark, 0.8)
            line(at(0, 7.5), at(1.6 * side * np.sin(beat + 0.3), 4.6), coat, 0.7)
        axes = (round(1.5 * unit * 16), round(2.4 * tall * 16))
        cv2.ellipse(frame, at(0, 5.5), axes, 0, 0, 360, tuple(map(float, coat)), -1, cv2.LINE_AA, 4)
        for stripe in range(3):
            line(at(-1.1, 4.4 + stripe), at(1.1, 4.6 + stripe), tuple(0.6 * one for one in coat), 0.25)
        cv2.circle(frame, at(0, 9.3), round(1.35 * unit * 16), skin, -1, cv2.LINE_AA, 4)
        line(at(-1, 8), at(1, 8), scarf, 0.7)
        line(at(-0.9, 8), at(-2.8, 8 + 0.6 * np.sin(2 * beat)), scarf, 0.5)
        cv2.circle(frame, at(0.55, 9.5), max(16, round(0.18 * unit * 16)), dark, -1, cv2.LINE_AA, 4)

    def _colour(self, which: int, saturation: float, value: float) -> tuple[float, float, float]:
        """Return an RGB colour, 0 to 255, in one of the four hues of this world."""
        hue = np.float32([[[360 * self.hues[which], saturation, value]]])
        return tuple(float(one) * 255 for one in cv2.cvtColor(hue, cv2.COLOR_HSV2RGB)[0, 0])
