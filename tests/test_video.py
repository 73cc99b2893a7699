"""Video files: what is written is measured with PyAV, not with the code under test, wherever it can be."""

import gc
import os
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from studio import video
from studio.errors import Invalid, StorageError

PATCHES = {
    "red": (255, 0, 0),
    "green": (0, 255, 0),
    "blue": (0, 0, 255),
    "white": (255, 255, 255),
    "black": (0, 0, 0),
    "grey": (128, 128, 128),
    "skin": (224, 172, 140),
    "ink": (30, 90, 160),
}
BT709_LUMA = {"red": 63, "green": 173, "blue": 32, "white": 235, "black": 16}
"""16 + 219 * (0.2126 R + 0.7152 G + 0.0722 B), rounded."""


def moving(count, width=128, height=96):
    """Yield frames with a bright square that moves 2 pixels a frame over a ramp."""
    ramp = np.linspace(40, 120, width, dtype=np.uint8)
    for number in range(count):
        frame = np.repeat(np.repeat(ramp[None, :, None], height, 0), 3, 2)
        frame[20:50, 2 * number : 2 * number + 30] = (230, 60, 40)
        yield frame


def patched():
    frame = np.zeros((64, 64 * len(PATCHES), 3), np.uint8)
    for place, colour in enumerate(PATCHES.values()):
        frame[:, 64 * place : 64 * place + 64] = colour
    return frame


def children():
    """Return the process ids of this process's children, ended but unfetched ones included."""
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())


@pytest.fixture
def clip(tmp_path):
    path = tmp_path / "clip.mp4"
    video.write(moving(24), path, 24)
    return path


@pytest.mark.parametrize("fps", [8, 12, 24, 25, 30])
def test_what_is_written_has_the_size_the_count_and_exactly_the_rate_asked_for(tmp_path, fps):
    path = tmp_path / "a:b -odd name.mp4"
    assert video.write(moving(fps + 1), path, fps) == fps + 1
    with av.open(f"file:{path}") as container:
        stream = container.streams.video[0]
        times = sorted(packet.pts * stream.time_base for packet in container.demux(stream) if packet.size)
        assert (stream.codec_context.width, stream.codec_context.height) == (128, 96)
        assert stream.average_rate == fps
        assert stream.codec_context.pix_fmt == "yuv420p"
    assert [time * fps for time in times] == list(range(fps + 1))


def test_probe_agrees_with_what_was_written(clip):
    facts = video.probe(clip)
    assert facts == video.VideoFacts(128, 96, 24.0, 24, 1.0, "h264", "yuv420p")


def test_colours_are_tagged_and_converted_as_bt709(tmp_path):
    path = tmp_path / "patches.mp4"
    video.write([patched()] * 6, path, 24)
    with av.open(str(path)) as container:
        frame = next(container.decode(video=0))
        context = container.streams.video[0].codec_context
        tags = (context.colorspace, context.color_primaries, context.color_trc, context.color_range)
        luma = frame.to_ndarray()[:64]
    assert tags == (1, 1, 1, 1)  # AVCOL_SPC_BT709, AVCOL_PRI_BT709, AVCOL_TRC_BT709, AVCOL_RANGE_MPEG
    for place, name in enumerate(PATCHES):
        if name in BT709_LUMA:
            assert abs(int(luma[32, 64 * place + 32]) - BT709_LUMA[name]) <= 1, name


def test_colours_come_back_as_they_went_in(tmp_path):
    path = tmp_path / "patches.mp4"
    video.write([patched()] * 3, path, 24)
    for frame in video.read(path):
        assert frame.dtype == np.uint8
        for place, (name, colour) in enumerate(PATCHES.items()):
            inner = frame[16:48, 64 * place + 16 : 64 * place + 48].astype(int)
            assert np.abs(inner - colour).max() <= 3, name


def test_frames_come_back_in_order(clip):
    left_edges = [int(np.argmax(frame[35, :, 0] > 190)) for frame in video.read(clip)]
    assert np.abs(np.array(left_edges) - np.arange(0, 48, 2)).max() <= 1


