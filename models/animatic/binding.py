"""Which noun a word describes: the colour, size and number before it, or after it when nothing follows."""

from collections.abc import Mapping, Sequence

from models.animatic.dictionary import MODIFIERS, table
from models.animatic.pieces import Piece

NOTHING = Piece("", "")


def bound(cut: Sequence[Piece]) -> Mapping[int, Piece]:
    """Return {id of a piece: the noun it describes} for every word that describes one; clauses part them."""
    found: dict[int, Piece] = {}
    noun = NOTHING
    for at in range(len(cut) - 1, -1, -1):
        piece = cut[at]
        if piece.names and not (noun is not NOTHING and is_attribute(cut, at)):
            noun = piece
        elif noun.kind != "action" and _is_beside(noun, piece):
            found[id(piece)] = noun
    return found | _said_after(cut, found)


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


def _is_verb_glue(before: Piece | None) -> bool:
    """Tell whether a verb follows: after "is" and "and" one does."""
    return before is not None and before.said.casefold() in ("is", "are", "was", "were", "while", "by")


def takes_colour(noun: Piece) -> bool:
    """Tell whether a thing of the scene can be drawn in any colour."""
    return noun.kind == "object" and not noun.negated and bool(table("object")[noun.sense.id].get("coloured"))
