"""Style, light and camera that are said once and hold for the whole story."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from studio.prompts.telling import Told
from studio.storyboard import Segment

HELD = ("style", "lighting", "camera")


def held_for_all(told: Sequence[Told]) -> Iterator[Segment]:
    """Yield the segments with what holds for them.

    What is said holds until something else is said, and for what came before the first mention too; not backwards
    where a later sentence opens with it ("At night, ..."). A camera that one segment in the middle asks for is its own.
    """
    columns = {slot: _column(told, slot) for slot in HELD}
    for at, one in enumerate(told):
        yield replace(one.segment, prompt=replace(one.segment.prompt, **{slot: columns[slot][at] for slot in HELD}))


def _column(told: Sequence[Told], slot: str) -> list[str]:
    """Return the words of one slot for every segment."""
    said = [(at, getattr(one.segment.prompt, slot)) for at, one in enumerate(told) if getattr(one.segment.prompt, slot)]
    words = dict(said)
    if slot == "camera":
        said = [(at, text) for at, text in said if at == 0 or (slot in told[at].alone and at + 1 == len(told))][:1]
    now = ""
    if said and slot not in told[said[0][0]].lead:
        now = said[0][1]
    column = []
    for at in range(len(told)):
        if slot != "camera" or now == words.get(at):
            now = words.get(at, now)
        column.append(words.get(at, now))
    return column
