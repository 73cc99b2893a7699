"""Joining: films of numbered frames, read back with PyAV, must hold every number once and in order."""

import base64
import os
import subprocess
import weakref
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from models.engine import Cancelled
from studio import video
from studio.errors import Invalid, StorageError, StudioError
from studio.post.assembly import EDGE
from studio.post.join import Join, Part, key_frames
from tests.browser import CHROMIUM, SWITCHES
from tests.numbered import CELL, amount, decoded, number_of, numbered, packets, take, takes_of


def nothing(done, total, doing):
    pass


def untouched(frame):
    return frame


def joined(parts, path, **changes):
    """Join parts, each with the same changes, and return what was found at the seams."""
    return Join(tuple(replace(part, **changes) for part in parts), 24).write(path, nothing)


@pytest.fixture(scope="module")
def three(tmp_path_factory):
    """Three takes of 12, 13 and 14 new frames, which no test may change."""
    return takes_of(tmp_path_factory.mktemp("three"), (12, 13, 14))


@pytest.fixture(scope="module", params=[True, False], ids=["continues", "new-shots"])
def four(request, tmp_path_factory):
    """Four takes of 60 new frames in all, which continue or not."""
    return takes_of(tmp_path_factory.mktemp("four"), (14, 20, 9, 17), request.param)


@pytest.fixture(scope="module")
def short(tmp_path_factory):
    """Takes of few frames or of a single one."""
    return takes_of(tmp_path_factory.mktemp("short"), (1, 1, 2, 3, 4, 5, 2, 6, 7, 1, 8))


def children():
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())


@pytest.mark.parametrize("filter", [None, untouched], ids=["copied", "encoded"])
@pytest.mark.parametrize("kind", ["cut", "blend", "morph"])
def test_every_join_has_the_exact_length_and_no_frame_twice(tmp_path, four, kind, filter):
    seams = joined(four, tmp_path / "film.mp4", seam=kind, filter=filter)
    frames = decoded(tmp_path / "film.mp4")
    index = video.index(tmp_path / "film.mp4")
    assert (len(frames), index.steady) == (60, True)
    assert index.facts == video.VideoFacts(128, 96, 24.0, 60, 2.5, "h264", "yuv420p")
    shown = [amount(frame) for frame in frames]
    assert all(one < other for one, other in pairwise(shown))
    assert np.abs(np.array(shown) - np.arange(60)).max() < (1.5 if kind == "morph" else 0.7)
    if kind != "morph":
        assert [number_of(frame) for frame in frames] == list(range(60))
    joined_as = kind if four[1].continues else "cut"  # two shots that run into each other would be ghosts
    assert [(seam.frame, seam.kind) for seam in seams] == [(14, joined_as), (34, joined_as), (43, joined_as)]


@pytest.mark.parametrize("filter", [None, untouched], ids=["copied", "encoded"])
@pytest.mark.parametrize("kind", ["cut", "blend", "morph"])
def test_takes_of_any_length_add_up(tmp_path, short, kind, filter):
    seams = joined(short, tmp_path / "film.mp4", seam=kind, filter=filter)
    shown = [amount(frame) for frame in decoded(tmp_path / "film.mp4")]
    assert len(shown) == 40
    assert all(one < other for one, other in pairwise(shown))
    if kind == "morph":  # where a take is too short to keep a frame of its own, there is no room for one
        assert [seam.kind for seam in seams] == ["cut"] * 3 + ["morph"] * 2 + ["cut"] * 2 + ["morph"] + ["cut"] * 2


@pytest.mark.parametrize(("continues", "expected"), [(True, [50, 80, 110, 150]), (False, [50, 50, 150, 150])])
def test_a_blend_mixes_in_the_promised_shares_and_only_within_a_shot(tmp_path, continues, expected):
    dark, light = tmp_path / "dark.mp4", tmp_path / "light.mp4"
    video.write([np.full((96, 128, 3), 50, np.uint8)] * 12, dark, 24)
    video.write([np.full((96, 128, 3), 150, np.uint8)] * 12, light, 24)
    (seam,) = Join((Part(dark), Part(light, continues, "blend")), 24).write(tmp_path / "film.mp4", nothing)
    levels = [frame.mean() for frame in decoded(tmp_path / "film.mp4")]
    assert np.abs(np.array(levels[10:14]) - expected).max() < 2
    assert seam.kind == ("blend" if continues else "cut")


def test_a_blend_uses_what_the_later_take_shows_of_the_same_moment(tmp_path):
    levels = [np.full((96, 128, 3), level, np.uint8) for level in [50] * 12 + [90] + [150] * 11]
    video.write(levels[:12], tmp_path / "one.mp4", 24)
    video.write(levels[12:], tmp_path / "two.mp4", 24)
    parts = Part(tmp_path / "one.mp4"), Part(tmp_path / "two.mp4", True, "blend")
    Join(parts, 24).write(tmp_path / "film.mp4", nothing)
    shown = [frame.mean() for frame in decoded(tmp_path / "film.mp4")]
    assert np.abs(np.array(shown[10:14]) - [50, 62, 110, 150]).max() < 2


