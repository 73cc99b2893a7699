"""The step queue: steps leased in the database, shared between jobs, fenced off by a token.

A worker claims a step for a while (the lease), renews it as it goes, and ends it under the token of its claim, so that
a worker that was thought dead cannot write over its successor. Any number of threads and processes may work on one
database. What is being made is known here; how it is made, and what comes of it, is not.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import and_, exists, or_, select, update

from studio.library.database import Database, lock_queue
from studio.library.schema import job, job_step, step, step_need, wanted
from studio.production import Step

OPEN = ("pending", "running")

KEPT_SECONDS = 30 * 24 * 3600.0
"""How long a job that has ended is remembered."""


class Lost(Exception):
    """The lease is gone, nobody wants the step any more, or the worker is closing."""


@dataclass(frozen=True)
class Patience:
    """How long the queue waits, and how often it tries."""

    lease: float = 30.0
    """Seconds after which a worker that has not renewed its lease counts as dead."""
    errors: int = 3
    """Unexpected errors before a step has failed."""
    crashes: int = 20
    """Deaths of its worker before a step has failed; restarts of the studio count, so this is generous."""
    back_off: float = 1.0
    """Seconds before the second try; they double with each further one, up to a minute."""


@dataclass(frozen=True)
class Claim:
    """A step in the hands of one worker."""

    id: int
    token: int
    errors: int
    crashes: int
    step: Step


class Queue:
    """Submit, claim, renew, end; each method is one short transaction."""

    def __init__(self, database: Database, patience: Patience | None = None) -> None:
        self.database = database
        self.patience = patience or Patience()

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """Run a write transaction in which steps are entered or ended; none runs beside it."""
        with self.database.write() as connection:
            lock_queue(connection)
            yield connection

    def submit(
        self,
        connection: sa.Connection,
        job_id: str,
        steps: Sequence[Step],
        there: Collection[str] = (),
        estimates: Mapping[str, float] | None = None,
    ) -> None:
        """Make a job want its steps, given in an order in which each follows what it needs.

        It works in a transaction of `write`; a job that needs nothing more is done with it.
        `there` are the keys of those whose result exists; `estimates` the seconds that the others will take, by key.
        """
        for one in steps:
            values = {"key": one.key, "kind": one.kind, "params": dict(one.params)}
            status = "done" if one.key in there else "pending"
            self.database.insert_or_ignore(connection, step, status=status, **values)
        for result in steps[-1:]:  # its key says nothing of its title, which may be another one by now
            latest = update(step).where(step.c.key == result.key, step.c.status != "running")
            connection.execute(latest.values(params=dict(result.params)))
        keys = [one.key for one in steps]
        ids = dict(connection.execute(select(step.c.key, step.c.id).where(step.c.key.in_(keys))).all())
        for one in steps:
            cost = 0.0 if one.key in there else (estimates or {}).get(one.key, 1.0)
            link = {"job_id": job_id, "step_id": ids[one.key], "estimate": cost}
            self.database.insert_or_ignore(connection, job_step, **link)
            for need in one.needs:
                self.database.insert_or_ignore(connection, step_need, step_id=ids[one.key], needs_id=ids[need])
        self.forgive(connection, list(ids.values()))
        self._settle(connection, job.c.id == job_id)

    def forgive(self, connection: sa.Connection, step_ids: Sequence[int]) -> None:
        """Give the failed ones among these steps a new chance."""
        failed = step.c.id.in_(step_ids), step.c.status == "failed"
        fresh = {"status": "pending", "errors": 0, "crashes": 0, "error": None, "not_before": 0, "progress": 0}
        connection.execute(update(step).where(*failed).values(fresh))

    def claim(self, owner: str, among: sa.ColumnElement[bool] | None = None) -> Claim | None:
        """Take the oldest step that can be worked on, or one whose worker died; None when there is nothing to do.

        `among` is what must hold of a step.
        """
        among = sa.true() if among is None else among
        while claim := self._take(owner, among):
            if claim.crashes < self.patience.crashes:
                return claim
            error = {"code": "step_crashes", "values": {"crashes": claim.crashes}}
            self._end(claim, status="failed", error=error)
        return None

    def beside(self, claim: Claim, limit: int = 15) -> list[Step]:
        """Return the oldest takes that wait, other than the one claimed, whether or not what they need is there."""
        waiting = select(step.c.key, step.c.kind, step.c.params).where(
            step.c.status == "pending", step.c.kind == "take", step.c.id != claim.id, wanted(step.c.id)
        )
        with self.database.read() as connection:
            return [Step(*row) for row in connection.execute(waiting.order_by(step.c.id).limit(limit))]

    def renew(self, claim: Claim, progress: float, doing: str, preview: bytes | None = None) -> None:
        """Extend the lease and record progress; raises Lost if the step is no longer ours or no longer wanted.

        Without a `preview`, a small JPEG, the last one stays.
        """
        seen = {"preview": preview} if preview else {}
        with self.database.write() as connection:
            lease_until = self.database.now(connection) + self.patience.lease
            changed = connection.execute(
                update(step)
                .where(*_ours(claim), wanted(sa.literal(claim.id)))
                .values(lease_until=lease_until, progress=progress, doing=doing, **seen)
            )
        if changed.rowcount != 1:
            raise Lost

    def done(self, claim: Claim, keep: Callable[[sa.Connection], None]) -> bool:
        """End a step well; `keep` puts its result away in the same transaction.

        Return whether the step was still ours; if not, nothing was written and `keep` was not called.
        """
        return self._end(claim, keep, status="done", progress=1.0, error=None)

    def fail(self, claim: Claim, error: Mapping[str, Any], for_good: bool) -> bool:
        """Record an error: back to waiting for a while, or failed for good. Return whether the step was still ours."""
        if for_good or claim.errors + 1 >= self.patience.errors:
            return self._end(claim, status="failed", errors=claim.errors + 1, error=dict(error))
        with self.database.read() as connection:
            later = self.database.now(connection) + self._delay(claim.errors + 1)
        return self._end(claim, status="pending", errors=claim.errors + 1, error=dict(error), not_before=later)

    def give_back(self, claim: Claim) -> bool:
        """Return a step unharmed: neither an error nor a crash."""
        return self._end(claim, status="pending", progress=0, doing="doing_waiting")

    def cancel(self, job_id: str) -> None:
        """Cancel a job that has not ended; steps that another job wants go on."""
        with self.database.write() as connection:
            running = job.c.id == job_id, job.c.status == "running"
            connection.execute(update(job).where(*running).values(cancel=True, status="cancelled"))

    def recover(self) -> None:
        """Free every lease at once; only while no other process works here.

        A step that was interrupted several times waits a little longer each time, so that one which brings the whole
        process down leaves it alive long enough to be cancelled.
        """
        with self.database.write() as connection:
            now = self.database.now(connection)
            for row in connection.execute(select(step.c.id, step.c.crashes).where(step.c.status == "running")).all():
                crashes = row.crashes + 1
                later = now + self._delay(crashes - 2) if crashes > 2 else 0
                freed = {"status": "pending", "token": step.c.token + 1, "crashes": crashes, "not_before": later}
                connection.execute(update(step).where(step.c.id == row.id).values(freed))

    def prune(self) -> None:
        """Forget jobs that ended a month ago, and the steps that only they had; what they made stays."""
        with self.write() as connection:
            old = job.c.created_at < self.database.now(connection) - KEPT_SECONDS
            connection.execute(sa.delete(job).where(old, job.c.status != "running"))
            had = exists().where(job_step.c.step_id == step.c.id)
            connection.execute(sa.delete(step).where(step.c.status != "running", ~had))

    def _claimable(self, now: float, among: sa.ColumnElement[bool]) -> sa.Select[Any]:
        need = step.alias()
        unmet = exists().where(
            step_need.c.step_id == step.c.id, step_need.c.needs_id == need.c.id, need.c.status != "done"
        )
        ready = or_(
            and_(step.c.status == "pending", step.c.not_before <= now),
            and_(step.c.status == "running", step.c.lease_until < now),
        )
        oldest = select(step.c.id, step.c.status, step.c.crashes).where(ready, ~unmet, wanted(step.c.id), among)
        oldest = oldest.order_by(step.c.id).limit(1)
        return oldest.with_for_update(skip_locked=True, of=step) if self.database.postgres else oldest

    def _take(self, owner: str, among: sa.ColumnElement[bool]) -> Claim | None:
        with self.database.write() as connection:
            now = self.database.now(connection)
            found = connection.execute(self._claimable(now, among)).first()
            if found is None:
                return None
            crashes = found.crashes + int(found.status == "running")
            taken = {"status": "running", "owner": owner, "token": step.c.token + 1, "crashes": crashes, "progress": 0}
            taken |= {"started_at": now, "lease_until": now + self.patience.lease, "doing": "doing_starting"}
            row = connection.execute(update(step).where(step.c.id == found.id).values(taken).returning(step)).one()
        return Claim(row.id, row.token, row.errors, row.crashes, Step(row.key, row.kind, row.params))

    def _end(self, claim: Claim, keep: Callable[[sa.Connection], None] | None = None, **values: Any) -> bool:
        """End a step, and with it each job that has nothing left to do: a death in between would leave it waiting."""
        with self.write() as connection:
            ended = connection.execute(update(step).where(*_ours(claim)).values(owner=None, preview=None, **values))
            if ended.rowcount != 1:
                return False
            if keep:
                keep(connection)
            self._settle(connection, job.c.id.in_(select(job_step.c.job_id).where(job_step.c.step_id == claim.id)))
        return True

    def _settle(self, connection: sa.Connection, which: sa.ColumnElement[bool]) -> None:
        """Derive the status of running jobs from their steps."""
        running = job.c.status == "running"
        for job_id in connection.scalars(select(job.c.id).where(which, running)).all():
            # "still running" in the WHERE: on PostgreSQL a cancel may have won since the SELECT
            one = update(job).where(job.c.id == job_id, running)
            connection.execute(one.values(status=self._status(connection, job_id)))

    def _delay(self, tries: int) -> float:
        return float(min(60.0, self.patience.back_off * 2 ** (tries - 1)))

    def _status(self, connection: sa.Connection, job_id: str) -> str:
        """Return what the steps of a job make of it; it has failed only when there is nothing more it could do."""
        mine = select(step.c.status).join(job_step, job_step.c.step_id == step.c.id).distinct()
        found = set(connection.scalars(mine.where(job_step.c.job_id == job_id)))
        if "failed" in found and not self._runnable_left(connection, job_id):
            return "failed"
        return "done" if found == {"done"} else "running"

    def _runnable_left(self, connection: sa.Connection, job_id: str) -> bool:
        """Tell whether a job has an open step that does not wait, however far up, for a failed one."""
        failed = select(step_need.c.step_id).join(step, step.c.id == step_need.c.needs_id)
        failed = failed.join(job_step, job_step.c.step_id == step.c.id)
        failed = failed.where(job_step.c.job_id == job_id, step.c.status == "failed")
        stuck = failed.cte("stuck", recursive=True)
        stuck = stuck.union(select(step_need.c.step_id).join(stuck, stuck.c.step_id == step_need.c.needs_id))
        left = select(step.c.id).join(job_step, job_step.c.step_id == step.c.id)
        left = left.where(
            job_step.c.job_id == job_id, step.c.status.in_(OPEN), step.c.id.not_in(select(stuck.c.step_id))
        )
        return connection.execute(left.limit(1)).first() is not None


def _ours(claim: Claim) -> tuple[sa.ColumnElement[bool], ...]:
    return step.c.id == claim.id, step.c.token == claim.token, step.c.status == "running"
