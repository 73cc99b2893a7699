"""Subjects: how each moves (pose) and how it is drawn (skin)."""
