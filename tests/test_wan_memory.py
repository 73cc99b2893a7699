"""The memory plan: what stays on cards of every size, what is refused, and what the arithmetic stands on."""

import dataclasses
import itertools
import shutil
import subprocess
import sys
import weakref
from pathlib import Path

import pytest

from models.engine import Unavailable
from models.wan.card import Card, find_card
from models.wan.memory import CARDS, ROOMY, USABLE, Plan, Take, plan_for
from models.wan.profiles import profiles
from models.wan.weights import Weights
from studio.text import catalogue

ROOT = Path(__file__).parent.parent
NATIVE = {name: (profile.sizes[0], profile.num_frames) for name, profile in profiles().items()}
TABLE = {
    "quality": ("blocks", "packed", "packed", "tiled", "turns", "whole", "whole"),
    "draft": ("packed", "tiled", "turns", "encoder", "encoder", "whole", "whole"),
    "turbo": ("blocks", "packed", "packed", "tiled", "turns", "whole", "whole"),
    "small": ("tiled", "tiled", "encoder", "encoder", "whole", "whole", "whole"),
}
"""What a card of each size of CARDS does with a profile's longest take at its first size."""


def card_of(gigabytes: float, machine: float = 64) -> Card:
    return Card(f"Card {gigabytes}", "cuda", gigabytes, gigabytes * USABLE, machine)


def plan_of(name: str, card: Card | None) -> Plan:
    size, frames = NATIVE[name]
    return plan_for(profiles()[name], size, frames, card)


def words_of(code: str, values: dict) -> list[str]:
    return [words.format(**values) for words in catalogue()[code].values()]


@pytest.mark.parametrize("name", TABLE)
def test_the_table_of_cards(name):
    plans = [plan_of(name, card_of(gigabytes)) for gigabytes in CARDS]
    assert tuple(plan.name for plan in plans) == TABLE[name]
    for gigabytes, plan in zip(CARDS, plans, strict=True):
        assert plan.needs_gib <= plan.has_gib == gigabytes * USABLE
        assert plan.tiling == (plan.name in ("tiled", "packed", "blocks"))
    rungs = [ROOMY.index(plan) for plan in plans]
    assert rungs == sorted(rungs, reverse=True)  # a larger card never does worse


def test_what_the_plans_say():
    whole, blocks = plan_of("quality", card_of(80)), plan_of("quality", card_of(8))
    assert {whole.text_encoder, whole.transformer, whole.vae} == {"resident"}
    assert (whole.precision, whole.vae_precision) == ("bf16", "fp32")
    assert (blocks.transformer, blocks.vae_precision) == ("offloaded", "bf16")
    assert plan_of("quality", card_of(12)).precision == "fp8"
    for gigabytes in CARDS:
        code, values = plan_of("quality", card_of(gigabytes)).said()
        assert all(str(values["needs"]) in words and str(values["has"]) in words for words in words_of(code, values))


@pytest.mark.parametrize("name", TABLE)
@pytest.mark.parametrize("gigabytes", CARDS)
def test_each_leaner_plan_needs_less_and_comes_to_an_end(name, gigabytes):
    plan: Plan | None = plan_of(name, card_of(gigabytes))
    ladder = []
    while plan is not None:
        ladder.append(plan)
        plan = plan.leaner()
    needs = [one.needs_gib for one in ladder]
    assert needs == sorted(set(needs), reverse=True) and len(needs) <= len(ROOMY)
    assert ladder[-1].name == "blocks"  # whoever starts roomy can still end lean


def test_a_plan_that_needs_as_much_is_no_second_try():
    """Here denoising takes most, and decoding in tiles would not help."""
    plan: Plan | None = plan_for(profiles()["quality"], (288, 960), 109, card_of(48))
    names = []
    while plan is not None:
        names.append(plan.name)
        plan = plan.leaner()
    assert names == ["whole", "encoder", "encoder", "turns", "packed", "blocks"]


