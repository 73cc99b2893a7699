"""The Storyboard tab: a story becomes segments, segments become takes, takes become one film."""

from studio.ui.storyboard.desk import Desk

__all__ = ["Desk"]
