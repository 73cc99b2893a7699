"""The remote engine against a server that speaks the protocols of the hub and its providers."""

import io
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from threading import enumerate as threads

import av
import httpx2
import numpy as np
import pytest
from huggingface_hub import close_session, constants, get_session

from models.engine import Anchor, Cancelled, ClipRequest, EngineError, Prompt, Refused, Unavailable
from models.remote import Patience, Remote
from models.remote.failures import Answered, Misdirected, wait_before_retry
from models.remote.film import fitted, picked
from models.remote.line import Line
from models.remote.providers import PROVIDERS, TIERS, shape_of
from studio.text import LANGUAGES, say
from tests.inference_server import (
    IMAGE_MODEL,
    TEXT_MODEL,
    TOKEN,
    InferenceServer,
    drifting,
    encoded,
    moving,
    open_remote,
    serving,
)

PROMPT = Prompt("a fox", negative="blur", sentence="a fox runs")
REQUEST = ClipRequest(PROMPT, 104, 104, 25, 24, 7)


@pytest.fixture
def server(monkeypatch) -> Iterator[InferenceServer]:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    with serving() as running:
        yield running
        running.closing.set()
        ended()
    close_session()


def ended() -> None:
    """Wait until no thread asks for a take any more; whatever went wrong, each ends by itself."""
    for thread in [one for one in threads() if one.name == "remote take"]:
        thread.join(10)
        assert not thread.is_alive()


def silent(done: int, total: int, doing: str) -> None:
    pass


def take(engine: Remote, request: ClipRequest = REQUEST, report=silent):
    frames, making = [], engine.render(request, report)
    while True:
        try:
            frames.append(next(making))
        except StopIteration as end:
            return frames, end.value


def refusal(engine: Remote, request: ClipRequest = REQUEST) -> EngineError:
    """Return what a take fails with, said in every language and without the token."""
    with pytest.raises(EngineError) as caught:
        take(engine, request)
    said = [say(caught.value.code, language, caught.value.values) for language in LANGUAGES]
    assert TOKEN not in "".join(said)
    return caught.value


# What is asked


@pytest.mark.parametrize("provider", [*PROVIDERS, "auto"])
def test_every_provider_makes_a_film(server, provider):
    frames, ending = take(open_remote(server, provider))
    assert len(frames) == 25 and all(frame.shape == (104, 104, 3) for frame in frames)
    (asked,) = server.to("ask")
    assert asked.headers["authorization"] == f"Bearer {TOKEN}"
    body = asked.body.get("input", asked.body)
    assert (body["prompt"], body["negative_prompt"], body["seed"]) == ("a fox runs", "blur", 7)
    name = "fal-ai" if provider == "auto" else provider  # the first of the hub's order that makes films
    assert asked.path.startswith(f"/router.huggingface.co/{name}/")
    assert not any("authorization" in one.headers for one in server.to("film"))
    assert (ending.reading is None) == (body.get("num_frames") == 25)


def test_an_own_key_of_a_provider_goes_to_the_provider_and_never_to_the_hub(server):
    take(open_remote(server, "fal-ai", token="key-of-fal"))
    assert [one.headers["authorization"] for one in server.to("ask")] == ["Key key-of-fal"]
    assert server.to("ask")[0].path.startswith("/queue.fal.run/")
    assert "authorization" not in server.to("hub")[0].headers


