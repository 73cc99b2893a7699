"""One English clause taken apart into who, does what, where, and what hangs on its end."""

from collections.abc import Iterator, Sequence

from studio.prompts.vocabulary import exact_style
from studio.prompts.words import time_phrases, word_set

Parts = dict[str, str]
"""Slot to words; slots without words are missing."""


def take_apart(clause: str) -> Parts:
    """Return the parts of a clause; what cannot be told apart stays in the subject."""
    parts: Parts = {}
    for cut in (_cut_head, _cut_camera, _cut_style, _cut_time):
        clause = cut(clause, parts)
    words = clause.split()
    if not words:
        return parts
    plain = [word.strip(",;:\"'()").casefold() for word in words]
    if _is_place_phrase(plain) and _verb(plain) is None:
        return {**parts, "scene": clause}
    verb = _verb(plain)
    place = _place(plain, verb)
    start = verb if verb is not None else place
    found = {
        "subject": words[:start],
        "action": words[verb:place] if verb is not None else [],
        "scene": words[place:] if place is not None else [],
    }
    return {**parts, **{slot: " ".join(some) for slot, some in found.items() if some}}


def begins_with_verb(clause: str) -> bool:
    """Tell whether a clause goes on with what the subject does: "looking up"."""
    words = clause.casefold().split()
    return bool(words) and any(stem in word_set("english", "verbs") for stem in stems(words[0]))


def _cut_head(clause: str, parts: Parts) -> str:
    """Take "close-up of" or "ink wash painting of" from the beginning."""
    head, of, rest = clause.partition(" of ")
    if not of or len(head.split()) > 5:
        return clause
    if exact_style(head):
        parts["style"] = head
    elif head.casefold().split()[-1] in word_set("cues", "camera_words"):
        parts["camera"] = head
    else:
        return clause
    return rest


def _cut_camera(clause: str, parts: Parts) -> str:
    """Take "with the camera pushing in" from the end."""
    words = clause.split()
    plain = clause.casefold().split()
    for at in range(1, len(words) - 1):
        if plain[at] == "camera" and plain[at + 1] in word_set("cues", "camera_moves"):
            start = at
            while start and plain[start - 1] in ("the", "a", "with", "as", "while", "and"):
                start -= 1
            if not start:
                return clause
            parts["camera"] = ", ".join(filter(None, [parts.get("camera"), " ".join(words[start:])]))
            return " ".join(words[:start])
    return clause


def _cut_style(clause: str, parts: Parts) -> str:
    """Take "in ink wash style" from the end."""
    head, mark, tail = clause.rpartition(" in ")
    if mark and (exact_style(tail) or tail.casefold().endswith(" style")):
        parts["style"] = "in " + tail
        return head
    head, mark, tail = clause.rpartition(" in the style of ")
    if mark:
        parts["style"] = mark.strip() + " " + tail
        return head
    return clause


def _cut_time(clause: str, parts: Parts) -> str:
    """Take "at dawn" from the end, or all of a clause that says nothing else."""
    for phrase in time_phrases():
        if clause.casefold() == phrase:
            parts["lighting"] = clause
            return ""
        if clause.casefold().endswith(" " + phrase):
            head = clause[: -len(phrase)].rstrip()
            if head.casefold().split()[-1:] != ["and"]:
                parts["lighting"] = clause[-len(phrase) :]
                return head
    return clause


def _is_place_phrase(plain: Sequence[str]) -> bool:
    return plain[0] in word_set("english", "place_prepositions")


def _verb(plain: Sequence[str]) -> int | None:
    """Return where what the subject does begins; an adverb before the verb belongs to it."""
    for strict in (True, False):
        for at in range(1, len(plain)):
            if _is_verb(plain, at, strict):
                return at - 1 if at > 1 and _is_adverb(plain[at - 1]) else at
    return None


def _is_verb(plain: Sequence[str], at: int, strict: bool) -> bool:
    word, before = plain[at], plain[at - 1]
    if word in word_set("english", "nouns") or before in word_set("english", "articles"):
        return False
    verbs = word_set("english", "verbs")
    if word in verbs:  # the plain form follows only what is many: "two foxes run"
        return (
            word in ("is", "are")
            or (before.endswith("s") and not before.endswith("ss"))
            or before in word_set("english", "plurals")
        )
    if not any(stem in verbs for stem in stems(word)):
        return False
    if before in word_set("english", "prepositions"):
        return False
    return not (strict and word.endswith("ing")) or goes_on(plain, at + 1)


def _is_adverb(word: str) -> bool:
    return word.endswith("ly") and word not in word_set("english", "nouns")


def goes_on(plain: Sequence[str], at: int) -> bool:
    """Tell whether after a word in -ing comes what follows a verb, and not the noun it describes."""
    if at >= len(plain):
        return True
    word = plain[at]
    follows = word_set("english", "articles") | word_set("english", "prepositions")
    return word in follows or _is_adverb(word) or word in ("and", "with", "alone", "to")


def _place(plain: Sequence[str], verb: int | None) -> int | None:
    """Return where the place begins, after the verb when there is one: the first phrase that names a place."""
    marks = [at for at in range(1 if verb is None else verb + 1, len(plain) - 1) if _may_begin_place(plain, at)]
    for at, end in zip(marks, [*marks[1:], len(plain)], strict=False):
        if names_place(plain[at + 1 : end]):
            return at
    sure = [at for at in marks if verb is not None and plain[at] not in ("at", "over", "towards", "toward", "against")]
    return sure[0] if sure else None


def _may_begin_place(plain: Sequence[str], at: int) -> bool:
    """Tell whether a preposition stands here that is not a part of the verb, as in "turns around in"."""
    places = word_set("english", "place_prepositions") | {"over"}
    looked_at = plain[at] == "at" and any(word in word_set("english", "looked_at") for word in plain[at + 1 : at + 4])
    return plain[at] in places and plain[at + 1] not in places and plain[at] != "down" and not looked_at


def names_place(plain: Sequence[str]) -> bool:
    """Tell whether one of some small-letter words is a place, such as "city" or "streets"."""
    places = word_set("english", "articled") | word_set("english", "on_places") | word_set("english", "through_places")
    return any(word in places or word.removesuffix("s") in places for word in plain)


def stems(word: str) -> Iterator[str]:
    """Yield what a form in -s or -ing may come from."""
    if word.endswith("ing"):
        stem = word[:-3]
        yield stem
        yield stem + "e"
        if len(stem) > 2 and stem[-1] == stem[-2]:
            yield stem[:-1]
        if stem.endswith("y"):
            yield stem[:-1] + "ie"
    elif word.endswith("s"):
        yield word[:-1]
        if word.endswith("es"):
            yield word[:-2]
        if word.endswith("ies"):
            yield word[:-3] + "y"
