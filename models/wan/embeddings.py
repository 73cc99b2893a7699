"""What the text encoder makes of a sentence, kept on disk: it is the largest module, and sentences come again."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import torch
from diffusers import WanPipeline
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from models.engine import Refused
from models.wan.tensors import TensorFolder

LENGTH = 512
"""Tokens the transformer is always given; what a sentence does not fill is zero."""
MOST_BYTES = 1 << 30
"""Of all embeddings on disk: at full size about 4,000 sentences of 30 tokens."""


class Embeddings:
    """The embeddings of sentences, trimmed to their tokens, for one text encoder at one precision."""

    def __init__(self, folder: Path, encoder: str) -> None:
        self._files = TensorFolder(folder, MOST_BYTES)
        self._encoder = encoder
        """Names the weights and the precision: others would give other numbers."""

    def known(self, sentences: Iterable[str]) -> dict[str, torch.Tensor]:
        """Return those sentences that were encoded before, each as [tokens, width]."""
        loaded = {sentence: self._files.load(self._name(sentence)) for sentence in dict.fromkeys(sentences)}
        return {sentence: found["embedding"] for sentence, found in loaded.items() if found and "embedding" in found}

    def keep(self, sentence: str, embedding: torch.Tensor) -> None:
        """Keep an embedding [tokens, width] for next time."""
        self._files.save(self._name(sentence), {"embedding": embedding})

    def _name(self, sentence: str) -> str:
        return hashlib.sha256(f"{self._encoder}\0{LENGTH}\0{sentence}".encode()).hexdigest()


def encode(sentence: str, tokenizer: PreTrainedTokenizerBase, encoder: PreTrainedModel, device: str) -> torch.Tensor:
    """Return the embedding [tokens, width] of a sentence; raises `Refused` for one that would have to be cut.

    Encoded alone and without gradients, so that it does not depend on what else is encoded, to the last bit.
    """
    tokens = len(tokenizer(sentence).input_ids)
    if tokens > LENGTH:
        raise Refused("wan_prompt_too_long", {"tokens": tokens, "limit": LENGTH})
    pipeline = WanPipeline(tokenizer=tokenizer, text_encoder=encoder, vae=None, scheduler=None)
    with torch.no_grad():
        embedding, _ = pipeline.encode_prompt(
            sentence, do_classifier_free_guidance=False, max_sequence_length=LENGTH, device=torch.device(device)
        )
    filled = embedding[0].abs().sum(-1).nonzero().max() + 1
    return embedding[0, :filled].cpu()


def padded(sentences: Sequence[str], known: Mapping[str, torch.Tensor]) -> torch.Tensor:
    """Return the embeddings of sentences, one for each take, as [takes, 512, width]."""
    rows = [torch.nn.functional.pad(known[one], (0, 0, 0, LENGTH - len(known[one]))) for one in sentences]
    return torch.stack(rows)
