"""What the film player plays: the joined film, or until there is one the takes that are ready, in their order.

While none is ready it plays the takes there were before, so that the preview stays while a finer engine works.
"""

import json
from typing import Any

from studio.library import Clip
from studio.storyboard import Storyboard
from studio.text import say
from studio.ui.markup import render
from studio.ui.storyboard.story import play_time
from studio.ui.storyboard.strip import Making


def reel(storyboard: Storyboard, making: Making, film: Clip | None, language: str) -> str:
    """Return the player and what it plays; before anything is made, what there is to do."""
    older = not film and not making.ready
    pieces = _film(storyboard, film) if film else _takes(storyboard, making, older)
    count = len(storyboard.segments)
    total = play_time(storyboard, language)
    shown: dict[str, Any] = {
        "pieces": json.dumps(pieces),
        "some": bool(pieces),
        "width": storyboard.look.width,
        "height": storyboard.look.height,
        "headline": say("board_headline", language, {"count": count, "seconds": total}) if count else "",
        "note": "",
    }
    if pieces and film is None and making.ready < count:
        key = "board_older" if older else "board_so_far"
        shown["note"] = say(key, language, {"ready": making.ready, "count": count})
    return render("reel", language, shown)


def _film(storyboard: Storyboard, film: Clip) -> list[dict[str, Any]]:
    """Return the segments as stretches of the joined film."""
    parts = list((film.measures or {}).get("parts", ()))
    if len(parts) != len(storyboard.segments):
        return [_piece(film, "", 0, film.num_frames)]
    return [
        _piece(film, segment.id, part["start_frame"], part["start_frame"] + part["num_frames"])
        for segment, part in zip(storyboard.segments, parts, strict=True)
    ]


def _takes(storyboard: Storyboard, making: Making, older: bool) -> list[dict[str, Any]]:
    """Return the takes that are ready, or the `older` ones.

    One that continues leaves out the frame it has in common with the one before.
    """
    pieces = []
    for at, (segment, progress) in enumerate(zip(storyboard.segments, making.progress, strict=True)):
        if (older or progress.status == "done") and progress.clip:
            first = 0 if segment.cut or not at else 1
            pieces.append(_piece(progress.clip, segment.id, first, progress.clip.num_frames))
    return pieces


def _piece(clip: Clip, segment_id: str, start: int, stop: int) -> dict[str, Any]:
    fps = clip.look.fps
    return {"src": f"media/{clip.video}", "id": segment_id, "from": round(start / fps, 4), "to": round(stop / fps, 4)}
