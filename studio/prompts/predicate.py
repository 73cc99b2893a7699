"""Where in a clause what somebody does begins, in the present and in the past."""

import re
from collections.abc import Sequence

from studio.prompts import chinese, english, nouns
from studio.prompts.clean import is_cjk
from studio.prompts.speech import MASK, masked
from studio.prompts.words import word_set

STORY = "story"
MARKS = ",;:\"'()“”"
SUBJECT_PRONOUNS = frozenset(("it", "he", "she", "they", "i", "we", "you", "who"))
PRONOUN = re.compile(r"[它他她牠]们?(?=[^们的，])")
SOMEBODY = re.compile(r"[一两三几]\s?[只个位名条匹头艘辆]")
OBJECTS = frozenset(
    ("it", "him", "her", "them", "me", "us", "to", "away", "off", "out", "back", "together", "home", "each")
)
RELATIVE = frozenset(("who", "that", "which"))
MANY = frozenset(("they", "we", "you", "i"))
AUXILIARIES = frozenset(("is", "are", "was", "were", "has", "have", "had", "will", "can", "does", "do"))
SINGULAR = frozenset(("a", "an", "one", "the", "this", "that", "it", "he", "she"))
DONE = "到至把被向从"
"""Characters that what is done stands beside, and that no words for light have."""
PAIR = 2
"""Characters of most Chinese verbs."""
TITLES = frozenset(("mr.", "mrs.", "ms.", "dr.", "prof.", "miss"))
ADVERBS = frozenset(
    ("then", "also", "still", "suddenly", "soon", "again", "just", "finally", "quickly", "now", "never")
)


def verb_at(text: str, language: str) -> int | None:
    """Return the index of the character at which what somebody does begins.

    It is 0 for a clause that names nobody ("drinks at a stream"), and None for one without an action.
    """
    text = masked(text)
    if language == "zh":
        found = _chinese_verb_at(text)
    else:
        words = text.split()
        plain = [word.strip(MARKS).casefold() for word in words]
        found = _finite(plain)
        if found is None and text[:1].isupper():
            found = _after_name(plain)
        found = found and len(" ".join(words[:found])) + 1
    return 0 if found and not any(map(str.isalnum, text[:found])) else found


def _chinese_verb_at(text: str) -> int | None:
    pronoun = PRONOUN.match(text)
    if pronoun:
        return pronoun.end()
    if text.startswith(TOWARDS) and chinese.has_verb(text):
        return 0
    if not chinese.begins_with_verb(text):
        return chinese.verb_after(text, 1)
    if text.startswith("在"):
        return 0 if chinese.has_verb(text) else None
    return 0


TOWARDS = ("到", "去", "把", "从", "向", "朝", "沿着")
"""How a Chinese clause begins that names nobody, with the place or thing before its verb."""


def is_place_phrase(text: str, language: str) -> bool:
    """Tell whether a clause without an action is nothing but where it is: "in a misty forest", 森林里."""
    if language == "zh":
        wide = tuple(noun for noun in word_set("chinese", "wide_places", STORY) if len(noun) > 1)
        return text.startswith("在") or (
            (chinese.is_place(text) or text.endswith(wide)) and not SOMEBODY.match(text) and not nouns.tells(text)
        )
    plain = text.casefold().split()
    return plain[0] in word_set("english", "place_prepositions") and len(plain) > 1


def may_tell(text: str) -> bool:
    """Tell whether an English clause without a known verb may still tell something, as many do or one does.

    That is "the wolves snarl" and "Darkness spreads".
    """
    plain = [word.strip(MARKS).casefold() for word in text.split()]
    if len(plain) < 2 or "and" in plain or is_participle(plain[-1]) or plain[0] in ADVERBS:
        return False
    articled = plain[0] in word_set("english", "articles") | word_set("english", "plural_starts", STORY)
    head = plain[articled]
    many = head.endswith("s") and not head.endswith(("ss", "us", "'s")) and len(head) > 3
    if not articled and _looks_present(plain[1]):
        return True
    return len(plain) > articled + 1 and (many or head in word_set("english", "plurals"))


