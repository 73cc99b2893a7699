"""Everything that turns a request into pixels; imports nothing of the studio."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from models.engine import Engine, EngineError, Refused, Unavailable

if TYPE_CHECKING:
    from models.wan import Host
    from models.wan.adapters import Adapter

ENGINES = {"animatic": "models.animatic:Animatic"}
"""The engines that need nothing from outside, as module:class, so that naming one imports none; the first always runs.
"""
REMOTE = "remote"
WAN = "wan-"
"""How the names of the Wan engines begin; each goes on with the name of its profile."""
LIKED = (f"{WAN}turbo", f"{WAN}quality", f"{WAN}draft", f"{WAN}small", *ENGINES)
"""Which engine is taken where nobody chose one: the quickest of those with the best picture. A hosted one, which costs
money, is never taken unasked."""


@dataclass(frozen=True)
class Source:
    """Where engines find what does not come with the studio."""

    folder: Path
    """For weights, adapters and what is kept between takes; made when first needed."""
    wan_repo: str = ""
    """A local folder or a repository to use instead of those of the Wan profiles."""
    token: str = ""
    """Of Hugging Face, for weights that need one and for hosted models."""
    remote_model: str = ""
    """Name on the hub of the hosted model that makes takes from text."""
    remote_image_model: str = ""
    """The one that continues takes."""
    remote_provider: str = "auto"


class Engines:
    """The engines of one studio: each is opened once and stays, with what it has loaded, until the studio closes."""

    def __init__(self, source: Source | None = None) -> None:
        """Without a source there are only the engines that need none."""
        self._source = source
        self._opened: dict[str, Engine] = {}
        self._lock = threading.Lock()

    @property
    def names(self) -> tuple[str, ...]:
        """Every engine there is, whether it can run here or not."""
        return (*ENGINES, *(WAN + name for name in self._profiles), *([REMOTE] if self._source else ()))

    @cached_property
    def missing(self) -> Mapping[str, EngineError]:
        """Which engines could not run here when this was first asked, and what each lacked."""
        return {name: error for name in self.names if (error := self.why_not(name))}

    @cached_property
    def ready(self) -> tuple[str, ...]:
        """The engines that could run here when this was first asked, in the order of `names`."""
        return tuple(name for name in self.names if name not in self.missing)

    @property
    def best(self) -> str:
        """The engine to take where nobody chose one."""
        return next(name for name in LIKED if name in self.ready or name in ENGINES)

    @property
    def lent(self) -> tuple[str, ...]:
        """The engines whose card is lent to a visitor for each take, so that only his own event can make it."""
        return tuple(WAN + name for name in self._profiles) if self._host and self._host.lender else ()

    @property
    def adapters(self) -> Path | None:
        """The folder of the adapters a person may use; None where no engine takes any."""
        return self._host.folder / "adapters" if self._host else None

    @property
    def adapters_there(self) -> "list[Adapter]":
        """What lies in that folder now, by name, with what is wrong with a file; read from the files' headers."""
        from models.wan.adapters import list_adapters

        return list_adapters(self.adapters) if self.adapters else []

    def open(self, name: str, adapters: str = "") -> Engine:
        """Return an engine, which may not be able to run here, with adapters such as "ink:0.8, mia" where it takes any.

        One with adapters is opened anew each time, because their files may have changed; what it loads is shared.
        Raises `Unavailable` for an unknown name, `Refused` for adapters.
        """
        if adapters:
            return self._made(name, adapters)
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

    def close(self) -> None:
        """Let go of all that was loaded, once the runs in hand have ended."""
        if "_host" in self.__dict__ and self._host:
            self._host.close()

    @property
    def _profiles(self) -> tuple[str, ...]:
        from models.wan import profiles

        return tuple(profiles()) if self._source else ()

    @cached_property
    def _host(self) -> "Host | None":
        """What all Wan engines share."""
        from models.wan import Host
        from models.wan.lent import find_lender

        source = self._source
        if source is None:
            return None
        host = Host(source.folder, source.wan_repo, source.token)
        host.lender = find_lender()
        return host

    def _made(self, name: str, adapters: str = "") -> Engine:
        if name not in self.names:
            raise Unavailable("engine_unknown", {"engine": name[:40], "engines": ", ".join(self.names)})
        engine: Engine
        if name.startswith(WAN) and self._host:
            from models.wan import Wan, profiles
            from models.wan.adapters import parse

            parse(adapters, self._host.folder / "adapters")  # the engine itself looks only when it is used
            engine = Wan(profiles()[name.removeprefix(WAN)], self._host, adapters)
            return engine
        if adapters:
            raise Refused("adapters_refused", {"engine": name})
        if name == REMOTE and (source := self._source):
            from models.remote import Remote

            engine = Remote(source.remote_model, source.remote_image_model, source.remote_provider, source.token)
            return engine
        module, _, attribute = ENGINES[name].partition(":")
        engine = getattr(import_module(module), attribute)()
        return engine
