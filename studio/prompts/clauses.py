"""A story cut into clauses, each with what it is: an action, a place, a style, or more about what came before."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from studio.prompts import nouns, predicate
from studio.prompts.clean import SLOT_LIMIT, clean, language_of_words
from studio.prompts.commands import NOTHING, Commands, take_commands
from studio.prompts.connectives import listed, opened
from studio.prompts.sluglines import slugline
from studio.prompts.speech import QUOTED, SHORT, is_said, masked, spoken
from studio.prompts.split import known_slot, slot_of
from studio.prompts.subjects import is_surroundings, opens_with_possessive
from studio.prompts.words import longest_first, word_set

STORY = "story"
CLAUSE_LIMIT = 1_000
"""Longer clauses are not looked into: nothing can be made of them."""
KEPT = rf"[\[［【][^\[\]［］【】]{{0,60}}[\]］】]|{QUOTED}|\([^()]{{0,200}}\)|（[^（）]{{0,200}}）"
"""Commands, what is said aloud and what stands in brackets are never cut."""
STOP = r"[.!?…]+(?=[\s\"”’)\[]|$)|[。！？…；]+|;(?=\s|$)"
COMMA = r"[,:](?:\s+(?:and|but)\b)?(?:\s+|$)(?![\"“「『])|[，：](?![\"“「『])|,(?=[^\W\d_])|\s+[—–-]+\s+|[—–]{2}"
THEN = r"\s+(?:and\s+)?(?:then|after that)\s+|\s+and\s+(?:finally|next)\s+"
AND = r"\s+and\s+"
SOMEBODY = r"(?=(?:it|he|she|they|a|an|the)\s|@)"
OPENING = re.compile(
    rf"(?:^|(?<=[.!?\]]\s))((?:at|in|on|by|under|near|during)\s(?:(?:the|a)\s)?[^\W\d_]+(?:\s[^\W\d_]+)?)\s{SOMEBODY}",
    re.IGNORECASE,
)
"""When or where a sentence opens with, before somebody: "At night it", "In the garden a boy"."""


@dataclass(frozen=True)
class Clause:
    """A stretch of a story that is taken or left as a whole."""

    text: str
    before: str
    """What cut it from the clause before: "line", "stop", "comma", "then" or "and"."""
    glue: str
    """The words and marks between it and the clause before, as typed."""
    commands: Commands = NOTHING
    changes: bool = False
    """Whether it opens with words such as "meanwhile"."""
    verb: int | None = None
    """Index of the character at which what somebody does begins; 0 when nobody is named; None without an action."""
    slot: str = ""
    """The slot that the clause fills altogether: a style, the camera, the light, or "scene" for a mere place."""
    heads: bool = False
    """Whether it is the place in the heading of a screenplay."""

    @property
    def is_aside(self) -> bool:
        """Whether it tells what goes on round somebody who does something else: "its tail swaying", "snow falls"."""
        subject = self.text[: self.verb or 0].strip()
        return bool(subject) and (opens_with_possessive(subject) or self.is_backdrop)

    @property
    def is_backdrop(self) -> bool:
        """Whether it tells what wind, snow or light does, or what happens behind somebody."""
        subject = self.text[: self.verb or 0].split("在")[0].strip()
        return bool(subject) and (is_surroundings(subject) or _is_behind(self.text))

    @property
    def is_unread(self) -> bool:
        """Whether nothing is known of it: no action, no place, no style."""
        return self.verb is None and not self.slot

    @property
    def names(self) -> bool:
        """Whether it may be no more than who somebody is; an unread clause that is not may tell anything."""
        if language_of(self.text) == "zh":
            return nouns.names_somebody(self.text) and not is_said(self.text)
        return not predicate.may_tell(self.text) and not is_said(self.text)


@cache
def _cuts() -> re.Pattern[str]:
    """Return what finds the marks and words between clauses; the first group that matches names the kind."""
    within = "|".join(longest_first_of("chinese", "within"))
    return re.compile(
        f"(?P<kept>{KEPT}|{SHORT})|(?P<stop>{STOP})|(?P<comma>{COMMA})|(?P<then>{THEN}|{within})|(?P<and>{AND})"
    )


def longest_first_of(part: str, name: str) -> tuple[str, ...]:
    """Return a list of the story table, the longest words first."""
    return longest_first(part, name, STORY)


def language_of(text: str) -> str:
    """Return the language of a text, English for one without letters."""
    return language_of_words(text) or "en"


def clauses(line: str) -> Iterator[Clause]:
    """Yield the clauses of one line, those of a screenplay's heading before what it tells."""
    heading = slugline(line)
    if heading:
        yield Clause(heading.place, "line", "", slot="scene", heads=True)
        if heading.time:
            yield Clause(heading.time, "comma", ", ", slot="lighting")
        line = heading.rest
    yield from _told(line)


