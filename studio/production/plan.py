"""From what a person wants to the steps that make it, each under the key of its result."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from models import open_engine
from models.engine import ClipRequest, Engine, EngineError, Prompt
from studio.errors import Invalid
from studio.prompts import compose
from studio.storyboard import Look, Segment


@dataclass(frozen=True)
class Step:
    """One piece of work; two steps with equal keys are the same step, whoever asks for it."""

    key: str
    """Hex SHA-256 of everything the result depends on, what it needs included (a Merkle chain)."""
    kind: str
    params: Mapping[str, Any]
    """The segment and the look, as JSON-able data."""
    needs: tuple[str, ...] = ()
    """Keys of the steps that must be done before."""


def plan(segment: Segment, look: Look) -> Step:
    """Return the step that renders a segment; raises Invalid for what no engine could make of it."""
    segment = replace(segment, prompt=compose(segment.prompt))
    try:
        engine = open_engine(look.engine)
        request = request_of(segment, look, engine)
    except EngineError as error:
        raise Invalid(error.code, error.values) from error
    return Step(take_key(engine, request), "take", {"segment": asdict(segment), "look": asdict(look)})


def request_of(segment: Segment, look: Look, engine: Engine) -> ClipRequest:
    """Return what the engine is asked for; raises models.engine.Refused outside its limits."""
    num_frames = engine.limits.frames_for(segment.seconds, look.fps)
    request = ClipRequest(segment.prompt, look.width, look.height, num_frames, look.fps, look.seed)
    engine.limits.check(request)
    return request


def take_key(engine: Engine, request: ClipRequest, anchored_on: str | None = None) -> str:
    """Return the key of a take that continues the take whose key is `anchored_on`, if any."""
    facts = {"engine": engine.identity, "request": request.canonical(), "anchor": anchored_on}
    canonical = json.dumps(facts, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def wish_of(params: Mapping[str, Any]) -> tuple[Segment, Look]:
    """Return the segment and the look that a step, or a job, was planned from."""
    segment = params["segment"]
    return Segment(Prompt(**segment["prompt"]), segment["seconds"]), Look(**params["look"])
