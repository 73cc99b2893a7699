"""A story in English or Chinese over the segments of a film."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from models.engine import SLOTS
from studio.errors import Invalid
from studio.prompts import predicate
from studio.prompts.advice import SegmentHint, advise
from studio.prompts.cast import read_member
from studio.prompts.clauses import CLAUSE_LIMIT, Clause, clauses, language_of, lines
from studio.prompts.clean import SLOT_LIMIT, language_of_words
from studio.prompts.commands import NOTHING, Commands
from studio.prompts.hold import held_for_all
from studio.prompts.speech import names_speaker
from studio.prompts.telling import Telling
from studio.storyboard import SEGMENTS_LIMIT, CastMember, Segment
from studio.text import say

PIECE_LIMIT = 2 * CLAUSE_LIMIT
"""Characters beyond which no segment is made of the clauses that belong together."""
PIECE_CLAUSES = SLOT_LIMIT
"""Clauses of which the same is true."""
STORY_LIMIT = 100_000
"""Longest story, in characters: more than fills SEGMENTS_LIMIT segments."""


@dataclass(frozen=True)
class Draft:
    """What a story was split into."""

    segments: tuple[Segment, ...]
    """Without ids and sentences; the subject of each is filled."""
    cast: tuple[CastMember, ...] = ()
    """From lines such as "@Mia: a girl of eight", in their order."""
    notes: tuple[SegmentHint, ...] = ()


def split_story(text: str, language: str = "") -> Draft:
    """Return the segments of a story and what could be told better, in the language of the page or of the story.

    Raises Invalid for a story that is empty or too long, holds too many segments or too long a one, and for commands
    and cast lines that cannot be used.
    """
    if len(text) > STORY_LIMIT:
        raise Invalid("story_too_long", {"length": len(text), "limit": STORY_LIMIT})
    cast, told = _cast_and_story(text)
    pieces = _pieces(told)
    if not pieces:
        raise Invalid("story_empty")
    if len(pieces) > SEGMENTS_LIMIT:
        raise Invalid("story_too_many", {"segments": len(pieces), "limit": SEGMENTS_LIMIT})
    telling = Telling({one.name.casefold(): one for one in cast})
    for piece in pieces:
        telling.tell(piece)
    segments = tuple(_checked(at, one) for at, one in enumerate(held_for_all(telling.told)))
    page = language or language_of_words(text[:SLOT_LIMIT]) or "en"
    return Draft(segments, cast, (*_proposed(telling, page), *advise(segments, page)))


def _cast_and_story(text: str) -> tuple[tuple[CastMember, ...], list[str]]:
    """Return the members that lines describe, and the other lines."""
    cast: dict[str, CastMember] = {}
    told = []
    for line in lines(text):
        member = read_member(line) if line.startswith(("@", "＠")) and not names_speaker(line) else None
        if member is None:
            told.append(line)
        elif member.name.casefold() in cast:
            raise Invalid("cast_name_twice", {"name": member.name})
        else:
            cast[member.name.casefold()] = member
    return tuple(cast.values()), told


@dataclass
class _Gathering:
    """Clauses on their way into pieces."""

    pieces: list[list[Clause]] = field(default_factory=list)
    open: list[Clause] = field(default_factory=list)
    waiting: Commands = NOTHING
    length: int = 0
    """Characters of the piece at hand."""

    def take(self, one: Clause) -> None:
        """Put a clause into the piece at hand, or begin the next with it."""
        if not one.text:
            self._wait(one)
            return
        one, self.waiting = replace(one, commands=self.waiting.with_later(one.commands)), NOTHING
        if self.open and _begins(self.open, one):
            self.close()
        self.length += len(one.text)
        self.open.append(one)

    def _wait(self, one: Clause) -> None:
        """Give commands without words to the segment before them, but for a cut and those of a line of their own."""
        before = self.open or (self.pieces[-1] if self.pieces else [])
        if one.before != "line" and before:
            before[-1] = replace(before[-1], commands=before[-1].commands.with_later(replace(one.commands, cut=False)))
            one = replace(one, commands=Commands(cut=one.commands.cut))
        self.waiting = self.waiting.with_later(one.commands)

    def close(self) -> None:
        """End the piece at hand."""
        if self.open:
            self.pieces.append(self.open)
        self.open, self.length = [], 0


def _pieces(told: Sequence[str]) -> list[list[Clause]]:
    """Return the clauses of each segment; raises Invalid for a clause that cannot be one."""
    gathering = _Gathering()
    for line in told:
        for one in clauses(line):
            gathering.take(one)
            if gathering.length > PIECE_LIMIT or len(gathering.open) > PIECE_CLAUSES:
                number = len(gathering.pieces) + 1
                raise Invalid("story_segment_long", {"number": number, "length": len(line), "limit": SLOT_LIMIT})
    gathering.close()
    pieces = gathering.pieces
    if len(pieces) > 1 and all(
        _is_lead(one) and not _is_own(one) for one in pieces[-1]
    ):  # "Ink wash style." at the end
        pieces[-2].extend(pieces.pop())
    return pieces


def _is_lead(one: Clause) -> bool:
    return bool(one.slot)


def _is_own(one: Clause) -> bool:
    """Tell whether a clause is a segment even if it is but a place or light: a heading, or one with its seconds."""
    return one.heads or _timed(one)


def _timed(one: Clause) -> bool:
    return one.commands.seconds is not None


def _begins(piece: Sequence[Clause], one: Clause) -> bool:
    """Tell whether a clause begins a new segment after those of a piece."""
    if one.commands.cut and not all(map(_is_lead, piece)):
        return True
    if one.slot in ("style", "lighting", "camera") and one.before not in ("line", "stop", "then"):
        return False
    if all(_is_lead(each) for each in piece):
        return (one.heads and any(each.heads for each in piece)) or (_timed(one) and any(map(_timed, piece)))
    if one.before == "line" or (one.before == "stop" and not one.is_backdrop):
        return True
    acting = any(each.verb is not None for each in piece)
    unread = next((each for each in piece if each.is_unread), None)
    if one.before == "then":
        return acting or bool(unread and (one.verb != 0 or not unread.names))
    chinese = language_of(one.text) == "zh"
    if acting:
        own = one.verb is not None or (one.is_unread and (chinese or predicate.tells_of_many(one.text)))
        return own and not one.is_aside
    return unread is not None and _begins_after_unread(unread, one, chinese)


def _begins_after_unread(unread: Clause, one: Clause, chinese: bool) -> bool:
    """Tell whether a clause leaves an unread one as a segment of its own, and does not go on about it."""
    if one.is_aside or one.slot:
        return False
    if one.verb and chinese:
        return True
    if one.is_unread and chinese:
        return not unread.names or not one.names
    return not unread.names and (chinese or bool(one.verb) or predicate.tells_of_many(one.text))


def _checked(at: int, segment: Segment) -> Segment:
    """Return a segment whose slots all fit; raises Invalid."""
    for slot in SLOTS:
        length = len(getattr(segment.prompt, slot))
        if length > SLOT_LIMIT:
            raise Invalid("story_segment_long", {"number": at + 1, "length": length, "limit": SLOT_LIMIT})
    return segment


def _proposed(telling: Telling, language: str) -> list[SegmentHint]:
    """Return a word about each cut that was proposed, and about changes of place that go without one."""
    hints = []
    for at, told in enumerate(telling.told):
        key = "story_cut_put" if told.proposed else "story_place_changes" if told.moves else ""
        if key:
            hints.append(SegmentHint("", say(key, language, {"number": at + 1}), "", None, at, told.moves))
    return hints
