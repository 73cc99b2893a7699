"""The words the engine knows, from `lexicon/*.toml`, and the longest of them at a place in a prompt."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from models.animatic.abilities import declared
from models.animatic.tokens import Token, stems, tokens

FOLDER = Path(__file__).parent / "lexicon"
DRAWN_KINDS = ("subject", "action", "scene", "weather", "time", "camera", "style", "object")
"""Kinds of words with a picture, each a file of the lexicon; in the order a word of several kinds is read."""

MODIFIERS = ("colour", "size", "count")
"""Kinds of words that describe a noun, each a file of the lexicon."""

EXACT, NEAR = "exact", "near"
"""How well a word is drawn: as itself, or as the nearest thing there is."""


@dataclass(frozen=True)
class Sense:
    """One meaning of a word."""

    kind: str
    """One of DRAWN_KINDS or MODIFIERS, "aside" for what is understood without a picture, "function" or "negation"."""
    id: str
    """What is drawn, or the group of an aside."""
    en: str
    zh: str
    grade: str = EXACT
    colour: str = ""
    """The colour that belongs to what the word means: a polar bear is white."""
    size: str = ""
    count: str = ""
    implies: str = ""
    """The time or weather that the word brings along: who watches the sunset needs one."""
    water: str = ""
    """What runs through another place where the word is said beside it: a stream through a forest."""
    gives: str = ""
    """What the action makes its object do: who feeds a bird makes it eat."""


@dataclass(frozen=True)
class Match:
    """What stands in the lexicon for the next `length` tokens."""

    length: int
    senses: tuple[Sense, ...]
    inflected: int = 0
    """How many of its words are inflected forms of the lexicon's."""
    plural: bool = False
    stem_senses: tuple[Sense, ...] = ()
    """Those of the senses that only a stem of the words has."""


@dataclass
class Node:
    """One step of the tree of phrases."""

    next: dict[str, "Node"] = field(default_factory=dict)
    senses: list[Sense] = field(default_factory=list)


class Lexicon:
    """All phrases as a tree of tokens."""

    def __init__(self) -> None:
        self.root = Node()

    def add(self, phrase: str, sense: Sense) -> None:
        """Take a phrase in; the first sense of a kind wins."""
        node = self.root
        for token in tokens(phrase):
            node = node.next.setdefault(token.text, Node())
        if all(sense.kind != known.kind for known in node.senses):
            node.senses.append(sense)

    def matches(self, text: Sequence[Token], start: int) -> Iterator[Match]:
        """Yield every phrase that begins at `start` and stays within its clause; Latin words may be inflected."""
        open_ends = [(self.root, start, 0, False)]
        while open_ends:
            node, at, inflected, plural = open_ends.pop()
            if node.senses:
                yield Match(at - start, tuple(node.senses), inflected, plural)
            if at == len(text) or text[at].clause != text[start].clause or not node.next:
                continue
            word = text[at].text
            for stem in stems(word):
                if stem in node.next:
                    changed = stem != word
                    open_ends.append((node.next[stem], at + 1, inflected + changed, changed and word.endswith("s")))


def phrases(text: str) -> list[str]:
    """Return the phrases of a comma-separated list."""
    return [phrase.strip() for phrase in text.split(",") if phrase.strip()]


@cache
def table(name: str) -> Mapping[str, Any]:
    """Return one file of the lexicon."""
    data: Mapping[str, Any] = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    return data


@cache
def nearest(kind: str) -> Mapping[str, str]:
    """Return {id: the next best id} of a kind, as its file says."""
    return {name: entry["nearest"] for name, entry in table(kind).items() if "nearest" in entry}


def drawable(kind: str, name: str) -> str:
    """Return an id that can be drawn: the name itself, or the first of the next best; empty when there is none."""
    while name and name not in declared(kind):
        name = nearest(kind).get(name, "")
    return name


