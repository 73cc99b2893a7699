"""The Wan engine on a tiny checkpoint of the real architecture: anchors, caches, previews, cancel, batches, memory."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import WanImageToVideoPipeline, WanPipeline, WanTransformer3DModel
from peft import LoraConfig, get_peft_model_state_dict
from safetensors.torch import load_file

from models.engine import Anchor, Cancelled, ClipRequest, Ending, Frame, Prompt, Refused, Unavailable
from models.wan import Host, Levers, Wan, profiles
from models.wan import engine as wan_engine
from models.wan import run as wan_run
from models.wan.anchors import encoded, from_state, normalised, plain
from models.wan.decode import pieces, sent
from models.wan.latents import take_digest
from models.wan.memory import OFFLOADED, PARKED, Plan
from models.wan.sampling import RenoisingScheduler
from models.wan.tensors import TensorFolder
from tests import tiny_wan

REQUEST = ClipRequest(Prompt("a fox", sentence="a fox runs in the street"), 32, 32, 5, 24, 7)
WIDE = replace(REQUEST, width=64)
QUALITY = replace(profiles()["quality"], num_inference_steps=3)
TURBO = profiles()["turbo"]
LEAN = Plan("lean", "cpu", precision="fp32", tile=32)


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory) -> Path:
    return tiny_wan.build(tmp_path_factory.mktemp("wan") / "tiny")


@pytest.fixture
def host(checkpoint, tmp_path) -> Iterator[Host]:
    host = Host(tmp_path / "models", str(checkpoint))
    yield host
    host.close()


@pytest.fixture
def wan(host) -> Wan:
    return Wan(QUALITY, host)


@pytest.fixture(scope="session")
def stock(checkpoint) -> WanPipeline:
    """The pipeline of diffusers as it is."""
    pipeline = WanPipeline.from_pretrained(checkpoint)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


@pytest.fixture(scope="session")
def scene() -> Frame:
    """A picture of smooth colours, 32x32, with something different in each corner."""
    down, right = np.mgrid[0:1:32j, 0:1:32j]
    colours = [80 + 120 * down, 60 + 130 * right, 200 - 90 * down * right]
    return np.stack(colours, axis=-1).round().astype(np.uint8)


class Calls:
    """A report that remembers what it was told, and stops at the nth call of a stage."""

    def __init__(self, stage: str = "", number: int = 0) -> None:
        self.stage = stage
        self.number = number
        self.told: list[tuple[int, int, str]] = []
        self.previews: list[Frame] = []

    def __call__(self, done: int, total: int, doing: str, preview: Frame | None = None) -> None:
        self.told.append((done, total, doing))
        if preview is not None:
            self.previews.append(preview)
        if [stage for _, _, stage in self.told].count(self.stage) == self.number > 0:
            raise Cancelled

    def stages(self) -> list[str]:
        return list(dict.fromkeys(stage for _, _, stage in self.told))


def take(engine: Wan, request: ClipRequest = REQUEST, report: Calls | None = None) -> tuple[list[Frame], Ending]:
    frames, drawing = [], engine.render(request, report or Calls())
    while True:
        try:
            frames.append(next(drawing))
        except StopIteration as end:
            return frames, end.value


def equal(one: list[Frame], other: list[Frame]) -> bool:
    return all(np.array_equal(first, second) for first, second in zip(one, other, strict=True))


def latents_of(host: Host) -> list[Path]:
    return sorted((host.folder / "latents").glob("*.safetensors"))


def floats(vae, frames) -> torch.Tensor:
    pixels = torch.from_numpy(np.stack(frames)).permute(3, 0, 1, 2)[None].float()
    return pixels / 127.5 - 1


def round_trip(vae, frames) -> torch.Tensor:
    """Return frames through the VAE and back, [3, count, height, width]."""
    with torch.no_grad():
        return vae.decode(vae.encode(floats(vae, frames)).latent_dist.mode()).sample[0]


def forbid(monkeypatch, *names: str) -> None:
    """Make the use of these parts of a checkpoint fail the test."""

    def never(*ignored):
        raise AssertionError(f"used one of {names}")

    for name in names:
        monkeypatch.setattr(wan_run.Parts, name, never)


# What naming an engine costs, and what it says of itself


def test_naming_an_engine_loads_no_library(checkpoint, tmp_path):
    program = f"""
