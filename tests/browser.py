"""A real browser on a real studio, for the tests of the page."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
CHROMIUM = Path("/usr/bin/chromium")
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]
SIZES = {"desktop": (1280, 800), "phone": (390, 844)}
LOCALES = {"en": "en-GB", "zh": "zh-CN"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Studio:
    """The studio as its own process, in a folder of its own."""

    def __init__(
        self,
        home: Path,
        port: int = 0,
        command: Sequence[str] = (sys.executable, "app.py"),
        more: Mapping[str, str] | None = None,
    ) -> None:
        """`more` is put into its environment."""
        self.home = home
        self.port = port or free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.log = home.parent / f"{home.name}.log"
        self.command, self.more = command, more or {}
        self.start()

    def start(self) -> None:
        """Start it, also again after it has stopped, in the same folder and at the same address."""
        environ = {**os.environ, "STUDIO_HOME": str(self.home), "STUDIO_PORT": str(self.port), "LANG": "C.UTF-8"}
        environ |= {"PYTHONWARNINGS": "ignore", **self.more}
        self._out = self.log.open("w")
        self.process = subprocess.Popen(
            [*self.command], cwd=ROOT, env=environ, stdout=self._out, stderr=subprocess.STDOUT
        )

    def wait(self) -> None:
        until = time.monotonic() + 90
        while time.monotonic() < until and self.process.poll() is None:
            if f"Segue is at {self.address}" in self.log.read_text(encoding="utf-8"):
                urllib.request.urlopen(f"{self.address}/healthz", timeout=90).close()
                return
            time.sleep(0.1)
        raise AssertionError(self.log.read_text(encoding="utf-8"))

    def call(self, endpoint: str, *data: object) -> tuple[str, list]:
        """Call a named endpoint as a program would; return "complete" or "error" and what it said."""
        address = f"{self.address}/gradio_api/call/{endpoint}"
        body = json.dumps({"data": data}).encode()
        request = urllib.request.Request(address, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=90) as answer:
            event = json.load(answer)["event_id"]
        with urllib.request.urlopen(f"{address}/{event}", timeout=90) as answer:
            kind, said = answer.read().decode().strip().split("\n")[-2:]
        return kind.removeprefix("event: "), json.loads(said.removeprefix("data: "))

    def clip(self, subject: str) -> str:
        """Make a small clip of a subject that stands there; return its id."""
        words = subject, "stands", "", "anime style", "", ""
        _, (job,) = self.call("generate", *words, 1.0, "160x90", 0, "animatic", "")
        while job["status"] in ("waiting", "working"):
            time.sleep(0.1)
            _, (job,) = self.call("job", job["job"])
        assert job["status"] == "done", job
        return job["clip"]

    def stop(self, how: int = signal.SIGTERM) -> int:
        self.process.send_signal(how)
        status = self.process.wait(90)
        self._out.close()
        return status


class Visit:
    """One page in one browser context, which notes everything that should not happen."""

    def __init__(self, context, address: str) -> None:
        self.page = context.new_page()
        self.context = context
        self.address = address
        self.wrong: list[str] = []
        self._listen()

    def _listen(self) -> None:
        page = self.page
        page.on("console", lambda said: self.wrong.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("dialog", lambda dialog: (self.wrong.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.on("request", lambda request: self._note(request.url))
        page.on("response", lambda got: self.wrong.append(f"{got.status} {got.url}") if got.status >= 400 else None)

    def _note(self, url: str) -> None:
        if not url.startswith((self.address, "data:", "blob:")):
            self.wrong.append(f"outside: {url}")

    def open(self, path: str = "/") -> "Visit":
        self.page.goto(self.address + path)
        self.page.wait_for_selector(".s-sty[aria-checked]", state="attached")
        self.page.wait_for_selector(".s-idea", state="attached")
        return self

    def again(self) -> "Visit":
        """Close the tab and open the studio in a new one."""
        self.page.close()
        self.page = self.context.new_page()
        self._listen()
        return self.open()

    def write(self, field: str, words: str) -> None:
        self.page.locator(f"#{field} input").fill(words)

    def button(self, words: str) -> None:
        self.page.wait_for_function(
            "words => new RegExp(words).test(document.querySelector('#generate').innerText)", arg=words
        )

    def make(self) -> None:
        self.page.locator("#generate:not([disabled])").click()

    def play(self, title: str) -> None:
        """Wait until the clip of this title moves in the player."""
        self.page.wait_for_function(
            "title => document.querySelector('.s-player[data-state=clip] h2')?.textContent.includes(title)",
            arg=title,
        )
        video = "document.querySelector('#player video')"
        moving = f"{video}.readyState >= 2 && {video}.currentTime > 0.05 && !{video}.error"
        try:
            self.page.wait_for_function(moving)
        except Exception as error:
            said = f"[...['readyState', 'currentTime', 'paused', 'muted'].map(k => {video}[k]), {video}.outerHTML]"
            raise AssertionError(self.page.evaluate(said)) from error

    def tab(self, name: str) -> None:
        self.page.click(f"#{name}-button")

    def fits(self) -> None:
        wide, shown = self.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide <= shown, f"scrolls sideways: {wide} on {shown}"

    def check(self) -> None:
        assert self.wrong == []
        text = self.page.evaluate("document.body.innerText")
        assert not re.search(r"Traceback|\bundefined\b|\{\{(?!7)|\[object", text)


@contextmanager
def visiting(browser, studio: Studio, size: str = "desktop", language: str = "en") -> Iterator[Visit]:
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale=LOCALES[language],
        has_touch=size == "phone",
        is_mobile=size == "phone",
    )
    context.set_default_timeout(90_000)
    visit = Visit(context, studio.address)
    try:
        yield visit.open()
        visit.check()
    finally:
        context.close()
