"""The only place that calls engines and finishing: a step goes in, files of the media store come out."""

import time
from collections import deque
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import replace
from typing import Any

from models import Engines
from models.engine import Anchor, ClipRequest, Ending, Engine, EngineError, Frame, Remark, Report
from studio import video
from studio.errors import Failed, Invalid
from studio.library import Clip, Library, new_id
from studio.library.store import Staged
from studio.post.join import key_frames
from studio.production.anchors import picture_anchor, read_anchor, write_anchor
from studio.production.made import Made, staged
from studio.production.plan import Step, Wish, refusals, request_of, take_key, wish_of
from studio.prompts import style_id

OPENING = 7
"""How many of its first frames are kept until a take is done, to see how its colours stepped where it began."""


def run_step(step: Step, library: Library, engines: Engines, report: Report) -> Made:
    """Make what the step's key names; raises StudioError when it cannot, and whatever `report` raises."""
    if step.kind == "film":
        from studio.production.join import join_film

        return join_film(step, library, report)
    try:
        return _render(step, library, engines, report)
    except EngineError as error:
        raise Invalid(error.code, error.values) from error


def remarks(take: Step, engines: Engines) -> tuple[Remark, ...]:
    """Return what a person should know before a take is made; raises Invalid for what cannot be made here."""
    wish = wish_of(take.params)
    with refusals():
        engine = engines.open(wish.look.engine, wish.look.adapters)
        engine.check_available()
        return engine.remarks(request_of(wish, engine))


def prepare(steps: Sequence[Step], engines: Engines, report: Report) -> None:
    """Let the engine of the first of these takes do ahead what it and those of the same engine have in common.

    What goes wrong here will go wrong where it belongs, when the take it is of is rendered.
    """
    wishes = [wish_of(step.params) for step in steps]
    look = wishes[0].look
    with suppress(EngineError):
        engine = engines.open(look.engine, look.adapters)
        alike = [one for one in wishes if (one.look.engine, one.look.adapters) == (look.engine, look.adapters)]
        engine.prepare([request_of(wish, engine) for wish in alike], report)


def _render(step: Step, library: Library, engines: Engines, report: Report) -> Made:
    began = time.monotonic()
    wish = wish_of(step.params)
    engine = engines.open(wish.look.engine, wish.look.adapters)
    request = request_of(wish, engine)
    if take_key(engine, request, wish.beginning) != step.key:
        raise Failed("engine_changed", {"engine": wish.look.engine})
    request = replace(request, anchor=_anchor(wish, library))
    watched = _Watched(engine, request, report)
    continues = bool(wish.beginning.take)
    files = _written(watched, continues, library, report)
    made = Clip(
        id=new_id(),
        key=step.key,
        kind="take",
        prompt=wish.segment.prompt,
        look=wish.look,
        style=style_id(wish.segment.prompt.style),
        num_frames=request.num_frames,
        video=files[0].digest,
        poster=files[1].digest,
        anchor=files[2].digest if len(files) > 2 else None,
        reading=watched.ending.reading,
        size_bytes=files[0].size_bytes,
        seconds_taken=time.monotonic() - began,
        created_at=time.time(),
        favourite=False,
        measures=_measures(watched) if continues else None,
    )
    return Made(made, files)


def _anchor(wish: Wish, library: Library) -> Anchor | None:
    """Return what a take begins from; raises Failed when the take or the picture it hangs on is gone or damaged."""
    beginning, look = wish.beginning, wish.look
    if beginning.picture:
        return picture_anchor(library.checked(beginning.picture), (look.width, look.height))
    if not beginning.take:
        return None
    before = library.made([beginning.take]).get(beginning.take)
    if before is None or before.anchor is None:
        raise Failed("take_missing")
    anchor = read_anchor(library.checked(before.anchor))
    if not (beginning.matched and before.measures):
        return anchor
    from studio.post.colour import ColourMatch

    return replace(anchor, frames=tuple(map(ColourMatch(before.measures["match"]), anchor.frames)))


def _measures(watched: "_Watched") -> Mapping[str, Any] | None:
    """Return what brings a continuing take to the colours it continued from; None when nothing is needed.

    The take before is seen up to its very last frame, which an engine may have repeated only nearly.
    """
    from studio.post.colour import ColourMatch

    anchor = watched.request.anchor
    before = anchor.frames[-1:] if anchor and anchor.frames else watched.opening[:1]
    match = ColourMatch.at_join([*before, *watched.opening[1:]])
    return {"match": match.rows} if match.needed else None


def _written(watched: "_Watched", continues: bool, library: Library, report: Report) -> tuple[Staged, ...]:
    """Return the staged film, poster and, where the engine can go on, anchor of a take."""
    store, request = library.store, watched.request
    with ExitStack() as scratches:
        film, poster, end = (scratches.enter_context(store.scratch(suffix)) for suffix in (".mp4", ".jpg", ".zip"))
        video.write(watched, film, request.fps, key_frames(request.num_frames, continues))
        report(request.num_frames, request.num_frames, "doing_keeping")
        video.poster(watched.poster, poster)
        if not watched.last.maxlen:
            return staged(store, film, poster)
        write_anchor(Anchor(tuple(watched.last), watched.ending.state), end)
        return staged(store, film, poster, end)


class _Watched:
    """The frames of a take as they pass; keeps those for poster and anchor, and how the take ended."""

    def __init__(self, engine: Engine, request: ClipRequest, report: Report) -> None:
        self.ending = Ending()
        self.request = request
        self.poster: Frame
        self.opening: list[Frame] = []
        self.last: deque[Frame] = deque(maxlen=engine.limits.anchor_frames)
        self._engine = engine
        self._frames: Generator[Frame, None, Ending] = engine.render(request, report)

    def __iter__(self) -> Iterator[Frame]:
        count = 0
        with closing(self._frames):
            while True:
                try:
                    frame = next(self._frames)
                except StopIteration as end:
                    self.ending = end.value
                    break
                self._check(frame, count)
                if count == self.request.num_frames // 3:
                    self.poster = frame.copy()
                if count < OPENING:
                    self.opening.append(frame)
                self.last.append(frame)
                count += 1
                yield frame
        if count < self.request.num_frames:
            raise self._miscounted(count)

    def _check(self, frame: Frame, count: int) -> None:
        """Raise Failed for a frame that is not what was asked for: no film may be short or torn."""
        width, height = self.request.width, self.request.height
        if frame.shape != (height, width, 3) or frame.dtype.name != "uint8":
            expected, found = f"{width}x{height}", "x".join(map(str, frame.shape[1::-1]))
            if found == expected:  # then it is no RGB picture of bytes
                expected, found = "RGB uint8", f"{frame.shape} {frame.dtype}"
            raise Failed("take_wrong_size", {"engine": self._engine.name, "found": found, "expected": expected})
        if count == self.request.num_frames:
            raise self._miscounted(count + 1)

    def _miscounted(self, found: int) -> Failed:
        expected = self.request.num_frames
        return Failed("take_cut_short", {"engine": self._engine.name, "found": found, "expected": expected})