import sys
from pathlib import Path
from models.wan import Host, Wan, profiles
for profile in profiles().values():
    engine = Wan(profile, Host(Path({str(tmp_path)!r}), {str(checkpoint)!r}))
    engine.name, engine.identity, engine.limits, engine.check_available()
print(*sorted(set(sys.modules) & {{"torch", "diffusers", "transformers", "huggingface_hub"}}))
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == []


def test_the_identity_changes_with_what_the_pixels_depend_on(checkpoint, tmp_path):
    def identity(profile=QUALITY, repo=str(checkpoint), levers=None):
        return Wan(profile, Host(tmp_path, repo, levers=levers)).identity

    others = [
        identity(repo=""),
        identity(repo="someone/else"),
        identity(replace(QUALITY, num_inference_steps=4)),
        identity(replace(QUALITY, debias=True)),
        identity(replace(QUALITY, anchor_frames=5)),
        identity(replace(QUALITY, negative_prompt="blurred")),
        identity(levers=Levers(first_block_cache=0.1)),
    ]
    assert identity() == identity() == identity(replace(QUALITY, pace=9.0))
    assert len({identity(), *others}) == 1 + len(others)


def test_levers_are_said(host):
    assert [code for code, _ in Levers().said()] == ["wan_lever_one_timestep"]
    assert ("wan_lever_attention", {"value": "sage"}) in Levers(attention="sage").said()


# From words to frames


def test_draws_what_the_stock_pipeline_draws(wan, stock):
    frames, ending = take(wan)
    assert ending == Ending()
    video = stock(
        REQUEST.prompt.sentence,
        QUALITY.negative_prompt,
        width=32,
        height=32,
        num_frames=5,
        num_inference_steps=3,
        guidance_scale=QUALITY.guidance_scale,
        generator=torch.Generator("cpu").manual_seed(7),
        output_type="np",
    ).frames[0]
    assert np.abs(video * 255 - np.stack(frames)).max() < 0.51, "more than rounding"
    assert all(frame.shape == (32, 32, 3) and frame.dtype == np.uint8 for frame in frames)
    assert not any(np.shares_memory(one, other) for one, other in pairwise(frames))


def test_equal_requests_give_equal_pixels_and_another_seed_others(wan, checkpoint, tmp_path):
    first, _ = take(wan)
    again, _ = take(Wan(QUALITY, Host(tmp_path / "other", str(checkpoint))))
    assert equal(first, again)
    other, _ = take(wan, replace(REQUEST, seed=8))
    assert np.abs(first[0].astype(int) - other[0]).mean() > 4


def test_one_timestep_for_all_tokens_changes_nothing(checkpoint, tmp_path):
    each = Host(tmp_path / "each", str(checkpoint), levers=Levers(one_timestep=False))
    one = Host(tmp_path / "one", str(checkpoint))
    found = [torch.cat([*pieces_of(host)]) for host in (each, one)]
    assert torch.allclose(*found, atol=1e-5)


def pieces_of(host: Host, request: ClipRequest = REQUEST, profile=QUALITY) -> Iterator[torch.Tensor]:
    """Yield the latents that a take leaves."""
    take(Wan(profile, host), request)
    for path in latents_of(host):
        yield load_file(path)["latents"]


def test_a_sentence_that_would_be_cut_is_refused(wan):
    long = replace(REQUEST, prompt=Prompt("a fox", sentence="fox " * 600))
    with pytest.raises(Refused) as refusal:
        take(wan, long)
    assert refusal.value.code == "wan_prompt_too_long"
    assert refusal.value.values["limit"] == 512 < refusal.value.values["tokens"]


def test_wrong_sizes_never_reach_the_pipeline(wan):
    for change in ({"width": 80}, {"num_frames": 6}, {"num_frames": 8}, {"seed": -1}, {"height": 16}):
        with pytest.raises(Refused):
            wan.render(replace(REQUEST, **change), Calls())


