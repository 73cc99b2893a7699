"""The one place that says which speed levers are on. A lever that changes the picture, or was not measured, is off."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Levers:
    """How the same weights are run faster; part of an engine's identity, because rounding or more may differ."""

    one_timestep: bool = True
    """Without an anchor all tokens share a timestep: the same picture within 3e-6, 2 GB less for each block."""
    attention: str = ""
    """Kernel of the attention as diffusers names it; empty is PyTorch's own. Others need a package and round anew."""
    fused_qkv: bool = False
    """One matrix for query, key and value: same picture, 1.7 GB more. Off beside adapters, which are of the three, and
    where the weights are packed or come block by block."""
    compiled: bool = False
    """The blocks of the transformer compiled: 5e-7 off, but seconds to minutes for each new shape. Off where
    the weights are packed or come block by block."""
    first_block_cache: float = 0.0
    """Skip blocks while the first changes less than this share; 0 never. Faster, but another picture."""
    channels_last: bool = False
    """The VAE's weights in the order that graphics cards like; rounds anew."""
    compiled_decode: bool = False
    """The VAE's decoder compiled: pays only for many takes of one shape."""
    decode_bf16: bool = False
    """Decode in half the bits: off by a level or two of 255, and smooth skies may show steps."""

    @property
    def changed(self) -> dict[str, Any]:
        """Return the levers that are not as usual, for an identity."""
        usual = asdict(Levers())
        return {name: value for name, value in asdict(self).items() if value != usual[name]}

    def said(self) -> list[tuple[str, dict[str, str | float]]]:
        """Return a code and values of the text catalogue for each lever that is on."""
        told: list[tuple[str, dict[str, str | float]]] = []
        for name, value in asdict(self).items():
            if value:
                told.append((f"wan_lever_{name}", {} if value is True else {"value": value}))
        return told