def walking(number, jump=0):
    """Return a frame with a bright square that walks 2 pixels a frame over a patterned ground."""
    rows, columns = np.mgrid[0:96, 0:192]
    frame = np.repeat((60 + 30 * np.sin(rows / 5) * np.cos(columns / 7))[..., None], 3, 2).astype(np.uint8)
    frame[30:60, 10 + 2 * number + jump : 40 + 2 * number + jump] = (230, 230, 230)
    return frame


def left_edge(frame):
    """Return where the square begins, to a fraction of a pixel: where the brightness rises past the middle."""
    row = frame[40:50, :, 0].mean(0)
    after = int(np.argmax(row > 165))
    return after - (row[after] - 165) / (row[after] - row[after - 1])


def test_a_jump_is_found_and_morphed_into_many_small_steps(tmp_path):
    paths = tmp_path / "one.mp4", tmp_path / "two.mp4"
    video.write([walking(number) for number in range(20)], paths[0], 24, key_frames(20, False))
    video.write([walking(number, jump=5) for number in range(19, 40)], paths[1], 24, key_frames(21, True))
    steps = {}
    for kind in ("auto", "cut"):
        (seam,) = Join((Part(paths[0]), Part(paths[1], True, kind)), 24).write(tmp_path / "film.mp4", nothing)
        edges = [left_edge(frame) for frame in decoded(tmp_path / "film.mp4")]
        assert len(edges) == 40
        steps[kind] = np.diff(edges)
        assert (seam.verdict, seam.reason) == ("watch", "jump")
        assert seam.kind == ("morph" if kind == "auto" else "cut")
    assert steps["cut"].max() > 6.5 and steps["auto"].max() < 4.5
    assert steps["auto"].min() > 0.5


def test_what_nothing_touches_is_copied_packet_by_packet(tmp_path, three):
    joined(three, tmp_path / "film.mp4", seam="cut")
    kept = [packet for part in three for packet in packets(part.path)[part.continues :]]
    assert packets(tmp_path / "film.mp4") == kept


def test_only_seams_are_encoded(tmp_path, three):
    made = {packet for part in three for packet in packets(part.path)}
    joined(three, tmp_path / "film.mp4", seam="morph")
    encoded = [packet for packet in packets(tmp_path / "film.mp4") if packet not in made]
    assert len(encoded) == 2 * 2 * EDGE


@pytest.mark.parametrize(("kind", "encoded"), [("blend", 8), ("morph", 12)])
def test_with_key_frames_everywhere_no_more_is_encoded_than_a_seam_needs(tmp_path, kind, encoded):
    parts = takes_of(tmp_path, (12, 13, 14), keys=range(15))
    made = {packet for part in parts for packet in packets(part.path)}
    joined(parts, tmp_path / "film.mp4", seam=kind)
    assert sum(packet not in made for packet in packets(tmp_path / "film.mp4")) == encoded
    shown = [amount(frame) for frame in decoded(tmp_path / "film.mp4")]
    assert len(shown) == 39 and all(one < other for one, other in pairwise(shown))


def test_joining_again_after_one_take_changed_keeps_all_packets_of_the_others(tmp_path):
    parts = takes_of(tmp_path, (20, 20, 20, 20))
    joined(parts, tmp_path / "film.mp4", seam="blend")
    before = packets(tmp_path / "film.mp4")
    video.write([255 - numbered(number) for number in range(39, 60)], parts[2].path, 24, key_frames(21, True))
    joined(parts, tmp_path / "film.mp4", seam="blend")
    after = packets(tmp_path / "film.mp4")
    same = [one == other for one, other in zip(before, after, strict=True)]
    assert all(same[: 40 - EDGE]) and all(same[60 + EDGE :]) and not any(same[40 + EDGE : 60 - EDGE])


@pytest.mark.parametrize(("kind", "copied"), [("cut", 13), ("blend", 0)])
def test_a_take_without_the_wanted_key_frames_is_encoded_where_it_must_be(tmp_path, kind, copied):
    parts = takes_of(tmp_path, (20, 60, 9), keys=())
    joined(parts, tmp_path / "film.mp4", seam=kind)
    assert [number_of(frame) for frame in decoded(tmp_path / "film.mp4")] == list(range(89))
    film = packets(tmp_path / "film.mp4")
    assert sum(packet in film for packet in packets(parts[1].path)) == copied  # from its key frame 48 to its end


