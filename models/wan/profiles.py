"""The profiles of the Wan engines: which weights, which sizes, how many steps; as data, read from profiles.toml."""

import math
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from models.engine import Limits, Refused

FRAME_MULTIPLE = 4
"""The VAE packs 4 frames into a latent one, after the first: frame counts are 4k + 1."""
FEWEST_FRAMES = 5
SAMPLERS = ("unipc", "renoise")


@dataclass(frozen=True)
class Profile:
    """What one Wan engine is: raises `Refused` for numbers that no run could have."""

    name: str
    """Its table in profiles.toml; the engine is called wan-<name>."""
    repo: str
    """Where its weights are: owner/name on the hub, in the layout of diffusers."""
    revision: str
    """The commit of the repository, so that weights never change beneath a library."""
    sizes: tuple[tuple[int, int], ...]
    """(width, height) worth offering, in pixels; the first is the default."""
    trained_sizes: tuple[tuple[int, int], ...]
    """(width, height) the model was trained at; elsewhere it draws worse, which the page says."""
    size_multiple: int
    """Width and height must be multiples of this: the pixels that one token spans."""
    side_range: tuple[int, int]
    """Smallest and largest width or height, in pixels."""
    num_frames: int
    """The most frames of a take, 4k + 1."""
    fps: int
    num_inference_steps: int
    guidance_scale: float
    """1 does without the negative prompt, in half the time."""
    flow_shift: float
    """How far the schedule of noise leans towards its noisy end."""
    sampler: str
    """"unipc" solves the flow; "renoise" cleans and adds noise again, for models distilled to a few steps."""
    negative_prompt: str
    """What to keep out of the picture when the person names nothing."""
    anchor_frames: int
    """Frames of the take before that it continues from: 0, 1, or 5 for the motion anchor."""
    width: int
    """Numbers the transformer holds for each token."""
    transformer_billions: float
    text_encoder_billions: float
    vae_billions: float
    memory_gb: float
    """GiB of the graphics card that the default size needs at least; the memory plan is measured against it."""
    pace: float
    """Seconds for a frame of 854x480 on a card of 24 GB, until measured."""
    timesteps: tuple[int, ...] = ()
    """For "renoise": where it cleans, of 1000, falling; one for each step."""
    debias: bool = False
    """Add what the first anchor of a shot lost to every later one: for what stands still; motion leaves ghosts."""

    def __post_init__(self) -> None:
        for field, right, allowed in self._rules():
            if not right:
                value = str(getattr(self, field))[:80]
                raise Refused(
                    "wan_profile_refused", {"profile": self.name, "field": field, "value": value, "allowed": allowed}
                )

    def _rules(self) -> Iterator[tuple[str, bool, str]]:
        """Yield (field, whether it is right, what would be) in an order in which each may rely on those before."""
        yield "name", self.name.isidentifier(), "a–z"
        for text in ("repo", "revision", "sampler", "negative_prompt"):
            yield text, isinstance(getattr(self, text), str), "text"
        yield "repo", self.repo.count("/") == 1 and all(self.repo.split("/")), "owner/name"
        yield "revision", bool(self.revision.strip()), "commit"
        yield "size_multiple", _whole(self.size_multiple, 1, 256), "1–256"
        yield "side_range", self._has_sides(), f">= {self.size_multiple}"
        yield "sizes", bool(self.sizes) and self._fit(self.sizes), f"{self.size_multiple}k"
        yield "trained_sizes", self._fit(self.trained_sizes), f"{self.size_multiple}k"
        right = _whole(self.num_frames, FEWEST_FRAMES, 1001) and self.num_frames % FRAME_MULTIPLE == 1
        yield "num_frames", right, f"{FRAME_MULTIPLE}k+1, 5–1001"
        yield "fps", _whole(self.fps, 1, 120), "1–120"
        yield "num_inference_steps", _whole(self.num_inference_steps, 1, 200), "1–200"
        yield "guidance_scale", _between(self.guidance_scale, 0, 30), "0–30"
        yield "flow_shift", _between(self.flow_shift, 0.01, 30), "0.01–30"
        yield "sampler", self.sampler in SAMPLERS, ", ".join(SAMPLERS)
        steps = self.num_inference_steps if self.sampler == "renoise" else 0
        right = isinstance(self.timesteps, tuple) and len(self.timesteps) == steps and _falling(self.timesteps)
        yield "timesteps", right, f"{steps}: 1000 > … > 0"
        yield "anchor_frames", _whole(self.anchor_frames, 0, 5) and self.anchor_frames in (0, 1, 5), "0, 1, 5"
        yield "width", _whole(self.width, 1, 65536), "1–65536"
        for part in ("transformer_billions", "text_encoder_billions", "vae_billions", "memory_gb", "pace"):
            yield part, _between(getattr(self, part), 0, 1000), "0–1000"
        yield "debias", isinstance(self.debias, bool), "true, false"

    def _has_sides(self) -> bool:
        if not _pair(self.side_range):
            return False
        low, high = self.side_range
        return _whole(low, self.size_multiple, 8192) and _whole(high, low, 8192)

    def _fit(self, sizes: tuple[tuple[int, int], ...]) -> bool:
        if not isinstance(sizes, tuple) or not all(map(_pair, sizes)):
            return False
        low, high = self.side_range
        return all(_whole(side, low, high) and not side % self.size_multiple for size in sizes for side in size)

    @property
    def limits(self) -> Limits:
        """Return what an engine of this profile can do."""
        return Limits(
            sizes=self.sizes,
            size_multiple=self.size_multiple,
            side_range=self.side_range,
            fps=(self.fps,),
            seconds_range=(FEWEST_FRAMES / self.fps, self.num_frames / self.fps),
            frame_multiple=FRAME_MULTIPLE,
            anchor_frames=self.anchor_frames,
            negative_prompt=self.guidance_scale > 1,
            adapters=True,
            memory_gb=self.memory_gb,
            pace=self.pace,
        )