def test_the_older_model_draws_too(tmp_path):
    checkpoint = tiny_wan.build(tmp_path / "older", older=True)
    engine = Wan(replace(profiles()["small"], num_inference_steps=2), Host(tmp_path / "models", str(checkpoint)))
    frames, _ = take(engine, replace(REQUEST, width=48, height=32, fps=16))
    assert [frame.shape for frame in frames] == [(32, 48, 3)] * 5
    with pytest.raises(Refused) as refusal:
        engine.render(replace(REQUEST, fps=16, anchor=Anchor((np.zeros((64, 64, 3), np.uint8),))), Calls())
    assert refusal.value.code == "anchor_refused"


def test_weights_of_another_kind_or_damaged_ones_are_said_in_words(checkpoint, tmp_path):
    with pytest.raises(Unavailable) as reason:
        take(Wan(profiles()["small"], Host(tmp_path / "models", str(checkpoint))), replace(REQUEST, fps=16))
    assert reason.value.code == "wan_weights_unfit"
    damaged = shutil.copytree(checkpoint, tmp_path / "damaged")
    config = damaged / "transformer" / "config.json"
    config.write_text(config.read_text().replace('"ffn_dim": 32', '"ffn_dim": 48'))
    with pytest.raises(Unavailable) as reason:
        take(Wan(QUALITY, Host(tmp_path / "models", str(damaged))))
    assert reason.value.code == "wan_weights_damaged"
    assert reason.value.values["file"] == "transformer"


# The few steps of a distilled model


def test_the_renoising_sampler_cleans_and_adds_noise_again():
    scheduler = RenoisingScheduler(timesteps=(1000, 757, 522))
    scheduler.generators = [torch.Generator("cpu").manual_seed(3)]
    scheduler.set_timesteps(3)
    scheduler.set_begin_index(0)
    sample, flow = torch.randn(1, 2, 1, 2, 2), torch.randn(1, 2, 1, 2, 2)
    noise = torch.randn(sample.shape, generator=torch.Generator("cpu").manual_seed(3))
    (after,) = scheduler.step(flow, scheduler.timesteps[0], sample)
    assert torch.allclose(after, 0.243 * (sample - flow) + 0.757 * noise, atol=1e-6)
    scheduler.step(flow, scheduler.timesteps[1], after)
    (clean,) = scheduler.step(flow, scheduler.timesteps[2], sample)
    assert torch.allclose(clean, sample - 0.522 * flow, atol=1e-6)
    with pytest.raises(ValueError, match="4 steps"):
        scheduler.set_timesteps(4)


def test_turbo_takes_three_steps_without_guidance(host, monkeypatch):
    seen = []
    passing = wan_run.Parts.pipeline

    def watched(self, transformer, *rest):
        transformer.register_forward_pre_hook(
            lambda module, given, named: seen.append(named["timestep"].tolist()), with_kwargs=True
        )
        return passing(self, transformer, *rest)

    monkeypatch.setattr(wan_run.Parts, "pipeline", watched)
    frames, _ = take(Wan(TURBO, host), replace(REQUEST, prompt=Prompt("a fox", negative="rain", sentence="a fox runs")))
    assert seen == [[1000.0], [757.0], [522.0]]
    assert np.std(frames[-1]) > 10


# Anchors


def test_without_correction_frame_0_is_the_round_trip_of_the_anchor(wan, host, stock, scene, monkeypatch):
    monkeypatch.setattr(wan_run, "encoded", lambda vae, frames: encoded(vae, frames, corrections=0))
    found = first_floats(host, QUALITY, replace(REQUEST, anchor=Anchor((scene,))), stock.vae)
    assert (found[:, 0] - round_trip(stock.vae, [scene])[:, 0]).abs().max() < 1e-5


def first_floats(host, profile, request, vae) -> torch.Tensor:
    """Return the frames of a take before they are rounded, [3, count, height, width]."""
    (latents,) = pieces_of(host, request, profile)
    return torch.cat(list(pieces(vae, latents, lambda done: None)), dim=1)


def test_without_correction_a_motion_anchor_is_its_round_trip(host, stock, scene, monkeypatch):
    monkeypatch.setattr(wan_run, "encoded", lambda vae, frames: encoded(vae, frames, corrections=0))
    moving = tuple(np.roll(scene, 6 * step, axis=1) for step in range(5))
    request = replace(REQUEST, num_frames=13, anchor=Anchor(moving))
    found = first_floats(host, replace(QUALITY, anchor_frames=5), request, stock.vae)
    assert (found[:, :5] - round_trip(stock.vae, moving)).abs().max() < 1e-5
    assert (found[:, 4] - found[:, 5]).abs().mean() > 0.01


