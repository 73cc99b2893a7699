"""Where known phrases stand in a text, whole words only, in one pass over the text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from studio.prompts.clean import is_cjk


@dataclass(frozen=True)
class Hit:
    """One phrase found."""

    start: int
    end: int
    name: str


class Find:
    """Phrases by their first characters, the longest tried first."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.by_start: dict[str, list[tuple[str, str]]] = {}
        for phrase, name in names.items():
            folded = "".join(map(_fold, phrase))
            self.by_start.setdefault(folded[:2], []).append((folded, name))
        for phrases in self.by_start.values():
            phrases.sort(key=lambda pair: -len(pair[0]))

    def at(self, text: str, start: int) -> Hit | None:
        """Return the longest phrase that begins at `start` of a folded text."""
        for phrase, name in self.by_start.get(text[start : start + 2], ()):
            end = start + len(phrase)
            if text.startswith(phrase, start) and _is_whole(text, start, end):
                return Hit(start, end, name)
        return None


def _fold(character: str) -> str:
    lower = character.lower()
    return " " if character == "-" else lower if len(lower) == 1 else character


def _is_whole(text: str, start: int, end: int) -> bool:
    """Tell whether a Latin phrase is not part of a longer word."""
    before = start and _is_letter(text[start - 1]) and _is_letter(text[start])
    after = end < len(text) and _is_letter(text[end - 1]) and _is_letter(text[end])
    return not before and not after


def _is_letter(character: str) -> bool:
    return character.isalnum() and not is_cjk(character)


def find_all(find: Find, text: str) -> list[Hit]:
    """Return the phrases of a text from left to right, none overlapping."""
    folded = "".join(map(_fold, text))
    hits: list[Hit] = []
    at = 0
    while at < len(folded):
        hit = find.at(folded, at)
        if hit:
            hits.append(hit)
        at = hit.end if hit else at + 1
    return hits


def without(text: str, hits: Sequence[Hit]) -> str:
    """Return a text with some phrases taken out and "a" or "an" put right before what follows."""
    for hit in reversed(hits):
        head, tail = text[: hit.start].rstrip(), text[hit.end :].lstrip(" ,")
        text = _with_right_article(head, tail)
    return text


def _with_right_article(head: str, tail: str) -> str:
    words = head.split(" ")
    if tail[:1].isascii() and tail[:1].isalpha() and words[-1].lower() in ("a", "an"):
        article = "an" if tail[0].lower() in "aeiou" else "a"
        words[-1] = article.capitalize() if words[-1][0].isupper() else article
    join = "" if not head or not tail or is_cjk(head[-1]) or is_cjk(tail[0]) else " "
    return " ".join(words) + join + tail
