"""The Storyboard tab as a person meets it: a real browser, a real studio, an engine that fails when it is told to."""

import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest

from studio.text import say
from tests.browser import CHROMIUM, Studio, Visit, visiting

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM}")

STORY = "A fox walks [1s]. Then it stumbles [1s]. Then it sits [1s]. [cut] A crab waves in a cafe [1s]."
STORIES = {"en": STORY, "zh": "一只狐狸走过森林。然后它坐下。[cut] 一只螃蟹在咖啡馆里挥手。"}


@pytest.fixture(scope="module")
def studio(tmp_path_factory):
    home = tmp_path_factory.mktemp("board") / "home"
    running = Studio(home, command=[sys.executable, "-m", "tests.stumbling"])
    running.wait()
    yield running
    assert running.stop() == 0, running.log.read_text()


class Board:
    """The tab of one visit, in the words of a person."""

    def __init__(self, visit) -> None:
        self.visit = visit
        self.page = visit.page

    def split(self, story) -> None:
        self.page.fill("#board-story textarea", story)
        self.page.click("#board-story [data-act=split]")
        self.page.wait_for_selector(".s-cell")

    def small(self) -> None:
        """Choose a small picture, which is quickly made."""
        self.page.click("#board-join [data-toggle=film-options]")
        self.page.select_option("#board-options [name=size]", "320x180")

    def cards(self) -> list[str]:
        return [words.strip() for words in self.page.locator(".s-tx").all_inner_texts()]

    def count(self, number) -> None:
        self.page.wait_for_function("number => document.querySelectorAll('.s-cell').length === number", arg=number)

    def choose(self, number) -> None:
        self.page.locator(".s-seg-b").nth(number - 1).click()
        self.page.wait_for_selector(f".s-edit h3 >> text={number}")

    def states(self, *wanted) -> None:
        """Wait until the cards are in these states."""
        read = "[...document.querySelectorAll('.s-seg')].map(one => one.className.match(/s-is-(\\w+)/)[1]).join(' ')"
        try:
            self.page.wait_for_function(f"wanted => {read} === wanted", arg=" ".join(wanted))
        except Exception as error:
            said = self.page.inner_text("#board-join"), self.page.inner_text("#toast")
            raise AssertionError(self.page.evaluate(read), *said) from error

    def go(self, words) -> None:
        """Press the one button of the bar, which must say so."""
        self.page.locator(f"#board-join .s-go:not([disabled]):has-text({words!r})").click()

    def field(self, name):
        return self.page.locator(f".s-edit [name={name}]")

    def acts(self, act) -> None:
        self.page.click(f".s-edit [data-act={act}]")

    def joined(self) -> None:
        self.page.wait_for_selector("#board-join .s-go[data-reel=play]")


@contextmanager
def boarding(browser, studio, size="desktop", language="en"):
    with visiting(browser, studio, size, language) as visit:
        visit.tab("storyboard")
        visit.page.wait_for_selector("#board-story textarea", state="visible")
        yield Board(visit)


MOVES = """(() => {
  const one = document.querySelector('.s-reel video[data-front]');
  return one && !one.paused && one.currentTime > 0.05 && !one.error;
})()"""
"""Whether the film player plays."""


def test_a_story_becomes_a_film_though_a_segment_fails(browser, studio):
    stumble = studio.home / "stumble"
    stumble.touch()
    with boarding(browser, studio) as board:
        page = board.page
        assert say("board_split_nothing", "en") in page.inner_text("#board-join")
        board.split(STORY)
        assert len(board.cards()) == 4 and "walks" in board.cards()[0]
        assert page.locator(".s-seam.s-shot").count() == 1
        board.small()
        board.go(say("board_preview", "en"))
        page.click("#board-join [data-act=cancel]")
        page.wait_for_selector(".s-cell:nth-child(3) .s-is-cancelled")  # it waits for the one that stumbles
        page.wait_for_selector("#board-join [data-act=cancel]", state="detached")
        page.locator("#board-join .s-go:not([disabled])").click()
        page.wait_for_selector(".s-is-failed")
        page.wait_for_selector(".s-cell:nth-child(4) .s-is-done")  # the others go on
        assert page.locator(".s-is-failed .s-why").text_content()
        page.wait_for_selector("#board-reel .s-reel")  # what is ready can be seen
        page.click("#board-reel .s-playpause")
        page.wait_for_function(MOVES)

        stumble.unlink()
        page.click(".s-is-failed [data-act=again]")
        board.states("done", "done", "done", "done")
        board.joined()
        page.wait_for_selector(".s-plot circle")
        assert page.locator(".s-plot circle").count() == 4 and page.locator(".s-vert").count() == 3
        page.locator(".s-blocks button").nth(2).click()
        page.wait_for_function("/^0:0[2]/.test(document.querySelector('.s-reel .s-time').textContent)")
        board.visit.tab("library")
        page.click(".s-chip[data-facet=kind][data-value=film]")
        page.locator(".s-po").first.click()
        page.click(".s-det [data-act=open_storyboard]")
        page.wait_for_selector("#board-story textarea", state="visible")
        board.visit.fits()


