"""What the page sends with every press: what stands in the editor, the story and the options, as it was typed."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from models.engine import SLOTS
from studio.errors import StudioError
from studio.storyboard import SEAMS, Look, Segment, Storyboard
from studio.ui.form import read_seconds, read_seed, read_size
from studio.ui.storyboard.edits import put, segment_of

LONGEST_WORDS = 4_000
"""Characters of one field that are kept; a prompt refuses far fewer, in words."""
LONGEST_STORY = 60_000
TICKED = "1"


def read_typed(sent: Mapping[str, str]) -> dict[str, Any]:
    """Return {"n", "story", "segment", "options"} of a press, or less; nothing for what is no such thing."""
    try:
        typed = json.loads(sent.get("typed", "") or "{}")
    except ValueError:
        return {}
    return typed if isinstance(typed, dict) else {}


def take_in(storyboard: Storyboard, typed: Mapping[str, Any]) -> tuple[Storyboard, StudioError | None]:
    """Return the storyboard with what was typed in it, and why a field of it could not be used, if one could not."""
    wrong: StudioError | None = None
    if isinstance(typed.get("story"), str):
        storyboard = replace(storyboard, story=typed["story"][:LONGEST_STORY])
    fields = _words(typed.get("segment"))
    segment = segment_of(storyboard, fields.get("id", ""))
    if segment is not None:
        segment, wrong = _segment(segment, fields)
        storyboard = put(storyboard, segment)
    options = _words(typed.get("options"))
    if options:
        storyboard, refused = _options(storyboard, options)
        wrong = wrong or refused
    return storyboard, wrong


def _words(fields: Any) -> dict[str, str]:
    if not isinstance(fields, dict):
        return {}
    return {str(name): str(value)[:LONGEST_WORDS] for name, value in fields.items()}


def _segment(segment: Segment, fields: Mapping[str, str]) -> tuple[Segment, StudioError | None]:
    slots = {slot: fields[slot] for slot in SLOTS if slot in fields}
    if any(getattr(segment.prompt, slot) != words for slot, words in slots.items()):
        segment = replace(segment, prompt=replace(segment.prompt, **slots, sentence=""))
    if "cut" in fields:
        segment = replace(segment, cut=fields["cut"] == TICKED)
    if fields.get("seam") in SEAMS:
        segment = replace(segment, seam=fields["seam"])
    try:
        if "seconds" in fields:
            segment = replace(segment, seconds=read_seconds(fields["seconds"]))
        if "seed" in fields:
            segment = replace(segment, seed=read_seed(fields["seed"]) if fields["seed"].strip() else None)
    except StudioError as error:
        return segment, error
    return segment, None


def _options(storyboard: Storyboard, options: Mapping[str, str]) -> tuple[Storyboard, StudioError | None]:
    storyboard = replace(
        storyboard,
        title=options.get("title", storyboard.title)[:200],
        wording=options.get("wording", storyboard.wording),
        lut=options.get("lut", storyboard.lut),
        lock_colours=options.get("lock_colours", TICKED if storyboard.lock_colours else "") == TICKED,
        mend=options.get("mend", TICKED if storyboard.mend else "") == TICKED,
    )
    try:
        return replace(storyboard, look=_look(storyboard.look, options)), None
    except StudioError as error:
        return storyboard, error


def _look(look: Look, options: Mapping[str, str]) -> Look:
    width, height = read_size(options.get("size", f"{look.width}x{look.height}"))
    seed = read_seed(options.get("look_seed", look.seed))
    return replace(look, width=width, height=height, seed=seed, engine=options.get("engine", look.engine))
