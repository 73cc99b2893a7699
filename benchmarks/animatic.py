"""Claim: the animatic engine draws every place and every style faster than real time, encoding included."""

import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

from models.animatic import usual_workers
from models.animatic.abilities import abilities
from models.animatic.sheet import spec_of
from models.animatic.spec import Spec
from models.animatic.style import style_names
from models.animatic.take import draw_clip
from models.engine import ClipRequest, Frame, Prompt
from studio.video import write

WIDTH, HEIGHT, FPS = 854, 480, 24
FRAMES, LONG = 48, 120
"""Frames of a clip of two seconds, and of one for which helpers pay."""
REAL_TIME = 1000 / FPS
"""Milliseconds a frame is seen."""
FIRST, MEMORY, GAIN = 0.4, 400, 1.7
"""Most seconds to a first frame, most MiB, and how much quicker two workers are at least."""
PLAIN = "subject=fox action=run"


def measure() -> dict[str, Any]:
    """Return the table with the verdict on the claim; one process draws, unless it says otherwise."""
    timed(spec_of(PLAIN), 4)  # loads the libraries
    places = {scene: timed(_place(scene), FRAMES) for scene in abilities()["scenes"]}
    styles = {name: timed(replace(spec_of(PLAIN), style=name), FRAMES) for name in style_names()}
    rows = (*places.values(), *styles.values())
    paces = [row["frame_ms"] for row in rows]
    return {
        "claim": "every place and style is drawn faster than real time, half of them twice as fast",
        "size": f"{WIDTH}x{HEIGHT}",
        "places": places,
        "styles": styles,
        "median_frame_ms": median(paces),
        "slowest_frame_ms": max(paces),
        "slowest_first_frame_s": max(row["first_frame_s"] for row in rows),
        "memory_mib": memory(),
        "workers": workers(),
        "holds": max(paces) < REAL_TIME and median(paces) < REAL_TIME / 2 and memory() < MEMORY,
    }


def _place(scene: str) -> Spec:
    """Return a fox running in a place, as it looks first."""
    shows = abilities()["scenes"][scene]
    variant = next(iter(shows["variants"]), "")
    return replace(spec_of(PLAIN), scene=scene, variant=variant, time=shows["times"][0])


def timed(spec: Spec, num_frames: int, count: int = 1) -> dict[str, float]:
    """Return milliseconds a frame takes, drawn by `count` processes and encoded, and seconds to the first."""
    request = ClipRequest(Prompt(""), WIDTH, HEIGHT, num_frames, FPS, 7)
    first: list[float] = []
    began, used = time.perf_counter(), time.process_time()

    def watched() -> Iterator[Frame]:
        for frame in draw_clip(spec, request, lambda _done, _total, _doing: None, count):
            first.append(time.perf_counter() - began)
            yield frame

    with tempfile.TemporaryDirectory() as folder:
        write(watched(), Path(folder) / "clip.mp4", FPS)
    return {
        "frame_ms": round((time.perf_counter() - began) / num_frames * 1000, 1),
        "own_cpu_ms": round((time.process_time() - used) / num_frames * 1000, 1),
        "first_frame_s": round(first[0], 3),
    }


def workers() -> dict[str, Any]:
    """Return what a second process gains on a longer clip, once it is there; only the frames, not encoded."""
    if usual_workers() < 2:
        return {"cores": 1}
    spec = replace(spec_of(PLAIN), scene="forest", variant="broad")
    drawn(spec, 2)  # starts the helper
    pairs = [(drawn(spec, 1), drawn(spec, 2)) for _ in range(3)]
    gain = median(alone / together for alone, together in pairs)
    return {
        "cores": usual_workers(),
        "one_s": round(median(alone for alone, _ in pairs), 2),
        "two_s": round(median(together for _, together in pairs), 2),
        "gain": round(gain, 2),
        "gain_holds": gain >= GAIN,
    }


def drawn(spec: Spec, count: int) -> float:
    """Return the seconds in which `count` processes draw a longer clip."""
    request = ClipRequest(Prompt(""), WIDTH, HEIGHT, LONG, FPS, 7)
    began = time.perf_counter()
    for _ in draw_clip(spec, request, lambda _done, _total, _doing: None, count):
        pass
    return time.perf_counter() - began


def memory() -> float:
    """Return the most MiB this process had at once."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / 1024 / (1024 if sys.platform == "darwin" else 1), 1)


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
