"""From what a person wants to the steps that make it, each under the key of its result."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from models import Engines
from models.engine import Anchor, ClipRequest, Engine, EngineError, Limits, Prompt
from studio.errors import Invalid
from studio.prompts import compose
from studio.storyboard import Look, Segment

MATCHING = 2
"""Raised whenever studio/post/colour.py would match otherwise: takes that continue, which hold the match, are then made
anew."""

Basis = tuple[str, Limits, int]
"""The engine's identity, its limits, and MATCHING."""


@dataclass(frozen=True)
class Step:
    """One piece of work; two steps with equal keys are the same step, whoever asks for it."""

    key: str
    """Hex SHA-256 of everything the result depends on, what it needs included (a Merkle chain)."""
    kind: str
    """"take" or "film"."""
    params: Mapping[str, Any]
    """What it is made from, as JSON-able data."""
    needs: tuple[str, ...] = ()
    """Keys of the steps that must be done before."""


@dataclass(frozen=True)
class Beginning:
    """What a take begins from: nothing, the end of another take, or a picture."""

    take: str = ""
    """Key of the take it continues."""
    matched: bool = False
    """Whether its end is first brought back to the colours that take itself continued from."""
    picture: str = ""
    """Digest in the media store."""

    def facts(self) -> Mapping[str, Any] | None:
        """Return what a key says of it."""
        said = {name: value for name, value in asdict(self).items() if value}
        return (said | {"matching": MATCHING} if self.take else said) or None


@dataclass(frozen=True)
class Wish:
    """A take as it is wanted: what a step, or a job, was planned from."""

    segment: Segment
    """With the words that are sent."""
    look: Look
    """With the seed of this take."""
    beginning: Beginning = field(default_factory=Beginning)


def plan(engines: Engines, segment: Segment, look: Look) -> Step:
    """Return the step that makes a segment by itself; raises Invalid for what no engine could make of it."""
    with refusals():
        segment = replace(segment, prompt=compose(segment.prompt))
        return take_step(engines.open(look.engine, look.adapters), Wish(segment, own_look(segment, look)))


def own_look(segment: Segment, look: Look) -> Look:
    """Return the look of one segment, which may have a seed of its own."""
    return look if segment.seed is None else replace(look, seed=segment.seed)


def take_step(engine: Engine, wish: Wish) -> Step:
    """Return the step of a take; raises models.engine.Refused outside the engine's limits."""
    segment = {"prompt": asdict(wish.segment.prompt), "seconds": wish.segment.seconds}
    params = {"segment": segment, "look": asdict(wish.look), "beginning": asdict(wish.beginning)}
    needs = (wish.beginning.take,) if wish.beginning.take else ()
    key = take_key(engine, request_of(wish, engine), wish.beginning)
    return Step(key, "take", params, needs)


def request_of(wish: Wish, engine: Engine) -> ClipRequest:
    """Return what the engine is asked for, its anchor still empty; raises models.engine.Refused outside its limits.

    A take that continues has one frame more than its seconds say: the first, which repeats one that is shown already.
    """
    look, continues = wish.look, bool(wish.beginning.take)
    num_frames = engine.limits.frames_for(wish.segment.seconds, look.fps, continues)
    anchor = Anchor() if wish.beginning.facts() else None
    request = ClipRequest(wish.segment.prompt, look.width, look.height, num_frames, look.fps, look.seed, anchor)
    engine.limits.check(request)
    return request


def basis_of(engine: Engine) -> Basis:
    """Return all that steps depend on besides what is wanted; an equal wish on an equal basis has equal steps."""
    return engine.identity, engine.limits, MATCHING


def take_key(engine: Engine, request: ClipRequest, beginning: Beginning) -> str:
    """Return the key of a take."""
    return digest_of({"engine": engine.identity, "request": request.canonical(), "anchor": beginning.facts()})


def digest_of(facts: Mapping[str, Any]) -> str:
    """Return the hex SHA-256 of JSON-able data, however its parts are ordered."""
    canonical = json.dumps(facts, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def wish_of(params: Mapping[str, Any]) -> Wish:
    """Return the wish that the step of a take, or the job of a clip, was planned from."""
    segment = params["segment"]
    wanted = Segment(Prompt(**segment["prompt"]), segment["seconds"])
    return Wish(wanted, Look(**params["look"]), Beginning(**params.get("beginning", {})))


@contextmanager
def refusals(**values: int) -> Iterator[None]:
    """Turn what an engine refuses into Invalid; `values` say more, such as which segment it was."""
    try:
        yield
    except (EngineError, Invalid) as error:
        raise Invalid(error.code, {**error.values, **values}) from error
