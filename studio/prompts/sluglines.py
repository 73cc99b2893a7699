"""The headings of a screenplay, such as "INT. KITCHEN - NIGHT" and 内景 厨房 夜: where and when what follows is."""

import re
from typing import NamedTuple

PLACED = r"(?P<place>[^.!?。！？]{1,60}?)"
ENGLISH = re.compile(
    rf"(?:(?:INT|EXT)\.?\s?/\s?(?:INT|EXT)|INT|EXT|I/E|Int(?=\.)|Ext(?=\.))[.:]?\s+{PLACED}"
    r"(?:\s*[-–—,]+\s+(?P<time>[^.!?,–—-]{1,30}))?(?:[.!]\s*(?P<rest>.*))?"
)
CHINESE = re.compile(
    rf"(?:内外景|[内外]景)[\s.．。·、，:：—–-]*{PLACED}"
    r"(?:[\s·、，/—–-]+(?P<time>[^\s，。！？]{1,6}))?(?:[。！]\s*(?P<rest>.*))?"
)
SAME_TIME = ("continuous", "later", "moments later", "same", "same time", "连续", "稍后", "同时", "同前")
"""What a heading says instead of a time where nothing of the light is new."""
TIMES = {"日": "白天", "夜": "夜晚", "晨": "清晨", "昏": "黄昏"}


class Slugline(NamedTuple):
    """What one heading says."""

    place: str
    time: str
    """The time of day; empty where the light stays."""
    rest: str
    """What the line tells after its heading."""


def slugline(line: str) -> Slugline | None:
    """Return what a line says that is a heading of a screenplay; None for any other."""
    found = ENGLISH.fullmatch(line) or CHINESE.fullmatch(line)
    if not found:
        return None
    place, time = found["place"].strip(" -–—"), (found["time"] or "").strip()
    time = "" if time.casefold() in SAME_TIME else TIMES.get(time, _small(time))
    return Slugline(_small(place), time, found["rest"] or "")


def _small(words: str) -> str:
    """Return words that are written in capitals as they stand within a sentence."""
    return words.lower() if words.isupper() else words