@pytest.mark.parametrize("fps", [8, 24, 25, 30])
def test_a_film_has_key_frames_where_they_are_asked_for_and_is_otherwise_the_same(tmp_path, fps):
    path = tmp_path / "clip.mp4"
    video.write(moving(40), path, fps, key_frames=(37, 1, 4, 37))
    index = video.index(path)
    assert {0, 1, 4, 37} <= set(index.key_frames)
    assert index.steady and index.facts == video.VideoFacts(128, 96, fps, 40, 40 / fps, "h264", "yuv420p")
    plain = tmp_path / "plain.mp4"
    video.write(moving(40), plain, fps)
    assert video.index(plain).header == index.header
    frames = zip(video.read(path), video.read(plain), strict=True)
    assert max(np.abs(one.astype(int) - other).mean() for one, other in frames) < 2


def test_the_header_tells_encoders_apart(tmp_path, clip, monkeypatch):
    ours, slower = video.encoder, {"superfast": "medium"}
    monkeypatch.setattr(video, "encoder", lambda *given: [slower.get(word, word) for word in ours(*given)])
    video.write(moving(24), tmp_path / "other.mp4", 24)
    video.write(moving(24), tmp_path / "again.mp4", 24)
    other, again = video.index(tmp_path / "other.mp4"), video.index(tmp_path / "again.mp4")
    assert other.header == again.header != video.index(clip).header


def test_a_film_with_uneven_times_is_not_steady(tmp_path, clip):
    assert video.index(clip).steady
    command = [video.ffmpeg(), "-v", "error", "-i", str(clip), "-vf", "setpts=N*N/50/TB", "-fps_mode", "vfr"]
    subprocess.run([*command, str(tmp_path / "uneven.mp4")], check=True)
    assert not video.index(tmp_path / "uneven.mp4").steady


@pytest.mark.parametrize("keys", [(), (1, 4, 21)])
@pytest.mark.parametrize(("start", "stop"), [(0, 3), (0, 24), (1, 4), (2, 9), (5, None), (20, 24), (23, 24), (3, 3)])
def test_a_stretch_of_a_film_is_read_to_the_frame(tmp_path, start, stop, keys):
    path = tmp_path / "clip.mp4"
    video.write(moving(24), path, 24, keys)
    stretch, all_of_it = list(video.read(path, start, stop)), list(video.read(path))
    assert len(stretch) == len(all_of_it[start:stop])
    assert all(np.array_equal(one, other) for one, other in zip(stretch, all_of_it[start:stop], strict=True))


@pytest.mark.parametrize(("start", "stop"), [(0, 25), (20, 30), (24, 25)])
def test_a_stretch_past_the_end_is_refused(clip, start, stop):
    with pytest.raises(Invalid, match="video_broken"):
        list(video.read(clip, start, stop))


def test_a_browser_can_start_before_it_has_the_whole_file(clip):
    data = clip.read_bytes()
    assert 0 < data.index(b"moov") < data.index(b"mdat")


def test_equal_frames_give_equal_bytes_and_other_frames_do_not(tmp_path):
    names = [tmp_path / name for name in ("first.mp4", "second.mp4", "other.mp4")]
    video.write(moving(12), names[0], 24)
    video.write(moving(12), names[1], 24)
    video.write(list(moving(13))[1:], names[2], 24)
    first, second, other = (name.read_bytes() for name in names)
    assert first == second != other


def test_a_view_that_is_not_contiguous_is_written_as_it_looks(tmp_path):
    straight, mirrored = tmp_path / "straight.mp4", tmp_path / "mirrored.mp4"
    video.write(moving(3), straight, 24)
    video.write((frame[:, ::-1] for frame in moving(3)), mirrored, 24)
    first, second = next(iter(video.read(straight))), next(iter(video.read(mirrored)))
    assert np.abs(first[:, ::-1].astype(int) - second).mean() < 2


@pytest.mark.parametrize("at", [0, 1, 15])
def test_an_error_among_the_frames_leaves_nothing_behind(tmp_path, at):
    def breaking():
        for number, frame in enumerate(moving(20)):
            if number == at:
                raise RuntimeError("the pencil broke")
            yield frame

    before = children()
    with pytest.raises(RuntimeError, match="the pencil broke"):
        video.write(breaking(), tmp_path / "clip.mp4", 24)
    assert list(tmp_path.iterdir()) == []
    assert children() == before


def test_an_error_among_the_frames_keeps_the_file_that_was_there(clip):
    before = clip.read_bytes()
    frames = list(moving(3))
    frames[2] = frames[2][:, :64]
    with pytest.raises(Invalid) as raised:
        video.write(frames, clip, 24)
    assert str(raised.value) == "video_mixed (expected=128x96, found=64x96)"
    assert clip.read_bytes() == before
    assert [path.name for path in clip.parent.iterdir()] == ["clip.mp4"]


