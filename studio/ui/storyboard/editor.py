"""The editor of one segment, and its takes side by side."""

from collections.abc import Sequence
from typing import Any

from models import Engines
from models.engine import EngineError
from studio.jobs import Progress
from studio.prompts.cast import unknown_names
from studio.storyboard import SEAMS, CastMember, Look, Segment, Storyboard
from studio.text import say
from studio.ui.markup import render
from studio.ui.seat import Refused
from studio.ui.storyboard.edits import index_of
from studio.ui.storyboard.strip import Making, why_not
from studio.ui.storyboard.typed import LONGEST_WORDS
from studio.ui.words import complaint_of

SLOTS = ("subject", "action", "scene", "style", "lighting", "camera")
LENGTHS = (1.0, 2.0, 3.0, 4.0, 5.0)
"""Seconds worth offering, where the engine can make them."""
SEAM_CHOICES = {"auto": "auto", "cut": "hard", "blend": "blend", "morph": "morph"}
"""Kind of seam -> the end of the text key that names it; a cut without a new shot is a hard join."""


def editor(
    engines: Engines,
    storyboard: Storyboard,
    segment: Segment | None,
    cast: Sequence[CastMember],
    refused: Refused | None,
    language: str,
) -> str:
    """Return the editor with the words of a segment in it; nothing when there is none.

    `refused` is what stands in the field of the seed instead of one.
    """
    if segment is None:
        return ""
    at = index_of(storyboard, segment.id)
    fields = [
        {
            "name": slot,
            "label": say(f"create_{slot}", language),
            "hint": say(f"create_{slot}_hint", language),
            "words": getattr(segment.prompt, slot),
        }
        for slot in SLOTS
    ]
    return render(
        "editor",
        language,
        {
            "id": segment.id,
            "number": at + 1,
            "first": at == 0,
            "last": at == len(storyboard.segments) - 1,
            "cut": segment.cut or at == 0,
            "fields": fields,
            "longest": LONGEST_WORDS,
            "seconds": _lengths(engines, segment.seconds, storyboard.look),
            "seams": seams(segment.seam, language),
            "seed": refused.typed if refused else "" if segment.seed is None else segment.seed,
            "why": complaint_of(refused.why, language) if refused else "",
            "names": [f"@{member.name}" for member in cast],
            "unknown": list(unknown_names(segment.prompt, cast)),
        },
    )


def _lengths(engines: Engines, chosen: float, look: Look) -> list[dict[str, Any]]:
    try:
        low, high = engines.open(look.engine).limits.seconds_range
    except EngineError:
        low, high = LENGTHS[0], LENGTHS[-1]
    offered = sorted({*(seconds for seconds in LENGTHS if low <= seconds <= high), chosen})
    return [{"value": f"{seconds:g}", "on": seconds == chosen} for seconds in offered]


def seams(chosen: str, language: str) -> list[dict[str, Any]]:
    """Return the kinds of seam as they are chosen from."""
    return [
        {"value": seam, "name": say(f"board_seam_{SEAM_CHOICES[seam]}", language), "on": seam == chosen}
        for seam in SEAMS
    ]


def takes(storyboard: Storyboard, making: Making, segment_id: str, language: str) -> str:
    """Return the takes of a segment, what went wrong with it, and the button for another one."""
    at = index_of(storyboard, segment_id)
    if at < 0:
        return ""
    progress = making.progress[at]
    made = [_take(take, number, language) for number, take in enumerate(progress.takes, 1) if take.clip is not None]
    why = why_not(progress, at + 1, language)
    return render(
        "takes",
        language,
        {
            "id": segment_id,
            "number": at + 1,
            "takes": made,
            "why": why,
            "retry": progress.status in ("failed", "cancelled"),
            "busy": progress.status in ("working", "waiting"),
            "after": _hanging(storyboard, making, at, language) if len(made) > 1 else "",
            "possible": progress.status != "invalid",
        },
    )


def _take(take: Any, number: int, language: str) -> dict[str, Any]:
    if take.chosen:
        words = say("board_take_chosen", language, {"number": number})
    elif take.fits:
        words = say("board_take", language, {"number": number})
    else:
        words = say("board_take_older", language, {"number": number})
    return {
        "key": take.key,
        "seed": take.seed,
        "words": words,
        "chosen": take.chosen,
        "fits": take.fits,
        "poster": f"media/{take.clip.poster}",
        "video": f"media/{take.clip.video}",
        "play": say("board_take_play", language, {"number": number}),
        "choose": say("board_take_choose", language, {"number": number}),
    }


def _hanging(storyboard: Storyboard, making: Making, at: int, language: str) -> str:
    """Return which segments are to be made again when another take of this one is chosen."""
    end = at + 1
    while end < len(storyboard.segments) and not storyboard.segments[end].cut:
        end += 1
    if end == at + 1:
        return say("board_hanging_none", language)
    if end == at + 2:
        return say("board_hanging_one", language, {"first": at + 2})
    return say("board_hanging_some", language, {"first": at + 2, "last": end})


def unknown_in(progress: Sequence[Progress]) -> list[int]:
    """Return the numbers, from 1, of the segments that cannot be made as they are."""
    return [number for number, one in enumerate(progress, 1) if one.status == "invalid"]
