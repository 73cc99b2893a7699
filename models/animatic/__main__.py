"""Look at what the engine draws: python -m models.animatic sheet OUT.jpg."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; 0 when it is done."""
    parser = argparse.ArgumentParser(prog="python -m models.animatic", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    contact = commands.add_parser("sheet", help="every subject, place and style, and some sentences, on one page")
    contact.add_argument("out", type=Path, help="the picture to write, such as sheet.jpg")
    out: Path = parser.parse_args(arguments).out
    if out.suffix.lower() not in (".jpg", ".jpeg", ".png"):
        parser.error(f"{out}: name a .jpg or a .png")
    if not out.parent.is_dir():
        parser.error(f"{out.parent}: there is no such folder")

    from models.animatic.contact import draw

    try:
        draw(out)
    except OSError as error:
        parser.error(f"{out}: {error.strerror or error}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
