"""What the page sends with every press: what stands in the editor, the story and the options, as it was typed."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from models.engine import SLOTS
from studio.errors import Invalid, StudioError
from studio.prompts.story import STORY_LIMIT
from studio.storyboard import SEAMS, Look, Segment, Storyboard
from studio.ui.form import read_seconds, read_seed, read_size
from studio.ui.seat import Refused
from studio.ui.storyboard.edits import put, segment_of

LONGEST_WORDS = 4_000
"""Characters of one field that are kept; a prompt refuses far fewer, in words."""
TICKED = "1"

T = TypeVar("T")
Heard = dict[str, Refused | None]
"""Field -> what stands in it and cannot be used, None where it can; fields that were not sent are not in it."""


def read_typed(sent: Mapping[str, str]) -> dict[str, Any]:
    """Return {"n", "story", "segment", "options"} of a press, or less; nothing for what is no such thing."""
    try:
        typed = json.loads(sent.get("typed", "") or "{}")
    except (ValueError, RecursionError):
        return {}
    return typed if isinstance(typed, dict) else {}


def take_in(storyboard: Storyboard, typed: Mapping[str, Any]) -> tuple[Storyboard, Heard]:
    """Return the storyboard with what was typed in it; of a field that cannot be used it keeps what it had."""
    heard: Heard = {}
    if isinstance(typed.get("story"), str):
        storyboard = replace(storyboard, story=typed["story"][:STORY_LIMIT])
        if len(typed["story"]) > STORY_LIMIT:
            heard["story"] = Refused(typed["story"], Invalid("board_story_cut", {"limit": STORY_LIMIT}).to_dict())
    fields = _words(typed.get("segment"))
    segment = segment_of(storyboard, fields.get("id", ""))
    if segment is not None:
        storyboard = put(storyboard, _segment(segment, fields, heard))
    options = _words(typed.get("options"))
    return (_options(storyboard, options, heard) if options else storyboard), heard


def _words(fields: Any) -> dict[str, str]:
    if not isinstance(fields, dict):
        return {}
    return {name: value[:LONGEST_WORDS] for name, value in fields.items() if isinstance(value, str)}


def _read(fields: Mapping[str, str], name: str, read: Callable[[str], T], kept: T, heard: Heard) -> T:
    """Return what a field says, else what is kept; note whether it could be read."""
    if name not in fields:
        return kept
    try:
        said, heard[name] = read(fields[name]), None
    except StudioError as error:
        heard[name] = Refused(fields[name], error.to_dict())
        return kept
    return said


def _segment(segment: Segment, fields: Mapping[str, str], heard: Heard) -> Segment:
    slots = {slot: fields[slot] for slot in SLOTS if slot in fields}
    if any(getattr(segment.prompt, slot) != words for slot, words in slots.items()):
        segment = replace(segment, prompt=replace(segment.prompt, **slots, sentence=""))
    if "cut" in fields:
        segment = replace(segment, cut=fields["cut"] == TICKED)
    if fields.get("seam") in SEAMS:
        segment = replace(segment, seam=fields["seam"])
    seconds = _read(fields, "seconds", read_seconds, segment.seconds, heard)
    return replace(segment, seconds=seconds, seed=_read(fields, "seed", _own_seed, segment.seed, heard))


def _own_seed(words: str) -> int | None:
    return read_seed(words) if words.strip() else None


def _options(storyboard: Storyboard, options: Mapping[str, str], heard: Heard) -> Storyboard:
    return replace(
        storyboard,
        look=_look(storyboard.look, options, heard),
        title=options.get("title", storyboard.title)[:200],
        wording=options.get("wording", storyboard.wording),
        lut=options.get("lut", storyboard.lut),
        lock_colours=options.get("lock_colours", TICKED if storyboard.lock_colours else "") == TICKED,
        mend=options.get("mend", TICKED if storyboard.mend else "") == TICKED,
    )


def _look(look: Look, options: Mapping[str, str], heard: Heard) -> Look:
    width, height = _read(options, "size", read_size, (look.width, look.height), heard)
    seed = _read(options, "look_seed", read_seed, look.seed, heard)
    return replace(look, width=width, height=height, seed=seed, engine=options.get("engine", look.engine))
