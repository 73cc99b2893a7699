"""The library on both databases: finding, deleting, files and their references, migrations, broken ground."""

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext

from models.engine import Prompt, Reading, Word
from studio.errors import Invalid, NotFound, StorageError
from studio.library import Clip, ClipQuery, Library, WantedTake, database, new_id, schema
from studio.library.migrate import FOLDER
from studio.library.schema import clip, job_step, metadata
from studio.library.store import Staged, Store
from studio.settings import Settings
from studio.storyboard import CastMember, Look, Segment, Storyboard
from tests.test_pictures import picture


def stage(store: Store, content: bytes, suffix: str = ".mp4") -> Staged:
    with store.scratch(suffix) as path:
        path.write_bytes(content)
        return store.stage(path)


def add(library: Library, sentence: str, **changes) -> Clip:
    """Enter a clip whose files hold its sentence."""
    files = [stage(library.store, f"{kind} {sentence}".encode()) for kind in ("video", "poster")]
    facts = {
        "id": new_id(), "key": files[0].digest, "kind": "clip", "look": Look(), "style": "", "num_frames": 48,
        "reading": None, "size_bytes": files[0].size_bytes, "seconds_taken": 2.0, "created_at": 1.0, "favourite": False,
    }  # fmt: skip
    prompt = Prompt(subject=sentence, sentence=sentence)
    made = Clip(prompt=prompt, video=files[0].digest, poster=files[1].digest, **{**facts, **changes})
    with library.database.write() as connection:
        for staged in sorted(files, key=lambda staged: staged.digest):
            library.store.place(connection, staged)
        library.add(connection, made)
    return made


def found(library: Library, text: str = "", **chosen) -> list[str]:
    return [clip.prompt.sentence for clip in library.search(ClipQuery(text, **chosen)).clips]


def test_a_clip_comes_back_as_it_went_in(library):
    word = Word("subject", "狐狸", "fox", "狐狸")
    reading = Reading(drawn=(word,), unknown=("velvet",), defaults=(Word("scene", "", "meadow", "草地"),))
    look = Look("bars", 64, 48, 12, 2**32 - 1)
    made = add(library, "一只狐狸 <script>", reading=reading, look=look, style="ink", favourite=True)
    assert library.clip(made.id) == made
    assert library.has(made.key) and not library.has("f" * 64)


FOUND = [
    ("", ["a Fox, 100%", "一只狐狸在森林里奔跑", "Élan d'été"]),
    ("狐", ["一只狐狸在森林里奔跑"]),
    ("狐狸", ["一只狐狸在森林里奔跑"]),
    ("森林 狐狸", ["一只狐狸在森林里奔跑"]),
    ("fox", ["a Fox, 100%"]),
    ("FOX", ["a Fox, 100%"]),
    ("élan", ["Élan d'été"]),
    ("0%", ["a Fox, 100%"]),
    ("_", []),
    ("fox wolf", []),
    ("'; drop table clip; --", []),
    ("\\", []),
]
"""Words typed into the search, and the sentences they find, youngest first."""


def test_search_finds_words_of_any_language_from_one_character_up(library):
    for age, sentence in enumerate(("Élan d'été", "一只狐狸在森林里奔跑", "a Fox, 100%")):
        add(library, sentence, created_at=float(age))
    for text, expected in FOUND:
        assert found(library, text) == expected, text


def test_filters_pages_and_facets(library):
    for age in range(5):
        add(library, f"clip {age}", created_at=float(age), style="ink" if age % 2 else "anime", favourite=age == 3)
    add(library, "bars", look=Look("bars", 64, 48), created_at=-1.0)
    assert found(library, style="ink") == ["clip 3", "clip 1"]
    assert found(library, engine="bars") == ["bars"]
    assert found(library, favourites=True) == ["clip 3"]
    assert found(library, kind="nosuch") == []
    page = library.search(ClipQuery("clip", offset=2, limit=2))
    assert ([clip.prompt.sentence for clip in page.clips], page.total) == (["clip 2", "clip 1"], 5)
    facets = library.facets()
    assert facets.styles == (("anime", 3), ("ink", 2)) and facets.engines == (("animatic", 5), ("bars", 1))


