"""A checkpoint of the full published size with random weights, for machines with a card: the same work, no download.

Sizes are those of the configurations that were published with the weights. What is timed on it is as long as with the
trained weights; what it draws is noise.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from diffusers import AutoencoderKLWan, WanTransformer3DModel
from transformers import UMT5Config, UMT5EncoderModel

from tests import tiny_wan

ROOM = 16 * 2**30
"""Bytes a card must have to make the largest part on it; elsewhere it is made on the processor, in minutes."""
ENCODER = {"vocab_size": 256384, "d_model": 4096, "d_kv": 64, "d_ff": 10240, "num_layers": 24, "num_heads": 64}
TRANSFORMER = {
    "patch_size": (1, 2, 2),
    "attention_head_dim": 128,
    "text_dim": 4096,
    "freq_dim": 256,
    "num_layers": 30,
    "cross_attn_norm": True,
    "qk_norm": "rms_norm_across_heads",
    "rope_max_seq_len": 1024,
}
NEWER = {**TRANSFORMER, "num_attention_heads": 24, "ffn_dim": 14336, "in_channels": 48, "out_channels": 48}
OLDER = {**TRANSFORMER, "num_attention_heads": 12, "ffn_dim": 8960, "in_channels": 16, "out_channels": 16}
NEWER_VAE = {
    "base_dim": 160,
    "decoder_base_dim": 256,
    "z_dim": 48,
    "dim_mult": [1, 2, 4, 4],
    "num_res_blocks": 2,
    "temperal_downsample": [False, True, True],
    "is_residual": True,
    "in_channels": 12,
    "out_channels": 12,
    "patch_size": 2,
    "scale_factor_temporal": 4,
    "scale_factor_spatial": 16,
    "latents_mean": [0.0] * 48,
    "latents_std": [1.0] * 48,
}


def build(folder: Path, older: bool = False) -> Path:
    """Write Wan2.2 5B, or Wan2.1 1.3B, to `folder` unless it is there, and return it: 24 GB, or 15 GB, on disk."""
    if folder.is_dir():
        return folder
    part = folder.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    tiny_wan.build(part, older)  # tokenizer, scheduler and index are as good as any
    for name in ("text_encoder", "transformer", "vae"):
        shutil.rmtree(part / name)
        _made(name, older).eval().save_pretrained(part / name)
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
    return part.rename(folder)


def _made(name: str, older: bool) -> torch.nn.Module:
    """Return one part with random weights, in the precision that it is used in on a card."""
    with _new(torch.float32 if name == "vae" else torch.bfloat16):
        if name == "vae":
            return AutoencoderKLWan(**({} if older else NEWER_VAE))
        if name == "transformer":
            return WanTransformer3DModel(**(OLDER if older else NEWER))
        return UMT5EncoderModel(UMT5Config(**ENCODER, feed_forward_proj="gated-gelu"))


@contextmanager
def _new(kind: torch.dtype) -> Iterator[None]:
    """Have new modules made in a precision, on the card where there is one with room."""
    roomy = torch.cuda.is_available() and torch.cuda.mem_get_info()[0] > ROOM
    usual = torch.get_default_dtype()
    torch.set_default_dtype(kind)
    try:
        with torch.device("cuda" if roomy else "cpu"):
            yield
    finally:
        torch.set_default_dtype(usual)
