"""A small picture of latents that are not decoded: one linear map from latent channels to colours, fitted here.

Until a take was decoded there is no map, and so no picture: a wrong one would mislead more than none.
"""

from collections.abc import Sequence

import torch

from models.engine import Frame
from models.wan.tensors import TensorFolder

ENLARGED = 4
"""Pixels of a preview for each latent one."""
SAMPLES = 2
"""Places a fit needs for each of its unknowns; fewer would fit the noise."""
MOST_BYTES = 1 << 20


class Preview:
    """Latents to colours for one VAE; the map is kept on disk."""

    def __init__(self, files: TensorFolder, vae: str) -> None:
        self._files = files
        self._name = vae
        found = files.load(vae)
        self._map = found.get("map") if found else None

    @property
    def fitted(self) -> bool:
        """Tell whether there is a map, so that pictures can be made."""
        return self._map is not None

    def picture(self, latents: torch.Tensor) -> Frame | None:
        """Return the middle of normalised latents [takes, channels, count, h, w] as a picture of the first take."""
        if self._map is None or latents.shape[1] + 1 != len(self._map):
            return None
        middle = latents[0, :, latents.shape[2] // 2].float().cpu()
        colours = _with_ones(middle.flatten(1).T) @ self._map
        small = colours.T.reshape(1, 3, *middle.shape[1:])
        large = torch.nn.functional.interpolate(small, scale_factor=ENLARGED, mode="bilinear", align_corners=False)
        pixels = ((large[0] + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)
        frame: Frame = pixels.permute(1, 2, 0).contiguous().numpy()
        return frame

    def fit(self, latents: torch.Tensor, pooled: Sequence[torch.Tensor]) -> None:
        """Fit the map to latents [1, channels, count, h, w] and their frames, each pooled to [3, h, w]; keep it.

        The first frame belongs to latent 0, frame 4k - 2, the second of its four, to latent k. Too few places, or
        numbers that are not finite, leave things as they are.
        """
        chosen = torch.stack([pooled[max(0, 4 * index - 2)] for index in range(latents.shape[2])], dim=1)
        known = _with_ones(latents[0].float().cpu().flatten(1).T)
        wanted = chosen.flatten(1).T
        if len(known) < SAMPLES * known.shape[1] or not bool(
            torch.isfinite(known).all() & torch.isfinite(wanted).all()
        ):
            return
        self._map = torch.linalg.lstsq(known, wanted).solution
        self._files.save(self._name, {"map": self._map})


def pooled(piece: torch.Tensor, size: tuple[int, int]) -> list[torch.Tensor]:
    """Return each frame of floats [3, frames, height, width] as the means of its blocks, [3, h, w]."""
    means = torch.nn.functional.adaptive_avg_pool2d(piece.float().permute(1, 0, 2, 3), size)
    return list(means.cpu())


def _with_ones(rows: torch.Tensor) -> torch.Tensor:
    return torch.cat([rows, torch.ones(len(rows), 1)], dim=1)
