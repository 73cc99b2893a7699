"""Reads jobs as a person sees them out of the rows of jobs and steps."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select

from studio.jobs.job import Again, Job
from studio.library.schema import clip, job, job_step, step

TRUSTED_PROGRESS = 0.15
"""From this share of the work on, its own speed says more about the time left than any estimate."""

Row = sa.Row[Any]


def seen(connection: sa.Connection, jobs: sa.Select[Any], now: float) -> tuple[Job, ...]:
    """Return the jobs that a query of the table `job` finds, as of `now` (seconds since the epoch)."""
    rows = connection.execute(jobs).all()
    made = select(clip.c.key, clip.c.id).where(clip.c.key.in_([row.key for row in rows]), clip.c.deleted_at.is_(None))
    clip_ids = dict(connection.execute(made).all())
    steps: dict[str, list[Row]] = {row.id: [] for row in rows}
    columns = step.c.key, step.c.status, step.c.progress, step.c.doing, step.c.error, step.c.started_at, step.c.preview
    wanted = select(job_step, *columns).join(step, step.c.id == job_step.c.step_id).order_by(step.c.id)
    for part in connection.execute(wanted.where(job_step.c.job_id.in_(steps))):
        steps[part.job_id].append(part)
    return tuple(_job(connection, row, steps[row.id], clip_ids.get(row.key), now) for row in rows)


def _job(connection: sa.Connection, row: Row, steps: Sequence[Row], clip_id: str | None, now: float) -> Job:
    running = [part for part in steps if part.status == "running"]
    status = "done" if clip_id and row.status != "cancelled" else row.status
    if status == "running":
        status = "working" if running else "waiting"
    return Job(
        id=row.id,
        kind="clip" if "storyboard" not in row.order else "take" if "segment_id" in row.order else "film",
        title=row.title,
        storyboard=row.storyboard or "",
        status=status,
        progress=1.0 if status == "done" else _progress(steps),
        doing=running[-1].doing if status == "working" else f"doing_{status}",
        seconds_left=_seconds_left(connection, row, steps, now) if status in ("waiting", "working") else None,
        clip_id=clip_id,
        reused=row.reused,
        error=_error(row, steps) if status == "failed" else None,
        created_at=row.created_at,
        preview=running[-1].preview if status == "working" else None,
        again=_again(row.order.get("again")),
    )


def _again(told: Mapping[str, Any] | None) -> Again | None:
    return Again(told["number"], told["score"]) if told else None


def _progress(steps: Sequence[Row]) -> float:
    """Return the share of the work that is done, each step weighed by the seconds it was expected to take."""
    whole = sum(part.estimate for part in steps)
    return float(sum(part.estimate * part.progress for part in steps) / whole) if whole else 0.0


def _seconds_left(connection: sa.Connection, row: Row, steps: Sequence[Row], now: float) -> float:
    left = sum(_left(part, now) for part in steps)
    if any(part.status == "running" for part in steps):
        return float(left)
    older = job.c.status == "running", job.c.created_at < row.created_at, job.c.key != row.key
    ahead = select(sa.func.max(job.c.estimate).label("estimate")).where(*older).group_by(job.c.key).subquery()
    return float(left + (connection.scalar(select(sa.func.sum(ahead.c.estimate))) or 0.0))


def _left(part: Row, now: float) -> float:
    """Return the seconds one step still needs."""
    if part.status != "running":
        return float(part.estimate if part.status == "pending" else 0.0)
    elapsed = max(0.0, now - part.started_at)
    if part.progress > TRUSTED_PROGRESS:
        return float(elapsed / part.progress * (1 - part.progress))
    return float(max(0.0, part.estimate - elapsed))


def _error(row: Row, steps: Sequence[Row]) -> Mapping[str, Any] | None:
    """Return what went wrong; of a film, which segments did, because each has its own reason."""
    failed = {part.key: part.error for part in steps if part.status == "failed"}
    numbers = [str(number) for number, key in enumerate(row.order.get("keys", ()), 1) if key in failed]
    if numbers and "segment_id" not in row.order:
        return {"code": "film_segments_failed", "values": {"segments": ", ".join(numbers)}}
    return next(iter(failed.values()), None)
