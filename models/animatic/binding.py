"""Which noun a word describes: the colour, size and number before it, or after it when nothing follows."""

from collections.abc import Iterator, Mapping, Sequence

from models.animatic.abilities import abilities
from models.animatic.dictionary import MODIFIERS, table
from models.animatic.pieces import Piece
from models.animatic.tokens import stems

NOTHING = Piece("", "")
REACH = 4
"""How many words may stand between "is" and the word that describes."""


def bound(cut: Sequence[Piece]) -> Mapping[int, Piece]:
    """Return {id of a piece: the noun it describes} for every word that describes one; clauses part them."""
    found: dict[int, Piece] = {}
    noun = NOTHING
    for at in range(len(cut) - 1, -1, -1):
        piece = cut[at]
        if piece.names and not (noun is not NOTHING and is_attribute(cut, at)):
            noun = piece
        elif noun.kind != "action" and _is_beside(noun, piece) and not _follows_copula(cut, at):
            found[id(piece)] = noun
    found |= _said_after(cut, found)
    return found | dict(_worn(cut, found))


def _follows_copula(cut: Sequence[Piece], at: int) -> bool:
    """Tell whether a word describes what was named before, as in "the cat is black"."""
    for before in reversed(cut[max(at - REACH, 0) : at]):
        if before.names or before.clause != cut[at].clause:
            return False
        if before.said.casefold() in table("function")["copulas"]:
            return True
    return False


def _worn(cut: Sequence[Piece], found: Mapping[int, Piece]) -> Iterator[tuple[int, Piece]]:
    """Yield the colours of clothes with who wears them: the noun before, or the one after 的."""
    before, after = NOTHING, {}
    for at, piece in enumerate(cut):
        if at + 2 < len(cut) and cut[at + 1].said == "的" and cut[at + 2].kind == "subject":
            after[id(piece)] = cut[at + 2]
    for piece in cut:
        before = piece if piece.kind == "subject" else before
        clothes = found.get(id(piece), NOTHING) if piece.kind == "colour" else NOTHING
        if is_worn(clothes):
            wearer = after.get(id(clothes), before)
            if _is_beside(wearer, piece) and is_person(wearer):
                yield id(piece), wearer


def is_worn(piece: Piece) -> bool:
    """Tell whether a word names clothes that cover a person."""
    return piece.kind == "aside" and any(
        token_stem in table("function")["worn"] for token_stem in stems(piece.said.casefold())
    )


def is_person(noun: Piece) -> bool:
    """Tell whether a noun is drawn as somebody who wears something."""
    return noun.kind == "subject" and abilities()["subjects"][noun.sense.id] == "biped"


def _said_after(cut: Sequence[Piece], found: Mapping[int, Piece]) -> dict[int, Piece]:
    """Return what is described by words with no noun after them, as in "the fox is red"."""
    after: dict[int, Piece] = {}
    noun = NOTHING
    for piece in cut:
        if piece.kind in ("subject", "object"):
            noun = piece
        elif piece.kind in MODIFIERS and id(piece) not in found and _is_beside(noun, piece):
            after[id(piece)] = noun
    return after


def _is_beside(noun: Piece, piece: Piece) -> bool:
    """Tell whether a word stands in the same clause as a noun."""
    return noun is not NOTHING and (noun.clause, noun.slot) == (piece.clause, piece.slot)


def is_attribute(cut: Sequence[Piece], at: int) -> bool:
    """Tell whether an action describes the noun after it: "a sleeping cat", 奔跑的狐狸."""
    piece = cut[at]
    if piece.kind != "action":
        return False
    follows = at + 1
    particle = False
    while follows < len(cut) and (cut[follows].kind in MODIFIERS or cut[follows].said == "的"):
        particle = particle or cut[follows].said == "的"
        follows += 1
    if follows == len(cut) or cut[follows].kind != "subject" or cut[follows].clause != piece.clause:
        return False
    if piece.tokens[-1].cjk:
        return particle
    before = cut[at - 1] if at and cut[at - 1].clause == piece.clause else None
    return piece.tokens[-1].text.endswith("ing") and (before is None or not before.names) and not _is_verb_glue(before)


def relative_head(cut: Sequence[Piece], at: int) -> int:
    """Return where the noun stands that a clause before 的 describes, as in 撑着伞的女人; `at` when there is none."""
    follows = at + 2
    while follows < len(cut) and cut[at + 1].said == "的" and not cut[follows].names:
        follows += 1
    if follows >= len(cut) or cut[at + 1].said != "的" or cut[follows].kind != "subject":
        return at
    before = at - 1
    while before >= 0 and cut[before].clause == cut[at].clause and not cut[before].names:
        before -= 1
    is_clause = before >= 0 and cut[before].kind == "action" and cut[before].clause == cut[follows].clause
    return follows if is_clause else at


def is_owner(cut: Sequence[Piece], at: int) -> bool:
    """Tell whether a noun only says whose the next one is: "a man's dog", 女孩的狗."""
    noun, follows = cut[at], at + 1
    if noun.kind != "subject" or follows >= len(cut) or cut[follows].said not in ("s", "的"):
        return False
    if cut[follows].said == "的" and any(_reaches(piece) for piece in cut[:at] if piece.clause == noun.clause):
        return False
    while follows < len(cut) and not cut[follows].names:
        follows += 1
    return follows < len(cut) and (cut[follows].kind, cut[follows].clause) == ("subject", noun.clause)


def _reaches(piece: Piece) -> bool:
    """Tell whether a noun after it belongs to it, so that 的 ends a clause: 带着猫的女孩."""
    return piece.kind in ("action", "aside", "unknown") or piece.said in ("有", "和", "与", "跟", "同")


def _is_verb_glue(before: Piece | None) -> bool:
    """Tell whether a verb follows: after "is" and "and" one does."""
    return before is not None and before.said.casefold() in ("is", "are", "was", "were", "while", "by")


def takes_colour(noun: Piece) -> bool:
    """Tell whether a thing of the scene can be drawn in any colour."""
    return noun.kind == "object" and not noun.negated and bool(table("object")[noun.sense.id].get("coloured"))
