"""How far each segment of a storyboard has come, read from the clips and steps of its keys."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from models import Engines
from studio.errors import Invalid
from studio.jobs.job import Progress, TakeSeen
from studio.library import Clip, Library, WantedTake
from studio.library.schema import step, wanted
from studio.production import Step
from studio.production.film import plan_takes, reseeded
from studio.production.plan import wish_of
from studio.storyboard import CastMember, Segment, Storyboard


def progress_of(
    library: Library, engines: Engines, storyboard: Storyboard, cast: Sequence[CastMember]
) -> tuple[Progress, ...]:
    """Return one entry for each segment; one that cannot be planned is "new", with the reason as its error."""
    try:
        planned = plan_takes(engines, storyboard, cast)
    except Invalid as refused:
        planned = (refused,) * len(storyboard.segments)
    ever = library.storyboards.takes_of(storyboard.id)
    keys = {one.key for one in ever} | {take.key for take in planned if isinstance(take, Step)}
    clips = {key: clip for key, clip in library.made(keys, kept=True).items() if library.is_whole(clip)}
    states = _states(library, keys)
    seen = []
    for segment, take in zip(storyboard.segments, planned, strict=False):
        older = [one for one in ever if one.segment_id == segment.id]
        if isinstance(take, Step):
            seen.append(_seen(segment, take, _takes(engines, take, older, clips), states.get(take.key, {})))
        else:
            seen.append(_unplanned(segment, take, [_take(one, clips, False, False) for one in older]))
    return tuple(seen)


def _seen(segment: Segment, take: Step, takes: Sequence[TakeSeen], state: Mapping[str, Any]) -> Progress:
    chosen = next(one for one in takes if one.chosen)
    older = [one.clip for one in takes if one.clip]
    status = "done" if chosen.clip else state.get("status", "new")
    if status in ("new", "cancelled") and older:
        status = "stale"
    doing = state["doing"] if status == "working" else f"doing_{status}"
    return Progress(
        segment_id=segment.id,
        key=take.key,
        status=status,
        progress=1.0 if chosen.clip else state.get("progress", 0.0) if status == "working" else 0.0,
        doing=doing,
        error=state["error"] if status == "failed" else None,
        clip=chosen.clip or (older[-1] if older else None),
        takes=tuple(takes),
        preview=state["preview"] if status == "working" else None,
    )


def _unplanned(segment: Segment, refused: Invalid, takes: Sequence[TakeSeen]) -> Progress:
    there = tuple(take for take in takes if take.clip)
    clip = there[-1].clip if there else None
    return Progress(segment.id, "", "new", 0.0, "doing_new", refused.to_dict(), clip, there)


def _takes(engines: Engines, take: Step, older: Sequence[WantedTake], clips: Mapping[str, Clip]) -> list[TakeSeen]:
    """Return the takes of a segment that are there and the chosen one."""
    known = {one.key: one for one in older}
    known.setdefault(take.key, WantedTake("", take.key, wish_of(take.params).look.seed))
    return [
        _take(one, clips, one.key == take.key, one.key in (take.key, reseeded(engines, take, one.seed).key))
        for one in known.values()
        if one.key == take.key or one.key in clips
    ]


def _take(one: WantedTake, clips: Mapping[str, Clip], chosen: bool, fits: bool) -> TakeSeen:
    return TakeSeen(one.key, one.seed, clips.get(one.key), chosen, fits)


def _states(library: Library, keys: Collection[str]) -> dict[str, dict[str, Any]]:
    """Return how the steps of these keys stand, for those that are not done."""
    columns = step.c.key, step.c.status, step.c.progress, step.c.doing, step.c.error, step.c.preview
    jobs = wanted(step.c.id).label("wanted"), wanted(step.c.id, "cancelled").label("cancelled")
    with library.database.read() as connection:
        rows = connection.execute(sa.select(*columns, *jobs).where(step.c.key.in_(keys))).all()
    return {row.key: {**row._mapping, "status": _status(row)} for row in rows}


def _status(row: sa.Row[Any]) -> str:
    if row.status == "running":
        return "working"
    if row.status == "failed":
        return "failed"
    if row.wanted:
        return "waiting"
    return "cancelled" if row.cancelled else "new"
