"""Everything that turns a request into pixels; imports nothing of the studio."""

import threading
from functools import cached_property
from importlib import import_module

from models.engine import Engine, EngineError, Unavailable

ENGINES = {"animatic": "models.animatic:Animatic"}
"""Every engine by name, as module:class, so that naming one imports none; the first always runs."""


class Engines:
    """The engines of one studio: each is opened once and stays, with what it has loaded, until the studio closes."""

    def __init__(self) -> None:
        self._opened: dict[str, Engine] = {}
        self._lock = threading.Lock()

    @property
    def names(self) -> tuple[str, ...]:
        """Every engine there is, whether it can run here or not."""
        return tuple(ENGINES)

    def open(self, name: str) -> Engine:
        """Return an engine, which may not be able to run here; raises `Unavailable` for an unknown name."""
        with self._lock:
            if name not in self._opened:
                self._opened[name] = self._made(name)
            return self._opened[name]

    def why_not(self, name: str) -> EngineError | None:
        """Return what keeps an engine from running on this machine; None when nothing does."""
        try:
            self.open(name).check_available()
        except EngineError as error:
            return error
        return None

    @cached_property
    def ready(self) -> tuple[str, ...]:
        """The engines that could run here when this was first asked, in the order of `names`."""
        return tuple(name for name in self.names if self.why_not(name) is None)

    def _made(self, name: str) -> Engine:
        if name not in ENGINES:
            raise Unavailable("engine_unknown", {"engine": name[:40], "engines": ", ".join(self.names)})
        module, _, attribute = ENGINES[name].partition(":")
        engine: Engine = getattr(import_module(module), attribute)()
        return engine
