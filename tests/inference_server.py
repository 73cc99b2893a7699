"""A server that speaks what the hub and its inference providers speak, and goes wrong on demand.

Every request comes under the name of its host, as `Remote(endpoint=...)` sends it: /queue.fal.run/model/requests/7.
"""

import base64
import io
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread

import av
import numpy as np
from PIL import Image

from models.remote import Patience, Remote
from models.remote.providers import PROVIDERS

TOKEN = "hf_secret"
TEXT_MODEL, IMAGE_MODEL = "lab/clips", "lab/continues"
PATIENCE = Patience(whole=20.0, pause=0.01)


def encoded(frames: list[np.ndarray], fps: float = 24, codec: str = "libx264rgb") -> bytes:
    """Return frames as an mp4; libx264rgb keeps every value."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "film.mp4")
        _encode(frames, fps, codec, path)
        return path.read_bytes()


def _encode(frames: list[np.ndarray], fps: float, codec: str, path: Path) -> None:
    options = {"qp": "0", "preset": "ultrafast"} if codec == "libx264rgb" else {"preset": "ultrafast"}
    with av.open(str(path), "w", options={"movflags": "faststart"}) as container:
        stream = container.add_stream(codec, rate=fps, options=options)
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = "rgb24" if codec == "libx264rgb" else "yuv420p"
        stream.thread_count = 1
        for frame in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        container.mux(stream.encode())


@cache
def moving(width: int, height: int, count: int, seed: int, fps: float = 24) -> bytes:
    """Return a film of soft blocks that drift to the right, another for every seed."""
    blocks = np.random.default_rng(seed).integers(0, 256, (-(-height // 8), -(-width // 8), 3), np.uint8)
    first = blocks.repeat(8, 0).repeat(8, 1)[:height, :width]
    return encoded(drifting(first, count), fps)


def drifting(first: np.ndarray, count: int) -> list[np.ndarray]:
    """Return `count` frames: `first`, and then each two columns further to the right with a mark, to tell it moves."""
    marked = first.copy()
    marked[:8, :8] = 255 - marked[:8, :8]
    return [first, *(np.roll(marked, 2 * number, axis=1) for number in range(1, count))]


@dataclass
class Asked:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: dict


Answer = Callable[["Handler"], None]


@dataclass
class InferenceServer:
    """What a test sees of the server, and sets."""

    address: str = ""
    asked: list[Asked] = field(default_factory=list)
    faults: list[tuple[str, Answer]] = field(default_factory=list)
    """(place, answer) pairs; each is used up by the next request to that place."""
    rounds: int = 0
    """How often a queue says "in progress" before a film is ready."""
    film: bytes | None = None
    """What comes back; None for a film as it was asked for, at a sixth of its size."""
    films: dict[str, bytes] = field(default_factory=dict)
    closing: Event = field(default_factory=Event)

    def fail(self, place: str, status: int, body: bytes = b"{}", **headers: str) -> None:
        """Let the next request to "hub", "ask", "status" or "film" fail."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.faults.append((place, lambda handler: handler.answer(status, body, named)))

    def to(self, place: str) -> list[Asked]:
        """Return the requests that came to a place."""
        return [one for one in self.asked if place_of(one.method, one.path) == place]


