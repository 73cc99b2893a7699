"""A free sentence over the slots of a prompt."""

import re
from collections import Counter
from collections.abc import Callable

from models.engine import SLOTS, Prompt
from studio.prompts import chinese, english
from studio.prompts.clean import clean, language_of_words
from studio.prompts.speech import QUOTED, SHORT
from studio.prompts.vocabulary import entry_id, exact_style
from studio.prompts.words import word_set

SENTENCE_LIMIT = 1_000
"""Longer texts are no sentence and stay whole."""
FULL_STOPS = "，。；：！？;!?\n"
LIGHT_TOO = ("golden", "moonlit")
"""Styles whose bare names say the light when they stand in a sentence."""
STYLE_WORDS = ("style", "look", "tone", "风", "调")
COUNTED = ("a ", "an ", "two ", "three ", "some ", "several ", "一", "两", "三", "几", "有")
"""How a clause begins that brings somebody new."""
KEPT = re.compile(f"{QUOTED}|{SHORT}")
GLUE = Counter({"在": 4, "的": 4, "o": 1, "f": 1})
"""Letters that may go because joining puts them back: 在, 的, and "of" after a camera or style."""


def split(sentence: str) -> Prompt:
    """Return the prompt that a sentence in English or Chinese says; what cannot be split stays whole in the subject."""
    if len(sentence) > SENTENCE_LIMIT:
        return Prompt(subject=sentence)
    whole = clean(sentence.replace("\n", ", "))
    slots: dict[str, str] = {}
    clauses = _clauses(whole)
    for at, clause in enumerate(clauses):
        _place(slots, clause, first=at == 0, alone=len(clauses) == 1)
    if not slots.get("subject"):
        slots["subject"] = slots.pop("scene", "") or slots.pop("action", "")
    tidy = {slot: clean(text) for slot, text in slots.items()}
    if not tidy.get("subject") or _loses(whole, tidy):
        return Prompt(subject=whole)
    return Prompt(**tidy)


def _clauses(text: str) -> list[str]:
    """Cut at commas and full stops, but not within 3.5 or 1,000, a short form or what is said aloud."""
    cut, start = [], 0
    kept = {at for found in KEPT.finditer(text) for at in range(*found.span())}
    for at, character in enumerate(text):
        if at in kept:
            continue
        within = at + 1 < len(text) and text[at + 1].isalnum() and text[at + 1].isascii()
        if character in FULL_STOPS or (character in ",.:" and not within):
            cut.append(text[start:at])
            start = at + 1
    cut.append(text[start:])
    return [part.strip() for part in cut if part.strip()]


def _place(slots: dict[str, str], clause: str, first: bool, alone: bool) -> None:
    """Put one clause where it belongs."""
    slot = slot_of(clause, first)
    if slot and not (alone and slot != "style"):
        _add(slots, slot, clause)
        return
    part = chinese if language_of_words(clause) == "zh" else english
    if slots.get("subject") and _continues(slots, clause, part.begins_with_verb):
        return
    parts = part.take_apart(clause)
    for name in ("style", "camera", "lighting"):
        _add(slots, name, parts.get(name, ""))
    _add_main(slots, parts, clause)


def slot_of(clause: str, first: bool) -> str:
    """Return the slot that a whole clause fills: style, camera or light; empty for one that says who does what."""
    known = known_slot(clause)
    if known:
        return known
    words = clause.casefold().split()
    if len(words) > 8 or (first and len(words) > 3):
        return ""
    if language_of_words(clause) == "zh":
        return _slot_of_chinese(clause, first)
    if set(words) & word_set("cues", "camera_words"):
        return "camera"
    if words[-1] in word_set("cues", "style_ends"):
        return "style"
    return "lighting" if words[-1] in word_set("cues", "light_ends") and not english.names_place(words[:-1]) else ""


def known_slot(clause: str) -> str:
    """Return the slot of a clause that the vocabulary has; a bare "golden hour" is the light, not the style."""
    style = exact_style(clause)
    if style and (style not in LIGHT_TOO or any(word in clause.casefold() for word in STYLE_WORDS)):
        return "style"
    if entry_id("camera", clause):
        return "camera"
    return "lighting" if style or entry_id("lighting", clause) else ""


def _slot_of_chinese(clause: str, first: bool) -> str:
    if any(cue in clause for cue in word_set("cues", "camera_words")) and not (first and chinese.has_verb(clause)):
        return "camera"
    if chinese.has_verb(clause) or "在" in clause or len(clause) > 12:
        return ""
    if any(clause.endswith(cue) for cue in word_set("cues", "style_ends")):
        return "style"
    return "lighting" if any(clause.endswith(cue) for cue in word_set("cues", "light_ends")) else ""


def _continues(slots: dict[str, str], clause: str, begins_with_verb: Callable[[str], bool]) -> bool:
    """Take a clause that goes on about the subject: what it does next."""
    if begins_with_verb(clause):
        _add(slots, "action", clause)
        return True
    return False


def _add_main(slots: dict[str, str], parts: dict[str, str], clause: str) -> None:
    """Add who, does what, where; a clause about a second somebody follows the first action whole."""
    newcomer = parts.get("action") and clause.casefold().startswith(COUNTED)
    if newcomer and slots.get("subject") and not (slots.get("action") or slots.get("scene")):
        slots["scene"] = slots.pop("subject")  # what came first was the place
    if not slots.get("subject"):
        if "scene" in slots and "scene" in parts and parts.get("action"):
            # 在雨中行走 after a place: where it is done stays with what is done
            place = parts.pop("scene")
            parts = {**parts, "action": _in_place(place, parts["action"])}
        for name in ("subject", "action", "scene"):
            _add(slots, name, parts.get(name, ""))
    elif list(parts) == ["scene"]:
        _add(slots, "scene", parts["scene"])
    elif {"style", "camera", "lighting"} & set(parts):
        rest = [parts.get(name, "") for name in ("subject", "action", "scene")]
        _add(slots, _target(slots), (" " if language_of_words(clause) == "en" else "").join(filter(None, rest)))
    else:
        _add(slots, _target(slots), clause)


def _target(slots: dict[str, str]) -> str:
    return "action" if slots.get("action") else "subject"


def _in_place(scene: str, action: str) -> str:
    return f"在{scene}{action}" if language_of_words(action) == "zh" else f"{action} {scene}"


def _add(slots: dict[str, str], slot: str, text: str) -> None:
    """Add words to a slot, after a comma when it has some."""
    if text:
        comma = "，" if language_of_words(text) == "zh" else ", "
        slots[slot] = slots[slot] + comma + text if slots.get(slot) else text


def _loses(whole: str, slots: dict[str, str]) -> bool:
    """Tell whether a letter of the sentence is in no slot."""
    kept = Counter(filter(str.isalnum, "".join(slots[slot] for slot in SLOTS if slot in slots).casefold()))
    lost = Counter(filter(str.isalnum, whole.casefold())) - kept
    return bool(lost - GLUE)
