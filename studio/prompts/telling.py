"""One segment after the other, each with the subject and the place that the story carries on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from models.engine import SLOTS, Prompt
from studio.prompts import chinese, places, predicate
from studio.prompts.clauses import Clause, join, joined_text, language_of
from studio.prompts.clean import clean
from studio.prompts.commands import NOTHING
from studio.prompts.speech import is_said
from studio.prompts.split import split
from studio.prompts.subjects import Mentions, is_surroundings, opens_with_possessive, pronoun_kind
from studio.prompts.words import word_set
from studio.storyboard import CastMember, Segment

STAND_INS = {"en": "it", "zh": "它"}
"""Who does a thing while a clause without a subject is taken apart."""
MANY = "they"


@dataclass(frozen=True)
class Told:
    """One segment as far as the story is told."""

    segment: Segment
    lead: frozenset[str] = frozenset()
    """Slots of light and camera that a later sentence opens with: they hold from there on."""
    alone: frozenset[str] = frozenset()
    """Slots that a clause of their own filled."""
    proposed: bool = False
    """Whether its cut comes from the story and not from a command."""
    moves: bool = False
    """Whether the place changes here without a cut."""


@dataclass
class Telling:
    """What the story is about by now."""

    cast: Mapping[str, CastMember]
    told: list[Told] = field(default_factory=list)
    place: str = ""
    mentions: Mentions = field(init=False)

    def __post_init__(self) -> None:
        self.mentions = Mentions(self.cast)

    def tell(self, piece: Sequence[Clause]) -> None:
        """Add the segment that a piece says."""
        language = language_of(joined_text(piece))
        main, headed = [one for one in piece if not one.slot], any(one.heads for one in piece)
        slots = self._slots(piece, main, language)
        if headed:
            self.place = ""
        subject = slots.get("subject", "")
        new = bool(subject) and not self.mentions.knows(subject) and not opens_with_possessive(subject)
        slots["subject"] = predicate.lowered(self._subject(predicate.lowered(subject), language))
        if not slots["subject"]:
            slots["subject"] = slots.pop("action", "") or slots.pop("scene", "") or _any(slots)
        changes, named = any(one.changes for one in piece), slots.get("scene", "")
        moved = self._settle(slots, language)
        read = bool(slots.get("action")) or all(one.names for one in main if one.is_unread)
        if read and main and not opens_with_possessive(subject) and not (self.told and is_surroundings(subject)):
            self.mentions.note(slots["subject"], slots.get("action", ""))
        head = piece[0].before in ("line", "stop", "then") and bool(self.told)
        proposed = head and (headed or (moved and (changes or (new and piece[0].before != "then"))))
        self._add(piece, slots, proposed, moved and not proposed and bool(named))

    def _slots(self, piece: Sequence[Clause], main: Sequence[Clause], language: str) -> dict[str, str]:
        """Return the slots that the clauses of a segment fill by themselves, those of style, light and place too."""
        slots = _understood(main, self.mentions.last(), language)
        for one in piece:
            if one.slot == "scene" and slots.get("scene"):
                if not (one.heads and places.is_same_place(slots["scene"], one.text)):
                    _put_within(slots, one.text, language)
            elif one.slot:
                slots[one.slot] = _both(slots.get(one.slot, ""), one.text, language)
        if not main and any(one.heads for one in piece):  # a place that nobody is in
            slots["subject"] = slots.pop("scene")
        return slots

    def _subject(self, said: str, language: str) -> str:
        """Return who the segment is about: whom it names, or who was last."""
        last = self.mentions.last()
        if not said:
            return last
        if opens_with_possessive(said) and last:
            return last + said[1 + ("们" in said[:2]) :] if language == "zh" else f"{last}, {predicate.lowered(said)}"
        head, comma, rest = said.partition("，" if language == "zh" else ", ")
        return self.mentions.resolved(head) + comma + rest

    def _settle(self, slots: dict[str, str], language: str) -> bool:
        """Settle where it is and what is carried on from there; tell whether that is another place than before."""
        scene, action, before = slots.get("scene", ""), slots.get("action", ""), self.place
        wide = places.wide_part(scene, language)
        if not scene:
            there = language == "zh" and places.destination(action, language)
            slots["scene"] = "" if there or places.is_named(before, action, language) else before
        elif not wide and before:
            _put_within(slots, before, language)
        if wide:
            self.place = places.carried(wide, language)
        elif scene and not before and places.is_carried(scene, language):
            self.place = places.carried(scene, language)
        self.place = places.destination(action, language) or self.place
        return bool(before and wide) and not places.is_same_place(places.carried(wide, language), before)

    def _add(self, piece: Sequence[Clause], slots: Mapping[str, str], proposed: bool, moves: bool) -> None:
        commands = NOTHING
        for one in piece:
            commands = commands.with_later(one.commands)
        prompt = Prompt(**{slot: predicate.lowered(clean(slots.get(slot, ""))) for slot in SLOTS})
        segment = Segment(prompt, cut=commands.cut or proposed, seed=commands.seed)
        if commands.seconds is not None:
            segment = replace(segment, seconds=commands.seconds)
        alone = frozenset(one.slot for one in piece if one.slot)
        heads = piece[0].before in ("line", "stop", "then") and len(piece) > 1 and bool(self.told)
        lead = frozenset({piece[0].slot} if heads and piece[0].slot and piece[1].before != "stop" else ())
        own = piece[0].slot == "lighting" or "lighting" not in alone
        if piece[0].before == "then" and own:  # the storm that somebody then sails into was not there before
            lead |= {"lighting"}
        cut = commands.cut
        self.told.append(Told(segment, lead, alone, proposed and not cut, moves and not cut))


def _understood(main: Sequence[Clause], last: str, language: str) -> dict[str, str]:
    """Return the slots that the clauses of a segment fill by themselves, without a subject where none is named."""
    acts = [at for at, one in enumerate(main) if one.verb is not None]
    does = next((at for at in acts if not main[at].is_aside), next(iter(acts), None))
    text = joined_text(main)
    if does is None:
        if last and _opens_with_doing(text, language):
            return _predicate("", text, "", language)
        if is_said(text):
            return {"action" if last and not text[0].isalnum() else "subject": text}
        return _filled(split(text)) if text else {}
    verb, lead, rest = main[does], joined_text(main[:does]), _rest(main[does + 1 :])
    if verb.verb == 0:
        if not lead and not last:
            return {"subject": text} if is_said(text) else _filled(split(text))
        return _predicate(lead, verb.text, rest, language)
    if lead and verb.is_aside:
        return {"subject": lead, "action": verb.text + rest}
    return _of_somebody(verb, lead, rest, language)


def _of_somebody(verb: Clause, lead: str, rest: str, language: str) -> dict[str, str]:
    """Return the slots of a clause that names who does something, with the words before and after it."""
    subject, doing = _without_relative(verb.text[: verb.verb].strip()), verb.text[verb.verb or 0 :]
    if lead and " and " in subject:  # "a fox, a cat and a dog walk"
        subject, lead = f"{lead}, {subject}", ""
    adverb = chinese.last_adverb(subject) if is_said(verb.text) else ""
    subject, doing = subject.removesuffix(adverb), adverb + doing
    whole = language == "zh" and not pronoun_kind(subject) and not is_said(verb.text)
    slots = _filled(split(verb.text)) if whole else _predicate(subject, doing, "", language)
    if rest:
        slots |= {"action": (slots.get("action", "") + rest).lstrip(" ,，.。")}
    if lead and places.is_place(lead, language):
        slots["scene"] = _both(lead, slots.get("scene", ""), language)
    elif lead:
        slots["action"] = f"{_manner(lead, language)}{slots.get('action', '')}".rstrip(" ,，")
    return slots


def _manner(lead: str, language: str) -> str:
    """Return words that stand before a clause and are no place, as they read before what is done: "slowly "."""
    if language == "zh":
        return f"{lead}，"
    return lead[0].lower() + lead[1:] + (" " if lead.endswith("ly") and " " not in lead else ", ")


def _without_relative(subject: str) -> str:
    """Return "a fox" for the "a fox who" of "a fox who lives in the forest"."""
    head, _, last = subject.rpartition(" ")
    return head if head and last.casefold() in predicate.RELATIVE else subject


def _opens_with_doing(text: str, language: str) -> bool:
    """Tell whether a clause without a finite verb still says what goes on: "drinking at a stream", "jump over it"."""
    first = text.casefold().split()[0] if text.split() else ""
    return language == "en" and (predicate.opens_plain(text) or predicate.is_participle(first))


def _predicate(subject: str, doing: str, rest: str, language: str) -> dict[str, str]:
    """Return the slots of what somebody does, taken apart as if a pronoun did it."""
    many = language == "en" and (predicate.is_many(subject) or predicate.opens_plain(doing))
    stand_in = MANY if many else STAND_INS[language]
    space = "" if language == "zh" else " "
    if is_said(doing):  # what is said aloud stays in one piece
        return {"subject": subject, "action": doing + rest}
    slots = _filled(split(f"{stand_in}{space}{doing}"))
    said = slots.pop("subject", "")
    if not said.casefold().startswith(stand_in):
        slots = {"action": doing}
    elif language == "zh" and chinese.goes_on_to(doing):
        there = chinese.goes_on_to(doing)
        slots |= {"action": doing[:there], "scene": doing[there:]}
    else:
        more = said[len(stand_in) :].strip()
        if more and language == "zh" and slots.get("scene"):  # 停在小溪边喝水 stays as it is
            slots, more = {"action": doing}, ""
        slots["action"] = space.join(filter(None, [more, slots.get("action", "")]))
    first = slots.get("action", "").casefold().split(" ")[0]
    if slots.get("scene", "").startswith("at ") and first in word_set("english", "looking", "story"):
        slots["action"] += " " + slots.pop("scene")
    if rest:
        slots["action"] = slots["action"] + rest
    return {"subject": subject, **slots}


def _rest(after: Sequence[Clause]) -> str:
    """Return what follows what is done, with what stands before it."""
    return "".join(join(one) for one in after).rstrip()


def _filled(prompt: Prompt) -> dict[str, str]:
    return {slot: getattr(prompt, slot) for slot in SLOTS if getattr(prompt, slot)}


def _put_within(slots: dict[str, str], place: str, language: str) -> None:
    """Put a place round the scene of a segment: a spot such as "at a stream" then belongs to what is done there."""
    scene = predicate.lowered(slots["scene"])
    if language == "zh":
        slots["scene"] = places.within(scene, place.removeprefix("在"), language)
    elif places.wide_part(scene, language):
        slots["scene"] = f"{scene}, {place}"
    else:
        slots |= {"action": f"{slots.get('action', '')} {scene}".strip(), "scene": place}


def _both(first: str, second: str, language: str) -> str:
    return ("，" if language == "zh" else ", ").join(filter(None, [first, second]))


def _any(slots: dict[str, str]) -> str:
    """Return the words of the first slot that has some, and empty it."""
    return next((slots.pop(slot) for slot in SLOTS if slots.get(slot)), "")
