"""A storyboard made with Wan through the page, on a tiny checkpoint: previews, cancel, restart, failure, retry."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from models.engine import Prompt
from studio.library import Library
from studio.settings import Settings
from studio.storyboard import Look, Segment, Storyboard
from studio.text import say
from tests import tiny_wan
from tests.browser import CHROMIUM, ROOT, Studio, visiting
from tests.test_storyboard_page import MOVES, Board

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM}")

ACTIONS = ("runs", "walks", "sleeps", "turns")
PREVIEW = ".s-is-working .s-th img[src^='data:image/jpeg']"


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("wan") / "home"


@pytest.fixture(scope="module")
def studio(home):
    """A studio whose weights are a local folder."""
    weights = {"STUDIO_WAN_REPO": str(tiny_wan.build(home.parent / "tiny"))}
    running = Studio(home, command=[sys.executable, "-m", "tests.slow_wan"], more=weights)
    running.wait()
    yield running
    assert running.stop() == 0, running.log.read_text()


def kept(home: Path) -> str:
    """Keep a storyboard of four short segments, the last one cut; return its id."""
    parts = [Segment(Prompt("a fox", action, "in the street"), 0.375, cut=action == "turns") for action in ACTIONS]
    library = Library.open(Settings.read({"STUDIO_HOME": str(home)}))
    storyboard = library.storyboards.save(Storyboard(Look("wan-draft", 96, 96), tuple(parts)))
    library.close()
    return storyboard.id


def denoised(home: Path) -> Counter[str]:
    """Return how many steps were taken for each action."""
    return Counter((home / "denoised").read_text().split())


def test_a_storyboard_is_made_with_wan_whatever_comes_between(browser, home, studio):
    hold, fail = home / "hold", home / "fail"
    storyboard = kept(home)
    fail.write_text("sleeps")
    with visiting(browser, studio) as visit:
        visit.open(f"/?story={storyboard}")
        board, page = Board(visit), visit.page
        page.locator("#board-join .s-go:not([disabled])").click()
        page.wait_for_selector(f".s-cell:nth-child(2) {PREVIEW}")
        page.click("#board-join [data-act=cancel]")
        board.states("done", "cancelled", "cancelled", "cancelled")

        hold.touch()
        page.locator("#board-join .s-go:not([disabled])").click()
        page.wait_for_selector(f".s-is-working .s-st:has-text({say('doing_decoding', 'en')[1:]!r})")
        studio.stop(signal.SIGKILL)
        before = denoised(home)
        hold.unlink()
        studio.start()
        studio.wait()
        board.states("done", "done", "failed", "done")
        assert denoised(home)["walks"] == before["walks"], "what was denoised before the crash is only decoded"
        assert "out of memory" in page.locator(".s-is-failed .s-why").text_content()

        fail.unlink()
        page.click(".s-is-failed [data-act=again]")
        board.joined()
        page.click("#board-reel .s-playpause")
        page.wait_for_function(MOVES)
        visit.wrong[:] = [said for said in visit.wrong if "ERR_" not in said and "fetch" not in said]


def test_the_command_line_makes_a_clip_with_wan_and_says_nothing_else(home, studio):
    command = [sys.executable, "-m", "studio", "generate", "--prompt", "a fox runs", "--engine", "wan-draft", "--json"]
    asked = {**os.environ, "STUDIO_HOME": str(home), "STUDIO_WAN_REPO": str(home.parent / "tiny")}
    ended = subprocess.run(
        [*command, "--size", "64x64", "--seconds", "0.25"], cwd=ROOT, env=asked, capture_output=True, timeout=120
    )
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert json.loads(ended.stdout)["frames"] == 5
