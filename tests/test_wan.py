"""What the Wan engine draws, on a tiny checkpoint of the real architecture: identity, few steps, anchors, levers."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch
from diffusers import WanImageToVideoPipeline, WanPipeline, WanTransformer3DModel
from peft import LoraConfig, get_peft_model_state_dict
from safetensors.torch import load_file

from models.engine import Anchor, ClipRequest, Ending, Prompt, Refused, Unavailable
from models.wan import Host, Levers, Wan, profiles
from models.wan import engine as wan_engine
from models.wan import run as wan_run
from models.wan.anchors import encoded, from_state, normalised, plain, to_state
from models.wan.decode import pieces, sent
from models.wan.latents import take_digest
from models.wan.memory import OFFLOADED, PARKED, Plan
from models.wan.sampling import RenoisingScheduler
from tests import tiny_wan
from tests.wan_takes import QUALITY, REQUEST, TURBO, Calls, equal, latents_of, take


@pytest.fixture(scope="session")
def stock(checkpoint) -> WanPipeline:
    """The pipeline of diffusers as it is."""
    pipeline = WanPipeline.from_pretrained(checkpoint)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def floats(vae, frames) -> torch.Tensor:
    pixels = torch.from_numpy(np.stack(frames)).permute(3, 0, 1, 2)[None].float()
    return pixels / 127.5 - 1


def round_trip(vae, frames) -> torch.Tensor:
    """Return frames through the VAE and back, [3, count, height, width]."""
    with torch.no_grad():
        return vae.decode(vae.encode(floats(vae, frames)).latent_dist.mode()).sample[0]


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


@pytest.mark.parametrize("library", ["torch", "diffusers", "transformers"])
def test_the_identity_changes_with_the_libraries_that_compute(checkpoint, tmp_path, monkeypatch, library):
    def identity(version: str) -> str:
        installed = {library: version}
        monkeypatch.setattr(wan_engine, "_build", lambda name: installed.get(name, "1.0"))
        return Wan(QUALITY, Host(tmp_path, str(checkpoint))).identity

    assert identity("2.9.0") == identity("2.9.0+cu126") != identity("2.9.1")


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


def test_equal_requests_give_equal_pixels_and_another_seed_others(wan, drawn):
    assert equal(take(wan)[0], drawn)
    other, _ = take(wan, replace(REQUEST, seed=8))
    assert np.abs(drawn[0].astype(int) - other[0]).mean() > 4


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


def test_a_distilled_checkpoint_is_known_by_its_parts(checkpoint, tmp_path, scene):
    distilled = shutil.copytree(checkpoint, tmp_path / "distilled")
    index = distilled / "model_index.json"
    stated = json.loads(index.read_text())
    del stated["expand_timesteps"]
    index.write_text(json.dumps({**stated, "_class_name": "WanDMDPipeline"}))
    engine = Wan(TURBO, Host(tmp_path / "models", str(distilled)))
    assert len(take(engine, replace(REQUEST, anchor=Anchor((scene,))))[0]) == 5


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


def test_what_a_shot_loses_is_given_back_only_where_it_was_measured(host, scene):
    engine = Wan(replace(QUALITY, debias=True, anchor_frames=5), host)
    state = to_state(torch.full((1, 48, 1, 2, 2), 0.25))
    requests = [replace(REQUEST, num_frames=9, anchor=Anchor((scene,) * 5, told)) for told in (b"", state)]
    first, after = [kept_of(host, engine, request) for request in requests]
    assert torch.allclose(after[:, :, 0] - first[:, :, 0], torch.tensor(0.25), atol=1e-5)
    assert torch.equal(after[:, :, 1], first[:, :, 1])


def kept_of(host: Host, engine: Wan, request: ClipRequest) -> torch.Tensor:
    """Return the latents that a take leaves."""
    take(engine, request)
    return load_file(host.folder / "latents" / f"{take_digest(engine.identity, request)}.safetensors")["latents"]


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


# Levers


@pytest.mark.parametrize(
    "levers",
    [Levers(fused_qkv=True), Levers(channels_last=True), Levers(attention="_native_math")],
    ids=["fused", "channels", "attention"],
)
def test_levers_that_are_not_to_change_the_picture_do_not(host, drawn, levers):
    host.levers = levers
    frames, _ = take(Wan(QUALITY, host))
    assert np.abs(np.stack(frames).astype(int) - np.stack(drawn)).max() <= 1


@pytest.mark.parametrize(
    "plan",
    [Plan("packed", "cpu", precision="fp8"), Plan("blocks", "cpu", OFFLOADED, OFFLOADED, PARKED, "fp32")],
    ids=["packed", "blocks"],
)
def test_matrices_are_fused_only_where_the_weights_lie_whole(host, drawn, monkeypatch, plan):
    monkeypatch.setattr(wan_engine, "plan_for", lambda *ignored: plan)
    host.levers = Levers(fused_qkv=True)
    frames, _ = take(Wan(QUALITY, host))
    assert np.abs(np.stack(frames).astype(int) - np.stack(drawn)).mean() < 30
    with host.parts(QUALITY, Calls()).transformer(plan) as transformer:
        assert not hasattr(transformer.blocks[0].attn1, "to_qkv")


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
