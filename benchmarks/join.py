"""Claim: joining keeps up with the raw encoder, in memory that does not grow, and beats collecting frames in lists.

The takes are 48 drawing-like frames with a little grain. "Copied" joins them as they are, with a blend at each seam;
"encoded" has a colour filter on every frame, so that nothing can be copied. The peers are ffmpeg fed with ready
frames; ffmpeg doing all of the encoded join by itself, from the same files with its own filter; and the plain program
that reads every frame into a list of floats, blends the seams and gives the list to moviepy's ImageSequenceClip.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks.encode import FPS, HEIGHT, WIDTH, frames, raw
from models.engine import Frame
from studio import video
from studio.post.join import Join, Part, key_frames

LENGTH = 48
"""Frames of a take."""
SEGMENTS, ROUNDS = 6, 3
MEMORY_SEGMENTS = (4, 64)
LIST_SEGMENTS = (32, 16, 8)
"""Lengths at which lists are tried: the longest that fits into free memory."""
LIST_GIGABYTES = 0.44
"""Free memory asked for each segment in a list: measured 0.3, and some to spare."""
MATRIX = ((0.98, 0.01, 0.0, 1.0), (0.0, 1.01, 0.0, -1.0), (0.01, 0.0, 0.97, 2.0))
"""A colour match as it is typically fitted."""


def matched(frame: Frame) -> Frame:
    """Return a frame with its colours moved a little, as a colour match does."""
    import cv2

    return np.asarray(cv2.transform(frame, np.array(MATRIX, np.float32)), np.uint8)


@contextmanager
def takes(count: int) -> Iterator[tuple[Path, ...]]:
    """Give so many takes that start alike: two films, in turns."""
    with tempfile.TemporaryDirectory() as folder:
        pair = Path(folder) / "even.mp4", Path(folder) / "odd.mp4"
        ready = list(frames(2 * LENGTH))
        for path, own in zip(pair, (ready[:LENGTH], ready[LENGTH:]), strict=True):
            video.write(own, path, FPS, key_frames(LENGTH, False))
        yield tuple(pair[number % 2] for number in range(count))


def joined(paths: Iterable[Path], film: Path, encoded: bool) -> int:
    """Join takes with a blend at each seam; return the count of frames."""
    parts = tuple(Part(path, seam="blend", filter=matched if encoded else None) for path in paths)
    Join(parts, FPS).write(film, lambda done, total, doing: None)
    return len(parts) * LENGTH


def by_ffmpeg(paths: Iterable[Path], film: Path) -> None:
    """Let ffmpeg alone read the takes one after the other, move their colours and encode them with our settings."""
    listed = film.with_suffix(".txt")
    listed.write_text("".join(f"file '{path}'\n" for path in paths))
    command = video.encoder((WIDTH, HEIGHT), FPS, film)
    mixing = ":".join(
        f"{out}{into}={MATRIX[row][column]}" for row, out in enumerate("rgb") for column, into in enumerate("rgb")
    )
    begin, filters = command.index("-f"), command.index("-vf") + 1
    command[filters] = f"format=gbrp,colorchannelmixer={mixing},{command[filters]}"
    command[begin : filters - 1] = ["-f", "concat", "-safe", "0", "-i", str(listed)]
    subprocess.run(command, check=True)


def by_list(paths: Iterable[Path], film: Path) -> None:
    """Join as the plain program does: all frames as floats in a list, then moviepy with our preset, crf and threads."""
    from moviepy import ImageSequenceClip

    collected: list[np.ndarray] = []
    for path in paths:
        segment = [frame.astype(np.float32) for frame in video.read(path)]
        if collected:
            last = collected[-1]
            collected[-1] = 0.7 * last + 0.3 * segment[0]
            segment[0] = 0.4 * last + 0.6 * segment[0]
        collected += segment
    clip = ImageSequenceClip(collected, fps=FPS)
    quality = ["-crf", str(video.CRF), "-g", str(2 * FPS)]
    clip.write_videofile(str(film), preset=video.PRESET, ffmpeg_params=quality, audio=False, logger=None)


@dataclass(frozen=True)
class Cost:
    """What some work takes: seconds on the clock, and of all processors, this process and its children together."""

    clock: float
    work: float


def cost(work: Callable[[], object]) -> Cost:
    """Return what some work takes."""
    clock, before = time.perf_counter(), os.times()
    work()
    return Cost(time.perf_counter() - clock, sum(os.times()[:4]) - sum(before[:4]))


def speeds() -> dict[str, Any]:
    """Return the speed of both joins against their peers, and of joining again against encoding everything.

    By the clock, and by the work of the processors, which other programs on the machine disturb less.
    """
    ready = [np.ascontiguousarray(frame) for frame in frames(SEGMENTS * LENGTH)]
    with takes(SEGMENTS) as paths:
        film = paths[0].with_name("film.mp4")
        rounds = [
            (
                cost(lambda: raw(ready, film)),
                cost(lambda: by_ffmpeg(paths, film)),
                cost(lambda: joined(paths, film, encoded=True)),
                cost(lambda: joined(paths, film, encoded=False)),
            )
            for _ in range(ROUNDS)
        ]

    def ratio(peer: int, ours: int) -> dict[str, float]:
        pairs = [(costs[peer], costs[ours]) for costs in rounds]
        by_clock, by_work = median(p.clock / o.clock for p, o in pairs), median(p.work / o.work for p, o in pairs)
        return {"clock": round(by_clock, 2), "work": round(by_work, 2)}

    return {
        "copied_of_raw_encoder": ratio(0, 3),
        "encoded_of_ffmpeg_alone": ratio(1, 2),
        "encoded_of_raw_encoder": ratio(0, 2),
        "join_again_of_encoding_all": ratio(2, 3),
        "frames_per_second": {
            name: round(len(ready) / median(costs[place].clock for costs in rounds), 1)
            for place, name in enumerate(("raw", "ffmpeg_alone", "encoded", "copied"))
        },
    }


def alone(way: str, segments: int) -> dict[str, float]:
    """Return the seconds and the peak memory in megabytes of one join in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.join", way, str(segments)]
    return dict(json.loads(subprocess.run(command, capture_output=True, check=True).stdout))


