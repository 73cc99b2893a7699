"""Which styles of the vocabulary a text names."""

from functools import cache

from studio.prompts.search import Find, Hit, find_all
from studio.prompts.vocabulary import vocabulary


@cache
def _styles() -> Find:
    return Find({words: e.id for e in vocabulary("styles") for words in (e.en, e.zh, e.name_en, e.name_zh, *e.also)})


def style_hits(text: str) -> list[Hit]:
    """Return where a text names styles, from left to right."""
    return find_all(_styles(), text)


def style_id(text: str) -> str:
    """Return the id of the one style that a text names; empty for none, and for several that contradict each other."""
    named = {hit.name for hit in style_hits(text)}
    return named.pop() if len(named) == 1 else ""
