"""The page as a person meets it: a real browser, a real studio process, the real engine."""

import json
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import closing, contextmanager

import pytest

from models.engine import Prompt
from studio.jobs import Jobs
from studio.library import Library
from studio.settings import Settings
from studio.storyboard import Look, Segment
from studio.text import say
from tests.browser import CHROMIUM, ROOT, Studio, visiting

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM}")

WORDS = {
    ("desktop", "en"): ("a fox", "runs", "in a forest", "A fox runs"),
    ("phone", "zh"): ("一只猫", "跳跃", "在海滩上", "一只猫"),
}
SMALL = 'document.querySelector("#subject input")'


@pytest.fixture(scope="module")
def studio(tmp_path_factory):
    running = Studio(tmp_path_factory.mktemp("page") / "home")
    running.wait()
    yield running
    assert running.stop() == 0, running.log.read_text()
    assert "Traceback" not in running.log.read_text(), running.log.read_text()


@contextmanager
def busy(studio):
    """Keep a studio at work on something large, so that what is asked for meanwhile cannot be done too soon."""
    settings = Settings.read({"STUDIO_HOME": str(studio.home)})
    with closing(Library.open(settings)) as library:
        jobs = Jobs(library, settings)
        large = jobs.submit(Segment(Prompt("a wolf", "runs", "in a forest"), 5.0), Look(width=1920, height=1080))
        try:
            yield
        finally:
            jobs.cancel(large.id)


def choose_seconds(visit, number):
    visit.page.click("#more button")
    visit.page.locator("#seconds label", has_text=str(number)).click()


def make(visit, subject, action="stands", scene="", seconds=1):
    """Make a short clip and wait until it plays."""
    for field, words in (("subject", subject), ("action", action), ("scene", scene)):
        visit.write(field, words)
    if visit.page.locator("body.s-more-open").count() == 0:
        choose_seconds(visit, seconds)
    visit.button("about|约|at once|立即")
    visit.make()
    visit.play(subject[1:])


@pytest.mark.parametrize(("size", "language"), list(WORDS))
def test_a_sentence_becomes_a_clip_while_the_tab_is_closed(browser, studio, size, language):
    subject, action, scene, title = WORDS[size, language]
    with visiting(browser, studio, size, language) as visit:
        page = visit.page
        assert page.locator(".s-smp img").count() >= 4
        assert page.locator("#generate").is_disabled()
        assert say("create_nobody", language) == page.locator("#generate").inner_text()
        visit.fits()
        for field, words in (("subject", subject), ("action", action), ("scene", scene)):
            page.locator(f"#{field} input").press_sequentially(words)
        page.locator(".s-sty").first.click()
        choose_seconds(visit, 1)
        visit.button(r"Make the clip, about \d+ s|生成短片，约 \d+ 秒")
        assert page.locator(".s-sentence").inner_text().startswith(title)
        with busy(studio):
            visit.make()
            page.wait_for_selector(".s-player[data-state=working] .s-working")
            page.wait_for_function("document.querySelector('#player').getBoundingClientRect().bottom > innerHeight / 4")
            visit.fits()

            page = visit.again().page  # the tab is closed while it is drawn
            page.click(".s-tray")
            row = page.locator(".s-job", has_text=title).first
            assert row.get_attribute("data-status") in ("waiting", "working")
        visit.play(title)
        page.keyboard.press("Escape")
        assert say("player_drawn", language) in page.locator(".s-acct").text_content()
        visit.fits()

        page.click("#player [data-act=use_again]")
        visit.button(say("create_at_once", language))
        assert page.input_value("#subject input") == subject
        visit.make()
        page.wait_for_selector(".s-mark")
        assert say("player_reused", language) in page.locator(".s-mark").inner_text()
        page.locator("#dice").click()
        visit.button("about|约")

        visit.tab("library")
        assert title in page.locator(".s-po").first.inner_text()
        visit.fits()


