"""The step queue alone, on both databases: order, leases, fencing, sharing, back-off, crashes, silence."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import sqlalchemy as sa

from models import Engines
from models.engine import Cancelled
from studio.errors import StorageError
from studio.jobs import runner as runner_module
from studio.jobs.queue import Lost, Patience, Queue
from studio.jobs.runner import Lease, Runner
from studio.library.schema import job, step
from studio.production import Step


@pytest.fixture
def queue(library) -> Queue:
    return Queue(library.database, Patience(lease=300, errors=2, crashes=3, back_off=100))


@pytest.fixture
def passes(library, monkeypatch) -> Callable[[float], None]:
    """Lets seconds pass on the clock that all workers share, without waiting for them."""
    passed, now = [], library.database.now
    monkeypatch.setattr(library.database, "now", lambda connection: now(connection) + sum(passed))
    return passed.append


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.02)


def submit(queue: Queue, job_id: str, *steps: Step) -> None:
    with queue.write() as connection:
        wish = {"title": job_id, "order": {}, "key": steps[-1].key, "status": "running", "estimate": 1.0}
        connection.execute(sa.insert(job).values(id=job_id, created_at=time.time(), **wish))
        queue.submit(connection, job_id, steps)


def chain(name: str, length: int) -> list[Step]:
    keys = [f"{name}{number}" for number in range(length)]
    return [Step(key, "take", {}, tuple(keys[max(0, number - 1) : number])) for number, key in enumerate(keys)]


def status(queue: Queue, job_id: str) -> str:
    with queue.database.read() as connection:
        return connection.scalar(sa.select(job.c.status).where(job.c.id == job_id))


def finish(queue: Queue, claim) -> bool:
    return queue.done(claim, lambda connection: None)


def test_a_step_waits_for_what_it_needs(queue):
    submit(queue, "job", *chain("a", 3))
    for expected in ("a0", "a1", "a2"):
        claim = queue.claim("worker")
        assert claim.step.key == expected
        assert queue.claim("other") is None
        assert finish(queue, claim)
    assert queue.claim("worker") is None and status(queue, "job") == "done"


def test_jobs_share_steps_of_equal_key(queue):
    submit(queue, "one", *chain("a", 2))
    submit(queue, "two", *chain("a", 2), Step("extra", "take", {}, ("a1",)))
    keys = []
    while claim := queue.claim("worker"):
        keys.append(claim.step.key)
        finish(queue, claim)
    assert keys == ["a0", "a1", "extra"]
    assert (status(queue, "one"), status(queue, "two")) == ("done", "done")


def test_a_dead_worker_is_replaced_and_fenced_off(queue, passes):
    submit(queue, "job", *chain("a", 1))
    dead = queue.claim("dead")
    assert queue.claim("successor") is None
    passes(301)
    successor = queue.claim("successor")
    assert successor.token > dead.token
    kept = []
    assert not queue.done(dead, kept.append) and not kept
    assert not queue.fail(dead, {}, for_good=True) and not queue.give_back(dead)
    with pytest.raises(Lost):
        queue.renew(dead, 0.5, "doing_drawing")
    assert finish(queue, successor) and status(queue, "job") == "done"


def test_a_renewed_lease_stays(queue, passes):
    submit(queue, "job", *chain("a", 1))
    claim = queue.claim("worker")
    for _ in range(4):
        passes(200)
        queue.renew(claim, 0.5, "doing_drawing")
    assert queue.claim("other") is None


def test_a_result_that_cannot_be_kept_does_not_end_the_step(queue):
    submit(queue, "job", *chain("a", 1))
    claim = queue.claim("worker")

    def keep(connection):
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        queue.done(claim, keep)
    assert finish(queue, claim)


@pytest.mark.parametrize("result", ["done", "failed"])
def test_a_job_ends_in_the_transaction_that_ends_the_last_of_its_steps(queue, monkeypatch, result):
    """A worker that dies before a second transaction, or finds the database away, leaves no job waiting for ever."""
    submit(queue, "job", *chain("a", 1))
    claim, writes = queue.claim("worker"), [queue.database.write]
    monkeypatch.setattr(queue.database, "write", lambda: writes.pop()())
    assert finish(queue, claim) if result == "done" else queue.fail(claim, {}, for_good=True)
    assert not writes and status(queue, "job") == result


def test_workers_that_end_the_last_steps_at_the_same_moment_end_the_job(queue):
    """Each would see the other's step still open if they could work side by side."""
    for turn in range(10):
        submit(queue, f"job{turn}", *(Step(f"{turn}-{number}", "take", {}) for number in range(4)))
        claims = [queue.claim("worker") for _ in range(4)]
        together = threading.Barrier(4)

        def end(claim, together=together):
            together.wait()
            finish(queue, claim)

        with ThreadPoolExecutor(4) as workers:
            list(workers.map(end, claims))
        assert status(queue, f"job{turn}") == "done"


def test_a_job_that_wants_only_what_is_there_is_done(queue):
    with queue.write() as connection:
        wish = {"title": "", "order": {}, "key": "a0", "status": "running", "estimate": 1.0, "created_at": 0.0}
        connection.execute(sa.insert(job).values(id="job", **wish))
        queue.submit(connection, "job", chain("a", 1), there=["a0"])
    assert status(queue, "job") == "done"


