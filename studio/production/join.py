"""The film step: takes joined, graded and measured. It loads what finishing stands on, so it is imported late."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from itertools import accumulate
from typing import Any

from models.engine import Frame, Prompt, Report
from studio import video
from studio.errors import Failed
from studio.library import Clip, Library, new_id
from studio.library.store import Staged
from studio.post.colour import ColourMatch
from studio.post.consistency import Stretch, film_score, measure
from studio.post.join import Join, Part
from studio.post.lut import lut
from studio.production.film import film_key
from studio.production.made import Made, staged
from studio.production.plan import Step
from studio.prompts import style_id
from studio.storyboard import Look

Filter = Callable[[Frame], Frame]


def join_film(step: Step, library: Library, report: Report) -> Made:
    """Make the film of a step; raises StudioError when it cannot, and whatever `report` raises."""
    began = time.monotonic()
    if film_key(step.params) != step.key:
        raise Failed("joining_changed")
    takes = _takes(step, library)
    stretches = _stretches(step.params["parts"], takes)
    join = Join(_parts(step.params, takes, library), step.params["look"]["fps"])
    num_frames = stretches[-1].start_frame + stretches[-1].num_frames

    def joined(done: int, total: int, doing: str, preview: Frame | None = None) -> None:
        report(done, 2 * total, doing)  # measuring takes as long again

    def measured(stretch: Stretch) -> None:
        report(num_frames + stretch.start_frame + stretch.num_frames, 2 * num_frames, "doing_measuring")

    with library.store.scratch(".mp4") as film, library.store.scratch(".jpg") as poster:
        seams = join.write(film, joined)
        report(num_frames, 2 * num_frames, "doing_measuring")
        scores = measure(film, stretches, measured)
        report(1, 1, "doing_keeping")
        video.poster(next(video.read(film, num_frames // 3)), poster)
        files = staged(library.store, film, poster)
    measures = {
        "storyboard": step.params["storyboard"],
        "parts": _told(step.params["parts"], stretches),
        "seams": [asdict(seam) for seam in seams],
        "segments": [asdict(score) for score in scores],
        "score": film_score(scores),
    }
    seconds = time.monotonic() - began + sum(take.seconds_taken for take in takes)
    return Made(_film(step, files, measures, num_frames, seconds), files)


def _takes(step: Step, library: Library) -> Sequence[Clip]:
    """Return the takes of a film in its order; raises Failed when one is gone or damaged."""
    keys = [part["key"] for part in step.params["parts"]]
    made = library.made(keys)
    sound = [library.checked(take.video).exists() for take in made.values()]  # of each, so that one more try mends all
    if not all(sound) or made.keys() != set(keys):
        raise Failed("take_missing")
    return [made[key] for key in keys]


def _stretches(parts: Sequence[Mapping[str, Any]], takes: Sequence[Clip]) -> Sequence[Stretch]:
    """Return where each take lies in the film; the first frame of one that continues is not in it."""
    lengths = [take.num_frames - part["continues"] for part, take in zip(parts, takes, strict=True)]
    starts = accumulate(lengths, initial=0)
    return [
        Stretch(start, length, part["continues"]) for start, length, part in zip(starts, lengths, parts, strict=False)
    ]


def _parts(asked: Mapping[str, Any], takes: Sequence[Clip], library: Library) -> tuple[Part, ...]:
    """Return what is to be joined, with what is to be done to the frames of each."""
    grade = lut(asked["lut"]) if asked["lut"] else None
    return tuple(
        Part(
            library.store.path(take.video),
            part["continues"],
            part["seam"],
            _filter(take if asked["lock_colours"] and part["continues"] else None, grade),
        )
        for part, take in zip(asked["parts"], takes, strict=True)
    )


def _filter(matched: Clip | None, grade: Filter | None) -> Filter | None:
    """Return a take's colour match and then the grade as one; None for neither, so that the take can be copied."""
    if matched is None or not matched.measures:
        return grade
    match = ColourMatch(matched.measures["match"])
    return match if grade is None else lambda frame: grade(match(frame))


def _told(parts: Sequence[Mapping[str, Any]], stretches: Sequence[Stretch]) -> list[dict[str, Any]]:
    """Return what the library remembers of each part."""
    return [
        {name: part[name] for name in ("key", "text", "seam")}
        | {"cut": not part["continues"], "start_frame": stretch.start_frame, "num_frames": stretch.num_frames}
        for part, stretch in zip(parts, stretches, strict=True)
    ]


def _film(
    step: Step, files: Sequence[Staged], measures: Mapping[str, Any], num_frames: int, seconds_taken: float
) -> Clip:
    title = step.params["title"]
    return Clip(
        id=new_id(),
        key=step.key,
        kind="film",
        prompt=Prompt(subject=title, sentence=title),
        look=Look(**step.params["look"]),
        style=style_id(step.params["style"]),
        num_frames=num_frames,
        video=files[0].digest,
        poster=files[1].digest,
        reading=None,
        size_bytes=files[0].size_bytes,
        seconds_taken=seconds_taken,
        created_at=time.time(),
        favourite=False,
        measures=measures,
    )
