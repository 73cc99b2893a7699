"""A prompt cut into tokens: Latin words, single Chinese characters, single emoji."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

JOINERS = "\u200d\ufe0e\ufe0f"
WITHIN_CLAUSE = "-'’‘\"“”·_/"
"""Punctuation that a phrase may run across, as in "close-up"."""


@dataclass(frozen=True)
class Token:
    """One token: its folded text, where it stands, and the number of its clause."""

    text: str
    start: int
    end: int
    clause: int
    cjk: bool = False


def fold(character: str) -> str:
    """Return one character in the form words are compared in: lower case, normal width, always one character."""
    normal = unicodedata.normalize("NFKC", character)
    normal = normal if len(normal) == 1 else character
    lower = normal.lower()
    return lower if len(lower) == 1 else normal


def is_cjk(character: str) -> bool:
    """Tell whether a character is written without spaces between words."""
    return (
        "\u3040" <= character <= "\u30ff"
        or "\u3400" <= character <= "\u9fff"
        or "\uf900" <= character <= "\ufaff"
        or "\U00020000" <= character <= "\U0003ffff"
    )


def _is_symbol(character: str) -> bool:
    return ord(character) > 127 and unicodedata.category(character) in ("So", "Sm", "Sc", "Sk")


def _is_wordy(character: str) -> bool:
    return (character.isalnum() or unicodedata.category(character) in ("Mn", "Mc")) and not is_cjk(character)


def _word_end(text: str, start: int) -> int:
    end = start + 1
    while end < len(text) and _is_wordy(text[end]):
        end += 1
    return end


def _symbol_end(text: str, start: int) -> int:
    """Return where one emoji ends, with its modifiers and whatever is joined to it."""
    end = start + 1
    while end < len(text):
        follows = text[end] in JOINERS or unicodedata.category(text[end]) == "Sk" or text[end - 1] == "\u200d"
        if not follows or text[end].isspace():
            break
        end += 1
    return end


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a text; spaces, punctuation and controls only part them."""
    text = "".join(map(fold, text))
    at = clause = 0
    while at < len(text):
        character = text[at]
        end = at + 1
        if is_cjk(character):
            yield Token(character, at, end, clause, cjk=True)
        elif _is_wordy(character):
            end = _word_end(text, at)
            yield Token(text[at:end], at, end, clause)
        elif _is_symbol(character):
            end = _symbol_end(text, at)
            yield Token(text[at:end].strip(JOINERS), at, end, clause)
        elif not character.isspace() and character not in WITHIN_CLAUSE:
            clause += 1
        at = end


def stems(word: str) -> Iterator[str]:
    """Yield what an English word may be a form of, itself first: "running" gives "runn", "runne" and "run"."""
    yield word
    if len(word) < 4 or not word.isascii():
        return
    if word.endswith("ies"):
        yield word[:-3] + "y"
    if word.endswith("ves"):
        yield word[:-3] + "f"
    if word.endswith("es"):
        yield word[:-2]
    if word.endswith("s") and not word.endswith("ss"):
        yield word[:-1]
    for ending in ("ing", "ed"):
        if word.endswith(ending):
            yield from _verb_stems(word[: -len(ending)])


def _verb_stems(stem: str) -> Iterator[str]:
    yield stem
    yield stem + "e"
    if len(stem) > 2 and stem[-1] == stem[-2]:
        yield stem[:-1]
    if stem.endswith("i"):
        yield stem[:-1] + "y"
