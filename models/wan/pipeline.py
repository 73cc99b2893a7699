"""The modules of one checkpoint: loaded when first needed, placed as the memory plan says, shared by both pipelines."""

import gc
import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

import torch
from diffusers import (
    AutoencoderKLWan,
    FirstBlockCacheConfig,
    WanPipeline,
    WanTransformer3DModel,
    attention_backend,
)
from diffusers.hooks import apply_group_offloading
from safetensors import SafetensorError
from transformers import AutoTokenizer, UMT5EncoderModel

from models.engine import ClipRequest, Unavailable
from models.wan.anchors import AnchoredPipeline
from models.wan.card import GIB, machine_gib
from models.wan.levers import Levers
from models.wan.memory import OFFLOADED, PARKED, RESIDENT, Plan
from models.wan.profiles import FRAME_MULTIPLE, Profile

PRECISIONS = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp8": torch.bfloat16}
"""What each precision computes in; fp8 only stores."""
RICH_CHANNELS = 48
"""Channels of the VAE whose transformers were trained with a timestep for each token, so that they take anchors."""
SHORTAGES = ("out of memory", "allocate memory", "ALLOC_FAILED")
PINNING = 4
"""A machine must have so many times what a transformer weighs for its blocks to be pinned beforehand."""
OVERLAP = 4
"""A VAE tile shares a quarter of its side with its neighbour; there the two are blended."""


class TextPipeline(WanPipeline):
    """The text-to-video pipeline of diffusers, told where to compute: its modules may be parked elsewhere meanwhile."""

    device_name = "cpu"

    @property
    def _execution_device(self) -> torch.device:
        return torch.device(self.device_name)


class PicturePipeline(AnchoredPipeline):
    """The same for takes that begin with an anchor."""

    device_name = "cpu"

    @property
    def _execution_device(self) -> torch.device:
        return torch.device(self.device_name)


