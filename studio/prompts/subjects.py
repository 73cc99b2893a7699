"""Who a story is about: what a pronoun, a dropped subject or "the fox" stands for."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from studio.prompts import predicate
from studio.prompts.clean import is_cjk
from studio.prompts.vocabulary import read_table
from studio.prompts.words import word_set
from studio.storyboard import CastMember

STORY = "story"
PRONOUN_KINDS = ("plural", "feminine", "masculine", "thing")
DEFINITE = frozenset(("the", "this", "that", "these", "those"))
CHINESE_DEFINITE = re.compile(r"[这那](?:一?[只个位名条匹头艘辆枚台朵架把些群对两])?")
OBJECT = re.compile(
    r"(?<!\S)(?:a|an|the)\s+(?:[^\W\d_]+-?\s?){1,3}$|一[只个位名条匹头艘辆枚台朵架把][^，。的]{1,8}$", re.IGNORECASE
)
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
        return self.last()

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


def is_same(subject: str, named: str) -> bool:
    """Tell whether a subject is one that was named: in the same words, or as "the fox" after "a red fox"."""
    if subject.casefold() == named.casefold():
        return True
    if subject and is_cjk(subject[0]) and is_cjk(named[0]):
        bare = CHINESE_DEFINITE.sub("", subject, count=1)
        return len(bare) > 0 and not bare.startswith(("一", "两", "三")) and named.split("，")[0].endswith(bare)
    plain, known = _plain(subject), _plain(named)
    return plain[:1] != [] and plain[0] in DEFINITE and len(plain) > 1 and set(plain[1:]) <= set(known)


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
    """Tell whether one word such as "Mia" names somebody."""
    return text[:1].isupper() and len(text.split()) == 1


def _before_preposition(plain: Sequence[str]) -> Sequence[str]:
    ends = (
        at
        for at, word in enumerate(plain)
        if at and word in word_set("english", "prepositions") | {"of", "who", "that"}
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
