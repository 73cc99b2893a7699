"""One use of the card: sentences to embeddings, noise to latents, latents to frames, under one memory plan."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from models.engine import Anchor, ClipRequest, Frame, Prompt, Report
from models.wan.adapters import Adapter, apply
from models.wan.anchors import bias_of, encoded, from_state, kept_frames, to_state
from models.wan.decode import pieces, sent
from models.wan.embeddings import Embeddings, encode, padded
from models.wan.memory import Plan
from models.wan.pipeline import Parts
from models.wan.preview import Preview, pooled
from models.wan.profiles import FRAME_MULTIPLE, Profile
from models.wan.sampling import at_each_step, generators_of, scheduler_of


@dataclass(frozen=True)
class Run:
    """What is needed to make takes of one shape; to be used while the card is held."""

    profile: Profile
    parts: Parts
    plan: Plan
    adapters: tuple[Adapter, ...]
    embeddings: Embeddings
    preview: Preview

    def embed(self, requests: Sequence[ClipRequest], report: Report, more: int = 0) -> dict[str, torch.Tensor]:
        """Return the embeddings of all sentences of these requests; the encoder is loaded only for unknown ones.

        `more` is what the caller encodes after them, in the same stage.
        """
        wanted = dict.fromkeys(sentence for request in requests for sentence in self._sentences(request.prompt))
        known = self.embeddings.known(wanted)
        unknown = [sentence for sentence in wanted if sentence not in known]
        if unknown or more:
            report(0, len(unknown) + more, "doing_encoding")
        self.parts.arrange(self.plan)
        if unknown:
            with self.parts.text_encoder(self.plan) as (tokenizer, encoder):
                for done, sentence in enumerate(unknown, start=1):
                    known[sentence] = encode(sentence, tokenizer, encoder, self.plan.device)
                    self.embeddings.keep(sentence, known[sentence])
                    report(done, len(unknown) + more, "doing_encoding")
        return known

    def denoise(self, requests: Sequence[ClipRequest], report: Report) -> torch.Tensor:
        """Return the latents [takes, channels, count, h, w] of requests of one shape; an anchored one comes alone."""
        first = requests[0]
        anchored = first.anchor is not None
        known = self.embed(requests, report, more=int(anchored))
        anchor = self._anchor(first) if anchored else None
        pairs = [self._sentences(request.prompt) for request in requests]
        words: dict[str, Any] = {"prompt_embeds": padded([pair[0] for pair in pairs], known).to(self.plan.device)}
        if self._guided:
            words["negative_prompt_embeds"] = padded([pair[1] for pair in pairs], known).to(self.plan.device)
        generators = generators_of([request.seed for request in requests])
        steps = self.profile.num_inference_steps
        report(0, steps, "doing_denoising")
        with self.parts.transformer(self.plan, bool(self.adapters)) as transformer:
            scheduler = scheduler_of(self.profile, generators)
            pipeline = self.parts.pipeline(transformer, scheduler, anchored, self.plan)
            apply(pipeline, self.adapters)
            if anchor is not None:
                pipeline.anchor = anchor
                words["image"] = torch.zeros(1, 3, first.height, first.width)  # asked for, then not looked at
            latents: torch.Tensor = pipeline(
                **words,
                width=first.width,
                height=first.height,
                num_frames=first.num_frames,
                num_inference_steps=steps,
                guidance_scale=self.profile.guidance_scale,
                generator=generators,
                output_type="latent",
                callback_on_step_end=at_each_step(self._told(report)),
            ).frames
        return latents.float().cpu()

    def decode(self, latents: torch.Tensor, report: Report) -> Iterator[list[Frame]]:
        """Yield the frames of a take's latents, those of a latent at a time; the preview learns from the first take."""
        count = latents.shape[2]
        learnt: list[torch.Tensor] = []
        coming: Callable[[], list[Frame]] | None = None
        report(0, count, "doing_decoding")
        self.parts.arrange(self.plan)
        with self.parts.vae(self.plan) as vae:
            for piece in pieces(vae, latents, lambda done: report(done, count, "doing_decoding")):
                if not self.preview.fitted:
                    learnt += pooled(piece, tuple(latents.shape[3:]))
                before, coming = coming, sent(piece)
                if before is not None:
                    yield before()
            if coming is not None:
                yield coming()
        if learnt:
            self.preview.fit(latents, learnt)

    def ending(self, request: ClipRequest, latents: torch.Tensor) -> bytes:
        """Return the state a take ends in: what its shot's first take lost in a round trip, where the profile asks."""
        if not self.profile.debias:
            return b""
        if request.anchor is not None and request.anchor.state:
            return request.anchor.state
        with self.parts.vae(self.plan) as vae:
            return to_state(bias_of(vae, latents))

    @property
    def _guided(self) -> bool:
        return self.profile.guidance_scale > 1

    def _sentences(self, prompt: Prompt) -> tuple[str, ...]:
        """Return what is to be encoded of a prompt: its sentence and, with guidance, what to keep out."""
        sentence = sentence_of(prompt)
        return (sentence, prompt.negative or self.profile.negative_prompt) if self._guided else (sentence,)

    def _anchor(self, request: ClipRequest) -> torch.Tensor:
        """Return the latents that a take begins with: those of its anchor's frames, and what its shot loses always."""
        anchor: Anchor = request.anchor or Anchor()
        most = min(self.profile.anchor_frames, request.num_frames - FRAME_MULTIPLE)  # something is to be new
        frames = kept_frames(anchor, most)
        with self.parts.vae(self.plan) as vae:
            latents = encoded(vae, frames)
        if anchor.state:
            shape = self.parts.latent_shape(request)
            latents[:, :, :1] += from_state(anchor.state, (*shape[:2], 1, *shape[3:])).to(latents.device)
        return latents

    def _told(self, report: Report) -> Any:
        steps = self.profile.num_inference_steps

        def seen(done: int, estimate: torch.Tensor) -> None:
            report(done, steps, "doing_denoising", self.preview.picture(estimate))

        return seen


def sentence_of(prompt: Prompt) -> str:
    """Return what a model that reads sentences is given: the sentence, or the slots where nobody made one."""
    slots = (prompt.subject, prompt.action, prompt.scene, prompt.style, prompt.lighting, prompt.camera)
    return prompt.sentence or ", ".join(filter(None, slots))
