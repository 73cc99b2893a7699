"""What is asked of which provider: each names size, rate and length in its own way."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from models.engine import ClipRequest, Unavailable
from models.remote.failures import HUB

TEXT, IMAGE = "text-to-video", "image-to-video"
"""The hub's names of the two tasks."""

RATIOS = {"16:9": 16 / 9, "1:1": 1.0, "9:16": 9 / 16}
TIERS = {
    480: {"16:9": (832, 480), "1:1": (624, 624), "9:16": (480, 832)},
    720: {"16:9": (1280, 720), "1:1": (960, 960), "9:16": (720, 1280)},
}
"""Sizes that hosted video models make, by the name of their resolution."""
MAX_PROVIDER_SEED = 2**31 - 1


def shape_of(request: ClipRequest) -> tuple[int, str]:
    """Return the (tier, ratio) nearest to a request: the smallest tier that covers it, or the largest there is."""
    wanted = request.width / request.height
    ratio = min(RATIOS, key=lambda name: max(RATIOS[name] / wanted, wanted / RATIOS[name]))
    for tier, sizes in TIERS.items():
        width, height = sizes[ratio]
        if width >= request.width and height >= request.height:
            return tier, ratio
    return max(TIERS), ratio


def _by_name(request: ClipRequest) -> dict[str, Any]:
    tier, ratio = shape_of(request)
    named: dict[str, Any] = {"resolution": f"{tier}p", "frames_per_second": request.fps}
    return named if request.anchor else {**named, "aspect_ratio": ratio}  # a picture brings its own


def _in_pixels(request: ClipRequest) -> dict[str, Any]:
    tier, ratio = shape_of(request)
    width, height = TIERS[tier][ratio]
    return {"width": width, "height": height}


def _timed_pixels(request: ClipRequest) -> dict[str, Any]:
    return {**_in_pixels(request), "fps": request.fps, "seconds": str(_whole_seconds(request))}


def _starred(request: ClipRequest) -> dict[str, Any]:
    tier, ratio = shape_of(request)
    seconds = {"duration": 5}  # hosted Wan makes five seconds or eight
    return seconds if request.anchor else {**seconds, "size": "{}*{}".format(*TIERS[tier][ratio])}


def _whole_seconds(request: ClipRequest) -> int:
    return max(1, -(-(request.num_frames - 1) // request.fps))


@dataclass(frozen=True)
class Provider:
    """One way in which a provider of the hub makes films."""

    tasks: tuple[str, ...]
    shape: Callable[[ClipRequest], dict[str, Any]]
    """How size, rate and length are asked for."""
    frames: tuple[int, int] | None = None
    """Fewest and most frames it makes; None when its length is not counted in frames."""

    def asked_for(self, request: ClipRequest) -> dict[str, Any]:
        """Return the parameters of a request in this provider's words."""
        asked: dict[str, Any] = {"seed": request.seed & MAX_PROVIDER_SEED, **self.shape(request)}
        if request.prompt.negative:
            asked["negative_prompt"] = request.prompt.negative
        if self.frames is not None:
            fewest, most = self.frames
            asked["num_frames"] = min(max(request.num_frames, fewest), most)
        return asked


PROVIDERS: Mapping[str, Provider] = {
    "fal-ai": Provider((TEXT, IMAGE), _by_name, (17, 161)),
    "wavespeed": Provider((TEXT, IMAGE), _starred),
    "replicate": Provider((TEXT,), _by_name, (81, 100)),
    "novita": Provider((TEXT,), _in_pixels),
    # Together takes pictures of 60 kB at most: too small to continue from without a visible step.
    "together": Provider((TEXT,), _timed_pixels),
}
"""Provider by the hub's name for it; those that huggingface_hub can ask for a film."""


def choose(model: str, task: str, provider: str, token: str) -> str:
    """Return who is to make it: `provider`, or for "auto" the first of the hub's own order that can.

    Raises Unavailable when the hub knows nobody who offers this model for this task.
    """
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HFValidationError

    try:
        offers = HfApi(token=token or False).model_info(model, expand=["inferenceProviderMapping"])
    except HFValidationError as error:
        raise Unavailable("remote_model_unknown", {"model": model[:80], "provider": HUB}) from error
    offering = [one.provider for one in offers.inference_provider_mapping or [] if one.task == task]
    able = [name for name in offering if name in PROVIDERS and task in PROVIDERS[name].tasks]
    if provider in able or (provider == "auto" and able):
        return able[0] if provider == "auto" else provider
    asked = HUB if provider == "auto" else provider
    code = "remote_task_missing_image" if task == IMAGE else "remote_task_missing_text"
    raise Unavailable(code, {"model": model[:80], "provider": asked, "providers": ", ".join(able) or "-"})
