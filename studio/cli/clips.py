"""library list, search, show and delete."""

import argparse
from contextlib import closing

from studio.cli import typed
from studio.cli.output import clip_facts, complain, show, show_json, show_reading
from studio.library import ClipQuery, Library
from studio.settings import Settings
from studio.text import say

MOST = 10_000
"""So many clips are listed at most, whatever is asked for."""


def list_clips(chosen: argparse.Namespace, settings: Settings) -> int:
    """Show the newest clips, of those that match the words when there are any."""
    limit = min(max(1, typed.whole("limit", chosen.limit)), MOST)
    query = ClipQuery(text=typed.words("WORDS", chosen.words), limit=limit)
    with closing(Library.open(settings)) as library:
        page = library.search(query)
        told = [clip_facts(clip, library.store.path(clip.video)) for clip in page.clips]
    if chosen.json:
        show_json({"clips": told, "total": page.total})
        return 0
    for facts in told:
        show(f"{facts['clip']}  {facts['width']}x{facts['height']}  {facts['seconds']:g} s  {facts['prompt']}")
    return complain(say("cli_found", settings.language, {"shown": len(told), "total": page.total}), 0)


def show_clip(chosen: argparse.Namespace, settings: Settings) -> int:
    """Show everything about one clip."""
    with closing(Library.open(settings)) as library:
        clip = library.clip(typed.words("CLIP", chosen.clip))
        facts = clip_facts(clip, library.store.path(clip.video))
    if chosen.json:
        show_json(facts)
        return 0
    for name, value in facts.items():
        if name not in ("reading", "slots"):
            show(f"{name:14}{value}")
    show_reading(clip, settings.language)
    return 0


def delete_clip(chosen: argparse.Namespace, settings: Settings) -> int:
    """Delete one clip."""
    with closing(Library.open(settings)) as library:
        library.delete(typed.words("CLIP", chosen.clip))
    if chosen.json:
        show_json({"deleted": chosen.clip})
    else:
        show(say("cli_deleted", settings.language, {"clip": chosen.clip}))
    return 0
