"""The routes that are not Gradio's: is it well, media, assets; and what of Gradio's is kept shut."""

import json
import re
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from studio.errors import NotFound, StorageError, StudioError
from studio.library import ClipQuery, Library
from studio.prompts.vocabulary import CATEGORIES, vocabulary
from studio.text import LANGUAGES, language_of, say

ASSETS = Path(__file__).parent.parent / "assets"
FAVICON = ASSETS / "ui" / "favicon.svg"
SAFE = {"X-Content-Type-Options": "nosniff"}
FOREVER = {**SAFE, "Cache-Control": "private, max-age=31536000, immutable"}
"""For what never changes under its address; private, because a clip can be deleted."""
LONGEST = 2 * 1024 * 1024
"""Bytes of the longest message the page may send; all its fields, filled to the last character, hold less."""
LARGEST_PICTURE = 12 * 1024 * 1024
"""Bytes of the largest picture that is taken in."""
PICTURES = ("image/jpeg", "image/png", "image/webp")
SHUT = ("/gradio_api/file=http", "/gradio_api/file=//", "/gradio_api/proxy=", "/gradio_api/upload")
"""What the page needs none of: fetching other servers through this one, and storing strangers' files."""
SOCIAL = re.compile(rb'<meta\s+(?:property|name)="(?:og|twitter):[^>]*>')
"""What Gradio tells other sites about a page: its own name and a picture from elsewhere."""
FILE = "gradio.FileData"
"""By this word Gradio knows that a value of a message names a file."""
STYLES = ("tokens", "frame", "create", "library", "storyboard", "reel")
SCRIPTS = ("studio", "film", "fields", "typed", "storyboard", "reel")


def app_kwargs(library: Library) -> dict[str, Any]:
    """Return what Gradio's `launch` is to give its FastAPI application."""
    return {"routes": routes(library), "middleware": [Middleware(Door)], "openapi_url": None}


def routes(library: Library) -> list[BaseRoute]:
    """Return the studio's own routes."""
    return [
        Route("/healthz", partial(health, library)),
        Route("/media/{digest}", partial(media, library)),
        Route("/pictures", partial(keep_picture, library), methods=["POST"]),
        Route("/assets/vocabulary/{name}", words),
        *(Mount(f"/assets/{folder}", Shipped(directory=ASSETS / folder)) for folder in ("ui", "samples", "styles")),
    ]


def health(library: Library, request: Request) -> Response:
    """Answer 200 while the library can be read, else 503 with the reason."""
    try:
        library.search(ClipQuery(limit=1))
    except StorageError as error:
        return JSONResponse({"ok": False, "why": say(error.code, "en", error.values)}, 503, headers=SAFE)
    return JSONResponse({"ok": True}, headers=SAFE)


def media(library: Library, request: Request) -> Response:
    """Answer with a file of the media store, whole or in part."""
    try:
        found = library.media(request.path_params["digest"])
        if not found.path.is_file():
            raise NotFound("media_unknown")
    except StudioError as error:
        language = language_of(request.headers.get("accept-language", ""))
        status = 404 if isinstance(error, NotFound) else 503
        return PlainTextResponse(
            say(error.code, language, error.values), status, headers={**SAFE, "Cache-Control": "no-store"}
        )
    return FileResponse(found.path, media_type=found.mime, headers=FOREVER)


async def keep_picture(library: Library, request: Request) -> Response:
    """Keep a picture of the cast, the raw body of the request; answer {"digest"} or {"error"} in words.

    Only what says that it is a picture is taken: no form of another site can say so, and a script of one may not ask.
    """
    language = language_of(request.headers.get("accept-language", ""))
    if request.headers.get("content-type", "") not in PICTURES:
        return _no_picture(415, language)
    body = bytearray()  # grows in place, however small the chunks are
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_PICTURE:
            return _no_picture(413, language)
    try:
        digest = await run_in_threadpool(library.keep_picture, bytes(body))
    except StudioError as error:
        return JSONResponse({"error": say(error.code, language, error.values)}, 400, headers=SAFE)
    return JSONResponse({"digest": digest}, headers=SAFE)


def _no_picture(status: int, language: str) -> Response:
    return JSONResponse({"error": say("board_picture_failed", language)}, status, headers=SAFE)


def words(request: Request) -> Response:
    """Answer with the vocabulary in one language: slot -> groups of words."""
    language = request.path_params["name"].removesuffix(".json")
    if language not in LANGUAGES:
        return PlainTextResponse("", 404, headers=SAFE)
    book = {slot: _groups(category, language) for category, slot in CATEGORIES.items()}
    return JSONResponse(book, headers={**SAFE, "Cache-Control": "max-age=600"})