def test_segments_are_edited_moved_deleted_and_survive_a_reload(browser, studio):
    with boarding(browser, studio) as board:
        page = board.page
        board.split("A cat sits. Then it runs. Then it jumps.")
        second = board.cards()[1]
        board.choose(2)
        board.acts("left")
        page.wait_for_function("words => document.querySelector('.s-tx').innerText === words", arg=second)
        assert board.field("action").input_value() == "runs"
        page.locator(".s-seg-b").first.press("Alt+ArrowRight")
        page.wait_for_function("words => document.querySelectorAll('.s-tx')[1].innerText === words", arg=second)
        page.locator(".s-seg-b").nth(1).press("Alt+ArrowLeft")
        page.wait_for_function("words => document.querySelector('.s-tx').innerText === words", arg=second)
        board.field("action").fill("flies <b>high</b>")
        board.acts("duplicate")
        board.count(4)
        assert "flies <b>high</b>" in board.cards()[0] and "flies <b>high</b>" in board.cards()[1]
        board.acts("drop")
        board.count(3)
        page.click(".s-toast [data-act=put_back]")
        board.count(4)
        page.locator(".s-add").click()
        board.count(5)
        board.field("action").fill("sleeps")
        page.locator(".s-edit label", has_text=say("board_cut", "en")).click()
        page.wait_for_selector(".s-cell:nth-child(5) .s-seam.s-shot")
        board.field("scene").press_sequentially("in a box")
        page.reload()  # at once, before anyone could have heard of it
        page.wait_for_selector(".s-cell:nth-child(5)")
        page.wait_for_function("document.querySelectorAll('.s-tx')[4].innerText.includes('in a box')")
        assert "story=" in page.url

        page.fill("#board-story textarea", "A dog runs. Then it sits.")
        page.click("#board-story [data-act=split]")
        board.count(2)
        page.click(".s-toast [data-act=put_back]")
        board.count(5)
        page.click("#board-story [data-act=new_story]")
        board.count(0)
        page.click(".s-others summary")
        page.locator(".s-menu button").first.click()
        board.count(5)


def test_a_message_that_is_overtaken_costs_nothing(browser, studio):
    with boarding(browser, studio) as board:
        late = []

        def hold_back(route):
            if '"act":"typed"' in route.request.post_data and not late:
                late.append(route)  # what was typed last is told when the field is left, just before the press
            else:
                route.continue_()

        board.page.route("**/gradio_api/**/predict*", hold_back)
        board.split("A fox walks. Then it sits.")
        board.count(2)
        assert late
        late[0].continue_()
        board.choose(2)
        board.page.reload()
        board.count(2)
        assert board.page.input_value("#board-story textarea") == "A fox walks. Then it sits."


def test_late_answers_take_no_words_away(browser, studio):
    with boarding(browser, studio) as board:
        page = board.page
        board.split("A fox walks. Then it sits. Then it runs.")
        page.focus("#board-story [data-act=split]")

        def hesitate(route):
            answer = route.fetch()
            time.sleep(0.8)
            route.fulfill(response=answer)

        page.route("**/gradio_api/**/predict*", hesitate)
        board.acts("duplicate")
        board.field("action").press_sequentially(" slowly home", delay=30)
        page.click("#board-story [data-act=split]")
        page.locator("#board-story textarea").press("End")
        page.locator("#board-story textarea").press_sequentially(" Then it sleeps.", delay=30)
        board.count(3)
        page.unroute_all(behavior="wait")
        page.wait_for_function("!sessionStorage.getItem('segue-typed')")  # all of it was heard
        assert page.input_value("#board-story textarea").endswith("Then it sleeps.")
        page.click("#board-story [data-act=split]")
        board.count(4)
        assert page.evaluate("document.activeElement !== document.body")


def test_what_was_set_for_all_stays_though_one_was_set_before(browser, studio):
    with boarding(browser, studio) as board:
        page = board.page
        board.split("A fox walks. Then it sits.")
        board.choose(2)
        board.field("seam").select_option("blend")
        page.click("#board-join [data-toggle=film-options]")
        page.select_option("[data-all-seams]", "morph")
        page.wait_for_function("document.querySelector('.s-edit [name=seam]').value === 'morph'")
        board.field("scene").fill("in a box")
        page.wait_for_selector(".s-tx >> text=in a box")
        assert board.field("seam").input_value() == "morph"
        page.locator(".s-seg-b").first.press("Alt+ArrowRight")  # the card that has the focus, not the chosen one
        page.wait_for_selector(".s-cell:nth-child(2) .s-tx >> text=walks")