def test_pace_is_what_the_same_style_took_lately(library):
    assert library.pace("bars", "ink") is None
    look = Look("bars", 1000, 1000)
    add(library, "ink", look=look, style="ink", num_frames=10, seconds_taken=20.0)
    assert library.pace("bars", "ink") == pytest.approx(2.0)


@pytest.mark.parametrize(("storyboard_id", "kind"), [(None, "clip"), ("fox", "take")])
def test_a_take_is_a_clip_only_where_it_was_asked_for_by_itself(library, storyboard_id, kind):
    asked = {"id": "j", "title": "", "order": {}, "key": "k", "storyboard": storyboard_id, "status": "running"}
    with library.database.write() as connection:
        connection.execute(sa.insert(schema.job).values(**asked, estimate=0.0, created_at=0.0))
    assert library.clip(add(library, "fox", key="k", kind="take").id).kind == kind


def test_a_favourite_stays_one_until_it_is_not(library):
    made = add(library, "fox")
    assert library.set_favourite(made.id, True).favourite
    assert not library.set_favourite(made.id, False).favourite


def test_deleting_hides_clip_and_files_until_it_is_undone(library):
    made = add(library, "fox")
    library.delete(made.id)
    assert found(library) == [] and library.facets().engines == ()
    for missing in (lambda: library.clip(made.id), lambda: library.media(made.poster)):
        with pytest.raises(NotFound):
            missing()
    assert library.collect() == 0
    assert library.restore(made.id) == made
    assert library.media(made.video).path.read_bytes() == b"video fox"


def test_two_people_delete_the_same_clip(library):
    made = add(library, "fox")

    def delete(_: int) -> str:
        try:
            library.delete(made.id)
        except NotFound as error:
            return error.code
        return "deleted"

    with ThreadPoolExecutor(8) as people:
        assert sorted(people.map(delete, range(8))) == ["clip_unknown"] * 7 + ["deleted"]


def test_an_unknown_clip_is_said_to_be_unknown(library):
    asks = (library.clip, library.delete, library.restore, lambda name: library.set_favourite(name, True))
    for clip_id, ask in itertools.product(["nosuch", "", "../../etc/passwd", "x" * 10_000, "é\u202e"], asks):
        with pytest.raises(NotFound) as unknown:
            ask(clip_id)
        assert unknown.value.code == "clip_unknown"


def test_media_gives_nothing_but_files_of_clips(library):
    for digest in ("../../etc/passwd", "", "tmp", "0" * 64):
        with pytest.raises(NotFound):
            library.media(digest)


def test_collecting_forgets_old_deletions_and_spares_shared_files(library, monkeypatch):
    kept, gone = add(library, "kept"), add(library, "gone")
    twin = add(library, "kept", key="f" * 64)
    library.delete(gone.id)
    library.delete(twin.id)
    monkeypatch.setattr("studio.library.library.UNDO_SECONDS", -1.0)
    assert library.collect() == 2
    assert library.media(kept.video).path.exists()
    assert not library.store.path(gone.video).exists()
    with pytest.raises(NotFound):
        library.restore(gone.id)


