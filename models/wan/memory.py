"""The memory plan: what of a model stays on the card, in which precision, and whether the card is large enough.

Arithmetic without torch. Weights are counted; what a run adds to them was counted on the real architecture, tensor by
tensor, on torch's meta device (diffusers 0.42). Reserve covers the rest: CUDA's own, work space, fragments.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import product

from models.engine import Unavailable
from models.wan.card import GIB, Card, machine_gib
from models.wan.profiles import FRAME_MULTIPLE, Profile, profiles
from models.wan.weights import Weights

CARDS = (8, 12, 16, 24, 32, 48, 80)
"""Sizes in GB in which cards are sold."""
USABLE = 0.94
"""Of such a card, what a desktop leaves free."""
RESERVE = 0.8
"""GiB for CUDA's context, the work space of convolutions and what lies between tensors."""
MACHINE_RESERVE = 3.0
"""GiB of the machine's memory that its system and the studio need."""
CPU_PARAMETERS = 200_000_000
"""Without a card only models below this run: larger ones would take hours for a second."""

BYTES = {"fp32": 4, "bf16": 2, "fp8": 1}
TOKEN_BYTES, SIMPLE_TOKEN_BYTES = 70, 32
"""Bytes of a pass for each token and each number of its width: with a timestep for every token (anchors), and without.
Counted: 65 and 27 at width 3072, 70 and 32 at 1536."""
DECODE_BYTES = 5500
"""Numbers the VAE holds for each pixel while it decodes four frames; counted 5400 (Wan2.2), 4890 (Wan2.1)."""
FILM_COPIES = 3.7
"""Copies of the decoded film there are while its tiles, which overlap, are put together; counted 3.6."""
TILE = 256
"""Side of a tile in pixels."""
ENCODER_SHARE, TRANSFORMER_SHARE = 1 / 4, 1 / 10
"""What is on the card of a part that comes block by block: the embedding of the encoder is its largest block."""

RESIDENT, PARKED, OFFLOADED = "resident", "parked", "offloaded"


@dataclass(frozen=True)
class Plan:
    """Where the parts of a model stay while a take is made, from the roomiest kind of plan to the leanest."""

    name: str
    """Its words are wan_plan_<name>."""
    device: str
    """"cuda", "mps" or "cpu"."""
    text_encoder: str = RESIDENT
    """"resident": always on the card. "parked": on the card only while it works, else in the machine's memory.
    "offloaded": never whole on the card, its blocks come one after another. The same for the other parts."""
    transformer: str = RESIDENT
    vae: str = RESIDENT
    precision: str = "bf16"
    """Of the transformer's weights: "bf16", "fp32", or "fp8", which is how they are kept; they compute in bf16."""
    vae_precision: str = "fp32"
    tile: int = 0
    """Side of the tiles in which pictures are decoded, in pixels; 0 for whole pictures."""
    encoder_freed: bool = False
    """Once the prompts are known, the text encoder is dropped: the machine cannot hold it beside the rest."""
    needs_gib: float = field(default=0.0, compare=False)
    """Peak on the card, or in the machine's memory where there is none. Plans are equal that do the same."""
    has_gib: float = field(default=0.0, compare=False)
    next: "Plan | None" = field(default=None, repr=False, compare=False)

    @property
    def tiling(self) -> bool:
        """Return whether pictures are decoded in tiles."""
        return self.tile > 0

    def leaner(self) -> "Plan | None":
        """Return the next plan that needs less, for a second try after the card ran out of memory; None at the end."""
        return self.next

    def said(self) -> tuple[str, dict[str, str | int | float]]:
        """Return the code and the values of its words, for before the run."""
        return f"wan_plan_{self.name}", {"needs": round(self.needs_gib, 1), "has": round(self.has_gib, 1)}


