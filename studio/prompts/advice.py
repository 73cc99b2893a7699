"""What could be told better in a storyboard's segments, each remark with what mends it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from models.engine import Prompt
from studio.prompts.clauses import actions_in, language_of
from studio.prompts.lint import Hint
from studio.prompts.vocabulary import read_table
from studio.storyboard import Segment
from studio.text import say

COMFORTABLE_SECONDS = 5.0
"""Longest take that today's video models hold together."""
READ_LIMIT = 1_000


@dataclass(frozen=True)
class SegmentHint(Hint):
    """One remark about a segment of a story."""

    segment: int
    """Which one, counted from 0."""
    cut: bool = False
    """Whether what mends it is a cut before the segment."""


def advise(segments: Sequence[Segment], language: str) -> tuple[SegmentHint, ...]:
    """Return the remarks about segments in a page's language; nothing raises."""
    return tuple(hint for at in range(len(segments)) for hint in _about(segments, at, language))


def _about(segments: Sequence[Segment], at: int, language: str) -> Iterator[SegmentHint]:
    prompt = segments[at].prompt
    number = {"number": at + 1}
    if segments[at].seconds > COMFORTABLE_SECONDS:
        values = {**number, "seconds": f"{segments[at].seconds:g}", "limit": f"{COMFORTABLE_SECONDS:g}"}
        yield SegmentHint("", say("story_long_segment", language, values), "", None, at)
    if actions_in(_before_rest(prompt.action[:READ_LIMIT])) > 1:
        yield SegmentHint("action", say("story_two_actions", language, number), "", None, at)
    ends_shot = at + 1 == len(segments) or segments[at + 1].cut
    if ends_shot and _moving(prompt):
        yield _still(prompt, at, say("story_still_end", language, number))
    elif (at == 0 or segments[at].cut) and _moving(prompt):
        yield SegmentHint("action", say("story_still_start", language, number), "", None, at)


def _before_rest(action: str) -> str:
    """Return an action without the rest that was offered as its end."""
    still = read_table("story")["still"]
    return action.removesuffix(still["en"]).removesuffix(still["zh"]).rstrip(" ，,")


def _moving(prompt: Prompt) -> bool:
    """Tell whether a segment is in full motion at its end."""
    still, action = read_table("story")["still"], prompt.action[:READ_LIMIT].casefold()
    if action.endswith((still["en"], still["zh"])):
        return False
    if language_of(action) == "zh":
        return any(word in action for word in still["zh_moving"].split())
    return bool(set(action.split()) & set(still["en_moving"].split()))


def _still(prompt: Prompt, at: int, message: str) -> SegmentHint:
    """Return the hint that lets an action come to rest."""
    chinese = language_of(prompt.action) == "zh"
    rest = read_table("story")["still"]["zh" if chinese else "en"]
    words = prompt.action + ("，" if chinese else ", ") + rest
    return SegmentHint("action", message, words, replace(prompt, action=words), at)