def against_lists() -> dict[str, Any]:
    """Return how the plain program compares, at the longest film for which there is memory."""
    told = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
    free = int(told["MemAvailable"].split()[0]) / 2**20
    segments = next(count for count in LIST_SEGMENTS if count * LIST_GIGABYTES < free or count == LIST_SEGMENTS[-1])
    plain = alone("list", segments)
    ours = {way: alone(way, segments) for way in ("copied", "encoded")}
    return {
        "segments": segments,
        "peak_mb": {"list": plain["peak_mb"], **{way: one["peak_mb"] for way, one in ours.items()}},
        "times_faster": {way: round(plain["s"] / one["s"], 2) for way, one in ours.items()},
        "times_less_work": {way: round(plain["work_s"] / one["work_s"], 2) for way, one in ours.items()},
        "part_of_its_memory": {way: round(one["peak_mb"] / plain["peak_mb"], 4) for way, one in ours.items()},
    }


def measure() -> dict[str, Any]:
    """Return what was measured, with the verdict on the claim."""
    speed, lists = speeds(), against_lists()
    peaks = {way: [alone(way, count)["peak_mb"] for count in MEMORY_SEGMENTS] for way in ("copied", "encoded")}
    growth = {way: round(long / short, 3) for way, (short, long) in peaks.items()}
    return {
        "claim": "copied at 0.85 of the raw encoder's speed or more, encoded at 0.85 of ffmpeg's own join; memory "
        "within 10 % for 4 and 64 segments; 1.3 times as fast as lists of frames, in a twentieth of the memory",
        **speed,
        "peak_mb": {way: dict(zip(MEMORY_SEGMENTS, pair, strict=True)) for way, pair in peaks.items()},
        "memory_growth": growth,
        "against_lists": lists,
        "holds": speed["copied_of_raw_encoder"]["clock"] >= 0.85
        and speed["encoded_of_ffmpeg_alone"]["clock"] >= 0.85
        and max(growth.values()) <= 1.1
        and min(lists["times_faster"].values()) >= 1.3
        and max(lists["part_of_its_memory"].values()) <= 0.05,
    }


def _one(way: str, segments: int) -> dict[str, float]:
    """Join in this process; return the seconds, and its peak memory with that of its largest child, in megabytes."""
    from threading import Event, Thread

    ended, children = Event(), [0.0]

    def watch() -> None:
        while not ended.wait(0.1):
            children.extend(_peak(child) for child in _children())

    with takes(segments) as paths:
        film = paths[0].with_name("film.mp4")
        watching = Thread(target=watch)
        watching.start()
        spent = cost(lambda: by_list(paths, film) if way == "list" else joined(paths, film, way == "encoded"))
        ended.set()
        watching.join()
    return {
        "s": round(spent.clock, 2),
        "work_s": round(spent.work, 2),
        "peak_mb": round(_peak("self") + max(children), 1),
    }


def _children() -> list[str]:
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()


def _peak(process: str) -> float:
    """Return the peak of a process's resident memory in megabytes; 0 for one that has ended."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((float(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


if __name__ == "__main__":
    print(json.dumps(_one(sys.argv[1], int(sys.argv[2])) if len(sys.argv) > 2 else measure(), indent=2))
