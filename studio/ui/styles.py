"""The picture cards of the styles."""

from studio.prompts import style_id, vocabulary
from studio.ui.markup import render

ORDER = ("ink", "anime", "cinematic", "cyberpunk", "pixel", "pastel", "noir", "golden")
"""The styles shown first; the others follow as the vocabulary has them."""


def first_word(style: str, language: str) -> str:
    """Return what stands in the style field for a style of the vocabulary."""
    entry = next(entry for entry in vocabulary("styles") if entry.id == style)
    return entry.words(language)


def translated(typed: str, language: str) -> str:
    """Return what a card put into the field, in another language; words of a person's own stay as they are."""
    entries = vocabulary("styles")
    return next((entry.words(language) for entry in entries if typed in (entry.en, entry.zh)), typed)


def cards(typed: str, language: str) -> str:
    """Return the cards with the one chosen that `typed` names; none when it is a style of the person's own."""
    chosen = style_id(typed) if typed.strip() else ""
    entries = sorted(vocabulary("styles"), key=lambda entry: (*ORDER, entry.id).index(entry.id))
    shown = [
        {
            "word": entry.words(language),
            "name": entry.name(language),
            "picture": f"assets/styles/{entry.id}.jpg",
            "on": entry.id == chosen,
            "tab": entry.id == chosen or (not chosen and index == 0),
        }
        for index, entry in enumerate(entries)
    ]
    own = bool(typed.strip()) and not chosen
    return render("styles", language, {"cards": shown, "own": "true" if own else "false"})
