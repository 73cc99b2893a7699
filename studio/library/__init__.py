"""All SQL that outlives a job, and the media store."""

from studio.library.clips import Clip, ClipPage, ClipQuery, Facets, Media, new_id
from studio.library.library import Library
from studio.library.storyboards import Storyboards, WantedTake

__all__ = ["Clip", "ClipPage", "ClipQuery", "Facets", "Library", "Media", "Storyboards", "WantedTake", "new_id"]