def tells_of_many(text: str) -> bool:
    """Tell whether an English clause without a known verb says what "the wolves" or "two wolves" do."""
    plain = [word.strip(MARKS).casefold() for word in text.split()]
    known = word_set("english", "prepositions") | word_set("english", "no_places", STORY) | {"of"}
    named = plain[:1] == ["the"] or (plain and plain[0] in word_set("english", "plural_starts", STORY))
    return bool(named) and may_tell(text) and not known & set(plain[1:3]) and not is_participle(plain[2])


def may_be_look(text: str, language: str) -> bool:
    """Tell whether a clause that ends in a word for style or light tells nothing besides: not "heroes greet dawn"."""
    if language == "zh":
        return not nouns.tells(text) and not set(DONE) & set(text)
    plain = [word.strip(MARKS).casefold() for word in text.split()]
    prepositions = word_set("english", "prepositions")
    if plain[0] in prepositions:
        return True
    head = plain[: next((at for at, word in enumerate(plain) if word in prepositions | {"of"}), len(plain))]
    light = word_set("cues", "light_ends") | word_set("cues", "style_ends")
    told = set(head[1:]) & word_set("english", "articles") or may_tell(" ".join(head[:-1]))
    return head[-1] in light and not told


def may_go_on(text: str) -> bool:
    """Tell whether a clause after "then" has the form of what somebody does: "leaves the room", 鞠躬."""
    first = text.split()[0].casefold().strip(MARKS)
    return _looks_present(first) or (len(text) == PAIR and all(map(is_cjk, text)))


def may_follow_connective(word: str) -> bool:
    """Tell whether an English word begins what a connective opens: somebody, or what is done."""
    word = word.strip(MARKS)
    return word in SUBJECT_PRONOUNS | word_set("english", "articles") or word.startswith("@") or _opens([word, ""])


def lowered(text: str) -> str:
    """Return words with a small letter at the beginning where a sentence alone asked for the capital."""
    first = text.split(" ")[0].casefold()
    small = word_set("english", "articles") | word_set("english", "prepositions")
    return text[0].lower() + text[1:] if first in small else text


def opens_plain(text: str) -> bool:
    """Tell whether an English clause opens with the plain form of a verb, as many do: "jump over a log"."""
    plain = [word.strip(MARKS).casefold() for word in text.split()]
    at = next((at for at, word in enumerate(plain) if not _is_adverb(word)), 0)
    word = plain[at] if plain else ""
    return word in word_set("english", "verbs") and word not in word_set("english", "nouns")


def is_participle(word: str) -> bool:
    """Tell whether a word is a form in -ing of a verb."""
    verbs, nouns = word_set("english", "verbs"), word_set("english", "nouns")
    return word.endswith("ing") and word not in nouns and any(stem in verbs for stem in english.stems(word))


def is_many(subject: str) -> bool:
    """Tell whether an English subject takes the plain form of a verb."""
    plain = [word.strip(MARKS).casefold() for word in subject.split()]
    if not plain:
        return False
    many = "and" in plain or "&" in plain or plain[0] in MANY | word_set("english", "plural_starts", STORY)
    return many or plain[-1] in word_set("english", "plurals")


def _is_adverb(word: str) -> bool:
    return word in ADVERBS or (word.endswith("ly") and word not in word_set("english", "nouns"))


def _finite(plain: Sequence[str]) -> int | None:
    """Return the index of the word at which the predicate begins, an adverb before the verb included."""
    start = next((at for at, word in enumerate(plain) if not _is_adverb(word)), 0)
    if plain and _opens(plain[start:]):
        return 0
    for skipped in (RELATIVE, frozenset[str]()):
        for test in (_is_present, _is_past, _is_unlisted):
            for at in range(1, len(plain)):
                if plain[at - 1] not in skipped and plain[at - 1] != "to" and test(plain, at):
                    while at > 1 and _is_adverb(plain[at - 1]):
                        at -= 1
                    return at
    return None