def test_the_language_changes_every_word_but_those_typed_and_is_kept_as_the_light_is(browser, studio):
    with visiting(browser, studio) as visit:
        page = visit.page
        visit.write("subject", "<b>a heron</b>")
        visit.write("seed", "2000000000000")
        page.wait_for_selector(".s-tip-bad")
        english = set(page.evaluate("document.body.innerText").split("\n"))
        page.click("#language")
        page.wait_for_selector("html[lang=zh-CN]")
        page.wait_for_function("document.querySelector('.s-tray').innerText.includes('任务')")
        chinese = set(page.evaluate("document.body.innerText").split("\n"))
        alike = {line for line in english & chinese if re.search("[A-Za-z]", line)}
        assert alike <= {"Segue"}, alike
        assert page.input_value("#subject input") == "<b>a heron</b>"
        assert page.get_attribute("#action input", "placeholder") == say("create_action_hint", "zh")
        assert "种子" in page.locator(".s-tip-bad").inner_text()
        assert page.locator("#library-button").inner_text() == say("page_library", "zh")
        assert page.locator(".s-idea").first.inner_text() != ""
        assert page.input_value("#style input") == "日系动漫风格"
        assert page.evaluate("document.body.classList.contains('dark')")
        page.click("[data-toggle=theme]")
        assert not page.evaluate("document.body.classList.contains('dark')")
        visit.again()
        visit.page.wait_for_selector("html[lang=zh-CN]")  # the choice is kept
        assert not visit.page.evaluate("document.body.classList.contains('dark')")


def test_the_seed_is_refused_in_words_and_the_empty_subject_in_the_button(browser, studio):
    with visiting(browser, studio) as visit:
        visit.write("subject", "a deer")
        visit.write("seed", str(2**80))
        visit.button(re.escape(say("create_cannot", "en")))
        assert "4294967295" in visit.page.locator(".s-tip-bad").inner_text()
        visit.write("seed", "-1")
        visit.page.wait_for_function("document.querySelector('.s-tip-bad').innerText.includes('-1')")
        visit.write("seed", "5")
        visit.button("about")
        visit.write("subject", "x" * 20_000)
        visit.page.wait_for_function("document.querySelector('.s-tip-bad')?.innerText.includes('20000')")
        visit.write("subject", " \u202e\u0000 ")
        visit.button(re.escape(say("create_nobody", "en")))


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_engines_open_beside_their_field(browser, studio, size):
    with visiting(browser, studio, size) as visit:
        page = visit.page
        page.click("#more button")
        page.click("#engine input")
        page.locator("#engine [role=option]").first.click()  # fails while something lies over it
        assert page.input_value("#engine input") == say("page_engine_animatic", "en")
        visit.fits()


def test_a_whole_sentence_is_split_and_a_vague_word_mended(browser, studio):
    with visiting(browser, studio, language="zh") as visit:
        page = visit.page
        visit.write("subject", "一只狐狸在森林里奔跑，水墨风格")
        page.click(".s-tip button[data-act=split]")
        page.wait_for_function(f"{SMALL}.value === '一只狐狸'")
        assert page.input_value("#action input") == "奔跑"
        assert "森林" in page.input_value("#scene input")
        page.wait_for_selector(".s-sty[aria-checked=true] >> text=水墨")
        visit.write("action", "很酷")
        page.click(".s-tip button[data-act=accept]")
        page.wait_for_function("document.querySelector('#action input').value !== '很酷'")


def test_words_of_the_sentence_lead_to_their_fields_and_ideas_fill_them(browser, studio):
    with visiting(browser, studio) as visit:
        page = visit.page
        page.click(".s-run[data-slot=action]")
        page.wait_for_function("document.activeElement.closest('#action') !== null")
        idea = page.locator("#ideas .s-idea").first
        words = idea.inner_text()
        idea.click()
        page.wait_for_function("words => document.querySelector('#action input').value === words", arg=words)
        page.wait_for_function("words => document.querySelector('.s-sentence').innerText.includes(words)", arg=words)
        card = page.locator(".s-sty[aria-checked=true]")
        card.focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_selector(".s-sty:nth-child(3)[aria-checked=true]")
        assert page.evaluate("document.activeElement.matches('.s-sty:nth-child(3)')")


