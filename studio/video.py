"""Video files, written and read one frame at a time, so that memory does not grow with the film.

Writing feeds imageio-ffmpeg's own binary through a pipe; reading, probing and copying go through PyAV. Nothing is
expected from the system.
"""

import subprocess
import tempfile
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any, cast

import numpy as np

from models.engine import Frame
from studio.errors import Invalid, StorageError

PRESET, CRF = "superfast", 20
"""x264's speed and quality. Measured on drawn clips: as close to the frames as veryfast at 19, about as large, for six
tenths of its work; and without veryfast's look-ahead the film is ready when the last frame is."""

POSTER = 640
"""Pixels of the longer side of a poster, at most."""

AHEAD = 16
"""Stretches of more frames than this are decoded by several threads."""

TICKS_PER_FRAME = 512
"""Time units of the mp4 track for each frame: whole, so that every frame time is exact."""


@dataclass(frozen=True)
class VideoFacts:
    """What a video file says of itself, checked against what it holds."""

    width: int
    height: int
    fps: float
    num_frames: int
    seconds: float
    codec: str
    """ffmpeg's name of the codec, such as "h264"."""
    pixel_format: str
    """ffmpeg's name of the pixel format, such as "yuv420p"."""


@dataclass(frozen=True)
class Index:
    """Where a video file can be entered, and whether its packets fit beside those of another."""

    facts: VideoFacts
    key_frames: tuple[int, ...]
    """Numbers of the frames that need no other, in order; the frames from one to the next need none outside."""
    header: bytes
    """The codec's parameters as the file keeps them: packets of files with equal headers may follow each other."""
    steady: bool
    """Whether frame k lies at exactly k / fps seconds."""


def encoder(size: tuple[int, int], fps: int, path: Path, key_frames: Sequence[int] = ()) -> list[str]:
    """Return the command that turns raw RGB frames of (width, height) on its input into an H.264 mp4 at `path`.

    RGB is converted with the BT.709 matrix and tagged so: untagged, players guess by the picture's height.
    """
    width, height = size
    convert = "scale=out_color_matrix=bt709:out_range=tv:flags=bicubic+accurate_rnd+full_chroma_int"
    tag = "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv"
    raw = f"-f rawvideo -pix_fmt rgb24 -s {width}x{height} -r {fps} -i pipe:0"
    x264 = f"-c:v libx264 -preset {PRESET} -crf {CRF} -g {2 * fps} -pix_fmt yuv420p"
    colour = "-colorspace bt709 -color_primaries bt709 -color_trc bt709 -color_range tv"
    container = f"-fps_mode passthrough -video_track_timescale {fps * TICKS_PER_FRAME} -movflags +faststart -f mp4"
    # half a frame early, because a time is rounded: the first frame at or after it becomes the key frame
    times = ",".join(f"{(number - 0.5) / fps:.6f}" for number in sorted(set(key_frames)) if number > 0)
    keys = f"-force_key_frames {times}" if times else ""
    options = f"-v error -nostdin -y {raw} -vf {convert},format=yuv420p,{tag} {x264} {keys} {colour}"
    return [
        ffmpeg(),
        *options.split(),
        "-flags:v",
        "+bitexact",
        "-fflags",
        "+bitexact",
        *container.split(),
        f"file:{path}",
    ]


