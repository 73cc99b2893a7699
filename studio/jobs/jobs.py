"""What the page, the command line and the API do with work: submit it, watch it, cancel it, try it again."""

import fcntl
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TextIO

import sqlalchemy as sa
from sqlalchemy import select

from models import Engines, Source
from models.engine import Engine, Remark
from studio.errors import NotFound, StudioError
from studio.jobs.estimate import estimates
from studio.jobs.job import Job, Progress
from studio.jobs.loans import on_loan, wanted_by
from studio.jobs.mending import Mending
from studio.jobs.order import Order, clip_order, film_order, planned, take_order
from studio.jobs.progress import progress_of
from studio.jobs.queue import Queue
from studio.jobs.runner import Runner
from studio.jobs.view import seen
from studio.library import Clip, Library, new_id
from studio.library.schema import job
from studio.library.store import storage_errors
from studio.production import remarks
from studio.production.plan import refusals
from studio.settings import Settings
from studio.storyboard import Look, Segment, Storyboard


class Jobs:
    """The queue of one studio and the runner in this process."""

    def __init__(self, library: Library, settings: Settings) -> None:
        self.engines = engines_of(settings)
        self.queue = Queue(library.database)
        self._mending = Mending(self.engines, library.storyboards, self._enter)
        self.runner = Runner(self.queue, library, self.engines, made=self._mending.made)
        self._library = library
        self._settings = settings
        self._presence: TextIO | None = None

    def start(self) -> None:
        """Start working; whoever is first in a data folder takes up what a killed process left."""
        with storage_errors(self._settings.home):
            self._presence = presence = (self._settings.home / "presence.lock").open("w")
        if not self._library.database.postgres and _alone(presence):
            self._library.store.sweep()
            self.queue.recover()
            self.queue.prune()
            self._library.collect()
        fcntl.flock(presence, fcntl.LOCK_SH)
        self.runner.start(self._settings.workers)

    def close(self) -> None:
        """Give back what is in hand and stop working."""
        self.runner.close()
        self.engines.close()
        if self._presence is not None:
            self._presence.close()

    def engine(self, name: str, adapters: str = "") -> Engine:
        """Return an engine by its name, or the best that can run here for "auto"; raises Invalid."""
        with refusals():
            return self.engines.open(self.engines.best if name == "auto" else name, adapters)

    def remarks(self, segment: Segment, look: Look) -> tuple[Remark, ...]:
        """Return what a person should know before this clip is made; raises Invalid for what cannot be made here."""
        step = clip_order(self.engines, segment, look).result
        return () if self._library.has(step.key) else remarks(step, self.engines)

    def submit(self, segment: Segment, look: Look) -> Job:
        """Want a clip; it is there at once when the library has it. Raises Invalid for what cannot be made."""
        return self._submit(clip_order(self.engines, segment, look))

    def submit_film(self, storyboard: Storyboard) -> Job:
        """Keep a storyboard and want its film; only what is not there is made. Raises Invalid.

        One that was never kept is not kept either when its film is there.
        """
        order = film_order(self.engines, storyboard, self._library.storyboards.cast())
        if not (storyboard.id or storyboard.mend) and self._library.has(order.result.key):
            return self._submit(replace(order, takes=()))
        kept = self._library.storyboards.save(storyboard)
        return self._submit(film_order(self.engines, kept, self._library.storyboards.cast()))

    def submit_take(self, storyboard: Storyboard, segment_id: str) -> Job:
        """Keep a storyboard and want the take of one segment, with all it hangs on. Raises Invalid, NotFound."""
        take_order(
            self.engines, storyboard, self._library.storyboards.cast(), segment_id
        )  # what cannot be made is not kept
        kept = self._library.storyboards.save(storyboard)
        return self._submit(take_order(self.engines, kept, self._library.storyboards.cast(), segment_id))

    def visit(self, job_id: str) -> None:
        """Make what a job needs of a lent card, in the event of who asked for it, until it has ended; else do nothing.

        What follows from a film, as a second try, is of the same storyboard and is made too. Raises NotFound.
        """
        if not self.engines.lent:
            return
        asked = self.job(job_id)
        alike = job.c.storyboard == asked.storyboard if asked.storyboard else job.c.id == asked.id
        unended = select(job.c.id).where(alike, job.c.status == "running").limit(1)

        def going() -> bool:
            with self._library.database.read() as connection:
                return connection.scalar(unended) is not None

        self.runner.visit(on_loan(self.engines.lent) & wanted_by(alike), going)

    def mend(self, storyboard: Storyboard) -> None:
        """Try the weakest segment of a film that is there once more, if its kept storyboard asks for it."""
        film = self.film_of(storyboard)
        if film is not None and storyboard.mend:
            with self.queue.write() as connection:
                self._mending.there(connection, film, storyboard.id, {})
            self.runner.wake()

    def job(self, job_id: str) -> Job:
        """Return one job; raises NotFound."""
        with self._library.database.read() as connection:
            found = seen(connection, select(job).where(job.c.id == job_id), self._library.database.now(connection))
        if not found:
            raise NotFound("job_unknown", {"job": job_id[:40]})
        return found[0]

    def recent(self, limit: int = 12) -> tuple[Job, ...]:
        """Return the jobs that have not ended, the next one to be done first, then the newest that have ended.

        At most `limit` of each.
        """
        running = job.c.status == "running"
        unended = select(job).where(running).order_by(job.c.created_at, job.c.id).limit(limit)
        ended = select(job).where(~running).order_by(job.c.created_at.desc(), job.c.id).limit(limit)
        with self._library.database.read() as connection:
            now = self._library.database.now(connection)
            return seen(connection, unended, now) + seen(connection, ended, now)

    def count_unended(self) -> int:
        """Return how many jobs have not ended."""
        with self._library.database.read() as connection:
            unended = select(sa.func.count()).select_from(job).where(job.c.status == "running")
            return connection.scalar(unended) or 0

    def cancel(self, job_id: str) -> Job:
        """Cancel a job; one that has ended stays as it is. Raises NotFound."""
        self.queue.cancel(job_id)
        return self.job(job_id)

    def retry(self, job_id: str) -> Job:
        """Try a failed or cancelled job again: as it stands, or planned anew where that can no longer be made.

        So it is when the engine has changed since, or a picture is gone: then today's cast takes the place of its own.
        """
        old = self.job(job_id)
        with self._library.database.read() as connection:
            row = connection.execute(select(job.c.order, job.c.key).where(job.c.id == job_id)).one()
        order = self._makeable(row.order)
        if order.result.key != row.key:
            return self._submit(order)
        if old.status in ("failed", "cancelled"):
            costs = self._estimates(order)
            with self.queue.write() as connection:
                connection.execute(sa.update(job).where(job.c.id == job_id).values(status="running", cancel=False))
                self._want(connection, job_id, order, costs)
            self.runner.wake()
        return self.job(job_id)

    def wait(self, job_id: str, seconds: float | None = None) -> Job:
        """Return a job once it has ended, or as it is when the time is up."""
        until = None if seconds is None else time.monotonic() + seconds
        while True:
            now = self.job(job_id)
            if now.ended or (until is not None and time.monotonic() >= until):
                return now
            self.runner.wait(0.25)  # not longer, because another process may be the one that works

    def estimate(self, segment: Segment, look: Look) -> float:
        """Return the seconds a clip will probably take, 0.0 when the library has it; raises Invalid."""
        return self._estimate(clip_order(self.engines, segment, look))

    def estimate_film(self, storyboard: Storyboard) -> float:
        """Return the seconds a film will probably take; what is there costs nothing. Raises Invalid."""
        return self._estimate(film_order(self.engines, storyboard, self._library.storyboards.cast()))

    def progress_of(self, storyboard: Storyboard) -> tuple[Progress, ...]:
        """Return how far each segment has come; a segment that cannot be made yet says why, and raises nothing."""
        return progress_of(self._library, self.engines, storyboard, self._library.storyboards.cast())

    def film_of(self, storyboard: Storyboard) -> Clip | None:
        """Return the film of a storyboard as it stands, under its title, if it is made.

        None also for one that cannot be planned, and for a film whose file is gone.
        """
        try:
            order = film_order(self.engines, storyboard, self._library.storyboards.cast())
        except StudioError:
            return None
        film = self._library.made([order.result.key], kept=True).get(order.result.key)
        return film.named(order.title, storyboard.id) if film and self._library.is_whole(film) else None

    def film_job(self, storyboard_id: str) -> Job | None:
        """Return the newest job of a storyboard, one that has not ended before one that has."""
        ended = sa.case((job.c.status == "running", 0), else_=1)
        newest = select(job).where(job.c.storyboard == storyboard_id).order_by(ended, job.c.created_at.desc(), job.c.id)
        with self._library.database.read() as connection:
            found = seen(connection, newest.limit(1), self._library.database.now(connection))
        return found[0] if found else None

    def _submit(self, order: Order) -> Job:
        """Enter an order; raises Invalid where an engine it needs cannot run here."""
        costs = self._estimates(order)
        takes = (step.params["look"]["engine"] for step in order.steps if step.kind == "take" and step.key in costs)
        for engine in sorted(set(takes)):
            with refusals():
                self.engines.open(engine).check_available()
        with self.queue.write() as connection:
            job_id = self._enter(connection, order, costs)
        self.runner.wake()
        return self.job(job_id)

    def _enter(self, connection: sa.Connection, order: Order, costs: Mapping[str, float] | None = None) -> str:
        """Make a job of an order in a transaction of the queue; return its id."""
        job_id = new_id()
        costs = self._estimates(order) if costs is None else costs
        reused = self._library.take_up(connection, order.result.key, order.kind)
        connection.execute(
            sa.insert(job).values(
                id=job_id,
                title=order.title,
                order=dict(order.record),
                key=order.result.key,
                storyboard=order.storyboard or None,
                status="done" if reused else "running",
                reused=reused,
                estimate=sum(costs.values(), 0.0),
                created_at=self._library.database.now(connection),
            )
        )
        self._library.storyboards.remember(connection, order.storyboard, order.takes)
        if not reused:
            self._want(connection, job_id, order, costs)
        elif order.kind == "film":
            film = self._library.made([order.result.key])[order.result.key]
            if order.storyboard:
                self._library.rename(connection, film.named(order.title, order.storyboard))
            self._mending.there(connection, film, order.storyboard, order.record)
        return job_id

    def _want(self, connection: sa.Connection, job_id: str, order: Order, costs: Mapping[str, float]) -> None:
        """Make a job want what it needs, in a transaction of the queue; what the library has is not made again."""
        anchors = {need for step in order.steps if step.kind == "take" for need in step.needs}
        there = {
            step.key
            for step in sorted(order.steps, key=lambda step: step.key)
            if self._library.take_up(connection, step.key, step.kind, step.key in anchors)
        }
        self.queue.submit(connection, job_id, order.steps, there, costs)

    def _makeable(self, record: Mapping[str, Any]) -> Order:
        """Return the order of a record, with today's cast when a picture it still needs is gone; raises Invalid."""
        order = planned(self.engines, record)
        pictures = order.pictures(self._library.holding([step.key for step in order.steps]))
        if all(map(self._library.store.holds, pictures)):
            return order
        return planned(self.engines, record, self._library.storyboards.cast())

    def _estimate(self, order: Order) -> float:
        return 0.0 if self._library.has(order.result.key) else sum(self._estimates(order).values(), 0.0)

    def _estimates(self, order: Order) -> dict[str, float]:
        """Return the seconds each step will probably take, without those the library has."""
        there = self._library.holding([step.key for step in order.steps])
        return estimates(self._library, self.engines, (step for step in order.steps if step.key not in there))


def engines_of(settings: Settings) -> Engines:
    """Return the engines of a studio with these settings; nothing is loaded yet."""
    return Engines(
        Source(
            folder=settings.home / "models",
            wan_repo=settings.wan_repo,
            token=settings.token,
            remote_model=settings.remote_model,
            remote_image_model=settings.remote_image_model,
            remote_provider=settings.remote_provider,
        )
    )


def _alone(presence: TextIO) -> bool:
    """Tell whether no other process works in this data folder, and keep others out until the lock is shared."""
    try:
        fcntl.flock(presence, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
