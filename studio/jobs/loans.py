"""Which steps need a card that is lent to a visitor for a while, told apart in the database."""

from collections.abc import Collection

import sqlalchemy as sa

from studio.library.schema import job, job_step, step


def on_loan(engines: Collection[str]) -> sa.ColumnElement[bool]:
    """Return the condition that a step is a take of one of these engines."""
    return sa.and_(step.c.kind == "take", step.c.params["look"]["engine"].as_string().in_(engines))


def wanted_by(which: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Return the condition that one of these jobs, not ended yet, wants a step."""
    wants = job_step.c.step_id == step.c.id, job_step.c.job_id == job.c.id, job.c.status == "running"
    return sa.exists().where(*wants, which).correlate(step)
