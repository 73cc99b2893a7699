"""What all Wan engines of a process share: one folder, one card, at most one checkpoint in memory."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from models.engine import Report
from models.wan.card import Card, find_card
from models.wan.levers import Levers
from models.wan.profiles import Profile
from models.wan.source import Source, present
from models.wan.weights import check_folder, fetch, fingerprint

if TYPE_CHECKING:
    from models.wan.lent import Lender
    from models.wan.pipeline import Parts

PATIENCE = 0.2
"""Seconds between two reports while another run has the card."""


class Host:
    """The folder for models, where weights come from, and the lock that gives the card to one run at a time."""

    def __init__(self, folder: Path, repo: str = "", token: str = "", levers: Levers | None = None) -> None:
        self.folder = folder
        """Has the folders adapters, embeddings, latents, previews and weights; made when first needed."""
        self.repo = repo
        """A local folder or a repository used instead of each profile's own; empty for none."""
        self.levers = levers or Levers()
        self.lender: Lender | None = None
        """Who lends the card where this process has none of its own."""
        self._token = token
        self._lock = threading.Lock()
        self._parts: Parts | None = None
        self._card: Card | None = None
        self._fingerprint = ""
        self.outgrown: set[tuple[object, ...]] = set()
        """(profile, width, height, frames, takes at once, plan) of which it is known that memory does not suffice."""

    @property
    def made_of(self) -> tuple[Path, str, str, Levers]:
        """What a host of another process is made of, to find the same weights."""
        return self.folder, self.repo, self._token, self.levers

    def source(self, profile: Profile) -> Source:
        """Return where a profile's weights come from."""
        repo, revision = (self.repo, "main") if self.repo else (profile.repo, profile.revision)
        return Source(repo, revision, self.folder / "weights", self._token)

    def weights_key(self, profile: Profile) -> str:
        """Return a text that names a profile's weights: repository and revision, or the digest of a local folder."""
        source = self.source(profile)
        if self._local is None:
            return f"{source.repo}@{source.revision}"
        if not self._fingerprint:
            self._fingerprint = fingerprint(self._local)
        return self._fingerprint

    def present(self, profile: Profile) -> Path | None:
        """Return the folder of a profile's weights when they are all here; asks no network."""
        return self._local or present(self.source(profile))

    @property
    def _local(self) -> Path | None:
        """The folder of weights that somebody named, checked only when it is loaded from."""
        named = Path(self.repo) if self.repo else None
        return named if named is not None and named.is_dir() else None

    @contextmanager
    def held(self, report: Report) -> Iterator[None]:
        """Hold the card; while another run has it, `report` is told and may cancel the wait."""
        while not self._lock.acquire(timeout=PATIENCE):
            report(0, 1, "doing_waiting")
        try:
            yield
        finally:
            self._lock.release()

    def card(self) -> Card | None:
        """Return the card and what is free on it for us: what is loaded already counts as free."""
        if self.lender is not None:
            return self.lender.card
        parts = self._parts  # pages ask while a run may let go of it
        if self._card is None or parts is None or not parts.loaded:
            self._card = find_card()
        return self._card

    def fetched(self, profile: Profile, report: Report) -> Path:
        """Return the folder of a profile's weights, fetched first if need be: hours in which nobody holds the card."""
        return self._local or fetch(self.source(profile), report)

    def parts(self, profile: Profile, report: Report) -> Parts:
        """Return the modules of a profile's weights, fetched first if need be; those of other weights are let go.

        To be called while the card is held. Raises `Unavailable` when there are none, or those of another kind.
        """
        from models.wan.pipeline import Parts

        folder = self.fetched(profile, report)
        if self._parts is None or self._parts.folder != folder:
            check_folder(folder)
            self.free()
            self._parts = Parts(folder, self.levers)
        self._parts.check(profile)
        return self._parts

    def free(self) -> None:
        """Let go of what is in memory; to be called while the card is held."""
        if self._parts is not None:
            self._parts.free()
        self._parts = None

    def close(self) -> None:
        """Free card and memory, once the run in hand has ended."""
        with self._lock:
            self.free()