def test_a_refusal_never_says_that_as_much_is_there_as_is_needed():
    least = min(
        Take(profiles()["quality"], 1280, 704, 121, Weights.of(profiles()["quality"])).needs(one) for one in ROOMY
    )
    with pytest.raises(Unavailable) as refused:
        plan_of("quality", dataclasses.replace(card_of(8), free_gib=least - 0.001))
    assert refused.value.values["needs"] > refused.value.values["has"]


def test_the_profiles_state_what_the_leanest_plan_needs():
    for name, profile in profiles().items():
        size, frames = NATIVE[name]
        take = Take(profile, *size, frames, Weights.of(profile))
        least = min(take.needs(plan) for plan in ROOMY)
        assert least <= profile.memory_gb < least + 0.6


def test_a_card_too_small_hears_what_would_fit():
    with pytest.raises(Unavailable) as refused:
        plan_of("quality", card_of(6))
    values = refused.value.values
    assert (refused.value.code, values["card"]) == ("wan_card_too_small_but", 8)
    profile = profiles()[values["engine"].removeprefix("wan-")]
    size = tuple(map(int, values["size"].split("x")))
    assert plan_for(profile, size, values["frames"], card_of(6)).needs_gib <= 6
    assert all(values["size"] in words for words in words_of(refused.value.code, values))
    with pytest.raises(Unavailable) as refused:
        plan_of("quality", card_of(1))
    assert refused.value.code == "wan_card_too_small"
    assert words_of(refused.value.code, refused.value.values)


def test_another_program_on_the_card_leads_to_a_leaner_plan():
    busy = dataclasses.replace(card_of(24), free_gib=11.5)
    assert plan_of("quality", busy).precision == "fp8"
    assert plan_of("quality", busy).has_gib == 11.5


def test_a_machine_with_little_memory_drops_the_encoder_or_refuses():
    assert not plan_of("draft", card_of(12, machine=32)).encoder_freed
    assert plan_of("draft", card_of(12, machine=16)).encoder_freed
    with pytest.raises(Unavailable) as refused:
        plan_of("quality", card_of(8, machine=8))
    assert refused.value.code == "wan_machine_too_small"
    assert refused.value.values["needs"] > refused.value.values["has"] == 8
    assert words_of(refused.value.code, refused.value.values)


def test_apple_silicon_shares_its_memory():
    large = plan_of("quality", Card("Apple", "mps", 90, 90, 128))
    small = plan_of("draft", Card("Apple", "mps", 26, 26, 36))
    assert (large.device, large.name, small.encoder_freed, small.precision) == ("mps", "whole", True, "bf16")


def test_without_a_card_only_a_small_model_runs():
    with pytest.raises(Unavailable) as refused:
        plan_of("quality", None)
    assert (refused.value.code, refused.value.values["card"]) == ("wan_card_needed", 8)
    plan = plan_for(profiles()["quality"], (64, 64), 9, None, Weights(10**6, 10**6, 10**6))
    assert (plan.device, plan.precision, plan.vae_precision, plan.leaner()) == ("cpu", "fp32", "fp32", None)
    assert plan.needs_gib < plan.has_gib < 10_000
    assert words_of(*plan.said()) and words_of(refused.value.code, refused.value.values)


def test_more_pixels_and_frames_never_need_less():
    profile = profiles()["quality"]
    for plan in ROOMY:
        needs = [
            Take(profile, side, side, frames, Weights.of(profile)).needs(plan)
            for side, frames in itertools.product((256, 512, 1024), (5, 49, 121))
        ]
        assert needs == sorted(needs[:3]) + sorted(needs[3:6]) + sorted(needs[6:])
        assert needs[0] < needs[-1]


def meta_transformer(layers: int):
    """The published shape on torch's meta device: no byte of weights is held."""
    torch = pytest.importorskip("torch")
    from diffusers import WanTransformer3DModel

    with torch.device("meta"):
        return WanTransformer3DModel(
            patch_size=(1, 2, 2),
            num_attention_heads=24,
            attention_head_dim=128,
            in_channels=48,
            out_channels=48,
            text_dim=4096,
            freq_dim=256,
            ffn_dim=14336,
            num_layers=layers,
            cross_attn_norm=True,
            qk_norm="rms_norm_across_heads",
        ).eval()


