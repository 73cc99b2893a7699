"""What comes out of a step."""

from dataclasses import dataclass

from studio.library import Clip
from studio.library.store import Staged


@dataclass(frozen=True)
class Made:
    """Its row of the library and the files to be placed with it."""

    clip: Clip
    files: tuple[Staged, ...]
