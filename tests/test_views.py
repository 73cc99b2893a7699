"""What the parts of the page say of jobs and clips that a browser test would have to wait for."""

import re

import gradio as gr
import pytest

from models.engine import Prompt
from studio.errors import Invalid
from studio.jobs import Jobs
from studio.library import Library
from studio.settings import Settings
from studio.storyboard import Look, Segment
from studio.text import say
from studio.ui.form import lengths, read_seconds, read_seed, read_size, shape_name, shapes
from studio.ui.markup import render
from studio.ui.player import Player
from studio.ui.samples import FOLDER, sample, samples
from studio.ui.seat import Seat
from studio.ui.styles import cards, translated
from studio.ui.tray import Tray
from studio.ui.wire import Wire
from studio.ui.words import wait
from tests.bars import Bars

BARS = Look(engine="bars", width=64, height=48)


@pytest.fixture(scope="module")
def studio(tmp_path_factory):
    settings = Settings.read({"STUDIO_HOME": str(tmp_path_factory.mktemp("home"))})
    library = Library.open(settings)
    jobs = Jobs(library, settings)
    jobs.start()
    yield library, jobs
    jobs.close()
    library.close()


def test_a_failed_job_says_what_to_do_in_both_places(studio):
    library, jobs = studio
    job = jobs.wait(jobs.submit(Segment(Prompt("a broken bar", "fail"), 0.5), BARS).id, 60)
    assert job.status == "failed"
    seat = Seat()
    seat.watch(job.id)
    for language in ("en", "zh"):
        shown = Player(library, jobs).html(seat, language)
        assert say("player_failed", language) in shown and 'data-act="retry"' in shown
        assert say("tray_retry", language, {"title": job.title}) in Tray(library, jobs).html(language)
    assert "RuntimeError" not in shown and "told to fail" not in shown


def test_a_deleted_clip_leaves_the_player_and_the_tray(studio):
    library, jobs = studio
    job = jobs.wait(jobs.submit(Segment(Prompt("a bar to delete"), 0.5), BARS).id, 60)
    seat, player, tray = Seat(), Player(library, jobs), Tray(library, jobs)
    seat.watch(job.id)
    assert "A bar to delete" in player.html(seat, "en") and seat.showing == job.clip_id
    library.delete(job.clip_id)
    assert 'data-state="sample"' in player.html(seat, "en") and seat.showing == ""
    assert say("tray_gone", "en") in tray.html("en")


def test_a_page_that_opens_follows_what_is_running(studio):
    library, jobs = studio
    job = jobs.submit(Segment(Prompt("a slow bar", "pause 0.05"), 1.0), BARS)
    seat = Seat()
    Player(library, jobs).take_up(seat)
    assert seat.watching == job.id and not seat.asked_here
    jobs.wait(job.id, 60)
    shown = Player(library, jobs).html(seat, "en")
    assert "A slow bar" in shown and 'data-start="now"' in shown


def test_parts_escape_what_they_are_given():
    run = {"slot": "subject", "text": "<script>alert(1)</script>\"'", "blank": False}
    html = render("sentence", "en", {"runs": [run]})
    assert "<script>" not in html and "&lt;script&gt;" in html and "\"'" not in html


def test_a_page_is_sent_a_part_only_when_it_is_new():
    seat = Seat()
    assert [seat.news("tray", html) for html in ("a", "a", "b", "b", "a")] == [True, False, True, False, True]


def test_one_card_is_chosen_by_words_in_any_language_and_none_by_others():
    for typed in ("anime", "日系动漫风格", "Anime style"):
        assert cards(typed, "en").count('aria-checked="true"') == 1
    own = cards("a style nobody has", "en")
    assert 'aria-checked="true"' not in own and own.count('tabindex="0"') == 1 and 'data-own="true"' in own
    assert translated("anime style", "zh") == "日系动漫风格" and translated("my own", "zh") == "my own"


def test_the_form_offers_what_the_engine_can_do():
    assert shapes(Bars.limits) == [("4:3", "64x48")] and lengths(Bars.limits) == [1.0, 2.0, 5.0]
    assert [shape_name(*size) for size in ((854, 480), (480, 854), (640, 640), (1000, 400))] == [
        "16:9",
        "9:16",
        "1:1",
        "5:2",
    ]


@pytest.mark.parametrize("seed", ["", "-1", "1.5", "seven", "٣", "9" * 5000, None])
def test_a_seed_that_is_no_whole_number_is_refused(seed):
    with pytest.raises(Invalid, match="seed_refused"):
        read_seed(seed)


@pytest.mark.parametrize(
    ("read", "wrong"), [(read_seconds, "soon"), (read_seconds, None), (read_size, "x"), (read_size, "-1x7")]
)
def test_a_length_or_size_that_is_none_is_refused(read, wrong):
    with pytest.raises(Invalid, match="unreadable"):
        read(wrong)


def test_waits_are_rounded_up():
    assert [wait(seconds, "en") for seconds in (0.1, 2.2, 99, 125)] == ["1 s", "3 s", "99 s", "2 min"]


def test_the_samples_are_there_and_small():
    assert len(samples()) >= 4 and sample("nothing") == samples()[0]
    for one in samples():
        assert set(one.prompts) == {"en", "zh"} and all(prompt.sentence for prompt in one.prompts.values())
        assert (FOLDER / f"{one.id}.mp4").stat().st_size and (FOLDER / f"{one.id}.jpg").stat().st_size
    shipped = [*FOLDER.iterdir(), *(FOLDER.parent / "styles").iterdir()]
    assert sum(path.stat().st_size for path in shipped) < 3_000_000


def test_a_defect_is_shown_with_a_reference_and_logged_whole(caplog):
    wire = Wire("language", "seat", "toast")  # components are but names of values here
    request = gr.Request(headers={"accept-language": "zh-CN,en;q=0.5"}, query_params={})

    def broken(ask):
        raise ZeroDivisionError("inside")

    shown = wire._answer(broken, {"language": "", "seat": None}, request, {})["toast"]
    reference = re.search(r"R-[0-9A-F]{4}-[0-9A-F]{2}", shown).group()
    assert say("page_unexpected", "zh") in shown and "inside" not in shown and "Traceback" not in shown
    assert reference in caplog.text and "ZeroDivisionError: inside" in caplog.text
