"""The word lists of `assets/vocabulary/grammar.toml` and of tables like it, read once."""

from collections.abc import Mapping
from functools import cache

from studio.prompts.vocabulary import read_table


@cache
def word_set(part: str, name: str, table: str = "grammar") -> frozenset[str]:
    """Return one list of a part ("english", "chinese", "cues") of a table as a set of words."""
    return frozenset(read_table(table)[part][name].split())


@cache
def longest_first(part: str, name: str, table: str = "grammar") -> tuple[str, ...]:
    """Return one list, the longest words first."""
    return tuple(sorted(word_set(part, name, table), key=lambda word: (-len(word), word)))


@cache
def time_phrases() -> tuple[str, ...]:
    """Return English phrases such as "at night", the longest first."""
    listed = read_table("grammar")["cues"]["time_phrases"].replace("\n", "").split(",")
    return tuple(sorted(listed, key=lambda phrase: -len(phrase)))


@cache
def place_words() -> Mapping[str, str]:
    """Return {bare Chinese place: the place word it takes}, such as 森林: 里."""
    rows = (row.split(":") for row in read_table("grammar")["chinese"]["bare_places"])
    return {place: end for end, places in rows for place in places.split()}
