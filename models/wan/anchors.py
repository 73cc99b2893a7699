"""What a take continues from, as latents that the denoising keeps as they are.

An anchor is encoded from frames, never handed on as latents: the VAE codes its first latent as a picture by itself, so
that the last latents of a take mean something else at the beginning of the next.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from diffusers import AutoencoderKLWan, WanImageToVideoPipeline
from diffusers.utils.torch_utils import randn_tensor
from safetensors import SafetensorError
from safetensors.torch import load, save

from models.engine import Anchor, Frame, Refused

CORRECTIONS = 3
GAIN = 0.7
"""How much of what a round trip lost is given back in each correction; 1 swings, less needs more of them."""


class AnchoredPipeline(WanImageToVideoPipeline):
    """The image-to-video pipeline of diffusers with the anchor's latents given, one or several, instead of a picture.

    Only `prepare_latents` differs. The loop of diffusers takes any mask: kept tokens run at timestep 0, and the last
    blend pins them once more. The anchor travels on the object, so one object serves one call at a time.
    """

    anchor: torch.Tensor
    """[1, channels, kept, height, width], normalised."""

    def prepare_latents(
        self, image: torch.Tensor, batch_size: int, *shape: Any
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return (noise, condition, mask); the mask is 0 where the condition is kept, and the same for a whole batch.

        `shape` is what the pipeline gives by place: channels, height, width, frames, dtype, device, generators.
        """
        channels, height, width, num_frames, dtype, device, generators = shape[:7]
        count = (num_frames - 1) // self.vae_scale_factor_temporal + 1
        rows, columns = height // self.vae_scale_factor_spatial, width // self.vae_scale_factor_spatial
        kept = self.anchor.shape[2]
        expected = (1, channels, kept, rows, columns)
        if tuple(self.anchor.shape) != expected or kept >= count:
            raise ValueError(f"an anchor of {tuple(self.anchor.shape)} for {count} latents of {expected}")
        size = (batch_size, channels, count, rows, columns)
        noise = randn_tensor(size, generator=generators, device=device, dtype=dtype)
        condition = torch.zeros(size, device=device, dtype=dtype)
        condition[:, :, :kept] = self.anchor.to(device, dtype)
        mask = torch.ones(1, 1, count, rows, columns, device=device, dtype=dtype)
        mask[:, :, :kept] = 0
        return noise, condition, mask


def kept_frames(anchor: Anchor, most: int) -> tuple[Frame, ...]:
    """Return the last frames of an anchor that make whole latents: 1 or, for a motion anchor, 4k + 1 of them."""
    frames = anchor.frames[-most:]
    return frames[(len(frames) - 1) % 4 :]


def encoded(vae: AutoencoderKLWan, frames: Sequence[Frame], corrections: int = CORRECTIONS) -> torch.Tensor:
    """Return the normalised latents [1, channels, kept, height, width] whose decoding is nearest to the frames.

    The round trip through the VAE fades and shifts colours, which a chain of takes would add up. So what a trip loses
    is added to the latents, a few times over; without corrections it is the plain encoding.
    """
    with torch.no_grad():
        wanted = latents = _encode(vae, _floats(vae, frames))
        for _ in range(corrections):
            latents = latents + GAIN * (wanted - _encode(vae, _decode(vae, latents)))
    return normalised(vae, latents)


def bias_of(vae: AutoencoderKLWan, latents: torch.Tensor) -> torch.Tensor:
    """Return what a round trip takes from the first latent of a take, [1, channels, 1, height, width], normalised.

    Measured where the true latent is known, in the first take of a shot; added to every later anchor of the shot.
    """
    with torch.no_grad():
        first = plain(vae, latents[:, :, :1].to(vae.device))
        return normalised(vae, first) - normalised(vae, _encode(vae, _decode(vae, first)))


def to_state(bias: torch.Tensor) -> bytes:
    """Return a bias as the state a take ends in, at half precision: about 300 kB at full size."""
    return save({"wan_bias": bias.detach().half().cpu().contiguous()})


def from_state(state: bytes, shape: tuple[int, ...]) -> torch.Tensor:
    """Return the bias that `to_state` wrote; raises `Refused` for any other bytes and for another size."""
    try:
        bias = load(state)["wan_bias"]
    except (SafetensorError, KeyError) as error:
        raise Refused("wan_anchor_foreign") from error
    if tuple(bias.shape) != shape or not bool(torch.isfinite(bias).all()):
        raise Refused("wan_anchor_foreign")
    return bias.float()


def normalised(vae: AutoencoderKLWan, latents: torch.Tensor) -> torch.Tensor:
    """Return latents of the VAE as the transformer knows them: mean 0 and deviation 1 in each channel, float32."""
    mean, deviation = _scale(vae, latents.device)
    return (latents.float() - mean) / deviation


def plain(vae: AutoencoderKLWan, latents: torch.Tensor) -> torch.Tensor:
    """Return normalised latents as the VAE knows them, in the precision of its decoder."""
    mean, deviation = _scale(vae, latents.device)
    return (latents.float() * deviation + mean).to(vae.post_quant_conv.weight.dtype)


def _scale(vae: AutoencoderKLWan, device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
    values = (vae.config.latents_mean, vae.config.latents_std)
    mean, deviation = (torch.tensor(value, device=device).view(1, -1, 1, 1, 1) for value in values)
    return mean, deviation


def _floats(vae: AutoencoderKLWan, frames: Sequence[Frame]) -> torch.Tensor:
    """Return frames as [1, 3, count, height, width] in [-1, 1]."""
    pixels = torch.from_numpy(np.stack(frames)).permute(3, 0, 1, 2)[None]
    return pixels.to(vae.device).float() / 127.5 - 1


def _encode(vae: AutoencoderKLWan, video: torch.Tensor) -> torch.Tensor:
    return vae.encode(video.to(vae.quant_conv.weight.dtype)).latent_dist.mode().float()


def _decode(vae: AutoencoderKLWan, latents: torch.Tensor) -> torch.Tensor:
    return vae.decode(latents.to(vae.post_quant_conv.weight.dtype)).sample
