"""The latents of a take, kept before they are decoded: a decode that fails costs only the decode."""

import hashlib
import json
from pathlib import Path

import torch

from models.engine import ClipRequest
from models.wan.tensors import TensorFolder

MOST_BYTES = 4 << 30
"""Of all latents on disk: at full size a take has 21 MB, so about 190 takes."""


class Latents:
    """Denoised latents [1, channels, count, h, w], float32 and normalised, each under the digest of its take."""

    def __init__(self, folder: Path) -> None:
        self._files = TensorFolder(folder, MOST_BYTES)

    def load(self, take: str, shape: tuple[int, ...]) -> torch.Tensor | None:
        """Return a take's latents; None when there are none of this shape."""
        found = self._files.load(take)
        latents = found.get("latents") if found else None
        return latents if latents is not None and tuple(latents.shape) == shape else None

    def keep(self, take: str, latents: torch.Tensor) -> None:
        """Keep a take's latents."""
        self._files.save(take, {"latents": latents})


def take_digest(identity: str, request: ClipRequest) -> str:
    """Return what names a take's latents: a digest of all that they depend on."""
    digest = hashlib.sha256(json.dumps([identity, request.canonical()], sort_keys=True).encode())
    if request.anchor is not None:
        digest.update(b"\0" + request.anchor.state)
        for frame in request.anchor.frames:
            digest.update(b"\0" + frame.tobytes())
    return digest.hexdigest()
