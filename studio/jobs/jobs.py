"""What the page, the command line and the API do with work: submit it, watch it, cancel it, try it again."""

import fcntl
import time
from typing import TextIO

import sqlalchemy as sa
from sqlalchemy import select

from models import open_engine
from studio.errors import NotFound
from studio.jobs.job import Job
from studio.jobs.queue import Queue
from studio.jobs.runner import Runner
from studio.jobs.view import seen
from studio.library import Library, new_id
from studio.library.schema import job
from studio.library.store import storage_errors
from studio.production import plan
from studio.production.plan import wish_of
from studio.prompts import style_id
from studio.settings import Settings
from studio.storyboard import Look, Segment


class Jobs:
    """The queue of one studio and the runner in this process."""

    def __init__(self, library: Library, settings: Settings) -> None:
        self.queue = Queue(library.database)
        self.runner = Runner(self.queue, library)
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
        if self._presence is not None:
            self._presence.close()

    def submit(self, segment: Segment, look: Look) -> Job:
        """Want a clip; it is there at once when the library has it. Raises Invalid for what cannot be made."""
        wanted = plan(segment, look)
        segment, look = wish_of(wanted.params)
        job_id = new_id()
        estimate = self._estimate(segment, look)
        with self._library.database.write() as connection:
            reused = self._library.take_up(connection, wanted.key)
            connection.execute(
                sa.insert(job).values(
                    id=job_id,
                    title=segment.prompt.sentence,
                    order=dict(wanted.params),
                    key=wanted.key,
                    status="done" if reused else "running",
                    reused=reused,
                    estimate=estimate,
                    created_at=self._library.database.now(connection),
                )
            )
            if not reused:
                self.queue.submit(connection, job_id, [wanted])
        if not reused:
            self.queue.settle(job_id)  # its step may have been done between the look into the library and now
            self.runner.wake()
        return self.job(job_id)

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
        """Try a failed or cancelled job again: as it stands, or planned anew if the engine has changed since."""
        old = self.job(job_id)
        wanted = plan(old.segment, old.look)
        with self._library.database.read() as connection:
            same = connection.scalar(select(job.c.key).where(job.c.id == job_id)) == wanted.key
        if not same:
            return self.submit(old.segment, old.look)
        if old.status in ("failed", "cancelled"):
            self.queue.retry(job_id)
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
        if self._library.has(plan(segment, look).key):
            return 0.0
        return self._estimate(segment, look)

    def _estimate(self, segment: Segment, look: Look) -> float:
        limits = open_engine(look.engine).limits
        pace = self._library.pace(look.engine, style_id(segment.prompt.style))
        pixels = limits.frames_for(segment.seconds, look.fps) * look.width * look.height
        return pixels * (limits.pace / (854 * 480) if pace is None else pace / 1e6)


def _alone(presence: TextIO) -> bool:
    """Tell whether no other process works in this data folder, and keep others out until the lock is shared."""
    try:
        fcntl.flock(presence, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
