"""The formula [subject] + [action] + [scene] + [style], and light and camera, as one sentence in either language."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from models.engine import SLOTS, Prompt
from studio.prompts.clean import SLOT_LIMIT, clean, cleaned, is_cjk, language_of_words
from studio.prompts.words import place_words, word_set
from studio.text import say

ALWAYS_SHOWN = ("subject", "action", "scene", "style")
"""Slots that stand in the live sentence as a blank while they are empty."""
ORDER = {
    "en": ("subject", "action", "scene", "style", "lighting", "camera"),
    "zh": ("subject", "scene", "action", "style", "lighting", "camera"),
}
AFTER_COMMA = ("style", "lighting", "camera")


@dataclass(frozen=True)
class Run:
    """A stretch of the live sentence."""

    slot: str
    """The slot whose words these are; empty for the words that join them."""
    text: str
    blank: bool = False
    """Whether the slot is empty and `text` says what belongs there."""


def compose(prompt: Prompt) -> Prompt:
    """Return a prompt with clean slots and its sentence; raises Invalid for an empty subject and too long a slot."""
    ready = cleaned(prompt)
    texts = {slot: getattr(ready, slot) for slot in SLOTS}
    language = language_of_words(" ".join(texts.values())) or "en"
    filled = {slot: Run(slot, text) for slot, text in texts.items() if text}
    return replace(ready, sentence="".join(run.text for run in _join(filled, language)))


def runs(prompt: Prompt, language: str) -> tuple[Run, ...]:
    """Return the live sentence for a page in `language`; whatever was typed, it raises nothing.

    The order of words is that of the words' own language, blanks are named in the page's.
    """
    texts = {slot: clean(getattr(prompt, slot)[: SLOT_LIMIT * 2])[:SLOT_LIMIT] for slot in SLOTS}
    shown = {slot: Run(slot, text) for slot, text in texts.items() if text}
    for slot in ALWAYS_SHOWN:
        shown.setdefault(slot, Run(slot, say(f"blank_{slot}", language), blank=True))
    return tuple(_join(shown, language_of_words(" ".join(texts.values())) or language))


def _join(shown: dict[str, Run], language: str) -> Iterator[Run]:
    """Yield the runs in the order of a language with what belongs between them."""
    before: Run | None = None
    for slot in _order(shown, language):
        if slot not in shown:
            continue
        run = shown[slot]
        if before is None:
            yield _capital(run) if language == "en" else run
        else:
            glue = _glue_en(before, run) if language == "en" else _glue_zh(before, run)
            run = _within(before, run) if language == "en" else run
            if glue:
                yield Run("", glue)
            yield run
        before = run
    yield Run("", "." if language == "en" else "。")


def _order(shown: dict[str, Run], language: str) -> tuple[str, ...]:
    """Return the order of the slots; a Chinese action such as 穿过 is followed by its place."""
    action = shown.get("action")
    if language == "zh" and action and "scene" in shown and _leads_on(action, shown["scene"]):
        return ORDER["en"]
    return ORDER[language]


def _leads_on(action: Run, scene: Run) -> bool:
    """Tell whether a Chinese action needs its place after it: 穿过森林, not 在森林里穿过."""
    ends = tuple(word_set("chinese", "leading_on"))
    return (
        not action.blank and not scene.blank and action.text.endswith(ends) and not scene.text.startswith(("在", "从"))
    )


def _capital(run: Run) -> Run:
    return run if run.blank else replace(run, text=run.text[:1].upper() + run.text[1:])


def _glue_en(before: Run, run: Run) -> str:
    """Return what stands between two runs of an English sentence."""
    if run.slot in AFTER_COMMA:
        return ", "
    if run.slot != "scene" or run.blank or is_cjk(run.text[0]):
        return " "
    words = run.text.casefold().split()
    if words[0] in word_set("english", "prepositions") or _last_word(before) in word_set("english", "leading_on"):
        return " "
    noun = _head_noun(words)
    return f" {_place_preposition(before, noun)} {_article(words[0], noun)}"


def _last_word(run: Run) -> str:
    return run.text.casefold().split()[-1]


def _head_noun(words: list[str]) -> str:
    """Return what a place is: "beach" of "beach at sunset"."""
    ends = (at for at, word in enumerate(words) if at and word in word_set("english", "prepositions") | {"of"})
    return words[next(ends, len(words)) - 1]


def _article(first: str, noun: str) -> str:
    """Return the article that a common noun lacks."""
    if first in word_set("english", "articles") or noun not in word_set("english", "articled"):
        return ""
    return "an " if first[0] in "aeiou" else "a "


def _place_preposition(before: Run, noun: str) -> str:
    """Return through, on or in, by what is done and where."""
    verb = before.text.casefold().split()[0] if before.slot == "action" and not before.blank else ""
    if verb in word_set("english", "through_verbs") and noun in word_set("english", "through_places"):
        return "through"
    return "on" if noun in word_set("english", "on_places") else "in"


def _glue_zh(before: Run, run: Run) -> str:
    """Return what stands between two runs of a Chinese sentence."""
    if run.slot in AFTER_COMMA:
        return "，"
    if run.slot == "scene" and before.slot == "action" and not before.blank:
        return ""
    if run.slot == "scene" and not before.text.endswith("在") and not run.text.startswith(("在", "从", "到", "沿着")):
        return "在"
    if run.slot == "action" and before.slot == "scene" and not before.blank:
        return place_end(before.text)
    return ""


def place_end(scene: str) -> str:
    """Return the place word (里, 上, 中) that a bare place lacks before the action."""
    if scene[-1] in word_set("chinese", "place_ends"):
        return ""
    ends = place_words()
    return next((ends[scene[-size:]] for size in (2, 1) if scene[-size:] in ends), "")


def _within(before: Run, run: Run) -> Run:
    """Return a run as it reads inside an English sentence.

    Its leading preposition goes small, and goes altogether where the action ends in one, as "walks through" does.
    """
    first, _, rest = run.text.partition(" ")
    if run.blank or first.casefold() not in word_set("english", "prepositions") | word_set("english", "articles"):
        return run
    doubled = run.slot == "scene" and not before.blank and _last_word(before) in word_set("english", "leading_on")
    if doubled and rest and first.casefold() in word_set("english", "place_prepositions"):
        return replace(run, text=rest)
    return replace(run, text=first.lower() + run.text[len(first) :])
