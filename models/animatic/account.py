"""The account of a prompt: every piece of it drawn, understood or unknown, and what was chosen for the person."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from models.animatic.casting import PLACARD, Cast, abilities
from models.animatic.dictionary import DRAWN_KINDS, MANY, NEAR, table
from models.animatic.pieces import Piece
from models.animatic.spec import Spec
from models.engine import Reading, Word

LANGUAGES = ("en", "zh")
LEGGED = ("quadruped", "biped")
"""Classes whose actions are called walking and running."""


class Account:
    """Sorts the pieces of one prompt, given what was chosen and what will be drawn."""

    def __init__(self, cast: Cast, spec: Spec, cut: Sequence[Piece]) -> None:
        self.cast = cast
        self.spec = spec
        self.cut = cut
        self.described = dict(_described(cut))
        self._is_thing = abilities()["subjects"][spec.lead.subject] not in LEGGED

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
        return "" if piece.kind == "function" else self._loss(piece) or self._nearness(piece)

    def _aside(self, piece: Piece) -> str:
        """Return the group of a word without a picture, with "elsewhere" when it does not describe the subject."""
        group = piece.sense.id
        noun = self.described.get(id(piece))
        about_subject = noun is not None and noun is self.cast.lead
        return group if about_subject or f"{group}_elsewhere" not in table("messages") else f"{group}_elsewhere"

    def _loss(self, piece: Piece) -> str:
        """Return why another word, the subject or the scene keeps a piece out of the picture."""
        kind, name = piece.kind, piece.sense.id
        if kind == "subject":
            return "" if self._is_subject(piece) else "second_subject"
        if kind == "object":
            return "" if self.spec.thing(name) else "no_object"
        if kind == "scene":
            place, _, variant = name.partition("_")
            return "" if place == self.spec.scene and variant in ("", self.spec.variant) else "second_scene"
        if name != self.cast.pieces[kind].sense.id:
            return "second_" + kind
        if name == self._settled(kind):
            return ""
        return "nobody" if kind == "action" and not self.spec.lead.subject else f"no_{kind}"

    def _settled(self, kind: str) -> str:
        """Return what will be drawn of a kind."""
        name: str = self.spec.lead.action if kind == "action" else getattr(self.spec, kind)
        return name

    def _is_subject(self, piece: Piece) -> bool:
        """Tell whether a noun is the one in the picture, named again or not."""
        lead = self.cast.lead
        if lead is None or lead.kind != "subject":
            return False
        return piece.sense == lead.sense or (
            piece.sense.id == lead.sense.id and NEAR not in (piece.sense.grade, lead.sense.grade)
        )

    def _nearness(self, piece: Piece) -> str:
        if piece.sense.grade != NEAR:
            return ""
        return "near_action" if piece.kind == "action" else "near"

    def _drawn(self, piece: Piece) -> Word:
        entry = self._entry(piece.kind, piece.sense.id)
        if piece.kind == "subject" and (piece.plural or piece.sense.grade == MANY):
            return Word(piece.kind, piece.said, *_message("one", {language: entry for language in LANGUAGES}))
        return Word(piece.kind, piece.said, entry["en"], entry["zh"])

    def _refused(self, piece: Piece, reason: str) -> Word:
        return Word(piece.kind, piece.said, *_message(reason, self._values(piece)))

    def _values(self, piece: Piece) -> dict[str, dict[str, str]]:
        """Return what messages can name, by language."""
        values = {}
        entry = self._entry(piece.kind, piece.sense.id) if piece.kind in DRAWN_KINDS else {}
        for language in LANGUAGES:
            word = getattr(piece.sense, language) if piece.senses else piece.said
            values[language] = {
                "word": word,
                "said": piece.said,
                "a_word": _with_article(word, language),
                "shape": _shape(piece.kind, entry, language),
                "instead": self._instead(piece.kind, language),
                "subject": self._subject(language),
                "a_subject": _with_article(self._subject(language), language),
                "doing": entry.get("ing", "") if language == "en" else entry.get("zh", ""),
                "act": entry.get("base", "") if language == "en" else entry.get("zh", ""),
            }
        return values

    def _entry(self, kind: str, name: str) -> Mapping[str, Any]:
        """Return the entry of an id; an action of what has no legs goes by another name."""
        entry: Mapping[str, Any] = table(kind)[name]
        return entry["thing"] if "thing" in entry and self._is_thing else entry

    def _instead(self, kind: str, language: str) -> str:
        """Return the name of what is drawn in place of a word of this kind."""
        if kind not in ("action", "scene", "time", "weather", "style", "camera"):
            return ""
        name = self._settled(kind)
        return str(self._entry(kind, name)[language]) if name else ""

    def _subject(self, language: str) -> str:
        """Return what the subject is called in a sentence."""
        names: Mapping[str, Mapping[str, str]] = table("messages")["names"]
        lead = self.cast.lead
        if lead is not None and lead.kind == "subject" and lead.sense.grade == NEAR:
            return str(getattr(lead.sense, language))
        if self.spec.lead.subject in ("", PLACARD):
            return names[self.spec.lead.subject or "nobody"][language]
        return str(table("subject")[self.spec.lead.subject][language])

    def _defaults(self) -> list[Word]:
        """Return what was chosen because no word said it."""
        asked, spec, lead = self.cast.pieces, self.spec, self.spec.lead
        found = []
        if lead.subject == PLACARD and (self.cast.lead is None or self.cast.lead.kind == "unknown"):
            found.append(Word("subject", "", *_message("placard", {each: {"label": lead.label} for each in LANGUAGES})))
        if not lead.subject:
            found.append(Word("subject", "", *_message("alone", {})))
        elif "action" not in asked:
            entry = self._entry("action", lead.action)
            found.append(Word("action", "", entry["en"], entry["zh"]))
        if "scene" not in asked:
            found.append(_default("scene", spec.scene))
        if spec.variant and not self._variant_asked():
            found.append(_default("scene", f"{spec.scene}_{spec.variant}"))
        found += [_default(kind, getattr(spec, kind)) for kind in ("time", "style", "camera") if kind not in asked]
        return found

    def _variant_asked(self) -> bool:
        wanted = f"{self.spec.scene}_{self.spec.variant}"
        return any(piece.kind == "scene" and not piece.negated and piece.sense.id == wanted for piece in self.cut)


def _described(cut: Sequence[Piece]) -> Iterator[tuple[int, Piece]]:
    """Yield (id of a piece, the noun it stands before in its clause) for words without a picture."""
    noun: Piece | None = None
    for piece in reversed(cut):
        if piece.kind not in ("aside", "function"):
            noun = piece
        elif noun is not None and noun.clause == piece.clause and noun.slot == piece.slot:
            yield id(piece), noun


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


def _shape(kind: str, entry: Mapping[str, Any], language: str) -> str:
    """Return what something drawn in another's place looks like."""
    if "shape" in entry:
        return str(entry["shape"][language])
    name = str(entry.get(language, ""))
    return _with_article(name, language) if kind in ("subject", "object") else name
