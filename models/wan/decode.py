"""Latents to frames, one latent after another, so that only a few frames are ever held and cancel is heard between."""

import math
from collections.abc import Callable, Iterator
from itertools import count

import torch
from diffusers import AutoencoderKLWan
from diffusers.models.autoencoders.autoencoder_kl_wan import unpatchify

from models.engine import Frame
from models.wan.anchors import plain
from models.wan.profiles import FRAME_MULTIPLE

Told = Callable[[int], None]
"""Is told how many latents are decoded; may raise to stop."""


def pieces(vae: AutoencoderKLWan, latents: torch.Tensor, told: Told) -> Iterator[torch.Tensor]:
    """Yield the frames of normalised latents [1, channels, count, h, w] as floats [3, frames, height, width], -1 to 1.

    The first latent is one frame, every later one four. In tiles, none comes before all are there: a tile is decoded to
    its end before the next, because what a tile remembers of the latents before is larger than its frames.
    """
    z = plain(vae, latents.to(vae.device))
    if tiles := _tiles(vae, z):
        yield from _tiled(vae, z, tiles, told).split(FRAME_MULTIPLE, dim=1)  # whole, it would be copied whole
        return
    try:
        vae.clear_cache()
        with torch.no_grad():
            z = vae.post_quant_conv(z)
        for index in range(z.shape[2]):
            with torch.no_grad():  # never across a yield: it would reach into the caller
                piece = _one(vae, z[:, :, index : index + 1], index == 0)
            told(index + 1)
            yield piece
    finally:
        vae.clear_cache()


def sent(piece: torch.Tensor) -> Callable[[], list[Frame]]:
    """Begin to bring floats [3, frames, height, width] in [-1, 1] off the card; return what waits for them as pictures.

    Who waits only after the next piece was begun leaves the card something to do meanwhile.
    """
    pixels = ((piece.float() + 1) * 127.5).round().clamp(0, 255).to(torch.uint8).permute(1, 2, 3, 0).contiguous()
    if not pixels.is_cuda:
        return lambda: list(pixels.cpu().numpy())
    copy = torch.empty(pixels.shape, dtype=torch.uint8, pin_memory=True).copy_(pixels, non_blocking=True)
    there = torch.cuda.Event()
    there.record()

    def frames() -> list[Frame]:
        there.synchronize()
        return list(copy.numpy())

    return frames


def _one(vae: AutoencoderKLWan, latent: torch.Tensor, first: bool) -> torch.Tensor:
    """Return the frames of one latent; the VAE remembers what it needs of those before."""
    vae._conv_idx = [0]
    video = vae.decoder(latent, feat_cache=vae._feat_map, feat_idx=vae._conv_idx, first_chunk=first)
    if vae.config.patch_size is not None:
        video = unpatchify(video, patch_size=vae.config.patch_size)
    return video.clamp(-1, 1)[0]


def _tiles(vae: AutoencoderKLWan, z: torch.Tensor) -> int:
    """Return in how many tiles the VAE decodes; 0 when it decodes a picture whole."""
    ratio = vae.spatial_compression_ratio
    sides, least = z.shape[3:], (vae.tile_sample_min_height, vae.tile_sample_min_width)
    if not vae.use_tiling or all(side <= one // ratio for side, one in zip(sides, least, strict=True)):
        return 0
    strides = (vae.tile_sample_stride_height, vae.tile_sample_stride_width)
    return math.prod(len(range(0, side, stride // ratio)) for side, stride in zip(sides, strides, strict=True))


def _tiled(vae: AutoencoderKLWan, z: torch.Tensor, tiles: int, told: Told) -> torch.Tensor:
    """Return all frames at once, telling after each latent of each tile how many latents that makes in all."""
    calls = count()

    def after(*ignored: object) -> None:
        told((next(calls) + 1) // tiles)

    hook = vae.decoder.register_forward_hook(after)
    try:
        with torch.no_grad():
            return vae.decode(z).sample[0]
    finally:
        hook.remove()
        vae.clear_cache()
