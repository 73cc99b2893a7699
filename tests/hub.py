"""A hub on this machine: as much of its protocol as fetching a repository needs, and everything that can go wrong."""

import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Hub:
    """The repository owner/tiny at one commit, and how the hub is to misbehave."""

    folder: Path
    address: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)
    """(path, range) of every request, in order."""
    status: dict[str, int] = field(default_factory=dict)
    """What to answer instead, for paths that end so."""
    code: str = ""
    """The hub's own code of such an answer."""
    token: str = ""
    """When set, nobody else may read."""
    breaks_after: int = 0
    """Bytes of a file after which the line breaks, once for each request; 0 for never."""
    ranges: bool = True
    pause: float = 0.0
    """Seconds between two pieces of a file."""
    page: bytes = b""
    """What to answer instead of a listing."""
    swelled: int = 0
    """Bytes that the listing claims a file has beyond its own."""

    def listing(self) -> dict:
        siblings = []
        for path in sorted(one for one in self.folder.rglob("*") if one.is_file()):
            data, name = path.read_bytes(), path.relative_to(self.folder).as_posix()
            blob = hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
            one = {"rfilename": name, "size": len(data) + self.swelled, "blobId": blob}
            if path.suffix == ".safetensors":
                one["lfs"] = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data), "pointerSize": 130}
            siblings.append(one)
        return {"id": "owner/tiny", "sha": COMMIT, "siblings": siblings}


class Answers(BaseHTTPRequestHandler):
    """Answers as the hub of its server does."""

    hub: Hub
    protocol_version = "HTTP/1.1"

    def log_message(self, *words: object) -> None:
        pass

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        self.hub.asked.append((path, self.headers.get("Range", "")))
        status = next((status for end, status in self.hub.status.items() if path.endswith(end)), 0)
        if self.hub.token and self.headers.get("Authorization") != f"Bearer {self.hub.token}":
            status = 401
        if status:
            self.answer(status, b"{}", {"X-Error-Code": self.hub.code} if self.hub.code else {})
        elif path.startswith("/api/models/owner/tiny/revision/"):
            self.answer(200, self.hub.page or json.dumps(self.hub.listing()).encode())
        elif path.startswith(prefix := f"/owner/tiny/resolve/{COMMIT}/"):
            self.send_file((self.hub.folder / path.removeprefix(prefix)).read_bytes())
        else:
            self.answer(404, b"{}", {"X-Error-Code": "RepoNotFound"})

    def answer(self, status: int, body: bytes, more: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(more or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def send_file(self, data: bytes) -> None:
        asked = self.headers.get("Range", "") if self.hub.ranges else ""
        start = int(asked.removeprefix("bytes=").rstrip("-") or 0)
        self.send_response(206 if asked else 200)
        self.send_header("Content-Length", str(len(data) - start))
        self.end_headers()
        rest = data[start:]
        sent = rest[: self.hub.breaks_after] if self.hub.breaks_after else rest
        for place in range(0, len(sent), 16384):
            self.wfile.write(sent[place : place + 16384])
            time.sleep(self.hub.pause)
        if len(sent) < len(rest):
            self.close_connection = True
            self.connection.close()


@contextmanager
def serving(hub: Hub) -> Iterator[Hub]:
    """Serve the hub at its address on a free port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Answers,), {"hub": hub}))
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # a reader that goes away in the middle is what is tested
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    hub.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