def _told(line: str) -> Iterator[Clause]:
    """Yield the clauses of a line, those that only seemed to be cut joined again."""
    held: Clause | None = None
    plural = False
    for one in _pieces(_chinese_opening().sub("\\1，", OPENING.sub(_parted, spoken(line)))):
        plural = predicate.is_many(one.text[: one.verb]) if one.verb else plural
        if one.verb is None and not one.slot and plural and predicate.opens_plain(one.text):
            one = replace(one, verb=0)
        parts = held is None or (held.verb is not None and one.verb is not None) or len(held.text) > SLOT_LIMIT
        if held and one.before == "and" and not parts:
            held = _joined(held, one)
            plural = predicate.is_many(held.text[: held.verb]) if held.verb else plural
        else:
            yield from [held] if held else []
            held = one
    yield from [held] if held else []


def _parted(opening: re.Match[str]) -> str:
    """Return a sentence's opening with the comma that it may do without."""
    words = opening[1].split()
    of_more = words[-1].casefold() in word_set("english", "prepositions") | {"of"}  # "in front of a house"
    return opening[0] if of_more else f"{opening[1]}, "


@cache
def _chinese_opening() -> re.Pattern[str]:
    """Return what finds a time or light at the beginning of a sentence before somebody: 夜里它, 清晨一只鹿."""
    times = "|".join(word for word in longest_first("cues", "light_ends") if not word.isascii())
    return re.compile(f"(?:^|(?<=[。！？\\]】]))({times})(?=[它他她]|[一两三][只个位名条匹]|@)")


def actions_in(text: str) -> int:
    """Return how many things are done in the words of an action slot."""
    plural = predicate.opens_plain(text)
    rest = [one for one in [*clauses(text)][1:] if not one.is_aside]
    return 1 + sum(one.verb is not None or (plural and predicate.opens_plain(one.text)) for one in rest)


def _pieces(line: str) -> Iterator[Clause]:
    """Yield what stands between the cuts; commands and connectives without words go to what follows them."""
    held = Clause("", "line", "")
    for text, before, glue in _stretches(line):
        one = _clause(text, before, glue)
        if held.text or (not held.glue and before == "line"):
            yield from [held] if held.text else []
            held = one
        else:
            held = _after(held, one)
    if held.text or held.commands != NOTHING:
        yield held


def _stretches(line: str) -> Iterator[tuple[str, str, str]]:
    """Yield (words, what cut them from those before, that as typed)."""
    start, before, glue = 0, "line", ""
    for cut in _cuts().finditer(line):
        kind = cut.lastgroup or "kept"
        if kind != "kept" and _really(
            kind, cut[0], line[max(0, cut.start() - 20) : cut.start()], line[cut.end() :][:20]
        ):
            yield line[start : cut.start()], before, glue
            start, before, glue = cut.end(), kind, cut[0]
    yield line[start:], before, glue


def _after(empty: Clause, one: Clause) -> Clause:
    """Return a clause with what a wordless one before it asked; the stronger cut of the two holds."""
    before = min(empty.before, one.before, key=STRENGTH.index)
    commands = empty.commands.with_later(one.commands)
    return replace(
        one, before=before, glue=empty.glue + one.glue, commands=commands, changes=empty.changes or one.changes
    )


STRENGTH = ("line", "stop", "then", "comma", "and")
"""What cuts, the strongest first."""


def _really(kind: str, mark: str, head: str, tail: str) -> bool:
    """Tell whether a word that may cut does so here: not the "then" of "since then", not 连接着."""
    if kind != "then":
        return True
    last = head.casefold().split()[-1:]
    if mark.casefold().split()[-1] == "then" and last and last[0] in word_set("english", "before_then", STORY):
        return False
    return not (mark == "接着" and head[-1:] in ("连", "承", "迎", "紧", "衔")) and not tail.startswith("的")


