"""Weights: fetched from a hub that misbehaves, gone on with after a break, and checked before anything is loaded."""

import itertools
import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from models.engine import Cancelled, Unavailable
from models.wan import download as downloading
from models.wan.download import Progress, download
from models.wan.memory import Plan, Take
from models.wan.profiles import profiles
from models.wan.source import Listed, Source, present, read_listing
from models.wan.weights import LONGEST_HEADER, SAMPLE, SAMPLES, check_folder, fetch, fingerprint, parameters
from studio.text import catalogue
from tests import tiny_wan
from tests.hub import COMMIT, Hub, serving

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def tiny(tmp_path_factory) -> Path:
    return tiny_wan.build(tmp_path_factory.mktemp("weights") / "tiny")


@pytest.fixture
def copy(tiny, tmp_path) -> Path:
    """A checkpoint that may be damaged."""
    return Path(shutil.copytree(tiny, tmp_path / "copy"))


@pytest.fixture
def hub(tiny) -> Iterator[Hub]:
    with serving(Hub(tiny)) as hub:
        yield hub


@pytest.fixture
def source(hub, tmp_path) -> Source:
    return Source("owner/tiny", "main", tmp_path / "weights", endpoint=hub.address)


@pytest.fixture(autouse=True)
def hurried(monkeypatch, tmp_path):
    """No waiting between two tries, and nobody logged in on this machine."""
    monkeypatch.setattr(downloading, "TICK", 0.01)
    monkeypatch.setenv("HF_TOKEN", "")
    monkeypatch.setattr("huggingface_hub.constants.HF_TOKEN_PATH", str(tmp_path / "no token"))


class Reports:
    """A report that remembers, and cancels once so many bytes are there."""

    def __init__(self, enough: int | None = None) -> None:
        self.said: list[tuple[int, int]] = []
        self.enough = enough

    def __call__(self, done, total, doing, preview=None) -> None:
        assert doing == "doing_fetching" and doing in catalogue()
        self.said.append((done, total))
        if self.enough is not None and done >= self.enough:
            raise Cancelled


def words_of(error: Unavailable) -> list[str]:
    return [words.format(**error.values) for words in catalogue()[error.code].values()]


def refused(source: Source) -> Unavailable:
    with pytest.raises(Unavailable) as raised:
        download(source, Progress())
    assert all(words_of(raised.value))
    return raised.value


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_repository_is_fetched_whole_by_a_process_of_its_own(tiny, hub, source):
    assert present(source) is None
    hub.pause = 0.02
    reports = Reports()
    folder = fetch(source, reports)
    assert folder.name == COMMIT and bytes_of(folder) == bytes_of(tiny)
    check_folder(folder)
    total = sum(len(data) for data in bytes_of(tiny).values())
    assert {most for _, most in reports.said} <= {1, total}
    assert [done for done, _ in reports.said] == sorted(done for done, _ in reports.said)
    assert any(0 < done < total for done, _ in reports.said)
    asked = len(hub.asked)
    assert fetch(source, Reports()) == present(source) == folder
    assert len(hub.asked) == asked  # what is there is not asked for again


def test_two_processes_that_want_the_same_fetch_it_once(tiny, hub, source):
    hub.pause = 0.01
    with ThreadPoolExecutor() as both:
        folders = list(both.map(lambda _: fetch(source, Reports()), range(2)))
    assert folders[0] == folders[1] and bytes_of(folders[0]) == bytes_of(tiny)
    assert len({path for path, _ in hub.asked}) == len(hub.asked)


def test_cancelling_ends_it_within_a_second_and_the_rest_comes_later(tiny, hub, source):
    hub.pause = 0.05
    with pytest.raises(Cancelled):
        fetch(source, Reports(enough=100_000))
    ended = time.monotonic()
    before = len(hub.asked)
    time.sleep(0.3)
    assert len(hub.asked) == before  # nobody fetches on
    parts = list(source.place.rglob("*.part"))
    assert len(parts) == 1 and time.monotonic() - ended < 1
    kept = parts[0].stat().st_size
    assert kept > 0
    hub.pause = 0
    folder = download(source, Progress())
    assert bytes_of(folder) == bytes_of(tiny)
    assert [asked for _, asked in hub.asked if asked] == [f"bytes={kept}-"]