@cache
def lexicon() -> Lexicon:
    """Return the lexicon, read once."""
    known = Lexicon()
    for kind in DRAWN_KINDS:
        for name, entry in table(kind).items():
            _add_entry(known, kind, name, entry)
    for name, rows in table("nearest").items():
        _add_rows(known, _stand_in("subject", name, table("subject")[name], NEAR), rows)
    _add_modifiers(known)
    for group, entry in table("asides").items():
        _add_rows(known, Sense("aside", group, "", ""), entry["words"])
    for kind, words in table("function")["words"].items():
        for word in phrases(words["en"]) + phrases(words["zh"]):
            known.add(word, Sense(kind, kind, word, word))
    _add_counts(known)
    return known


def _add_modifiers(known: Lexicon) -> None:
    for kind in MODIFIERS:
        for name, entry in table(kind).items():
            for word in phrases(entry["words"]):
                known.add(word, Sense(kind, name, entry["en"], entry["zh"]))


def _stand_in(kind: str, name: str, entry: Mapping[str, Any], grade: str) -> Sense:
    """Return the sense of an entry's words: of itself, of the next best id, or of an aside where nothing is near."""
    found = drawable(kind, name)
    if not found:
        return Sense("aside", entry.get("aside", kind), entry["en"], entry["zh"])
    return Sense(kind, found, entry["en"], entry["zh"], grade if found == name else NEAR)


def _add_entry(known: Lexicon, kind: str, name: str, entry: Mapping[str, Any]) -> None:
    own = _stand_in(kind, name, entry, EXACT)
    for word in phrases(entry["words"]):
        known.add(word, own)
    for word in phrases(entry.get("small", "")):
        known.add(word, replace(own, size="small"))
    for water in table("water"):
        for word in phrases(entry.get(water, "")):
            known.add(word, replace(own, water=water))
    for count in ("two", "three", "many"):
        for word in phrases(entry.get(count, "")):
            known.add(word, replace(own, count=count))
    near = _stand_in(kind, name, entry, NEAR)
    _add_rows(known, near, entry.get(NEAR, {}))
    for action, rows in entry.get("gives", {}).items():
        _add_rows(known, replace(near, gives=action), rows)


def _add_rows(known: Lexicon, sense: Sense, rows: Mapping[str, Any]) -> None:
    """Add rows of words; a table among them is named for the colour, size or water of its words, or what they imply."""
    for english, chinese in rows.items():
        if isinstance(chinese, str):
            _add_row(known, sense, phrases(english), phrases(chinese))
        else:
            _add_rows(known, replace(sense, **{_trait(english): english}), chinese)


def _trait(name: str) -> str:
    """Return the field of a Sense that a colour, a size, a water, or a time or weather goes into."""
    return next((kind for kind in ("colour", "size", "water") if name in table(kind)), "implies")


def _add_row(known: Lexicon, sense: Sense, english: list[str], chinese: list[str]) -> None:
    """Add a row of words: as many in one language as in the other are translations of each other in turn.

    Otherwise the words of a drawn kind are synonyms, named by the first, and those of an aside keep their own language.
    """
    aligned, synonyms = len(english) == len(chinese), sense.kind != "aside"
    for at, word in enumerate(english):
        known.add(word, replace(sense, en=word, zh=chinese[at] if aligned else chinese[0] if synonyms else word))
    for at, word in enumerate(chinese):
        known.add(word, replace(sense, zh=word, en=english[at] if aligned else english[0] if synonyms else word))


def _add_counts(known: Lexicon) -> None:
    """Join Chinese numerals and measure words: 一只 says no more than "a", 三只 is a count."""
    counting = table("function")["counting"]
    for phrase in map("".join, product(counting["single"], counting["measures"])):
        known.add(phrase, Sense("function", "function", phrase, phrase))
    for name, entry in table("count").items():
        for phrase in map("".join, product(phrases(entry["numerals"]), counting["measures"])):
            known.add(phrase, Sense("count", name, entry["en"], entry["zh"]))
