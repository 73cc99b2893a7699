"""What the page sends with every press: all that was typed and that the studio has not said it heard.

A message is {"n": its number on that page, "board": id of the storyboard it shows, "of": {id of a storyboard: {place:
{field: words}}}}. A place is "story", "options" or the id of a segment; the id of a storyboard that was never kept is
empty.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from models.engine import SLOTS
from studio.errors import Invalid, StudioError
from studio.prompts.story import STORY_LIMIT
from studio.storyboard import SEAMS, Look, Segment, Storyboard
from studio.ui.form import read_seconds, read_seed, read_size
from studio.ui.seat import Refused
from studio.ui.storyboard.edits import put, segment_of

LONGEST_WORDS = 10_000
"""Characters of one field that are kept; a prompt refuses far fewer, in words."""
LONGEST_STORY = 2 * STORY_LIMIT + 1
"""Characters the page takes for a story, some of which a browser counts twice: of one too long the studio must hear."""
TICKED = "1"

T = TypeVar("T")
STORY, OPTIONS = "story", "options"
Told = Mapping[str, Mapping[str, str]]
"""Place -> field -> words."""
Heard = dict[tuple[str, str], Refused | None]
"""(Place, field) -> what stands in it and cannot be used, None where it can; what was not sent is not in it."""


@dataclass(frozen=True)
class Typed:
    """One message of a page."""

    number: int = 0
    """Counts the messages of the page from 1."""
    board: str = ""
    """Id of the storyboard that the page shows."""
    of: Mapping[str, Told] = field(default_factory=dict)
    """Id of a storyboard -> what was typed in it."""


def read_typed(sent: Mapping[str, str]) -> Typed:
    """Return what a press says was typed; nothing for what is no such message."""
    try:
        typed = json.loads(sent.get("typed", "") or "{}")
        number, board, of = typed.get("n", 0), typed.get("board", ""), typed.get("of", {})
        if not (isinstance(number, int) and isinstance(board, str)):
            return Typed()
        return Typed(number, board, {named: _told(places) for named, places in of.items()})
    except (AttributeError, ValueError, RecursionError):
        return Typed()


def _told(places: Any) -> Told:
    """Return the words of each place; raises AttributeError for what is no such thing."""
    return {
        place: {name: words for name, words in fields.items() if isinstance(words, str)}
        for place, fields in places.items()
    }


def take_in(storyboard: Storyboard, told: Told) -> tuple[Storyboard, Heard]:
    """Return the storyboard with what was typed in it; of a field that cannot be used it keeps what it had."""
    heard: Heard = {}
    for place, fields in told.items():
        segment = segment_of(storyboard, place)
        if place == STORY and STORY in fields:
            storyboard = _story(storyboard, fields[STORY], heard)
        elif place == OPTIONS:
            storyboard = _options(storyboard, _Fields(place, fields, heard))
        elif segment is not None:
            storyboard = put(storyboard, _segment(segment, _Fields(place, fields, heard)))
        elif place != STORY:
            heard[place, ""] = Refused(typed="", why=Invalid("board_segment_gone").to_dict())
    return storyboard, heard


def _story(storyboard: Storyboard, words: str, heard: Heard) -> Storyboard:
    if len(words) > STORY_LIMIT:
        heard[STORY, STORY] = Refused(words, Invalid("board_story_cut", {"limit": STORY_LIMIT}).to_dict())
    return replace(storyboard, story=words[:STORY_LIMIT])


@dataclass(frozen=True)
class _Fields:
    """The fields of one place, and what came of reading them."""

    place: str
    told: Mapping[str, str]
    heard: Heard

    def get(self, name: str, kept: str) -> str:
        """Return the words of a field, else what is kept; note words that are too long, which no page sends."""
        words = self.told.get(name, kept)
        if len(words) <= LONGEST_WORDS:
            return words
        why = Invalid("text_too_long", {"length": len(words), "limit": LONGEST_WORDS})
        self.heard[self.place, name] = Refused(words, why.to_dict())
        return kept

    def read(self, name: str, read: Callable[[str], T], kept: T) -> T:
        """Return what a field says, else what is kept; note whether it could be read."""
        if name not in self.told:
            return kept
        try:
            said, self.heard[self.place, name] = read(self.told[name]), None
        except StudioError as error:
            self.heard[self.place, name] = Refused(self.told[name], error.to_dict())
            return kept
        return said


def _segment(segment: Segment, fields: _Fields) -> Segment:
    slots = {slot: fields.get(slot, getattr(segment.prompt, slot)) for slot in SLOTS}
    if any(getattr(segment.prompt, slot) != words for slot, words in slots.items()):
        segment = replace(segment, prompt=replace(segment.prompt, **slots, sentence=""))
    seam = fields.get("seam", segment.seam)
    return replace(
        segment,
        cut=fields.get("cut", TICKED if segment.cut else "") == TICKED,
        seam=seam if seam in SEAMS else segment.seam,
        seconds=fields.read("seconds", read_seconds, segment.seconds),
        seed=fields.read("seed", _own_seed, segment.seed),
    )


def _own_seed(words: str) -> int | None:
    return read_seed(words) if words.strip() else None


def _options(storyboard: Storyboard, options: _Fields) -> Storyboard:
    return replace(
        storyboard,
        look=_look(storyboard.look, options),
        title=options.get("title", storyboard.title)[:200],
        wording=options.get("wording", storyboard.wording),
        lut=options.get("lut", storyboard.lut),
        lock_colours=options.get("lock_colours", TICKED if storyboard.lock_colours else "") == TICKED,
        mend=options.get("mend", TICKED if storyboard.mend else "") == TICKED,
    )


def _look(look: Look, options: _Fields) -> Look:
    width, height = options.read("size", read_size, (look.width, look.height))
    seed = options.read("look_seed", read_seed, look.seed)
    adapters = options.get("adapters", look.adapters).strip()
    return replace(look, width=width, height=height, seed=seed, adapters=adapters)
