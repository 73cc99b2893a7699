"""What Wan costs at its published sizes on this machine's card: python -m benchmarks.wan_gpu, beside plain diffusers.

Weights are random, so nothing is downloaded and every step does the work it does with trained ones. Only levers whose
gain depends on what the weights say, which is the step cache, are left out. Each part is saved as soon as it is there.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median
from typing import Any

import torch
from diffusers import AutoencoderKLWan, WanPipeline

from benchmarks import full_size
from benchmarks.wan import quiet
from benchmarks.wan_shot import CARD, Shot, Stages, frames_of, now, opened, peak, tidy, timed
from models.engine import ClipRequest, EngineError
from models.wan import Host, Levers, Profile, Wan, profiles
from models.wan.card import Card, find_card, machine_gib
from models.wan.memory import CARDS, USABLE, Plan
from studio.jobs import Jobs
from studio.library import Library
from studio.settings import Settings
from studio.storyboard import Look, Segment
from tests import tiny_wan

WARMING = 2
"""Steps of a take that only loads and warms."""
ROUNDS = 3
DENOISING = {
    "usual": Levers(),
    "a timestep for every token": Levers(one_timestep=False),
    "fused_qkv": Levers(fused_qkv=True),
    "compiled": Levers(compiled=True),
    **{f"attention {name}": Levers(attention=name) for name in ("_native_flash", "_native_cudnn", "flash", "_flash_3")},
    **{f"attention {name}": Levers(attention=name) for name in ("sage", "xformers")},
    "compiled, fused_qkv": Levers(compiled=True, fused_qkv=True),
    "compiled, fused_qkv, _native_cudnn": Levers(compiled=True, fused_qkv=True, attention="_native_cudnn"),
}
DECODING = {
    "usual": Levers(),
    "channels_last": Levers(channels_last=True),
    "decode_bf16": Levers(decode_bf16=True),
    "decode_bf16, channels_last": Levers(decode_bf16=True, channels_last=True),
    "decode_bf16, channels_last, compiled": Levers(decode_bf16=True, channels_last=True, compiled_decode=True),
}

FAST = Levers(compiled=True, fused_qkv=True, decode_bf16=True, channels_last=True)
"""What may be on together without another package."""


@dataclass
class Bench:
    """Where weights are and figures go, and how long there is for them."""

    weights: Path
    out: Path
    steps: int
    until: float
    tiny: bool
    figures: dict[str, Any] = field(default_factory=dict)

    def checkpoint(self, profile: Profile) -> Path:
        """Return the folder of a checkpoint of a profile's architecture, written now if need be."""
        older = profile.size_multiple < profiles()["quality"].size_multiple
        place = self.weights / ("older" if older else "newer")
        if not self.tiny:
            return full_size.build(place, older)
        return place if place.is_dir() else tiny_wan.build(place, older)

    def part(self, group: str, name: str, work: Callable[[], Any]) -> None:
        """Measure one thing and save it; what the card or a library cannot do is saved as what it said."""
        if time.monotonic() > self.until:
            figure: Any = "left out: the time was up"
        else:
            try:
                figure = work()
            except (RuntimeError, ValueError, ImportError, AssertionError, EngineError) as error:
                figure = f"{type(error).__name__}: {str(error)[:300]}"
        tidy()
        self.figures.setdefault(group, {})[name] = figure
        self.out.write_text(json.dumps(self.figures, indent=2))
        print(f"{group}: {name}: {json.dumps(figure)}", file=sys.stderr, flush=True)


def main(words: Sequence[str]) -> int:
    """Measure what is asked for and print all of it as JSON."""
    asked = _asked(words)
    if not (CARD or asked.tiny):
        print("No CUDA card here. --tiny shows that the program works, on the processor.", file=sys.stderr)
        return 1
    with ExitStack() as stack:
        weights = Path(stack.enter_context(tempfile.TemporaryDirectory()) if asked.tiny else asked.weights)
        weights.mkdir(parents=True, exist_ok=True)
        until = time.monotonic() + 60 * asked.minutes
        bench = Bench(weights, asked.out, asked.steps, until, asked.tiny, {"machine": machine()})
        measure(bench, [shot for name in asked.profile or ("turbo", "draft", "quality") for shot in shots(name, bench)])
    print(json.dumps(bench.figures, indent=2))
    return 0