def _clause(text: str, before: str, glue: str) -> Clause:
    """Return a clause without its commands and opening connectives."""
    text, commands = take_commands(text)
    words, changes, connective = opened(clean(text))
    if connective:
        glue += connective + " "
        before = "then" if before == "comma" else before
    return _understood(Clause(words, before, glue, commands, changes))


def _understood(clause: Clause) -> Clause:
    """Return a clause with what it is."""
    text = clause.text
    if not text or len(text) > CLAUSE_LIMIT:
        return clause
    verb = predicate.verb_at(text, language_of(text))
    if verb is None and clause.before == "then" and predicate.may_go_on(text):
        verb = 0
    unsaid = masked(text)
    slot = _light_event(text)
    if not slot and (verb is None or clause.before != "then"):
        slot = known_slot(unsaid) or _slot_by_cue(unsaid, verb)
        slot = "" if slot == "lighting" and clause.before == "then" else slot
    if slot:
        return replace(clause, slot=slot)
    place = verb is None and predicate.is_place_phrase(text, language_of(text))
    return replace(clause, verb=verb, slot="scene" if place else "")


def _slot_by_cue(text: str, verb: int | None) -> str:
    """Return the slot that a clause fills by a word in it, unless it says that somebody does something."""
    slot = slot_of(text, first=False)
    if slot != "camera":
        return slot if verb is None and predicate.may_be_look(text, language_of(text)) else ""
    who = text[:verb] if verb else text
    return "" if " of " in text or (verb is not None and slot_of(who.strip(), first=False) != "camera") else slot


def _is_behind(text: str) -> bool:
    return "背景" in text or "in the background" in text.casefold()


def _light_event(text: str) -> str:
    """Return "lighting" for what the light or the weather does by itself, such as "night falls"."""
    it, _, what = text.casefold().partition(" ")
    state, _, light = what.partition(" ")
    turns = it == "it" and state in ("is", "was", "gets", "got", "grows", "grew")
    if turns and slot_of(light, first=False) == "lighting":
        return "lighting"
    events = (*listed("english", "light_events"), *listed("chinese", "light_events"))
    return "lighting" if text.casefold() in events else ""


def _joined(head: Clause, tail: Clause) -> Clause:
    text = head.text + tail.glue + tail.text
    return _understood(replace(head, text=text, commands=head.commands.with_later(tail.commands), verb=None, slot=""))


def lines(text: str) -> Iterator[str]:
    """Yield the lines of a story, each without its number; one that was only wrapped goes on with the next."""
    held = ""
    for line in re.split(r"[\r\n\x0b\x0c\x85\u2028\u2029]", text):
        one = clean(line)
        if held and one[:1].islower():
            held = f"{held} {one}"
        else:
            yield from filter(None, [held])
            marker = MARKER.match(one)
            held = one[marker.end() :] if marker else one
        if len(one) < WRAPPED or line.rstrip()[-1:] in '.!?;:。！？；：”"':
            yield from filter(None, [held])
            held = ""
    yield from filter(None, [held])


WRAPPED = 60
"""A line at least this long without an end may go on in the next."""
MARKER = re.compile(
    r"(?:\(?\d{1,3}\s*[.)）、:：](?!\d)|[-*•‣–—](?=\s)|(?i:scene|shot|segment|part|clip)\s*\d{1,3}\s*[.:：)-]"
    r"|第\s*[一二三四五六七八九十百\d]{1,4}\s*[段幕镜场个]\s*[.:：、，]?|(?:镜头|分镜|段落|场景|片段)\s*[一二三四五六七八九十\d]{1,4}\s*[.:：、，])\s*"
)
"""What numbers a line of a list or a screenplay."""


def joined_text(parts: Sequence[Clause]) -> str:
    """Return clauses in one, with the marks and words that stood between them."""
    return "".join(join(one) if at else one.text for at, one in enumerate(parts))


def join(one: Clause) -> str:
    """Return a clause with what ties it to the one before: a comma where a sentence ended."""
    if one.before in ("line", "stop"):
        return ("，" if language_of(one.text) == "zh" else ", ") + predicate.lowered(one.text)
    return one.glue + one.text
