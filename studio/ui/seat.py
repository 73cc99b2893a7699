"""What one open page is looking at."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from studio.library import ClipQuery
from studio.storyboard import CastMember, Look, Storyboard


@dataclass(frozen=True)
class Undone:
    """What a press on Undo gives back."""

    before: Storyboard
    segment_id: str = ""
    """The segment that was deleted; empty when the whole storyboard was split again."""
    after: Storyboard | None = None
    """What it was split into, if it was."""
    member: CastMember | None = None
    """The cast member that was deleted, if it was one."""


@dataclass(frozen=True)
class Refused:
    """What stands in a field and cannot be used."""

    typed: str
    why: Mapping[str, Any]
    """{"code", "values"} of the words for it."""


@dataclass
class Board:
    """What one open page shows of a storyboard."""

    story: str = ""
    """Id of the open storyboard; empty for a new one of which nothing was typed yet."""
    begun: str = ""
    """Id of the storyboard that the page began and may still take for a new one."""
    chosen: str = ""
    """Id of the segment in the editor."""
    open: bool = False
    """Whether the tab is the one that is seen."""
    heard: int = 0
    """Number of the last message of which all words are kept; an earlier one has nothing new."""
    known: bool = False
    """Whether the page was shown a storyboard; a page that outlives the studio comes back with a new seat."""
    refused: dict[str, Refused] = field(default_factory=dict)
    """The fields that say so of what stands in them: "seed" of the editor, "look_seed" of the options."""
    member: str | None = None
    """Name of the cast member that is being written; empty for a new one, None for none."""
    told: dict[tuple[str, str], str] = field(default_factory=dict)
    """(Id of a storyboard, folded name) -> how its story described that cast member when it was last split here."""
    looked: float = 0.0
    """When its parts were made last, on the monotonic clock."""
    took: float = 0.0
    """Seconds that took."""
    busy: bool = False
    """Whether its film was being made then."""
    stand: object = None
    """How far its film had come then."""
    looks: dict[tuple[str, str], Look] = field(default_factory=dict)
    """(Id of a storyboard, engine) -> the look it had when it was last given to another engine on this page."""
    undone: list[Undone] = field(default_factory=list)


@dataclass
class Seat:
    """The state of one open page, kept on the server and changed in place."""

    taken: bool = False
    """Whether the page was shown what there is; a page that outlives the studio comes back with a new seat."""
    watching: str = ""
    """Id of the job whose clip is to be played when it is done."""
    asked_here: bool = False
    """Whether that job was asked for on this page, so that its progress covers the player."""
    showing: str = ""
    """Id of the clip in the player; empty for a sample."""
    sample: str = ""
    """Id of the sample in the player; empty for the first one."""
    reused: bool = False
    autoplay: bool = False
    query: ClipQuery = field(default_factory=ClipQuery)
    opened: str = ""
    """Id of the clip open in the library."""
    finished: tuple[str, ...] = ()
    """The clips of the newest jobs when the posters were last made."""
    board: Board = field(default_factory=Board)
    asked: deque[str] = field(default_factory=lambda: deque(maxlen=64))
    """Ids of the jobs asked for on this page, for the event that works on them where a card is lent to visitors."""
    _sent: dict[str, bytes] = field(default_factory=dict)

    def show(self, clip_id: str, reused: bool = False) -> None:
        """Play a clip and watch no job."""
        self.watching, self.showing, self.reused, self.autoplay = "", clip_id, reused, True

    def watch(self, job_id: str) -> None:
        """Follow a job that was asked for on this page."""
        self.watching, self.asked_here = job_id, True
        self.asked.append(job_id)

    def news(self, part: str, html: str) -> bool:
        """Tell whether a part differs from what this page was last sent, and note it as sent."""
        digest = blake2b(html.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        new = self._sent.get(part) != digest
        self._sent[part] = digest
        return new
