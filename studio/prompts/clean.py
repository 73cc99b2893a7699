"""What a person typed, made fit to be kept and joined."""

import unicodedata
from dataclasses import replace

from models.engine import SLOTS, Prompt
from studio.errors import Invalid

SLOT_LIMIT = 400
"""Longest text of one slot, in characters: generous for a pasted sentence."""
RAW_LIMIT = 10_000
"""Texts longer than this are refused before anything else is done with them."""
MARK_LIMIT = 4
"""Combining marks kept on one character; real writing needs no more."""

EDGES = " ,.;:!?，。；：！？、…·~～—–-_/\\|"
OPENING_EDGES = EDGES.replace("~", "").replace("-", "")
JOINER, NON_JOINER = "\u200d", "\u200c"


def clean(text: str) -> str:
    """Return one slot without controls, marks of direction, doubled spaces and punctuation at its ends."""
    kept: list[str] = []
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        if category == "Mn":
            marks += 1
            if marks > MARK_LIMIT:
                continue
        else:
            marks = 0
        if category in ("Cc", "Zs", "Zl", "Zp"):
            kept.append(" " if character.isspace() or category != "Cc" else "")
        elif not _is_unwanted(character, category):
            kept.append(character)
    normal = unicodedata.normalize("NFC", "".join(kept))
    return " ".join(normal.split()).lstrip(OPENING_EDGES).rstrip(EDGES)


def _is_unwanted(character: str, category: str) -> bool:
    """Tell whether a character shows nothing, but for those that join emoji and letters."""
    if category == "Cf":
        return character not in (JOINER, NON_JOINER)
    return category in ("Cs", "Co") or (category == "Cn" and ord(character) & 0xFFFE == 0xFFFE)


def cleaned(prompt: Prompt) -> Prompt:
    """Return a prompt with every slot clean; raises Invalid for a slot that is too long and for an empty subject."""
    texts = {slot: _checked(slot, getattr(prompt, slot)) for slot in (*SLOTS, "negative")}
    if not texts["subject"]:
        raise Invalid("subject_missing")
    return replace(prompt, **texts)


def _checked(slot: str, text: str) -> str:
    short = text if len(text) > RAW_LIMIT else clean(text)
    if len(short) > SLOT_LIMIT:
        raise Invalid("text_too_long", {"slot": slot, "length": len(short), "limit": SLOT_LIMIT})
    return short


def is_cjk(character: str) -> bool:
    """Tell whether a character belongs to a writing without spaces between words."""
    return (
        "\u3040" <= character <= "\u30ff"
        or "\u3400" <= character <= "\u9fff"
        or "\U00020000" <= character <= "\U0003ffff"
    )


def language_of_words(text: str) -> str:
    """Return "zh" or "en" by the script most of a text is written in; empty for a text without letters."""
    chinese = sum(map(is_cjk, text))
    words = sum(1 for word in text.split() if any(letter.isalpha() and not is_cjk(letter) for letter in word))
    if not chinese and not words:
        return ""
    return "zh" if chinese >= words else "en"
