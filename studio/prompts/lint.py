"""What could be said better in a prompt, each with words that can be taken over by a click."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from models.engine import SLOTS, Prompt
from studio.prompts import chinese, english
from studio.prompts.clean import SLOT_LIMIT, clean, is_cjk, language_of_words
from studio.prompts.search import Find, Hit, find_all, without
from studio.prompts.split import split
from studio.prompts.styles import style_hits
from studio.prompts.vocabulary import CATEGORIES, Entry, entry_id, fold, read_table, vocabulary
from studio.text import say

COMFORT = {"en": 240, "zh": 90}
"""Characters of one slot beyond which a clip of a few seconds cannot show it all."""
SENTENCE_LENGTH = {"en": 18, "zh": 7}
"""A subject at least this long may be a whole sentence."""
CATEGORY_OF = {slot: category for category, slot in CATEGORIES.items()}
STYLED_SLOTS = ("subject", "action", "scene")


@dataclass(frozen=True)
class Hint:
    """One remark about a prompt."""

    slot: str
    message: str
    """In the language of the page."""
    suggestion: str
    """The words the slot would have then; empty when more than one slot changes or there is none to offer."""
    replacement: Prompt | None
    """The whole prompt when the suggestion is accepted; None when only the person can mend it."""


def lint(prompt: Prompt, language: str) -> tuple[Hint, ...]:
    """Return the remarks about a prompt in a page's language; an empty prompt gets none, and nothing raises."""
    ready = replace(prompt, **{slot: clean(getattr(prompt, slot)[: 4 * SLOT_LIMIT]) for slot in SLOTS})
    if not any(getattr(ready, slot) for slot in SLOTS):
        return ()
    checks = (_whole_sentence, _no_action, _vague, _two_moves, _two_styles, _too_long)
    return tuple(hint for check in checks for hint in check(ready, language))


def _hint(prompt: Prompt, slot: str, words: str, message: str) -> Hint:
    """Return a hint that puts other words into one slot."""
    return Hint(slot, message, words, replace(prompt, **{slot: words}))


def _words_language(prompt: Prompt, language: str) -> str:
    return language_of_words(" ".join(getattr(prompt, slot) for slot in SLOTS)) or language


def _whole_sentence(prompt: Prompt, language: str) -> Iterator[Hint]:
    """Offer to split a sentence that stands in the subject."""
    parts = _sentence_parts(prompt)
    if parts is None:
        return
    merged = {slot: _both(getattr(parts, slot), getattr(prompt, slot)) for slot in SLOTS if slot != "subject"}
    offer = replace(prompt, subject=parts.subject, **merged)
    yield Hint("subject", say("lint_sentence", language), "", offer)


def _sentence_parts(prompt: Prompt) -> Prompt | None:
    """Return the subject split over the slots; None when it is no sentence."""
    language = language_of_words(prompt.subject) or "en"
    if len(prompt.subject) < SENTENCE_LENGTH[language]:
        return None
    parts = split(prompt.subject)
    return parts if any(getattr(parts, slot) for slot in SLOTS if slot != "subject") else None


def _both(found: str, typed: str) -> str:
    """Return what was found in the sentence with what stood in the slot already."""
    if not found or not typed or fold(found) == fold(typed):
        return found or typed
    return typed + ("，" if language_of_words(typed) == "zh" else ", ") + found


def _no_action(prompt: Prompt, language: str) -> Iterator[Hint]:
    """Ask for an action where nothing happens yet."""
    if prompt.action or not _says_something(_bare(without(prompt.subject, _vague_words(prompt.subject)))):
        return
    parts = _sentence_parts(prompt)
    if parts is None or not parts.action:
        action = _fitting_action(prompt.subject)
        if action:
            words = _example("actions", action).words(_words_language(prompt, language))
            yield _hint(prompt, "action", words, say("lint_no_action", language))


def _fitting_action(subject: str) -> str:
    """Return the id of an action for a subject, by the entry whose noun it holds; empty for a place without anybody."""
    actions: dict[str, str] = read_table("vague")["actions"]
    words = fold(subject)
    for entry in vocabulary("subjects"):
        if is_cjk(subject[-1]):
            noun = next((noun for noun in _nouns_zh(entry) if noun in words), "")
        else:
            noun = next((noun for noun in _nouns_en(entry) if f" {noun} " in f" {words} "), "")
        if noun:
            return actions.get(entry.id) or actions[entry.group_id]
    place = chinese.is_place(words) if is_cjk(words[-1]) else english.names_place(words.split())
    return "" if place else actions["otherwise"]


def _nouns_en(entry: Entry) -> list[str]:
    return [fold(words).split()[-1] for words in (entry.en, *entry.also) if not is_cjk(words[0])]


def _nouns_zh(entry: Entry) -> list[str]:
    return [words[2:] for words in (entry.zh, *entry.also) if is_cjk(words[0])]


