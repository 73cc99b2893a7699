"""The media store alone: equal bytes are one file, half a file is never seen, a full disk is told plainly."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from studio.errors import StorageError
from studio.library.database import Database
from studio.library.store import Staged, Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "media")


def place(store: Store, staged: Staged) -> None:
    database = Database(f"sqlite:///{store.root}.sqlite3")
    with database.write() as connection:
        store.place(connection, staged)
    database.close()


def test_a_staged_file_is_placed_under_its_digest(store):
    with store.scratch(".mp4") as path:
        path.write_bytes(b"film")
        staged = store.stage(path)
    assert staged.digest == hashlib.sha256(b"film").hexdigest() and staged.size_bytes == 4
    assert not store.path(staged.digest).exists()
    place(store, staged)
    assert store.path(staged.digest).read_bytes() == b"film"
    assert list(store.digests()) == [staged.digest]
    assert not list(store.temporary.iterdir())


def test_equal_bytes_are_one_file(store):
    for _ in range(3):
        with store.scratch(".mp4") as path:
            path.write_bytes(b"film")
            place(store, store.stage(path))
    assert len(list(store.digests())) == 1 and not list(store.temporary.iterdir())


def test_a_damaged_file_is_replaced_by_a_whole_one(store):
    for damage in (b"", b"fi"):
        with store.scratch(".mp4") as path:
            path.write_bytes(b"film")
            staged = store.stage(path)
        kept = store.path(staged.digest)
        kept.parent.mkdir(exist_ok=True)
        kept.unlink(missing_ok=True)
        kept.write_bytes(damage)
        assert not store.holds(staged.digest, 4)
        place(store, staged)
        assert kept.read_bytes() == b"film" and store.holds(staged.digest, 4)


def test_a_kept_file_cannot_be_written_over(store):
    with store.scratch(".mp4") as path:
        path.write_bytes(b"film")
        staged = store.stage(path)
    place(store, staged)
    assert store.path(staged.digest).stat().st_mode & 0o777 == 0o444


def test_what_fails_leaves_nothing(store):
    with pytest.raises(ZeroDivisionError), store.scratch(".mp4") as path:
        path.write_bytes(b"half")
        raise ZeroDivisionError
    assert not list(store.temporary.iterdir())


def test_a_sweep_clears_what_a_killed_process_left(store):
    (store.temporary / "left.mp4").write_bytes(b"half")
    (store.temporary / "folder").mkdir()
    assert store.sweep() == 2
    assert not list(store.temporary.iterdir())


def test_a_disk_without_room_is_told_plainly(store, tmp_path):
    """A limit on file sizes stands for the full disk: the write fails half way, as it would there."""
    script = f"""
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
from pathlib import Path
from studio.errors import StorageError
from studio.library.database import Database
from studio.library.store import Staged, Store
store = Store(Path({str(store.root)!r}))
try:
    with store.scratch(".mp4") as path:
        path.write_bytes(b"x" * 5000)
except StorageError as error:
    raise SystemExit(error.code)
"""
    ended = subprocess.run(
        [sys.executable, "-c", script], cwd=Path(__file__).parent.parent, capture_output=True, text=True
    )
    assert ended.stderr.strip() == "disk_full"
    assert not list(store.temporary.iterdir())


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(StorageError) as refused:
        Store(tmp_path / "media")
    assert refused.value.code == "data_unwritable"
