"""Finishing: what is done to the frames of takes on their way into a film, one step per file, streaming."""
