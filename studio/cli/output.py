"""How things are shown: results on standard output, remarks on standard error."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.cli.typed import SLOTS
from studio.text import say

if TYPE_CHECKING:
    from studio.library import Clip


def show(line: str) -> None:
    """Show one line of a result."""
    sys.stdout.write(line + "\n")


def show_json(data: dict[str, Any]) -> None:
    """Show a result as one JSON object."""
    show(json.dumps(data, ensure_ascii=False, indent=2))


def complain(line: str, code: int) -> int:
    """Say one line that is no result and return `code`."""
    sys.stderr.write(line + "\n")
    return code


def clip_facts(clip: "Clip", path: Path) -> dict[str, Any]:
    """Return what is told of a clip as JSON-able data; `path` is where its film lies."""
    return {
        "clip": clip.id,
        "key": clip.key,
        "path": str(path),
        "prompt": clip.prompt.sentence,
        "slots": {slot: getattr(clip.prompt, slot) for slot in SLOTS},
        "engine": clip.look.engine,
        "adapters": clip.look.adapters,
        "seed": clip.look.seed,
        **file_facts(clip),
        "created_at": clip.created_at,
        "favourite": clip.favourite,
        "reading": asdict(clip.reading) if clip.reading else None,
    }


def file_facts(clip: "Clip") -> dict[str, Any]:
    """Return what is told of the file of a clip or a film, and of how long it took to make."""
    return {
        "frames": clip.num_frames,
        "width": clip.look.width,
        "height": clip.look.height,
        "fps": clip.look.fps,
        "seconds": clip.seconds,
        "seconds_taken": clip.seconds_taken,
    }


def show_reading(clip: "Clip", language: str) -> None:
    """Show how the engine understood the prompt, if it says."""
    if clip.reading is None:
        return
    reading = clip.reading
    rows = {
        "drawn": [getattr(word, language) for word in reading.drawn],
        "not_drawn": [
            say("cli_instead", language, {"said": word.said, "instead": getattr(word, language)})
            for word in reading.not_drawn
        ],
        "defaults": [getattr(word, language) for word in reading.defaults],
        "unknown": list(reading.unknown),
    }
    for name, found in rows.items():
        if found:
            show(say(f"cli_{name}", language, {"words": " · ".join(found)}))