def test_work_is_cancelled_before_its_end(browser, studio):
    with visiting(browser, studio) as visit:
        page = visit.page
        visit.write("subject", "a rabbit")
        choose_seconds(visit, 5)
        visit.button("about")
        visit.make()
        page.wait_for_function("/[1-9]\\d* %/.test(document.querySelector('.s-working')?.innerText)")
        page.click("#player [data-act=cancel]")
        page.wait_for_selector(".s-job[data-status=cancelled]", state="attached")
        page.wait_for_selector(".s-player:not([data-state=working])")
        assert say("tray_cancelled", "en") in page.locator(".s-job[data-status=cancelled]").first.text_content()


def test_the_library_finds_filters_deletes_and_gives_back(browser, studio):
    with visiting(browser, studio) as visit:
        page = visit.page
        studio.clip("a badger")
        studio.clip("an owl")
        visit.tab("library")
        page.wait_for_selector(".s-po >> text=badger")
        visit.write("search", "badg")
        page.wait_for_function("document.querySelectorAll('.s-po').length === 1")
        assert "badger" in page.locator(".s-po").inner_text()
        page.click(".s-po")
        page.wait_for_selector(".s-det")
        page.click(".s-det [data-act=favourite]")
        page.wait_for_selector(".s-det [data-act=favourite][aria-pressed=true]")
        visit.write("search", "")
        page.click(".s-chip[data-facet=favourites]")
        page.wait_for_function("document.querySelectorAll('.s-po').length === 1")
        page.click(".s-det [data-act=delete]")
        page.wait_for_selector(".s-empty")
        page.click(".s-toast [data-act=undo]")
        page.wait_for_selector(".s-po >> text=badger")
        page.click(".s-chip[data-facet=all]")
        page.click(".s-chip[data-facet=style][data-value=anime]")
        page.wait_for_selector(".s-chip[data-value=anime][aria-pressed=true]")
        page.wait_for_selector(".s-po >> text=owl")
        visit.write("search", "nothing is called this")
        page.wait_for_selector(".s-empty [data-act=clear]")
        page.click(".s-empty [data-act=clear]")
        page.wait_for_selector(".s-po >> text=badger")
        page.locator(".s-po", has_text="badger").first.click()
        page.click(".s-det [data-act=use_again]")
        page.wait_for_function(f"{SMALL}.value === 'a badger'")
        assert page.locator("#create-button").get_attribute("aria-selected") == "true"


def test_two_people_delete_the_same_clip(browser, studio):
    with visiting(browser, studio) as one, visiting(browser, studio) as two:
        studio.clip("a toad")
        for visit in (one, two):
            visit.tab("library")
            visit.page.locator(".s-po", has_text="toad").first.click()
            visit.page.wait_for_selector(".s-det >> text=toad")
        at_once = one.page.evaluate("Date.now() + 4000")  # before either page hears of the other
        for visit in (one, two):
            press = "document.querySelector('.s-det [data-act=delete]').click()"
            visit.page.evaluate(f"at => {{ setTimeout(() => {press}, at - Date.now()) }}", at_once)
        for visit in (one, two):
            visit.page.wait_for_selector(".s-toast")
            visit.page.wait_for_selector(".s-po >> text=toad", state="detached")
        assert sorted(visit.page.locator(".s-toast-bad").count() for visit in (one, two)) == [0, 1]


