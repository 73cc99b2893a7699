"""What comes out of a step."""

from dataclasses import dataclass
from pathlib import Path

from studio.library import Clip
from studio.library.store import Staged, Store


def staged(store: Store, *paths: Path) -> tuple[Staged, ...]:
    """Hand finished scratch files over to the store, all of them or none."""
    files: list[Staged] = []
    try:
        for path in paths:
            files.append(store.stage(path))
    except BaseException:
        for file in files:
            store.discard(file)
        raise
    return tuple(files)


@dataclass(frozen=True)
class Made:
    """Its row of the library and the files to be placed with it."""

    clip: Clip
    files: tuple[Staged, ...]
