"""Who and what of a prompt goes into the picture: its figures, one scene, one light, one style, one camera move."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from models.animatic.abilities import IDLE, needs_water, waters
from models.animatic.binding import bound, is_owner, relative_head
from models.animatic.dictionary import EXACT, MODIFIERS, table
from models.animatic.pieces import Piece
from models.animatic.roles import PLACARD, Role, does, roles

HOME = {"scene": "scene", "style": "style", "camera": "camera", "time": "lighting", "weather": "scene"}
"""The slot whose words come first for each kind of which there is one."""

LABEL_LENGTH = 32


@dataclass(frozen=True)
class Cast:
    """The pieces that were chosen."""

    roles: Sequence[Role]
    """Who is in the picture, the leader first; empty for an empty scene."""
    pieces: Mapping[str, Piece] = field(default_factory=dict)
    """By kind: scene, time, weather, style, camera."""
    described: Mapping[int, Piece] = field(default_factory=dict)
    """{id of a describing piece: its noun}."""

    @property
    def lead(self) -> Piece | None:
        """The piece the first figure was read from; None for an empty scene and for a card of described words."""
        return self.roles[0].piece if self.roles else None


def cast(cut: Sequence[Piece]) -> Cast:
    """Choose from the pieces of a prompt."""
    wanted = [piece for at, piece in enumerate(cut) if not piece.negated and not is_owner(cut, at)]
    described = bound(cut)
    subject, label, lead = _subject(wanted)
    first = Role(lead, subject, label) if subject else None
    acting = roles(wanted, first, described)
    chosen = {}
    refused = {(piece.kind, piece.sense.id) for piece in cut if piece.negated and piece.senses}
    for kind in HOME:
        found = [piece for piece in wanted if piece.kind == kind and (kind, piece.sense.id) not in refused]
        if kind == "scene":
            found = _settings(found, acting)
        if found:
            chosen[kind] = _first(kind, found)
    return Cast(acting, chosen, described)


def _settings(places: Sequence[Piece], acting: Sequence[Role]) -> Sequence[Piece]:
    """Return the places to choose from: a small water runs through one that has ground, unless it has to carry."""
    small = [piece for piece in places if piece.sense.water]
    others = [piece for piece in places if not piece.sense.water]
    if not small or not others or not waters(_first("scene", others).sense.id):
        return places
    return small if any(needs_water(role.subject, does(role, IDLE)) for role in acting) else others


def _first(kind: str, found: Sequence[Piece]) -> Piece:
    """Return the piece whose words come first."""
    return min(found, key=lambda piece: _rank(kind, piece))


def _rank(kind: str, piece: Piece) -> tuple[bool, bool]:
    """Put the kind's own slot first, then what can be drawn as it is."""
    return piece.slot != HOME[kind], kind in ("scene", "camera") and piece.sense.grade != EXACT


def _subject(wanted: Sequence[Piece]) -> tuple[str, str, Piece | None]:
    """Return (id, label, piece): the first noun, an unknown noun as a placard, or nobody."""
    own = [piece for piece in wanted if piece.slot == "subject"]
    lead = _lead(own)
    if lead is None and not any(piece.kind == "scene" for piece in own):
        described = _first_asides(own)
        if described:
            return PLACARD, described, None
        lead = next((piece for piece in wanted if piece.kind == "subject"), None)
    if lead is None:
        return "", "", None
    if lead.kind == "subject" and lead.sense.id != PLACARD:
        return lead.sense.id, "", lead
    return PLACARD, _label(own, lead), lead


def _first_asides(own: Sequence[Piece]) -> str:
    """Return the first words understood but without a picture, as a label: "electric guitar"."""
    words: list[Piece] = []
    for piece in own:
        if piece.kind in ("aside", *MODIFIERS) and (not words or words[-1].clause == piece.clause):
            words.append(piece)
        elif words:
            break
    cjk = bool(words) and words[-1].tokens[-1].cjk
    return _short(("" if cjk else " ").join(piece.said for piece in words))


def _lead(own: Sequence[Piece]) -> Piece | None:
    """Return the piece of the subject slot that names who acts."""
    nouns = [at for at, piece in enumerate(own) if piece.kind == "subject"]
    strangers = [at for at, piece in enumerate(own) if _may_be_noun(piece) and _ends_phrase(own, at)]
    first_action = next((at for at, piece in enumerate(own) if piece.kind == "action"), len(own))
    acting = [at for at in strangers if at < first_action]
    if nouns and not (acting and acting[0] < nouns[0] and _is_counted(own, acting[0], first_action < nouns[0])):
        return own[relative_head(own, nouns[0])]
    first_scene = next((at for at, piece in enumerate(own) if piece.kind == "scene"), len(own))
    named = [at for at in acting or strangers if at < first_scene or _is_counted(own, at, _acts(own, at))]
    return own[(named or nouns)[0]] if named or nouns else None


def _acts(own: Sequence[Piece], at: int) -> bool:
    """Tell whether an action follows at once."""
    return at + 1 < len(own) and own[at + 1].kind == "action" and own[at + 1].clause == own[at].clause


def _may_be_noun(piece: Piece) -> bool:
    """Tell whether a piece is unknown and does not look like an English adverb or participle."""
    last = piece.tokens[-1]
    return piece.kind == "unknown" and (last.cjk or len(last.text) < 5 or not last.text.endswith(("ly", "ing", "ed")))


def _ends_phrase(own: Sequence[Piece], at: int) -> bool:
    """Tell whether an unknown piece is the end of its noun phrase and not an adjective before a known noun."""
    if at + 1 == len(own) or own[at + 1].clause != own[at].clause:
        return True
    return own[at + 1].kind not in ("subject", "aside", "scene", *MODIFIERS)


def _is_counted(own: Sequence[Piece], at: int, acts_on_noun: bool) -> bool:
    """Tell whether an unknown piece is a noun of its own: it has an article or a number, or does something."""
    while at and own[at - 1].kind in ("aside", *MODIFIERS) and own[at - 1].clause == own[at].clause:
        at -= 1
    before = own[at - 1] if at else None
    return acts_on_noun or (before is not None and before.said.casefold() in table("function")["articles"])


def _label(own: Sequence[Piece], lead: Piece) -> str:
    """Return the noun phrase as written: the unknown words with the adjectives before them."""
    at = next((at for at, piece in enumerate(own) if piece is lead), 0)
    words = [lead.said]
    while at and own[at - 1].clause == lead.clause and _is_adjective(own[at - 1]):
        at -= 1
        words.insert(0, own[at].said)
    cjk = lead.tokens[-1].cjk
    return _short(("" if cjk else " ").join(words).removeprefix("的"))


def _is_adjective(piece: Piece) -> bool:
    return piece.kind in ("unknown", "aside", "colour", "size") or piece.said == "的"


def _short(text: str) -> str:
    return text if len(text) <= LABEL_LENGTH else text[: LABEL_LENGTH - 1].rstrip() + "…"