def test_words_typed_while_the_studio_is_away_are_kept(browser, studio):
    with boarding(browser, studio) as board:
        page = board.page
        board.split("A fox walks. Then it sits.")
        assert studio.stop() == 0
        page.fill("#board-story textarea", "A fox walks. Then it sleeps.")
        board.field("scene").fill("in a box")
        page.wait_for_selector(".s-offline", state="visible")
        studio.start()
        studio.wait()
        page.wait_for_selector(".s-tx >> text=in a box")
        assert page.input_value("#board-story textarea") == "A fox walks. Then it sleeps."
        page.click("#board-story [data-act=split]")
        page.wait_for_selector(".s-tx >> text=sleeps")
        board.visit.wrong.clear()  # the lost connection itself


def test_two_pages_do_not_overwrite_each_other(browser, studio):
    with boarding(browser, studio) as board:
        board.split("A cat sits.")
        other = Board(Visit(board.visit.context, studio.address))
        other.page.goto(board.page.url)
        other.count(1)
        board.field("scene").fill("in a box")
        board.page.wait_for_selector(".s-tx >> text=in a box")
        other.field("action").fill("jumps")
        other.page.wait_for_selector(".s-tx >> text=jumps in a box")  # what was not typed there is not sent
        board.page.wait_for_function("document.querySelector('.s-edit [name=action]').value === 'jumps'")
        board.field("action").fill("sings")
        other.page.wait_for_function("document.querySelector('.s-edit [name=action]').value === 'sings'")
        other.field("action").fill("sleeps")
        board.page.wait_for_selector(".s-tx >> text=sleeps in a box")
        board.field("scene").fill("in a hat")
        other.page.wait_for_selector(".s-tx >> text=sleeps in a hat")  # nor what was heard before
        board.split("A dog runs. Then it sits.")
        board.count(2)
        other.page.click("#board-story [data-act=split]")
        other.count(2)
        assert other.page.input_value("#board-story textarea") == "A dog runs. Then it sits."
        assert other.visit.wrong == []


def test_another_take_changes_only_what_hangs_on_it(browser, studio):
    with boarding(browser, studio) as board:
        page = board.page
        board.split("A bear walks [0.5s]. Then it waves [0.5s]. [cut] A bird flies [0.5s].")
        board.small()
        board.field("seed").fill("7 or so")
        page.wait_for_selector(".s-edit #seed-wrong")
        assert board.field("seed").input_value() == "7 or so" and "7 or so" in page.inner_text("#seed-wrong")
        board.field("seed").press("End")
        for _ in " or so":
            board.field("seed").press("Backspace")
        page.wait_for_selector("#seed-wrong", state="detached")
        assert board.field("seed").input_value() == "7"
        board.go(say("board_preview", "en"))
        board.states("done", "done", "done")
        board.joined()
        board.choose(1)
        before = page.locator(".s-take img").get_attribute("src")
        page.click("#board-takes [data-act=take]")
        board.states("done", "stale", "done")
        assert page.locator(".s-take").count() == 2 and page.locator(".s-take.s-on img").get_attribute("src") != before
        page.click(".s-take [data-act=choose_take]")
        board.states("done", "done", "done")
        assert page.locator(".s-take.s-on img").get_attribute("src") == before
        board.joined()  # nothing had to be made again
        page.locator(".s-take:not(.s-on) .s-pic").click()
        page.wait_for_selector(".s-take video")
        page.locator("#board-options [name=mend]").check()
        page.reload()
        page.wait_for_selector("#board-options [name=mend]:checked", state="attached")


