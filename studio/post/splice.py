"""Films put together from stretches of finished files: packets are copied, nothing is decoded or encoded."""

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from studio import video
from studio.errors import Invalid

TICKS = video.TICKS_PER_FRAME


@dataclass(frozen=True)
class Stretch:
    """Frames `start` up to `stop` of a video file; both are key frames of it, or `stop` is its end."""

    path: Path
    start: int
    stop: int


def splice(stretches: Iterable[Stretch], path: Path, fps: int, copied: Callable[[Stretch], None]) -> None:
    """Write the stretches one after the other to an mp4 at `path`, whole or not at all.

    All must have the same `video.Index.header` and be steady. `copied` is told a stretch after each of its packets,
    and may raise. Raises Invalid for a file that is not as its index said, StorageError when the film cannot be
    written.
    """
    import av

    options = {"movflags": "+faststart", "video_track_timescale": str(fps * TICKS), "fflags": "+bitexact"}
    with video.whole(path) as part, closing(_packets(stretches)) as packets:
        try:
            with av.open(f"file:{part}", "w", format="mp4", options=options) as film:
                track: Any = None
                for place, (packet, time, stretch) in enumerate(packets):
                    if track is None:
                        track = film.add_stream_from_template(packet.stream)
                        depth = packet.stream.codec_context.reorder_depth
                    packet.stream, packet.time_base = track, Fraction(1, fps * TICKS)
                    packet.pts, packet.dts, packet.duration = time * TICKS, (place - depth) * TICKS, TICKS
                    film.mux_one(packet)
                    copied(stretch)
        except av.FFmpegError as error:
            raise video.not_written(path, error.strerror or str(error)) from error


def _packets(stretches: Iterable[Stretch]) -> Generator[tuple[Any, int, Stretch], None, None]:
    """Yield every packet with the number of its frame in the film, in the order in which they are decoded."""
    import av

    shown = 0
    for stretch in stretches:
        count = 0
        try:
            with av.open(f"file:{stretch.path}") as source:
                for packet, number in _entered(source, stretch):
                    yield packet, shown + number - stretch.start, stretch
                    count += 1
        except av.FFmpegError as error:
            raise Invalid("video_broken", {"name": stretch.path.name}) from error
        if count != stretch.stop - stretch.start:
            raise Invalid("video_broken", {"name": stretch.path.name})
        shown += count


def _entered(source: Any, stretch: Stretch) -> Iterator[tuple[Any, int]]:
    """Yield the packets of a stretch of an open container, each with the number of its frame in the file."""
    stream = video.video_of(source, stretch.path)
    ticks = video.ticks_of(stream)
    source.seek(round(stretch.start * ticks), stream=stream)
    for packet in source.demux(stream):
        if not packet.size:
            return
        number = round(packet.pts / ticks)
        if packet.is_keyframe and number >= stretch.stop:
            return
        if number >= stretch.start:
            yield packet, number
