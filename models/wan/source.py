"""Where the weights of a repository are kept here, and what is known of its files; knows nothing of the network."""

import hashlib
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import quote

CHUNK = 2**20


@dataclass(frozen=True)
class Source:
    """A repository on the hub, and the folder in which weights are kept."""

    repo: str
    revision: str
    """A commit, or a branch, which then stays where it was when it was first asked for."""
    folder: Path
    token: str = field(default="", repr=False)
    endpoint: str = ""
    """The address of the hub; empty for the usual one."""

    @property
    def place(self) -> Path:
        """Return the folder of this repository: a folder for each commit, and a listing for each revision."""
        return self.folder / self.repo.replace("/", "--")

    @property
    def listing(self) -> Path:
        """Return the file that says what the revision holds."""
        return self.place / f"{quote(self.revision, safe='')}.json"


@dataclass(frozen=True)
class Listed:
    """A file of a repository, as the hub describes it."""

    path: str
    size: int
    sha256: str = ""
    """Of large files."""
    blob: str = ""
    """git's digest, of small ones."""

    def there(self, folder: Path) -> bool:
        """Return whether the whole file is in the folder of its commit."""
        place = folder / self.path
        return place.is_file() and place.stat().st_size == self.size

    def part(self, folder: Path) -> Path:
        """Return where the file grows."""
        return folder / f"{self.path}.part"

    def had(self, folder: Path) -> int:
        """Return how many of its bytes are there."""
        if self.there(folder):
            return self.size
        part = self.part(folder)
        return min(part.stat().st_size, self.size) if part.exists() else 0

    def matches(self, place: Path) -> bool:
        """Return whether a file has the digest that the hub states; true where it states none."""
        if not (wanted := self.sha256 or self.blob):
            return True
        digest = hashlib.sha256() if self.sha256 else hashlib.sha1(b"blob %d\0" % self.size, usedforsecurity=False)
        with place.open("rb") as file:
            while block := file.read(CHUNK):
                digest.update(block)
        return digest.hexdigest() == wanted


def read_listing(source: Source) -> tuple[str, list[Listed]] | None:
    """Return the commit and the files of a revision as they were written down; None when they were not."""
    try:
        kept = json.loads(source.listing.read_text(encoding="utf-8"))
        return str(kept["commit"]), [Listed(**one) for one in kept["files"]]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_listing(source: Source, commit: str, files: list[Listed]) -> None:
    """Write down what a revision holds, whole or not at all."""
    part = source.listing.with_suffix(".part")
    part.write_text(json.dumps({"commit": commit, "files": [asdict(one) for one in files]}), encoding="utf-8")
    os.replace(part, source.listing)


def present(source: Source) -> Path | None:
    """Return the folder of a repository all of whose files are there; None while anything is missing."""
    if (kept := read_listing(source)) is None:
        return None
    commit, files = kept
    folder = source.place / commit
    return folder if files and all(file.there(folder) for file in files) else None
