"""Storyboards and the cast: what is wanted, kept as it was typed, and every take that was ever wanted."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from types import NoneType
from typing import Any

import sqlalchemy as sa

from models.engine import Prompt
from studio.errors import Invalid, NotFound
from studio.library.clips import new_id
from studio.library.database import Database
from studio.library.schema import cast_member, picture, storyboard, take
from studio.storyboard import CAST_KINDS, SEGMENTS_LIMIT, CastMember, Look, Segment, Storyboard

LONGEST = 1_000_000
"""Characters all texts of a storyboard may have together."""
PLAIN: Mapping[Any, Any] = {str: str, int: int, float: (int, float), bool: bool, int | None: (int, NoneType)}
"""Type of a field -> what JSON gives for it."""
MEMBER_NAME = re.compile(r"[\w-]{1,40}")


@dataclass(frozen=True)
class WantedTake:
    """A take that was wanted for a segment once; whether it was ever made, the clip of its key tells."""

    segment_id: str
    key: str
    seed: int
    created_at: float = 0.0
    """Seconds since the epoch; 0.0 before it is remembered."""


class Storyboards:
    """The storyboards and the cast of one library."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, wanted: Storyboard) -> Storyboard:
        """Keep a storyboard, unfinished ones too, and return it with an id for it and for each segment.

        Raises Invalid for one that is longer than any film.
        """
        if len(wanted.segments) > SEGMENTS_LIMIT:
            raise Invalid("story_too_many", {"segments": len(wanted.segments), "limit": SEGMENTS_LIMIT})
        known = re.fullmatch(r"[0-9a-z]{1,16}", wanted.id)
        named = replace(wanted, id=wanted.id if known else new_id(), segments=_named(wanted.segments))
        if len(repr(to_document(named))) > LONGEST:
            raise Invalid("storyboard_too_long", {"limit": LONGEST})
        with self._database.write() as connection:
            self.keep(connection, named)
        return named

    def keep(self, connection: sa.Connection, named: Storyboard) -> None:
        """Keep in a write transaction a storyboard that has its ids."""
        values = {"document": to_document(named), "updated_at": self._database.now(connection), "deleted_at": None}
        changed = connection.execute(sa.update(storyboard).where(storyboard.c.id == named.id).values(values))
        if changed.rowcount == 0:
            connection.execute(sa.insert(storyboard).values(id=named.id, **values))

    def load(self, storyboard_id: str) -> Storyboard:
        """Return one storyboard; raises NotFound, also for one whose row is damaged."""
        with self._database.read() as connection:
            written = connection.scalar(_written().where(storyboard.c.id == storyboard_id))
        if written is None:
            raise NotFound("storyboard_unknown", {"storyboard": storyboard_id[:40]})
        try:
            return _read(written)
        except Invalid as error:
            raise NotFound(error.code) from error

    def find(self, connection: sa.Connection, storyboard_id: str) -> Storyboard | None:
        """Return one storyboard as a transaction sees it; None when it is not there, or damaged."""
        written = connection.scalars(_written().where(storyboard.c.id == storyboard_id)).all()
        return next(_readable(written), None)

    def recent(self, limit: int = 12) -> tuple[Storyboard, ...]:
        """Return the storyboards that were changed last, the newest first, without those whose row is damaged."""
        newest = _written().order_by(storyboard.c.updated_at.desc(), storyboard.c.id)
        with self._database.read() as connection:
            rows = connection.scalars(newest.limit(limit)).all()
        return tuple(_readable(rows))

    def delete(self, storyboard_id: str) -> None:
        """Take a storyboard away, but not its films; `restore` brings it back for an hour. Raises NotFound."""
        self._mark(storyboard_id, deleted=True)

    def restore(self, storyboard_id: str) -> Storyboard:
        """Undo a deletion; raises NotFound when it is too late."""
        self._mark(storyboard_id, deleted=False)
        return self.load(storyboard_id)

    def remember(self, connection: sa.Connection, storyboard_id: str, wanted: Sequence[WantedTake]) -> None:
        """Note in a write transaction which takes are wanted for the segments of a storyboard, if it is still there."""
        if connection.scalar(sa.select(storyboard.c.id).where(storyboard.c.id == storyboard_id)) is None:
            return
        now = self._database.now(connection)
        for one in sorted(wanted, key=lambda one: (one.segment_id, one.key)):
            values = asdict(one) | {"storyboard_id": storyboard_id, "created_at": now}
            self._database.insert_or_ignore(connection, take, **values)

    def takes_of(self, storyboard_id: str) -> tuple[WantedTake, ...]:
        """Return every take ever wanted for a storyboard, the oldest first."""
        wanted = sa.select(take).where(take.c.storyboard_id == storyboard_id).order_by(take.c.created_at, take.c.key)
        with self._database.read() as connection:
            rows = connection.execute(wanted).all()
        return tuple(WantedTake(row.segment_id, row.key, row.seed, row.created_at) for row in rows)

    def seeds_of(self, connection: sa.Connection, storyboard_id: str, segment_id: str) -> set[int]:
        """Return the seeds that were ever wanted for a segment, whatever its words were."""
        mine = take.c.storyboard_id == storyboard_id, take.c.segment_id == segment_id
        return set(connection.scalars(sa.select(take.c.seed).where(*mine)))

    def cast(self) -> tuple[CastMember, ...]:
        """Return all cast members by name."""
        with self._database.read() as connection:
            rows = connection.execute(sa.select(cast_member).order_by(cast_member.c.folded)).all()
        return tuple(CastMember(row.name, row.words, row.kind, row.picture) for row in rows)

    def keep_member(self, member: CastMember, was: str | None = None) -> CastMember:
        """Enter a cast member, or put it in the place of the one of its name; raises Invalid, NotFound.

        With `was`, it takes the place of the one of that name (of none when it is empty) and of nobody else.
        """
        if not MEMBER_NAME.fullmatch(member.name) or member.kind not in CAST_KINDS:
            raise Invalid("cast_name_refused", {"name": member.name[:40], "limit": 40})
        folded = member.name.casefold()
        with self._database.write() as connection:
            known = sa.select(picture.c.digest).where(picture.c.digest == member.picture)
            if member.picture and connection.scalar(known) is None:
                raise NotFound("media_unknown", {"digest": member.picture[:64]})
            taken = sa.select(cast_member.c.name).where(cast_member.c.folded == folded)
            if was is not None and was.casefold() != folded and connection.scalar(taken) is not None:
                raise Invalid("cast_name_taken", {"name": member.name})
            places = {folded, (was or "").casefold()}
            connection.execute(sa.delete(cast_member).where(cast_member.c.folded.in_(places)))
            self._database.insert_or_ignore(connection, cast_member, folded=folded, **asdict(member))
        return member

    def introduce(self, members: Sequence[CastMember]) -> tuple[CastMember, ...]:
        """Enter the members a story describes whose names nobody has; the others stay as the cast has them.

        Returns those that stay although the story describes them in other words.
        """
        known = {one.name.casefold(): one for one in self.cast()}
        for member in members:
            if member.name.casefold() not in known:
                self.keep_member(member)
        return tuple(
            known[one.name.casefold()]
            for one in members
            if one.name.casefold() in known and known[one.name.casefold()].words != one.words
        )

    def drop_member(self, name: str) -> None:
        """Take a cast member out; raises NotFound."""
        with self._database.write() as connection:
            gone = connection.execute(sa.delete(cast_member).where(cast_member.c.folded == name.casefold()))
        if gone.rowcount != 1:
            raise NotFound("cast_unknown", {"name": name[:40]})

    def _mark(self, storyboard_id: str, deleted: bool) -> None:
        with self._database.write() as connection:
            which = storyboard.c.id == storyboard_id, _kept() if deleted else sa.true()
            when = self._database.now(connection) if deleted else None
            changed = connection.execute(sa.update(storyboard).where(*which).values(deleted_at=when))
        if changed.rowcount != 1:
            raise NotFound("storyboard_unknown", {"storyboard": storyboard_id[:40]})


