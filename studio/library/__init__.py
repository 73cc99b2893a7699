"""All SQL that outlives a job, and the media store."""

from studio.library.clips import Clip, ClipPage, ClipQuery, Facets, Media
from studio.library.library import Library, new_id

__all__ = ["Clip", "ClipPage", "ClipQuery", "Facets", "Library", "Media", "new_id"]
