"""Claim: writing reaches 90 % of raw ffmpeg fed from a pipe, and needs the same memory for 4 s and for 64 s."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from models.engine import Frame
from studio import video

WIDTH, HEIGHT, FPS = 854, 480, 24
ROUNDS = 7
SECONDS_A_ROUND = 8


def frames(count: int) -> Iterator[Frame]:
    """Yield a drawing-like scene that pans and carries a little grain; made once, so that only writing is timed."""
    generator = np.random.default_rng(7)
    coarse = generator.integers(30, 220, (HEIGHT // 40, WIDTH // 20, 3), np.uint8)
    wide = np.repeat(np.repeat(coarse, 40, 0), 40, 1)
    grain = generator.integers(0, 12, (HEIGHT, WIDTH, 3), np.uint8)
    scenes = [wide[:, 4 * number : 4 * number + WIDTH] + np.roll(grain, 31 * number, 1) for number in range(48)]
    for number in range(count):
        yield scenes[number % 48 if number % 96 < 48 else 47 - number % 48]


def raw(ready: list[Frame], path: Path) -> float:
    """Return the seconds ffmpeg takes for the frames with nothing around it but a pipe."""
    began = time.perf_counter()
    process = subprocess.Popen(video.encoder((WIDTH, HEIGHT), FPS, path), stdin=subprocess.PIPE)
    assert process.stdin is not None
    for frame in ready:
        process.stdin.write(frame.data)
    process.stdin.close()
    assert process.wait() == 0
    return time.perf_counter() - began


def written(ready: list[Frame], path: Path) -> float:
    """Return the seconds studio.video takes for the frames."""
    began = time.perf_counter()
    video.write(ready, path, FPS)
    return time.perf_counter() - began


def peak_megabytes(seconds: int) -> float:
    """Return the peak memory of a process of its own that writes a film of so many seconds."""
    ran = subprocess.run([sys.executable, "-m", "benchmarks.encode", str(seconds)], capture_output=True, check=True)
    return float(ran.stdout)


def measure() -> dict[str, Any]:
    """Return what was measured, with the verdict on the claim."""
    ready = [np.ascontiguousarray(frame) for frame in frames(SECONDS_A_ROUND * FPS)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        pairs = [(raw(ready, path), written(ready, path)) for _ in range(ROUNDS)]
    speed = median(plain / ours for plain, ours in pairs)
    short, long = peak_megabytes(4), peak_megabytes(64)
    return {
        "claim": "at least 0.9 of the speed of raw ffmpeg; peak memory within 10 % for 4 s and 64 s",
        "speed_of_raw": round(speed, 3),
        "frames_per_second": round(len(ready) / median(ours for _, ours in pairs), 1),
        "peak_mb": {"4 s": round(short, 1), "64 s": round(long, 1)},
        "memory_growth": round(long / short, 3),
        "holds": speed >= 0.9 and long / short <= 1.1,
    }


def _own_peak(seconds: int) -> float:
    """Write a film in this process and return its peak memory and the encoder's in megabytes, as Linux counts it.

    Not by getrusage: what it gives a process begins with the peak of the one that started it.
    """
    encoders = [0.0]

    def watched() -> Iterator[Frame]:
        for number, frame in enumerate(frames(seconds * FPS), 1):
            yield frame
            if number % FPS == 0:
                encoders.extend(_peak(child) for child in _children())

    with tempfile.TemporaryDirectory() as folder:
        video.write(watched(), Path(folder) / "film.mp4", FPS)
    return _peak("self") + max(encoders)


def _children() -> list[str]:
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()


def _peak(process: str) -> float:
    """Return the peak of a process's resident memory in megabytes."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(float(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


if __name__ == "__main__":
    print(_own_peak(int(sys.argv[1])) if len(sys.argv) > 1 else json.dumps(measure(), indent=2))
