"""What a person does to a storyboard, as functions from one storyboard to the next; nothing here asks or keeps."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace

from models.engine import Prompt
from studio.prompts.advice import SegmentHint
from studio.storyboard import SEAMS, SEGMENTS_LIMIT, Segment, Storyboard
from studio.ui.adapters import with_words


def index_of(storyboard: Storyboard, segment_id: str) -> int:
    """Return where a segment is; -1 when it is not there."""
    return next((at for at, segment in enumerate(storyboard.segments) if segment.id == segment_id), -1)


def segment_of(storyboard: Storyboard, segment_id: str) -> Segment | None:
    """Return one segment."""
    at = index_of(storyboard, segment_id)
    return storyboard.segments[at] if at >= 0 else None


def put(storyboard: Storyboard, segment: Segment) -> Storyboard:
    """Return the storyboard with a segment in the place of the one of its id; the same one when there is none."""
    segments = tuple(segment if old.id == segment.id else old for old in storyboard.segments)
    return replace(storyboard, segments=segments)


def insert(storyboard: Storyboard, at: int, segment: Segment) -> Storyboard:
    """Return the storyboard with one more segment at an index, if there is room for it."""
    if len(storyboard.segments) >= SEGMENTS_LIMIT:
        return storyboard
    return replace(storyboard, segments=(*storyboard.segments[:at], segment, *storyboard.segments[at:]))


def add_after(storyboard: Storyboard, segment_id: str) -> tuple[Storyboard, Segment]:
    """Return the storyboard with a new segment behind one (or at the end), and that segment.

    It has who, where and style of the one before it, because most stories go on with them.
    """
    at = index_of(storyboard, segment_id)
    at = len(storyboard.segments) - 1 if at < 0 else at
    before = storyboard.segments[at].prompt if at >= 0 else Prompt("")
    added = Segment(Prompt(subject=before.subject, scene=before.scene, style=before.style), id=_new_id())
    return insert(storyboard, at + 1, added), added


def duplicate(storyboard: Storyboard, segment_id: str) -> tuple[Storyboard, Segment | None]:
    """Return the storyboard with a copy of a segment behind it, and the copy."""
    at = index_of(storyboard, segment_id)
    if at < 0:
        return storyboard, None
    copy = replace(storyboard.segments[at], id=_new_id())
    return insert(storyboard, at + 1, copy), copy


def move(storyboard: Storyboard, segment_id: str, places: int) -> Storyboard:
    """Return the storyboard with a segment so many places further to the right (left if negative)."""
    at = index_of(storyboard, segment_id)
    if at < 0:
        return storyboard
    segments = list(storyboard.segments)
    moved = segments.pop(at)
    segments.insert(max(0, min(len(segments), at + places)), moved)
    return replace(storyboard, segments=tuple(segments))


def drop(storyboard: Storyboard, segment_id: str) -> Storyboard:
    """Return the storyboard without a segment."""
    return replace(storyboard, segments=tuple(one for one in storyboard.segments if one.id != segment_id))


def put_back(storyboard: Storyboard, before: Storyboard, segment_id: str) -> Storyboard:
    """Return the storyboard with a deleted segment where it was `before`; everything written since stays."""
    at = index_of(before, segment_id)
    if at < 0 or index_of(storyboard, segment_id) >= 0:
        return storyboard
    return insert(storyboard, at, before.segments[at])


def unsplit(storyboard: Storyboard, before: Storyboard, after: Storyboard) -> Storyboard:
    """Return the storyboard with the segments from `before` a split that left `after`.

    What was typed since stays, and a segment that was added since stays behind the one it was added to.
    """
    typed = {one.id: one for one in storyboard.segments if one not in after.segments}
    segments = [typed.get(one.id, one) for one in before.segments]
    of_the_split = {one.id for one in (*before.segments, *after.segments)}
    at = 0
    for one in storyboard.segments:
        if one.id not in of_the_split:
            segments.insert(at, one)
        at = next((place for place, kept in enumerate(segments, 1) if kept.id == one.id), at)
    story = before.story if storyboard.story == after.story else storyboard.story
    return replace(storyboard, segments=tuple(segments), story=story)


def join_all(storyboard: Storyboard, seam: str) -> Storyboard:
    """Return the storyboard with one kind of seam throughout; one of SEAMS."""
    if seam not in SEAMS:
        return storyboard
    return replace(storyboard, segments=tuple(replace(one, seam=seam) for one in storyboard.segments))


def split_again(
    storyboard: Storyboard, segments: Sequence[Segment], told: Mapping[str, Segment] | None = None
) -> Storyboard:
    """Return the storyboard with the segments of a new split; equal words keep id, takes and all that was set by hand.

    `told` is what earlier splits made, by id. It tells what was set by hand from what the story said before.
    """
    left = list(storyboard.segments)
    kept = []
    for new in segments:
        old = next((one for one in left if _same_words(one.prompt, new.prompt)), None)
        if old is None:
            kept.append(replace(new, id=_new_id()))
            continue
        left.remove(old)
        kept.append(_with_settings(new, old, (told or {}).get(old.id, Segment(new.prompt))))
    return replace(storyboard, segments=tuple(kept))


def _with_settings(new: Segment, old: Segment, told: Segment) -> Segment:
    """Return a segment of a new split with what was set by hand where the story commands nothing, now or before.

    A cut may also be proposed by the split, so that one stays as it was set unless the story has changed its mind.
    """
    silent = Segment(new.prompt)
    return replace(
        new,
        id=old.id,
        seam=old.seam,
        seconds=old.seconds if new.seconds == told.seconds == silent.seconds else new.seconds,
        cut=old.cut if new.cut == told.cut else new.cut,
        seed=old.seed if new.seed is None else new.seed,
    )


def accept(storyboard: Storyboard, hint: SegmentHint) -> Storyboard:
    """Return the storyboard with the words, or the cut, that a hint proposes."""
    if not 0 <= hint.segment < len(storyboard.segments):
        return storyboard
    segment = storyboard.segments[hint.segment]
    if hint.cut:
        segment = replace(segment, cut=True)
    if hint.replacement is not None:
        segment = replace(segment, prompt=hint.replacement)
    return put(storyboard, segment)


def with_style(storyboard: Storyboard, words: str) -> Storyboard:
    """Return the storyboard with words behind the style of every segment that lacks them."""
    for one in storyboard.segments:
        style = with_words(one.prompt.style, words)
        if style != one.prompt.style:
            storyboard = put(storyboard, replace(one, prompt=replace(one.prompt, style=style, sentence="")))
    return storyboard


def _same_words(one: Prompt, other: Prompt) -> bool:
    return replace(one, sentence="") == replace(other, sentence="")


def _new_id() -> str:
    return secrets.token_hex(8)
