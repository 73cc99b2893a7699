"""Tries the weakest segment of a film once more with another seed, where its storyboard asks for it.

It works in the transaction that keeps a film, so that no crash can come between. Until the second try has a better
score the storyboard stays as it is, and so does the film that a person sees.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from studio.errors import StudioError
from studio.jobs.order import Order, film_order
from studio.library import Clip, Storyboards
from studio.library.schema import job
from studio.library.storyboards import from_document
from studio.production import Step, plan_film
from studio.production.plan import digest_of
from studio.storyboard import Storyboard

THRESHOLD = 3.5
"""Of 5: below it a person sees that a segment does not belong to the film."""


def is_low(score: float) -> bool:
    """Tell whether a score, as it is shown, lies below the threshold."""
    return round(score, 1) < THRESHOLD


def second_seed(take: Step) -> int:
    """Return the seed of a second try: of equal words the same one, so that the takes tell what was tried."""
    return int(digest_of(take.params["segment"]["prompt"])[:12], 16) % 99_999 + 1


@dataclass(frozen=True)
class Mending:
    """What follows when a film is there; every method works in a write transaction."""

    storyboards: Storyboards
    enter: Callable[[sa.Connection, Order], object]
    """Makes a job of an order."""

    def made(self, connection: sa.Connection, clip: Clip) -> None:
        """Go on from a clip that was just made, for every job that waits for it."""
        waiting = job.c.key == clip.key, job.c.status == "running", job.c.storyboard.is_not(None)
        wanted = sa.select(job.c.storyboard, job.c.order).where(*waiting).order_by(job.c.created_at, job.c.id)
        for row in connection.execute(wanted).all() if clip.kind == "film" else ():
            self.there(connection, clip, row.storyboard, row.order)

    def there(self, connection: sa.Connection, film: Clip, storyboard_id: str, record: Mapping[str, Any]) -> None:
        """Go on from the film of an order: keep a second try that is better, then try what is weakest now."""
        kept = self.storyboards.find(connection, storyboard_id)
        if kept is None or not kept.mend:
            return
        if "again" in record:
            kept = self._better(connection, kept, film, record)
        self.try_weakest(connection, kept, film)

    def try_weakest(self, connection: sa.Connection, kept: Storyboard, film: Clip) -> None:
        """Order another take of the weakest segment, unless it is good enough or was tried in these words before."""
        scores = [facts["score"] for facts in (film.measures or {})["segments"]]
        at = scores.index(min(scores))
        if not (kept.mend and is_low(scores[at])):
            return
        cast = self.storyboards.cast()
        try:
            planned = plan_film(kept, cast)
        except StudioError:
            return  # it was changed since, into something that cannot be made yet
        if planned.film.key != film.key:
            return
        segment, seed = kept.segments[at], second_seed(planned.takes[at])
        if seed in self.storyboards.seeds_of(connection, kept.id, segment.id):
            return
        again = {"segment_id": segment.id, "number": at + 1, "score": scores[at], "seed": segment.seed}
        order = film_order(_seeded(kept, segment.id, seed), cast)
        self.enter(connection, replace(order, record={**order.record, "again": again}))

    def _better(self, connection: sa.Connection, kept: Storyboard, film: Clip, record: Mapping[str, Any]) -> Storyboard:
        """Return the storyboard as it is kept from now on: with the second try, if nothing else was changed since."""
        again, tried = record["again"], from_document(record["storyboard"])
        score = (film.measures or {})["segments"][again["number"] - 1]["score"]
        unchanged = kept.segments == _seeded(tried, again["segment_id"], again["seed"]).segments
        if score <= again["score"] or not unchanged:
            return kept
        mended = replace(kept, segments=tried.segments)
        self.storyboards.keep(connection, mended)
        return mended


def _seeded(storyboard: Storyboard, segment_id: str, seed: int | None) -> Storyboard:
    segments = (replace(one, seed=seed) if one.id == segment_id else one for one in storyboard.segments)
    return replace(storyboard, segments=tuple(segments))