def test_an_error_is_tried_again_later_and_then_fails(queue, passes):
    submit(queue, "job", *chain("a", 2))
    assert queue.fail(queue.claim("worker"), {"code": "unexpected", "values": {}}, for_good=False)
    assert queue.claim("worker") is None
    passes(101)
    assert queue.fail(queue.claim("worker"), {"code": "unexpected", "values": {}}, for_good=False)
    assert status(queue, "job") == "failed" and queue.claim("worker") is None


def test_a_failed_branch_leaves_the_other_running(queue):
    submit(queue, "job", *chain("a", 2), *chain("b", 2))
    queue.fail(queue.claim("worker"), {}, for_good=True)
    assert status(queue, "job") == "running"
    finish(queue, queue.claim("worker"))
    finish(queue, queue.claim("worker"))
    assert status(queue, "job") == "failed"
    with queue.write() as connection:
        connection.execute(sa.update(job).values(status="running"))
        queue.submit(connection, "job", [*chain("a", 2), *chain("b", 2)])
    assert queue.claim("worker").step.key == "a0"


def test_a_job_that_failed_wants_nothing_more(queue):
    """Another job mends the step it failed at, which makes the rest of it possible; that rest is nobody's wish now."""
    submit(queue, "old", *chain("a", 3))
    queue.fail(queue.claim("worker"), {}, for_good=True)
    assert status(queue, "old") == "failed"
    submit(queue, "new", *chain("a", 1), Step("extra", "take", {}, ("a0",)))
    keys = []
    while claim := queue.claim("worker"):
        keys.append(claim.step.key)
        queue.renew(claim, 0.5, "doing_drawing")
        finish(queue, claim)
    assert keys == ["a0", "extra"]
    assert (status(queue, "old"), status(queue, "new")) == ("failed", "done")


def test_a_step_that_kills_its_workers_fails_in_the_end(queue, passes):
    submit(queue, "job", *chain("a", 1))
    for _ in range(3):
        assert queue.claim("victim")
        passes(301)
    assert queue.claim("victim") is None and status(queue, "job") == "failed"


def test_recovering_frees_every_lease_at_once(queue):
    submit(queue, "job", *chain("a", 1))
    stale = queue.claim("killed")
    queue.recover()
    fresh = queue.claim("worker")
    assert fresh and not finish(queue, stale) and finish(queue, fresh)


def test_what_nobody_wants_any_more_is_not_begun_and_not_kept(queue):
    submit(queue, "job", *chain("a", 2))
    claim = queue.claim("worker")
    queue.cancel("job")
    with pytest.raises(Lost):
        queue.renew(claim, 0.5, "doing_drawing")
    queue.give_back(claim)
    assert queue.claim("worker") is None and status(queue, "job") == "cancelled"


def test_sixteen_submit_the_same_at_once(queue):
    threads = [threading.Thread(target=submit, args=(queue, f"job{n}", *chain("a", 5))) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with queue.database.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(step)) == 5
    while claim := queue.claim("worker"):
        finish(queue, claim)
    assert {status(queue, f"job{n}") for n in range(16)} == {"done"}


def test_a_step_that_hangs_is_taken_from_its_worker(queue, monkeypatch):
    monkeypatch.setattr(runner_module, "SILENCE", 0.1)
    queue.patience = replace(queue.patience, lease=0.3)
    submit(queue, "job", *chain("a", 1))
    lease = Lease(queue, queue.claim("worker"), threading.Event())
    until(lambda: status(queue, "job") == "failed")
    with pytest.raises(Cancelled):
        lease.report(1, 2, "doing_drawing")
    lease.close()


def test_a_lease_outlives_a_long_silence(queue, passes):
    """A step that does not report for longer than its lease is kept alive by the side thread."""
    long, queue.patience = queue.patience, replace(queue.patience, lease=0.1)
    submit(queue, "job", *chain("a", 1))
    first = leased_until(queue)
    lease = Lease(queue, queue.claim("worker"), threading.Event())
    until(lambda: leased_until(queue) > first + 0.2)
    queue.patience = long
    until(lambda: leased_until(queue) > first + 200)
    passes(100)
    assert queue.claim("other") is None
    lease.report(1, 2, "doing_drawing")
    lease.close()


def leased_until(queue: Queue) -> float:
    with queue.database.read() as connection:
        return connection.scalar(sa.select(step.c.lease_until)) or queue.database.now(connection)


def test_a_runner_survives_a_database_that_refuses(library, queue, caplog):
    """The loop logs, waits and goes on; the step it could not reach is done when the database is back."""
    claim, refusals = queue.claim, [1, 2]

    def sometimes(owner, among):
        if refusals:
            refusals.pop()
            raise StorageError("disk_full", {"place": "here"})
        return claim(owner, among)

    queue.claim = sometimes
    worker = Runner(queue, library, Engines(), run=None)
    worker.start(1, poll=0.05)
    until(lambda: not refusals)
    worker.close()
    assert "tries again" in caplog.text
