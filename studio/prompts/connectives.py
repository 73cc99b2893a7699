"""Words that tie what happens to what happened before: then, meanwhile, 然后, 与此同时."""

from functools import cache

from studio.prompts import chinese, predicate
from studio.prompts.clean import clean
from studio.prompts.vocabulary import read_table
from studio.prompts.words import word_set

STORY = "story"


def opened(text: str) -> tuple[str, bool, str]:
    """Return a text without the connectives it opens with, whether they change the scene, and those connectives."""
    changes, opened = False, ""
    for _ in range(3):
        word = _opener(text)
        if not word:
            break
        changes = changes or word.casefold() in (
            *listed("english", "scene_changes"),
            *listed("chinese", "scene_changes"),
        )
        opened = f"{opened} {word}".strip()
        text = clean(text[len(word) :])
    return text, changes, opened


@cache
def listed(part: str, name: str) -> tuple[str, ...]:
    """Return a list of phrases of the story table, the longest first."""
    text = read_table(STORY)[part][name]
    words = text.replace("\n", "").split(",") if part == "english" else text.split()
    return tuple(sorted((word.strip() for word in words), key=lambda word: -len(word)))


def _opener(text: str) -> str:
    """Return the connective that a text opens with; empty for none."""
    folded = text[:40].casefold()
    if folded.split(" ")[0].rstrip(",") not in _first_words() and folded[:1] not in _first_letters():
        return ""
    for phrase in listed("english", "openers"):
        rest = folded[len(phrase) :]
        if folded.startswith(phrase) and (not rest or not rest[0].isalnum()) and not rest.startswith("-"):
            return text[: len(phrase)] if _opens(phrase, rest) else ""
    for phrase in listed("chinese", "openers"):
        if folded.startswith(phrase) and _opens_chinese(phrase, folded[len(phrase) :]):
            return phrase
    return ""


@cache
def _first_words() -> frozenset[str]:
    return frozenset(phrase.split()[0] for phrase in listed("english", "openers"))


@cache
def _first_letters() -> frozenset[str]:
    return frozenset(phrase[0] for phrase in listed("chinese", "openers"))


def _opens(phrase: str, rest: str) -> bool:
    """Tell whether an English connective stands for itself and not before a noun: "next to a tree", "second floor"."""
    if rest.startswith(","):
        return True
    word = (rest.split() or [""])[0]
    if not word:
        return True
    if phrase in ("next", "first", "second", "third", "later", "soon"):
        return predicate.may_follow_connective(word)
    return word not in word_set("english", "after_next", STORY) or phrase in ("then", "and then")


def _opens_chinese(phrase: str, rest: str) -> bool:
    """Tell whether a Chinese connective stands for itself and not in another word, such as 最后一片 or 再见."""
    if rest[:1] in ("，", ",", ""):
        return True
    if phrase == "最后" and rest[0] in "一的几两":
        return False
    if phrase in ("先", "又", "再", "并", "同时", "首先", "其次"):
        return chinese.begins_with_verb(rest) or rest[0] in "它他她到去把从向朝沿"
    return rest[0] not in "的见" and phrase != "一天"
