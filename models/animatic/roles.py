"""The figures of a prompt: each noun with its own actions, colour, size and number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from models.animatic.abilities import abilities
from models.animatic.binding import is_attribute, relative_head
from models.animatic.dictionary import NEAR, table
from models.animatic.pieces import Piece

MOST = 3
"""Figures in a picture."""

PLACARD = "placard"
COMPANY = ("walk", "run", "ride", "fly", "swim", "dance", "rise", "fall")
"""Actions that who is with the leader shares unless a word says what it does."""

SLOTS = ("subject", "action", "scene")
"""Slots whose nouns become figures."""


@dataclass
class Role:
    """One noun in the picture."""

    piece: Piece | None
    """None for a card made of described words."""
    subject: str
    label: str = ""
    actions: list[Piece] = field(default_factory=list)
    """Everything it is said to do, in order."""
    colour: str = ""
    """Id of a colour; empty for its own."""
    size: str = ""
    count: int = 1
    """How many are wanted."""
    shown: int = 1
    """How many there is room for."""
    driven: str = ""
    """What another's action makes it do."""
    apart: bool = False
    """It stands where it is: named by "under" or "past", or where the scene is told."""

    def is_called(self, piece: Piece) -> bool:
        """Tell whether a noun means this role again."""
        if self.piece is None or self.piece.kind != "subject":
            return False
        mine, other = self.piece.sense, piece.sense
        return mine == other or (mine.id == other.id and NEAR not in (mine.grade, other.grade))

    def action(self) -> Piece | None:
        """Return what it does: the action slot's word first; standing still gives way to any action."""
        return min(self.actions, key=lambda piece: (piece.slot != "action", piece.sense.id == "idle"), default=None)


def roles(wanted: Sequence[Piece], first: Role | None, described: Mapping[int, Piece]) -> list[Role]:
    """Return up to MOST roles, `first` leading, with what each does; room is shared out, one for each first."""
    if first is None:
        return []
    every = _with_actions(wanted, first)
    found = [first, *(role for role in every if role is not first)][:MOST]
    for role in found:
        _describe(role, wanted, described)
    room = MOST - len(found)
    for role in found:
        role.shown = min(role.count, 1 + room)
        room -= role.shown - 1
    return found


def _with_actions(wanted: Sequence[Piece], first: Role) -> list[Role]:
    """Return the roles in the order of their nouns; whoever is named before an action does it."""
    telling = Telling(first, [] if first.piece else [first])
    telling.acting = list(telling.every)
    for at, piece in enumerate(wanted):
        if piece.slot not in SLOTS:
            continue
        if _is_noun(piece, first):
            telling.hear_noun(wanted, at)
        elif piece.kind == "action":
            telling.hear_action(wanted, at)
    first.actions += telling.waiting
    return telling.every


@dataclass
class Telling:
    """Who has been named so far, and who does what comes next."""

    first: Role
    every: list[Role]
    acting: list[Role] = field(default_factory=list)
    """Who was named since the last action."""
    waiting: list[Piece] = field(default_factory=list)
    """Actions of the noun to come."""
    last: Piece | None = None
    """The action since which nobody was named."""

    def hear_noun(self, wanted: Sequence[Piece], at: int) -> None:
        """Let a noun act, from now on alone when an action came before it."""
        role = _role(self.every, wanted[at], self.first)
        if self.waiting and relative_head(wanted, at) != at:
            return
        if self.last is not None and self.acting:
            made = self.last.sense.gives or table("action")[self.last.sense.id].get("object", "")
            role.driven = role.driven or made
            self.acting = []
        self.acting.append(role)
        role.apart = role.apart or (role is not self.first and _stands_apart(wanted, at))
        role.actions += self.waiting
        self.last, self.waiting = None, []

    def hear_action(self, wanted: Sequence[Piece], at: int) -> None:
        """Give an action to who was named before it, or keep it for who it describes."""
        if not self.acting or is_attribute(wanted, at):
            self.waiting.append(wanted[at])
            return
        self.last = wanted[at]
        for role in self.acting:
            role.actions.append(wanted[at])


def _is_noun(piece: Piece, first: Role) -> bool:
    return piece is first.piece or (piece.kind == "subject" and piece.sense.id != PLACARD)


def _role(every: list[Role], piece: Piece, first: Role) -> Role:
    """Return the role a noun means: one that is there already, or a new one."""
    known = next((role for role in every if role.is_called(piece)), None)
    if known is None:
        known = first if piece is first.piece else Role(piece, piece.sense.id)
        if first.is_called(piece):
            known = first
        every.append(known)
    return known


def _stands_apart(wanted: Sequence[Piece], at: int) -> bool:
    """Tell whether a noun is only where something happens: after "past the" or "under a", before 旁边."""
    piece = wanted[at]
    if piece.slot == "scene" or (at + 1 < len(wanted) and _is_place(wanted[at + 1])):
        return True
    before = at - 1
    while before >= 0 and wanted[before].clause == piece.clause and not wanted[before].names:
        if wanted[before].said.casefold() in table("function")["places"] or _is_relation(wanted[before]):
            return True
        before -= 1
    return False


def _is_relation(piece: Piece) -> bool:
    return piece.kind == "aside" and piece.sense.id == "relation"


def _is_place(piece: Piece) -> bool:
    """Tell whether a Chinese word of place follows, as in 车旁."""
    return piece.tokens[0].cjk and (_is_relation(piece) or piece.said in ("上", "下", "里", "前", "后", "边"))


def _describe(role: Role, wanted: Sequence[Piece], described: Mapping[int, Piece]) -> None:
    """Give a role its colour, size and number; a card has only its label."""
    if role.subject == PLACARD:
        return
    own = {id(piece): piece for piece in wanted if piece.kind == "subject" and role.is_called(piece)}
    said = {piece.kind: piece.sense.id for piece in wanted if piece.senses and id(described.get(id(piece))) in own}
    senses = [piece.sense for piece in own.values()]
    role.colour = said.get("colour", "") or next((sense.colour for sense in senses if sense.colour), "")
    role.size = said.get("size", "") or next((sense.size for sense in senses if sense.size), "")
    count = said.get("count", "") or next((sense.count for sense in senses if sense.count), "")
    if count:
        role.count = table("count")[count]["number"]
    elif any(piece.plural for piece in own.values()):
        role.count = 2


def does(role: Role, leader: str) -> str:
    """Return the id of what a role is asked to do; `leader` is what the first one does, empty for the first."""
    action = role.action()
    if action is not None:
        return action.sense.id
    if role.driven:
        return role.driven
    if leader not in COMPANY or role.apart:
        return "idle"
    company: str = table("action")[leader].get("company", {}).get(abilities()["subjects"][role.subject], leader)
    return company
