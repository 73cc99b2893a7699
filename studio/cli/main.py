"""From a call to an exit code: what can be typed, and what is said when it goes wrong."""

import argparse
import os
import runpy
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from studio.cli.output import complain, show_json
from studio.cli.typed import SLOTS, Misused
from studio.errors import StudioError
from studio.settings import Settings, spoken_language
from studio.text import say

INTERRUPTED = 130
"""The exit code a shell gives for SIGINT."""

COMMANDS = {
    "generate": "studio.cli.generate:generate",
    "film": "studio.cli.film:film",
    "list": "studio.cli.clips:list_clips",
    "search": "studio.cli.clips:list_clips",
    "show": "studio.cli.clips:show_clip",
    "delete": "studio.cli.clips:delete_clip",
    "serve": "studio.cli.main:serve",
    "doctor": "studio.cli.doctor:doctor",
}
"""Every command by name, as module:function, so that help comes at once and the doctor where a package is broken."""

LOOK = ("engine", "size", "fps", "seed", "adapters")
DEFAULTS = {"engine": "animatic", "seconds": "2", "size": "auto", "fps": "auto", "seed": "0", "adapters": ""}
"""What an option is when it is not typed; a fixed seed, so that a repeated call is answered from the library."""


class Parser(argparse.ArgumentParser):
    """A parser whose complaint is said in one line by `main`."""

    def error(self, message: str) -> NoReturn:
        """Raise `Misused`."""
        raise Misused(self.prog, message)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # for what a terminal cannot show
    language, as_json = spoken_language(), False
    try:
        settings = Settings.read()
        chosen = parser(language).parse_args(arguments)
        as_json = chosen.json
        module, _, function = COMMANDS[chosen.command].partition(":")
        code: int = getattr(import_module(module), function)(chosen, settings)
        return code
    except Misused as error:
        return complain(say("cli_misused", language, {"command": error.command, "reason": error.reason}), 2)
    except StudioError as error:
        message = say(error.code, language, error.values)
        if "segment" in error.values:
            message = say("cli_segment_failed", language, {"segment": error.values["segment"], "reason": message})
        if as_json:
            show_json({"error": {**error.to_dict(), "message": message}})
        return complain(message, 1)
    except KeyboardInterrupt:
        return complain(say("cli_interrupted", language), INTERRUPTED)
    except BrokenPipeError:  # whoever read the output has gone; Python must not trip over that again at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def parser(language: str) -> Parser:
    """Return the parser of all commands, its help in `language`."""
    root = Parser(prog="python -m studio", description=say("cli_about", language))
    commands = root.add_subparsers(required=True, metavar=say("cli_command", language))
    _add_generate(_add(commands, "generate", language), language)
    _add_film(_add(commands, "film", language), language)
    library = commands.add_parser("library", help=say("cli_library_help", language))
    _add_library(library.add_subparsers(required=True, metavar=say("cli_command", language)), language)
    _add(commands, "serve", language)
    _add(commands, "doctor", language)
    return root


def serve(_chosen: argparse.Namespace, _settings: Settings) -> int:
    """Start the studio in this process, as `python app.py` does."""
    runpy.run_path(str(Path(__file__).parents[2] / "app.py"), run_name="__main__")
    return 0


def _add(commands: Any, name: str, language: str) -> Parser:
    """Add a command with what all of them share; argparse keeps the type of its sub-parsers to itself."""
    command: Parser = commands.add_parser(name, help=say(f"cli_{name}_help", language))
    command.set_defaults(command=name, json=False)
    if name != "serve":
        command.add_argument("--json", action="store_true", help=say("cli_json_help", language))
    return command


def _add_generate(command: Parser, language: str) -> None:
    for slot in (*SLOTS, "prompt"):
        command.add_argument(f"--{slot}", default="", metavar="…", help=say(f"cli_{slot}_help", language))
    _add_options(command, DEFAULTS, language)
    command.add_argument("--out", type=Path, metavar="clip.mp4", help=say("cli_out_help", language))


def _add_film(command: Parser, language: str) -> None:
    command.add_argument("story", type=Path, metavar="STORY", help=say("cli_story_help", language))
    _add_options(command, LOOK, language)
    command.add_argument("--seam", default="auto", metavar="auto", help=say("cli_seam_help", language))
    command.add_argument("--lut", default="", metavar="…", help=say("cli_lut_help", language))
    command.add_argument(
        "--no-lock-colours", action="store_false", dest="lock_colours", help=say("cli_no_lock_colours_help", language)
    )
    command.add_argument("--mend", action="store_true", help=say("cli_mend_help", language))
    command.add_argument("--out", type=Path, metavar="film.mp4", help=say("cli_out_help", language))


def _add_options(command: Parser, names: Iterable[str], language: str) -> None:
    for name in names:
        default = DEFAULTS[name]
        meaning = say(f"cli_{name}_help", language, {"default": default})
        command.add_argument(f"--{name}", default=default, metavar=default, help=meaning)


def _add_library(actions: Any, language: str) -> None:
    for name in ("list", "search"):
        command = _add(actions, name, language)
        command.add_argument("--limit", default="60", metavar="60", help=say("cli_limit_help", language))
        if name == "search":
            command.add_argument("words", help=say("cli_words_help", language))
        else:
            command.set_defaults(words="")
    for name in ("show", "delete"):
        _add(actions, name, language).add_argument("clip", help=say("cli_clip_help", language))
