"""The only place that calls engines: a step goes in, files of the media store come out."""

import time
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass

from models import open_engine
from models.engine import Ending, EngineError, Frame, Report
from studio import video
from studio.errors import Failed, Invalid
from studio.library.clips import Clip
from studio.library import new_id
from studio.library.store import Staged, Store
from studio.production.plan import Step, request_of, take_key, wish_of
from studio.prompts import style_id


@dataclass(frozen=True)
class Take:
    """What a step made: its row of the library and the files to be placed with it."""

    clip: Clip
    files: tuple[Staged, ...]


def run_step(step: Step, store: Store, report: Report) -> Take:
    """Make what the step's key names; raises StudioError when it cannot, and whatever `report` raises."""
    try:
        return _render(step, store, report)
    except EngineError as error:
        raise Invalid(error.code, error.values) from error


def _render(step: Step, store: Store, report: Report) -> Take:
    began = time.monotonic()
    segment, look = wish_of(step.params)
    engine = open_engine(look.engine)
    request = request_of(segment, look, engine)
    if take_key(engine, request) != step.key:
        raise Failed("engine_changed", {"engine": look.engine})
    watched = _Watched(engine.render(request, report), poster_at=request.num_frames // 3)
    with store.scratch(".mp4") as film, store.scratch(".jpg") as poster:
        video.write(watched, film, request.fps)
        report(request.num_frames, request.num_frames, "doing_keeping")
        video.poster(watched.poster, poster)
        files = store.stage(film), store.stage(poster)
    made = Clip(
        id=new_id(),
        key=step.key,
        kind="clip",
        prompt=segment.prompt,
        look=look,
        style=style_id(segment.prompt.style),
        num_frames=request.num_frames,
        video=files[0].digest,
        poster=files[1].digest,
        reading=watched.ending.reading,
        size_bytes=files[0].size_bytes,
        seconds_taken=time.monotonic() - began,
        created_at=time.time(),
        favourite=False,
    )
    return Take(made, files)


class _Watched:
    """The frames of a take as they pass; keeps the one for the poster, and how the take ended."""

    def __init__(self, frames: Generator[Frame, None, Ending], poster_at: int) -> None:
        self.ending = Ending()
        self.poster: Frame
        self._frames = frames
        self._poster_at = poster_at

    def __iter__(self) -> Iterator[Frame]:
        index = 0
        with closing(self._frames):
            while True:
                try:
                    frame = next(self._frames)
                except StopIteration as end:
                    self.ending = end.value
                    return
                if index == self._poster_at:
                    self.poster = frame.copy()
                index += 1
                yield frame