def _opens(plain: Sequence[str]) -> bool:
    """Tell whether a clause opens with a finite verb, and not with a noun such as the "waves" of "waves crash"."""
    word = plain[0] if plain else ""
    if word in word_set("english", "nouns"):
        return False
    after = plain[1] if len(plain) > 1 else ""
    if word in word_set("english", "past", STORY) or word in ("is", "are"):
        return True
    if _is_gerund(word) or not any(stem in word_set("english", "verbs") for stem in _all_stems(word)):
        return _looks_present(word) and after in word_set("english", "articles")
    if word.endswith("ed"):
        return after not in ("by", "of") and (not after or _goes_on(plain, 1))
    return after not in word_set("english", "verbs") - word_set("english", "prepositions") - {"still", "open", "close"}


def _is_present(plain: Sequence[str], at: int) -> bool:
    word, before = plain[at], plain[at - 1]
    if word in AUXILIARIES:
        return True
    if _is_gerund(word) or word in word_set("english", "nouns") or before in word_set("english", "articles"):
        return False
    if word in word_set("english", "verbs"):
        return is_many(" ".join(plain[:at])) or (before.endswith("s") and not before.endswith(("ss", "'s")) and at < 6)
    stems = english.stems(word) if word.endswith("s") else ()
    listed = any(stem in word_set("english", "verbs") for stem in stems)
    return listed and before not in word_set("english", "prepositions")


def _is_past(plain: Sequence[str], at: int) -> bool:
    word, before = plain[at], plain[at - 1]
    if before in word_set("english", "articles") | word_set("english", "prepositions") | {"and"}:
        return False
    if word in word_set("english", "past", STORY):
        return True
    verbs = word_set("english", "verbs")
    return word.endswith("ed") and any(stem in verbs for stem in _all_stems(word)) and _goes_on(plain, at + 1)


def _after_name(plain: Sequence[str]) -> int | None:
    """Return where a name does something to somebody: "Mia waters the roses", not "Golden leaves on a path"."""
    done_to = word_set("english", "articles") | OBJECTS
    ends = (at for at in (1, 2) if at + 1 < len(plain) and _looks_present(plain[at]) and plain[at + 1] in done_to)
    return next(ends, None)


def _is_unlisted(plain: Sequence[str], at: int) -> bool:
    """Tell whether a word that ends in -s is what one somebody does: "a fox trots", but no noun after "with"."""
    word, named = plain[at], plain[0] in SINGULAR | TITLES or plain[0].startswith("@")
    if not named or (at < 2 and plain[0] in word_set("english", "articles") | TITLES):
        return False
    if not _looks_present(word):
        return False
    met = set(plain[1:at]) & (word_set("english", "prepositions") | {"of", "and", "to"})
    return not met and (at + 1 == len(plain) or _goes_on(plain, at + 1) or _looks_present(plain[at + 1]))


def _is_gerund(word: str) -> bool:
    return word.endswith("ing") and word not in word_set("english", "verbs")


def _looks_present(word: str) -> bool:
    """Tell whether a word has the form of what one somebody does."""
    named = word in word_set("english", "nouns")
    return word.endswith("s") and len(word) > 3 and not named and not word.endswith(("ss", "us", "'s", "is"))


def _goes_on(plain: Sequence[str], at: int) -> bool:
    """Tell whether a verb may stand before the word at an index."""
    return english.goes_on(plain, at) or plain[at] in OBJECTS or plain[at].startswith(MASK)


def _all_stems(word: str) -> tuple[str, ...]:
    """Return what a form in -s or -ed may come from."""
    if not word.endswith("ed"):
        return tuple(english.stems(word))
    bare = word[:-2]
    doubled = (bare[:-1],) if len(bare) > 2 and bare[-1] == bare[-2] else ()
    return (bare, word[:-1], *doubled, bare[:-1] + "y" if bare.endswith("i") else bare)
