"""One Chinese clause taken apart into who, does what, where, and the style before it."""

from collections.abc import Mapping
from functools import cache

from studio.prompts.nouns import COUNTED, somebody_end, tells
from studio.prompts.speech import MASK
from studio.prompts.words import longest_first, word_set

Parts = dict[str, str]
"""Slot to words; slots without words are missing."""

STYLE_MARKS = ("风格的", "画风的", "风的")
STYLE_LENGTH = 10
WEARING = ("穿着", "戴着", "拿着", "抱着", "举着", "撑着", "打着", "骑着", "牵着")
WHITHER = ("向外", "向里", "向上", "向下", "向前", "向后", "往外", "往前", "往后")
DIRECTIONS = ("从", "把", "被", "对着", "沿着", "朝着", "向着", "跟着", *WHITHER)
NOT_AT = ("现", "存", "自", "实", "所", "潜", "内", "正")
"""Characters after which 在 is part of a word."""


def take_apart(clause: str) -> Parts:
    """Return the parts of a clause; what cannot be told apart stays in the subject."""
    parts: Parts = {}
    clause = _cut_style(clause, parts)
    at = _find_at(clause)
    if at and "的" in clause[at:] and COUNTED.sub("", clause[:at], count=1) in word_set("chinese", "resting"):
        at = None  # 卡在树上的风筝 is somebody
    who, rest = (clause[:at], clause[at + 1 :]) if at is not None else (clause, "")
    verb = _main_verb(who if at is None else clause[: at + 1])
    if verb is not None and rest and _verb(rest, 1) is not None:  # 坐在河边钓鱼 is one doing
        parts |= _acting(who[:verb], clause[verb:], "")
    elif verb is not None:
        parts |= _acting(who[:verb], who[verb:], rest)
    elif rest:
        parts |= _placed(who, rest)
    else:
        parts[_kind_of_noun(who)] = who
    return {slot: text for slot, text in parts.items() if text}


def begins_with_verb(clause: str) -> bool:
    """Tell whether a clause goes on with what the subject does."""
    return _verb(clause, 0) == 0 or any(clause.startswith(adverb) for adverb in longest_first("chinese", "adverbs"))


def has_verb(clause: str) -> bool:
    """Tell whether a clause says what somebody does."""
    return _verb(clause, 1) is not None


def verb_after(clause: str, start: int) -> int | None:
    """Return where the first verb at or after an index begins."""
    return _verb(clause, start)


def goes_on_to(action: str) -> int:
    """Return where the place of an action such as 跟着地图走进森林 begins; 0 when it ends in none."""
    for verb in longest_first("chinese", "leading_on"):
        head, found, place = action.rpartition(verb)
        if found and head and is_place(place):
            return len(head) + len(found)
    return 0


def name_end(text: str) -> int:
    """Return where a name that begins a text without spaces ends: before the first verb, 在 or 的."""
    ends = [_verb(text, 1), *(text.find(mark, 1) for mark in ("在", "的", "和", "与", "跟"))]
    return min((end for end in ends if end is not None and end > 0), default=len(text))


def _cut_style(clause: str, parts: Parts) -> str:
    """Take 水墨风格的 from the beginning."""
    for mark in STYLE_MARKS:
        at = clause.find(mark)
        if 0 < at <= STYLE_LENGTH and "在" not in clause[:at]:
            parts["style"] = clause[: at + len(mark) - 1]
            return clause[at + len(mark) :]
    return clause


def _find_at(clause: str) -> int | None:
    """Return where 在 says where somebody is; not the 在 of 现在 or 正在."""
    for at, character in enumerate(clause):
        if character == "在" and not (at and clause[at - 1] in NOT_AT) and at + 1 < len(clause):
            return at
    return None


def _verb(text: str, start: int) -> int | None:
    """Return where the first verb at or after `start` begins."""
    by_first, end = _verbs_by_first(), somebody_end(text)
    for at in range(start, len(text)):
        for verb in by_first.get(text[at], ()):
            if text.startswith(verb, at) and not (len(verb) == 1 and _part_of_noun(text, at)):
                return at
        if text[at] in _bases() and _is_verb(text, at, end):
            return at
    return None


def _is_verb(text: str, at: int, somebody: int) -> bool:
    """Tell whether a character that may be a verb is one here, by what follows it or by who stands before it."""
    if _part_of_noun(text, at) or at + 1 >= len(text):
        return False
    opens = COUNTED.sub("", text[:at], count=1) == ""
    if opens and text.rfind("的") > at:  # 拔出剑的武士 is somebody
        return False
    if text[at + 1] == "在":
        return text[at] in word_set("chinese", "resting")
    if text[at] not in word_set("chinese", "bases"):
        return False
    bases = word_set("chinese", "bases")
    end = at + 1 + (text[at + 1] in bases and text[at + 2 : at + 3] in word_set("chinese", "tails"))  # 寻找着
    return text[end] in word_set("chinese", "tails") or text[end] == MASK or 0 < at == somebody


