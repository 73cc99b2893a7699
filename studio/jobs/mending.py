"""Tries the weakest segment of a film once more with another seed, where its storyboard asks for it.

It works in the transaction that keeps a film, so that no crash can come between. Until the film of the second try
scores better the storyboard stays as it is, and so does the film that a person sees.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

import sqlalchemy as sa

from models import Engines
from studio.errors import StudioError
from studio.jobs.order import Order, film_order
from studio.library import Clip, Storyboards
from studio.library.schema import job
from studio.production import Step, plan_film
from studio.production.film import FilmPlan
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
class Scores:
    """How well a film holds together, 1.0 to 5.0 each, as it is noted where a second try is ordered."""

    key: str
    """Of the film."""
    film: float
    segments: Sequence[float]

    @classmethod
    def of(cls, film: Clip) -> Self:
        """Return what was measured of a film."""
        measures = film.measures or {}
        return cls(film.key, measures["score"], [facts["score"] for facts in measures["segments"]])

    @property
    def low(self) -> Sequence[int]:
        """The places of the segments that are too weak, the weakest first."""
        return sorted((at for at, score in enumerate(self.segments) if is_low(score)), key=self.segments.__getitem__)


@dataclass(frozen=True)
class Mending:
    """What follows when a film is there; every method works in a write transaction."""

    engines: Engines
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
        scores = Scores.of(film)
        if "again" in record:
            kept, scores = self._better(connection, kept, scores, record["again"])
        unended = job.c.storyboard == kept.id, job.c.status == "running", job.c.key != film.key
        if not any("again" in order for order in connection.scalars(sa.select(job.c.order).where(*unended))):
            self._try_weakest(connection, kept, scores)

    def _try_weakest(self, connection: sa.Connection, kept: Storyboard, film: Scores) -> None:
        """Order another take of the weakest segment that was not tried in these words before, if one is too weak."""
        planned = self._planned(kept) if film.low else None
        if planned is None or planned.film.key != film.key:
            return
        for at in film.low:
            segment, seed = kept.segments[at], second_seed(planned.takes[at])
            if seed not in self.storyboards.seeds_of(connection, kept.id, segment.id):
                again = {"segment_id": segment.id, "number": at + 1, "score": film.segments[at], "seed": seed}
                order = film_order(self.engines, _seeded(kept, segment.id, seed), self.storyboards.cast())
                record = {**order.record, "again": again | {"before": asdict(film)}}
                self.enter(connection, replace(order, record=record))
                return

    def _better(
        self, connection: sa.Connection, kept: Storyboard, film: Scores, again: Mapping[str, Any]
    ) -> tuple[Storyboard, Scores]:
        """Return the storyboard as it is kept from now on, and what its film scores.

        It takes over the second try if its film is better, and is the very one that is wanted now but for the seed.
        """
        before, mended = Scores(**again["before"]), _seeded(kept, again["segment_id"], again["seed"])
        keys = [planned.film.key if planned else "" for planned in map(self._planned, (kept, mended))]
        if film.film <= before.film or keys != [before.key, film.key]:
            return kept, before
        self.storyboards.keep(connection, mended)
        return mended, film

    def _planned(self, storyboard: Storyboard) -> FilmPlan | None:
        """Return the plan of a storyboard with the cast as it is now; None where no film can be made of it."""
        try:
            return plan_film(self.engines, storyboard, self.storyboards.cast())
        except StudioError:
            return None


def _seeded(storyboard: Storyboard, segment_id: str, seed: int | None) -> Storyboard:
    segments = (replace(one, seed=seed) if one.id == segment_id else one for one in storyboard.segments)
    return replace(storyboard, segments=tuple(segments))
