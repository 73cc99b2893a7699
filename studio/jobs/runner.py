"""The runner in this process: threads that claim a step, run it, and put its result into the library."""

import logging
import secrets
import threading
import time
from collections.abc import Callable

import sqlalchemy as sa

from models import Engines
from models.engine import Cancelled, Frame, Report
from studio import video
from studio.errors import StorageError, StudioError, new_reference
from studio.jobs.loans import on_loan
from studio.jobs.queue import Claim, Lost, Queue
from studio.library import Clip, Library
from studio.production import Made, Step, prepare, run_step

log = logging.getLogger(__name__)

SILENCE = 1800.0
"""Seconds a step may go on without a report; without an end a step that hangs would keep its lease for ever."""

REPORT_EVERY = 0.25
"""Seconds between two writes of progress; also how late a cancel may be noticed."""

PREVIEW = 320
"""Pixels of the longer side of a preview."""

COLLECT_EVERY = 3600.0
"""Seconds between two collections of what nobody refers to."""


class Lease:
    """A claim kept alive from a side thread while the work goes on, unless it falls silent for too long."""

    def __init__(self, queue: Queue, claim: Claim, closing: threading.Event) -> None:
        self._queue = queue
        self._claim = claim
        self._closing = closing
        self._progress = 0.0
        self._doing = "doing_starting"
        self._written = 0.0
        self._seen: Frame | None = None
        """A preview that was not written yet."""
        self._heard = time.monotonic()
        self._lost = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep, name=f"lease-{claim.id}", daemon=True)
        self._thread.start()

    def report(self, done: int, total: int, doing: str, preview: Frame | None = None) -> None:
        """Take note of progress; raises Cancelled when the work is to stop."""
        self._seen = self._seen if preview is None else preview
        self._progress, stage_changed = done / max(1, total), doing != self._doing
        self._doing, self._heard = doing, time.monotonic()
        if self._lost.is_set() or self._closing.is_set():
            raise Cancelled
        if stage_changed or time.monotonic() - self._written > REPORT_EVERY:
            self._written = time.monotonic()
            seen, self._seen = self._seen, None
            try:
                small = None if seen is None else video.jpeg(seen, PREVIEW)
                self._queue.renew(self._claim, self._progress, self._doing, small)
            except Lost as error:
                raise Cancelled from error
            except StudioError:  # the database is away for now: the work goes on as long as the lease lasts
                log.warning("The progress of step %s could not be written yet", self._claim.id, exc_info=True)

    def close(self) -> None:
        """Stop renewing."""
        self._stop.set()
        self._thread.join()

    def _keep(self) -> None:
        while not self._stop.wait(self._queue.patience.lease / 3):
            if time.monotonic() > self._heard + SILENCE:
                # a hung thread cannot be killed, but its step can be taken from it
                self._lost.set()
                self._queue.fail(self._claim, {"code": "step_too_slow", "values": {}}, for_good=True)
                return
            try:
                self._queue.renew(self._claim, self._progress, self._doing)
            except Lost:
                self._lost.set()
                return
            except (StudioError, sa.exc.DBAPIError):
                log.warning("The lease of step %s could not be renewed yet", self._claim.id, exc_info=True)


class Runner:
    """A number of threads that work through the queue until they are closed."""

    def __init__(
        self,
        queue: Queue,
        library: Library,
        engines: Engines,
        run: Callable[[Step, Library, Engines, Report], Made] = run_step,
        made: Callable[[sa.Connection, Clip], object] | None = None,
    ) -> None:
        """`made` is called in the transaction that keeps a clip."""
        self._queue = queue
        self._library = library
        self._engines = engines
        self._run = run
        self._made = made
        self._own = ~on_loan(engines.lent) if engines.lent else None
        """What its threads may work on: a lent card is had only in the event of who asked for it."""
        self._closing = threading.Event()
        self._wake = threading.Condition()
        self._threads: list[threading.Thread] = []
        self._collected = time.monotonic()

    def start(self, count: int, poll: float = 1.0) -> None:
        """Start `count` threads that look for work when woken, and every `poll` seconds."""
        name = secrets.token_hex(4)
        for index in range(count):
            owner = f"{name}-{index}"
            thread = threading.Thread(target=self._loop, args=(owner, poll), name=f"runner-{owner}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def wake(self) -> None:
        """Say that there is work, or that something has ended."""
        with self._wake:
            self._wake.notify_all()

    def wait(self, seconds: float) -> None:
        """Sleep until something is submitted or has ended, or the time is up."""
        with self._wake:
            self._wake.wait(seconds)

    def close(self, seconds: float = 10.0) -> None:
        """Stop claiming, let running steps go back at their next report, and wait for that."""
        self._closing.set()
        self.wake()
        for thread in self._threads:
            thread.join(seconds)

    def visit(self, among: sa.ColumnElement[bool], going: Callable[[], bool], poll: float = 1.0) -> None:
        """Work on such steps in the caller's own thread for as long as it is `going` on."""
        owner = f"visit-{secrets.token_hex(4)}"
        while not self._closing.is_set() and going():
            if not self._tried(owner, among) and going():
                self.wait(poll)

    def run_one(self, owner: str, among: sa.ColumnElement[bool] | None = None) -> bool:
        """Claim one step, run it and record how it ended; return whether there was one. `among` is as in the queue."""
        claim = self._queue.claim(owner, among)
        if claim is None:
            return False
        lease = Lease(self._queue, claim, self._closing)
        try:
            if claim.step.kind == "take":
                prepare([claim.step, *self._queue.beside(claim)], self._engines, lease.report)
            self._finish(claim, self._run(claim.step, self._library, self._engines, lease.report))
        except Cancelled:
            self._queue.give_back(claim)  # does nothing unless the step is still ours
        except StudioError as error:
            passing = isinstance(error, StorageError)  # a full disk or a busy database may be better in a moment
            self._queue.fail(claim, error.to_dict(), for_good=not passing)
        except Exception:  # the one blind except: whatever a step does wrong is the step's failure
            reference = new_reference()
            log.exception("Step %s (%s) failed, reference %s", claim.id, claim.step.kind, reference)
            self._queue.fail(claim, {"code": "unexpected", "values": {"reference": reference}}, for_good=False)
        finally:
            lease.close()
            self.wake()
        return True

    def _finish(self, claim: Claim, made: Made) -> None:
        """Put the files in their place and the clip into the library, if the step is still ours."""

        def keep(connection: sa.Connection) -> None:
            for staged in sorted(made.files, key=lambda staged: staged.digest):
                self._library.store.place(connection, staged)
            self._library.add(connection, made.clip)
            if self._made:
                self._made(connection, made.clip)

        try:
            self._queue.done(claim, keep)
        finally:
            for staged in made.files:
                self._library.store.discard(staged)  # does nothing to a file that has found its place

    def _loop(self, owner: str, poll: float) -> None:
        while not self._closing.is_set():
            if not self._tried(owner, self._own) and not self._closing.is_set():
                self.wait(poll)

    def _tried(self, owner: str, among: sa.ColumnElement[bool] | None) -> bool:
        try:
            busy = self.run_one(owner, among)
            self._collect_now_and_then()
        except (StudioError, sa.exc.SQLAlchemyError, OSError):  # a full disk or a database that is away: try later
            log.exception("The runner could not reach the queue; it tries again")
            return False
        return busy

    def _collect_now_and_then(self) -> None:
        if time.monotonic() - self._collected > COLLECT_EVERY:
            self._collected = time.monotonic()
            self._queue.prune()
            self._library.collect()
