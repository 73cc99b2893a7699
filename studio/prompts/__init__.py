"""From words to a prompt: what to offer, how to join and split it, what to say about it, and a story's segments."""

from studio.prompts.advice import SegmentHint, advise
from studio.prompts.cast import expand, member, names_in, read_member, unknown_names, uses
from studio.prompts.continuity import COMFORTABLE_SEGMENTS, comfortable, continuing, default_wording
from studio.prompts.lint import Hint, lint
from studio.prompts.split import split
from studio.prompts.story import Draft, split_story
from studio.prompts.styles import style_id
from studio.prompts.template import Run, compose, runs
from studio.prompts.vocabulary import Entry, vocabulary

__all__ = [
    "COMFORTABLE_SEGMENTS",
    "Draft",
    "Entry",
    "Hint",
    "Run",
    "SegmentHint",
    "advise",
    "comfortable",
    "compose",
    "continuing",
    "default_wording",
    "expand",
    "lint",
    "member",
    "names_in",
    "read_member",
    "runs",
    "split",
    "split_story",
    "style_id",
    "unknown_names",
    "uses",
    "vocabulary",
]
