"""The remarks under the film: what would make it better, each with a button that does it where one can."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from studio.jobs import is_low
from studio.prompts.advice import SegmentHint, advise
from studio.prompts.cast import unknown_names
from studio.prompts.continuity import comfortable
from studio.storyboard import CastMember, Segment, Storyboard
from studio.text import say
from studio.ui.markup import render
from studio.ui.storyboard.strip import Making

MOST = 3
"""So many remarks are shown at once."""


def advice(
    storyboard: Storyboard, making: Making, cast: Sequence[CastMember], before: Sequence[str], language: str
) -> str:
    """Return the remarks, the most pressing first; `before` is what to know before the film is made."""
    rows = [*_unknown(storyboard.segments, tuple(cast), language), *_low(storyboard, making, language)]
    rows = [*(_row(words, "", act="") for words in before), *rows]
    rows += [_hint(hint, at, language) for at, hint in enumerate(hints(storyboard, language))]
    return render("advice", language, {"rows": rows[:MOST]})


def hints(storyboard: Storyboard, language: str) -> tuple[SegmentHint, ...]:
    """Return what can be taken over by a press; their order is what a press refers to."""
    long = comfortable(storyboard, language)
    return (*([long] if long else []), *_advised(storyboard.segments, language))


@lru_cache(maxsize=64)
def _advised(segments: tuple[Segment, ...], language: str) -> tuple[SegmentHint, ...]:
    return advise(segments, language)


@lru_cache(maxsize=64)
def _unknown(segments: tuple[Segment, ...], cast: tuple[CastMember, ...], language: str) -> list[dict[str, Any]]:
    found: dict[str, int] = {}
    for number, segment in enumerate(segments, 1):
        for name in unknown_names(segment.prompt, cast):
            found.setdefault(name.removeprefix("@"), number)
    return [
        _row(
            say("board_unknown_name", language, {"name": name, "number": number}),
            say("board_add_name", language, {"name": name}),
            act="member",
            name=name,
        )
        for name, number in found.items()
    ]


def _low(storyboard: Storyboard, making: Making, language: str) -> list[dict[str, Any]]:
    scores = list(making.measures.get("segments", ()))
    if len(scores) != len(storyboard.segments):
        return []
    low = sorted((facts["score"], at) for at, facts in enumerate(scores) if is_low(facts["score"]))
    return [
        _row(
            say("board_low", language, {"number": at + 1, "score": f"{score:.1f}"}),
            say("board_try_again", language),
            act="take",
            segment=storyboard.segments[at].id,
        )
        for score, at in low
    ]


def _hint(hint: SegmentHint, at: int, language: str) -> dict[str, Any]:
    button = ""
    if hint.cut:
        button = say("board_put_cut", language, {"number": hint.segment + 1})
    elif hint.replacement is not None:
        key = "create_accept" if hint.suggestion else "create_accept_plain"
        button = say(key, language, {"words": hint.suggestion})
    return _row(hint.message, button, act="hint", index=str(at))


def _row(words: str, button: str, act: str, segment: str = "", name: str = "", index: str = "") -> dict[str, Any]:
    return {"words": words, "button": button, "act": act, "segment": segment, "name": name, "index": index}