def test_a_collector_never_takes_what_a_writer_has_just_reused(library, monkeypatch):
    """Writers enter and delete the same five clips over and over while the collector runs without pause."""
    monkeypatch.setattr("studio.library.library.UNDO_SECONDS", -1.0)
    add(library, "kept")
    done, deleted = threading.Event(), [0]

    def write(number: int) -> None:
        for turn in range(1000):
            if turn >= 25 and sum(deleted) > 10:
                return
            made = add(library, f"clip {turn % 5}", key=f"{number}-{turn}")
            assert library.media(made.video).path.read_bytes() == f"video clip {turn % 5}".encode()
            library.delete(made.id)

    def collect() -> None:
        while not done.is_set():
            deleted.append(library.collect())

    with ThreadPoolExecutor(4) as threads:
        collector = threads.submit(collect)
        writers = [threads.submit(write, number) for number in range(3)]
        wait(writers)
        done.set()
        for writer in writers:
            writer.result()
        collector.result()
    assert sum(deleted) > 10, "a run that deletes nothing proves nothing"


def test_a_lost_database_does_not_cost_the_films(library, settings):
    made = add(library, "fox")
    with library.database.write() as connection:
        connection.execute(sa.delete(clip))
    assert library.collect() == 0
    assert library.store.path(made.video).read_bytes() == b"video fox"


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_database_that_is_taken_away_is_told_plainly(library, settings):
    library.close()
    for path in settings.home.glob("library.sqlite3*"):
        path.unlink()
    with pytest.raises(StorageError) as gone:
        library.search(ClipQuery())
    assert gone.value.code == "database_gone"


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_database_that_another_program_holds_is_told_plainly(library, settings, monkeypatch):
    monkeypatch.setattr(database, "SQLITE_PRAGMAS", ("busy_timeout=50",))
    impatient = database.Database(settings.database_url)
    with library.database.write(), pytest.raises(StorageError) as busy, impatient.write():
        pass
    assert busy.value.code == "database_busy"
    impatient.close()


