"""The routes that are not Gradio's, asked over HTTP without a server."""

import asyncio
import re
import time

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from models.engine import Prompt
from studio.jobs import Jobs
from studio.library import Library
from studio.settings import Settings
from studio.storyboard import Look, Segment
from studio.text import say
from studio.web import LONGEST, Door, keep_picture, routes

FRONT = '<html><head><meta name="twitter:image"\n content="https://example.org/x.png" /><title>x</title></head></html>'


async def said(request: Request) -> JSONResponse:
    """Answer what was said, in the place of Gradio."""
    return JSONResponse(await request.json())


@pytest.fixture(scope="module")
def studio(tmp_path_factory):
    """A library with one clip, and a way to ask its routes."""
    settings = Settings.read({"STUDIO_HOME": str(tmp_path_factory.mktemp("home"))})
    library = Library.open(settings)
    jobs = Jobs(library, settings)
    jobs.start()
    look = Look(engine="bars", width=64, height=64, fps=24)
    job = jobs.wait(jobs.submit(Segment(Prompt("a bar"), 1.0), look).id, 60)
    assert job.status == "done", job
    front = Route("/", lambda request: HTMLResponse(FRONT))
    echo = Route("/gradio_api/run/predict", said, methods=["POST"])
    app = Starlette(routes=[*routes(library), front, echo], middleware=[Middleware(Door)])
    with TestClient(app) as client:
        yield library, client, library.clip(job.clip_id)
    jobs.close()
    library.close()


def test_it_says_that_it_is_well(studio):
    answer = studio[1].get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"ok": True})


def test_a_film_is_sent_whole(studio):
    _, client, clip = studio
    answer = client.get(f"/media/{clip.video}")
    assert answer.status_code == 200 and len(answer.content) == clip.size_bytes
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "immutable" in answer.headers["cache-control"]
    assert client.get(f"/media/{clip.poster}").headers["content-type"] == "image/jpeg"


@pytest.mark.parametrize(("asked", "start", "stop"), [("0-1", 0, 2), ("10-19", 10, 20), ("100-", 100, None)])
def test_a_film_is_sent_in_parts(studio, asked, start, stop):
    _, client, clip = studio
    whole = client.get(f"/media/{clip.video}").content
    answer = client.get(f"/media/{clip.video}", headers={"range": f"bytes={asked}", "cookie": "secret=1"})
    assert answer.status_code == 206 and answer.content == whole[start:stop]
    assert answer.headers["content-range"] == f"bytes {start}-{(stop or len(whole)) - 1}/{len(whole)}"
    assert "secret" not in str(answer.headers)


def test_the_end_of_a_film_can_be_asked_for(studio):
    _, client, clip = studio
    answer = client.get(f"/media/{clip.video}", headers={"range": "bytes=-5"})
    assert answer.status_code == 206 and len(answer.content) == 5


@pytest.mark.parametrize(("asked", "status"), [("bytes=999999999-", 416), ("bytes=9-3", 400), ("nonsense", 400)])
def test_a_part_that_is_none_is_refused(studio, asked, status):
    _, client, clip = studio
    answer = client.get(f"/media/{clip.video}", headers={"range": asked})
    assert answer.status_code == status and "Traceback" not in answer.text


@pytest.mark.parametrize("name", ["0" * 64, "nothing", "..%2f..%2fetc%2fpasswd", "%00", "a" * 5000])
def test_what_is_not_in_the_store_is_not_found(studio, name):
    answer = studio[1].get(f"/media/{name}", headers={"accept-language": "zh-CN"})
    assert answer.status_code == 404 and "Traceback" not in answer.text and "root:" not in answer.text


def test_the_media_of_a_deleted_clip_are_not_found_until_it_is_back(studio):
    library, client, clip = studio
    library.delete(clip.id)
    answer = client.get(f"/media/{clip.poster}", headers={"accept-language": "zh-CN"})
    assert answer.status_code == 404 and answer.text == say("media_unknown", "zh")
    library.restore(clip.id)
    assert client.get(f"/media/{clip.poster}").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=https://example.org/x",
        "/gradio_api/file=HTTP://127.0.0.1/",
        "/gradio_api/file%3Dhttp://a",
        "/gradio_api/proxy=https://example.org",
        "/gradio_api/upload",
    ],
)
def test_it_fetches_from_nobody_and_stores_for_nobody(studio, path):
    answer = studio[1].request("POST" if path.endswith("upload") else "GET", path)
    assert (answer.status_code, answer.text) == (404, "Not here.")


