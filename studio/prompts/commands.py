"""Commands in brackets within a story: [3s], [cut], [seed=7], and the same in Chinese."""

import re
from dataclasses import dataclass, replace

from models.engine import MAX_SEED
from studio.errors import Invalid

LONGEST_SECONDS = 60
BRACKETS = re.compile(r"[\[［【]([^\[\]［］【】]{1,60})[\]］】]")
COMMAND = re.compile(
    r"(?:(?P<seconds>[-+−]?(?:\d{1,9}(?:\.\d{0,9})?|\.\d{1,9}))\s*(?:seconds?|secs?|s|秒钟?)"
    r"|(?:seed|种子)\s*[=＝:：]?\s*(?P<seed>[^\s,，;；、]{1,40})|(?P<cut>cut|切镜|切换|切|转场))(?:[\s,，;；、]+|$)",
    re.IGNORECASE,
)


BARE_CUT = re.compile(r"\s*(?:cut(?: to)?|切镜|转场)\W*", re.IGNORECASE)
"""A sentence that says only this is a command without its brackets."""


@dataclass(frozen=True)
class Commands:
    """What brackets ask of a segment; None where nothing was said."""

    seconds: float | None = None
    cut: bool = False
    seed: int | None = None

    def with_later(self, later: "Commands") -> "Commands":
        """Return both, the later ones winning."""
        return Commands(
            later.seconds if later.seconds is not None else self.seconds,
            self.cut or later.cut,
            later.seed if later.seed is not None else self.seed,
        )


NOTHING = Commands()


def take_commands(text: str) -> tuple[str, Commands]:
    """Return a text without its commands, and those; brackets that say anything else stay words. Raises Invalid."""
    if BARE_CUT.fullmatch(text):
        return "", Commands(cut=True)
    commands, kept, start = Commands(), "", 0
    for found in BRACKETS.finditer(text):
        asked = _read(found[1])
        if asked is None:
            continue
        commands = commands.with_later(asked)
        kept, start = f"{kept}{text[start : found.start()].rstrip()} ", found.end()
    return (kept + text[start:].lstrip() if start else text), commands


def _read(inner: str) -> Commands | None:
    """Return what one pair of brackets asks; None when any part of it is no command."""
    commands, at, inner = Commands(), 0, inner.strip()
    while at < len(inner):
        found = COMMAND.match(inner, at)
        if not found:
            return None
        if found["cut"]:
            commands = replace(commands, cut=True)
        elif found["seconds"]:
            commands = replace(commands, seconds=_seconds(found["seconds"]))
        else:
            commands = replace(commands, seed=_seed(found["seed"]))
        at = found.end()
    return commands if at else None


def _seconds(said: str) -> float:
    seconds = float(said.replace("−", "-"))
    if not 0 < seconds <= LONGEST_SECONDS:
        raise Invalid("story_seconds_refused", {"seconds": f"{seconds:g}", "limit": LONGEST_SECONDS})
    return seconds


def _seed(said: str) -> int:
    if not (said.isascii() and said.isdigit()) or int(said) > MAX_SEED:
        raise Invalid("seed_refused", {"seed": said, "high": MAX_SEED})
    return int(said)
