"""Everything that turns a request into pixels; imports nothing of the studio."""

from importlib import import_module

from models.engine import Engine, Unavailable

ENGINES = {"animatic": "models.animatic:Animatic"}
"""Every engine by name, as module:class, so that naming one imports none."""


def open_engine(name: str) -> Engine:
    """Return a new engine; raises `Unavailable` for a name that is not in ENGINES or cannot run here."""
    if name not in ENGINES:
        raise Unavailable("engine_unknown", {"engine": name[:40], "engines": ", ".join(ENGINES)})
    module, _, attribute = ENGINES[name].partition(":")
    engine: Engine = getattr(import_module(module), attribute)()
    return engine