@pytest.mark.parametrize("count", [1, 5])
def test_corrected_anchors_come_back_nearer_than_by_the_round_trip(host, stock, scene, count):
    large = scene.repeat(2, axis=0).repeat(2, axis=1)  # with less in a block that no VAE could carry
    moving = tuple(np.roll(large, 12 * step, axis=1) for step in range(count))
    request = replace(REQUEST, width=64, height=64, num_frames=9, anchor=Anchor(moving))
    found = first_floats(host, replace(QUALITY, anchor_frames=count), request, stock.vae)[:, :count]
    wanted = floats(stock.vae, moving)[0]
    plainly = (round_trip(stock.vae, moving) - wanted).abs().mean()
    assert (found - wanted).abs().mean() < 0.9 * plainly


def test_one_frame_is_kept_as_the_stock_pipeline_keeps_it(host, stock, scene, monkeypatch):
    monkeypatch.setattr(wan_run, "encoded", lambda vae, frames: encoded(vae, frames, corrections=0))
    (latents,) = pieces_of(host, replace(REQUEST, anchor=Anchor((scene,))))
    pipeline = WanImageToVideoPipeline(**stock.components, expand_timesteps=True)
    pipeline.set_progress_bar_config(disable=True)
    with torch.no_grad():
        words = stock.encode_prompt(REQUEST.prompt.sentence, QUALITY.negative_prompt, max_sequence_length=512)
    expected = pipeline(
        image=torch.from_numpy(scene).permute(2, 0, 1)[None] / 255,
        prompt_embeds=words[0],
        negative_prompt_embeds=words[1],
        width=32,
        height=32,
        num_frames=5,
        num_inference_steps=3,
        generator=[torch.Generator("cpu").manual_seed(7)],
        output_type="latent",
    ).frames
    assert torch.allclose(latents, expected, atol=1e-5)


def test_an_anchor_changes_what_follows(wan, scene):
    frames, _ = take(wan, replace(REQUEST, anchor=Anchor((scene,))))
    other, _ = take(wan, replace(REQUEST, anchor=Anchor((scene[::-1].copy(),))))
    assert not np.array_equal(frames[-1], other[-1])


def test_a_short_anchor_does_for_a_motion_anchor(host, scene):
    engine = Wan(replace(QUALITY, anchor_frames=5), host)
    longer = replace(REQUEST, num_frames=9)
    one, _ = take(engine, replace(longer, anchor=Anchor((scene,))))
    assert equal(take(engine, replace(longer, anchor=Anchor((scene,) * 3)))[0], one)
    short = [take(engine, replace(REQUEST, anchor=Anchor((scene,) * count)))[0] for count in (1, 5)]
    assert equal(*short), "nothing new was left to draw"


def test_what_a_shot_loses_is_measured_once_and_given_back(host, stock, scene):
    engine = Wan(replace(QUALITY, debias=True), host)
    before, first = take(engine)
    after, second = take(engine, replace(REQUEST, seed=9, anchor=Anchor((before[-1],), first.state)))
    assert first.state and second.state == first.state
    without, _ = take(engine, replace(REQUEST, seed=9, anchor=Anchor((before[-1],))))
    true = load_file(host.folder / "latents" / f"{take_digest(engine.identity, REQUEST)}.safetensors")["latents"]
    with torch.no_grad():
        back = stock.vae.encode(stock.vae.decode(plain(stock.vae, true)).sample).latent_dist.mode()
    lost = (true - normalised(stock.vae, back))[:, :, :1]
    assert torch.allclose(from_state(first.state, tuple(lost.shape)), lost, atol=2e-3), "more than half precision"
    corrected = encoded(stock.vae, [before[-1]])
    with_lost = torch.cat([*pieces(stock.vae, corrected + lost, lambda done: None)], dim=1)
    assert np.abs(sent(with_lost)()[0].astype(int) - after[0]).max() <= 1
    assert not np.array_equal(after[0], without[0])


@pytest.mark.parametrize("state", [b"\x00\xff", b"[]", b"{}", b'{"camera": [1]}'])
@pytest.mark.parametrize("debias", [False, True])
def test_refuses_a_state_it_did_not_write(host, scene, state, debias):
    engine = Wan(replace(QUALITY, debias=debias), host)
    for frames in ((), (scene,)):
        with pytest.raises(Refused) as refusal:
            take(engine, replace(REQUEST, anchor=Anchor(frames, state)))
        assert refusal.value.code == "wan_anchor_foreign"