def test_a_take_of_another_encoder_is_encoded_and_the_others_are_copied(tmp_path, three, monkeypatch):
    ours, slower = video.encoder, {"superfast": "slow"}
    with monkeypatch.context() as changed:
        changed.setattr(video, "encoder", lambda *given: [slower.get(word, word) for word in ours(*given)])
        other = take(tmp_path / "other.mp4", 12, 25, True)
    joined((three[0], other, three[2]), tmp_path / "film.mp4", seam="cut")
    assert [number_of(frame) for frame in decoded(tmp_path / "film.mp4")] == list(range(39))
    film = packets(tmp_path / "film.mp4")
    assert film[:12] == packets(three[0].path) and film[25:] == packets(three[2].path)[1:]
    assert not set(film) & set(packets(other.path))


def test_equal_parts_give_equal_bytes(tmp_path, three):
    for name in ("first.mp4", "second.mp4"):
        joined(three, tmp_path / name, seam="morph")
    assert (tmp_path / "first.mp4").read_bytes() == (tmp_path / "second.mp4").read_bytes()


def test_a_copied_film_keeps_the_promises_of_a_written_one(tmp_path, three):
    joined(three, tmp_path / "film.mp4", seam="blend")
    data = (tmp_path / "film.mp4").read_bytes()
    assert 0 < data.index(b"moov") < data.index(b"mdat")
    with av.open(str(tmp_path / "film.mp4")) as film:
        stream = film.streams.video[0]
        context = stream.codec_context
        assert (stream.average_rate, stream.frames, film.duration) == (24, 39, 39 / 24 * av.time_base)
        tags = (context.colorspace, context.color_primaries, context.color_trc, context.color_range)
        assert tags == (1, 1, 1, 1) and context.pix_fmt == "yuv420p"
        times = [(packet.dts, packet.pts) for packet in film.demux(stream) if packet.size]
    assert all(one[0] < other[0] for one, other in pairwise(times)) and all(dts <= pts for dts, pts in times)
    checked = [video.ffmpeg(), "-v", "warning", "-xerror", "-i", str(tmp_path / "film.mp4"), "-f", "null", "-"]
    assert subprocess.run(checked, capture_output=True, check=True).stderr == b""


READ_IN_BROWSER = """async ([source, count, fps, cell]) => {
    const film = document.createElement('video'), canvas = document.createElement('canvas')
    film.muted = true
    film.src = source
    await new Promise((ready, wrong) => { film.onloadeddata = ready; film.onerror = () => wrong(film.error.message) })
    Object.assign(canvas, {width: film.videoWidth, height: film.videoHeight})
    const brush = canvas.getContext('2d', {willReadFrequently: true}), numbers = []
    const bit = n => brush.getImageData(cell * n + cell / 2, cell / 2, 1, 1).data[0] > 127
    const shown = () => {
        brush.drawImage(film, 0, 0)
        return [0, 1, 2, 3, 4, 5, 6].reduce((sum, n) => sum + (bit(n) << n), 0)
    }
    for (let frame = 0; frame < count; frame++) {
        film.currentTime = (frame + 0.5) / fps
        await new Promise(ready => film.onseeked = ready)
        for (let tries = 0; tries < 20 && shown() !== frame; tries++) {  // a busy browser may show it a little later
            await new Promise(later => setTimeout(later, 50))
        }
        numbers.push(shown())
    }
    return [film.duration, numbers]
}"""


@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM}")
def test_a_browser_finds_every_frame_of_a_copied_film_in_its_place(tmp_path, three):
    from playwright.sync_api import sync_playwright

    joined(three, tmp_path / "film.mp4", seam="blend")
    source = "data:video/mp4;base64," + base64.b64encode((tmp_path / "film.mp4").read_bytes()).decode()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=SWITCHES)
        page = browser.new_page()
        seconds, numbers = page.evaluate(READ_IN_BROWSER, [source, 39, 24, CELL])
        browser.close()
    assert seconds == pytest.approx(39 / 24, abs=0.001)
    assert numbers == list(range(39))


