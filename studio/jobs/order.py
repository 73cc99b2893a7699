"""What a job is to bring about: its steps, and the record from which they can be planned anew."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from models import Engines
from studio.errors import Invalid, NotFound
from studio.library import WantedTake
from studio.library.storyboards import from_document, to_document
from studio.production import Step, plan, plan_film
from studio.production.film import plan_takes
from studio.production.plan import wish_of
from studio.storyboard import CastMember, Look, Segment, Storyboard


@dataclass(frozen=True)
class Order:
    """One wish, planned."""

    kind: str
    """"clip", "take" for one segment of a storyboard, or "film"."""
    title: str
    steps: tuple[Step, ...]
    """Each after what it needs."""
    result: Step
    """The one of the steps whose clip is the job's."""
    record: Mapping[str, Any]
    """What was asked for, as JSON-able data; `planned` makes an order of it again.

    The "keys" of a film tell later which segment a failed step is of.
    """
    storyboard: str = ""
    """Id of the storyboard; empty for a clip by itself."""
    takes: tuple[WantedTake, ...] = ()
    """The takes among the steps, each with the segment it is of."""

    def pictures(self, made: Collection[str]) -> set[str]:
        """Return the digests of the pictures its takes begin from, without the takes whose keys are in `made`."""
        takes = (step for step in self.steps if step.kind == "take" and step.key not in made)
        return {wish_of(step.params).beginning.picture for step in takes} - {""}


def clip_order(engines: Engines, segment: Segment, look: Look) -> Order:
    """Return the order of a clip by itself; raises Invalid."""
    step = plan(engines, segment, look)
    return Order("clip", wish_of(step.params).segment.prompt.sentence, (step,), step, dict(step.params))


def film_order(engines: Engines, storyboard: Storyboard, cast: Sequence[CastMember]) -> Order:
    """Return the order of all takes and the film of a storyboard; raises Invalid."""
    planned = plan_film(engines, storyboard, cast)
    return Order(
        kind="film",
        title=str(planned.film.params["title"]),
        steps=planned.steps,
        result=planned.film,
        record=_record(storyboard, cast) | {"keys": [step.key for step in planned.takes]},
        storyboard=storyboard.id,
        takes=_wanted(storyboard, planned.takes, planned.steps),
    )


def take_order(engines: Engines, storyboard: Storyboard, cast: Sequence[CastMember], segment_id: str) -> Order:
    """Return the order of the take of one segment and of what it hangs on, whatever the other segments are.

    Raises Invalid, NotFound.
    """
    planned = plan_takes(engines, storyboard, cast)
    result = next((take for take, one in zip(planned, storyboard.segments, strict=False) if one.id == segment_id), None)
    if result is None:
        raise NotFound("segment_unknown")
    if isinstance(result, Invalid):
        raise result
    needed = _needed(planned, result)
    return Order(
        kind="take",
        title=wish_of(result.params).segment.prompt.sentence,
        steps=needed,
        result=result,
        record=_record(storyboard, cast) | {"segment_id": segment_id},
        storyboard=storyboard.id,
        takes=_wanted(storyboard, planned, needed),
    )


def planned(engines: Engines, record: Mapping[str, Any], cast: Sequence[CastMember] | None = None) -> Order:
    """Return the order of a record as it is planned today, with its own cast or another; raises Invalid."""
    if "storyboard" not in record:
        wish = wish_of(record)
        return clip_order(engines, wish.segment, wish.look)
    storyboard = from_document(record["storyboard"])
    cast = [CastMember(**member) for member in record["cast"]] if cast is None else cast
    if "segment_id" in record:
        return take_order(engines, storyboard, cast, record["segment_id"])
    order = film_order(engines, storyboard, cast)
    again = {"again": record["again"]} if "again" in record else {}
    return replace(order, record={**order.record, **again})


def _record(storyboard: Storyboard, cast: Sequence[CastMember]) -> dict[str, Any]:
    return {"storyboard": to_document(storyboard), "cast": [asdict(member) for member in cast]}


def _wanted(storyboard: Storyboard, planned: Sequence[Step | Invalid], steps: Sequence[Step]) -> tuple[WantedTake, ...]:
    """Return those of the planned takes that are among the steps, each with its segment."""
    keys = {step.key for step in steps}
    return tuple(
        WantedTake(segment.id, take.key, wish_of(take.params).look.seed)
        for segment, take in zip(storyboard.segments, planned, strict=False)
        if isinstance(take, Step) and take.key in keys
    )


def _needed(planned: Sequence[Step | Invalid], result: Step) -> tuple[Step, ...]:
    """Return a take and all it hangs on, each after what it needs."""
    keys, chain = {result.key}, []
    for step in reversed({take.key: take for take in planned if isinstance(take, Step)}.values()):
        if step.key in keys:
            keys |= set(step.needs)
            chain.append(step)
    return tuple(reversed(chain))