@pytest.mark.parametrize("word", ['"gradio.FileData"', '"gradio\\u002eFileData"', '"\\u0067radio.FileData"'])
def test_a_message_that_names_a_file_is_refused(studio, word):
    message = f'{{"data": [1, {{"path": "http://example.org/x", "meta": {{"_type": {word}}}}}]}}'
    assert studio[1].post("/gradio_api/run/predict", content=message).status_code == 404


@pytest.mark.parametrize(
    ("message", "heard"),
    [
        ('{"data": ["狐狸 \\u72d0", 1.5, null, true, 12345678901234567890]}', "狐狸 狐"),
        ('{"data": ["half \\ud83d", {"act": "\\udc00"}]}', "half ?"),
        ('{"data": ["whole \\ud83e\\udd8a 🦊"]}', "whole 🦊 🦊"),
    ],
)
def test_a_message_passes_without_halves_of_characters(studio, message, heard):
    answer = studio[1].post("/gradio_api/run/predict", content=message)
    assert answer.status_code == 200 and answer.json()["data"][0] == heard


@pytest.mark.parametrize(
    "body", [b"{", b"\xff", b"[" * 100_000, b"[" * 20_000 + b"]" * 20_000], ids=lambda body: body[:2]
)
def test_what_is_no_message_is_refused(studio, body):
    assert studio[1].post("/gradio_api/run/predict", content=body).status_code == 404


def test_a_message_that_is_too_long_is_refused(studio):
    message = '{"data": ["' + "x" * LONGEST + '"]}'
    assert studio[1].post("/gradio_api/run/predict", content=message).status_code == 413


def seconds_to_take(library: Library, count: int) -> float:
    """Return the CPU seconds that a picture of so many chunks of 20 bytes costs, which is none."""
    left = iter(range(count))

    async def receive():
        more = next(left, None) is not None
        return {"type": "http.request", "body": b"x" * 20, "more_body": more}

    scope = {"type": "http", "method": "POST", "headers": [(b"content-type", b"image/png")]}
    began = time.process_time()
    answer = asyncio.run(keep_picture(library, Request(scope, receive)))
    assert answer.status_code == 400
    return time.process_time() - began


def test_many_small_chunks_cost_no_more_than_their_number(studio):
    """Eight times as many cost eight times as much; copying all that came before them would make it 64 times."""
    many_to_few = (seconds_to_take(studio[0], 80_000) / seconds_to_take(studio[0], 10_000) for _ in range(3))
    assert any(ratio < 24 for ratio in many_to_few)


@pytest.mark.parametrize(("page", "language"), [("en", "en"), ("zh-CN", "zh")])
def test_a_picture_is_refused_in_the_language_the_page_says(studio, page, language):
    for kind, status, code in [("image/png", 400, "picture_refused"), ("text/plain", 415, "board_picture_failed")]:
        answer = studio[1].post("/pictures", content=b"x", headers={"Content-Type": kind, "Accept-Language": page})
        assert (answer.status_code, answer.json()["error"]) == (status, say(code, language))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_ideas_come_in_the_language(studio, language):
    book = studio[1].get(f"/assets/vocabulary/{language}.json").json()
    assert set(book) == {"subject", "action", "scene", "style", "lighting", "camera"}
    words = [word for group in book["subject"] for word in group["words"]]
    assert len(words) >= 40
    assert bool(re.search(r"[\u4e00-\u9fff]", words[0])) == (language == "zh")


@pytest.mark.parametrize(
    "path", ["/assets/ui/../text/page.toml", "/assets/text/page.toml", "/assets/vocabulary/xx.json"]
)
def test_only_what_is_meant_for_the_page_is_shipped(studio, path):
    assert studio[1].get(path).status_code == 404


def test_the_front_page_has_its_looks_from_the_start(studio):
    _, client, _ = studio
    page = client.get("/").text
    assert page.startswith("<html><head>") and page.endswith("<title>x</title></head></html>")
    assert "example.org" not in page and '"og:title" content="Segue"' in page
    addresses = re.findall(r'(?:href|src)="([^"]+)"', page)
    assert len(addresses) > 6 and all(client.get(f"/{address}").status_code == 200 for address in addresses)
