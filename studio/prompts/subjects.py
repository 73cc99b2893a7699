"""Who a story is about: what a pronoun, a dropped subject or "the fox" stands for."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from studio.prompts import predicate
from studio.prompts.clean import is_cjk
from studio.prompts.vocabulary import read_table
from studio.prompts.words import longest_first, word_set
from studio.storyboard import CastMember

STORY = "story"
PRONOUN_KINDS = ("plural", "feminine", "masculine", "thing")
DEFINITE = frozenset(("the", "this", "that", "these", "those"))
CHINESE_DEFINITE = re.compile(r"[这那](?:一?[只个位名条匹头艘辆枚台朵架把些群对两])?")
OBJECT = re.compile(
    r"(?<!\S)(?:a|an|the)\s+(?:[^\W\d_]+-?\s?){1,3}$|一[只个位名条匹头艘辆枚台朵架把][^，。的]{1,8}$", re.IGNORECASE
)
LISTED = re.compile(r"(?:,|\band|&)\s+(?:(?:a|an|the|his|her|its|their)\s|@|[A-Z])")
"""What stands before another one of several: "a boy and a girl"."""
UNSAID = frozenset(("a", "an", "the"))
MEMORY = 12
"""Mentions that are looked back at."""


@dataclass(frozen=True)
class Mention:
    """Somebody or something that was named."""

    text: str
    kinds: frozenset[str]
    """Of "feminine", "masculine", "person", "thing", "plural"."""
    leads: bool
    """Whether it was a subject, and not only what something was done to."""


@dataclass
class Mentions:
    """Who was named so far, the latest last."""

    cast: Mapping[str, CastMember] = field(default_factory=dict)
    named: list[Mention] = field(default_factory=list)

    def note(self, subject: str, action: str) -> None:
        """Remember who a segment is about and what it is done to."""
        found = OBJECT.search(action[-80:])
        if found:
            self._add(found[0].strip(), leads=False)
        self._add(subject, leads=True)
        del self.named[:-MEMORY]

    def _add(self, text: str, leads: bool) -> None:
        self.named.append(Mention(text, kinds_of(text, self.cast), leads))

    def last(self) -> str:
        """Return the last subject; empty before the first."""
        return next((one.text for one in reversed(self.named) if one.leads), "")

    def resolved(self, subject: str) -> str:
        """Return who a subject stands for: for a pronoun the last it fits, for "the fox" the fox that was named."""
        kind = pronoun_kind(subject)
        if kind:
            return self._meant(kind) or subject
        for tie in (" and ", "和"):
            if tie in subject and not any(is_same(subject, one.text) for one in self.named):
                return tie.join(self.resolved(part) for part in subject.split(tie))
        return next((one.text for one in reversed(self.named) if is_same(subject, one.text)), subject)

    def knows(self, subject: str) -> bool:
        """Tell whether a subject was named before or stands for one that was."""
        return bool(pronoun_kind(subject)) or any(is_same(subject, one.text) for one in self.named)

    def _meant(self, kind: str) -> str:
        """Return the latest mention that a pronoun fits, or the last subject where none does."""
        if kind == "plural":
            return self._many()
        tests = ({kind},) if kind == "thing" else ({kind}, {"person"})
        for wanted in tests:
            for one in reversed(self.named):
                other = {"feminine", "masculine"} - {kind} if kind != "thing" else set()
                if wanted <= one.kinds and not one.kinds & (other | {"plural"}):
                    return one.text
        return self.last() if kind == "thing" else self._last_but({"feminine", "masculine"} - {kind})

    def _last_but(self, other: set[str]) -> str:
        """Return the last subject that is not of the other kind nor wind, snow or light; empty for none."""
        fits = (one.text for one in reversed(self.named) if one.leads and not one.kinds & other)
        return next((text for text in fits if not _is_nobody(text)), "")

    def _many(self) -> str:
        """Return the latest subject of several, or the last two that were named, together."""
        leading = [one for one in reversed(self.named) if one.leads]
        several = next(
            (one.text for one in [*leading, *reversed(self.named)] if "plural" in one.kinds and one.leads), ""
        )
        two = list(dict.fromkeys(one.text for one in leading if "plural" not in one.kinds))[:2]
        if several or len(two) < 2:
            object_too = [one.text for one in reversed(self.named) if not one.leads]
            two = [*object_too[:1], *two]
        if several or len(two) < 2:
            return several or self.last()
        return f"{two[1]}和{two[0]}" if is_cjk(two[0][0]) else f"{two[1]} and {two[0]}"


def pronoun_kind(subject: str) -> str:
    """Return the kind of a subject that is nothing but a pronoun; empty for any other."""
    pronouns = read_table(STORY)["pronouns"]
    return next((kind for kind in PRONOUN_KINDS if subject.casefold() in pronouns[kind].split()), "")


def opens_with_possessive(text: str) -> bool:
    """Tell whether a clause is about what belongs to somebody: "its tail", 它的尾巴."""
    first = text.casefold().split()[:1]
    return bool(first and first[0] in ("its", "her", "his", "their")) or bool(re.match(r"[它他她牠]们?的", text))


def is_surroundings(subject: str) -> bool:
    """Tell whether a subject is wind, snow or light, which go on round somebody."""
    if subject and is_cjk(subject[-1]):
        return subject.endswith(longest_first("chinese", "surroundings", STORY))
    return bool(subject.split()) and subject.casefold().split()[-1] in word_set("english", "surroundings", STORY)


def _is_nobody(subject: str) -> bool:
    """Tell whether a subject is surroundings, light or darkness, which no "she" stands for."""
    last = subject.casefold().split()[-1:]
    named = word_set("english", "nobody", STORY) | word_set("cues", "light_ends")
    nobody = subject.endswith(longest_first("chinese", "nobody", STORY))
    return is_surroundings(subject) or nobody or bool(last and last[0] in named)


def is_same(subject: str, named: str) -> bool:
    """Tell whether a subject is one that was named: in the same words, or as "the fox" after "a red fox".

    Who is only named in what describes somebody is another: "the dog" is not "a boy with a dog".
    """
    if subject.casefold() == named.casefold():
        return True
    if subject and is_cjk(subject[0]) and is_cjk(named[0]):
        return _is_same_in_chinese(CHINESE_DEFINITE.sub("", subject, count=1), named.split("，")[0])
    plain, known = _plain(subject), _plain(named)
    if plain[:1] == [] or plain[0] not in DEFINITE or len(plain) < 2:
        return False
    if LISTED.search(named):
        return [word for word in plain if word not in UNSAID] == [word for word in known if word not in UNSAID]
    heads = _before_preposition(plain)[-1], _before_preposition(_plain(named.split(",")[0]))[-1]
    return heads[0] == heads[1] and set(plain[1:]) <= set(known)


def _is_same_in_chinese(bare: str, named: str) -> bool:
    """Tell whether 狐狸 is 一只红狐狸; 狗 alone is not 女孩和狗."""
    if not bare or bare.startswith(("一", "两", "三")) or not named.endswith(bare):
        return False
    return not set("和与、跟") & set(named[: -len(bare)].rpartition("的")[2])


def _plain(text: str) -> list[str]:
    return [word.strip(predicate.MARKS).casefold() for word in text.split()]


def kinds_of(text: str, cast: Mapping[str, CastMember]) -> frozenset[str]:
    """Return what a pronoun goes by in the words for somebody; an @name goes by those of its member."""
    one = cast.get(text.lstrip("@＠").casefold()) if text.startswith(("@", "＠")) else None
    words = one.words if one else text
    if pronoun_kind(words):
        return frozenset({pronoun_kind(words), "person"} - ({"person"} if pronoun_kind(words) == "thing" else set()))
    kinds = set(_chinese_kinds(words) if any(map(is_cjk, words)) else _english_kinds(words))
    if one and one.kind != "character":
        kinds = {"thing"}
    if not kinds & {"feminine", "masculine", "person"}:
        kinds.add("thing")
    return frozenset(kinds)


def _english_kinds(text: str) -> Iterator[str]:
    plain = _plain(text.split(",")[0])
    head = set(_before_preposition(plain))
    for kind in ("feminine", "masculine"):
        if head & word_set("english", kind, STORY):
            yield kind
            yield "person"
    if head & word_set("english", "persons", STORY) or text.startswith("@") or _is_proper(text):
        yield "person"
    last = next(reversed(_before_preposition(plain)), "")
    ends = last.endswith("s") and not last.endswith(("ss", "us")) and plain[0] not in ("a", "an")
    if predicate.is_many(" ".join(plain)) or (
        ends and last not in word_set("english", "nouns") and not _is_proper(text)
    ):
        yield "plural"


def _is_proper(text: str) -> bool:
    """Tell whether one word such as "Mia" names somebody, and is no known word such as "Rain"."""
    word = text.casefold()
    return text[:1].isupper() and len(text.split()) == 1 and word not in _common_words() and not _is_nobody(text)


@cache
def _common_words() -> frozenset[str]:
    """Return words that name nobody, whatever letter they begin with."""
    told = ("surroundings", "spots", "wide_places", "persons", "feminine", "masculine", "plural_starts")
    lists = [word_set("english", name, STORY) for name in told]
    return frozenset().union(*lists, *(word_set("english", name) for name in ("nouns", "verbs", "plurals", "articled")))


def _before_preposition(plain: Sequence[str]) -> Sequence[str]:
    """Return the words for somebody without what describes them: "a girl" of "a girl wearing a hat"."""
    marks = word_set("english", "prepositions") | {"of", "named", "called", "whose", "where"} | predicate.RELATIVE
    ends = (
        at
        for at, word in enumerate(plain)
        if at and (word in marks or (at > 1 and predicate.is_participle(word) and at + 1 < len(plain)))
    )
    return plain[: next(ends, len(plain))]


def _chinese_kinds(text: str) -> Iterator[str]:
    head = text.split("，")[0]
    for kind in ("feminine", "masculine"):
        if any(word in head for word in word_set("chinese", kind, STORY)):
            yield kind
            yield "person"
    no_person = any(word in head for word in word_set("chinese", "no_persons", STORY))
    if not no_person and any(word in text for word in word_set("chinese", "persons", STORY)):
        yield "person"
    if any(word in head[:3] or (word in "们和与" and word in head) for word in word_set("chinese", "plural", STORY)):
        yield "plural"
