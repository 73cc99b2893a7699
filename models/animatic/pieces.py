"""A prompt cut into pieces the engine has an opinion about: known phrases, negated ones, and unknown runs."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from models.animatic.dictionary import DRAWN_KINDS, MODIFIERS, Match, Sense, lexicon, table
from models.animatic.tokens import Token, tokens
from models.engine import SLOTS, Prompt

FIRST_KINDS = {
    "action": ("action",),
    "scene": ("scene", "time", "weather"),
    "style": ("style",),
    "lighting": ("time", "weather", "aside", "style"),
    "camera": ("camera",),
}
"""Which kind a word of several kinds is taken for in a slot, before the usual order."""

USUAL_ORDER = (*(kind for kind in DRAWN_KINDS if kind != "style"), *MODIFIERS, "aside", "style", "negation", "function")
"""A style word outside the style slot is a plain adjective first: "golden" leaves."""

NAMES = ("body", "clothes", "prop", "air", "light")
"""Groups of words without a picture that name something, so that a colour before one is the colour of that."""


@dataclass(frozen=True)
class Piece:
    """Some tokens that belong together."""

    slot: str
    said: str
    """As written."""
    senses: tuple[Sense, ...] = ()
    """What it can mean, the likeliest first; empty for an unknown run."""
    plural: bool = False
    negated: bool = False
    clause: int = 0
    tokens: tuple[Token, ...] = ()

    @property
    def kind(self) -> str:
        """The kind of its likeliest sense; "unknown" without one."""
        return self.senses[0].kind if self.senses else "unknown"

    @property
    def sense(self) -> Sense:
        """Its likeliest sense; raises IndexError for an unknown run."""
        return self.senses[0]

    @property
    def names(self) -> bool:
        """Tell whether it names something, drawn or not, and does not only describe or join."""
        if self.kind == "aside":
            return self.sense.id in NAMES
        return self.kind not in (*MODIFIERS, "function", "negation")


def pieces(prompt: Prompt) -> list[Piece]:
    """Return the pieces of all slots in order; of the sentence when every slot is empty."""
    texts = {slot: getattr(prompt, slot) for slot in SLOTS}
    if not any(text.strip() for text in texts.values()):
        texts["subject"] = prompt.sentence
    return [piece for slot, text in texts.items() for piece in _slot_pieces(slot, text)]


def _slot_pieces(slot: str, text: str) -> list[Piece]:
    found = list(tokens(text))
    cut = list(_absorb(list(_settle(list(_tell_adjectives(_segment(slot, text, found)))))))
    return list(_negate(text, _join_unknown(text, cut)))


def _segment(slot: str, text: str, found: Sequence[Token]) -> list[Piece]:
    """Cut a text so that the fewest tokens stay unknown and the fewest pieces are needed."""
    best: list[tuple[int, int, Match | None]] = [(0, 0, None)] * (len(found) + 1)
    for start in range(len(found) - 1, -1, -1):
        unknown, count, _ = best[start + 1]
        best[start] = (unknown + 1, count + 1, None)
        for match in _merged(lexicon().matches(found, start)):
            unknown, count, _ = best[start + match.length]
            if (unknown, count + 1) < best[start][:2]:
                best[start] = (unknown, count + 1, match)
    cut = []
    at = 0
    while at < len(found):
        match = best[at][2]
        length = match.length if match else 1
        cut.append(_piece(slot, text, tuple(found[at : at + length]), match))
        at += length
    return cut


def _merged(matches: Iterable[Match]) -> Iterator[Match]:
    """Yield one match for each length, the longest first; senses of the word as it stands come before a stem's."""
    ordered = sorted(matches, key=lambda match: (-match.length, match.inflected))
    for _, group in groupby(ordered, key=lambda match: match.length):
        first, *others = group
        every = tuple(dict.fromkeys(first.senses + tuple(sense for other in others for sense in other.senses)))
        written = () if first.inflected else first.senses
        yield replace(first, senses=every, stem_senses=tuple(sense for sense in every if sense not in written))


def _piece(slot: str, text: str, part: tuple[Token, ...], match: Match | None) -> Piece:
    senses = tuple(sorted(match.senses, key=lambda sense: _rank(slot, sense, match))) if match else ()
    said = text[part[0].start : part[-1].end]
    return Piece(slot, said, senses, bool(match and match.plural), clause=part[0].clause, tokens=part)


def _rank(slot: str, sense: Sense, match: Match) -> tuple[int, bool, int]:
    """Order senses by what the slot is for, then the word as it stands before its stems, then the usual order."""
    first = FIRST_KINDS.get(slot, ())
    wanted = first.index(sense.kind) if sense.kind in first else len(first)
    return wanted, sense in match.stem_senses, USUAL_ORDER.index(sense.kind)


