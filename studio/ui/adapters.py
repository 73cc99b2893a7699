"""The adapters (LoRA) one can choose: what is in their folder, and the text that names them with their weights."""

import re

from models import Engines
from models.engine import EngineError, Refused
from studio.storyboard import Look
from studio.text import say
from studio.ui.markup import render


def takes_adapters(engines: Engines, engine: str) -> bool:
    """Tell whether an engine can be opened with adapters."""
    try:
        return engines.open(engine).limits.adapters
    except EngineError:
        return False


def adapter_list(engines: Engines, look: Look, prompts: tuple[str, ...], language: str) -> str:
    """Return the adapters of the folder, each to be put into the look's text or taken out of it by a press.

    The trigger words of a chosen one are offered while one of the `prompts` lacks them. Nothing for an engine that
    takes no adapters.
    """
    if not takes_adapters(engines, look.engine):
        return ""
    rows = [
        {
            "name": one.name,
            "on": one.name in named(look.adapters),
            "words": say("create_comma", language).join(one.words),
            "offered": _offered(one.words, prompts) if one.name in named(look.adapters) else "",
            "wrong": say(one.wrong, language, {"name": one.name}) if one.wrong else "",
        }
        for one in engines.adapters_there
    ]
    return render("adapters", language, {"rows": rows, "folder": str(engines.adapters)})


def refusal(engines: Engines, look: Look, language: str) -> str:
    """Return what is wrong with the adapters of a look; empty when nothing is."""
    try:
        engines.open(look.engine, look.adapters)
    except Refused as error:
        return say(error.code, language, error.values)
    except EngineError:
        pass  # of the engine itself, which its own words tell
    return ""


def named(text: str) -> dict[str, str]:
    """Return name -> what was typed of it, such as {"ink": "ink:0.8"}."""
    parts = filter(None, (part.strip() for part in re.split(r"[,，;；\n]", text)))
    return {re.split("[:：]", part)[0].strip(): part for part in parts}


def toggled(text: str, name: str) -> str:
    """Return the text with an adapter, or without it where it is named already."""
    parts = named(text)
    if parts.pop(name, None) is None:
        parts[name] = name
    return ", ".join(parts.values())


def with_words(said: str, words: str) -> str:
    """Return the words of a slot with trigger words behind them, once."""
    return said if words in said else ", ".join(filter(None, (said.strip(), words)))


def _offered(words: tuple[str, ...], prompts: tuple[str, ...]) -> str:
    """Return the trigger words that a prompt lacks, as they are put into it."""
    return ", ".join(word for word in words if any(word not in prompt for prompt in prompts))
