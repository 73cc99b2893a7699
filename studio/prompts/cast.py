"""Characters, places and props that are named once and used as @name in any slot."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache

from models.engine import SLOTS, Prompt
from studio.errors import Invalid
from studio.prompts import chinese, english
from studio.prompts.clean import SLOT_LIMIT, clean, is_cjk, language_of_words
from studio.prompts.vocabulary import entry_id, fold, vocabulary
from studio.storyboard import CAST_KINDS, CastMember

NAME_LIMIT = 40
USE = re.compile(r"(?<![A-Za-z0-9_.@＠])[@＠]([\w-]+)")
"""An @name where no e-mail address is; a name without a space after it may run into other words."""
LINE = re.compile(r"\s*[@＠]\s{0,3}([^\s:：@＠][^:：@＠]*?)\s*[:：](.*)", re.DOTALL)
TEXTS = (*SLOTS, "negative", "sentence")


def member(name: str, words: str, kind: str = "", picture: str = "") -> CastMember:
    """Return a checked member, its kind guessed from its words when none is given; raises Invalid."""
    name = clean(name).lstrip("@＠")
    if not re.fullmatch(rf"[\w-]{{1,{NAME_LIMIT}}}", name):
        raise Invalid("cast_name_refused", {"name": name[:NAME_LIMIT], "limit": NAME_LIMIT})
    said = clean(words[: 4 * SLOT_LIMIT])
    if not said:
        raise Invalid("cast_words_missing", {"name": name})
    if len(said) > SLOT_LIMIT:
        raise Invalid("cast_words_too_long", {"name": name, "length": len(words), "limit": SLOT_LIMIT})
    if kind and kind not in CAST_KINDS:
        raise Invalid("cast_kind_refused", {"name": name, "kind": clean(kind)[:NAME_LIMIT]})
    return CastMember(name, said, kind or guessed_kind(said), picture)


def read_member(line: str) -> CastMember | None:
    """Return the member that "@Mia: a girl of eight" describes, None for any other line; raises Invalid."""
    found = LINE.fullmatch(line)
    return member(found[1], found[2]) if found else None


def guessed_kind(words: str) -> str:
    """Return the one of CAST_KINDS that words name: a place or a prop the vocabulary has, else a character."""
    if entry_id("scenes", words):
        return "place"
    head = re.split(r"[,，;；]", words)[0]
    if language_of_words(head) == "zh":
        return "place" if chinese.is_place(head) else "prop" if head.endswith(_things("zh")) else "character"
    plain = fold(re.split(r" (?:with|in|on|at|of|by|under|near|beside|behind|from|who|that) ", head)[0]).split()
    if english.names_place(plain[-1:]):
        return "place"
    return "prop" if plain and plain[-1].endswith(_things("en")) and plain[-1] in _things("en") else "character"


@cache
def _things(language: str) -> tuple[str, ...]:
    """Return the nouns of the vocabulary's things, such as "book" and 灯笼."""
    entries = [entry for entry in vocabulary("subjects") if entry.group_id == "things"]
    if language == "zh":
        return tuple(entry.zh[2:] for entry in entries)
    return tuple(fold(entry.en).split(" of ")[0].split()[-1] for entry in entries)


def names_in(prompt: Prompt, cast: Sequence[CastMember] = ()) -> tuple[str, ...]:
    """Return the names used in the slots as typed, each once; the cast tells where a name ends that runs on."""
    known = _by_name(cast)
    names = (_name(found[1], known) for slot in SLOTS for found in USE.finditer(getattr(prompt, slot)))
    return tuple({name.casefold(): name for name in reversed([*names])}.values())[::-1]


def uses(prompt: Prompt, one: CastMember) -> bool:
    """Tell whether a prompt uses a member, in whatever case its name is typed."""
    return one.name.casefold() in (name.casefold() for name in names_in(prompt, [one]))


def unknown_names(prompt: Prompt, cast: Sequence[CastMember]) -> tuple[str, ...]:
    """Return the names that stay when everybody of the cast is written out."""
    return names_in(expand(prompt, cast), cast)


def expand(prompt: Prompt, cast: Sequence[CastMember]) -> Prompt:
    """Return a prompt with the words of the cast in place of their names; names within those words stay as they are."""
    known = _by_name(cast)
    return replace(prompt, **{slot: "".join(_expanded(getattr(prompt, slot), known)) for slot in TEXTS})


def renamed(prompt: Prompt, cast: Sequence[CastMember], old: str, new: str) -> Prompt:
    """Return a prompt with @new wherever it has @old; the cast tells where a name ends that runs on."""
    if old.casefold() not in (name.casefold() for name in names_in(prompt, cast)):
        return prompt
    others = [one for one in cast if one.name.casefold() != old.casefold()]
    names = [replace(one, words=f"@{one.name}") for one in others]
    return expand(prompt, [*names, CastMember(old, f"@{new}")])


def _by_name(cast: Sequence[CastMember]) -> Mapping[str, CastMember]:
    """Return {folded name: member}, the longest names first."""
    return {one.name.casefold(): one for one in sorted(cast, key=lambda one: -len(one.name))}


def _expanded(text: str, known: Mapping[str, CastMember]) -> Iterator[str]:
    at = 0
    for found in USE.finditer(text):
        name = _name(found[1], known)
        words = known[name.casefold()].words if name.casefold() in known else found[0][: len(name) + 1]
        yield text[at : found.start()] + words
        at = found.start() + 1 + len(name)
    yield text[at:]


def _name(run: str, known: Mapping[str, CastMember]) -> str:
    """Return the name that a run of letters begins with: one of the cast, or what comes before the first verb."""
    for folded in known:
        length = len(folded)
        if run[:length].casefold() == folded and _ends(run, length):
            return run[:length]
    ends = [at for at in range(1, min(len(run), NAME_LIMIT)) if is_cjk(run[at]) != is_cjk(run[at - 1])]
    run = run[: ends[0]] if ends else run
    if is_cjk(run[0]):
        run = run[: chinese.name_end(run[:NAME_LIMIT])]
    return run.rstrip("-_") or run


def _ends(run: str, at: int) -> bool:
    """Tell whether a name may end here: between scripts, anywhere in a writing without spaces, or before a dash."""
    return at == len(run) or is_cjk(run[at]) or is_cjk(run[at - 1]) or not run[at:].strip("-_")