def test_a_line_that_breaks_is_taken_up_again_where_it_broke(tiny, hub, source):
    hub.breaks_after = 150_000
    progress = Progress()
    folder = download(source, progress)
    assert bytes_of(folder) == bytes_of(tiny)
    assert progress.done == progress.total == sum(map(len, bytes_of(tiny).values()))
    assert any(asked == "bytes=150000-" for _, asked in hub.asked)
    listings = [path for path, _ in hub.asked if "/api/" in path]
    assert len(listings) == 1


def test_a_hub_that_knows_no_ranges_sends_the_file_anew(tiny, hub, source):
    hub.status["/transformer/diffusion_pytorch_model.safetensors"] = 503
    assert refused(source).code == "hub_failed"
    hub.status.clear()
    hub.ranges = False
    place = source.place / COMMIT / "transformer"
    (place / "diffusion_pytorch_model.safetensors.part").write_bytes(b"x" * 1000)
    assert bytes_of(download(source, Progress())) == bytes_of(tiny)


def test_a_line_that_brings_nothing_is_given_up_and_what_came_is_kept(hub, source, monkeypatch):
    """The server closes before the first byte of the body, again and again."""
    monkeypatch.setattr(downloading, "_receive", broken)
    error = refused(source)
    assert error.code == "hub_broken_off" and error.values["file"]


def broken(*_: object) -> Iterator[int]:
    import httpx2

    raise httpx2.RemoteProtocolError("peer closed connection")
    yield 0


@pytest.mark.parametrize(
    ("status", "own", "token", "code"),
    [
        (401, "", "", "hub_unknown"),
        (401, "", "hf_old", "hub_token_refused"),
        (403, "", "hf_fine", "hub_forbidden"),
        (403, "GatedRepo", "hf_fine", "hub_forbidden"),
        (404, "RepoNotFound", "", "hub_unknown"),
        (404, "RevisionNotFound", "", "hub_revision_unknown"),
        (429, "", "", "hub_busy"),
        (500, "", "", "hub_failed"),
        (503, "", "", "hub_failed"),
    ],
)
def test_what_the_hub_answers_is_said_in_words(hub, tmp_path, status, own, token, code):
    hub.status["/revision/main"], hub.code = status, own
    source = Source("owner/tiny", "main", tmp_path, token, hub.address)
    error = refused(source)
    assert error.code == code
    assert "hf_" not in repr(error) + repr(source)  # a token is never shown


@pytest.mark.parametrize(("status", "code"), [(404, "hub_unknown"), (429, "hub_busy"), (500, "hub_failed")])
def test_a_file_that_is_refused_is_said_too(hub, source, status, code):
    hub.status["/vae/config.json"] = status
    assert refused(source).code == code
    hub.status.clear()
    assert present(source) is None
    check_folder(download(source, Progress()))


def test_a_token_opens_what_is_private(hub, source, tmp_path):
    hub.token = "hf_right"
    assert refused(source).code == "hub_unknown"
    check_folder(download(Source("owner/tiny", "main", tmp_path / "own", "hf_right", hub.address), Progress()))


def test_a_token_of_the_machine_that_is_refused_is_called_one(hub, source, monkeypatch):
    hub.token = "hf_right"
    monkeypatch.setenv("HF_TOKEN", "hf_old")
    assert refused(source).code == "hub_token_refused"


@pytest.mark.parametrize("token", ["hf_a\n", "hf_日本", "hf_a b"])
def test_a_token_that_none_can_be_is_not_sent(hub, tmp_path, token):
    assert refused(Source("owner/tiny", "main", tmp_path, token, hub.address)).code == "hub_token_refused"
    assert hub.asked == []