def test_the_hub_is_asked_under_the_token_given_not_that_of_the_machine(server, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_of_the_machine")
    take(open_remote(server))
    assert {one.headers["authorization"] for one in server.to("hub")} == {f"Bearer {TOKEN}"}


@pytest.mark.parametrize(
    ("size", "shape"),
    [
        ((832, 480), (480, "16:9")),
        ((480, 832), (480, "9:16")),
        ((624, 624), (480, "1:1")),
        ((854, 480), (720, "16:9")),
        ((1280, 720), (720, "16:9")),
        ((720, 1280), (720, "9:16")),
        ((1280, 1280), (720, "1:1")),
    ],
)
def test_asks_for_the_smallest_picture_that_covers_what_is_wanted(size, shape):
    assert shape_of(replace(REQUEST, width=size[0], height=size[1])) == shape


def test_offers_the_sizes_that_providers_make():
    offered = set(Remote(TEXT_MODEL).limits.sizes)
    assert offered == {size for sizes in TIERS.values() for size in sizes.values()}


@pytest.mark.parametrize(
    ("provider", "said"),
    [
        ("fal-ai", {"resolution": "720p", "aspect_ratio": "9:16", "frames_per_second": 24, "num_frames": 121}),
        ("replicate", {"resolution": "720p", "aspect_ratio": "9:16", "frames_per_second": 24, "num_frames": 100}),
        ("wavespeed", {"size": "720*1280", "duration": 5}),
        ("together", {"width": 720, "height": 1280, "fps": 24, "seconds": "5"}),
        ("novita", {"width": 720, "height": 1280}),
    ],
)
def test_every_provider_is_asked_in_its_own_words(provider, said):
    request = replace(REQUEST, prompt=Prompt("a fox"), width=720, height=1280, num_frames=121, seed=2**32 - 1)
    assert PROVIDERS[provider].asked_for(request) == {"seed": 2**31 - 1, **said}


@pytest.mark.parametrize("provider", ["fal-ai", "wavespeed"])
def test_continues_from_the_last_frame_exactly(server, provider):
    engine = open_remote(server, provider)
    frames, _ = take(engine)
    request = replace(REQUEST, anchor=Anchor(tuple(frames[-1:])))
    after, _ = take(engine, request)
    assert np.array_equal(after[0], frames[-1]) and not np.array_equal(after[-1], frames[-1])
    asked = server.to("ask")[-1].body
    assert asked["prompt"] == "a fox runs" and "aspect_ratio" not in asked and "size" not in asked


def test_does_not_continue_without_a_model_for_it(server):
    engine = open_remote(server, image_model="")
    assert engine.limits.anchor_frames == 0
    anchor = Anchor((np.zeros((104, 104, 3), np.uint8),))
    assert refusal(engine, replace(REQUEST, anchor=anchor)).code == "anchor_refused"


@pytest.mark.parametrize(
    "anchor",
    [
        Anchor(),
        Anchor((), b"{}"),
        Anchor((np.zeros((104, 104, 3), np.uint8),), b"x"),
        Anchor((np.zeros((96, 104, 3), np.uint8),)),
    ],
    ids=["nothing", "state", "frame and state", "wrong size"],
)
def test_refuses_a_beginning_that_is_no_picture_of_its_size(server, anchor):
    assert refusal(open_remote(server), replace(REQUEST, anchor=anchor)).code == "anchor_refused"
    assert server.asked == []


def test_identity_names_what_makes_the_picture_and_nothing_else():
    plain = Remote("a/b", "a/c", "fal-ai", "one")
    assert plain.identity == Remote("a/b", "a/c", "fal-ai", "another", "http://gate").identity
    others = [Remote("a/x", "a/c", "fal-ai"), Remote("a/b", "a/x", "fal-ai"), Remote("a/b", "a/c", "novita")]
    assert len({plain.identity, *(one.identity for one in others)}) == 4
    assert "one" not in plain.identity.split()


def test_naming_it_imports_nothing_heavy():
    program = (
        "import sys; from models.remote import Remote; engine = Remote('a/b', token='hf_x'); engine.check_available();"
        "engine.identity, engine.limits;"
        "print(*{'huggingface_hub', 'httpx2', 'av', 'PIL', 'torch'} & set(sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "\n"


# What goes wrong before and at the provider


@pytest.mark.parametrize(
    ("engine", "code"),
    [
        (Remote("a/b"), "remote_token_missing"),
        (Remote("a/b", token="hf_x\n"), "remote_token_odd"),
        (Remote("a/b", token="hf_日本"), "remote_token_odd"),
        (Remote("a/b", token="two words"), "remote_token_odd"),
        (Remote("", token="hf_x"), "remote_model_missing"),
        (Remote("no name", token="hf_x"), "remote_model_unknown"),
        (Remote("http://10.0.0.1/x", token="hf_x"), "remote_model_unknown"),
        (Remote("a/b", "../../x", token="hf_x"), "remote_model_unknown"),
        (Remote("a/b", provider="groq", token="hf_x"), "remote_provider_unknown"),
    ],
)
def test_says_what_is_missing_before_anything_is_asked(engine, code):
    with pytest.raises(Unavailable) as caught:
        engine.check_available()
    assert caught.value.code == code
    assert refusal(engine).code == code


def test_an_unknown_model_is_said(server):
    error = refusal(open_remote(server, model="lab/unknown"))
    assert (error.code, error.values["model"]) == ("remote_model_unknown", "lab/unknown")


@pytest.mark.parametrize(
    ("changes", "code", "providers"),
    [
        ({"image_model": TEXT_MODEL}, "remote_task_missing_image", "-"),
        ({"image_model": TEXT_MODEL, "provider": "fal-ai"}, "remote_task_missing_image", "-"),
        ({"provider": "novita"}, "remote_task_missing_image", "fal-ai, wavespeed"),
    ],
)
def test_who_could_make_it_is_said(server, changes, code, providers):
    request = replace(REQUEST, anchor=Anchor((np.zeros((104, 104, 3), np.uint8),)))
    error = refusal(open_remote(server, **changes), request)
    assert (error.code, error.values["providers"]) == (code, providers)
    assert server.to("ask") == []


def test_a_model_for_pictures_alone_makes_no_film_from_words(server):
    assert refusal(open_remote(server, model=IMAGE_MODEL)).code == "remote_task_missing_text"


def test_an_offline_machine_asks_nobody(server, monkeypatch):
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert refusal(open_remote(server)).code == "remote_offline"
    assert server.asked == []


POLICY = b'{"detail": [{"loc": ["body"], "msg": "flagged by a content checker", "type": "content_policy_violation"}]}'


@pytest.mark.parametrize(
    ("place", "status", "body", "code"),
    [
        ("hub", 401, b'{"error": "Invalid username or password."}', "remote_token_refused"),
        ("ask", 401, b'{"error": "hf_secret is not a token"}', "remote_token_refused"),
        ("ask", 403, b'{"error": "not allowed to call Inference Providers"}', "remote_token_refused"),
        ("ask", 402, b'{"error": "You have exceeded your monthly included credits"}', "remote_credit_used_up"),
        ("ask", 403, b'{"detail": "User is locked. Reason: Exhausted balance."}', "remote_credit_used_up"),
        ("ask", 429, b"{}", "remote_busy"),
        ("ask", 404, b"<html>gone</html>", "remote_model_unknown"),
        ("ask", 400, b'{"error": "NSFW content detected"}', "remote_prompt_refused"),
        ("ask", 422, POLICY, "remote_prompt_refused"),
        ("status", 422, POLICY, "remote_prompt_refused"),
        ("ask", 422, b'{"detail": [{"msg": "num_frames must be at least 81"}]}', "remote_request_refused"),
        ("film", 404, b"no such key", "remote_provider_broken"),
        ("film", 403, b"<Error>expired</Error>", "remote_provider_broken"),
    ],
)
def test_each_refusal_is_told_by_its_kind_and_never_tried_again(server, place, status, body, code):
    server.fail(place, status, body)
    error = refusal(open_remote(server))
    assert error.code == code
    assert isinstance(error, Refused) == (code == "remote_prompt_refused")
    assert len(server.to(place)) == 1 and len(server.to("ask")) == (place != "hub")


def test_the_providers_own_words_are_shown_on_one_short_line(server):
    server.fail("ask", 422, b'{"detail": "too\\nlong ' + b"x" * 5000 + b'"}')
    said = refusal(open_remote(server)).values["said"]
    assert said.startswith("too long xxx") and len(said) == 200


def broken_off(handler) -> None:
    handler.send_response(200)
    handler.send_header("content-length", "1000")
    handler.end_headers()
    handler.wfile.write(b"{")


def hung_up(handler) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)


PASSING = {
    "429 that says when": ("ask", lambda handler: handler.answer(429, b"{}", {"retry-after": "0"}), "remote_busy"),
    "500": ("ask", lambda handler: handler.answer(500, b"{}"), "remote_provider_broken"),
    "503 in the queue": ("status", lambda handler: handler.answer(503, b"<html>"), "remote_provider_broken"),
    "502 of the hub": ("hub", lambda handler: handler.answer(502, b""), "remote_provider_broken"),
    "answer broken off": ("ask", broken_off, "remote_unreachable"),
    "film broken off": ("film", broken_off, "remote_unreachable"),
    "hung up": ("ask", hung_up, "remote_unreachable"),
}


@pytest.mark.parametrize(("place", "fault", "code"), PASSING.values(), ids=PASSING)
def test_what_passes_by_itself_is_tried_once_more(server, place, fault, code):
    server.faults = [(place, fault)]
    assert len(take(open_remote(server))[0]) == 25
    server.faults = [(place, fault)] * 2
    server.asked.clear()
    assert refusal(open_remote(server)).code == code
    assert len([one for one in server.to(place)]) == 2 and server.faults == []


@pytest.mark.parametrize(
    ("status", "said", "wait"),
    [(429, "7", 7), (429, "3600", None), (429, "Wed, 21 Oct 2015", None), (429, "", None), (503, "7", 7), (500, "", 2)],
)
def test_waits_as_long_as_the_provider_says_but_not_for_ever(status, said, wait):
    assert wait_before_retry(Answered("provider", status, {"retry-after": said}, b""), 2.0) == wait


def test_nobody_answers_at_all(server):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    server.address = f"http://127.0.0.1:{port}"
    assert refusal(open_remote(server)).code == "remote_unreachable"


# Progress, cancel, time


def sleepy(handler) -> None:
    handler.known.closing.wait(60)
    hung_up(handler)


def dripping(handler) -> None:
    handler.send_response(200)
    handler.end_headers()
    while not handler.known.closing.wait(0.02):
        handler.wfile.write(b" ")


@pytest.mark.parametrize("place", ["hub", "ask", "film"])
@pytest.mark.parametrize("slow", [sleepy, dripping])
def test_a_slow_provider_runs_out_of_time(server, monkeypatch, place, slow):
    late = [0.0]

    def slow_from_now(handler) -> None:
        late[0] = 1000.0
        slow(handler)

    monkeypatch.setattr("models.remote.line.monotonic", lambda: time.monotonic() + late[0])
    server.faults = [(place, slow_from_now)]
    began = time.monotonic()
    assert refusal(open_remote(server, patience=Patience(whole=900.0))).code == "remote_timed_out"
    assert time.monotonic() - began < 20 and len(server.to(place)) == 1


def test_a_thread_that_waits_for_a_silent_provider_ends_with_its_time(server):
    server.faults = [("ask", sleepy)]
    assert refusal(open_remote(server, patience=Patience(whole=1.0))).code == "remote_timed_out"
    ended()


def test_a_queue_that_never_ends_runs_out_of_time(server):
    server.rounds = 10**6
    assert refusal(open_remote(server, patience=Patience(whole=0.8, pause=0.0))).code == "remote_timed_out"


def test_waits_in_the_queue_and_reports_all_the_while(server):
    server.rounds = 2
    calls = []
    frames, _ = take(open_remote(server, "fal-ai"), report=lambda *said: calls.append((time.monotonic(), *said)))
    assert len(frames) == 25 and len(server.to("status")) == 3
    waiting = calls[-26][0] - calls[0][0]
    assert len(calls) - 25 > 2 * waiting  # at least twice a second
    assert [call[1:] for call in calls][-25:] == [(number, 25, "doing_drawing") for number in range(25)]
    assert {call[1:] for call in calls[:-25]} == {(0, 1, "doing_remote")} and len(calls) > 27


def test_cancel_is_heard_at_once_and_nothing_is_asked_afterwards(server):
    server.rounds = 10**6

    def stop_in_the_queue(*_: object) -> None:
        if server.to("status"):
            raise Cancelled

    with pytest.raises(Cancelled):
        take(open_remote(server, "fal-ai"), report=stop_in_the_queue)
    ended()


def test_cancel_does_not_wait_for_a_provider_that_is_silent(server):
    server.faults = [("ask", sleepy)]

    def stop(*_: object) -> None:
        if server.to("ask"):
            raise Cancelled

    began = time.monotonic()
    with pytest.raises(Cancelled):
        take(open_remote(server), report=stop)
    assert time.monotonic() - began < 20


def test_a_take_that_is_let_go_leaves_nothing_behind(server):
    making = open_remote(server).render(REQUEST, silent)
    next(making)
    making.close()
    assert not [one for one in threads() if one.name == "remote take"]


# What comes back


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "remote_no_film"),
        (b"<!DOCTYPE html><html></html>", "remote_no_film"),
        (b'{"error": "still loading"}', "remote_no_film"),
        (b"#EXTM3U\nfile:///etc/passwd\n", "remote_no_film"),
        (b"\x00\x00\x00\x18ftypisom" + b"\x00" * 64, "remote_film_torn"),
        (b"\x00\x00\x00\x18ftypisom" + b"\xff" * 4096, "remote_film_torn"),
        (b"\x1a\x45\xdf\xa3" + b"\xff" * 64, "remote_film_torn"),
    ],
)
def test_what_is_no_film_is_refused(server, body, code):
    server.film = body
    assert refusal(open_remote(server)).code == code


