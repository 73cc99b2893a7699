"""Every clip that was made: found, kept, deleted and given back."""

import secrets
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from models.engine import Prompt, Reading
from studio.errors import NotFound
from studio.library.clips import Clip, ClipPage, ClipQuery, Facets, Media
from studio.library.database import Database
from studio.library.migrate import migrate
from studio.library.schema import clip, step
from studio.library.store import Store, storage_errors
from studio.settings import Settings
from studio.storyboard import Look

UNDO_SECONDS = 3600.0
"""How long a deletion can be undone."""

MIME = {"video": "video/mp4", "poster": "image/jpeg"}


class Library:
    """The clips of one studio: their rows in the database, their files in the store."""

    def __init__(self, database: Database, store: Store) -> None:
        self.database = database
        self.store = store

    @classmethod
    def open(cls, settings: Settings) -> "Library":
        """Make or migrate the library of these settings; raises StorageError when it cannot be used."""
        with storage_errors(settings.home):
            settings.home.mkdir(parents=True, exist_ok=True)
        store = Store(settings.home / "media")
        database = Database(settings.database_url)
        try:
            migrate(database)
        except BaseException:
            database.close()
            raise
        return cls(database, store)

    def close(self) -> None:
        """Close the database."""
        self.database.close()

    def clip(self, clip_id: str) -> Clip:
        """Return one clip; raises NotFound for one that is unknown or deleted."""
        with self.database.read() as connection:
            row = connection.execute(sa.select(clip).where(clip.c.id == clip_id, _kept())).first()
        if row is None:
            raise NotFound("clip_unknown", {"clip": clip_id[:40]})
        return _clip(row)

    def has(self, key: str) -> bool:
        """Tell whether the clip of a key can be shown at once, also one whose deletion can still be undone."""
        with self.database.read() as connection:
            row = connection.execute(sa.select(clip.c.video, clip.c.size_bytes).where(clip.c.key == key)).first()
        return row is not None and self.store.holds(row.video, row.size_bytes)

    def search(self, query: ClipQuery) -> ClipPage:
        """Return a page of the clips that match, newest first."""
        # LIKE, not a full-text index: SQLite's trigram index finds nothing for one or two Chinese characters,
        # and a scan of 100,000 prompts takes about a tenth of a second.
        matching = [_kept()]
        matching += [clip.c.words.contains(word, autoescape=True) for word in query.text[:200].lower().split()]
        matching += [column == value for column, value in _chosen(query) if value]
        if query.favourites:
            matching.append(clip.c.favourite.is_(True))
        newest = sa.select(clip).where(*matching).order_by(clip.c.created_at.desc(), clip.c.id)
        with self.database.read() as connection:
            total = connection.scalar(sa.select(sa.func.count()).select_from(clip).where(*matching)) or 0
            rows = connection.execute(newest.offset(query.offset).limit(query.limit)).all()
        return ClipPage(tuple(map(_clip, rows)), total)

    def facets(self) -> Facets:
        """Return what the clips can be filtered by."""

        def counted(column: sa.Column[str]) -> tuple[tuple[str, int], ...]:
            number = sa.func.count()
            query = sa.select(column, number).where(_kept(), column != "").group_by(column)
            return tuple((value, count) for value, count in connection.execute(query.order_by(number.desc(), column)))

        with self.database.read() as connection:
            return Facets(counted(clip.c.style), counted(clip.c.engine), counted(clip.c.kind))

    def pace(self, engine: str, style: str) -> float | None:
        """Return the seconds an engine lately took for a million pixels in a style; None when it made nothing yet."""
        query = sa.select(clip.c.seconds_taken, clip.c.num_frames, clip.c.look).where(clip.c.engine == engine)
        lately = query.order_by((clip.c.style == style).desc(), clip.c.created_at.desc()).limit(5)
        with self.database.read() as connection:
            rows = connection.execute(lately).all()
        paces = sorted(taken * 1e6 / (frames * look["width"] * look["height"]) for taken, frames, look in rows)
        return paces[len(paces) // 2] if paces else None

    def set_favourite(self, clip_id: str, favourite: bool) -> Clip:
        """Mark a clip or unmark it; raises NotFound."""
        self._change(clip_id, _kept(), favourite=favourite)
        return self.clip(clip_id)

    def delete(self, clip_id: str) -> None:
        """Take a clip out of the library; `restore` brings it back for an hour. Raises NotFound."""
        with self.database.read() as connection:
            now = self.database.now(connection)
        self._change(clip_id, _kept(), deleted_at=now)

    def restore(self, clip_id: str) -> Clip:
        """Undo a deletion; raises NotFound when it is too late."""
        self._change(clip_id, sa.true(), deleted_at=None)
        return self.clip(clip_id)

    def take_up(self, connection: sa.Connection, key: str) -> bool:
        """Bring the clip of a key back into the library, in a write transaction; return whether there is one.

        One whose files are gone or cut off is forgotten instead, so that it is made again.
        """
        row = connection.execute(sa.select(clip).where(clip.c.key == key)).first()
        if row is None:
            return False
        if not (self.store.holds(row.video, row.size_bytes) and self.store.holds(row.poster)):
            self._forget(connection, clip.c.key == key)
            return False
        connection.execute(sa.update(clip).where(clip.c.key == key).values(deleted_at=None))
        return True

    def media(self, digest: str) -> Media:
        """Return the file of a digest that a kept clip refers to; raises NotFound."""
        video, poster = clip.c.video == digest, clip.c.poster == digest
        with self.database.read() as connection:
            row = connection.execute(sa.select(video).where(_kept(), sa.or_(video, poster)).limit(1)).first()
        if row is None or not self.store.holds(digest):
            raise NotFound("media_unknown", {"digest": digest[:64]})
        return Media(self.store.path(digest), MIME["video" if row[0] else "poster"])

    def add(self, connection: sa.Connection, made: Clip) -> None:
        """Enter a clip; to be called in the write transaction that places its files."""
        values = asdict(made)
        words = " ".join((*asdict(made.prompt).values(), made.id))
        self.database.insert_or_ignore(connection, clip, engine=made.look.engine, words=words.lower(), **values)

    def collect(self) -> int:
        """Forget what was deleted more than an hour ago and delete every file without a clip; return how many files."""
        with self.database.write() as connection:
            old = clip.c.deleted_at < self.database.now(connection) - UNDO_SECONDS
            self._forget(connection, old)
        with self.database.read() as connection:
            used = {digest for pair in connection.execute(sa.select(clip.c.video, clip.c.poster)) for digest in pair}
        if not used:  # a database that knows no film at all may be one that was lost: that must not cost the films
            return 0
        deleted = 0
        for digest in set(self.store.digests()) - used:
            referring = sa.select(clip.c.id).where(sa.or_(clip.c.video == digest, clip.c.poster == digest))
            with self.database.write() as connection:
                deleted += self.store.delete_unless(connection, digest, referring)
        return deleted

    def _forget(self, connection: sa.Connection, which: sa.ColumnElement[bool]) -> None:
        """Drop clips and the steps that made them, so that the next wish for them is worked on."""
        connection.execute(sa.delete(step).where(step.c.key.in_(sa.select(clip.c.key).where(which))))
        connection.execute(sa.delete(clip).where(which))

    def _change(self, clip_id: str, condition: sa.ColumnElement[bool], **values: Any) -> None:
        with self.database.write() as connection:
            changed = connection.execute(sa.update(clip).where(clip.c.id == clip_id, condition).values(**values))
        if changed.rowcount != 1:
            raise NotFound("clip_unknown", {"clip": clip_id[:40]})


def new_id() -> str:
    """Return an unguessable id of 16 characters, safe in an address and on a command line."""
    return secrets.token_hex(8)


def _kept() -> sa.ColumnElement[bool]:
    return clip.c.deleted_at.is_(None)


def _chosen(query: ClipQuery) -> tuple[tuple[sa.Column[str], str], ...]:
    return (clip.c.style, query.style), (clip.c.engine, query.engine), (clip.c.kind, query.kind)


def _clip(row: sa.Row[Any]) -> Clip:
    data = dict(row._mapping)
    for column in ("engine", "words", "deleted_at"):
        del data[column]
    data["prompt"] = Prompt(**data["prompt"])
    data["look"] = Look(**data["look"])
    data["reading"] = Reading.from_dict(data["reading"]) if data["reading"] else None
    return Clip(**data)
