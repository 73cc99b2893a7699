"""The media store: files named by the SHA-256 of their bytes, whose references live in the database.

A collector must never delete what a writer has just reused. So the slow part (write, hash, sync) happens outside any
transaction in `stage`, and the reference row and the rename of `place` share one write transaction, as the collector's
check and unlink do. No grace time is needed.
"""

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from studio.errors import StorageError
from studio.library.database import lock_digest

UNUSABLE = (
    *(errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO),
    *(errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENAMETOOLONG, errno.ELOOP),
)
"""What the system says of a folder that is none, or may not be written."""


@dataclass(frozen=True)
class Staged:
    """A finished temporary file and the digest of its bytes."""

    digest: str
    temporary: Path
    size_bytes: int


class Store:
    """Files under root/ab/<digest>; root/tmp holds what is being written."""

    def __init__(self, root: Path) -> None:
        """Make the folders; raises StorageError where that is not allowed."""
        self.root = root
        self.temporary = root / "tmp"
        with storage_errors(root):
            self.temporary.mkdir(parents=True, exist_ok=True)

    def path(self, digest: str) -> Path:
        """Return where the file of this digest lives, whether it exists or not."""
        return self.root / digest[:2] / digest

    def holds(self, digest: str, size_bytes: int | None = None) -> bool:
        """Tell whether a file is there and, where its size is known, whole."""
        try:
            found = self.path(digest).stat().st_size
        except OSError:
            return False
        return found == size_bytes if size_bytes is not None else found > 0

    def is_sound(self, digest: str) -> bool:
        """Tell whether a file is there and its bytes still have its digest."""
        try:
            with self.path(digest).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == digest
        except OSError:
            return False

    @contextmanager
    def scratch(self, suffix: str) -> Iterator[Path]:
        """Give a new file to write to, inside the store's file system; it is gone at the end unless it was staged."""
        with storage_errors(self.root):
            handle, name = tempfile.mkstemp(dir=self.temporary, suffix=suffix)
            os.close(handle)
            try:
                yield Path(name)
            finally:
                Path(name).unlink(missing_ok=True)

    def stage(self, path: Path) -> Staged:
        """Take over a finished scratch file: hash it, sync it to disk, make it read-only."""
        with storage_errors(self.root), path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            os.fsync(file.fileno())
            os.fchmod(file.fileno(), 0o444)
            staged = Staged(digest, path.with_suffix(".staged"), os.fstat(file.fileno()).st_size)
            os.rename(path, staged.temporary)
        return staged

    def place(self, connection: sa.Connection, staged: Staged) -> None:
        """Move a staged file to its name, inside the write transaction that adds the reference to it.

        Several files go in the order of their digests: PostgreSQL locks each until the transaction ends.
        """
        lock_digest(connection, staged.digest)
        target = self.path(staged.digest)
        with storage_errors(self.root):
            if self.holds(staged.digest, staged.size_bytes):  # safe only because no collector can run meanwhile
                staged.temporary.unlink()
                return
            target.parent.mkdir(exist_ok=True)
            os.rename(staged.temporary, target)
            _sync_folder(target.parent)
            _sync_folder(self.root)

    def discard(self, staged: Staged) -> None:
        """Drop a staged file that nobody will refer to."""
        staged.temporary.unlink(missing_ok=True)

    def sweep(self) -> int:
        """Delete what killed processes left half-written and return how many; only while nobody works here."""
        left = list(self.temporary.iterdir())
        for path in left:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        return len(left)

    def drop_damaged(self, connection: sa.Connection, digest: str) -> None:
        """Delete a file whose bytes no longer have its digest, inside one write transaction."""
        lock_digest(connection, digest)
        if not self.is_sound(digest):
            self.path(digest).unlink(missing_ok=True)

    def digests(self) -> Iterator[str]:
        """Name every file that is kept."""
        for path in self.root.glob("??/*"):
            yield path.name

    def delete_unless(self, connection: sa.Connection, digest: str, referring: sa.Select[Any]) -> bool:
        """Delete a file if the query finds nothing, inside one write transaction; return whether it did."""
        lock_digest(connection, digest)
        if connection.execute(referring.limit(1)).first() is not None:
            return False
        self.path(digest).unlink(missing_ok=True)
        return True


@contextmanager
def storage_errors(folder: Path) -> Iterator[None]:
    """Turn a full or unwritable disk into a StorageError that names the folder."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise StorageError("disk_full", {"place": str(folder)}) from error
        if error.errno in UNUSABLE:
            raise StorageError("data_unwritable", {"place": str(folder)}) from error
        raise


def _sync_folder(path: Path) -> None:
    """Make a rename last through a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