def place_of(method: str, path: str) -> str:
    """Return what a request is for."""
    if path.startswith("/huggingface.co/"):
        return "hub"
    if path.startswith("/films.example/"):
        return "film"
    return "ask" if method == "POST" else "status"


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    known: InferenceServer

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self._take("GET")

    def do_POST(self) -> None:
        self._take("POST")

    def answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"content-length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def json(self, data: object) -> None:
        self.answer(200, json.dumps(data).encode(), {"content-type": "application/json"})

    def _take(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.known.asked.append(Asked(method, self.path, headers, json.loads(body or b"{}")))
        place = place_of(method, self.path)
        for fault in self.known.faults:
            if fault[0] == place:
                self.known.faults.remove(fault)
                return fault[1](self)
        return getattr(self, f"_{place}")()

    def _hub(self) -> None:
        model = re.match(r"/huggingface.co/api/models/([^?]+)", self.path)[1]
        tasks = {TEXT_MODEL: "text-to-video", IMAGE_MODEL: "image-to-video"}
        if model not in tasks:
            return self.answer(401, b'{"error": "Repository not found"}', {"x-error-code": "RepoNotFound"})
        offer = {"status": "live", "providerId": f"models/{model.split('/')[1]}", "task": tasks[model]}
        offered = {
            name: offer
            for name in ("groq", *PROVIDERS)
            if tasks[model] in PROVIDERS.get(name, PROVIDERS["novita"]).tasks
        }
        return self.json({"id": model, "inferenceProviderMapping": offered})

    def _ask(self) -> None:
        number = str(len(self.known.films))
        self.known.films[number] = self.known.film if self.known.film is not None else film_for(self.known.asked[-1])
        url, done = f"https://films.example/{number}.mp4", not self.known.rounds
        provider = re.match(r"/(?:router.huggingface.co/)?([\w-]+)", self.path)[1]
        if provider in ("fal-ai", "queue"):
            status = "COMPLETED" if done else "IN_QUEUE"
            where = f"https://queue.fal.run/models/requests/{number}"
            return self.json({"request_id": number, "status": status, "response_url": where})
        if provider == "wavespeed":
            return self.json({"data": {"urls": {"get": f"https://api.wavespeed.ai/predictions/{number}"}}})
        if provider == "together":
            return self.json({"id": number, "status": "completed", "outputs": {"video_url": url}})
        return self.json({"video": {"video_url": url}} if provider == "novita" else {"output": [url]})

    def _status(self) -> None:
        number = re.search(r"/(\d+)(?:/status)?(?:\?|$)", self.path)[1]
        url = f"https://films.example/{number}.mp4"
        if "/status" in self.path:
            self.known.rounds -= 1
            return self.json({"status": "IN_PROGRESS" if self.known.rounds > 0 else "COMPLETED"})
        if "/wavespeed/" in self.path:
            return self.json({"data": {"status": "completed", "outputs": [url]}})
        return self.json({"video": {"url": url}})

    def _film(self) -> None:
        self.answer(200, self.known.films[re.search(r"(\d+).mp4", self.path)[1]], {"content-type": "video/mp4"})


def film_for(asked: Asked) -> bytes:
    """Return the film a request asks for: its picture in motion, or blocks of its seed."""
    body = asked.body.get("input", asked.body)
    count, seed = body.get("num_frames") or 121, body.get("seed") or 0
    picture = body.get("image_url") or body.get("image")
    if picture:
        with Image.open(io.BytesIO(base64.b64decode(picture.split(",")[1]))) as opened:
            return encoded(drifting(np.asarray(opened.convert("RGB")), count))
    wide = {"16:9": (832, 480), "9:16": (480, 832)}.get(body.get("aspect_ratio", ""), (624, 624))
    if "size" in body:
        wide = tuple(map(int, body["size"].split("*")))
    width, height = body.get("width", wide[0]), body.get("height", wide[1])
    return moving(width // 12 * 2, height // 12 * 2, count, seed)


@contextmanager
def serving() -> Iterator[InferenceServer]:
    """Run a server at a free port of this machine until the block ends."""
    known = InferenceServer()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"known": known}))
    server.daemon_threads, server.block_on_close = True, False
    known.address = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield known
    finally:
        known.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()


def open_remote(
    server: InferenceServer,
    provider: str = "auto",
    model: str = TEXT_MODEL,
    image_model: str = IMAGE_MODEL,
    token: str = TOKEN,
    patience: Patience = PATIENCE,
) -> Remote:
    """Return the engine, asking this server."""
    return Remote(model, image_model, provider, token, server.address, patience)
