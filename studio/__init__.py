"""Segue: a web studio that turns a sentence into a short film."""

__version__ = "0.1.0"