@pytest.mark.parametrize("repo", ["..", "/home/me/wan", "C:\\models\\wan", "no such", "a/b/c", "a" * 300])
def test_what_is_neither_a_folder_nor_a_repository_is_said(hub, tmp_path, repo):
    error = refused(Source(repo, "main", tmp_path / "weights", endpoint=hub.address))
    assert error.code == "hub_name_odd" and hub.asked == [] and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("page", [b"<html>Sign in</html>", b"[]", b"{}", b"7", b"[" * 10**5])
def test_a_page_that_is_not_of_the_hub_is_told(hub, source, page):
    hub.page = page
    assert refused(source).code == "hub_answer_odd"


@pytest.mark.parametrize(
    "lie",
    [
        {"sha": "../../../stolen"},
        {"sha": None},
        {"siblings": [{}]},
        {"siblings": {"a": 1}},
        {"size": -9},
        {"size": "9"},
    ],
)
def test_a_listing_that_lies_leads_nowhere(hub, source, tmp_path, lie):
    listed = hub.listing()
    if "size" in lie:
        lie = {"siblings": [{**one, **lie} for one in listed["siblings"]]}
    hub.page = json.dumps({**listed, **lie}).encode()
    assert refused(source).code == "hub_answer_odd"
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["lock"]


def test_a_file_that_is_longer_than_it_was_said_is_not_read_to_its_end(tiny, hub, source):
    hub.swelled = -1
    assert refused(source).code == "hub_damaged"
    assert not list(source.place.rglob("*.part"))
    part = source.place / "part"
    part.touch()
    name = "transformer/diffusion_pytorch_model.safetensors"
    for _ in downloading._receive(source, COMMIT, Listed(name, 10), part):
        pass
    assert 10 < part.stat().st_size <= 2**16 < (tiny / name).stat().st_size