def test_nothing_typed_is_ever_run(browser, studio):
    hostile = "<img src=x onerror=alert(1)> <script>alert(2)</script> {{7*7}} ${alert(3)} `a` \\\" ' </p>"
    with visiting(browser, studio) as visit:
        make(visit, hostile, "${document.title='owned'}")
        visit.page.click(".s-tray")
        assert "${alert(3)}" in visit.page.locator(".s-job").first.inner_text()
    with visiting(browser, studio) as visit:  # in another visitor's page
        visit.tab("library")
        visit.write("search", "${alert(3)}")
        visit.page.wait_for_function("document.querySelectorAll('.s-po').length === 1")
        visit.page.click(".s-po")
        visit.page.wait_for_selector(".s-det")
        assert "{{7*7}}" in visit.page.locator(".s-det h2").inner_text()
        assert "<script>" in visit.page.locator(".s-det h2").inner_text()
        assert visit.page.title() == "Segue"
        assert visit.page.locator("#library img[src=x], .s-det script").count() == 0
        visit.page.click(".s-det [data-act=delete]")
        visit.page.wait_for_selector(".s-toast")
        assert "${alert(3)}" in visit.page.locator(".s-toast").inner_text()
        visit.page.reload()
        visit.page.wait_for_selector(".s-sty")


def test_an_address_opens_its_clip(browser, studio):
    clip = studio.clip("a goose")
    studio.clip("a duck")
    with visiting(browser, studio) as visit:
        visit.open(f"/?clip={clip}")
        visit.play("goose")
        for nothing in ("../../etc/passwd", "%3Cscript%3Ealert(1)%3C/script%3E"):
            visit.open(f"/?clip={nothing}")
            visit.page.wait_for_selector(".s-toast-bad")
            visit.page.wait_for_selector(".s-player[data-state=clip] h2 >> text=duck")


def test_a_playing_clip_is_left_alone(browser, studio):
    with visiting(browser, studio) as visit:
        make(visit, "a swan", "stands")
        visit.page.evaluate("document.querySelector('#player video').dataset.same = 'yes'; window.loads = 0")
        visit.page.evaluate(
            "document.querySelector('#player video').addEventListener('loadstart', () => { window.loads += 1 })"
        )
        visit.page.click("#player [data-act=favourite]")
        visit.page.wait_for_selector("#player [data-act=favourite][aria-pressed=true]")
        visit.write("subject", "a swan again")
        visit.page.wait_for_timeout(2000)
        assert visit.page.evaluate("window.loads") == 0
        assert not visit.page.evaluate("document.querySelector('#player video').paused")


def test_everything_to_press_has_a_name_and_room_for_a_thumb(browser, studio):
    with visiting(browser, studio, "phone") as visit:
        visit.page.click("#more button")
        visit.page.wait_for_selector("body.s-more-open")
        nameless, small = visit.page.evaluate(
            """() => {
              const seen = [...document.querySelectorAll('button, a, input, [role=radio]')].filter(
                (one) => one.checkVisibility() && one.getBoundingClientRect().width > 2 && !one.closest('.s-sentence'));
              const name = (one) => one.getAttribute('aria-label') || one.innerText.trim() || one.labels?.[0]?.innerText
                || one.placeholder;
              const box = (one) => (one.type === 'radio' ? one.closest('label') : one).getBoundingClientRect();
              const little = (one) => one.type !== 'range' && Math.min(box(one).height, box(one).width) < 43;
              const show = (list) => list.map((one) => one.outerHTML.slice(0, 120));
              return [show(seen.filter((one) => !name(one))), show(seen.filter(little))];
            }"""
        )
        assert nameless == []
        assert small == []


