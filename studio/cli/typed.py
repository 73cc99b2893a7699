"""What was typed, made into numbers and sizes; says in words what is wrong with it."""

import re

from studio.errors import Invalid

SLOTS = ("subject", "action", "scene", "style", "lighting", "camera")


class Misused(Exception):
    """The call cannot be understood: which command, and argparse's reason."""

    def __init__(self, command: str, reason: str) -> None:
        super().__init__(command, reason)
        self.command = command
        self.reason = reason


def size(text: str) -> tuple[int, int]:
    """Return (width, height) of a text such as "854x480"; raises Invalid for a text of another shape."""
    found = re.fullmatch(r"(-?\d{1,9})[x×*](-?\d{1,9})", text.strip().lower())
    if not found:
        raise Invalid("cli_size_refused", {"value": short(text)})
    return int(found[1]), int(found[2])


def whole(name: str, text: str) -> int:
    """Return the whole number typed for an option; raises Invalid."""
    if not re.fullmatch(r"-?\d{1,40}", text.strip()):
        raise Invalid("cli_number_refused", {"name": f"--{name}", "value": short(text)})
    return int(text)


def number(name: str, text: str) -> float:
    """Return the number typed for an option, which may be NaN or infinite; raises Invalid."""
    try:
        return float(text)
    except ValueError as error:
        raise Invalid("cli_number_refused", {"name": f"--{name}", "value": short(text)}) from error


def words(name: str, text: str) -> str:
    """Return the text typed for an option; raises Invalid when its bytes were no text."""
    if any("\ud800" <= character <= "\udfff" for character in text):  # how Python keeps bytes that are no UTF-8
        raise Invalid("cli_text_refused", {"name": name})
    return text


def short(text: str) -> str:
    """Return what was typed as it can stand in one line of a message."""
    return "".join(character if character.isprintable() else "�" for character in text[:40])