ROOMY = (
    Plan("whole", "cuda"),
    Plan("encoder", "cuda", PARKED),
    Plan("encoder", "cuda", OFFLOADED),
    Plan("turns", "cuda", PARKED, PARKED, PARKED),
    Plan("tiled", "cuda", OFFLOADED, tile=TILE),
    Plan("tiled", "cuda", PARKED, PARKED, PARKED, tile=TILE),
    Plan("tiled", "cuda", OFFLOADED, PARKED, PARKED, tile=TILE),
    Plan("packed", "cuda", OFFLOADED, PARKED, PARKED, "fp8", "fp32", TILE),
    Plan("packed", "cuda", OFFLOADED, PARKED, PARKED, "fp8", "bf16", TILE),
    Plan("blocks", "cuda", OFFLOADED, OFFLOADED, PARKED, "bf16", "bf16", TILE),
)
"""The kinds of plan for a card, each slower or less exact than the one before."""
SHARED = (
    Plan("whole", "mps"),
    Plan("turns", "mps", text_encoder=PARKED, encoder_freed=True),
    Plan("tiled", "mps", text_encoder=PARKED, encoder_freed=True, tile=TILE),
)
"""The same where card and machine share one memory: parking there would save nothing, only dropping does."""


@dataclass(frozen=True)
class Take:
    """What is to be made, as far as memory is concerned."""

    profile: Profile
    width: int
    height: int
    num_frames: int
    weights: Weights

    @property
    def tokens(self) -> int:
        """Return how many tokens the transformer works on."""
        area = (self.width // self.profile.size_multiple) * (self.height // self.profile.size_multiple)
        return area * ((self.num_frames - 1) // FRAME_MULTIPLE + 1)

    def pass_gib(self) -> float:
        """Return what one pass of the transformer adds to its weights."""
        each = TOKEN_BYTES if self.profile.anchor_frames else SIMPLE_TOKEN_BYTES
        return self.tokens * self.profile.width * each / GIB

    def decode_gib(self, plan: Plan) -> float:
        """Return what decoding adds to the VAE's weights."""
        pixels, number = self.width * self.height, BYTES[plan.vae_precision]
        film = 3 * pixels * self.num_frames * number
        if not plan.tile:
            return (pixels * DECODE_BYTES * number + film) / GIB
        return (min(pixels, plan.tile**2) * DECODE_BYTES * number + FILM_COPIES * film) / GIB

    def weigh(self, plan: Plan) -> tuple[float, float, float]:
        """Return the GiB of text encoder, transformer and VAE in a plan's precision."""
        encoder = self.weights.text_encoder * BYTES["fp32" if plan.device == "cpu" else "bf16"]
        transformer = self.weights.transformer * BYTES[plan.precision]
        return encoder / GIB, transformer / GIB, self.weights.vae * BYTES[plan.vae_precision] / GIB

    def needs(self, plan: Plan) -> float:
        """Return the peak on the card: the largest of encoding, denoising and decoding."""
        encoder, transformer, vae = self.weigh(plan)
        always = sum(
            size
            for size, place in ((encoder, plan.text_encoder), (transformer, plan.transformer), (vae, plan.vae))
            if place == RESIDENT
        )
        encoding = _while_working(encoder, plan.text_encoder, ENCODER_SHARE)
        denoising = _while_working(transformer, plan.transformer, TRANSFORMER_SHARE) + self.pass_gib()
        decoding = _while_working(vae, plan.vae, 1.0) + self.decode_gib(plan)
        return always + max(encoding, denoising, decoding) + RESERVE

    def machine_needs(self, plan: Plan) -> float:
        """Return what the machine's memory must hold of parts that are not on the card."""
        places = (plan.text_encoder, plan.transformer, plan.vae)
        held = [size if place != RESIDENT else 0.0 for size, place in zip(self.weigh(plan), places, strict=True)]
        encoder, *others = held
        return (max(encoder, sum(others)) if plan.encoder_freed else sum(held)) + MACHINE_RESERVE


def _while_working(size: float, place: str, share: float) -> float:
    """Return what a part adds to what is always on the card while it works."""
    return {RESIDENT: 0.0, PARKED: size, OFFLOADED: size * share}[place]


def plan_for(
    profile: Profile, size: tuple[int, int], num_frames: int, card: Card | None, weights: Weights | None = None
) -> Plan:
    """Return the roomiest plan that the card holds; raises `Unavailable`, saying what would do.

    `card` must say what is free for this program, its own memory included. `weights` are those counted in a
    checkpoint, when they are not those the profile states.
    """
    take = Take(profile, *size, num_frames, weights or Weights.of(profile))
    if card is None:
        return _on_cpu(take)
    best: Plan | None = None
    for plan in reversed(list(_plans(take, card))):
        if plan.needs_gib <= card.free_gib:
            leaner = best
            while leaner is not None and leaner.needs_gib >= plan.needs_gib:
                leaner = leaner.next
            best = replace(plan, next=leaner)
    if best is None:
        raise _too_small(take, card)
    return best


def fits_processor(weights: Weights) -> bool:
    """Return whether a model is small enough to run without a card."""
    return weights.total < CPU_PARAMETERS


def _plans(take: Take, card: Card) -> Iterator[Plan]:
    """Yield every kind of plan for a card that the machine's memory can hold, with what it needs."""
    for kind in SHARED if card.device == "mps" else ROOMY:
        for plan in (kind, replace(kind, encoder_freed=True)):
            if not card.machine_gib or card.device == "mps" or take.machine_needs(plan) <= card.machine_gib:
                yield replace(plan, needs_gib=take.needs(plan), has_gib=card.free_gib)
                break


def _on_cpu(take: Take) -> Plan:
    plan = Plan("cpu", "cpu", precision="fp32")
    if not fits_processor(take.weights):
        raise Unavailable("wan_card_needed", {"card": _card_for(take)})
    return replace(plan, needs_gib=take.needs(plan), has_gib=machine_gib())


def _too_small(take: Take, card: Card) -> Unavailable:
    """Return the refusal: what is needed and there, which card would do, and what this one can make."""
    kinds = SHARED if card.device == "mps" else ROOMY
    fitting = [replace(kind, encoder_freed=True) for kind in kinds if take.needs(kind) <= card.free_gib]
    if fitting:
        least = min(map(take.machine_needs, fitting))
        return Unavailable("wan_machine_too_small", _short(least, card.machine_gib))
    least = min(map(take.needs, kinds))
    values: dict[str, str | int | float]
    values = {**_short(least, card.free_gib), "name": card.name, "card": _card_for(take)}
    other = next(_that_fit(take, card), None)
    if other is None:
        return Unavailable("wan_card_too_small", values)
    made = {"engine": f"wan-{other.profile.name}", "size": f"{other.width}x{other.height}", "frames": other.num_frames}
    return Unavailable("wan_card_too_small_but", {**values, **made})


def _short(needs: float, has: float) -> dict[str, float]:
    """Return what is needed and what is there to a tenth, never rounded to the same."""
    return {"needs": math.ceil(needs * 10) / 10, "has": math.floor(has * 10) / 10}


def _card_for(take: Take) -> int:
    """Return the GB of the smallest card that can make a take; of the largest when none can."""
    least = min(take.needs(kind) for kind in ROOMY)
    return next((gb for gb in CARDS if least <= gb * USABLE), CARDS[-1])


def _that_fit(take: Take, card: Card) -> Iterator[Take]:
    """Yield what the card can make instead: shorter, smaller, then of another profile."""
    for profile in (take.profile, *(one for one in profiles().values() if one != take.profile)):
        own = profile == take.profile
        sizes = ((take.width, take.height), *profile.sizes) if own else profile.sizes
        for (width, height), frames in product(sizes, (profile.num_frames, 49, 25)):
            weights = take.weights if own else Weights.of(profile)
            other = Take(profile, width, height, min(frames, profile.num_frames), weights)
            if any(plan.needs_gib <= card.free_gib for plan in _plans(other, card)):
                yield other
