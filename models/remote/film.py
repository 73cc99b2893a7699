"""The film that came back: read without trusting it, and fitted to what was asked for."""

import io
import math
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from models.engine import ClipRequest, Frame, Unavailable, Word

CONTAINERS = {"mp4": (4, b"ftyp"), "matroska": (0, b"\x1a\x45\xdf\xa3")}
"""Format -> (offset, mark) of the containers that are read. Any other could name files and addresses to open."""
MOST_PIXELS = 4096 * 2304
MOST_FRAMES = 2000


@dataclass(frozen=True)
class Film:
    """An answer that was looked through but not decoded."""

    data: bytes
    container: str
    width: int
    height: int
    times: tuple[float, ...]
    """Seconds of each frame from the first, rising."""

    @property
    def fps(self) -> float:
        """Frames a second on average; 0 for a single one."""
        return (len(self.times) - 1) / self.times[-1] if self.times[-1] else 0.0

    def frames(self, request: ClipRequest) -> Iterator[Frame]:
        """Yield exactly the frames and the size of a request; raises Unavailable where the film is torn."""
        wanted = iter(picked(self.times, request))
        number = next(wanted)
        for index, picture in enumerate(self._decoded()):
            if index != number:
                continue
            frame = fitted(picture, request.width, request.height)
            while index == number:
                yield frame.copy()
                number = next(wanted, -1)
            if number < 0:
                return
        raise Unavailable("remote_film_torn")

    def _decoded(self) -> Iterator[Frame]:
        import av

        try:
            with _opened(self.data, self.container) as opened:
                stream = opened.streams.video[0]
                stream.codec_context.options = {"max_pixels": str(MOST_PIXELS)}
                stream.thread_type = "AUTO"
                for picture in opened.decode(stream):
                    if picture.is_corrupt or picture.width * picture.height > MOST_PIXELS:
                        raise Unavailable("remote_film_torn")
                    yield picture.to_ndarray(format="rgb24")
        except av.FFmpegError as error:
            raise Unavailable("remote_film_torn") from error


def read(data: bytes, request: ClipRequest) -> Film:
    """Return the film in an answer; raises Unavailable for no film, a torn one, or one much too short or too large."""
    import av

    container = next((name for name, (at, mark) in CONTAINERS.items() if data[at : at + len(mark)] == mark), None)
    if container is None:
        raise Unavailable("remote_no_film", {"found": _kind(data)})
    try:
        with _opened(data, container) as opened:
            film = _looked_through(opened, data, container)
    except (av.FFmpegError, OverflowError, ValueError) as error:
        raise Unavailable("remote_film_torn") from error
    if 2 * len(film.times) < request.num_frames:
        raise Unavailable("remote_too_short", {"found": len(film.times), "expected": request.num_frames})
    if film.times[-1] == 0:  # all at one moment
        raise Unavailable("remote_film_torn")
    return film


def _opened(data: bytes, container: str) -> Any:
    """Open a film so that not even a look at its first picture takes more memory than a film may."""
    import av

    return av.open(io.BytesIO(data), format=container, options={"max_pixels": str(MOST_PIXELS)})


def _looked_through(opened: Any, data: bytes, container: str) -> Film:
    """Return what the packets of an opened film say; none is decoded."""
    stream = next(iter(opened.streams.video), None)
    if stream is None or stream.codec_context is None:  # no picture, or in a way that nobody knows
        raise Unavailable("remote_no_film", {"found": container})
    width, height = stream.codec_context.width, stream.codec_context.height
    if not 0 < width * height <= MOST_PIXELS:
        raise Unavailable("remote_no_film", {"found": f"{width}x{height}"})
    ticks: list[int] = []
    for packet in opened.demux(stream):
        if packet.is_corrupt or len(ticks) > MOST_FRAMES:
            raise Unavailable("remote_film_torn")
        if packet.size and not packet.is_discard:
            ticks.append(packet.pts)
    if not ticks or None in ticks or len(ticks) < stream.frames:
        raise Unavailable("remote_film_torn")
    ticks.sort()
    return Film(data, container, width, height, tuple(float((one - ticks[0]) * stream.time_base) for one in ticks))


def _kind(data: bytes) -> str:
    """Return a short name for an answer that is no film, the same in every language."""
    start = data[:200].lstrip().lower()
    if start.startswith((b"<!doctype", b"<html")):
        return "HTML"
    return "JSON" if start[:1] in (b"{", b"[") else f"{len(data)} B"


def picked(times: Sequence[float], request: ClipRequest) -> list[int]:
    """Return for each frame wanted which frame of a film it is, rising.

    As many as wanted are taken one by one. Else the film keeps its pace and its rest is dropped, or, where it ends too
    soon, it is slowed to last to the end.
    """
    if len(times) == request.num_frames:
        return list(range(len(times)))
    last = request.num_frames - 1
    length = min(times[-1], last / request.fps)
    middles = [(one + other) / 2 for one, other in pairwise(times)]
    return [bisect_left(middles, length * number / last - 1e-6) for number in range(last + 1)]


def fitted(picture: Frame, width: int, height: int) -> Frame:
    """Return a picture scaled to cover `width` x `height`; what stands out at the sides is cut off evenly."""
    import av

    found_height, found_width = picture.shape[:2]
    if (found_width, found_height) == (width, height):
        return np.ascontiguousarray(picture)
    scale = max(width / found_width, height / found_height)
    keep_width, keep_height = (min(found_width, round(width / scale)), min(found_height, round(height / scale)))
    left, top = (found_width - keep_width) // 2, (found_height - keep_height) // 2
    kept = np.ascontiguousarray(picture[top : top + max(1, keep_height), left : left + max(1, keep_width)])
    how = "AREA" if scale < 1 else "LANCZOS"
    scaled = av.VideoFrame.from_ndarray(kept, format="rgb24").reformat(width, height, "rgb24", interpolation=how)
    return np.ascontiguousarray(scaled.to_ndarray(), np.uint8)


def changes(film: Film, request: ClipRequest) -> tuple[Word, ...]:
    """Return in words what had to be done to a film so that it is what was asked for; empty when it was."""
    words = []
    found, wanted = f"{film.width}x{film.height}", f"{request.width}x{request.height}"
    if found != wanted:
        words.append(
            Word("size", "", f"{found} came back, fitted to {wanted}", f"返回的画面为 {found}，已调整为 {wanted}")
        )
    if len(film.times) != request.num_frames:
        words.append(_paced(film, request))
    elif math.isclose(film.fps, request.fps, rel_tol=0.02):
        return tuple(words)
    else:
        words.append(
            Word(
                "rate",
                "",
                f"{film.fps:.3g} frames a second came back, shown at {request.fps}",
                f"返回的影片每秒 {film.fps:.3g} 帧，按每秒 {request.fps} 帧播放",
            )
        )
    return tuple(words)


def _paced(film: Film, request: ClipRequest) -> Word:
    """Return in words what was done to a film of another number of frames."""
    count, wanted = len(film.times), request.num_frames
    over = film.times[-1] * request.fps - (wanted - 1)
    if over < -0.5:
        en, zh = "slowed to fill the time", "放慢以填满时长"
    elif over > 0.5:
        en, zh = "its pace is kept and the rest dropped", "保持原速，舍去其余部分"
    else:
        en, zh = "picked evenly", "均匀取帧"
    return Word(
        "length",
        "",
        f"{count} frames at {film.fps:.3g} a second came back for {wanted} at {request.fps}: {en}",
        f"需要 {wanted} 帧（每秒 {request.fps} 帧），返回 {count} 帧（每秒 {film.fps:.3g} 帧）：{zh}",
    )