def test_the_cast_is_named_once_and_unknown_names_are_pointed_out(browser, studio, tmp_path):
    from PIL import Image

    picture = tmp_path / "mia.png"
    Image.new("RGB", (200, 120), (200, 40, 40)).save(picture)
    with boarding(browser, studio) as board:
        page = board.page
        board.split("@Mia walks in a meadow. Then @Ann flies.")
        page.click("#board-advice [data-act=member][data-name=Mia]")
        page.wait_for_selector("#board-cast [data-key=form-Mia]")
        page.fill("#board-cast [name=words]", "a girl of eight, red scarf")
        page.set_input_files("#board-cast [data-picture]", picture)
        page.wait_for_function("document.querySelector('#board-cast [name=picture]').value.length > 30")
        page.click("#board-cast [data-act=keep_member]")
        page.wait_for_selector(".s-member >> text=@Mia")
        page.wait_for_function("document.querySelector('.s-member img').naturalWidth > 0")
        page.wait_for_selector("#board-advice [data-act=member][data-name=Mia]", state="detached")
        assert page.locator(".s-tx .s-at").first.inner_text() == "@Mia"
        wrong = tmp_path / "mia.txt"
        wrong.write_text("no picture")
        page.click("#board-cast .s-member [data-act=member]")
        page.fill("#board-cast [name=words]", "a girl of nine")
        page.click("#board-advice [data-act=member]")  # another one's form does not take hers away
        page.wait_for_selector("#board-cast [data-key=form-Ann]")
        page.fill("#board-cast [name=words]", "a bird")
        page.reload()
        page.wait_for_selector("#board-cast [data-key=form-Ann]")
        assert page.input_value("#board-cast [name=words]") == "a bird"
        page.click("#board-cast [data-act=no_member]")
        page.wait_for_selector("#board-cast [data-form]", state="detached")
        page.click("#board-cast .s-member [data-act=member]")
        page.wait_for_selector("#board-cast [data-key=form-Mia]")
        assert page.input_value("#board-cast [name=words]") == "a girl of nine"
        page.set_input_files("#board-cast [data-picture]", wrong)
        page.wait_for_function("document.querySelector('#board-cast [data-says]').textContent !== ''")
        board.visit.wrong.clear()  # the refusal itself
        page.click("#board-cast [data-act=drop_member]")
        page.click(".s-toast [data-act=put_back]")
        page.wait_for_selector(".s-member >> text=@Mia")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_on_a_phone_a_film_is_made_and_nothing_scrolls_sideways(browser, studio, language):
    with boarding(browser, studio, "phone", language) as board:
        page = board.page
        board.split(STORIES[language])
        board.choose(2)
        page.wait_for_function("document.querySelector('.s-edit').getBoundingClientRect().top < innerHeight / 2")
        page.click("#board-join [data-toggle=film-options]")
        page.wait_for_selector("#board-options textarea", state="visible")
        for width in (320, 390, 900, 1280):
            page.set_viewport_size({"width": width, "height": 844})
            board.visit.fits()
        page.set_viewport_size({"width": 390, "height": 844})
        small = page.evaluate(
            """[...document.querySelectorAll('#board button, #board select, #board input')].filter((one) =>
              one.checkVisibility() && one.getBoundingClientRect().width > 2 && !['radio', 'checkbox', 'range', 'file',
              'hidden'].includes(one.type) && !one.closest('.s-blocks, .s-plot')).filter((one) =>
              Math.min(one.getBoundingClientRect().height, one.getBoundingClientRect().width) < 43).map((one) =>
              one.outerHTML.slice(0, 90))"""
        )
        assert small == []
        page.click("#language")
        other = "en" if language == "zh" else "zh"
        page.wait_for_function(
            "words => document.querySelector('#board-join').innerText.includes(words)", arg=say("board_preview", other)
        )


def test_ten_times_the_segments_take_less_than_ten_times_as_long(browser, studio):
    chosen = """async () => {
      const head = () => document.querySelector('.s-edit h3')?.innerText ?? '', taken = [];
      for (const number of [5, 15, 6, 16, 7]) {
        const start = performance.now();
        document.querySelectorAll('.s-seg-b')[number - 1].click();
        while (!head().endsWith(` ${number}`)) await new Promise(requestAnimationFrame);
        taken.push(performance.now() - start);
      }
      return taken.sort((one, other) => one - other)[2];
    }"""
    with boarding(browser, studio) as board:
        taken = {}
        for count in (20, 200):
            board.split(" ".join(f"A fox number {number} walks." for number in range(1, count + 1)))
            board.count(count)
            taken[count] = board.page.evaluate(chosen)
        assert taken[200] < 10 * taken[20], taken


def test_a_program_makes_a_film(studio):
    kind, (kept,) = studio.call("storyboard", "A frog jumps [0.5s]. Then it sits [0.5s].", "Frogs")
    assert kind == "complete" and [one["cut"] for one in kept["segments"]] == [False, False], kept
    _, (job,) = studio.call("film", kept["storyboard"])
    while job["status"] in ("waiting", "working"):
        _, (job,) = studio.call("job", job["job"])
    assert job["status"] == "done" and job["title"] == "Frogs", job
    _, (film,) = studio.call("clip", job["clip"])
    assert film["kind"] == "film" and film["frames"] == 24 and len(film["measures"]["parts"]) == 2
    assert studio.call("film", "nothing")[0] == "error" and studio.call("storyboard", " ")[0] == "error"


@pytest.mark.parametrize(("kind", "body", "status"), [("text/plain", b"x", 415), ("image/png", b"no picture", 400)])
def test_what_is_no_picture_is_not_kept(studio, kind, body, status):
    request = urllib.request.Request(f"{studio.address}/pictures", body, {"Content-Type": kind})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=90)
    assert refused.value.code == status and b"error" in refused.value.read()
    refused.value.close()
