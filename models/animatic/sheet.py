"""A contact sheet, to look at what the engine draws: python -m models.animatic.sheet OUT.png --help."""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from models.animatic.spec import Figure, Spec, Thing
from models.animatic.style import style_names
from models.animatic.take import draw_clip
from models.engine import ClipRequest, Frame, Prompt

PLAIN = Spec((Figure("fox", action="walk"),), "meadow", "", "day", "", "flat", "follow")


def spec_of(text: str) -> Spec:
    """Return a Spec from "subject=cat with=dog:run,ball things=fence:#2040c0"; unnamed is a fox walking in a meadow.

    `subject`, `label`, `action`, `colour` and `size` are the leader's; those who come `with` it are named with
    their action, colour and size.
    """
    named: dict[str, Any] = dict(pair.split("=", 1) for pair in text.split())
    things = tuple(Thing(*name.split(":")) for name in named.pop("things", "").split(",") if name)
    others = tuple(_figure(name) for name in named.pop("with", "").split(",") if name)
    own = {field.name: named.pop(field.name) for field in fields(Figure) if field.name in named}
    own["size"] = float(own.get("size", 1))
    unknown = set(named) - {field.name for field in fields(Spec)}
    if unknown:
        raise ValueError(f"no such field: {', '.join(sorted(unknown))}")
    lead = replace(PLAIN.lead, **own)
    return replace(PLAIN, **named, figures=(lead, *others) if lead.subject else (), things=things)


def _figure(text: str) -> Figure:
    """Return a figure from "dog:run:#804020:0.7", of which all but the first may be left out."""
    subject, action, colour, size, *_ = [*text.split(":"), "", "", ""]
    return Figure(subject, "", action or "idle", colour, float(size or 1))


def frames_of(spec: Spec, request: ClipRequest) -> Iterator[Frame]:
    """Yield the frames of a Spec, with nobody watching."""
    yield from draw_clip(spec, request, lambda done, total, doing: None)


def row(spec: Spec, request: ClipRequest, count: int, width: int) -> Frame:
    """Return `count` frames of a take side by side, each `width` pixels wide."""
    wanted = np.linspace(0, request.num_frames - 1, count).astype(int).tolist()
    height = round(width * request.height / request.width)
    kept = [
        cv2.resize(frame, (width, height), interpolation=cv2.INTER_AREA)
        for index, frame in enumerate(frames_of(spec, request))
        if index in wanted
    ]
    return np.hstack(kept)


def save(rows: Sequence[Frame], path: Path) -> None:
    """Write rows of one width under each other as a PNG."""
    cv2.imwrite(str(path), cv2.cvtColor(np.vstack(rows), cv2.COLOR_RGB2BGR))


def main(arguments: Sequence[str] | None = None) -> None:
    """Draw a sheet from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("specs", nargs="*", default=[""], help='such as "subject=cat action=jump style=ink"')
    parser.add_argument("--prompts", action="store_true", help="the texts are prompts in words, read as a person's are")
    parser.add_argument("--styles", action="store_true", help="every text in every style")
    parser.add_argument("--size", default="854x480")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--frames", type=int, default=48)
    parser.add_argument("--fps", type=int, default=24)
    parser.add_argument("--columns", type=int, default=4)
    parser.add_argument("--width", type=int, default=400, help="pixels a picture is wide on the sheet")
    options = parser.parse_args(arguments)
    width, height = (int(side) for side in options.size.split("x"))
    request = ClipRequest(Prompt(""), width, height, options.frames, options.fps, options.seed)
    specs = [_from_words(text) if options.prompts else spec_of(text) for text in options.specs]
    if options.styles:
        specs = [replace(spec, style=name) for spec in specs for name in style_names()]
    save([row(spec, request, options.columns, options.width) for spec in specs], options.out)


def _from_words(text: str) -> Spec:
    from models.animatic.reading import read

    return read(Prompt(subject=text))[0]


if __name__ == "__main__":
    main()
