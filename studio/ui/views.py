"""What the player, the posters and the samples show of a clip."""

import re
from base64 import b64encode
from typing import Any

from studio.jobs import Job, Progress
from studio.library import Clip
from studio.text import say
from studio.ui.words import engine_name, length


def film_view(clip: Clip, language: str, autoplay: bool = False) -> dict[str, Any]:
    """Return what film.html and the words round it need."""
    return {
        "id": clip.id,
        "title": clip.prompt.sentence,
        "video": f"media/{clip.video}",
        "poster": f"media/{clip.poster}",
        "width": clip.look.width,
        "height": clip.look.height,
        "favourite": clip.favourite,
        "file": file_name(clip),
        "autoplay": autoplay,
        "film": clip.kind == "film",
        "storyboard": (clip.measures or {}).get("storyboard", ""),
        "facts": _facts(clip, language),
    }


def _facts(clip: Clip, language: str) -> str:
    look = clip.look
    values = {
        "engine": engine_name(look.engine, language),
        "seconds": length(clip.seconds, language),
        "width": look.width,
        "height": look.height,
        "seed": look.seed,
    }
    facts = say("page_facts", language, values)
    if not look.adapters:
        return facts
    return say("page_facts_adapters", language, {"facts": facts, "adapters": look.adapters})


def preview(job: Job | Progress) -> str:
    """Return what can be seen of a take in hand as an address that holds the picture itself; empty for nothing."""
    return f"data:image/jpeg;base64,{b64encode(job.preview).decode()}" if job.preview else ""


def file_name(clip: Clip) -> str:
    """Return the name a downloaded clip gets: its first words, in any script, and its seed."""
    words = re.sub(r"[^\w]+", "-", clip.prompt.sentence).strip("-")[:40].strip("-")
    return f"{words or 'clip'}-{clip.look.seed}.mp4"
