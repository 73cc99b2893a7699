"""What can go wrong between the studio and a hosted model, told by kind."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from models.engine import EngineError, Refused, Unavailable

MODERATION = re.compile(r"content.?policy|moderat|nsfw|safety|sensitive|prohibited|inappropriate|flagged", re.I)
BALANCE = re.compile(r"balance|credit|quota|billing|payment", re.I)
LONGEST_WAIT = 60
"""Seconds a provider may ask us to wait before the second try; who wants more is busy."""
WORDS_SHOWN = 200
"""Characters of a provider's own words that a person is shown."""

HUB = "Hugging Face"
"""Who is named where no provider has been chosen yet."""
KINDS = {
    "hub": {404: "remote_model_unknown", 401: "remote_token_refused", 403: "remote_token_refused"},
    "provider": {
        401: "remote_token_refused",
        402: "remote_credit_used_up",
        403: "remote_token_refused",
        404: "remote_model_unknown",
        429: "remote_busy",
    },
    "film": {},
}
"""Who answered -> status -> code. A status that is not here is a broken provider from 500 on, else a refusal."""


class Answered(Exception):
    """An HTTP answer of 400 or more."""

    def __init__(self, place: str, status: int, headers: Mapping[str, str], body: bytes) -> None:
        super().__init__(f"{place} answered {status}")
        self.place = place
        """Who answered: "hub", "provider", or "film" for where the finished film lies."""
        self.status = status
        self.said = words_of(body)
        wait = headers.get("retry-after", "").strip()
        self.wait = int(wait) if wait.isascii() and wait.isdigit() and len(wait) < 6 else None
        """Seconds after which to ask again; None when that was not said."""
        if headers.get("x-error-code") == "RepoNotFound":
            self.status = 404  # the hub answers 401 for a model that does not exist


class Misdirected(Exception):
    """An answer leads to an address that must not be asked, which is its text."""


class TooLarge(Exception):
    """An answer is larger than any film could be, or packed so that its size cannot be known."""


class OutOfTime(Exception):
    """The time for the whole take is over."""


class GivenUp(Exception):
    """Nobody waits for the answer any more."""


def words_of(body: bytes) -> str:
    """Return what an answer says in words, on one line; empty for a page of HTML."""
    text = body.decode("utf-8", "replace")
    try:
        text = " ".join(_leaves(json.loads(text)))
    except (ValueError, RecursionError):
        if "<" in text[:WORDS_SHOWN]:
            return ""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


def _leaves(data: Any) -> Iterator[str]:
    """Yield every text of a JSON document; of the objects of an error only kind and message, not what was sent."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, list):
        for one in data:
            yield from _leaves(one)
    elif isinstance(data, dict):
        for name, one in data.items():
            if name not in ("input", "loc", "url", "ctx"):
                yield from _leaves(one)


def told(error: Exception, named: Mapping[str, str], token: str) -> EngineError:
    """Return what to tell a person of an error; `named` says model and provider, and the token is never repeated."""
    if isinstance(error, EngineError):
        return error
    if isinstance(error, Answered):
        return _told_answer(error, named, token)
    from huggingface_hub.errors import OfflineModeIsEnabled

    said = _shown(" ".join(str(error).split()), token)
    kinds = (
        (isinstance(error, OfflineModeIsEnabled), "remote_offline"),
        (isinstance(error, Misdirected), "remote_misdirected"),
        (isinstance(error, TooLarge), "remote_too_large"),
        (is_lost(error), "remote_unreachable"),
        (isinstance(error, OutOfTime | TimeoutError), "remote_timed_out"),
    )
    code = next((code for holds, code in kinds if holds), "remote_answer_odd")
    if code == "remote_answer_odd" and MODERATION.search(said):
        return Refused("remote_prompt_refused", {**named, "said": said})
    return Unavailable(code, {**named, "said": said})


def _told_answer(error: Answered, named: Mapping[str, str], token: str) -> EngineError:
    said = _shown(error.said, token) or str(error.status)
    provider = HUB if error.place == "hub" else named["provider"]
    values: dict[str, str | int | float] = {**named, "provider": provider, "said": said, "status": error.status}
    if error.status in (400, 403, 422, 451) and MODERATION.search(error.said):
        return Refused("remote_prompt_refused", values)
    if error.status == 403 and BALANCE.search(error.said):
        return Unavailable("remote_credit_used_up", values)
    usual = "remote_provider_broken" if error.status >= 500 or error.place == "film" else "remote_request_refused"
    return Unavailable(KINDS[error.place].get(error.status, usual), values)


def _shown(said: str, token: str) -> str:
    """Return a provider's words short enough to show, without the token."""
    hidden = said.replace(token, "***") if token else said
    return hidden if len(hidden) <= WORDS_SHOWN else hidden[: WORDS_SHOWN - 1] + "…"


def wait_before_retry(error: Exception, pause: float) -> float | None:
    """Return the seconds after which to try again what passes by itself; None for what does not."""
    if is_lost(error):
        return pause
    if not isinstance(error, Answered):
        return None
    if error.status == 429:
        return error.wait if error.wait is not None and error.wait <= LONGEST_WAIT else None
    if error.status >= 500:
        return pause if error.wait is None else min(error.wait, LONGEST_WAIT)
    return None


def is_lost(error: Exception) -> bool:
    """Tell whether the line broke: no connection, or one that ended in the middle of an answer."""
    import httpx2

    if isinstance(error, httpx2.UnsupportedProtocol):
        return False
    closed = isinstance(error, RuntimeError) and "client has been closed" in str(error)
    # huggingface_hub turns the time-out of a first connection into an InferenceTimeoutError
    return closed or isinstance(error, httpx2.TransportError) or isinstance(error.__cause__, httpx2.TransportError)
