"""From noise to latents: the schedulers of both samplers, and what is done at the end of each step."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from diffusers import SchedulerMixin, UniPCMultistepScheduler
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.utils.torch_utils import randn_tensor

from models.wan.profiles import Profile

TRAIN_TIMESTEPS = 1000


class RenoisingScheduler(SchedulerMixin, ConfigMixin):
    """The sampler of models distilled to a few steps: clean wholly, add fresh noise for the next timestep, clean again.

    Timesteps are of the shifted schedule already, so that sigma is timestep / 1000, as the distilled weights were
    trained. A flow v gives the clean latents x - sigma v; noise comes back as (1 - sigma) x0 + sigma noise.
    """

    order = 1

    @register_to_config
    def __init__(self, timesteps: Sequence[int] = (1000, 757, 522), num_train_timesteps: int = TRAIN_TIMESTEPS) -> None:
        self.generators: list[torch.Generator] = []
        """One for each take of the batch, so that a batch draws the noise of its single takes."""
        self.model_outputs: list[torch.Tensor] = []
        """The clean latents of the last step, under the name UniPC has for them."""
        self._place(None)

    def set_timesteps(self, num_inference_steps: int, device: torch.device | str | None = None) -> None:
        """Begin a run; raises ValueError for another number of steps than there are timesteps."""
        if num_inference_steps != len(self.config.timesteps):
            raise ValueError(f"{num_inference_steps} steps, but {len(self.config.timesteps)} timesteps")
        self._place(device)

    def _place(self, device: torch.device | str | None) -> None:
        self.timesteps = torch.tensor(self.config.timesteps, dtype=torch.float32, device=device)
        self.sigmas = [step / self.config.num_train_timesteps for step in self.config.timesteps] + [0.0]
        self.model_outputs = []
        self._step = 0

    def set_begin_index(self, begin_index: int = 0) -> None:
        """Begin at a step; the pipelines of diffusers call it to spare a look-up."""
        self._step = begin_index

    def step(
        self, model_output: torch.Tensor, timestep: torch.Tensor, sample: torch.Tensor, return_dict: bool = False
    ) -> tuple[torch.Tensor]:
        """Return the latents of the next timestep, or the clean ones after the last."""
        sigma, following = self.sigmas[self._step], self.sigmas[self._step + 1]
        clean = sample.float() - sigma * model_output.float()
        self.model_outputs = [clean]
        self._step += 1
        if not following:
            return (clean,)
        noise = randn_tensor(clean.shape, generator=self.generators, device=clean.device, dtype=clean.dtype)
        return ((1 - following) * clean + following * noise,)


def scheduler_of(profile: Profile, generators: list[torch.Generator]) -> SchedulerMixin:
    """Return a fresh scheduler: nothing of a run before, cancelled or not, can reach into the next."""
    if profile.sampler == "renoise":
        scheduler = RenoisingScheduler(timesteps=profile.timesteps)
        scheduler.generators = generators
        return scheduler
    return UniPCMultistepScheduler(
        prediction_type="flow_prediction",
        use_flow_sigmas=True,
        num_train_timesteps=TRAIN_TIMESTEPS,
        flow_shift=profile.flow_shift,
    )


def generators_of(seeds: Sequence[int]) -> list[torch.Generator]:
    """Return a generator for each seed, on the processor, so that noise does not depend on the card."""
    return [torch.Generator("cpu").manual_seed(seed) for seed in seeds]


def at_each_step(seen: Callable[[int, torch.Tensor], None]) -> Callable[..., dict[str, Any]]:
    """Return a step callback of diffusers that passes (steps done, estimate of the clean latents) on.

    The estimate is what the sampler would end at if it stopped now; the noisy latents themselves show nothing.
    """

    def end_of_step(pipeline: Any, index: int, timestep: torch.Tensor, tensors: dict[str, Any]) -> dict[str, Any]:
        seen(index + 1, pipeline.scheduler.model_outputs[-1])
        return {}

    return end_of_step