@pytest.mark.parametrize("part", [0.4, 0.7, 0.95])
def test_a_torn_film_is_refused_before_its_last_frame(server, part):
    whole = moving(104, 104, 25, 3)
    server.film = whole[: int(len(whole) * part)]
    assert refusal(open_remote(server)).code == "remote_film_torn"


def test_a_film_that_ends_between_two_frames_is_torn(server):
    whole = moving(104, 104, 25, 3)
    with av.open(io.BytesIO(whole)) as opened:
        ends = sorted(packet.pos + packet.size for packet in opened.demux(video=0) if packet.size)
    server.film = whole[: ends[19]]
    assert refusal(open_remote(server)).code == "remote_film_torn"


def test_a_film_with_damaged_pictures_is_never_short(server):
    whole = bytearray(encoded([np.full((104, 104, 3), number * 9, np.uint8) for number in range(25)], codec="libx264"))
    start = whole.index(b"mdat") + 64
    whole[start:] = b"\xff" * (len(whole) - start)
    server.film = bytes(whole)
    assert refusal(open_remote(server)).code == "remote_film_torn"


def test_sound_alone_is_no_film(server, tmp_path):
    path = tmp_path / "sound.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=8000, layout="mono")
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        sound.sample_rate = 8000
        container.mux(stream.encode(sound))
        container.mux(stream.encode())
    server.film = path.read_bytes()
    assert refusal(open_remote(server)).code == "remote_no_film"