def write(frames: Iterable[Frame], path: Path, fps: int, key_frames: Sequence[int] = ()) -> int:
    """Write frames of one size to an mp4 at `path`, whole or not at all, and return how many there were.

    H.264, yuv420p, BT.709, exactly `fps` frames a second, playable before it is loaded whole; equal frames give
    equal bytes on one machine. A film may later be entered or left at `key_frames` without encoding it again.
    Raises Invalid for no frames, an odd side or a frame of another size than the first, StorageError when the file
    cannot be written, and whatever the iterator raises.
    """
    source = iter(frames)
    first = next(source, None)
    if first is None:
        raise Invalid("video_empty")
    height, width = first.shape[:2]
    if width % 2 or height % 2:
        raise Invalid("video_odd", {"width": width, "height": height})
    with whole(path) as part:
        return _encode(chain([first], source), encoder((width, height), fps, part, key_frames), path)


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give the name to write a file under: it becomes `path` when all goes well, and is gone when anything does not.

    Raises StorageError when it cannot be put in place.
    """
    part = path.with_name(path.name + ".part")
    try:
        yield part
        try:
            part.replace(path)
        except OSError as error:
            raise not_written(path, error.strerror or str(error)) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def read(path: Path, start: int = 0, stop: int | None = None) -> Iterator[Frame]:
    """Yield the frames of a video file from number `start` up to `stop`, which is left out.

    Decoding begins at the key frame before. Raises Invalid when it is no video, breaks off or ends before `stop`.
    """
    import av

    count = None if stop is None else stop - start
    try:
        with av.open(f"file:{path}") as container:
            stream = video_of(container, path)
            # threads decode ahead, a frame each: a waste where only a few are wanted
            stream.thread_type = "AUTO" if count is None or count > AHEAD else "SLICE"
            ticks = ticks_of(stream)
            if start:
                container.seek(round(start * ticks), stream=stream)
            wanted = (frame for frame in container.decode(stream) if not start or frame.pts >= round(start * ticks))
            for frame in islice(wanted, count):
                yield frame.to_ndarray(format="rgb24")
                count = None if count is None else count - 1
    except av.FFmpegError as error:
        raise Invalid("video_broken", {"name": path.name}) from error
    if count:
        raise Invalid("video_broken", {"name": path.name})


def probe(path: Path) -> VideoFacts:
    """Return the facts of a video file; raises Invalid when it is no video or is cut off."""
    return index(path).facts


def index(path: Path) -> Index:
    """Return the facts and the key frames of a video file; raises Invalid when it is no video or is cut off.

    Every packet is read, none is decoded: the header alone also looks sound in a file of which the end is missing.
    """
    import av

    try:
        with av.open(f"file:{path}") as container:
            stream = video_of(container, path)
            times, keys = [], []
            for packet in container.demux(stream):
                if packet.is_corrupt:
                    raise Invalid("video_broken", {"name": path.name})
                if packet.size:
                    times.append(packet.pts)
                    keys += [packet.pts] * packet.is_keyframe
            if not times or len(times) < stream.frames:
                raise Invalid("video_broken", {"name": path.name})
            return _index(stream, times, keys)
    except av.FFmpegError as error:
        raise Invalid("video_broken", {"name": path.name}) from error


def poster(frame: Frame, path: Path) -> None:
    """Write a frame as a JPEG picture, whole or not at all."""
    with whole(path) as part:
        try:
            part.write_bytes(jpeg(frame, POSTER))
        except OSError as error:
            raise not_written(path, error.strerror or str(error)) from error


def jpeg(frame: Frame, longest: int) -> bytes:
    """Return a frame as a JPEG picture whose longer side is at most `longest` pixels."""
    from PIL import Image

    picture, written = Image.fromarray(frame), BytesIO()
    picture.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    picture.save(written, format="JPEG", quality=88, optimize=True, progressive=True)
    return written.getvalue()


def _encode(frames: Iterable[Frame], command: list[str], path: Path) -> int:
    """Feed frames to the encoder and return how many it took; whatever goes wrong, no process is left behind."""
    with tempfile.TemporaryFile() as complaints:
        try:
            # A group of its own: an interrupt typed at the terminal is for the studio, which then ends the encoder.
            process = subprocess.Popen(
                command, bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=complaints, process_group=0
            )
        except FileNotFoundError as error:
            raise StorageError("ffmpeg_missing") from error
        except OSError as error:
            raise not_written(path, error.strerror or str(error)) from error
        try:
            count = _feed(frames, cast(IO[bytes], process.stdin))
            if process.wait() == 0:
                return count
        finally:
            process.kill()
            process.wait()
        complaints.seek(0)
        first_line = complaints.readline().decode(errors="replace")  # the lines after it name what followed from it
    raise not_written(path, first_line.rpartition("] ")[2] or f"ffmpeg {process.returncode}")


def _feed(frames: Iterable[Frame], pipe: IO[bytes]) -> int:
    """Write the frames to the pipe and close it; stops early when its reader is gone, which says why elsewhere.

    One frame is written while the next is made: a pipe holds a twentieth of a frame, so each write waits for ffmpeg.
    """
    count, shape = 0, None
    with pipe, ThreadPoolExecutor(1, "video") as hand:
        written: Future[bool] | None = None
        for frame in frames:
            shape = shape or frame.shape
            if frame.shape != shape or frame.dtype != np.uint8:
                raise Invalid("video_mixed", {"expected": _named(shape), "found": _named(frame.shape)})
            if written is not None and not written.result():
                break
            written = hand.submit(_pour, np.ascontiguousarray(frame).data.cast("B"), pipe)
            count += 1
    return count


def _pour(rest: memoryview, pipe: IO[bytes]) -> bool:
    """Write all bytes to an unbuffered pipe; return whether its reader took them."""
    try:
        while rest:
            rest = rest[pipe.write(rest) :]
    except BrokenPipeError:
        return False
    return True


def not_written(path: Path, reason: str) -> StorageError:
    """Return the error that says why a file could not be written; `reason` is in the system's or ffmpeg's words."""
    if "no space left" in reason.lower():
        return StorageError("disk_full", {"place": str(path.parent)})
    return StorageError("video_not_written", {"reason": reason.strip()[:200]})


def _named(shape: tuple[int, ...]) -> str:
    """Return the shape of a frame as a person says it, such as "854x480"."""
    return f"{shape[1]}x{shape[0]}" if len(shape) == 3 and shape[2] == 3 else "x".join(map(str, shape))


def _index(stream: Any, times: list[int], keys: list[int]) -> Index:
    """Return the index of an open PyAV stream from the times of its packets and those of its key frames."""
    context = stream.codec_context
    fps = float(stream.average_rate or stream.guessed_rate or 0)
    facts = VideoFacts(
        width=context.width,
        height=context.height,
        fps=fps,
        num_frames=len(times),
        seconds=len(times) / fps if fps else 0.0,
        codec=context.name,
        pixel_format=context.pix_fmt or "",
    )
    times.sort()
    steady = bool(fps) and all(time == place * ticks_of(stream) for place, time in enumerate(times))
    key_frames = tuple(bisect_left(times, key) for key in sorted(keys))
    return Index(facts, key_frames, bytes(context.extradata or b""), steady)


def ticks_of(stream: Any) -> Fraction:
    """Return how many time units of an open PyAV stream one frame lasts."""
    rate = Fraction(stream.average_rate or stream.guessed_rate)
    return 1 / (rate * Fraction(stream.time_base))


def video_of(container: Any, path: Path) -> Any:
    """Return the first video stream of an open PyAV container; raises Invalid when it has none that can be decoded."""
    if not container.streams.video or container.streams.video[0].codec_context is None:
        raise Invalid("video_broken", {"name": path.name})
    return container.streams.video[0]


def ffmpeg() -> str:
    """Return the path of the ffmpeg binary; raises StorageError when there is none for this machine."""
    import imageio_ffmpeg

    try:
        executable: str = imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError as error:
        raise StorageError("ffmpeg_missing") from error
    return executable
