"""What is said aloud in a story, kept with who says it, and short forms such as "Dr." that end no sentence."""

import re
from functools import cache

from studio.prompts.words import longest_first

QUOTED = r"\"[^\"]{0,300}\"|“[^”]{0,300}”|「[^」]{0,300}」|『[^』]{0,300}』"
SHORT = r"(?i:\b(?:mr|mrs|ms|dr|prof|st|vs|int|ext|e\.g|i\.e)\.|\bno\.(?=\s?\d))"
ENDED = re.compile(rf"((?:{QUOTED})(?<=[.!?…。！？][\"”」』]))\s*(?=[^\W\d_])(?![a-z的就也便又后并地])")
"""A quotation that ends as a sentence does, before what is no more about it."""
BEGINS = r"(?:^|(?<=[.!?;,\]。！？；，】]))\s*"
MASK = "¤"
STORY = "story"


def masked(text: str) -> str:
    """Return a text of the same length in which a quotation is one word without a meaning."""
    return re.sub(QUOTED, lambda quoted: MASK * len(quoted[0]), text)


def is_said(text: str) -> bool:
    """Tell whether something is said aloud in a text."""
    return bool(re.search(f'{QUOTED}|[“”「」『』"]', text))


def names_speaker(line: str) -> bool:
    """Tell whether a line's first colon stands between somebody who speaks and what is said: @Mia says: "Hello"."""
    head, _, said = line.replace("：", ":").partition(":")
    speaks = head.casefold().rstrip().endswith(_verbs("english") + _verbs("chinese"))
    return speaks and said.lstrip().startswith(tuple('"“「『'))


def spoken(line: str) -> str:
    """Return a line in which who says something stands before it, and a stop after what ends a sentence."""
    if not is_said(line):
        return line
    for said in (_said_after(), _said_before(), _said_in_chinese()):
        line = said.sub(_speaker_first, line)
    return ENDED.sub(lambda ended: ended[1] + ("。" if ended[1][-1] in "”」』" else ". "), line)


def _speaker_first(found: re.Match[str]) -> str:
    """Return who says it, how, and what; all as typed where who says it was named before."""
    head = found.string[max(0, found.start() - 20) : found.start()].rstrip(" ,:，：").casefold()
    if head.endswith(_verbs("english") + _verbs("chinese")):
        return found[0]
    what = re.sub(r"[,，](?=.$)", "", found["what"])
    space = " " if found["how"].isascii() else ""
    return f"{found['open']}{found['who']}{space}{found['how']}{space}{what}"


@cache
def _verbs(language: str) -> tuple[str, ...]:
    return longest_first(language, "speaking", STORY)


@cache
def _said_after() -> re.Pattern[str]:
    """Return what finds "Hello," says the man."""
    verbs = "|".join(_verbs("english"))
    ends = r"(?=$|[,.!?;:]|\s+(?:and|then|as|while|with|in|on|at|to|from|\w+ly|\w+ing)\b)"
    who = r"[^\s,.!?;:\"“]+(?:\s[^\s,.!?;:\"“]+){0,5}?"
    return re.compile(rf"(?P<open>{BEGINS})(?P<what>{QUOTED})\s+(?P<how>{verbs})\s+(?P<who>{who}){ends}")


@cache
def _said_before() -> re.Pattern[str]:
    """Return what finds "Hello," the man says."""
    verbs = "|".join(_verbs("english"))
    who = r"(?!and\s)[^\s,.!?;:\"“]+(?:\s(?!and\s)[^\s,.!?;:\"“]+){0,3}?"
    return re.compile(
        rf"(?P<open>{BEGINS})(?P<what>{QUOTED})\s+(?P<who>{who})\s+(?P<how>{verbs})(?=$|[,.!?;]|\s+and\b)"
    )


@cache
def _said_in_chinese() -> re.Pattern[str]:
    """Return what finds “你好，”男人说."""
    how = rf"(?:[^\s，。！？“]{{1,3}}[声着地])?(?:{'|'.join(_verbs('chinese'))})道?"
    who = r"[^\s，。！？；：,“”「」]{1,10}?"
    return re.compile(rf"(?P<open>{BEGINS})(?P<what>{QUOTED})[，,]?(?P<who>{who})(?P<how>{how})(?=$|[，。！？；])")