@cache
def _example(category: str, name: str) -> Entry:
    return next(entry for entry in vocabulary(category) if entry.id == name)


@cache
def _finder(table: str, names: tuple[str, ...]) -> Find:
    return Find({word: name for name in names for word in _listed(read_table("vague")[table][name])})


def _listed(text: str) -> list[str]:
    return [" ".join(word.split()) for word in text.split(",")]


def _vague(prompt: Prompt, language: str) -> Iterator[Hint]:
    """Point at words that show nothing; where they are all there is, offer an example."""
    for slot in SLOTS:
        text = getattr(prompt, slot)
        found = _vague_words(text)
        if not found or entry_id(CATEGORY_OF[slot], text):
            continue
        vague = text[found[0].start : found[0].end]
        left = _bare(without(text, found))
        if _says_something(left):
            yield _hint(prompt, slot, left, say("lint_vague_word", language, {"word": vague}))
        else:
            name = read_table("vague")["examples"][slot]
            words = _example(CATEGORY_OF[slot], name).words(language_of_words(text) or language)
            yield _hint(prompt, slot, words, say(f"lint_vague_{slot}", language, {"word": text}))


def _vague_words(text: str) -> list[Hit]:
    return find_all(_finder("vague", ("en", "zh")), text)


def _bare(text: str) -> str:
    """Return a Chinese text without the 很 and 的 that a removed word leaves behind."""
    for word in read_table("vague")["vague"]["intensifiers"].split():
        text = text.removesuffix(word).replace(word + "的", "")
    for lost in ("个的", "只的", "，的", "的的"):
        text = text.replace(lost, lost[0] if lost != "的的" else "的")
    return clean(text.removeprefix("的"))


def _says_something(text: str) -> bool:
    """Tell whether more is left than words such as "a video"."""
    vague = read_table("vague")["vague"]
    empty = vague["empty"].split()
    for word in sorted(vague["empty_zh"].split(), key=len, reverse=True):
        text = text.replace(word, " ")
    return any(word not in empty for word in fold(text).split())


def _two_moves(prompt: Prompt, language: str) -> Iterator[Hint]:
    """Point at a second camera move that contradicts the first."""
    found = find_all(_finder("moves", tuple(read_table("vague")["moves"])), prompt.camera)
    moves = list(dict.fromkeys(hit.name for hit in found))
    if len(moves) < 2:
        return
    kept = next((entry for entry in vocabulary("camera") if entry.id == moves[0]), None)
    first, second = (next(hit for hit in found if hit.name == move) for move in moves[:2])
    words = kept.words(language_of_words(prompt.camera)) if kept else prompt.camera[: first.end]
    values = {"first": prompt.camera[first.start : first.end], "second": prompt.camera[second.start : second.end]}
    yield _hint(prompt, "camera", words, say("lint_two_moves", language, values))


def _two_styles(prompt: Prompt, language: str) -> Iterator[Hint]:
    """Point at a second style: in the style slot itself, or named in full in another slot."""
    found = style_hits(prompt.style)
    styles = list(dict.fromkeys(hit.name for hit in found))
    if len(styles) > 1:
        first, second = (_example("styles", name).name(language) for name in styles[:2])
        words = _example("styles", styles[0]).words(language_of_words(prompt.style))
        yield _hint(prompt, "style", words, say("lint_two_styles", language, {"first": first, "second": second}))
    for slot in STYLED_SLOTS if styles else ():
        text = getattr(prompt, slot)
        others = [hit for hit in style_hits(text) if hit.name != styles[0] and _in_full(text[hit.start : hit.end])]
        if others:
            first, second = (_example("styles", name).name(language) for name in (styles[0], others[0].name))
            left = _bare(without(text, others))
            message = say("lint_two_styles", language, {"first": first, "second": second})
            yield _hint(prompt, slot, left, message) if left else Hint(slot, message, "", None)


def _in_full(words: str) -> bool:
    """Tell whether words outside the style slot can only mean a style: "pixel art", not "golden"."""
    return len(words) > 2 if is_cjk(words[0]) else " " in words


def _too_long(prompt: Prompt, language: str) -> Iterator[Hint]:
    """Say when a slot holds more than a few seconds can show."""
    for slot in SLOTS:
        text = getattr(prompt, slot)
        comfort = COMFORT[language_of_words(text) or "en"]
        if len(text) <= comfort:
            continue
        key = "lint_too_long" if len(text) > SLOT_LIMIT else "lint_long"
        short = _shortened(text, comfort)
        values = {"length": len(text), "limit": SLOT_LIMIT}
        yield Hint(slot, say(key, language, values), "", replace(prompt, **{slot: short}) if short else None)


def _shortened(text: str, limit: int) -> str:
    """Return the clauses that fit into `limit` characters; empty when not even the first does."""
    ends = [at for at, character in enumerate(text[: limit + 1]) if character in ",.;，。；！？!?"]
    return clean(text[: ends[-1]]) if ends else ""