def meta_vae():
    torch = pytest.importorskip("torch")
    from diffusers import AutoencoderKLWan

    with torch.device("meta"):
        return AutoencoderKLWan(
            base_dim=160,
            decoder_base_dim=256,
            z_dim=48,
            is_residual=True,
            in_channels=12,
            out_channels=12,
            patch_size=2,
            scale_factor_spatial=16,
            latents_mean=[0.0] * 48,
            latents_std=[1.0] * 48,
        ).eval()


def peak_bytes(module, run) -> int:
    """Return the most bytes of tensors alive at one moment of a run, the module's weights not counted."""
    import torch
    from torch.utils._python_dispatch import TorchDispatchMode
    from torch.utils._pytree import tree_leaves

    class Counting(TorchDispatchMode):
        def __init__(self) -> None:
            super().__init__()
            self.own = {one.untyped_storage()._cdata for one in module.state_dict().values()}
            self.alive: dict[int, int] = {}
            self.peak = 0

        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            out = function(*args, **(kwargs or {}))
            for tensor in tree_leaves(out):
                if isinstance(tensor, torch.Tensor):
                    self.see(tensor.untyped_storage())
            self.peak = max(self.peak, sum(self.alive.values()))
            return out

        def see(self, storage) -> None:
            if storage._cdata not in self.own and storage._cdata not in self.alive:
                self.alive[storage._cdata] = storage.nbytes()
                weakref.finalize(storage, self.alive.pop, storage._cdata, 0)

    with torch.no_grad(), Counting() as counting:
        run()
    return counting.peak


def test_the_stated_weights_are_those_of_the_published_shapes():
    stated = Weights.of(profiles()["quality"])
    block = [sum(one.numel() for one in meta_transformer(layers).parameters()) for layers in (1, 2)]
    assert block[0] + 29 * (block[1] - block[0]) == pytest.approx(stated.transformer, rel=0.001)
    assert sum(one.numel() for one in meta_vae().parameters()) == pytest.approx(stated.vae, rel=0.001)


def test_a_pass_of_the_transformer_needs_what_the_plan_says(monkeypatch):
    torch = pytest.importorskip("torch")
    monkeypatch.setattr(torch.nn.functional, "scaled_dot_product_attention", lambda query, **_: torch.empty_like(query))
    model = meta_transformer(2).to(torch.bfloat16)  # one block at a time is at work, however many there are
    take = Take(profiles()["quality"], 832, 480, 49, Weights(1, 1, 1))
    with torch.device("meta"):
        inputs = {
            "hidden_states": torch.empty(1, 48, 13, 30, 52, dtype=torch.bfloat16),
            "encoder_hidden_states": torch.empty(1, 512, 4096, dtype=torch.bfloat16),
            "timestep": torch.empty(1, take.tokens),
        }
    counted = peak_bytes(model, lambda: model(**inputs, return_dict=False)) / 2**30
    assert 0.85 * take.pass_gib() < counted <= take.pass_gib()


