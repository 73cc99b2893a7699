"""Claim: from process start to the first answered page takes at most 1.3 times a bare Gradio app of as many parts."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).parent.parent
ROUNDS = 5
PATIENCE = 90.0
"""Seconds after which a start counts as failed."""

SAME_KIND = {"html": "HTML", "textbox": "Textbox", "button": "Button", "slider": "Slider", "number": "Number"}
"""Gradio's name of a part in a page's configuration, and its Python class; every other part counts as a Textbox."""

LAYOUT = {"row", "column", "tab", "tabs", "tabitem", "form", "group", "accordion", "state", "timer"}

BARE = """import gradio as gr
with gr.Blocks() as page:
    for name, count in {parts}.items():
        for _ in range(count):
            getattr(gr, name)()
page.launch(quiet=True)
"""


def measure() -> dict[str, Any]:
    """Return what was measured, with the verdict on the claim."""
    with tempfile.TemporaryDirectory() as folder:
        studio, bare = ROOT / "app.py", Path(folder) / "bare.py"
        first, config = started(studio, folder)
        parts = parts_of(config)
        bare.write_text(BARE.format(parts=parts))
        started(bare, folder)
        pairs = [(started(bare, folder)[0], started(studio, folder)[0]) for _ in range(ROUNDS)]
    ratio = median(ours / plain for plain, ours in pairs)
    return {
        "claim": "the first page is there within 1.3 times a bare Gradio app of as many parts",
        "parts": sum(parts.values()),
        "bare_s": round(median(plain for plain, _ in pairs), 3),
        "studio_s": round(median(ours for _, ours in pairs), 3),
        "first_start_s": round(first, 3),
        "ratio": round(ratio, 3),
        "holds": ratio <= 1.3,
    }


def parts_of(config: dict[str, Any]) -> dict[str, int]:
    """Return how many parts of each class a page has, layout left out."""
    kinds = [part["type"] for part in config["components"] if part["type"] not in LAYOUT]
    return dict(Counter(SAME_KIND.get(kind, "Textbox") for kind in kinds))


def started(program: Path, folder: str) -> tuple[float, dict[str, Any]]:
    """Start a program, and return the seconds until its page answered and the page's configuration."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    own = {"STUDIO_HOME": folder, "STUDIO_PORT": port, "GRADIO_SERVER_PORT": port, "GRADIO_ANALYTICS_ENABLED": "False"}
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, program], cwd=ROOT, env=os.environ | own, stdout=subprocess.DEVNULL
    ) as process:
        try:
            answered(f"http://127.0.0.1:{port}/", began)
            seconds = time.perf_counter() - began
            return seconds, json.loads(answered(f"http://127.0.0.1:{port}/config", began))
        finally:
            process.terminate()


def answered(address: str, began: float) -> bytes:
    """Return what an address answers, as soon as it does; raises TimeoutError."""
    while time.perf_counter() - began < PATIENCE:
        try:
            with urllib.request.urlopen(address, timeout=PATIENCE) as response:
                body: bytes = response.read()
                return body
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.02)
    raise TimeoutError(address)


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
