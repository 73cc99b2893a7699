"""Every word the studio says, in each of its languages, from `assets/text/*.toml`.

An entry is `key = {en = "...", zh = "..."}`; `{name}` in it is filled from the values given.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

LANGUAGES = ("en", "zh")
FOLDER = Path(__file__).parent.parent / "assets" / "text"


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """Return {key: {language: words}} over all files of the text folder."""
    entries: dict[str, Mapping[str, str]] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        entries.update(tomllib.loads(path.read_text(encoding="utf-8")))
    return entries


def say(key: str, language: str, values: Mapping[str, object] | None = None) -> str:
    """Return the words of `key` in `language`, filled; raises KeyError for a key the catalogue lacks."""
    return catalogue()[key][language].format(**(values or {}))


def language_of(tags: str) -> str:
    """Return the studio's language for a list of locale tags such as "zh-TW,en;q=0.8" or "zh_CN.UTF-8"."""
    first = tags.strip().lower().split(",")[0]
    return "zh" if first.startswith("zh") else "en"