def test_refuses_an_anchor_of_another_size(wan):
    for frames in ((), (np.zeros((64, 96, 3), np.uint8),)):
        with pytest.raises(Refused):
            wan.render(replace(REQUEST, anchor=Anchor(frames)), Calls())


# What is kept


def test_a_known_sentence_needs_no_encoder(wan, checkpoint, monkeypatch):
    first, _ = take(wan)
    forbid(monkeypatch, "text_encoder")
    again = Wan(QUALITY, Host(wan.host.folder, str(checkpoint)))
    other, _ = take(again, replace(REQUEST, seed=8))
    assert not equal(first, other)
    assert again.host.parts(QUALITY, Calls()).loaded == {"transformer", "vae"}


def test_a_damaged_embedding_is_made_again(wan, checkpoint):
    first, _ = take(wan)
    for path in (wan.host.folder / "embeddings").iterdir():
        path.write_bytes(b"nothing")
    for path in latents_of(wan.host):
        path.unlink()
    assert equal(first, take(wan)[0])


def test_a_crash_in_the_decode_costs_only_the_decode(wan, checkpoint, monkeypatch):
    expected, _ = take(wan)
    folder = wan.host.folder.with_name("crashed")
    with monkeypatch.context() as broken, pytest.raises(MemoryError):
        broken.setattr(wan_run, "sent", lambda piece: (_ for _ in ()).throw(MemoryError))
        take(Wan(QUALITY, Host(folder, str(checkpoint))))
    forbid(monkeypatch, "text_encoder", "transformer")
    found = Calls()
    frames, _ = take(Wan(QUALITY, Host(folder, str(checkpoint))), report=found)
    assert equal(frames, expected) and found.stages() == ["doing_decoding"]


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


# Memory


def out_of_memory(monkeypatch, times: int, plan: Plan) -> list[str]:
    """Let the card run out of memory in the first passes of the transformer; return the plans that were tried."""
    tried = []
    passing = wan_run.Parts.pipeline

    def failing(self, transformer, scheduler, anchored, plan):
        tried.append(plan.name)
        if len(tried) <= times:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return passing(self, transformer, scheduler, anchored, plan)

    monkeypatch.setattr(wan_run.Parts, "pipeline", failing)
    monkeypatch.setattr(wan_engine, "plan_for", lambda *ignored: plan)
    return tried


def test_out_of_memory_is_tried_once_more_with_the_leaner_plan(wan, monkeypatch):
    tried = out_of_memory(monkeypatch, 1, Plan("first", "cpu", precision="fp32", next=LEAN))
    frames, _ = take(wan)
    assert tried == ["first", "lean"] and len(frames) == 5
    take(wan, replace(REQUEST, seed=9))
    assert tried[2:] == ["lean"], "tried again what did not suffice"


@pytest.mark.parametrize("leaner", [LEAN, None])
def test_out_of_memory_twice_is_said_in_words(wan, monkeypatch, leaner):
    out_of_memory(monkeypatch, 2, Plan("first", "cpu", precision="fp32", next=leaner))
    with pytest.raises(Unavailable) as reason:
        take(wan)
    assert reason.value.code == "wan_out_of_memory"


def test_out_of_memory_in_the_decode_goes_on_where_it_was(wan, monkeypatch):
    first = Plan("first", "cpu", precision="fp32", next=replace(LEAN, name="lean", tile=0))
    monkeypatch.setattr(wan_engine, "plan_for", lambda *ignored: first)
    expected, _ = take(wan)
    calls = []

    def failing(piece):
        calls.append(1)
        if len(calls) == 2:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return sent(piece)

    monkeypatch.setattr(wan_run, "sent", failing)
    frames, _ = take(wan)
    assert equal(frames, expected) and len(calls) == 4


def test_a_lost_card_is_said_in_words(wan, monkeypatch):
    def lost(*ignored):
        raise torch.AcceleratorError("CUDA error: unspecified launch failure")

    monkeypatch.setattr(wan_run.Parts, "pipeline", lost)
    with pytest.raises(Unavailable) as reason:
        take(wan)
    assert reason.value.code == "wan_card_lost"


