"""What keeps the segments of one shot alike: the wording they share, and how many of them a shot bears."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from models.engine import Prompt
from studio.errors import Invalid
from studio.prompts.advice import SegmentHint
from studio.prompts.clean import SLOT_LIMIT, clean, language_of_words
from studio.prompts.template import compose
from studio.prompts.vocabulary import read_table
from studio.storyboard import Segment, Storyboard
from studio.text import say

COMFORTABLE_SEGMENTS = 4
"""Segments of one shot up to which chained takes still score above 4 of 5."""
PUBLISHED = ((2, 4.8), (4, 4.3), (6, 3.7), (8, 3.0))
"""(segments, consistency of 5) of naive chains in published experience; beyond eight it is below 3."""


def default_wording(language: str) -> str:
    """Return what is said to each continuing segment unless the person words it."""
    words: str = read_table("story")["wording"][language]
    return words


def continuing(prompt: Prompt, wording: str) -> Prompt:
    """Return the composed prompt with the wording at the end of its sentence, and of nothing else.

    Raises what `compose` does, and Invalid for too long a wording.
    """
    ready = compose(prompt)
    said = clean(wording[: 4 * SLOT_LIMIT])
    if len(said) > SLOT_LIMIT:
        raise Invalid("text_too_long", {"slot": "wording", "length": len(wording), "limit": SLOT_LIMIT})
    if not said:
        return ready
    if language_of_words(said) == "zh":
        return replace(ready, sentence=f"{ready.sentence}{said}。")
    return replace(ready, sentence=f"{ready.sentence} {said[0].upper()}{said[1:]}.")


def comfortable(storyboard: Storyboard, language: str = "") -> SegmentHint | None:
    """Return what helps when a shot is longer than stays alike, for the longest of them; None when all are short.

    The language is that of the page; empty means that of the words.
    """
    start, end = max(shots(storyboard.segments), key=lambda shot: shot[1] - shot[0], default=(0, 0))
    length = end - start
    if length <= COMFORTABLE_SEGMENTS:
        return None
    cut = start + (length + 1) // 2
    key = "story_shot_long" if storyboard.lock_colours else "story_shot_long_unlocked"
    values = {"first": start + 1, "last": end, "count": length, "score": _expected(length), "cut": cut + 1}
    words = " ".join(segment.prompt.subject for segment in storyboard.segments[start:end])
    return SegmentHint("", say(key, language or language_of_words(words) or "en", values), "", None, cut, True)


def shots(segments: Sequence[Segment]) -> Iterator[tuple[int, int]]:
    """Yield [start, end) of each run of segments without a cut."""
    starts = [at for at, segment in enumerate(segments) if segment.cut or not at]
    yield from zip(starts, [*starts[1:], len(segments)], strict=False)


def _expected(length: int) -> str:
    """Return the published consistency of a chain of that many segments, between the points by a straight line."""
    for (few, high), (many, low) in pairwise(PUBLISHED):
        if length <= many:
            return f"{high + (low - high) * (length - few) / (many - few):.1f}"
    return "< 3"