class Parts:
    """Text encoder, transformer and VAE of a checkpoint folder; each at most once in memory."""

    def __init__(self, folder: Path, levers: Levers) -> None:
        self.folder = folder
        self.levers = levers
        self._loaded: dict[str, tuple[tuple[str, bool], Any]] = {}
        self._vae_config = _read(folder / "vae" / "config.json")
        stated = _read(folder / "model_index.json").get("expand_timesteps")
        self._expands = bool(stated) or self._vae_config.get("z_dim") == RICH_CHANNELS  # distilled ones do not state it

    @property
    def loaded(self) -> frozenset[str]:
        """The names of what is in memory now."""
        return frozenset(self._loaded)

    def latent_shape(self, request: ClipRequest) -> tuple[int, ...]:
        """Return the shape of a take's latents: [1, channels, count, height, width]."""
        count = (request.num_frames - 1) // FRAME_MULTIPLE + 1
        return (1, self._vae_config.get("z_dim", 16), count, request.height // self._side, request.width // self._side)

    def check(self, profile: Profile) -> None:
        """Raise `Unavailable` when these are weights of another kind than the profile is for."""
        multiple = self._side * 2  # the transformer takes 2x2 latents for a token
        if multiple != profile.size_multiple or (profile.anchor_frames and not self._expands):
            raise Unavailable("wan_weights_unfit", {"folder": self.folder.name, "engine": f"wan-{profile.name}"})

    @property
    def _side(self) -> int:
        """Pixels that a latent spans in each direction."""
        return int(self._vae_config.get("scale_factor_spatial", 8))

    @contextmanager
    def text_encoder(self, plan: Plan) -> Iterator[tuple[Any, UMT5EncoderModel]]:
        """Give tokenizer and text encoder while they work; afterwards they are dropped where the plan says so."""
        if plan.encoder_freed and "text_encoder" not in self._loaded:
            for name in self.loaded:
                if getattr(plan, name) != RESIDENT:  # the machine cannot hold it beside the encoder
                    del self._loaded[name]
        tokenizer, encoder = self._part("text_encoder", plan)
        try:
            with self._working(encoder, plan.text_encoder, plan):
                yield tokenizer, encoder
        finally:
            if plan.encoder_freed:
                self._loaded.pop("text_encoder", None)

    @contextmanager
    def transformer(self, plan: Plan, adapted: bool = False) -> Iterator[WanTransformer3DModel]:
        """Give the transformer while it works, and leave it without a trace of the run, however that ends.

        Adapters are of query, key and value each: adapted, the three are not fused, or they would not be heard.
        """
        transformer = self._part("transformer", plan)
        if self.levers.fused_qkv and _lies_whole(plan):
            (transformer.unfuse_qkv_projections if adapted else transformer.fuse_qkv_projections)()
        with self._working(transformer, plan.transformer, plan), self._attention():
            try:
                yield transformer
            finally:
                transformer._reset_stateful_cache()

    @contextmanager
    def vae(self, plan: Plan) -> Iterator[AutoencoderKLWan]:
        """Give the VAE while it works, in tiles where the plan says so."""
        vae = self._vae(plan)
        with self._working(vae, plan.vae, plan):
            yield vae

    def pipeline(self, transformer: WanTransformer3DModel, scheduler: Any, anchored: bool, plan: Plan) -> Any:
        """Return a pipeline around the modules there are.

        Made by the constructor: `from_pipe` of diffusers would cast the shared modules in place. Without an anchor all
        tokens share one timestep, so that it need not be expanded to each.
        """
        shared = {"tokenizer": None, "text_encoder": None, "vae": self._vae(plan), "transformer": transformer}
        kind = PicturePipeline if anchored else TextPipeline
        one = self.levers.one_timestep or not self._expands
        pipeline = kind(**shared, scheduler=scheduler, expand_timesteps=anchored or not one)
        pipeline.device_name = plan.device
        pipeline.set_progress_bar_config(disable=True)
        return pipeline

    def arrange(self, plan: Plan) -> None:
        """Take off the card what an earlier plan left there and this one does not."""
        other = [name for name, (loaded_as, _) in self._loaded.items() if loaded_as != _loading(name, plan)]
        for name in other:
            del self._loaded[name]
        for name, (_, part) in self._loaded.items():
            if getattr(plan, name) == PARKED:
                (part[1] if name == "text_encoder" else part).to("cpu")
        if other:
            _forget(plan.device)
        _tidy(plan.device)

    def free(self) -> None:
        """Forget all modules."""
        self._loaded.clear()
        device = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
        _forget(device)
        _tidy(device)

    def _vae(self, plan: Plan) -> AutoencoderKLWan:
        vae: AutoencoderKLWan = self._part("vae", plan)
        vae.use_tiling = plan.tiling
        if plan.tiling:
            side = vae.spatial_compression_ratio
            stride = (plan.tile - plan.tile // OVERLAP) // side * side
            vae.enable_tiling(plan.tile, plan.tile, stride, stride)
        return vae

    def _part(self, name: str, plan: Plan) -> Any:
        """Return a part as a plan wants it, loaded anew where it was loaded in another way."""
        wanted = _loading(name, plan)
        if name not in self._loaded or self._loaded[name][0] != wanted:
            self._loaded.pop(name, None)
            _forget(plan.device)
            _tidy(plan.device)
            load = {
                "text_encoder": self._load_text_encoder,
                "transformer": self._load_transformer,
                "vae": self._load_vae,
            }
            try:
                self._loaded[name] = (wanted, load[name](plan))
            except torch.AcceleratorError:
                raise
            except (OSError, ValueError, RuntimeError, KeyError, SafetensorError) as error:
                if is_out_of_memory(error):
                    raise
                raise Unavailable("wan_weights_damaged", {"folder": str(self.folder), "file": name}) from error
        return self._loaded[name][1]

    def _load_text_encoder(self, plan: Plan) -> tuple[Any, UMT5EncoderModel]:
        tokenizer = AutoTokenizer.from_pretrained(self.folder / "tokenizer")
        kind = PRECISIONS[_loading("text_encoder", plan)[0]]
        encoder = UMT5EncoderModel.from_pretrained(self.folder / "text_encoder", dtype=kind)
        if encoder.shared.weight.data_ptr() != encoder.encoder.embed_tokens.weight.data_ptr():
            # transformers before 5.2 left the encoder's own embedding without its weights
            raise Unavailable("library_missing", {"library": "transformers>=5.2"})
        if plan.text_encoder == OFFLOADED:
            _offload(encoder, plan, "leaf_level", pinned=False)  # it works too seldom to be worth the memory
        return tokenizer, encoder.eval()

    def _load_transformer(self, plan: Plan) -> WanTransformer3DModel:
        kind, levers = PRECISIONS[plan.precision], self.levers
        transformer = WanTransformer3DModel.from_pretrained(self.folder, subfolder="transformer", dtype=kind)
        if plan.precision == "fp8":
            transformer.enable_layerwise_casting(storage_dtype=torch.float8_e4m3fn, compute_dtype=kind)
        if plan.transformer == OFFLOADED:
            held = sum(weight.nbytes for weight in transformer.parameters())
            _offload(transformer, plan, "block_level", pinned=machine_gib() * GIB > PINNING * held)
        if levers.first_block_cache:
            transformer.enable_cache(FirstBlockCacheConfig(threshold=levers.first_block_cache))
        if levers.compiled and _lies_whole(plan):
            transformer.compile_repeated_blocks(fullgraph=not levers.first_block_cache)  # its hooks are not compiled
        return transformer

    def _load_vae(self, plan: Plan) -> AutoencoderKLWan:
        kind, levers = PRECISIONS[plan.vae_precision], self.levers
        vae = AutoencoderKLWan.from_pretrained(self.folder, subfolder="vae", dtype=kind)
        if levers.decode_bf16:
            for module in (vae.decoder, vae.post_quant_conv):
                module.to(torch.bfloat16)
        if levers.channels_last:
            for weight in vae.parameters():
                if weight.dim() == 5:
                    weight.data = weight.data.contiguous(memory_format=torch.channels_last_3d)
        if levers.compiled_decode:
            vae.decoder.compile()
        return vae

    @contextmanager
    def _working(self, module: Any, place: str, plan: Plan) -> Iterator[None]:
        """Have a module on the card while it works; one that is offloaded goes there block by block by itself."""
        if place == OFFLOADED:
            yield
            return
        try:
            module.to(plan.device)
            yield
        finally:
            if place == PARKED:
                module.to("cpu")
                _tidy(plan.device)

    def _attention(self) -> AbstractContextManager[Any]:
        """Choose the attention kernel for this run only: set on a module, it would stay the default of the process."""
        return attention_backend(self.levers.attention) if self.levers.attention else nullcontext()


def _read(path: Path) -> dict[str, Any]:
    config: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return config


def _loading(name: str, plan: Plan) -> tuple[str, bool]:
    """Return what of a plan a part must be loaded anew for: where it stays otherwise it can be moved to."""
    encoder = "fp32" if plan.device == "cpu" else "bf16"
    precisions = {"text_encoder": encoder, "transformer": plan.precision, "vae": plan.vae_precision}
    return precisions[name], getattr(plan, name) == OFFLOADED


def _lies_whole(plan: Plan) -> bool:
    """Return whether the transformer's weights lie there as they compute, so that others can be made of them."""
    return plan.transformer != OFFLOADED and plan.precision != "fp8"


def _offload(module: Any, plan: Plan, kind: str, pinned: bool) -> None:
    """Let the blocks of a module come to the card one after another, the next while one works where streams exist.

    Pinned beforehand they come faster, but PyTorch rounds each tensor up to a power of two: 15 GiB for the 9.1 of 5B.
    """
    apply_group_offloading(
        module,
        onload_device=torch.device(plan.device),
        offload_device=torch.device("cpu"),
        offload_type=kind,
        num_blocks_per_group=1 if kind == "block_level" else None,
        use_stream=plan.device == "cuda",
        low_cpu_mem_usage=not pinned,
    )


def _forget(device: str) -> None:
    """Free what was let go: a module that ran and its hooks name each other, so that only the collector frees them.

    Where there is no card models are too small for it to matter.
    """
    if device != "cpu":
        gc.collect()


def _tidy(device: str) -> None:
    """Give memory that PyTorch keeps for later back to the card; one that was lost takes nothing back."""
    with suppress(torch.AcceleratorError):
        if device == "cuda":
            torch.cuda.empty_cache()
        elif device == "mps":
            torch.mps.empty_cache()


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether memory ran out. Apart from CUDA's allocator, libraries tell it only in the words of an error."""
    if isinstance(error, torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError | OSError) and any(words in str(error) for words in SHORTAGES)