def _groups(category: str, language: str) -> list[dict[str, Any]]:
    groups: dict[str, list[str]] = {}
    for entry in vocabulary(category):
        groups.setdefault(entry.group(language), []).append(entry.words(language))
    return [{"name": name, "words": members} for name, members in groups.items()]


class Shipped(StaticFiles):
    """Files that ship with the studio; they may change with its version."""

    def file_response(self, *args: Any, **named: Any) -> Response:
        """Return the file with headers that let a browser keep it for an hour."""
        response = super().file_response(*args, **named)
        response.headers.update({**SAFE, "Cache-Control": "max-age=3600"})
        return response


def head() -> str:
    """Return what the page's <head> begins with, so that it has its looks before Gradio's script has come."""
    styles = "".join(f'<link rel="stylesheet" href="{_versioned(f"{name}.css")}">' for name in STYLES)
    scripts = "".join(f'<script defer src="{_versioned(f"{name}.js")}"></script>' for name in SCRIPTS)
    theme = (ASSETS / "ui" / "theme.js").read_text(encoding="utf-8")
    about = say("page_description", "en")
    return (
        f'<meta name="description" content="{about}"><meta property="og:title" content="{say("page_title", "en")}">'
        f'<link rel="icon" href="assets/ui/favicon.svg" type="image/svg+xml">'
        f"<script>{theme}</script>{styles}{scripts}"
    )


def _versioned(name: str) -> str:
    """Return the address of a file of the page, another one for other contents."""
    digest = blake2b((ASSETS / "ui" / name).read_bytes(), digest_size=6).hexdigest()
    return f"assets/ui/{name}?v={digest}"


class Door:
    """Keeps shut what the page does not need, and puts the studio's own head into the page."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.head = head().encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on unless its path is shut."""
        path = str(scope.get("path", "")).lower()
        if scope["type"] == "http" and path.startswith(SHUT):
            await PlainTextResponse("Not here.", 404, headers=SAFE)(scope, receive, send)
        elif scope["type"] == "http" and scope["method"] == "POST" and path.startswith("/gradio_api/"):
            await self._pass_washed(scope, receive, send)
        elif scope["type"] == "http" and path in ("", "/") and scope["method"] == "GET":
            await self.app(scope, receive, _Front(send, self.head).send)
        else:
            await self.app(scope, receive, send)

    async def _pass_washed(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a message of the page on, whole and washed, or refuse it."""
        body = bytearray()
        async for chunk in Request(scope, receive).stream():
            body += chunk
            if len(body) > LONGEST:
                await PlainTextResponse("Too long.", 413, headers=SAFE)(scope, receive, send)
                return
        washed = wash(bytes(body))
        if washed is None:
            await PlainTextResponse("Not here.", 404, headers=SAFE)(scope, receive, send)
            return
        whole = iter([{"type": "http.request", "body": washed}])

        async def again() -> Message:
            return next(whole, None) or await receive()

        kept = [(name, value) for name, value in scope["headers"] if name != b"content-length"]
        length = (b"content-length", str(len(washed)).encode())
        await self.app({**scope, "headers": [*kept, length]}, again, send)


def wash(body: bytes) -> bytes | None:
    """Return a message without halves of characters, or None for one that speaks of files or is none.

    A file named in a message is fetched by Gradio from wherever it is, and kept; half a character (a lone surrogate)
    passes in but not out again, and the answer would be a failure. What cannot be read here must not be read there.
    """
    if not body:
        return body
    try:
        plain = json.dumps(json.loads(body), ensure_ascii=False)
    except (ValueError, RecursionError):
        return None
    return None if FILE in plain else plain.encode("utf-8", "replace")


class _Front:
    """Collects the front page and sends it on with the studio's head in it."""

    def __init__(self, send: Send, head: bytes) -> None:
        self._send = send
        self._head = head
        self._start: Message = {}
        self._body = b""

    async def send(self, message: Message) -> None:
        """Hold back what Gradio sends until it is whole."""
        if message["type"] == "http.response.start":
            self._start = message
            return
        self._body += message.get("body", b"")
        if message.get("more_body"):
            return
        body = SOCIAL.sub(b"", self._body).replace(b"<head>", b"<head>" + self._head, 1)
        headers = [(name, value) for name, value in self._start["headers"] if name.lower() != b"content-length"]
        headers.append((b"content-length", str(len(body)).encode()))
        await self._send({**self._start, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})