def _settle(cut: Sequence[Piece]) -> Iterator[Piece]:
    """Tell verbs from nouns: after an article or adjective "waves" are water, after a noun they are a gesture."""
    before: Piece | None = None
    seen_noun = False
    for piece in cut:
        kinds = [sense.kind for sense in piece.senses]
        if piece.slot == "subject" and "action" in kinds and len(set(kinds)) > 1:
            verb_first = seen_noun and not (before and before.clause == piece.clause and _describes(before))
            piece = replace(piece, senses=tuple(sorted(piece.senses, key=lambda s: (s.kind == "action") != verb_first)))
        seen_noun = seen_noun or piece.kind in ("subject", "unknown")
        before = piece
        yield piece


def _tell_adjectives(cut: Sequence[Piece]) -> Iterator[Piece]:
    """Tell what describes from what names: a "giant" elephant but "a giant", a "golden" fox but "a fox, golden"."""
    for at, piece in enumerate(cut):
        kinds = {sense.kind for sense in piece.senses}
        describing = {"aside", *MODIFIERS} & kinds
        if describing and kinds & {"subject", "style"} and piece.slot in ("subject", ""):
            after = cut[at + 1] if at + 1 < len(cut) else None
            is_before_noun = after is not None and after.clause == piece.clause and _may_lead_to_noun(after)
            is_alone = not any(each.clause == piece.clause for each in (*cut[max(at - 1, 0) : at], after) if each)
            if is_before_noun or is_alone:
                wanted = describing if is_before_noun else {"subject", "style"}
                piece = replace(piece, senses=tuple(sorted(piece.senses, key=lambda sense: sense.kind not in wanted)))
        yield piece


def _may_lead_to_noun(piece: Piece) -> bool:
    is_manner = piece.kind == "aside" and piece.sense.id == "manner"
    return piece.kind not in ("function", "negation", "action") and not is_manner


def _describes(before: Piece) -> bool:
    """Tell whether a noun comes after a piece: after "the" and "big" it does, after "and" and "slowly" a verb does."""
    said = before.said.casefold()
    if before.kind == "function":
        return said not in table("function")["before_verbs"]
    return before.kind in ("aside", *MODIFIERS) and not said.endswith("ly")


def _absorb(cut: Sequence[Piece]) -> Iterator[Piece]:
    """Give up single Chinese characters that are more likely part of an unknown word beside them.

    Without this 马拉松 would show a horse and 上帝 would lose its first half.
    """
    trusted, weak = table("function")["characters"]["trusted"], table("function")["characters"]["weak"]
    known_before = False
    for at, piece in enumerate(cut):
        before = cut[at - 1] if at and _touch(cut[at - 1], piece) else None
        after = cut[at + 1] if at + 1 < len(cut) and _touch(piece, cut[at + 1]) else None
        left = before is not None and not known_before
        right = after is not None and after.kind == "unknown"
        single = len(piece.tokens) == 1 and piece.tokens[0].cjk
        if single and piece.senses:
            if piece.kind == "function":
                give_up = piece.said in weak and right and (left or before is None)
            else:
                give_up = left or (right and piece.said not in trusted)
            if give_up:
                piece = replace(piece, senses=())
        known_before = bool(piece.senses)
        yield piece


def _touch(first: Piece, second: Piece) -> bool:
    """Tell whether two pieces are Chinese and written side by side."""
    one, other = first.tokens[-1], second.tokens[0]
    return one.cjk and other.cjk and one.end == other.start


def _join_unknown(text: str, cut: Sequence[Piece]) -> list[Piece]:
    """Make one piece of unknown pieces that follow each other within a clause."""
    joined: list[Piece] = []
    for piece in cut:
        last = joined[-1] if joined else None
        if last and last.kind == piece.kind == "unknown" and last.clause == piece.clause:
            joined[-1] = _together(text, [last, piece], senses=())
        else:
            joined.append(piece)
    return joined


def _together(text: str, parts: Sequence[Piece], senses: tuple[Sense, ...]) -> Piece:
    every = tuple(token for part in parts for token in part.tokens)
    said = text[every[0].start : every[-1].end]
    return replace(parts[0], said=said, senses=senses, tokens=every)


def _negate(text: str, cut: Sequence[Piece]) -> Iterator[Piece]:
    """Join a negation with the first thing it speaks of."""
    waiting: list[Piece] = []
    for piece in cut:
        if waiting and waiting[0].clause != piece.clause:
            yield from waiting
            waiting = []
        if not waiting and piece.kind != "negation":
            yield piece
            continue
        waiting.append(piece)
        said = waiting[0].said.casefold()
        if piece.names or (piece.kind in MODIFIERS and said in table("function")["refusing_looks"]):
            yield replace(_together(text, waiting, piece.senses), negated=True)
            waiting = []
    yield from waiting