def test_a_filter_touches_its_part_alone_and_the_seam_is_measured_behind_it(tmp_path, three):
    def darker(frame):
        return (frame // 2).astype(np.uint8)

    parts = three[0], replace(three[1], seam="cut", filter=darker), replace(three[2], seam="cut")
    seam, _ = Join(parts, 24).write(tmp_path / "film.mp4", nothing)
    shown = [amount(frame) for frame in decoded(tmp_path / "film.mp4")]
    expected = [number / 2 if 12 <= number < 25 else number for number in range(39)]
    assert np.abs(np.array(shown) - expected).max() < 0.3
    assert seam.colour_step > 5 and seam.reason != "smooth"


def test_no_more_than_a_few_frames_are_held_however_long_the_film(tmp_path, short):
    alive, most = set(), []

    def watched(frame):
        mine = frame.copy()
        alive.add(id(mine))
        weakref.finalize(mine, alive.discard, id(mine))
        most.append(len(alive))
        return mine

    joined(short * 3, tmp_path / "film.mp4", seam="morph", filter=watched)
    assert len(most) > 120 and max(most) <= 6 * EDGE


@pytest.mark.parametrize("filter", [None, untouched], ids=["copied", "encoded"])
def test_progress_counts_the_frames_of_the_film(tmp_path, three, filter):
    said = []
    parts = tuple(replace(part, seam="blend", filter=filter) for part in three)
    Join(parts, 24).write(tmp_path / "film.mp4", lambda *given: said.append(given))
    assert {(total, doing) for _, total, doing in said} == {(39, "doing_joining")}
    counts = [done for done, _, _ in said]
    assert counts == sorted(counts) and set(counts) == set(range(40))


@pytest.mark.parametrize("stop", [0, 1, 5, 20, 38])
@pytest.mark.parametrize("filter", [None, untouched], ids=["copied", "encoded"])
def test_a_cancelled_join_stops_within_a_frame_and_leaves_nothing(tmp_path, three, filter, stop):
    said, working = [], children()

    def report(done, total, doing):
        said.append(done)
        if done >= stop:
            raise Cancelled

    with pytest.raises(Cancelled):
        Join(tuple(replace(part, seam="blend", filter=filter) for part in three), 24).write(tmp_path / "f.mp4", report)
    assert max(said) == stop and said.count(stop) == 1
    assert list(tmp_path.iterdir()) == [] and children() == working


def test_a_join_that_fails_keeps_the_film_that_was_there(tmp_path, three):
    (tmp_path / "film.mp4").write_bytes(b"the film before")

    def broken(frame):
        raise RuntimeError("the lens broke")

    with pytest.raises(RuntimeError, match="the lens broke"):
        joined(three, tmp_path / "film.mp4", filter=broken)
    assert (tmp_path / "film.mp4").read_bytes() == b"the film before"
    assert len(list(tmp_path.iterdir())) == 1


def refusal(folder, parts):
    """Return the error of a join that must fail, having made sure that it left nothing."""
    files = set(folder.iterdir())
    with pytest.raises(StudioError) as raised:
        Join(tuple(parts), 24).write(folder / "film.mp4", nothing)
    assert set(folder.iterdir()) == files
    return str(raised.value)


def test_bad_parts_are_refused_by_their_number(tmp_path, three):
    good = three[:2]
    assert refusal(tmp_path, ()) == "join_empty"
    assert refusal(tmp_path, [*good, Part(tmp_path / "absent.mp4")]) == "join_part_broken (part=3)"
    whole = good[1].path.read_bytes()
    for length in (0, 100, len(whole) // 2, len(whole) - 1):
        (tmp_path / "cut off.mp4").write_bytes(whole[:length])
        assert refusal(tmp_path, [good[0], Part(tmp_path / "cut off.mp4")]) == "join_part_broken (part=2)"
    video.write([numbered(0, 160)] * 5, tmp_path / "wide.mp4", 24)
    wide = refusal(tmp_path, [*good, Part(tmp_path / "wide.mp4")])
    assert wide == "join_size (part=3, expected=128x96, found=160x96)"
    video.write([numbered(0)] * 5, tmp_path / "slow.mp4", 12)
    assert refusal(tmp_path, [good[0], Part(tmp_path / "slow.mp4")]) == "join_rate (part=2, expected=24, found=12.0)"
    video.write([numbered(0)], tmp_path / "short.mp4", 24)
    assert refusal(tmp_path, [good[0], Part(tmp_path / "short.mp4", True)]) == "join_short (part=2)"


def test_a_take_that_goes_while_the_film_is_made_is_a_clear_error(tmp_path, three):
    going = take(tmp_path / "going.mp4", 25, 39, True)

    def thief(frame):
        going.path.unlink(missing_ok=True)
        return frame

    with pytest.raises(Invalid, match=r"join_part_broken \(part=3\)"):
        joined((*three[:2], going), tmp_path / "film.mp4", filter=thief)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["film.mp4.part", "film.mp4.seams.part"])
def test_a_full_disk_is_called_one(tmp_path, name):
    noise = np.random.default_rng(0).integers(0, 255, (40, 240, 320, 3), np.uint8)
    video.write(noise[:20], tmp_path / "one.mp4", 24, key_frames(20, False))
    video.write(noise[19:], tmp_path / "two.mp4", 24, key_frames(21, True))
    (tmp_path / name).symlink_to("/dev/full")
    with pytest.raises(StorageError, match="disk_full"):
        parts = Part(tmp_path / "one.mp4"), Part(tmp_path / "two.mp4", True, "blend")
        Join(parts, 24).write(tmp_path / "film.mp4", nothing)
    assert {path.name for path in tmp_path.iterdir()} == {"one.mp4", "two.mp4"}
