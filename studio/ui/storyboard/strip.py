"""The strip: a card for each segment, and between two cards how they are joined."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from markupsafe import Markup, escape

from models.engine import Prompt
from studio.errors import Invalid
from studio.jobs import Progress
from studio.prompts import compose
from studio.prompts.cast import USE, names_in
from studio.prompts.clean import is_cjk
from studio.storyboard import CastMember, Segment, Storyboard
from studio.text import say
from studio.ui.markup import render
from studio.ui.views import preview
from studio.ui.words import capital, complaint_of

TONES = {
    "done": ("good", "check"),
    "working": ("pencil", "clock"),
    "waiting": ("mute", "clock"),
    "failed": ("bad", "warn"),
    "invalid": ("bad", "warn"),
    "stale": ("watch", "retry"),
    "cancelled": ("mute", "x"),
    "new": ("mute", ""),
}
"""State -> its colour and its icon."""
WRONG = ("failed", "invalid")
SEAM_ICONS = {"cut": "cut", "auto": "link", "blend": "blend", "morph": "morph", "hard": "right"}
VERDICT_TONES = {"good": "good", "watch": "watch", "bad": "bad"}
CARD_WORDS = 90
"""Characters of a segment that its card shows."""
STEP = 5
"""Per cent of a take between which a card does not change."""


@dataclass(frozen=True)
class Making:
    """How far a storyboard has come."""

    progress: tuple[Progress, ...]
    """One for each segment, in their order."""
    measures: Mapping[str, Any]
    """What was measured of the joined film; empty while there is none of exactly this storyboard."""

    @property
    def ready(self) -> int:
        """Return how many segments are made as they are wanted."""
        return sum(one.status == "done" for one in self.progress)


def strip(storyboard: Storyboard, making: Making, chosen: str, language: str, cast: Sequence[CastMember] = ()) -> str:
    """Return the strip."""
    cells = [_cell(storyboard.segments, at, making, language) for at in range(len(storyboard.segments))]
    return render("strip", language, {"cells": cells, "chosen": chosen, "named": partial(with_names, cast=cast)})


def _cell(segments: Sequence[Segment], at: int, making: Making, language: str) -> dict[str, Any]:
    segment, progress = segments[at], making.progress[at]
    tone, icon = TONES[progress.status]
    why = why_not(progress, at + 1, language)
    words = sentence(segment.prompt)
    return {
        "id": segment.id,
        "number": at + 1,
        "words": words[:CARD_WORDS] + ("…" if len(words) > CARD_WORDS else ""),
        "seconds": say("page_secs", language, {"count": f"{segment.seconds:g}"}),
        "poster": preview(progress) or (f"media/{progress.clip.poster}" if progress.clip else ""),
        "status": progress.status,
        "says": state(making, segments, at, language),
        "percent": percent(progress) if progress.status == "working" else None,
        "tone": tone,
        "icon": icon,
        "why": why,
        "takes": _takes(progress, language),
        "retry": progress.status in ("failed", "cancelled"),
        "seam": seam(segments, at, making, language) if at else None,
    }


def why_not(progress: Progress, number: int, language: str) -> str:
    """Return why the segment of this number was not made or cannot be; empty where nothing is wrong."""
    if progress.status not in WRONG:
        return ""
    first = (progress.error or {}).get("values", {}).get("segment", number)
    if progress.status == "invalid" and first != number:
        return say("board_after_invalid", language, {"number": first})
    return complaint_of(progress.error, language)


def sentence(prompt: Prompt) -> str:
    """Return who does what where as a sentence, or as it was typed where it makes none yet."""
    try:
        return compose(Prompt(prompt.subject, prompt.action, prompt.scene)).sentence.rstrip(".。")
    except Invalid:
        pass
    words = [words.strip() for words in (prompt.subject, prompt.action, prompt.scene) if words.strip()]
    return ("" if any(map(is_cjk, "".join(words))) else " ").join(words)


def with_names(words: str, cast: Sequence[CastMember] = ()) -> Markup:
    """Return words, escaped, in which each @name stands out; the cast tells where a name ends that runs on."""
    pieces: list[Markup] = []
    end = 0
    for found in USE.finditer(words):
        (name,) = names_in(Prompt(found.group()), cast)
        pieces.append(escape(words[end : found.start()]))
        end = found.start() + 1 + len(name)
        pieces.append(Markup('<b class="s-at">{}</b>').format(words[found.start() : end]))
    return Markup("").join([*pieces, escape(words[end:])])


def percent(progress: Progress) -> int:
    """Return how much of a take is drawn, in steps, so that a card changes seldom."""
    return int(100 * progress.progress) // STEP * STEP


def state(making: Making, segments: Sequence[Segment], at: int, language: str) -> str:
    """Return in words how far a segment has come."""
    progress = making.progress[at]
    if progress.status == "working":
        doing = say(progress.doing, language)
        return capital(say("board_working", language, {"doing": doing, "percent": percent(progress)}))
    if progress.status == "waiting" and at and not segments[at].cut and making.progress[at - 1].status != "done":
        return say("board_after", language, {"number": at})
    return say(f"board_{progress.status}", language)


def _takes(progress: Progress, language: str) -> str:
    made = [take for take in progress.takes if take.clip is not None]
    chosen = next((at for at, take in enumerate(made, 1) if take.chosen), 0)
    if len(made) < 2 or not chosen:
        return ""
    return say("board_take_of", language, {"number": chosen, "count": len(made)})


def seam(segments: Sequence[Segment], at: int, making: Making, language: str) -> dict[str, Any]:
    """Return how a segment is joined to the one before it, and how that looks where it was measured."""
    segment = segments[at]
    measured = list(making.measures.get("seams", ()))
    facts = measured[at - 1] if len(measured) == len(segments) - 1 else {}
    kind = "cut" if segment.cut else {"cut": "hard"}.get(segment.seam, segment.seam)
    if kind == "auto" and facts:
        kind = {"cut": "hard"}.get(facts["kind"], facts["kind"])
    shown = bool(facts) and not segment.cut
    return {
        "kind": kind,
        "icon": SEAM_ICONS.get(kind, "link"),
        "word": say(f"board_seam_{kind}", language),
        "quality": say(f"board_reason_{facts['reason']}", language) if shown else "",
        "tone": VERDICT_TONES.get(facts["verdict"], "mute") if shown else "mute",
        "label": say("board_seam_of", language, {"number": at, "next": at + 1}),
    }