def to_document(wanted: Storyboard) -> dict[str, Any]:
    """Return a storyboard as JSON-able data."""
    return asdict(wanted)


def from_document(document: Mapping[str, Any]) -> Storyboard:
    """Return the storyboard of a document; what an older version did not write gets its default. Raises Invalid."""
    try:
        segments = tuple(
            Segment(**_of(Segment, segment) | {"prompt": Prompt(**_of(Prompt, segment["prompt"]))})
            for segment in document["segments"]
        )
        look = Look(**_of(Look, document["look"]))
        return Storyboard(**_of(Storyboard, document) | {"look": look, "segments": segments})
    except (AttributeError, KeyError, TypeError) as error:  # the ways in which data can be of another shape
        raise Invalid("storyboard_unreadable") from error


def _written() -> sa.Select[str]:
    """Select the documents that are kept, as text: one that is no JSON would fail in the driver, with all beside it."""
    return sa.select(sa.cast(storyboard.c.document, sa.Text)).where(_kept())


def _read(written: str) -> Storyboard:
    try:
        document = json.loads(written)
    except (ValueError, RecursionError) as error:
        raise Invalid("storyboard_unreadable") from error
    return from_document(document)


def _readable(rows: Sequence[str]) -> Iterator[Storyboard]:
    for row in rows:
        with suppress(Invalid):
            yield _read(row)


def _of(kind: type, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of `data` is a field of a class; raises TypeError for a text or a number in the place of another."""
    allowed = {each.name: PLAIN.get(each.type, object) for each in fields(kind)}
    known = {name: value for name, value in data.items() if name in allowed}
    for name, value in known.items():
        if not isinstance(value, allowed[name]):
            raise TypeError(name)
    return known


def _named(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """Return the segments, each with an id of its own; of two equal ids the first keeps it."""
    taken: set[str] = set()
    named = []
    for segment in segments:
        fresh = not re.fullmatch(r"[0-9a-zA-Z_-]{1,16}", segment.id) or segment.id in taken
        named.append(replace(segment, id=new_id()) if fresh else segment)
        taken.add(named[-1].id)
    return tuple(named)


def _kept() -> sa.ColumnElement[bool]:
    return storyboard.c.deleted_at.is_(None)
