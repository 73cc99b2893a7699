"""How the Wan engine runs, on a tiny checkpoint: what it keeps, watching, stopping, several takes at once."""

import os
import threading
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from models.engine import Anchor, Cancelled, Prompt, Unavailable
from models.wan import Host, Levers, Wan
from models.wan import engine as wan_engine
from models.wan import host as wan_host
from models.wan import run as wan_run
from models.wan.memory import Plan
from models.wan.tensors import TensorFolder
from tests.wan_takes import QUALITY, REQUEST, TURBO, Calls, equal, forbid, latents_of, take

# What is kept


def test_a_known_sentence_needs_no_encoder(wan, checkpoint, monkeypatch):
    first, _ = take(wan)
    forbid(monkeypatch, "text_encoder")
    again = Wan(QUALITY, Host(wan.host.folder, str(checkpoint)))
    other, _ = take(again, replace(REQUEST, seed=8))
    assert not equal(first, other)
    assert again.host.parts(QUALITY, Calls()).loaded == {"transformer", "vae"}


def test_a_damaged_embedding_is_made_again(wan):
    first, _ = take(wan)
    for path in (wan.host.folder / "embeddings").iterdir():
        path.write_bytes(b"nothing")
    for path in latents_of(wan.host):
        path.unlink()
    assert equal(first, take(wan)[0])


def test_a_crash_in_the_decode_costs_only_the_decode(wan, checkpoint, drawn, monkeypatch):
    with monkeypatch.context() as broken, pytest.raises(MemoryError):
        broken.setattr(wan_run, "sent", lambda piece: (_ for _ in ()).throw(MemoryError))
        take(wan)
    forbid(monkeypatch, "text_encoder", "transformer")
    found = Calls()
    frames, _ = take(Wan(QUALITY, Host(wan.host.folder, str(checkpoint))), report=found)
    assert equal(frames, drawn) and found.stages() == ["doing_decoding"]


def test_latents_of_another_take_or_damaged_ones_are_not_taken(wan):
    take(wan)
    (path,) = latents_of(wan.host)
    path.write_bytes(path.read_bytes()[:-10])
    report = Calls()
    take(wan, report=report)
    assert "doing_denoising" in report.stages()
    report = Calls()
    take(wan, replace(REQUEST, seed=9), report=report)
    assert "doing_denoising" in report.stages()


# Watching and stopping


def test_previews_come_once_a_take_was_decoded(wan):
    large = replace(REQUEST, width=96, height=64, num_frames=17)
    report = Calls()
    take(wan, large, report)
    assert report.previews == []
    report = Calls()
    frames, _ = take(wan, replace(large, seed=8), report)
    assert [preview.shape for preview in report.previews] == [(16, 24, 3)] * 3
    middle = frames[6].reshape(4, 16, 6, 16, 3).mean(axis=(1, 3))
    shown = report.previews[-1].reshape(4, 4, 6, 4, 3).mean(axis=(1, 3))
    assert np.corrcoef(middle.ravel(), shown.ravel())[0, 1] > 0.6
    assert (wan.host.folder / "previews").is_dir()


def test_caches_that_cannot_be_written_are_said_in_words(checkpoint, tmp_path):
    (tmp_path / "embeddings").write_text("in the way")
    with pytest.raises(Unavailable) as reason:
        take(Wan(QUALITY, Host(tmp_path, str(checkpoint))))
    assert reason.value.code == "data_unwritable"


def test_the_longest_unused_latents_go_first(tmp_path):
    files = TensorFolder(tmp_path, most_bytes=2700)
    for number, name in enumerate(("old", "used", "new")):
        files.save(name, {"numbers": torch.zeros(200)})
        os.utime(tmp_path / f"{name}.safetensors", (number, number))
    files.load("old")
    files.save("last", {"numbers": torch.zeros(200)})
    assert sorted(path.stem for path in tmp_path.iterdir()) == ["last", "new", "old"]


def test_what_cannot_be_read_just_now_stays(tmp_path, monkeypatch):
    files = TensorFolder(tmp_path, most_bytes=10_000)
    files.save("kept", {"numbers": torch.ones(3)})
    for name, found in (("os.utime", True), ("models.wan.tensors.load_file", False)):
        with monkeypatch.context() as refused:
            refused.setattr(name, lambda *ignored: (_ for _ in ()).throw(PermissionError))
            assert (files.load("kept") is not None) == found
        assert files.load("kept") is not None


def test_what_nobody_will_finish_is_swept_up(tmp_path):
    files = TensorFolder(tmp_path, most_bytes=10_000)
    left, begun = tmp_path / "left.1.part", tmp_path / "begun.2.part"
    for path in (left, begun):
        path.write_bytes(b"half")
    os.utime(left, (1, 1))
    files.save("kept", {"numbers": torch.ones(3)})
    assert begun.exists() and not left.exists()


# Watching and stopping


STOPS = [
    ("doing_encoding", 1),
    ("doing_encoding", 2),
    ("doing_denoising", 1),
    ("doing_denoising", 3),
    ("doing_decoding", 1),
    ("doing_decoding", 2),
]