def _pair(value: object) -> bool:
    return isinstance(value, tuple) and len(value) == 2


def _whole(value: object, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _between(value: object, low: float, high: float) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and math.isfinite(value) and low <= value <= high


def _falling(timesteps: tuple[int, ...]) -> bool:
    return all(_whole(one, 1, 1000) for one in timesteps) and all(one > after for one, after in pairwise(timesteps))


@cache
def profiles() -> Mapping[str, Profile]:
    """Return every profile by its name, in the order of profiles.toml."""
    return read_profiles(Path(__file__).with_name("profiles.toml"))


def read_profiles(path: Path) -> dict[str, Profile]:
    """Return the profiles of a file; raises `Refused` saying which table and which field is wrong."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Refused("wan_profiles_unreadable", {"file": path.name, "reason": str(error)[:200]}) from error
    return {name: _profile(name, table) for name, table in tables.items()}


def _profile(name: str, table: Any) -> Profile:
    """Return the profile of a table, which must name every field without a default, and no other."""
    known = [field for field in fields(Profile) if field.name != "name"]
    if not isinstance(table, dict) or (unknown := sorted(set(table) - {field.name for field in known})):
        names = name if not isinstance(table, dict) else ", ".join(unknown)
        raise Refused("wan_profile_unknown", {"profile": name, "fields": names})
    missing = [field.name for field in known if field.default is MISSING and field.name not in table]
    if missing:
        raise Refused("wan_profile_missing", {"profile": name, "fields": ", ".join(missing)})
    return Profile(name=name, **{key: _frozen(value) for key, value in table.items()})


def _frozen(value: Any) -> Any:
    """Return a list of the file, and the lists in it, as tuples."""
    return tuple(map(_frozen, value)) if isinstance(value, list) else value
