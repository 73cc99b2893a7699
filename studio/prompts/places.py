"""Where a story is: the wide place that holds until another is named, and the spots within it."""

import re
from functools import cache

from studio.prompts import chinese, english, predicate
from studio.prompts.clean import is_cjk
from studio.prompts.template import place_end
from studio.prompts.vocabulary import entry_id
from studio.prompts.words import longest_first, word_set

STORY = "story"
UNSAID = ("a", "an", "the", "in", "on", "by", "at")
TOWARDS = re.compile(
    r"\b(?:to|into|towards?|onto)\s+((?:a|an|the|her|his|its|their)\s.+|@\S+.*|school|town|home)$", re.IGNORECASE
)


def wide_part(scene: str, language: str) -> str:
    """Return the stretch of a scene that names a wide place, such as a forest; empty for a mere spot."""
    if language == "zh":
        return _wide_chinese(scene)
    if entry_id("scenes", scene) and not _spots(scene):
        return scene
    words = scene.split()
    plain = [word.strip(",;").casefold() for word in words]
    marks = [at for at, word in enumerate(plain) if word in _prepositions()] or [0]
    for start, end in zip(marks, [*marks[1:], len(words)], strict=True):
        if _is_wide(plain[start:end]):
            return " ".join(words[start:end])
    return ""


def carried(scene: str, language: str) -> str:
    """Return a place as it reads once somebody is there: "through a forest" becomes "in a forest"."""
    if language == "zh":
        return scene.removeprefix("在")
    first, _, rest = scene.partition(" ")
    first = first.casefold()
    if first in word_set("english", "motions", STORY):
        return f"{_preposition(rest)} {rest}"
    return f"{first} {rest}" if rest and first in _prepositions() else scene


def is_carried(scene: str, language: str) -> bool:
    """Tell whether a scene that is no wide place holds for what follows: an attic does, "in a circle" does not."""
    if language == "zh":
        return chinese.is_place(scene)
    plain = scene.casefold().split()
    own = set(plain) & {"her", "his", "its", "their", "my", "your", "our"}
    return not own and not set(plain) & word_set("english", "no_places", STORY)


def within(spot: str, place: str, language: str) -> str:
    """Return a spot together with the place round it, in Chinese: 森林里的小溪边."""
    if language != "zh":
        return f"{spot} {place}"
    return f"{place}{place_end(place)}的{spot}"


def is_place(text: str, language: str) -> bool:
    """Tell whether words are nothing but a place: "neon alley", "under a bridge", 城市里."""
    if language == "zh":
        return predicate.is_place_phrase(text, language)
    plain = [word.strip(",;").casefold() for word in text.split()]
    if plain[:1] and plain[0] in _prepositions():
        return True
    ends = (at for at, word in enumerate(plain) if at and word in _prepositions() | {"of"})
    head = plain[: next(ends, len(plain))]
    articles = word_set("english", "articles")
    return not articles & set(head[1:]) and bool(head) and _is_wide([*head[-1:]])


def is_named(place: str, action: str, language: str) -> bool:
    """Tell whether an action names a place already: "walks down the hill" needs no "on a hill" after it."""
    if language == "zh":
        return bool(place) and place.rstrip("里上下中内外前后旁边间") in action
    return place.casefold().split()[-1:] != [] and place.casefold().split()[-1] in action.casefold().split()


def is_same_place(one: str, other: str) -> bool:
    """Tell whether two places are one, however they are reached: "in a dark cave" and "in the cave"."""
    if is_cjk(one[-1]) or is_cjk(other[-1]):
        first, second = (place.rstrip("里上下中内外前后旁边间") for place in (one, other))
        return first.endswith(second) or second.endswith(first)
    left, right = ([word for word in place.casefold().split() if word not in UNSAID] for place in (one, other))
    return left[-1:] == right[-1:] and (set(left) <= set(right) or set(right) <= set(left))


def destination(action: str, language: str) -> str:
    """Return where somebody is once the action is done, such as "in the cave" after "enters the cave"; often empty."""
    if language == "zh":
        stays = [found[1] for found in THERE.finditer(action) if wide_part(found[1], "zh")]
        return stays[-1] if stays else ""
    first, _, rest = action.partition(" ")
    there = rest if first.casefold() in word_set("english", "arriving", STORY) else ""
    found = TOWARDS.search(action)
    there = there or (found[1] if found else "")
    return f"{_preposition(there)} {there}" if there and wide_part(f"in {there}", "en") else ""


def _preposition(place: str) -> str:
    plain = place.casefold().replace(",", "").split()
    if set(plain) & word_set("english", "beside_places", STORY):
        return "by"
    return "on" if set(plain) & (word_set("english", "on_places") - word_set("english", "spots", STORY)) else "in"


THERE = re.compile(r"[在到进回]([^，。在到进回]{1,10}?[里上中下内外旁边])")


@cache
def _prepositions() -> frozenset[str]:
    return word_set("english", "place_prepositions") | word_set("english", "motions", STORY)


def _spots(scene: str) -> bool:
    return bool(set(scene.casefold().split()) & word_set("english", "spots", STORY))


def _is_wide(plain: list[str]) -> bool:
    """Tell whether one phrase names a wide place; so does an @name in, on or through which one is."""
    if any(word.startswith("@") for word in plain):
        return plain[0] in ("in", "on", "at", "through", "across", "into", "inside", "within")
    here = [word for word in plain if word not in word_set("english", "spots", STORY)]
    wide = word_set("english", "wide_places", STORY)
    return english.names_place(here) or any(word in wide or word.removesuffix("s") in wide for word in here)


@cache
def _wide_nouns() -> tuple[str, ...]:
    spots = word_set("chinese", "spots", STORY)
    nouns = (word_set("chinese", "place_nouns") - spots) | word_set("chinese", "wide_places", STORY)
    return tuple(sorted(noun for noun in nouns if noun not in longest_first("chinese", "spots", STORY)))


def _stands(scene: str, noun: str, at: int) -> bool:
    """Tell whether a noun is a word of its own: 屋 is in 屋里, not in 屋檐下."""
    after = scene[at + len(noun) : at + len(noun) + 1]
    return len(noun) > 1 or not after or after == "的" or after in word_set("chinese", "place_ends")


def _wide_chinese(scene: str) -> str:
    """Return what stands before the end of the last wide noun and its place word."""
    if entry_id("scenes", scene.removeprefix("在")) and not scene.rstrip("里上下中内外前后旁边间").endswith(
        longest_first("chinese", "spots", STORY)
    ):
        return scene
    ends = [
        at + len(noun) for noun in _wide_nouns() for at in [scene.rfind(noun)] if at >= 0 and _stands(scene, noun, at)
    ]
    if not ends:
        return ""
    end = max(ends)
    while end < len(scene) and scene[end] in word_set("chinese", "place_ends"):
        end += 1
    return scene[:end]
