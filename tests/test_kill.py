"""kill -9 at sixty random moments of running work: every job ends, nothing finished is lost or done twice."""

import hashlib
import os
import random
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from studio.jobs import Jobs
from studio.jobs.queue import Patience
from studio.jobs.runner import Runner
from studio.library import Library
from studio.production import run_step
from studio.settings import Settings
from studio.storyboard import Look, Segment
from tests.bars import bars_prompt

KILLS = 60
LOOK = Look(engine="bars", width=64, height=48)
IMPATIENT = Patience(back_off=0.001)

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)


def at_work(settings: Settings, log: Path, seconds: float) -> None:
    """Work on the queue for some seconds, writing down every step that is begun."""

    def logged(step, library, engines, report):
        with log.open("a") as file:
            file.write(f"{step.key}\n")
        return run_step(step, library, engines, report)

    library = Library.open(settings)
    jobs = Jobs(library, settings)
    jobs.queue.patience = IMPATIENT
    jobs.runner = Runner(jobs.queue, library, jobs.engines, logged)
    jobs.start()
    time.sleep(seconds)
    jobs.close()
    library.close()


def submit(settings: Settings, chance: random.Random) -> None:
    """Add jobs: some share a step with an older one, some are built to fail, some are cancelled."""
    library = Library.open(settings)
    jobs = Jobs(library, settings)
    for _ in range(2):
        subject = f"bars {chance.randrange(10_000) if chance.random() < 0.8 else chance.randrange(5)}"
        action = "fail" if chance.random() < 0.1 else "pause 0.008"
        job = jobs.submit(Segment(bars_prompt(subject, action), 0.5), LOOK)
        if chance.random() < 0.1:
            jobs.cancel(job.id)
    library.close()


def rows(settings: Settings, query: str) -> list[tuple]:
    with closing(sqlite3.connect(settings.home / "library.sqlite3")) as connection:
        return connection.execute(query).fetchall()


def check_what_is_finished(settings: Settings, finished: dict[str, tuple]) -> None:
    """Every clip ever seen is still the same, and each has its whole file."""
    assert rows(settings, "pragma integrity_check") == [("ok",)]
    now = {key: facts for key, *facts in rows(settings, "select key, id, video, poster, created_at from clip")}
    for key, facts in finished.items():
        assert now[key] == facts
    for key in now.keys() - finished.keys():
        for digest in now[key][1:3]:
            content = (settings.home / "media" / digest[:2] / digest).read_bytes()
            assert hashlib.sha256(content).hexdigest() == digest
    finished.update(now)


def killed_after(settings: Settings, log: Path, steps: int, seconds: float) -> bool:
    """Let a child process begin so many steps, kill it so many seconds later; tell whether one was in its hands."""
    begun, until = len(log.read_text().split()), time.monotonic() + 60
    child = os.fork()
    if child == 0:
        at_work(settings, log, 600)
        os._exit(1)
    while len(log.read_text().split()) < begun + steps and time.monotonic() < until:
        time.sleep(0.005)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return bool(rows(settings, "select 1 from step where status = 'running'"))


def test_kill_at_sixty_random_moments(settings, tmp_path):
    chance = random.Random(7)
    log, finished, begun, interrupted = tmp_path / "begun.log", {}, 0, 0
    log.touch()
    for _ in range(KILLS):
        submit(settings, chance)
        interrupted += killed_after(settings, log, chance.choice([0, 1, 2, 2]), chance.uniform(0.0, 0.25))
        begun_since = log.read_text().split()[begun:]
        assert not finished.keys() & set(begun_since), "a finished step was begun again"
        begun += len(begun_since)
        check_what_is_finished(settings, finished)
    assert interrupted > KILLS // 2, "most kills must fall into running work to prove anything"
    assert len(finished) > KILLS // 4
    _finish_all(settings, log)
    check_what_is_finished(settings, finished)
    jobs = dict(rows(settings, "select status, count(*) from job group by status"))
    assert jobs.keys() <= {"done", "failed", "cancelled"} and sum(jobs.values()) == 2 * KILLS
    failed = rows(settings, "select count(*) from step where status = 'failed' and params not like '%\"fail\"%'")
    assert failed == [(0,)], "only what was built to fail may fail"
    assert not list((settings.home / "media" / "tmp").iterdir())
    on_disk = {path.name for path in (settings.home / "media").glob("??/*")}
    assert on_disk == {digest for pair in rows(settings, "select video, poster from clip") for digest in pair}


def _finish_all(settings: Settings, log: Path) -> None:
    for _ in range(60):
        at_work(settings, log, 1.0)
        if not rows(settings, "select 1 from job where status = 'running'"):
            return
    raise AssertionError(rows(settings, "select status, crashes, errors, not_before from step where status != 'done'"))
