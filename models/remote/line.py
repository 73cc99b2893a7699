"""What one take may do on the network, held for every request that huggingface_hub makes for it.

The library polls without end, reads answers of any size and follows any address. It shares one HTTP client over the
whole process, so the rules are hooks of that client, which act only in the thread that works for a `Line`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Event, Lock
from time import monotonic
from typing import Any

from models.remote.failures import Answered, GivenUp, Misdirected, OutOfTime, TooLarge

MOST_BYTES = 128 * 2**20
"""The largest answer: five seconds of 720p at 200 Mbit a second."""
MOST_ERROR_BYTES = 64 * 2**10
CONNECT_SECONDS = 20.0

_line: ContextVar["Line | None"] = ContextVar("line", default=None)
_installing = Lock()


class Line:
    """The requests of one take: until when, how much, under which token, by which gateway."""

    def __init__(self, token: str, endpoint: str, seconds: float) -> None:
        self.token = token
        self.endpoint = endpoint.rstrip("/")
        self.given_up = Event()
        """Set when nobody waits any more; the next request, or the next piece of an answer, then ends the work."""
        self._ends = monotonic() + seconds

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold all requests of this thread to the rules of this line."""
        with _installing:
            _install()
        before = _line.set(self)
        try:
            yield
        finally:
            _line.reset(before)

    @property
    def seconds_left(self) -> float:
        """Return the seconds until the take is out of time; below 0 afterwards."""
        return self._ends - monotonic()

    def check(self) -> None:
        """Raise GivenUp or OutOfTime when there is nothing left to do."""
        if self.given_up.is_set():
            raise GivenUp
        if self.seconds_left <= 0:
            raise OutOfTime

    def waited(self, seconds: float) -> bool:
        """Wait before a second try; return whether one is still wanted and there is time for it."""
        return seconds < self.seconds_left and not self.given_up.wait(seconds)

    def send(self, request: Any) -> None:
        """Bring a request to the rules; raises Misdirected for an address in the clear."""
        import httpx2
        from huggingface_hub import constants

        self.check()
        left = max(0.1, self.seconds_left)
        request.extensions["timeout"] = {
            "connect": min(left, CONNECT_SECONDS),
            "read": left,
            "write": left,
            "pool": left,
        }
        request.headers["accept-encoding"] = "identity"
        if request.url.host == httpx2.URL(constants.ENDPOINT).host:
            # by itself the library asks under the token of whoever is logged in on this machine
            request.headers.pop("authorization", None)
            if self.token.startswith("hf_"):
                request.headers["authorization"] = f"Bearer {self.token}"
            request.extensions["place"] = "hub"
        elif "place" not in request.extensions:
            request.extensions["place"] = "provider" if "authorization" in request.headers else "film"
        own = bool(self.endpoint) and request.url.origin == httpx2.URL(self.endpoint).origin
        if request.url.scheme != "https" and not own:
            raise Misdirected(f"{request.url.scheme}://{request.url.host}")
        if self.endpoint and not own:
            request.url = httpx2.URL(f"{self.endpoint}/{request.url.host}{request.url.raw_path.decode()}")
            request.headers["host"] = request.url.netloc.decode()

    def receive(self, response: Any) -> None:
        """Look at an answer before it is read; raises Answered, Misdirected or TooLarge."""
        self.check()
        request = response.request
        length = response.headers.get("content-length", "0")
        if response.headers.get("content-encoding", "identity") != "identity":
            raise TooLarge
        most = MOST_BYTES if response.status_code < 400 else MOST_ERROR_BYTES
        if response.status_code < 400 and length.isdigit() and int(length) > most:
            raise TooLarge
        response.stream = _bounded(response.stream, self, most, cut=response.status_code >= 400)
        if response.has_redirect_location and "authorization" in request.headers:
            target = request.url.join(response.headers["location"])
            if target.origin != request.url.origin:
                raise Misdirected(f"{target.scheme}://{target.host}")
        if response.status_code >= 400:
            place = request.extensions["place"]
            raise Answered(place, response.status_code, response.headers, response.read())


def _bounded(stream: Any, line: Line, most: int, cut: bool) -> Any:
    """Return a stream of `most` bytes at most: what is longer is cut, or raises TooLarge."""
    import httpx2

    class Bounded(httpx2.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            left = most
            for piece in stream:
                line.check()
                if len(piece) > left:
                    if not cut:
                        raise TooLarge
                    yield piece[:left]
                    return
                left -= len(piece)
                yield piece

        def close(self) -> None:
            stream.close()

    return Bounded()


def _install() -> None:
    """See to it that the client of huggingface_hub has the hooks; other threads keep the client they are used to."""
    from huggingface_hub import get_session, set_client_factory
    from huggingface_hub.utils._http import default_client_factory

    def hooked() -> Any:
        client = default_client_factory()
        hooks = client.event_hooks
        client.event_hooks = {"request": [*hooks["request"], _send], "response": [*hooks["response"], _receive]}
        return client

    if _send not in get_session().event_hooks["request"]:
        set_client_factory(hooked)


def _send(request: Any) -> None:
    if (line := _line.get()) is not None:
        line.send(request)


def _receive(response: Any) -> None:
    if (line := _line.get()) is not None:
        line.receive(response)
