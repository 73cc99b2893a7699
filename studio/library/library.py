"""Every clip that was made: found, kept, deleted and given back."""

import threading
from collections.abc import Collection
from dataclasses import asdict
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from models.engine import Prompt, Reading
from studio.errors import NotFound
from studio.library.clips import Clip, ClipPage, ClipQuery, Facets, Media
from studio.library.database import Database, lock_queue
from studio.library.migrate import migrate
from studio.library.pictures import write_picture
from studio.library.schema import cast_member, clip, job, picture, step, storyboard, take, wanted
from studio.library.store import Store, storage_errors
from studio.library.storyboards import Storyboards
from studio.settings import Settings
from studio.storyboard import Look

UNDO_SECONDS = 3600.0
"""How long a deletion can be undone."""

HIDDEN = "take"
"""The kind of clip that is shown within its storyboard only."""


class Library:
    """The clips of one studio: their rows in the database, their files in the store."""

    def __init__(self, database: Database, store: Store) -> None:
        self.database = database
        self.store = store
        self.storyboards = Storyboards(database)
        self._one_picture = threading.Lock()
        """Held while a picture is unpacked, which takes a few hundred megabytes."""

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

    def made(self, keys: Collection[str], kept: bool = False) -> dict[str, Clip]:
        """Return the clips of these keys by key; unless `kept`, those too whose deletion can still be undone."""
        which = clip.c.key.in_(keys), _kept() if kept else sa.true()
        with self.database.read() as connection:
            rows = connection.execute(sa.select(clip).where(*which)).all()
        return {row.key: _clip(row) for row in rows}

    def holding(self, keys: Collection[str]) -> set[str]:
        """Return those of the keys whose clip can be shown at once, also one whose deletion can still be undone."""
        made = self.made(keys)
        return {key for key, found in made.items() if self.is_whole(found)}

    def is_whole(self, found: Clip) -> bool:
        """Tell whether the film of a clip and its poster are in the store, as far as their sizes say."""
        return self.store.holds(found.video, found.size_bytes) and self.store.holds(found.poster)

    def has(self, key: str) -> bool:
        """Tell whether the clip of a key can be shown at once."""
        return bool(self.holding([key]))

    def search(self, query: ClipQuery) -> ClipPage:
        """Return a page of the clips that match, newest first."""
        # LIKE, not a full-text index: SQLite's trigram index finds nothing for one or two Chinese characters,
        # and a scan of 100,000 prompts takes about a tenth of a second.
        matching = [_kept(), _shown() if query.kind != HIDDEN else sa.true()]
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
            query = sa.select(column, number).where(_kept(), _shown(), column != "").group_by(column)
            return tuple((value, count) for value, count in connection.execute(query.order_by(number.desc(), column)))

        with self.database.read() as connection:
            return Facets(counted(clip.c.style), counted(clip.c.engine), counted(clip.c.kind))

    def pace(self, engine: str, style: str) -> float | None:
        """Return the seconds an engine lately took for a million pixels in a style; None when it made nothing yet."""
        query = sa.select(clip.c.seconds_taken, clip.c.num_frames, clip.c.look)
        query = query.where(clip.c.engine == engine, clip.c.kind != "film")
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

    def take_up(self, connection: sa.Connection, key: str, kind: str = "clip", anchored: bool = False) -> bool:
        """Bring the clip of the key back into the library, in a write transaction; return whether it is whole.

        One whose files are gone or cut off, or that lacks its anchor although `anchored` asks for it, is made again.
        """
        row = connection.execute(sa.select(clip).where(clip.c.key == key)).first()
        if row is None:
            return False
        whole = self.is_whole(_clip(row))
        if not whole:
            connection.execute(sa.delete(clip).where(clip.c.id == row.id))
        if not whole or (anchored and not self.store.holds(row.anchor or "")):
            again = step.c.key == key, step.c.status == "done"
            connection.execute(sa.update(step).where(*again).values(status="pending", progress=0, not_before=0))
            return False
        changes = {"kind": kind} if row.kind == HIDDEN or row.deleted_at is not None else {}
        connection.execute(sa.update(clip).where(clip.c.id == row.id).values(deleted_at=None, **changes))
        return True

    def media(self, digest: str) -> Media:
        """Return the file of a digest that a kept clip or a person refers to; raises NotFound."""
        video, poster = clip.c.video == digest, clip.c.poster == digest
        with self.database.read() as connection:
            row = connection.execute(sa.select(video).where(_kept(), sa.or_(video, poster)).limit(1)).first()
            is_picture = connection.scalar(sa.select(picture.c.digest).where(picture.c.digest == digest)) is not None
        if (row is None and not is_picture) or not self.store.holds(digest):
            raise NotFound("media_unknown", {"digest": digest[:64]})
        return Media(self.store.path(digest), "video/mp4" if row is not None and row[0] else "image/jpeg")

    def checked(self, digest: str) -> Path:
        """Return where a file lives; one whose bytes are damaged is deleted first, so that it can be made again."""
        if not self.store.is_sound(digest):
            with self.database.write() as connection:
                self.store.drop_damaged(connection, digest)
        return self.store.path(digest)

    def keep_picture(self, data: bytes) -> str:
        """Keep a picture for the cast and return its digest; raises Invalid for what is no JPEG, PNG or WebP."""
        with self._one_picture, self.store.scratch(".jpg") as path:
            write_picture(data, path)
            staged = self.store.stage(path)
        try:
            with self.database.write() as connection:
                self.store.place(connection, staged)
                now = self.database.now(connection)
                self.database.insert_or_ignore(connection, picture, digest=staged.digest, created_at=now)
                again = sa.update(picture).where(picture.c.digest == staged.digest)
                connection.execute(again.values(created_at=now))  # or it would be forgotten before it is used
        finally:
            self.store.discard(staged)
        return staged.digest

    def add(self, connection: sa.Connection, made: Clip) -> None:
        """Enter a clip, or give the one of its key new files, in the write transaction that places them."""
        by_itself = job.c.key == made.key, job.c.cancel.is_(False), job.c.storyboard.is_(None)
        asked = sa.select(job.c.id).where(*by_itself).limit(1)
        kind = "clip" if made.kind == HIDDEN and connection.scalar(asked) else made.kind
        values = asdict(made) | {"engine": made.look.engine, "words": _words(made), "kind": kind}
        self.database.insert_or_ignore(connection, clip, **values)
        files = {name: values[name] for name in ("video", "poster", "anchor", "size_bytes")}
        connection.execute(sa.update(clip).where(clip.c.key == made.key).values(deleted_at=None, **files))

    def rename(self, connection: sa.Connection, film: Clip) -> None:
        """Keep in a write transaction the title of a film and the storyboard it was last asked for from."""
        values = {"prompt": asdict(film.prompt), "measures": film.measures, "words": _words(film)}
        connection.execute(sa.update(clip).where(clip.c.id == film.id).values(values))

    def collect(self) -> int:
        """Forget what was deleted more than an hour ago or nobody wants, delete files without use; return how many."""
        with self.database.write() as connection:
            lock_queue(connection)  # nobody may want a step that is being forgotten
            self._forget(connection, self.database.now(connection) - UNDO_SECONDS)
        with self.database.read() as connection:
            films = connection.execute(sa.select(clip.c.video, clip.c.poster, clip.c.anchor))
            used = {digest for files in films for digest in files}
            used |= set(connection.scalars(sa.select(picture.c.digest)))
        if not used:  # a database that knows no film at all may be one that was lost: that must not cost the films
            return 0
        deleted = 0
        for digest in set(self.store.digests()) - used:
            of_clip = sa.or_(clip.c.video == digest, clip.c.poster == digest, clip.c.anchor == digest)
            used_now = sa.or_(sa.exists().where(of_clip), sa.exists().where(picture.c.digest == digest))
            referring = sa.select(sa.literal(1)).where(used_now)
            with self.database.write() as connection:
                deleted += self.store.delete_unless(connection, digest, referring)
        return deleted

    def _forget(self, connection: sa.Connection, before: float) -> None:
        """Drop what was deleted, or lost its last use, before a time, and the steps of it; what is in work stays."""
        in_work = sa.select(step.c.key).where(wanted(step.c.id))
        connection.execute(sa.delete(storyboard).where(storyboard.c.deleted_at < before))
        unused = sa.and_(clip.c.kind == HIDDEN, clip.c.created_at < before, clip.c.key.not_in(sa.select(take.c.key)))
        old = sa.and_(sa.or_(clip.c.deleted_at < before, unused), clip.c.key.not_in(in_work))
        connection.execute(sa.delete(step).where(step.c.key.in_(sa.select(clip.c.key).where(old))))
        connection.execute(sa.delete(clip).where(old))
        begun_from = step.c.params["beginning", "picture"].as_string()
        begun = sa.select(begun_from).where(wanted(step.c.id), begun_from != "")  # others begin from none: NULL
        used = sa.select(cast_member.c.picture).union_all(begun)
        connection.execute(sa.delete(picture).where(picture.c.created_at < before, picture.c.digest.not_in(used)))

    def _change(self, clip_id: str, condition: sa.ColumnElement[bool], **values: Any) -> None:
        with self.database.write() as connection:
            changed = connection.execute(sa.update(clip).where(clip.c.id == clip_id, condition).values(**values))
        if changed.rowcount != 1:
            raise NotFound("clip_unknown", {"clip": clip_id[:40]})


def _kept() -> sa.ColumnElement[bool]:
    return clip.c.deleted_at.is_(None)


def _shown() -> sa.ColumnElement[bool]:
    return clip.c.kind != HIDDEN


def _chosen(query: ClipQuery) -> tuple[tuple[sa.Column[str], str], ...]:
    return (clip.c.style, query.style), (clip.c.engine, query.engine), (clip.c.kind, query.kind)


def _words(found: Clip) -> str:
    """Return what a clip is found by."""
    parts = [part["text"] for part in (found.measures or {}).get("parts", ())]
    return " ".join((*asdict(found.prompt).values(), found.id, *parts)).lower()


def _clip(row: sa.Row[Any]) -> Clip:
    data = dict(row._mapping)
    for column in ("engine", "words", "deleted_at"):
        del data[column]
    data["prompt"] = Prompt(**data["prompt"])
    data["look"] = Look(**data["look"])
    data["reading"] = Reading.from_dict(data["reading"]) if data["reading"] else None
    return Clip(**data)
