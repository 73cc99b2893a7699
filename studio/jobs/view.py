"""Reads jobs as a person sees them out of the rows of jobs and steps."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select

from studio.jobs.job import Job
from studio.library.schema import clip, job, job_step, step
from studio.production.plan import wish_of

TRUSTED_PROGRESS = 0.15
"""From this share of the work on, its own speed says more about the time left than any estimate."""


def seen(connection: sa.Connection, jobs: sa.Select[Any], now: float) -> tuple[Job, ...]:
    """Return the jobs that a query of the table `job` finds, as of `now` (seconds since the epoch)."""
    rows = connection.execute(jobs).all()
    made = select(clip.c.key, clip.c.id).where(clip.c.key.in_([row.key for row in rows]), clip.c.deleted_at.is_(None))
    clip_ids = dict(connection.execute(made).all())
    steps: dict[str, list[sa.Row[Any]]] = {row.id: [] for row in rows}
    wanted = select(job_step.c.job_id, step).join(step, step.c.id == job_step.c.step_id).order_by(step.c.id)
    for part in connection.execute(wanted.where(job_step.c.job_id.in_(steps))):
        steps[part.job_id].append(part)
    return tuple(_job(connection, row, steps[row.id], clip_ids.get(row.key), now) for row in rows)


def _job(
    connection: sa.Connection, row: sa.Row[Any], steps: Sequence[sa.Row[Any]], clip_id: str | None, now: float
) -> Job:
    segment, look = wish_of(row.order)
    running = next((part for part in steps if part.status == "running"), None)
    status = "done" if clip_id and row.status != "cancelled" else row.status
    if status == "running":
        status = "working" if running else "waiting"
    progress = 1.0 if status == "done" else sum(part.progress for part in steps) / max(1, len(steps))
    return Job(
        id=row.id,
        title=row.title,
        status=status,
        progress=progress,
        doing=running.doing if running else f"doing_{status}",
        seconds_left=_seconds_left(connection, row, running, now) if status in ("waiting", "working") else None,
        clip_id=clip_id,
        reused=row.reused,
        error=_error(steps) if status == "failed" else None,
        created_at=row.created_at,
        segment=segment,
        look=look,
    )


def _seconds_left(connection: sa.Connection, row: sa.Row[Any], running: sa.Row[Any] | None, now: float) -> float:
    if running is None:
        older = job.c.status == "running", job.c.created_at < row.created_at, job.c.key != row.key
        ahead = select(sa.func.max(job.c.estimate).label("estimate")).where(*older).group_by(job.c.key).subquery()
        return float(row.estimate + (connection.scalar(select(sa.func.sum(ahead.c.estimate))) or 0.0))
    elapsed = max(0.0, now - running.started_at)
    if running.progress > TRUSTED_PROGRESS:
        return float(elapsed / running.progress * (1 - running.progress))
    return float(max(0.0, row.estimate - elapsed))


def _error(steps: Sequence[sa.Row[Any]]) -> Mapping[str, Any] | None:
    return next((part.error for part in steps if part.status == "failed"), None)