@pytest.mark.parametrize(("tile", "width", "height"), [(0, 832, 480), (256, 320, 256)])
def test_decoding_needs_what_the_plan_says(tile, width, height):
    torch = pytest.importorskip("torch")
    vae, take = meta_vae(), Take(profiles()["quality"], width, height, 9, Weights(1, 1, 1))
    if tile:
        vae.enable_tiling(tile, tile, 192, 192)
    latents = torch.empty(1, 48, 3, height // 16, width // 16, device="meta")
    counted = peak_bytes(vae, lambda: vae.decode(latents, return_dict=False)) / 2**30
    said = take.decode_gib(Plan("tiled", "cuda", tile=tile))
    assert 0.85 * said < counted <= said


def test_a_weight_weighs_what_torch_gives_it():
    torch = pytest.importorskip("torch")
    take = Take(profiles()["quality"], 64, 64, 5, Weights(2**30, 2**30, 2**30))
    numbers = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp8": torch.float8_e4m3fn}
    for precision, kind in numbers.items():
        _, transformer, vae = take.weigh(Plan("whole", "cuda", precision=precision, vae_precision=precision))
        assert transformer == vae == torch.empty(0, dtype=kind).element_size()


def test_a_real_card_agrees():
    torch = pytest.importorskip("torch")
    if not torch.cuda.is_available():
        pytest.skip("no CUDA card on this machine")
    card = find_card()
    free, total = torch.cuda.mem_get_info(0)
    assert card is not None and card.device == "cuda"
    assert card.name == torch.cuda.get_device_name(0)
    assert card.total_gib == pytest.approx(total / 2**30, rel=0.02)
    assert card.free_gib == pytest.approx(free / 2**30, abs=1.5)
    before = torch.cuda.memory_allocated()
    torch.empty(2**28, dtype=torch.bfloat16, device="cuda")
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats()
    kept = torch.empty(2**28, dtype=torch.bfloat16, device="cuda")
    assert torch.cuda.max_memory_allocated() - before == 2**29 == kept.numel() * 2


DRIVER = r"""
#include <string.h>
int cuInit(unsigned flags) { return FAILS; }
int cuDeviceGet(int *device, int number) { *device = 3; return 0; }
int cuDeviceGetName(char *name, int length, int device) { strncpy(name, "Tiny 9000", length); return device != 3; }
int cuDeviceTotalMem_v2(size_t *bytes, int device) { *bytes = 12ull << 30; return 0; }
int cuDeviceGetPCIBusId(char *bus, int length, int device) { strncpy(bus, "0000:0a:00.0", length); return 0; }
"""
METER = r"""
#include <string.h>
struct memory { unsigned long long total, free, used; };
int nvmlInit_v2(void) { return 0; }
int nvmlDeviceGetHandleByPciBusId_v2(const char *bus, void **card) { *card = 0; return strcmp(bus, "0000:0a:00.0"); }
int nvmlDeviceGetMemoryInfo(void *card, struct memory *memory) { memory->free = 7ull << 30; return LOST; }
int nvmlShutdown(void) { return 0; }
"""


def built(folder: Path, name: str, code: str, *defined: str) -> str:
    """Return the path of a library compiled from C."""
    if shutil.which("gcc") is None:
        pytest.skip("no C compiler on this machine")
    source, library = folder / f"{name}.c", folder / f"{name}.so"
    source.write_text("#include <stddef.h>\n" + code)
    subprocess.run(["gcc", "-shared", "-fPIC", *defined, "-o", library, source], check=True)
    return str(library)


def test_the_driver_tells_name_and_memory(tmp_path):
    driver = built(tmp_path, "driver", DRIVER, "-DFAILS=0")
    meter = built(tmp_path, "meter", METER, "-DLOST=0")
    card = find_card((driver,), (meter,))
    assert card is not None
    assert (card.name, card.device, card.total_gib, card.free_gib) == ("Tiny 9000", "cuda", 12, 7)
    assert 0 < card.machine_gib < 10_000
    lost = built(tmp_path, "lost", METER, "-DLOST=15")
    other = built(tmp_path, "other", "int other;")
    for meters in ((lost,), ("libno-such.so.1",), (other,)):
        assert find_card((driver,), meters).free_gib == 12


def test_without_a_working_driver_there_is_no_card(tmp_path):
    assert find_card(("libno-such.so.1",)) is None
    assert find_card((built(tmp_path, "driver", DRIVER, "-DFAILS=100"),)) is None
    assert find_card((built(tmp_path, "other", "int other;"),)) is None


def test_planning_loads_no_model_library():
    program = (
        "import sys, models.wan.memory; from models.wan.card import find_card; find_card(); "
        "print(*{'torch', 'diffusers', 'transformers', 'huggingface_hub'} & set(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == []
