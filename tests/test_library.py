"""The library on both databases: finding, deleting, files and their references, migrations, broken ground."""

import threading
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from models.engine import Prompt, Reading, Word
from studio.errors import NotFound, StorageError
from studio.library import Clip, ClipQuery, Library, database, new_id
from studio.library.schema import clip, metadata
from studio.library.store import Staged, Store
from studio.settings import Settings
from studio.storyboard import Look


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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
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
    ],
)
def test_search_finds_words_of_any_language_from_one_character_up(library, text, expected):
    for age, sentence in enumerate(("Élan d'été", "一只狐狸在森林里奔跑", "a Fox, 100%")):
        add(library, sentence, created_at=float(age))
    assert found(library, text) == expected


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


@pytest.mark.parametrize("clip_id", ["nosuch", "", "../../etc/passwd", "x" * 10_000, "é\u202e"])
def test_an_unknown_clip_is_said_to_be_unknown(library, clip_id):
    for ask in (library.clip, library.delete, library.restore, lambda name: library.set_favourite(name, True)):
        with pytest.raises(NotFound) as unknown:
            ask(clip_id)
        assert unknown.value.code == "clip_unknown"


@pytest.mark.parametrize("digest", ["../../etc/passwd", "", "tmp", "0" * 64])
def test_media_gives_nothing_but_files_of_clips(library, digest):
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
    done = threading.Event()

    def write(number: int) -> None:
        for turn in range(25):
            made = add(library, f"clip {turn % 5}", key=f"{number}-{turn}")
            assert library.media(made.video).path.read_bytes() == f"video clip {turn % 5}".encode()
            library.delete(made.id)

    def collect() -> int:
        deleted = 0
        while not done.is_set():
            deleted += library.collect()
        return deleted

    with ThreadPoolExecutor(4) as threads:
        collector = threads.submit(collect)
        writers = [threads.submit(write, number) for number in range(3)]
        wait(writers)
        done.set()
        for writer in writers:
            writer.result()
        assert collector.result() > 10, "a run that deletes nothing proves nothing"


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