def test_nobody_listens(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        source = Source("owner/tiny", "main", tmp_path, endpoint=f"http://127.0.0.1:{taken.getsockname()[1]}")
        assert refused(source).code == "hub_unreachable"


def test_offline_is_honoured_and_what_is_there_serves(hub, source, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(Unavailable) as raised:
        fetch(source, Reports())
    assert raised.value.code == "hub_offline" and hub.asked == [] and all(words_of(raised.value))
    folder = download(source, Progress())  # this very process was started online
    assert fetch(source, Reports()) == folder


def test_a_repository_without_a_model_is_named(hub, source, tmp_path):
    hub.folder = tmp_path / "papers"
    hub.folder.mkdir()
    (hub.folder / "README.md").write_text("nothing here")
    assert refused(source).code == "hub_no_model"


def test_only_what_a_pipeline_reads_is_fetched(copy, hub, source):
    hub.folder = copy
    shard(copy)
    whole = set(bytes_of(copy))
    variants = ("vae/model.fp16.safetensors", "text_encoder/model.safetensors.index.fp16.json")
    for extra in ("README.md", "assets/film.mp4", "transformer/weights.bin", "google/config.json", *variants):
        (copy / extra).parent.mkdir(exist_ok=True)
        (copy / extra).write_bytes(b"extra")
    folder = download(source, Progress())
    assert set(bytes_of(folder)) == whole
    check_folder(folder)


def test_bytes_that_changed_on_the_way_are_thrown_away(copy, hub, source):
    hub.folder = copy
    assert read_listing(source) is None
    name = "vae/diffusion_pytorch_model.safetensors"
    listed = hub.listing()
    data = bytearray((copy / name).read_bytes())
    data[-1] ^= 1
    (copy / name).write_bytes(data)
    hub.listing = lambda: listed
    error = refused(source)
    assert (error.code, error.values["file"]) == ("hub_damaged", name)
    assert not list(source.place.rglob("vae/*safetensors*"))


def test_a_branch_that_moves_does_not_mix_two_versions(copy, hub, source):
    hub.status["/vae/config.json"] = 500
    assert refused(source).code == "hub_failed"
    hub.status.clear()
    commit, files = read_listing(source)
    assert commit == COMMIT and len(files) > 5
    download(source, Progress())
    assert sum("/api/" in path for path, _ in hub.asked) == 1


def test_a_disk_without_room_is_told_before_anything_is_written(hub, source):
    hub.swelled = 2**60
    error = refused(source)
    assert error.code == "hub_no_room" and error.values["needs"] > 10**6
    assert not list(source.place.rglob("*.part"))


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="no disk that is always full")
def test_a_disk_that_runs_full_is_told(hub, source):
    hub.status["/vae/config.json"] = 500
    refused(source)
    hub.status.clear()
    (source.place / COMMIT / "vae").mkdir(exist_ok=True)
    part = source.place / COMMIT / "vae" / "config.json.part"
    part.unlink(missing_ok=True)
    part.symlink_to("/dev/full")
    assert refused(source).code == "hub_disk_full"


def test_a_folder_that_cannot_be_written_is_told(hub, tmp_path):
    (tmp_path / "file").write_text("no folder")
    assert refused(Source("owner/tiny", "main", tmp_path / "file", endpoint=hub.address)).code == "hub_unwritable"


def test_a_missing_library_is_named(source, tmp_path, monkeypatch):
    (tmp_path / "huggingface_hub.py").write_text("raise ImportError('broken', name='huggingface_hub')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(Unavailable) as raised:
        fetch(source, Reports())
    assert (raised.value.code, raised.value.values["library"]) == ("library_missing", "huggingface_hub")


def test_a_whole_folder_passes(tiny):
    check_folder(tiny)


FILES = [
    "model_index.json",
    "vae/config.json",
    "transformer/config.json",
    "text_encoder/config.json",
    "scheduler/scheduler_config.json",
    "tokenizer/tokenizer_config.json",
    "vae/diffusion_pytorch_model.safetensors",
    "transformer/diffusion_pytorch_model.safetensors",
    "text_encoder/model.safetensors",
]


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(copy, name):
    (copy / name).unlink()
    assert_says(copy, "wan_weights_missing", name)


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        *itertools.product(FILES, ["empty", "cut"]),
        *itertools.product(FILES[:1], ["bottomless"]),
        *itertools.product(FILES[6:], ["longer", "header", "zeros", "huge"]),
        *itertools.product(FILES[6:7], ["vast", "deep"]),
    ],
)
def test_a_damaged_file_is_named(copy, name, damage):
    data = (copy / name).read_bytes()
    harm = {
        "empty": b"",
        "cut": data[: len(data) // 2],
        "longer": data + b"\0",
        "header": data[:8] + b"{" + data[9:20] + b"?" + data[21:],
        "zeros": b"\0" * len(data),
        "huge": b"\xff" * 8 + data[8:],
        "bottomless": b"[" * 10**5,
        "vast": vast(data),
        "deep": (10**5).to_bytes(8, "little") + b"[" * 10**5,
    }
    (copy / name).write_bytes(harm[damage])
    assert_says(copy, "wan_weights_damaged", name)


def vast(data: bytes) -> bytes:
    """Return a safetensors file with more blanks in its header than any has."""
    length, longer = int.from_bytes(data[:8], "little"), LONGEST_HEADER + 1
    return longer.to_bytes(8, "little") + data[8 : 8 + length].ljust(longer) + data[8 + length :]


def assert_says(folder: Path, code: str, name: str) -> None:
    with pytest.raises(Unavailable) as raised:
        check_folder(folder)
    assert (raised.value.code, raised.value.values["file"]) == (code, name)
    assert all(name in words for words in words_of(raised.value))


def shard(folder: Path) -> list[str]:
    """Split the transformer's file in two with an index, as large models come."""
    from safetensors.torch import load_file, save_file

    whole = folder / "transformer/diffusion_pytorch_model.safetensors"
    tensors = load_file(whole)
    whole.unlink()
    where = {}
    for number, names in enumerate((sorted(tensors)[::2], sorted(tensors)[1::2]), start=1):
        file = f"diffusion_pytorch_model-0000{number}-of-00002.safetensors"
        save_file({name: tensors[name] for name in names}, whole.with_name(file))
        where |= dict.fromkeys(names, file)
    index = whole.with_name("diffusion_pytorch_model.safetensors.index.json")
    index.write_text(json.dumps({"metadata": {}, "weight_map": where}))
    return sorted(set(where.values()))


def test_a_model_in_shards_is_checked_by_its_index(tiny, copy):
    before = parameters(tiny)
    files = shard(copy)
    check_folder(copy)
    assert parameters(copy) == before
    (copy / "transformer" / files[0]).rename(copy / "transformer" / "kept")
    assert_says(copy, "wan_weights_missing", f"transformer/{files[0]}")
    shutil.copy(copy / "transformer" / files[1], copy / "transformer" / files[0])  # the wrong tensors
    assert_says(copy, "wan_weights_damaged", f"transformer/{files[0]}")
    (copy / "transformer/diffusion_pytorch_model.safetensors.index.json").write_text('{"weight_map": [1]}')
    assert_says(copy, "wan_weights_damaged", "transformer/diffusion_pytorch_model.safetensors.index.json")


def test_another_kind_of_model_is_named(copy):
    index = json.loads((copy / "model_index.json").read_text())
    (copy / "model_index.json").write_text(json.dumps({**index, "_class_name": "StableDiffusionPipeline"}))
    with pytest.raises(Unavailable) as raised:
        check_folder(copy)
    assert raised.value.code == "wan_weights_foreign" and all(words_of(raised.value))


def test_parameters_are_counted_as_torch_counts_them_and_weigh_what_the_plan_says(tiny):
    from diffusers import WanPipeline

    counted = parameters(tiny)
    pipeline = WanPipeline.from_pretrained(tiny)
    for part in ("transformer", "text_encoder", "vae"):
        module = getattr(pipeline, part)
        assert getattr(counted, part) == sum(one.numel() for one in module.parameters())
    take = Take(profiles()["quality"], 64, 64, 5, counted)
    bytes_there = [
        sum(one.numel() * one.element_size() for one in getattr(pipeline, part).parameters())
        for part in ("text_encoder", "transformer", "vae")
    ]
    assert [round(gib * 2**30) for gib in take.weigh(Plan("cpu", "cpu", precision="fp32"))] == bytes_there


def test_a_fingerprint_follows_configs_and_sizes(tiny, copy):
    first = fingerprint(tiny)
    assert fingerprint(copy) == first
    config = copy / "scheduler/scheduler_config.json"
    config.write_text(config.read_text().replace("5.0", "3.0"))
    second = fingerprint(copy)
    (copy / FILES[6]).write_bytes(b"x")
    assert len({first, second, fingerprint(copy)}) == 3
    (copy / "notes.txt").write_text("of no model")
    (copy / FILES[6]).unlink()
    third = fingerprint(copy)
    (copy / FILES[6]).symlink_to(copy / "nowhere")
    assert fingerprint(copy) == third


def test_weights_trained_further_have_a_fingerprint_of_their_own(copy):
    seen, file = {fingerprint(copy)}, copy / FILES[6]
    size = 3 * SAMPLES * SAMPLE
    for place in (0, size // 2, size - 1):
        data = bytearray(size)
        data[place // (3 * SAMPLE) * 3 * SAMPLE] = 1
        file.write_bytes(data)
        seen.add(fingerprint(copy))
    assert len(seen) == 4


def test_checking_loads_no_model_library(tiny):
    program = (
        "import sys; from pathlib import Path; from models.wan.weights import *; check_folder(Path(sys.argv[1])); "
        "print(parameters(Path(sys.argv[1])).total, *{'torch', 'diffusers', 'huggingface_hub'} & set(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", program, tiny], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == [str(parameters(tiny).total)]