def test_pictures_that_nobody_can_decode_are_no_film(server):
    server.film = moving(104, 104, 25, 1).replace(b"avc1", b"xyz1")
    assert refusal(open_remote(server)).code == "remote_no_film"


@pytest.mark.parametrize("most", [104 * 104 - 1, 16])
def test_pictures_of_a_monstrous_size_are_not_decoded(server, monkeypatch, most):
    server.film = moving(104, 104, 25, 1)
    monkeypatch.setattr("models.remote.film.MOST_PIXELS", most)
    assert refusal(open_remote(server)).code in ("remote_no_film", "remote_film_torn")


def test_a_size_that_only_the_container_claims_is_not_believed(server):
    whole = encoded([np.zeros((104, 104, 3), np.uint8)] * 25, codec="libx264")
    place = whole.index(b"avc1") + 4 + 24  # width and height of the sample entry
    server.film = whole[:place] + (30000).to_bytes(2, "big") * 2 + whole[place + 4 :]
    assert take(open_remote(server))[0][0].shape == (104, 104, 3)


def test_more_frames_than_any_film_has_are_not_read(server, monkeypatch):
    server.film = moving(104, 104, 81, 1)
    monkeypatch.setattr("models.remote.film.MOST_FRAMES", 50)
    assert refusal(open_remote(server)).code == "remote_film_torn"


