"""The command line as a person meets it: real processes, their output and their exit codes."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from pathlib import Path

import av
import pytest

from studio.jobs import Jobs
from studio.library import Library
from studio.settings import Settings
from studio.storyboard import CastMember

ROOT = Path(__file__).parent.parent
SMALL = ["--seconds", "1", "--size", "320x176", "--fps", "12"]
FOX = ["--prompt", "一只狐狸在森林里奔跑，水墨风格"]


def called(home, *arguments, **environ):
    """Run `python -m studio` with a data folder of its own and return the ended process."""
    own = {"STUDIO_HOME": str(home), "LC_ALL": "C.UTF-8", **environ}
    command = [sys.executable, "-W", "error", "-m", "studio", *arguments]
    return subprocess.run(command, cwd=ROOT, env=os.environ | own, capture_output=True, encoding="utf-8", timeout=120)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def fox(home):
    """The answer to the first call for a fox; every later call finds it in the library."""
    ended = called(home, "generate", *FOX, *SMALL, "--json")
    assert (ended.returncode, ended.stderr) == (0, "")
    return json.loads(ended.stdout)


def test_one_sentence_makes_a_film_that_plays(fox):
    assert fox["cached"] is False and fox["seconds_taken"] > 0
    assert (fox["frames"], fox["width"], fox["height"], fox["fps"]) == (12, 320, 176, 12)
    with av.open(fox["path"]) as container:
        assert len(list(container.decode(video=0))) == 12
    assert {"clip", "key", "reading"} <= set(fox)


def test_the_fox_was_understood(fox):
    drawn = {(word["slot"], word["en"].lower()) for word in fox["reading"]["drawn"]}
    for slot, word in {"subject": "fox", "action": "run", "scene": "forest", "style": "ink"}.items():
        assert any(found == slot and word in en for found, en in drawn), (slot, drawn)
    assert fox["reading"]["unknown"] == []


def test_the_same_again_comes_from_the_library(home, fox, tmp_path):
    out = tmp_path / "fox.mp4"
    out.write_bytes(b"an older film")
    again = called(home, "generate", *FOX, *SMALL, "--json", "--out", str(out))
    told = json.loads(again.stdout)
    assert (again.returncode, told["cached"], told["clip"], told["key"]) == (0, True, fox["clip"], fox["key"])
    assert told["path"] == str(out) and out.read_bytes() == Path(fox["path"]).read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["fox.mp4"]


def test_without_json_it_speaks_the_persons_language_and_ends_with_the_path(home, fox):
    ended = called(home, "generate", *FOX, *SMALL, LC_ALL="zh_CN.UTF-8")
    lines = ended.stdout.splitlines()
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "来自作品库" in lines[0] and any(line.startswith("已画出：") for line in lines)
    assert lines[-1] == fox["path"]


def test_the_library_lists_searches_shows_and_deletes(home, fox):
    made = json.loads(called(home, "generate", "--subject", "a cat", "--action", "sits", *SMALL, "--json").stdout)
    listed = json.loads(called(home, "library", "list", "--json").stdout)
    assert [clip["clip"] for clip in listed["clips"]] == [made["clip"], fox["clip"]] and listed["total"] == 2
    assert [clip["clip"] for clip in json.loads(called(home, "library", "search", "狐", "--json").stdout)["clips"]] == [
        fox["clip"]
    ]
    shown = json.loads(called(home, "library", "show", made["clip"], "--json").stdout)
    assert shown["slots"]["subject"] == "a cat" and shown["path"] == made["path"]
    assert json.loads(called(home, "library", "delete", made["clip"], "--json").stdout) == {"deleted": made["clip"]}
    gone = called(home, "library", "delete", made["clip"])
    assert gone.returncode == 1 and len(gone.stderr.splitlines()) == 1
    assert made["clip"] not in called(home, "library", "list").stdout


TINY = ["--size", "128x72", "--fps", "12"]


@pytest.fixture(scope="module")
def told(home, tmp_path_factory):
    """A story file and the answer to the first call that makes a film of it."""
    story = tmp_path_factory.mktemp("story") / "story.txt"
    story.write_text("A fox walks through the forest [0.5s]. It drinks at a stream [0.5s]. Cut. The moon rises [0.5s].")
    ended = called(home, "film", str(story), *TINY, "--json")
    assert (ended.returncode, ended.stderr) == (0, "")
    return story, json.loads(ended.stdout)


def test_a_story_makes_one_film_that_plays(told):
    _, film = told
    assert film["cached"] is False and film["seconds_taken"] > 0 and 1 <= film["score"] <= 5
    assert (film["width"], film["height"], film["fps"]) == (128, 72, 12)
    assert film["frames"] == sum(segment["frames"] for segment in film["segments"])
    assert [set(segment) for segment in film["segments"]] == [{"key", "text", "frames", "cut", "seam"}] * len(
        film["segments"]
    )
    assert len(film["segments"]) >= 2 and film["segments"][0]["cut"] and "fox" in film["segments"][1]["text"].lower()
    with av.open(film["path"]) as container:
        assert len(list(container.decode(video=0))) == film["frames"]


def test_the_same_story_comes_from_the_library_also_through_a_pipe(home, told, tmp_path):
    story, film = told
    out = tmp_path / "film.mp4"
    command = [sys.executable, "-W", "error", "-m", "studio", "film", "-", *TINY, "--json", "--out", str(out)]
    own = os.environ | {"STUDIO_HOME": str(home), "LC_ALL": "C.UTF-8"}
    marked = b"\xef\xbb\xbf" + story.read_bytes()
    again = json.loads(subprocess.run(command, input=marked, cwd=ROOT, env=own, capture_output=True, check=True).stdout)
    assert (again["cached"], again["clip"], again["key"]) == (True, film["clip"], film["key"])
    assert out.read_bytes() == Path(film["path"]).read_bytes()
    spoken = called(home, "film", str(story), *TINY, "--mend", LC_ALL="zh_CN.UTF-8")
    assert "来自作品库" in spoken.stdout.splitlines()[0] and spoken.stdout.splitlines()[-1] == film["path"]


def test_another_seam_is_another_film_of_the_same_takes(home, told):
    story, film = told
    blended = json.loads(called(home, "film", str(story), *TINY, "--seam", "blend", "--json").stdout)
    assert blended["key"] != film["key"] and blended["frames"] == film["frames"]
    assert [one["key"] for one in blended["segments"]] == [one["key"] for one in film["segments"]]
    assert "blend" in [one["seam"] for one in blended["segments"]]


def test_no_film_takes_the_place_of_its_story_or_of_anything_in_the_data_folder(home, told, tmp_path):
    story, _ = told
    (tmp_path / "link.txt").symlink_to(story)
    for out in (story, tmp_path / "link.txt", home / "library.sqlite3", home / "new.mp4", home / "media" / "x.mp4"):
        before = out.read_bytes() if out.exists() else None
        ended = called(home, "film", str(story), *TINY, "--json", "--out", str(out))
        code = "cli_out_at_home" if out.is_relative_to(home) else "cli_out_story"
        assert ended.returncode == 1 and json.loads(ended.stdout)["error"]["code"] == code
        assert before == (out.read_bytes() if out.exists() else None)
    ended = called(home, "generate", *FOX, *SMALL, "--json", "--out", str(home / "library.sqlite3"))
    assert ended.returncode == 1 and json.loads(ended.stdout)["error"]["code"] == "cli_out_at_home"


def test_a_story_leaves_the_cast_as_it_is_and_says_what_is_to_be_said(home, tmp_path):
    with closing(Library.open(Settings.read({"STUDIO_HOME": str(home)}))) as library:
        mia = library.storyboards.keep_member(CastMember("Mia", "a tall woman, green coat"))
        story = tmp_path / "story.txt"
        story.write_text("@Mia: a girl of eight\n@Tom: a boy, blue cap\n@Mia meets @Anna [0.5s]. @Tom waits [0.5s].")
        film = json.loads(called(home, "film", str(story), *TINY, "--json").stdout)
        assert library.storyboards.cast() == (mia, CastMember("Tom", "a boy, blue cap"))
        assert ["girl of eight" in one["text"] for one in film["segments"]] == [True, False]
        assert "blue cap" in film["segments"][1]["text"]
        assert ["@Mia" in note or "@Anna" in note for note in film["notes"]].count(True) == 2
        spoken = called(home, "film", str(story), *TINY)
        assert spoken.stderr.splitlines() == film["notes"] and spoken.returncode == 0


def test_the_segment_that_is_refused_is_named(home, tmp_path):
    story = tmp_path / "story.txt"
    story.write_text("A fox runs [1s]. A cat sits [60s].")
    ended = called(home, "film", str(story), *TINY, "--json")
    error = json.loads(ended.stdout)["error"]
    assert (error["code"], error["values"]["segment"]) == ("seconds_refused", 2)
    assert error["message"].startswith("Segment 2: ") and ended.stderr.strip() == error["message"]
    story.write_text("A fox runs [99s].")
    assert "60" not in called(home, "film", str(story), *TINY).stderr, "no engine makes that either"


BAD_STORIES = {
    "story_empty": b" \n\t ",
    "cli_story_refused": b"a fox \xff runs",
    "story_too_many": b"A fox runs. " * 500,
    "story_too_long": b"x" * 900_000,
    "story_seconds_refused": b"A fox runs [0s].",
}


@pytest.mark.parametrize("code", BAD_STORIES)
def test_what_is_no_story_is_said_in_one_line(refusals, code):
    status, output, complaint = refusals[code]
    assert status == 1 and len(complaint.splitlines()) == 1 and "Traceback" not in complaint
    assert json.loads(output)["error"]["code"] == code


BAD = {
    "size 0": ["generate", "--subject", "fox", "--size", "0"],
    "size -1": ["generate", "--subject", "fox", "--size", "-1"],
    "size 0x0": ["generate", "--subject", "fox", "--size", "0x0"],
    "size -1x-1": ["generate", "--subject", "fox", "--size=-1x-1"],
    "size 7x7": ["generate", "--subject", "fox", "--size", "7x7"],
    "size 100000x100000": ["generate", "--subject", "fox", "--size", "100000x100000"],
    "NaN seconds": ["generate", "--subject", "fox", "--seconds", "nan"],
    "endless": ["generate", "--subject", "fox", "--seconds", "inf"],
    "no number": ["generate", "--subject", "fox", "--fps", "many"],
    "seed 2^80": ["generate", "--subject", "fox", "--seed", str(2**80)],
    "unknown engine": ["generate", "--subject", "fox", "--engine", "../../etc/passwd"],
    "empty subject": ["generate", "--subject", "", "--action", "runs"],
    "20,000 characters": ["generate", "--prompt", "狐" * 20_000],
    "control characters alone": ["generate", "--subject", "\x1b\x07\u202e", "--action", "runs"],
    "control characters": ["generate", "--subject", "fox", "--size", "\x1b[2J\x07\u202e"],
    "bytes that are no text": ["generate", "--subject", b"fox\xff"],
    "out is a folder": ["generate", "--subject", "fox", "--out", "/"],
    "out with an endless name": ["generate", "--subject", "fox", "--out", "/tmp/" + "fox" * 200],
    "out without folder": ["generate", "--subject", "fox", "--out", "/no/such/folder/fox.mp4"],
    "no story": ["film", "/no/such/story.txt"],
    "a folder for a story": ["film", "/"],
    "unknown grade": ["film", __file__, "--lut", "../../etc/passwd"],
    "unknown seam": ["film", __file__, "--seam", "glue"],
    "film of size 7x7": ["film", __file__, "--size", "7x7"],
    "unknown clip": ["library", "show", "../../etc/passwd"],
    "delete unknown clip": ["library", "delete", "nosuchclip"],
}
WRONG = {
    "no command": [],
    "unknown command": ["make"],
    "size without a sign of equality": ["generate", "--size", "-1x-1"],
    "unknown option": ["generate", "--colour", "red"],
    "a sentence and a slot": ["generate", "--prompt", "a fox", "--subject", "a cat"],
}


@pytest.fixture(scope="module")
def refusals(home, tmp_path_factory):
    """What became of every bad call and story, all in one process: name -> [exit code, output, complaint]."""
    calls, folder = BAD | WRONG, tmp_path_factory.mktemp("stories")
    for code, content in BAD_STORIES.items():
        (folder / code).write_bytes(content)
        calls[code] = ["film", str(folder / code), *TINY, "--json"]
    given = json.dumps([[os.fsdecode(argument) for argument in arguments] for arguments in calls.values()])
    own = os.environ | {"STUDIO_HOME": str(home), "LC_ALL": "C.UTF-8"}
    command = [sys.executable, "-W", "error", "-m", "tests.calls"]
    ended = subprocess.run(command, input=given, cwd=ROOT, env=own, capture_output=True, encoding="utf-8", timeout=120)
    assert (ended.returncode, ended.stderr) == (0, "")
    return dict(zip(calls, json.loads(ended.stdout), strict=True))


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_done_is_said_in_one_line(refusals, name):
    code, output, complaint = refusals[name]
    assert (code, output) == (1, "")
    assert len(complaint.splitlines()) == 1 and complaint.strip()
    assert "Traceback" not in complaint and not any(mark in complaint for mark in "\x1b\x07\u202e")


@pytest.mark.parametrize("name", ["bytes that are no text", "control characters", "unknown clip"])
def test_a_process_ends_as_its_call_does(home, refusals, name):
    ended = called(home, *BAD[name])
    assert [ended.returncode, ended.stdout, ended.stderr] == refusals[name]


def test_with_json_an_error_is_one_object_too_and_speaks_the_persons_language(home):
    ended = called(home, "generate", "--subject", "fox", "--size", "7x7", "--json", LC_ALL="zh_CN.UTF-8")
    error = json.loads(ended.stdout)["error"]
    assert (ended.returncode, error["code"]) == (1, "size_refused")
    assert ended.stderr.strip() == error["message"] and "边长" in error["message"]


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_call_is_explained_in_one_line(refusals, name):
    code, output, complaint = refusals[name]
    assert (code, output) == (2, "")
    assert len(complaint.splitlines()) == 1 and "--help" in complaint


def test_settings_that_cannot_be_are_said_in_one_line(tmp_path):
    (tmp_path / "file").touch()
    for environ in ({"STUDIO_PORT": "many"}, {"STUDIO_HOME": str(tmp_path / "file")}):
        ended = called(tmp_path, "library", "list", **environ)
        assert ended.returncode == 1
        assert len(ended.stderr.splitlines()) == 1 and "Traceback" not in ended.stderr


@pytest.mark.parametrize(("stop", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_stops_at_once_and_leaves_the_library_whole(tmp_path, stop, code):
    command = [sys.executable, "-m", "studio", "generate", *FOX, "--seconds", "5", "--size", "1280x704"]
    own = {"STUDIO_HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}
    with (
        closing(Library.open(Settings.read(own))) as library,
        subprocess.Popen(command, cwd=ROOT, env=os.environ | own, stderr=subprocess.PIPE, text=True) as process,
    ):
        jobs = Jobs(library, Settings.read(own))
        until = time.monotonic() + 120
        while time.monotonic() < until and not any(job.progress > 0 for job in jobs.recent()):
            time.sleep(0.05)
        process.send_signal(stop)
        said = process.communicate(timeout=120)[1]
        assert process.returncode == code and "Traceback" not in said
        assert [job.status for job in jobs.recent()] == ["cancelled"]
    assert [path.name for path in (tmp_path / "media").rglob("*") if path.is_file()] == []


def test_it_works_beside_a_running_studio(home, fox):
    settings = Settings.read({"STUDIO_HOME": str(home)})
    with closing(Library.open(settings)) as library, closing(Jobs(library, settings)) as jobs:
        jobs.start()
        ended = called(home, "generate", "--subject", "a rabbit", "--action", "jumps", *SMALL, "--json")
        told = json.loads(ended.stdout)
        assert ended.returncode == 0 and library.clip(told["clip"]).key == told["key"]


def test_serve_opens_the_page_and_ends_when_told_to(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {"STUDIO_HOME": str(tmp_path), "STUDIO_PORT": str(port), "LC_ALL": "C.UTF-8"}
    command = [sys.executable, "-m", "studio", "serve"]
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | own, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert str(port) in process.stdout.readline()
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=120) as answer:
                assert json.load(answer) == {"ok": True}
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(timeout=120) in (0, 130)


def test_the_doctor_says_what_is_here(home):
    ended = called(home, "doctor", "--json")
    report = json.loads(ended.stdout)
    assert ended.returncode == 0 and report["problems"] == []
    assert report["engines"]["animatic"] == {"ready": True, "why": ""}
    assert {"gpu", "memory", "ffmpeg", "fonts", "disk", "home", "database", "packages", "python"} <= set(report)
    assert report["home"] == str(home) and report["disk"]["free_gb"] > 0
    assert report["packages"]["numpy"] and Path(report["ffmpeg"]["path"]).is_file()


def test_the_doctor_names_what_is_wrong_and_keeps_passwords_to_itself(tmp_path):
    (tmp_path / "file").touch()
    secret = "postgresql+psycopg://me:secret@example.org/films"
    environ = {"STUDIO_HOME": str(tmp_path / "file" / "data"), "STUDIO_DATABASE_URL": secret}
    ended = called(tmp_path, "doctor", IMAGEIO_FFMPEG_EXE="/no/such/ffmpeg", **environ)
    assert ended.returncode == 1 and "Traceback" not in ended.stderr
    assert len(ended.stderr.splitlines()) >= 2
    assert "secret" not in ended.stdout and "me:***@example.org" in ended.stdout


def test_help_is_there_in_both_languages(tmp_path):
    english, chinese = (called(tmp_path, "generate", "--help", LC_ALL=locale) for locale in ("C.UTF-8", "zh_CN.UTF-8"))
    assert english.returncode == chinese.returncode == 0
    assert "--lighting" in english.stdout and "光线" in chinese.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_limit_beyond_all_bounds_lists_what_there_is(home, fox):
    for limit, shown in {str(10**39): True, "-5": True, "many": False}.items():
        ended = called(home, "library", "list", "--json", "--limit", limit)
        assert (ended.returncode == 0) == shown and "Traceback" not in ended.stderr


def test_a_reader_that_closes_early_is_no_error(home, fox):
    command = f"{sys.executable} -m studio library list --json | head -c 1"
    own = {"STUDIO_HOME": str(home), "LC_ALL": "C.UTF-8"}
    ended = subprocess.run(command, shell=True, cwd=ROOT, env=os.environ | own, capture_output=True, text=True)
    assert (ended.stdout, ended.stderr) == ("{", "")
