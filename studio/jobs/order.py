"""What a job is to bring about: its steps, and the record from which they can be planned anew."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from studio.errors import NotFound
from studio.library import WantedTake
from studio.library.storyboards import from_document, to_document
from studio.production import FilmPlan, Step, plan, plan_film
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
    """What was asked for, as JSON-able data; `planned` makes an order of it again."""
    storyboard: str = ""
    """Id of the storyboard; empty for a clip by itself."""
    takes: tuple[WantedTake, ...] = ()
    """The takes among the steps, each with the segment it is of."""


def clip_order(segment: Segment, look: Look) -> Order:
    """Return the order of a clip by itself; raises Invalid."""
    step = plan(segment, look)
    return Order("clip", wish_of(step.params).segment.prompt.sentence, (step,), step, dict(step.params))


def film_order(storyboard: Storyboard, cast: Sequence[CastMember]) -> Order:
    """Return the order of all takes and the film of a storyboard; raises Invalid."""
    planned = plan_film(storyboard, cast)
    return Order(
        kind="film",
        title=str(planned.film.params["title"]),
        steps=planned.steps,
        result=planned.film,
        record=_record(storyboard, cast, planned),
        storyboard=storyboard.id,
        takes=_wanted(storyboard, planned, {step.key for step in planned.takes}),
    )


def take_order(storyboard: Storyboard, cast: Sequence[CastMember], segment_id: str) -> Order:
    """Return the order of the take of one segment and of what it hangs on; raises Invalid, NotFound."""
    planned = plan_film(storyboard, cast)
    number = next((at for at, segment in enumerate(storyboard.segments) if segment.id == segment_id), None)
    if number is None:
        raise NotFound("segment_unknown")
    result = planned.takes[number]
    needed = _needed(planned.takes, result)
    return Order(
        kind="take",
        title=wish_of(result.params).segment.prompt.sentence,
        steps=needed,
        result=result,
        record=_record(storyboard, cast, planned) | {"segment_id": segment_id},
        storyboard=storyboard.id,
        takes=_wanted(storyboard, planned, {step.key for step in needed}),
    )


def planned(record: Mapping[str, Any]) -> Order:
    """Return the order of a record as it is planned today; raises Invalid."""
    if "storyboard" not in record:
        wish = wish_of(record)
        return clip_order(wish.segment, wish.look)
    storyboard, cast = from_document(record["storyboard"]), [CastMember(**member) for member in record["cast"]]
    if "segment_id" in record:
        return take_order(storyboard, cast, record["segment_id"])
    order = film_order(storyboard, cast)
    again = {"again": record["again"]} if "again" in record else {}
    return replace(order, record={**order.record, **again})


def _record(storyboard: Storyboard, cast: Sequence[CastMember], planned: FilmPlan) -> dict[str, Any]:
    """Return what was asked for; the keys tell later which segment a failed step is of."""
    keys = [step.key for step in planned.takes]
    return {"storyboard": to_document(storyboard), "cast": [asdict(member) for member in cast], "keys": keys}


def _wanted(storyboard: Storyboard, planned: FilmPlan, keys: set[str]) -> tuple[WantedTake, ...]:
    return tuple(
        WantedTake(segment.id, step.key, wish_of(step.params).look.seed)
        for segment, step in zip(storyboard.segments, planned.takes, strict=True)
        if step.key in keys
    )


def _needed(takes: Sequence[Step], result: Step) -> tuple[Step, ...]:
    """Return a take and all it hangs on, each after what it needs."""
    keys, chain = {result.key}, []
    for step in reversed({step.key: step for step in takes}.values()):
        if step.key in keys:
            keys |= set(step.needs)
            chain.append(step)
    return tuple(reversed(chain))