def test_an_os_error_of_the_engine_is_not_taken_for_the_encoders(tmp_path):
    def unplugged():
        yield from moving(2)
        raise OSError("the tablet is unplugged")

    with pytest.raises(OSError, match="the tablet is unplugged"):
        video.write(unplugged(), tmp_path / "clip.mp4", 24)


def test_frames_that_cannot_make_a_video_are_refused(tmp_path):
    path = tmp_path / "clip.mp4"
    with pytest.raises(Invalid, match="video_empty"):
        video.write([], path, 24)
    with pytest.raises(Invalid, match="video_odd"):
        video.write(moving(2, width=127), path, 24)
    with pytest.raises(Invalid, match="video_mixed"):
        video.write((frame.astype(np.float32) for frame in moving(2)), path, 24)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_to_is_a_clear_error(tmp_path):
    before = children()
    for path in (tmp_path / "no such folder" / "clip.mp4", Path("/dev/full/clip.mp4")):
        with pytest.raises(StorageError, match="video_not_written"):
            video.write(moving(40), path, 24)
    (tmp_path / "clip.mp4").mkdir()
    with pytest.raises(StorageError, match="directory"):
        video.write(moving(2), tmp_path / "clip.mp4", 24)
    assert children() == before


def test_a_full_disk_is_called_one(tmp_path):
    (tmp_path / "clip.mp4.part").symlink_to("/dev/full")
    noise = np.random.default_rng(0).integers(0, 255, (60, 240, 320, 3), np.uint8)
    with pytest.raises(StorageError, match="disk_full"):
        video.write(noise, tmp_path / "clip.mp4", 24)
    assert list(tmp_path.iterdir()) == []


def test_a_file_cut_off_anywhere_is_found_out(clip):
    data = clip.read_bytes()
    start = data.index(b"mdat")
    for length in (0, 20, start, start + 4 + (len(data) - start) // 2, len(data) - 1):
        clip.write_bytes(data[:length])
        with pytest.raises(Invalid, match="video_broken"):
            video.probe(clip)


@pytest.mark.parametrize("content", [b"", b"not a video at all" * 100])
def test_what_is_no_video_is_refused(tmp_path, content):
    path = tmp_path / "words.mp4"
    path.write_bytes(content)
    with pytest.raises(Invalid, match="video_broken"):
        video.probe(path)
    with pytest.raises(Invalid, match="video_broken"):
        list(video.read(path))
    with pytest.raises(Invalid, match="video_broken"):
        video.probe(tmp_path / "absent.mp4")


def test_a_codec_that_nobody_knows_is_told(clip, tmp_path):
    path = tmp_path / "odd.mp4"
    path.write_bytes(clip.read_bytes().replace(b"avc1", b"zzzz"))
    for read in (video.probe, lambda path: list(video.read(path))):
        with pytest.raises(Invalid, match="video_broken"):
            read(path)


def test_a_reader_that_stops_early_closes_the_file(clip):
    frames = video.read(clip)
    next(frames)
    assert str(clip) in open_files()
    frames.close()
    gc.collect()
    assert str(clip) not in open_files()


def open_files():
    links = Path("/proc/self/fd").iterdir()
    return {os.readlink(link) for link in links if link.is_symlink()}


def test_an_interrupt_ends_the_encoder_and_takes_the_half_file_away(tmp_path):
    program = (
        "import numpy, signal, sys; from pathlib import Path; from studio import video\n"
        "def frames():\n"
        "    for number in range(1000):\n"
        "        if number == 5:\n"
        "            signal.raise_signal(signal.SIGINT)\n"
        "        yield numpy.zeros((96, 128, 3), numpy.uint8)\n"
        "video.write(frames(), Path(sys.argv[1]), 24)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "clip.mp4")], capture_output=True, timeout=120
    )
    assert b"KeyboardInterrupt" in ended.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_poster_keeps_the_shape_and_never_grows(tmp_path):
    path = tmp_path / "poster.jpg"
    for size, expected in {(1280, 704): (640, 352), (480, 854): (360, 640), (320, 240): (320, 240)}.items():
        video.poster(next(moving(1, *size)), path)
        with Image.open(path) as picture:
            assert (picture.format, picture.size, picture.mode) == ("JPEG", expected, "RGB")
    with pytest.raises(StorageError, match="video_not_written"):
        video.poster(next(moving(1)), tmp_path / "absent" / "poster.jpg")
    assert [found.name for found in tmp_path.iterdir()] == ["poster.jpg"]
