"""From words to a prompt: what to offer, how to join and split it, what to say about it."""

from studio.prompts.lint import Hint, lint
from studio.prompts.split import split
from studio.prompts.styles import style_id
from studio.prompts.template import Run, compose, runs
from studio.prompts.vocabulary import Entry, vocabulary

__all__ = ["Entry", "Hint", "Run", "compose", "lint", "runs", "split", "style_id", "vocabulary"]
