"""What several test files need: a studio in a temporary folder, on SQLite and, where there is one, on PostgreSQL."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import models
from models.engine import Frame
from models.wan import Host, Wan
from studio.jobs import Jobs
from studio.library import Library
from studio.settings import Settings
from tests.browser import CHROMIUM, SWITCHES

models.ENGINES["bars"] = "tests.bars:Bars"
models.ENGINES["drifting"] = "tests.drifting:Drifting"

LONGEST = ("test_page.py", "test_kill.py", "test_animatic.py", "test_storyboard_page.py")
"""These take longest and are begun first, the two with a browser apart, so that no worker is left alone at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST))


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A throw-away PostgreSQL without durability; gives the address of its server."""
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not binaries:
        pytest.skip("no PostgreSQL server on this machine")
    folder = tempfile.mkdtemp(prefix="pg")  # a socket's path must stay under about 100 characters
    os.chmod(folder, 0o755)
    root = os.geteuid() == 0
    if root:  # PostgreSQL refuses to run as root
        shutil.chown(folder, "postgres")
    user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if root else []

    def run(program: str, *arguments: str) -> None:
        command = [*user, str(binaries[-1] / program), "-D", f"{folder}/data", *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")

    run("initdb", "-A", "trust", "-U", "tester", "-E", "UTF8", "--locale=C.UTF-8", "-N")
    options = f"-k {folder} -c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    run("pg_ctl", "-w", "-l", f"{folder}/log", "-o", options, "start")
    yield f"postgresql+psycopg://tester@/postgres?host={folder}"
    run("pg_ctl", "-m", "immediate", "stop")
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A real browser, one for the tests of a file."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=SWITCHES)
        yield chromium
        chromium.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """A studio of one's own in a temporary folder, with an empty database of each kind."""
    environ = {"STUDIO_HOME": str(tmp_path / "home")}
    if request.param == "postgresql":
        environ["STUDIO_DATABASE_URL"] = url = request.getfixturevalue("postgres")
        _empty(url)
    return Settings.read(environ)


@pytest.fixture
def library(settings: Settings) -> Iterator[Library]:
    opened = Library.open(settings)
    yield opened
    opened.close()


@pytest.fixture
def jobs(library: Library, settings: Settings) -> Iterator[Jobs]:
    """A queue with its runner at work."""
    at_work = Jobs(library, settings)
    at_work.start()
    yield at_work
    at_work.close()


def _empty(url: str) -> None:
    import sqlalchemy as sa

    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("drop schema public cascade"))
        connection.execute(sa.text("create schema public"))
    engine.dispose()


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny Wan2.2 of random weights."""
    from tests import tiny_wan

    return tiny_wan.build(tmp_path_factory.mktemp("wan") / "tiny")


@pytest.fixture
def host(checkpoint: Path, tmp_path: Path) -> Iterator[Host]:
    """What Wan engines share, on that checkpoint."""
    host = Host(tmp_path / "models", str(checkpoint))
    yield host
    host.close()


@pytest.fixture
def wan(host: Host) -> Wan:
    """The Wan engine of best quality, in three steps."""
    from tests.wan_takes import QUALITY

    return Wan(QUALITY, host)


@pytest.fixture(scope="session")
def drawn(checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Frame]:
    """What that engine draws where nothing is out of the ordinary."""
    from tests.wan_takes import QUALITY, take

    return take(Wan(QUALITY, Host(tmp_path_factory.mktemp("drawn"), str(checkpoint))))[0]


@pytest.fixture(scope="session")
def scene() -> Frame:
    """A picture of smooth colours, 32x32, with something different in each corner."""
    down, right = np.mgrid[0:1:32j, 0:1:32j]
    colours = [80 + 120 * down, 60 + 130 * right, 200 - 90 * down * right]
    return np.stack(colours, axis=-1).round().astype(np.uint8)