@cache
def _bases() -> frozenset[str]:
    """Return the characters that are verbs by what stands round them."""
    return word_set("chinese", "bases") | word_set("chinese", "resting")


@cache
def _verbs_by_first() -> Mapping[str, tuple[str, ...]]:
    """Return {first character: the verbs that begin with it, the longest first}."""
    verbs = longest_first("chinese", "verbs")
    return {first: tuple(verb for verb in verbs if verb[0] == first) for first in {verb[0] for verb in verbs}}


def _main_verb(who: str) -> int | None:
    """Return where what somebody does begins, past what they wear (穿着汉服的) and with its direction (从, 对着)."""
    verb = _verb(who, 1)
    if verb is None:
        return None
    of = who.find("的", verb)
    about = of > 0 and (who.startswith(WEARING, verb) or _verb(who, verb) == of - 2 or who[verb + 1 : of + 1] == "的")
    if about:
        verb = _verb(who, of + 2) or verb
    marks = [at for mark in DIRECTIONS for at in [who.find(mark, 1, verb)] if at > 0]
    return min([verb, *marks])


def _part_of_noun(text: str, at: int) -> bool:
    """Tell whether the character is part of a word such as 飞船."""
    near = text[max(0, at - 2) : at + 3]
    before = min(at, 2)
    return any(near.find(word) <= before < near.find(word) + len(word) for word in _nouns_by_character(text[at]))


@cache
def _nouns_by_character(character: str) -> tuple[str, ...]:
    """Return the words of which a character is a part and no verb."""
    return tuple(word for word in word_set("chinese", "no_verbs") if character in word)


def _acting(who: str, does: str, where: str) -> Parts:
    """Return the parts of 一只狐狸 + 跑过 + 森林 and of 女孩 + 坐 + (在) 窗边."""
    adverb = last_adverb(who)
    who = who.removesuffix(adverb)
    does = adverb.removeprefix("在") + does
    if where:
        return {"subject": who, "action": does, "scene": where}
    for mark in ("过", "着", "进", "向", "到", "出"):
        head, found, tail = does.partition(mark)
        if found and head and is_place(tail):
            return {"subject": who, "action": head + mark, "scene": tail}
    return {"subject": who, "action": does}


def last_adverb(who: str) -> str:
    """Return the adverb that words for somebody end in before a verb, such as 缓缓; empty for none."""
    return next((word for word in longest_first("chinese", "adverbs") if who.endswith(word) and who != word), "")


def _placed(who: str, rest: str) -> Parts:
    """Return the parts of 一只狐狸 + (在) + 森林里奔跑."""
    verb = _verb(rest, 0)
    if verb is None:
        end = _last_place_end(rest, len(rest))
        if end is None and not is_place(rest):
            return {"subject": who, "action": rest} if who else {"subject": rest}
        cut = len(rest) if end is None else end
    else:
        cut = _place_before_verb(rest) or _last_place_end(rest, verb) or verb
    return {"subject": who, "scene": rest[:cut], "action": rest[cut:]}


def _place_before_verb(rest: str) -> int | None:
    """Return the end of the place that a verb follows at once: not the 闪烁 of 霓虹闪烁的街道上飞驰."""
    verb = _verb(rest, 1)
    while verb is not None:
        end = _last_place_end(rest, verb)
        if end is not None and (end == verb or rest[end:verb] in word_set("chinese", "adverbs")):
            return end
        verb = _verb(rest, verb + 1)
    return None


def _last_place_end(text: str, limit: int) -> int | None:
    """Return the end of the last place word (里, 上) before `limit`; 向前 is a direction, not a place."""
    for at in range(limit - 1, 0, -1):
        if text[at] in word_set("chinese", "place_ends") and text[at - 1] not in "向往朝":
            return at + 1
    return None


def is_place(text: str) -> bool:
    """Tell whether a text is a place, such as 城市夜景 or 森林里, and not what somebody does, such as 敌人倒下."""
    if not text or tells(text):
        return False
    if text.endswith(tuple(word_set("chinese", "place_nouns"))):
        return True
    falls = text[-1] in "上下" and text[-2:-1] in word_set("chinese", "bases")
    return len(text) > 1 and text[-1] in word_set("chinese", "place_ends") and not falls


def _kind_of_noun(text: str) -> str:
    """Return the slot of a clause without a verb: a place or somebody."""
    return "scene" if is_place(text) else "subject"