def test_stops_at_once_at_every_stage_and_leaves_nothing_behind(checkpoint, tmp_path):
    levers = Levers(first_block_cache=0.05)
    expected, _ = take(Wan(QUALITY, Host(tmp_path / "fresh", str(checkpoint), levers=levers)))
    host = Host(tmp_path / "stopped", str(checkpoint), levers=levers)
    for stage, number in STOPS:
        report = Calls(stage, number)
        with pytest.raises(Cancelled):
            take(Wan(QUALITY, host), report=report)
        assert report.told[-1][2] == stage, "went on after it was to stop"
    for path in latents_of(host):
        path.unlink()
    assert equal(take(Wan(QUALITY, host))[0], expected)


def test_a_take_that_is_left_half_way_gives_the_card_back(wan):
    drawing = wan.render(REQUEST, Calls())
    next(drawing)
    drawing.close()
    assert len(take(wan)[0]) == 5


def test_waits_for_the_card_and_can_be_stopped_meanwhile(wan):
    drawing = wan.render(REQUEST, Calls())
    next(drawing)
    report = Calls("doing_waiting", 2)
    with pytest.raises(Cancelled):
        take(wan, replace(REQUEST, seed=9), report)
    assert report.stages() == ["doing_waiting"]
    waiting = threading.Thread(target=take, args=(wan, replace(REQUEST, seed=9)))
    waiting.start()
    drawing.close()
    waiting.join(60)
    assert len(latents_of(wan.host)) == 2


def test_nobody_waits_for_the_card_while_another_model_is_fetched(checkpoint, tmp_path, monkeypatch):
    host, fetching, there = Host(tmp_path), threading.Event(), threading.Event()

    def fetch(source, report):
        if source.repo == TURBO.repo:
            fetching.set()
            assert there.wait(60)
        return checkpoint

    monkeypatch.setattr(wan_host, "fetch", fetch)
    waiting = threading.Thread(target=take, args=(Wan(TURBO, host),))
    waiting.start()
    assert fetching.wait(60)
    report = Calls()
    take(Wan(QUALITY, host), report=report)
    there.set()
    waiting.join(60)
    assert "doing_waiting" not in report.stages() and len(latents_of(host)) == 2


# Several takes at once


def test_takes_of_one_shape_are_denoised_together(wan, checkpoint, tmp_path, monkeypatch):
    sentences = ("a fox runs", "a cat walks", "the sea", "a street in the night")
    requests = [
        replace(REQUEST, prompt=Prompt("", sentence=sentence), seed=seed) for seed, sentence in enumerate(sentences)
    ]
    alone = Host(tmp_path / "alone", str(checkpoint))
    expected = [take(Wan(QUALITY, alone), request)[0] for request in requests]
    report = Calls()
    wan.prepare(requests, report)
    assert [done for done, _, stage in report.told if stage == "doing_denoising"] == [0, 1, 2, 3], "not in one batch"
    for one, other in zip(latents_of(wan.host), latents_of(alone), strict=True):
        assert one.name == other.name
        assert torch.allclose(load_file(one)["latents"], load_file(other)["latents"], atol=1e-5)
    forbid(monkeypatch, "text_encoder", "transformer")
    wan.prepare(requests, Calls())
    for request, frames in zip(requests, expected, strict=True):
        found, _ = take(wan, request)
        assert np.abs(np.stack(found).astype(int) - np.stack(frames)).max() <= 1


def test_distilled_takes_together_draw_the_noise_of_single_ones(checkpoint, tmp_path):
    requests = [replace(REQUEST, seed=seed) for seed in (1, 2)]
    alone, together = (Host(tmp_path / name, str(checkpoint)) for name in ("alone", "together"))
    for request in requests:
        take(Wan(TURBO, alone), request)
    Wan(TURBO, together).prepare(requests, Calls())
    for one, other in zip(latents_of(alone), latents_of(together), strict=True):
        assert torch.allclose(load_file(one)["latents"], load_file(other)["latents"], atol=1e-5)


def test_shapes_are_batched_apart_and_only_as_many_as_fit(wan, monkeypatch):
    def planned(profile, size, num_frames, *ignored):
        if num_frames > 13:  # four takes of two latents have the tokens of one of 29 frames
            raise Unavailable("wan_card_too_small")
        return Plan("cpu", "cpu", precision="fp32")

    monkeypatch.setattr(wan_engine, "plan_for", planned)
    report = Calls()
    requests = [replace(REQUEST, seed=seed) for seed in (1, 2, 3, 3)]
    wan.prepare([*requests, replace(REQUEST, width=64)], report)
    steps = [(done, total) for done, total, stage in report.told if stage == "doing_denoising"]
    assert steps[-1] == (9, 9) and steps == sorted(steps), "two, one, and one of another shape, three steps each"
    assert len(latents_of(wan.host)) == 4


def test_anchored_takes_are_only_read_ahead(wan, scene, monkeypatch):
    wan.prepare([replace(REQUEST, anchor=Anchor((scene,)))], Calls())
    assert latents_of(wan.host) == []
    forbid(monkeypatch, "text_encoder")
    take(wan, replace(REQUEST, anchor=Anchor((scene,))))
