"""The account of a prompt: every piece of it drawn, understood or unknown, and what was chosen for the person."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from models.animatic.abilities import abilities, scene_and_variant
from models.animatic.binding import is_worn, takes_colour
from models.animatic.casting import Cast
from models.animatic.dictionary import DRAWN_KINDS, MODIFIERS, NEAR, table
from models.animatic.pieces import Piece
from models.animatic.roles import MOST, PLACARD, SLOTS, Role
from models.animatic.spec import Spec
from models.engine import Reading, Word

LANGUAGES = ("en", "zh")
NUMBERS = {"en": ("none", "one", "two", "three"), "zh": ("零", "一", "两", "三")}


class Account:
    """Sorts the pieces of one prompt, given what was chosen and what will be drawn."""

    def __init__(self, cast: Cast, spec: Spec, cut: Sequence[Piece]) -> None:
        self.cast = cast
        self.spec = spec
        self.cut = cut
        nouns = (cast.described.get(id(piece)) for piece in cut if piece.kind == "count")
        self.counted = {id(noun) for noun in nouns}
        self.wearers = dict(self._wearers())
        """{id of clothes: who wears them in their colour}"""
        self.chosen = {id(role): role.action() for role in cast.roles}
        self.does: dict[int, str] = {}
        """{id of a role: what it is drawn doing}"""
        at = 0
        for role in cast.roles:
            self.does[id(role)] = spec.figures[at].action
            at += role.shown

    def reading(self, negative: str) -> Reading:
        """Return the whole account; `negative` is reported too, as this engine adds nothing unasked."""
        drawn, not_drawn, unknown = [], [], []
        for piece in self.cut:
            reason = self._reason(piece)
            if reason == "unknown":
                unknown.append(piece.said)
            elif reason:
                not_drawn.append(self._refused(piece, reason))
            elif piece.kind != "function":
                drawn.append(self._drawn(piece))
        if negative.strip():
            not_drawn.append(Word("negative", negative.strip(), *_message("negative", {})))
        return Reading(tuple(drawn), tuple(not_drawn), tuple(unknown), tuple(self._defaults()))

    def _reason(self, piece: Piece) -> str:
        """Return the key of the message that says why a piece is not in the picture; empty when it is."""
        if piece.negated:
            return "left_out"
        if piece.kind in ("unknown", "negation"):
            return piece.kind
        if piece.kind == "aside":
            return self._aside(piece)
        if piece.kind in MODIFIERS:
            return self._modifier(piece)
        return "" if piece.kind == "function" else self._loss(piece) or self._nearness(piece)

    def _aside(self, piece: Piece) -> str:
        """Return the group of a word without a picture, with "elsewhere" when it describes no figure."""
        if id(piece) in self.wearers:
            return "worn_colour"
        group = piece.sense.id
        about_figure = self._described_role(piece) is not None
        return group if about_figure or f"{group}_elsewhere" not in table("messages") else f"{group}_elsewhere"

    def _modifier(self, piece: Piece) -> str:
        """Return why a colour, size or number is not in the picture."""
        role, noun = self._described_role(piece), self.cast.described.get(id(piece))
        if role is None:
            is_things = piece.kind == "colour" and noun is not None and takes_colour(noun)
            return "" if is_things and noun and self._has_colour(noun, piece) else f"{piece.kind}_elsewhere"
        if role.subject == PLACARD:
            return piece.kind
        if piece.kind == "count":
            wanted = table("count")[piece.sense.id]["number"]
            return "" if wanted == role.shown else "fewer"
        return "" if piece.sense.id == getattr(role, piece.kind) else f"second_{piece.kind}"

    def _has_colour(self, noun: Piece, piece: Piece) -> bool:
        thing = self.spec.thing(noun.sense.id)
        return thing is not None and thing.colour == table("colour")[piece.sense.id]["hex"]

    def _loss(self, piece: Piece) -> str:
        """Return why another word, the subject or the scene keeps a piece out of the picture."""
        kind, name = piece.kind, piece.sense.id
        if kind == "subject":
            return self._absence(piece)
        if kind == "action":
            return self._inaction(piece)
        if kind == "object":
            return "" if self.spec.thing(name) else "no_object"
        if kind == "scene":
            return "" if self._is_place(name) or self._runs_through(piece) else "second_scene"
        if kind not in self.cast.pieces:
            return "left_out"
        if name != self.cast.pieces[kind].sense.id:
            return "second_" + kind
        if name == getattr(self.spec, kind):
            return ""
        return "no_weather_but" if kind == "weather" and self.spec.weather else f"no_{kind}"

    def _is_place(self, name: str) -> bool:
        """Tell whether the picture is set in a place, given as a scene or scene_variant."""
        place, variant = scene_and_variant(name)
        return place == self.spec.scene and variant in ("", self.spec.variant)

    def _runs_through(self, piece: Piece) -> bool:
        """Tell whether a water is drawn as part of the place it is named beside."""
        return bool(self.spec.water) and piece.kind == "scene" and piece.sense.water == self.spec.water

    def _absence(self, piece: Piece) -> str:
        """Return why a noun is not among the figures, or not as many of it."""
        role = self._role(piece)
        if role is not None:
            return "fewer" if role.count > role.shown and self._counts_itself(piece) else ""
        if piece.sense.id == PLACARD:
            return "no_card"
        return "crowded" if piece.slot in SLOTS and len(self.cast.roles) >= MOST else "elsewhere"

    def _counts_itself(self, piece: Piece) -> bool:
        """Tell whether a noun says how many there are, with no number before it."""
        return id(piece) not in self.counted and (piece.plural or bool(piece.sense.count))

    def _inaction(self, piece: Piece) -> str:
        """Return why nobody does an action."""
        role = self._actor(piece)
        if role is None:
            return "second_action" if self.cast.roles else "nobody"
        return "" if self.does[id(role)] == piece.sense.id else "no_action"

    def _actor(self, piece: Piece) -> Role | None:
        """Return who was chosen to do an action, whoever cannot do it first; None when nobody was."""
        actors = [role for role in self.cast.roles if self.chosen[id(role)] is piece]
        return min(actors, key=lambda role: self.does[id(role)] == piece.sense.id, default=None)

    def _role(self, piece: Piece) -> Role | None:
        """Return the figure that a noun means, named again or not."""
        named = (role for role in self.cast.roles if role.piece is piece)
        again = (role for role in self.cast.roles if piece.kind == "subject" and role.is_called(piece))
        return next(named, None) or next(again, None)

    def _wearers(self) -> Iterator[tuple[int, Role]]:
        role: Role | None = None
        for piece in self.cut:
            if piece.kind == "colour":
                role = self._described_role(piece)
            elif piece.names:
                if role is not None and is_worn(piece):
                    yield id(piece), role
                role = None

    def _described_role(self, piece: Piece) -> Role | None:
        noun = self.cast.described.get(id(piece))
        return self._role(noun) if noun is not None else None

    def _nearness(self, piece: Piece) -> str:
        if piece.sense.grade != NEAR:
            return ""
        return "near_action" if piece.kind == "action" else "near"

    def _drawn(self, piece: Piece) -> Word:
        if piece.kind in MODIFIERS:
            return Word(piece.kind, piece.said, piece.sense.en, piece.sense.zh)
        entry = self._entry_of(piece, self._actor(piece))
        role = self._role(piece)
        if role is not None and role.shown > 1 and self._counts_itself(piece):
            number = {each: {"name": entry[each], "number": NUMBERS[each][role.shown]} for each in LANGUAGES}
            return Word(piece.kind, piece.said, *_message("of_them", number))
        return Word(piece.kind, piece.said, entry["en"], entry["zh"])

    def _refused(self, piece: Piece, reason: str) -> Word:
        return Word(piece.kind, piece.said, *_message(reason, self._values(piece)))

    def _values(self, piece: Piece) -> dict[str, dict[str, str]]:
        """Return what messages can name, by language."""
        values = {}
        roles = self.cast.roles
        lead = roles[0] if roles else None
        role = (
            self.wearers.get(id(piece))
            or self._actor(piece)
            or self._role(piece)
            or self._described_role(piece)
            or lead
        )
        entry = self._entry_of(piece, role) if piece.kind in DRAWN_KINDS else {}
        for language in LANGUAGES:
            word = getattr(piece.sense, language) if piece.senses else piece.said
            values[language] = {
                "word": word,
                "said": piece.said,
                "a_word": _with_article(word, language),
                "shape": _shape(piece, entry, language) if entry else "",
                "instead": self._instead(piece.kind, role, language),
                "subject": self._subject(role, language),
                "a_subject": _with_article(self._subject(role, language), language),
                "number": NUMBERS[language][role.shown if role else 0],
                "doing": entry.get("ing", "") if language == "en" else entry.get("zh", ""),
                "act": entry.get("base", "") if language == "en" else entry.get("zh", ""),
            }
        return values

    def _entry_of(self, piece: Piece, role: Role | None) -> Mapping[str, Any]:
        """Return the entry of what a piece is drawn as."""
        if self._runs_through(piece):
            entry: Mapping[str, Any] = table("water")[self.spec.water]
            return entry
        return self._entry(piece.kind, piece.sense.id, role)

    def _entry(self, kind: str, name: str, role: Role | None) -> Mapping[str, Any]:
        """Return the entry of an id; an action of what has no legs goes by another name."""
        entry: Mapping[str, Any] = table(kind)[name]
        return entry["thing"] if "thing" in entry and not (role and _has_legs(role)) else entry

    def _instead(self, kind: str, role: Role | None, language: str) -> str:
        """Return the name of what is drawn in place of a word of this kind."""
        if kind == "action":
            name = self.does[id(role)] if role else ""
        else:
            name = getattr(self.spec, kind) if kind in ("scene", "time", "weather", "style", "camera") else ""
        return str(self._entry(kind, name, role)[language]) if name else ""

    def _subject(self, role: Role | None, language: str) -> str:
        """Return what a figure is called in a sentence."""
        names: Mapping[str, Mapping[str, str]] = table("messages")["names"]
        if role is None:
            return names["nobody"][language]
        if role.piece is not None and role.piece.kind == "subject" and role.piece.sense.grade == NEAR:
            return str(getattr(role.piece.sense, language))
        if role.subject == PLACARD:
            return names[PLACARD][language]
        return str(table("subject")[role.subject][language])

    def _defaults(self) -> list[Word]:
        """Return what was chosen because no word said it."""
        asked, spec = self.cast.pieces, self.spec
        found = list(self._default_figures())
        if "scene" not in asked:
            found.append(_default("scene", spec.scene))
        if spec.variant and not self._variant_asked():
            found.append(_default("scene", f"{spec.scene}_{spec.variant}"))
        found += [_default(kind, getattr(spec, kind)) for kind in ("time", "style", "camera") if kind not in asked]
        return found

    def _default_figures(self) -> list[Word]:
        """Return who is in the picture and what they do, where no word said it."""
        found = []
        if not self.cast.roles:
            found.append(Word("subject", "", *_message("alone", {})))
        for role in self.cast.roles:
            if role.subject == PLACARD and (role.piece is None or role.piece.kind == "unknown"):
                found.append(
                    Word("subject", "", *_message("placard", {each: {"label": role.label} for each in LANGUAGES}))
                )
            if self.chosen[id(role)] is None:
                entry = self._entry("action", self.does[id(role)], role)
                said = {each: {"subject": self._subject(role, each), "instead": entry[each]} for each in LANGUAGES}
                is_lead = role is self.cast.roles[0]
                found.append(
                    Word("action", "", *((entry["en"], entry["zh"]) if is_lead else _message("company", said)))
                )
        return found

    def _variant_asked(self) -> bool:
        wanted = f"{self.spec.scene}_{self.spec.variant}"
        return any(piece.kind == "scene" and not piece.negated and piece.sense.id == wanted for piece in self.cut)


def _has_legs(role: Role) -> bool:
    """Tell whether walking and running are the words for how a figure goes: whoever can sit has legs."""
    return "sit" in abilities()["classes"][abilities()["subjects"][role.subject]]["actions"]


def _default(kind: str, name: str) -> Word:
    entry = table(kind)[name]
    return Word(kind, "", entry["en"], entry["zh"])


def _message(key: str, values: Mapping[str, Mapping[str, str]]) -> tuple[str, str]:
    """Return a message in English and Chinese."""
    english, chinese = (table("messages")[key][each].format(**values.get(each, {})) for each in LANGUAGES)
    return english, chinese


def _with_article(name: str, language: str) -> str:
    """Return an English noun with "a" or "an"; names that begin with an article or a number keep it."""
    if language != "en" or name.split(" ")[0] in ("a", "an", "the", "some"):
        return name
    return f"an {name}" if name[:1].lower() in "aeio" or name.startswith(("um", "un")) else f"a {name}"


def _shape(piece: Piece, entry: Mapping[str, Any], language: str) -> str:
    """Return what something drawn in another's place looks like, such as "a white bear"."""
    if "shape" in entry:
        return str(entry["shape"][language])
    sense, name = piece.sense, str(entry.get(language, ""))
    looks = [table(kind)[look][language] for kind, look in (("size", sense.size), ("colour", sense.colour)) if look]
    if sense.colour and abilities()["subjects"].get(sense.id) == "biped":
        worn = looks.pop()
        name = f"{name} in {worn}" if language == "en" else f"穿{worn}的{name}"
    name = (" " if language == "en" else "").join([*looks, name])
    return _with_article(name, language) if piece.kind in ("subject", "object") else name