def huge(handler) -> None:
    handler.send_response(200)
    handler.send_header("content-length", str(2**40))
    handler.end_headers()


def endless(handler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(64):
        handler.wfile.write(b" " * 2**16)


def packed(handler) -> None:
    handler.answer(200, b"\x1f\x8b", {"content-encoding": "gzip"})


@pytest.mark.parametrize("fault", [huge, endless, packed])
@pytest.mark.parametrize("place", ["ask", "film"])
def test_an_answer_without_measure_is_not_read(server, monkeypatch, place, fault):
    monkeypatch.setattr("models.remote.line.MOST_BYTES", 2**20)
    server.faults = [(place, fault)]
    assert refusal(open_remote(server)).code == "remote_too_large"
    assert all(one.headers["accept-encoding"] == "identity" for one in server.asked)


@pytest.mark.parametrize("body", [b"[]", b"7", b"null", b"{}", b"not json", b'{"video": {"url": 7}}', b"[" * 10**5])
def test_an_answer_of_another_form_is_told(server, body):
    server.fail("ask", 200, body)
    assert refusal(open_remote(server)).code == "remote_answer_odd"
    server.fail("status", 200, body)
    assert refusal(open_remote(server)).code == "remote_answer_odd"


@pytest.mark.parametrize("url", ["http://169.254.169.254/latest", "file:///etc/passwd", "ftp://x/y", "data:,x"])
def test_a_film_is_fetched_only_from_where_nobody_listens_in(server, url):
    server.fail("status", 200, b'{"video": {"url": "%s"}}' % url.encode())
    assert refusal(open_remote(server)).code in ("remote_misdirected", "remote_answer_odd")
    assert server.to("film") == []


def test_without_a_gateway_requests_go_where_the_library_sends_them():
    line = Line(TOKEN, "", 60.0)
    for url in ("https://huggingface.co/api/models/a/b?expand=x", "https://films.example/1.mp4"):
        request = httpx2.Request("GET", url)
        line.send(request)
        assert str(request.url) == url and request.extensions["timeout"]["read"] > 50
        assert request.headers.get("authorization") == (f"Bearer {TOKEN}" if "huggingface" in url else None)
    with pytest.raises(Misdirected):
        line.send(httpx2.Request("GET", "http://films.example/1.mp4"))


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_the_token_and_the_prompt_are_not_sent_on_to_another_host(server, status):
    with serving() as thief:
        for place in ("ask", "status"):
            for address in (thief.address, "https://thief.example"):
                server.fail(place, status, b"", location=f"{address}/router.huggingface.co/fal-ai/x")
                assert refusal(open_remote(server)).code == "remote_misdirected"
        assert thief.asked == [] and not any(one.path.startswith("/thief") for one in server.asked)


def test_a_film_may_lie_elsewhere_and_is_fetched_without_the_token(server):
    server.fail("film", 302, b"", location="https://films.example/0.mp4?signed=1")
    assert len(take(open_remote(server))[0]) == 25
    assert len(server.to("film")) == 2 and not any("authorization" in one.headers for one in server.to("film"))


# What is made of it


def test_a_film_of_what_was_asked_for_is_taken_as_it_is(server):
    frames, ending = take(open_remote(server))
    assert ending.reading is None and ending.state == b""
    assert all(map(np.array_equal, frames, drifting(frames[0], 25)))


def test_another_size_is_covered_and_told(server):
    bars = np.zeros((60, 120, 3), np.uint8)
    bars[:, :30], bars[:, 30:90], bars[:, 90:] = (255, 0, 0), (0, 255, 0), (0, 0, 255)
    server.film = encoded([bars] * 25)
    frames, ending = take(open_remote(server))
    assert (frames[0] == (0, 255, 0)).all()  # the middle square of the picture
    (word,) = ending.reading.defaults
    assert word.slot == "size" and "120x60" in word.en and "104x104" in word.zh


@pytest.mark.parametrize(("size", "into"), [((120, 60), (96, 96)), ((60, 120), (96, 96)), ((30, 10), (104, 64))])
def test_a_picture_is_scaled_about_its_middle(size, into):
    picture = np.zeros((size[1], size[0], 3), np.uint8)
    picture[size[1] // 2 - 2 : size[1] // 2 + 2, size[0] // 2 - 2 : size[0] // 2 + 2] = 255
    rows, columns = np.nonzero(fitted(picture, *into)[:, :, 0] > 127)
    assert abs(rows.mean() - (into[1] - 1) / 2) < 1 and abs(columns.mean() - (into[0] - 1) / 2) < 1


def test_fine_patterns_become_even_when_they_are_made_small():
    board = np.indices((120, 120)).sum(0)[..., None].repeat(3, 2) % 2 * 255
    assert np.abs(fitted(board.astype(np.uint8), 60, 60)[4:-4, 4:-4].astype(int) - 127).max() < 8


@pytest.mark.parametrize(
    ("count", "fps", "last", "told"),
    [
        (25, 24, 24, None),
        (25, 16, 24, "rate"),
        (17, 16, 16, "length"),  # as long, fewer frames: some are shown twice
        (81, 24, 24, "length"),  # too long: at its own pace, the rest dropped
        (81, 16, 16, "length"),
        (13, 24, 12, "length"),  # too short: slowed
        (13, 12, 12, "length"),
    ],
)
def test_frames_are_picked_by_time_and_told(server, count, fps, last, told):
    server.film = encoded([np.full((104, 104, 3), 3 * number, np.uint8) for number in range(count)], fps)
    frames, ending = take(open_remote(server))
    values = [int(frame[0, 0, 0]) // 3 for frame in frames]
    assert len(values) == 25 and values[0] == 0 and values[-1] == last
    assert values == sorted(values) and max(np.diff(values)) <= 1 + (last > 24)
    assert not np.shares_memory(frames[0], frames[1])
    assert [word.slot for word in ending.reading.defaults] == [told] if told else ending.reading is None


def test_frames_of_unequal_length_are_picked_by_their_times():
    times = (0.0, 0.5, 1.0)  # then as if at two a second
    assert picked(times, replace(REQUEST, num_frames=5, fps=4)) == [0, 0, 1, 1, 2]
    assert picked((0.0, 0.9, 1.0), replace(REQUEST, num_frames=5, fps=4)) == [0, 0, 1, 1, 2]


def test_far_too_few_frames_are_refused(server):
    server.film = moving(104, 104, 12, 1)
    error = refusal(open_remote(server))
    assert (error.code, error.values) == ("remote_too_short", {"found": 12, "expected": 25})


def test_the_usual_film_of_providers_is_read(server):
    shades = [np.full((104, 104, 3), (200, 10 * number % 200, 40), np.uint8) for number in range(25)]
    server.film = encoded(shades, codec="libx264")
    frames, _ = take(open_remote(server))
    assert all(np.abs(frame.astype(int) - shade).max() < 12 for frame, shade in zip(frames, shades, strict=True))


# What else uses huggingface_hub in this program


def test_other_threads_keep_the_client_they_are_used_to(server):
    take(open_remote(server))
    count = len(server.asked)
    answer = get_session().get(f"{server.address}/films.example/0.mp4")
    assert answer.status_code == 200 and answer.headers["content-type"] == "video/mp4"
    assert server.asked[count].headers["accept-encoding"] != "identity"