@pytest.mark.parametrize(
    ("plan", "most"),
    [
        (Plan("turns", "cpu", PARKED, PARKED, PARKED, "fp32", encoder_freed=True), 0.0),
        (Plan("blocks", "cpu", OFFLOADED, OFFLOADED, PARKED, "fp32"), 0.0),
        (replace(LEAN, tile=64), 0.0),
        (LEAN, 12.0),
        (Plan("packed", "cpu", precision="fp8", vae_precision="bf16"), 30.0),
    ],
    ids=["turns", "blocks", "one-tile", "tiles", "packed"],
)
def test_every_plan_draws_the_same_picture(wan, host, checkpoint, tmp_path, monkeypatch, plan, most):
    expected, _ = take(wan, WIDE)
    monkeypatch.setattr(wan_engine, "plan_for", lambda *ignored: plan)
    report = Calls()
    frames, _ = take(Wan(QUALITY, Host(tmp_path / "planned", str(checkpoint))), WIDE, report)
    assert np.abs(np.stack(frames).astype(int) - np.stack(expected)).mean() <= most
    assert [done for done, _, stage in report.told if stage == "doing_decoding"][-1] == 2


def test_a_decode_in_tiles_stops_within_a_tile(wan, monkeypatch):
    monkeypatch.setattr(wan_engine, "plan_for", lambda *ignored: LEAN)
    report = Calls("doing_decoding", 3)
    with pytest.raises(Cancelled):
        take(wan, WIDE, report)
    assert len([1 for _, _, stage in report.told if stage == "doing_decoding"]) == 3


# Levers


@pytest.mark.parametrize(
    "levers",
    [Levers(fused_qkv=True), Levers(channels_last=True), Levers(attention="_native_math")],
    ids=["fused", "channels", "attention"],
)
def test_levers_that_are_not_to_change_the_picture_do_not(wan, checkpoint, tmp_path, levers):
    expected, _ = take(wan)
    frames, _ = take(Wan(QUALITY, Host(tmp_path / "levers", str(checkpoint), levers=levers)))
    assert np.abs(np.stack(frames).astype(int) - np.stack(expected)).max() <= 1


def test_a_decode_in_half_the_bits_is_near(wan, checkpoint, tmp_path, scene):
    request = replace(REQUEST, anchor=Anchor((scene,)))
    expected, _ = take(wan, request)
    frames, _ = take(Wan(QUALITY, Host(tmp_path / "levers", str(checkpoint), levers=Levers(decode_bf16=True))), request)
    assert 0 < np.abs(np.stack(frames).astype(int) - np.stack(expected)).mean() < 6


def test_a_choice_of_attention_ends_with_the_run(checkpoint, tmp_path):
    from diffusers.models.attention_dispatch import _AttentionBackendRegistry

    before = _AttentionBackendRegistry.get_active_backend()[0]
    take(Wan(QUALITY, Host(tmp_path, str(checkpoint), levers=Levers(attention="_native_math"))))
    assert _AttentionBackendRegistry.get_active_backend()[0] == before


def test_fused_matrices_still_hear_adapters(checkpoint, tmp_path):
    plain_host, fused_host = (Host(tmp_path / "a", str(checkpoint)), Host(tmp_path / "b", str(checkpoint)))
    fused_host.levers = Levers(fused_qkv=True)
    transformer = WanTransformer3DModel.from_pretrained(checkpoint, subfolder="transformer")
    transformer.add_adapter(LoraConfig(r=2, target_modules=["to_q", "to_k"], init_lora_weights="gaussian"), "lora_x")
    layers = {
        name: weight + 0.5 for name, weight in get_peft_model_state_dict(transformer, adapter_name="lora_x").items()
    }
    for host in (plain_host, fused_host):
        folder = host.folder / "adapters"
        WanPipeline.save_lora_weights(folder, transformer_lora_layers=layers, weight_name="ink.safetensors")
    expected, _ = take(Wan(QUALITY, plain_host, "ink"))
    assert not equal(expected, take(Wan(QUALITY, plain_host))[0])
    take(Wan(QUALITY, fused_host))
    assert equal(take(Wan(QUALITY, fused_host, "ink"))[0], expected)


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