def _asked(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m benchmarks.wan_gpu", description=__doc__.splitlines()[0])
    parser.add_argument("--profile", action="append", choices=sorted(profiles()), help="may be given again; all of 5B")
    parser.add_argument("--steps", type=int, default=0, help="take so many instead of a profile's own, and scale")
    parser.add_argument("--minutes", type=float, default=60, help="begin nothing new after these")
    parser.add_argument("--tiny", action="store_true", help="a dry run with a tiny checkpoint")
    usual = Path(tempfile.gettempdir()) / "wan-full-size"
    parser.add_argument("--weights", type=Path, default=usual, help="where 24 GB of random weights are kept")
    parser.add_argument("--out", type=Path, default=Path("wan_gpu.json"), help="what is saved to after each part")
    return parser.parse_args(words)


def shots(name: str, bench: Bench) -> list[Shot]:
    """Return the takes of a profile: its longest at its first size, and for turbo the draft's as well."""
    profile, draft = profiles()[name], profiles()["draft"]
    if bench.tiny:
        return [Shot(profile, 64, 64, 9)]
    shapes = [(*profile.sizes[0], profile.num_frames)]
    shapes += [(*draft.sizes[0], draft.num_frames)] if name == "turbo" else []
    return [Shot(profile, *shape) for shape in shapes]


def measure(bench: Bench, wanted: Sequence[Shot]) -> None:
    """Measure everything, what matters most first."""
    for shot in wanted:
        bench.part("clip", str(shot), lambda shot=shot: clip(bench, shot, Levers()))
    for shot in wanted:
        bench.part("plain diffusers", str(shot), lambda shot=shot: plain(bench, shot))
    for shot in wanted:
        bench.part("clip with levers", str(shot), lambda shot=shot: clip(bench, shot, FAST))
    levers(bench, wanted[0])
    quickest = min(wanted, key=lambda shot: shot.profile.num_inference_steps)
    bench.part("studio", str(quickest), lambda: studio(bench, quickest))
    for shot in wanted:
        memory(bench, shot)


def clip(bench: Bench, shot: Shot, levers: Levers) -> dict[str, Any]:
    """Return the seconds of a take by the engine: the first, which loads, in few steps, and one later."""
    short, warm = shot.shortened(bench.steps), shot.shortened(WARMING)
    checkpoint = bench.checkpoint(shot.profile)
    with tempfile.TemporaryDirectory() as folder, closing(Host(Path(folder), str(checkpoint), levers=levers)) as host:
        plan = shot.plan(checkpoint, host.card())
        loading = staged(Wan(warm.profile, host), warm.request(1))
        later = staged(Wan(short.profile, host), short.request(2))
    loading = {name: round(value, 1) for name, value in loading.items()}
    return {"planned": plan.name, "levers": levers.changed, "loading": loading, **scaled(later, shot, short)}


def staged(engine: Wan, request: ClipRequest) -> dict[str, float]:
    """Return the seconds of each stage of a take, from asking to its last frame."""
    stages, began = Stages(), now()
    count = sum(1 for _ in engine.render(request, stages))
    ended = now()
    assert count == request.num_frames
    denoising, decoding = stages.began["doing_denoising"], stages.began["doing_decoding"]
    return {"encode_s": denoising - began, "denoise_s": decoding - denoising, "decode_s": ended - decoding}


def scaled(seconds: Mapping[str, float], shot: Shot, short: Shot) -> dict[str, Any]:
    """Return the seconds of a take in fewer steps as those of the whole take."""
    steps, taken = shot.profile.num_inference_steps, short.profile.num_inference_steps
    whole = {**seconds, "denoise_s": seconds["denoise_s"] * steps / taken}
    told = {name: round(value, 3) for name, value in whole.items()}
    return {**told, "total_s": round(sum(whole.values()), 3), "steps": steps, "steps_taken": taken}


def plain(bench: Bench, shot: Shot) -> dict[str, Any]:
    """Return the seconds of one call of diffusers as its documentation writes it, with as many steps."""
    checkpoint, short = bench.checkpoint(shot.profile), shot.shortened(bench.steps)
    vae = AutoencoderKLWan.from_pretrained(checkpoint, subfolder="vae", dtype=torch.float32)
    kind = torch.bfloat16 if CARD else torch.float32
    pipeline = WanPipeline.from_pretrained(checkpoint, vae=vae, dtype=kind)
    pipeline.set_progress_bar_config(disable=True)
    roomy = CARD and shot.plan(checkpoint, find_card()).name == "whole"
    if roomy:
        pipeline.to("cuda")
    elif CARD:
        pipeline.enable_model_cpu_offload()
    called(pipeline, shot.shortened(WARMING), 1)
    return {"resident": roomy, **scaled(called(pipeline, short, 2), shot, short)}


def called(pipeline: WanPipeline, shot: Shot, seed: int) -> dict[str, float]:
    """Return the seconds of each stage of a call from a sentence to frames."""
    request, profile, stamps = shot.request(seed), shot.profile, [now()]

    def at_first(*ignored: object) -> None:
        if len(stamps) == 1:
            stamps.append(now())

    def at_end(called: WanPipeline, index: int, timestep: object, tensors: dict[str, Any]) -> dict[str, Any]:
        if index + 1 == profile.num_inference_steps:
            stamps.append(now())
        return {}

    hook = pipeline.transformer.register_forward_pre_hook(at_first)
    pipeline(
        request.prompt.sentence,
        profile.negative_prompt,
        width=shot.width,
        height=shot.height,
        num_frames=shot.num_frames,
        num_inference_steps=profile.num_inference_steps,
        guidance_scale=profile.guidance_scale,
        generator=torch.Generator().manual_seed(seed),
        callback_on_step_end=at_end,
    )
    hook.remove()
    began, first, last, ended = (*stamps, now())
    return {"encode_s": first - began, "denoise_s": last - first, "decode_s": ended - last}


def levers(bench: Bench, shot: Shot) -> None:
    """Measure a step and a decode with each lever, and how far what comes out is from the usual."""
    known: dict[str, Any] = {}
    for name, lever in DENOISING.items():
        bench.part(f"step, {shot}", name, lambda lever=lever: step(bench, shot, lever, known))
    for name, lever in DECODING.items():
        bench.part(f"decode, {shot}", name, lambda lever=lever: decode(bench, shot, lever, known))


def step(bench: Bench, shot: Shot, lever: Levers, known: dict[str, Any]) -> dict[str, float]:
    """Return the seconds of a step, without the first take, which loads and compiles."""
    short = shot.shortened(WARMING)
    with opened(bench.checkpoint(shot.profile), short, lever) as run:
        first, _ = timed(lambda: run.denoise([short.request(1)], quiet))
        seconds, latents = timed(lambda: run.denoise([short.request(1)], quiet))
    usual = known.setdefault("latents", latents)
    apart = float((latents - usual).abs().mean() / usual.std())
    steps = short.profile.num_inference_steps
    return {"step_s": round(seconds / steps, 4), "first_take_s": round(first, 1), "off_by_share": apart}


def decode(bench: Bench, shot: Shot, lever: Levers, known: dict[str, Any]) -> dict[str, float]:
    """Return the seconds of a decode to frames in memory, without the first, which loads and compiles."""
    with opened(bench.checkpoint(shot.profile), shot, lever) as run:
        count = (shot.num_frames - 1) // 4 + 1
        shape = run.parts.latent_shape(shot.request(1))
        latents = torch.randn(shape, generator=torch.Generator().manual_seed(1))
        assert shape[2] == count
        first, _ = timed(lambda: frames_of(run, latents))
        seconds, frames = timed(lambda: frames_of(run, latents))
    pixels = torch.stack([torch.from_numpy(frame) for frame in frames[:: max(1, len(frames) // 4)]]).float()
    apart = float((pixels - known.setdefault("pixels", pixels)).abs().mean())
    return {"decode_s": round(seconds, 3), "first_s": round(first, 1), "off_by_levels": apart}


def memory(bench: Bench, shot: Shot) -> None:
    """Measure the peak of each stage under the plan of every size of card that this card can stand for."""
    short, checkpoint = shot.shortened(WARMING), bench.checkpoint(shot.profile)
    total = torch.cuda.get_device_properties(0).total_memory / 2**30 if CARD else 0.0
    cards = {f"{size} GB": size for size in CARDS if size * USABLE < total} or {"processor": 0}
    done: set[Plan] = set()
    for name, size in cards.items():
        card = Card(name, "cuda", size, size * USABLE, machine_gib()) if size else None
        try:
            plan = short.plan(checkpoint, card)
        except EngineError as error:
            bench.part(f"memory, {shot}", name, lambda said=str(error): said)
            continue
        if plan not in done:
            done.add(plan)
            bench.part(f"memory, {shot}", name, lambda plan=plan: peaks(bench, short, plan, total))


def peaks(bench: Bench, shot: Shot, plan: Plan, total: float) -> dict[str, Any]:
    """Return peak and seconds of each stage under a plan, with no more memory than its card has."""
    if CARD:
        torch.cuda.set_per_process_memory_fraction(min(1.0, plan.has_gib / total))
    try:
        with opened(bench.checkpoint(shot.profile), shot, Levers(), plan) as run:
            request, figures = shot.request(1), {"plan": plan.name, "planned_gib": round(plan.needs_gib, 2)}
            figures["encode"], _ = peak(lambda: run.embed([request], quiet))
            figures["denoise"], latents = peak(lambda: run.denoise([request], quiet))
            figures["decode"], _ = peak(lambda: frames_of(run, latents))
            return figures
    finally:
        if CARD:
            torch.cuda.set_per_process_memory_fraction(1.0)


def studio(bench: Bench, shot: Shot) -> dict[str, float]:
    """Return the seconds of the engine and of the whole studio for a take of known words, in turns, and their ratio."""
    prompt, profile = shot.request(1).prompt, shot.profile
    look = Look(f"wan-{profile.name}", shot.width, shot.height, profile.fps)
    with tempfile.TemporaryDirectory() as home:
        environ = {"STUDIO_HOME": home, "STUDIO_WAN_REPO": str(bench.checkpoint(profile))}
        settings = Settings.read(environ)
        with closing(Library.open(settings)) as library, closing(Jobs(library, settings)) as jobs:
            jobs.start()

            def bare(seed: int) -> float:
                engine = jobs.engines.open(look.engine)
                return timed(lambda: sum(1 for _ in engine.render(replace(shot.request(1), seed=seed), quiet)))[0]

            def whole(seed: int) -> float:
                segment = Segment(prompt, shot.num_frames / profile.fps)
                seconds, job = timed(lambda: jobs.wait(jobs.submit(segment, replace(look, seed=seed)).id))
                assert job.status == "done" and not job.reused, job.error
                return seconds

            bare(1), whole(2)  # loads what both need
            pairs = [(bare(seed), whole(seed + 100)) for seed in range(3, 3 + ROUNDS)]
    engine, ours = median(first for first, _ in pairs), median(second for _, second in pairs)
    ratio = median(second / first for first, second in pairs)
    return {"engine_s": round(engine, 3), "studio_s": round(ours, 3), "ratio": round(ratio, 4)}


def machine() -> dict[str, str]:
    """Return what is needed to compare figures of two machines."""
    card = torch.cuda.get_device_name() if CARD else "no card"
    return {"card": card, "torch": torch.__version__, "cuda": str(torch.version.cuda)}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
