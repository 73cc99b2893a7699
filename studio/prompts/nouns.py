"""Which Chinese words name somebody, and which only look like a name or a place because they tell something."""

import re
from functools import cache

from studio.prompts.vocabulary import vocabulary
from studio.prompts.words import word_set

STORY = "story"
COUNTED = re.compile(r"[一两三四五几这那][只个位名条匹头艘辆群对枚朵把台架些颗座]|[@＠]")
OWNED = "的们和与身家面背旁怀手脚头心眼肩儿里上下中前后边之"
"""Characters after which a name goes on or belongs to a place: 农夫家里, 女孩身后, 孩子们."""
NAME_LENGTH = 3
"""Characters up to which words of which nothing is known are a name, such as 小明."""


def somebody_end(text: str) -> int:
    """Return where the somebody whom a clause begins with ends, as in 农夫|种玉米; 0 for none that is known."""
    found = _somebody().match(text[:16])
    return found.end() if found else 0


def tells(text: str) -> bool:
    """Tell whether a clause without a known verb still tells what happens, by 了, 着, 在 or somebody before more."""
    of = text.rfind("的")
    if any(text.find(mark, 1) > of for mark in "了着") or _at(text) > max(of, 0):
        return True
    end = somebody_end(text)
    return 0 < end < len(text) - 1 and "的" not in text[end:] and text[end] not in OWNED


def names_somebody(text: str) -> bool:
    """Tell whether a clause without a verb is nothing but who it is about: 一个八岁的女孩, 小明."""
    if tells(text):
        return False
    known = bool(COUNTED.match(text)) or somebody_end(text) == len(text) or "的" in text
    return known or len(text) <= NAME_LENGTH


def _at(text: str) -> int:
    """Return where the last 在 with a place after it stands; -1 for none, and for the 在 of 现在."""
    at = text.rfind("在")
    return -1 if at < 1 or text[at - 1] in "现存自实所潜内正" or at + 1 == len(text) else at


@cache
def _somebody() -> re.Pattern[str]:
    """Return what finds somebody at the beginning of a clause, with what describes them."""
    lists = ("feminine", "masculine", "persons", "somebody")
    nouns = {word for name in lists for word in word_set("chinese", name, STORY)}
    nouns |= {words[2:] for entry in vocabulary("subjects") for words in (entry.zh, *entry.also) if words[:1] == "一"}
    longest = sorted((noun for noun in nouns if len(noun) > 1 and "的" not in noun), key=lambda noun: -len(noun))
    return re.compile(rf"(?:[^了着过在，]{{0,6}}?)(?:{'|'.join(longest)}|[^的个两]人|[^的]孩)(?:子|们|儿)?")