def test_programs_have_six_endpoints(studio):
    call = studio.call
    with urllib.request.urlopen(f"{studio.address}/gradio_api/info", timeout=90) as answer:
        named = json.load(answer)["named_endpoints"]
    assert set(named) == {"/generate", "/job", "/search", "/clip", "/storyboard", "/film"}
    fields = [(field["parameter_name"], field["python_type"]["type"]) for field in named["/generate"]["parameters"]]
    assert fields[:2] == [("subject", "str"), ("action", "str")] and ("seed", "int") in fields

    kind, (job,) = call("generate", "a crow", "stands", "", "", "", "", 1.0, "320x180", 4, "animatic", "")
    assert kind == "complete" and job["title"].startswith("A crow")
    while job["status"] in ("waiting", "working"):
        _, (job,) = call("job", job["job"])
    assert job["status"] == "done"
    _, (clip,) = call("clip", job["clip"])
    assert (clip["width"], clip["height"], clip["frames"]) == (320, 180, 24)
    _, (found,) = call("search", "crow", "", False, 10)
    assert found["total"] == 1
    for wrong in (
        ("", "", "", "", "", "", 2.0, "854x480", 0, "animatic", ""),
        ("a crow", "", "", "", "", "", float("nan"), "854x480", 0, "animatic", ""),
        ("a crow", "", "", "", "", "", 2.0, "7x0", 0, "animatic", ""),
        ("a crow", "", "", "", "", "", 2.0, "854x480", 2**80, "animatic", ""),
        ("a crow", "", "", "", "", "", 2.0, "854x480", 0, "nothing", ""),
    ):
        kind, said = call("generate", *wrong)
        assert kind == "error" and said["error"] and "R-" not in said["error"], (wrong, said)
    assert call("clip", "nothing")[0] == "error"


@pytest.mark.parametrize(
    "path", ["/gradio_api/file=http://127.0.0.1/", "/gradio_api/upload", "/media/x", "/openapi.json"]
)
def test_what_the_page_does_not_need_is_shut(studio, path):
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(studio.address + path, timeout=90)
    assert refused.value.code in (404, 405) and b"Traceback" not in refused.value.read()
    refused.value.close()


def test_a_start_that_cannot_be_says_why_in_one_line(studio, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        for environ in ({"STUDIO_PORT": port}, {"STUDIO_PORT": "many"}):
            command = [sys.executable, "app.py"]
            environ = {"PATH": "/usr/bin", "STUDIO_HOME": str(tmp_path / "home"), **environ}
            ran = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=90)
            assert ran.returncode == 1 and ran.stderr.count("\n") == 1 and ran.stdout == "", ran.stderr


def test_the_page_goes_on_when_the_studio_is_stopped_and_started_again(browser, tmp_path):
    own = Studio(tmp_path / "home")
    own.wait()
    with visiting(browser, own) as visit:
        page = visit.page
        visit.write("subject", "a pony")
        choose_seconds(visit, 1)
        visit.button("about")
        assert own.stop(signal.SIGINT) == 0
        assert own.log.read_text().count("\n") == 1, own.log.read_text()
        page.wait_for_selector(".s-offline", state="visible")
        own.start()
        own.wait()
        page.wait_for_selector(".s-offline", state="hidden")
        page.wait_for_function(f"{SMALL}?.value === 'a pony'")
        visit.write("action", "stands")
        visit.button("about")
        visit.make()
        visit.play("pony")
        visit.wrong.clear()  # the lost connection itself
    assert own.stop() == 0


def test_values_that_no_page_sends_are_refused_in_words(studio):
    with urllib.request.urlopen(f"{studio.address}/config", timeout=90) as answer:
        config = json.load(answer)
    named = {part["id"]: part["props"].get("elem_id") for part in config["components"]}
    pressed = next(
        event for event in config["dependencies"] if [named.get(t[0]) for t in event["targets"]] == ["generate"]
    )
    good = {"subject": "a cow", "seed": "0", "seconds": 1.0, "shape": "854x480", "engine": "animatic"}
    for wrong, said in (
        ({"seconds": float("nan")}, "A clip of nan s cannot be made"),
        ({"seconds": 77}, "A clip of 77.0 s cannot be made"),
        ({"shape": "7x7"}, "7x7 cannot be made"),
        ({"shape": None}, "cannot be read"),
        ({"engine": "zzz"}, "There is no engine called zzz"),
        ({"seed": 2**80}, "cannot be used"),
        ({"subject": None}, "Say who or what first"),
    ):
        values = [(good | wrong).get(named.get(place), "") for place in pressed["inputs"]]
        body = json.dumps({"data": values, "fn_index": pressed["id"], "session_hash": "test"}).encode()
        request = urllib.request.Request(
            f"{studio.address}/gradio_api/run/predict", body, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=90) as answer:
            assert said in answer.read().decode(), wrong