def test_the_migrations_make_the_schema_of_the_code(library):
    with library.database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def upgrade(library: Library, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    with library.database.write() as connection:
        config.attributes["connection"] = connection
        (command.downgrade if revision < "0002" else command.upgrade)(config, revision)


FIRST_RELEASE = (
    """insert into clip (id, key, kind, engine, style, prompt, look, words, num_frames, video, poster, size_bytes,
       seconds_taken, created_at, favourite) values ('c', 'k', 'clip', 'animatic', '', '{"subject": "fox"}',
       '{"engine": "animatic"}', 'fox', 48, 'v', 'p', 1, 2.0, 1.0, true)""",
    """insert into job (id, title, "order", key, status, cancel, reused, estimate, created_at) values ('j', 'fox',
       '{"segment": {"prompt": {"subject": "fox"}, "seconds": 2.0, "cut": false, "seam": "auto", "seed": null,
       "id": ""}, "look": {"engine": "animatic"}}', 'k', 'running', false, false, 1.0, 1.0)""",
    """insert into step (id, key, kind, params, status, token, lease_until, not_before, errors, crashes, progress,
       doing) values (1, 'k', 'take', '{}', 'pending', 0, 0, 0, 0, 0, 0, 'doing_waiting')""",
    "insert into job_step (job_id, step_id) values ('j', 1)",
)


def test_a_library_of_the_first_release_is_taken_over_with_all_it_holds(library, settings):
    from studio.jobs import Jobs

    upgrade(library, "0001")
    with library.database.write() as connection:
        assert not sa.inspect(connection).has_table("storyboard")
        for row in FIRST_RELEASE:
            connection.execute(sa.text(row))
    again = Library.open(settings)
    old = again.clip("c")
    assert (old.prompt.subject, old.favourite, old.anchor, old.measures) == ("fox", True, None, None)
    with again.database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert connection.scalar(sa.select(job_step.c.estimate)) == 1.0
    job = Jobs(again, settings).job("j")
    assert (job.kind, job.storyboard, job.title) == ("clip", "", "fox")
    again.close()


def test_opening_again_finds_everything(library, settings):
    made = add(library, "fox")
    again = Library.open(settings)
    assert again.clip(made.id) == made
    again.close()


def test_a_library_of_a_newer_version_is_left_alone(library, settings):
    with library.database.write() as connection:
        connection.execute(sa.text("update alembic_version set version_num = '9999'"))
    with pytest.raises(StorageError) as newer:
        Library.open(settings)
    assert newer.value.code == "database_newer"


def test_a_file_that_is_no_database(tmp_path: Path):
    (tmp_path / "library.sqlite3").write_bytes(b"not a database at all" * 100)
    with pytest.raises(StorageError) as broken:
        Library.open(Settings.read({"STUDIO_HOME": str(tmp_path)}))
    assert broken.value.code == "database_broken"


@pytest.mark.parametrize("home", ["file", "file/below", "x" * 300, "/proc/nope"], ids=lambda home: home[:12])
def test_a_home_that_cannot_be_one(tmp_path: Path, home: str):
    (tmp_path / "file").touch()
    with pytest.raises(StorageError) as refused:
        Library.open(Settings.read({"STUDIO_HOME": str(tmp_path / home)}))
    assert refused.value.code == "data_unwritable"


@pytest.mark.parametrize(
    "url",
    ["nonsense", "nosuch://x/y", "sqlite://", "sqlite:///:memory:", "postgresql+psycopg://nobody@127.0.0.1:1/none"],
)
def test_an_address_of_no_database(tmp_path: Path, url: str):
    with pytest.raises(StorageError):
        Library.open(Settings.read({"STUDIO_HOME": str(tmp_path), "STUDIO_DATABASE_URL": url}))


FOX = Segment(Prompt("一只狐狸", "runs"), 2.5, cut=True, seam="morph", seed=2**32 - 1)


def storyboard(**changes) -> Storyboard:
    return Storyboard(**{"look": Look("bars", 64, 48), "segments": (FOX, FOX), "story": "一只狐狸 runs.", **changes})


def test_a_storyboard_comes_back_as_it_was_kept_with_an_id_for_every_part(library):
    kept = library.storyboards.save(storyboard(title="Fox", wording="same fox", lock_colours=False, lut="silver"))
    assert kept.id and len({segment.id for segment in kept.segments} - {""}) == 2
    assert library.storyboards.load(kept.id) == kept == library.storyboards.save(kept)
    assert library.storyboards.recent() == (kept,)
    doubled = library.storyboards.save(Storyboard(kept.look, (*kept.segments, kept.segments[0]), id=kept.id))
    assert doubled.segments[:2] == kept.segments and doubled.segments[2].id not in {one.id for one in kept.segments}


def test_what_is_unfinished_is_kept_too_and_what_is_endless_is_not(library):
    empty = library.storyboards.save(storyboard(segments=(), story="half a sto"))
    assert library.storyboards.load(empty.id).story == "half a sto"
    with pytest.raises(Invalid) as refused:
        library.storyboards.save(storyboard(story="x" * 2_000_000))
    assert refused.value.code == "storyboard_too_long"


BROKEN = [
    *("{}", "[]", "null", '"x"', "3"),
    '{"look": {}, "segments": [3]}',
    '{"look": {}, "segments": [{"prompt": {}}]}',
    '{"look": {"width": "854"}, "segments": []}',
    '{"look": {}, "segments": [], "story": null}',
]
NO_JSON = ["", "{", "[" * 100_000]
"""PostgreSQL keeps nothing of the kind."""


def test_a_damaged_storyboard_costs_none_beside_it(library):
    good, broken = library.storyboards.save(storyboard()), library.storyboards.save(storyboard(title="broken"))
    value = "cast(:written as json)" if library.database.postgres else ":written"
    damage = sa.text(f"update storyboard set document = {value} where id = :id")
    for written in BROKEN if library.database.postgres else BROKEN + NO_JSON:
        with library.database.write() as connection:
            connection.execute(damage, {"written": written, "id": broken.id})
        assert library.storyboards.recent() == (good,), written[:40]
        with pytest.raises(NotFound) as refused:
            library.storyboards.load(broken.id)
        assert refused.value.code == "storyboard_unreadable"
        assert library.storyboards.save(broken) == library.storyboards.load(broken.id)


def test_a_storyboard_of_more_segments_than_a_film_is_refused(library):
    assert len(library.storyboards.save(storyboard(segments=(FOX,) * 200)).segments) == 200
    with pytest.raises(Invalid) as refused:
        library.storyboards.save(storyboard(segments=(FOX,) * 201))
    assert refused.value.code == "story_too_many"


def test_an_id_that_is_none_is_replaced(library):
    for given in ("../../etc", "'; drop table storyboard; --", "A" * 40, "é"):
        kept = library.storyboards.save(storyboard(id=given))
        assert kept.id != given and library.storyboards.load(kept.id) == kept
        with pytest.raises(NotFound):
            library.storyboards.load(given)


def test_a_storyboard_that_is_deleted_can_be_brought_back_for_an_hour(library, monkeypatch):
    add(library, "fox")
    kept, other = library.storyboards.save(storyboard()), library.storyboards.save(storyboard(title="other"))
    with library.database.write() as connection:
        library.storyboards.remember(connection, kept.id, [WantedTake(kept.segments[0].id, "k", 3)])
        library.storyboards.remember(connection, "nosuch", [WantedTake(kept.segments[0].id, "k", 3)])
    library.storyboards.delete(kept.id)
    assert library.storyboards.recent() == (other,) and library.collect() == 0
    assert library.storyboards.restore(kept.id) == kept
    assert [take.key for take in library.storyboards.takes_of(kept.id)] == ["k"]
    library.storyboards.delete(kept.id)
    monkeypatch.setattr("studio.library.library.UNDO_SECONDS", -1.0)
    library.collect()
    assert library.storyboards.takes_of(kept.id) == ()
    for ask in (library.storyboards.load, library.storyboards.restore, library.storyboards.delete):
        with pytest.raises(NotFound):
            ask(kept.id)


def test_a_cast_member_is_one_whatever_the_case_of_its_name(library):
    mia = library.storyboards.keep_member(CastMember("Mia", "a girl of eight"))
    assert mia == CastMember("Mia", "a girl of eight")
    small = library.storyboards.keep_member(CastMember("mia", "a tall girl"))
    place = library.storyboards.keep_member(CastMember("小屋", "a hut by the sea", "place"))
    assert set(library.storyboards.cast()) == {small, place}
    library.storyboards.drop_member("MIA")
    assert library.storyboards.cast() == (place,)
    with pytest.raises(NotFound):
        library.storyboards.drop_member("MIA")


def test_a_name_that_is_none_is_refused(library):
    for name, kind in (("", "place"), ("two words", "place"), ("a" * 41, "place"), ("a", "tree")):
        with pytest.raises(Invalid):
            library.storyboards.keep_member(CastMember(name, "x", kind))


def test_a_picture_given_again_is_as_new(library, monkeypatch):
    add(library, "fox")
    face = library.keep_picture(picture())
    with library.database.write() as connection:
        connection.execute(sa.text("update picture set created_at = 1"))
    assert library.keep_picture(picture()) == face
    assert library.collect() == 0 and library.media(face)


def test_a_picture_stays_while_somebody_has_it(library, monkeypatch):
    add(library, "fox")
    face, other = library.keep_picture(picture()), library.keep_picture(picture((20, 20)))
    with pytest.raises(NotFound):
        library.storyboards.keep_member(CastMember("Mia", "a girl", picture="f" * 64))
    library.storyboards.keep_member(CastMember("Mia", "a girl", picture=face))
    assert library.collect() == 0 and library.media(other)
    monkeypatch.setattr("studio.library.library.UNDO_SECONDS", -1.0)
    assert library.collect() == 1 and library.media(face)
    library.storyboards.drop_member("Mia")
    assert library.collect() == 1
