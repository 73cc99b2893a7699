"""The words offered to a person, by category and group, from `assets/vocabulary/*.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent.parent / "assets" / "vocabulary"

CATEGORIES = {
    "subjects": "subject",
    "actions": "action",
    "scenes": "scene",
    "styles": "style",
    "lighting": "lighting",
    "camera": "camera",
}
"""The slot that each category fills."""


@dataclass(frozen=True)
class Entry:
    """One suggestion; `en` and `zh` are what it puts into the slot."""

    id: str
    en: str
    zh: str
    group_id: str
    group_en: str
    group_zh: str
    name_en: str
    """A short name for a card; the words themselves where there is none."""
    name_zh: str
    also: tuple[str, ...] = ()
    """Other words for the same, in either language."""

    def words(self, language: str) -> str:
        """Return what it puts into the slot in a language."""
        return self.zh if language == "zh" else self.en

    def name(self, language: str) -> str:
        """Return its short name in a language."""
        return self.name_zh if language == "zh" else self.name_en

    def group(self, language: str) -> str:
        """Return the name of its group in a language."""
        return self.group_zh if language == "zh" else self.group_en


@cache
def read_table(name: str) -> Mapping[str, Any]:
    """Return one file of the vocabulary folder as data."""
    data: Mapping[str, Any] = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    return data


@cache
def vocabulary(category: str) -> tuple[Entry, ...]:
    """Return the entries of one of CATEGORIES in their order; raises KeyError for any other."""
    if category not in CATEGORIES:
        raise KeyError(category)
    table = read_table(category)
    names = table.get("names", {})
    return tuple(
        _entry(name, words, (key, group["en"], group["zh"]), names.get(name, words))
        for key, group in table.items()
        if key != "names"
        for name, words in group["entries"].items()
    )


def _entry(name: str, words: list[str], group: tuple[str, str, str], card: list[str]) -> Entry:
    return Entry(
        id=name,
        en=words[0],
        zh=words[1],
        group_id=group[0],
        group_en=group[1],
        group_zh=group[2],
        name_en=card[0],
        name_zh=card[1],
        also=tuple(words[2:]),
    )


@cache
def _ids(category: str) -> Mapping[str, str]:
    """Return {folded words: id} of a category, the words of earlier entries first."""
    found: dict[str, str] = {}
    for entry in vocabulary(category):
        for words in (entry.en, entry.zh, entry.name_en, entry.name_zh, *entry.also):
            found.setdefault(fold(words), entry.id)
    return found


def fold(text: str) -> str:
    """Return a text as words are compared: case, hyphens, spaces and a spelling of colour make no difference."""
    return " ".join(text.casefold().replace("-", " ").replace("colour", "color").split())


def entry_id(category: str, text: str) -> str:
    """Return the id of the entry whose words a text is; empty when there is none."""
    return _ids(category).get(fold(text), "")


def exact_style(text: str) -> str:
    """Return the id of the style whose words a text is, with or without the word style; empty when there is none."""
    words = fold(text)
    for article in ("in ", "the ", "a ", "an "):
        words = words.removeprefix(article)
    for bare in (words, words.removesuffix(" style"), words.removesuffix("风格"), words.removesuffix("风")):
        found = entry_id("styles", bare)
        if found:
            return found
    return ""
