"""From a storyboard to the takes of its segments and the film that joins them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from hashlib import file_digest
from itertools import islice
from typing import Any

from models import Engines
from models.engine import Engine
from studio.errors import Invalid
from studio.post import lut
from studio.production.plan import (
    Basis,
    Beginning,
    Step,
    Wish,
    basis_of,
    digest_of,
    own_look,
    refusals,
    take_step,
    wish_of,
)
from studio.prompts.cast import expand, names_in
from studio.prompts.continuity import continuing
from studio.prompts.template import compose
from studio.storyboard import SEAMS, SEGMENTS_LIMIT, CastMember, Segment, Storyboard

JOINING = 2
"""Raised whenever studio/post would make another film of the same takes."""


@dataclass(frozen=True)
class FilmPlan:
    """All that a film needs."""

    takes: tuple[Step, ...]
    """One for each segment, in the order of the film; equal wishes have equal steps."""
    film: Step

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every step once, each after what it needs."""
        return tuple({step.key: step for step in (*self.takes, self.film)}.values())


def plan_film(engines: Engines, storyboard: Storyboard, cast: Sequence[CastMember] = ()) -> FilmPlan:
    """Return the takes and the film of a storyboard; raises Invalid, its values naming the "segment" from 1."""
    if not storyboard.segments:
        raise Invalid("film_empty")
    if len(storyboard.segments) > SEGMENTS_LIMIT:
        raise Invalid("story_too_many", {"segments": len(storyboard.segments), "limit": SEGMENTS_LIMIT})
    planned = plan_takes(engines, storyboard, cast)
    takes = tuple(step for step in planned if isinstance(step, Step))
    for refused in planned:
        if isinstance(refused, Invalid):
            raise refused
    return FilmPlan(takes, _film_step(storyboard, takes))


def plan_takes(engines: Engines, storyboard: Storyboard, cast: Sequence[CastMember] = ()) -> tuple[Step | Invalid, ...]:
    """Return for each of the first 200 segments its step, or why it has none; raises Invalid for an unknown engine."""
    with refusals():
        basis = basis_of(engines.open(storyboard.look.engine, storyboard.look.adapters))
    planned = _takes(engines, storyboard, tuple(cast), basis)
    return tuple(one if isinstance(one, Step) else Invalid(one.code, one.values) for one in planned)


@lru_cache(maxsize=2)
def _takes(
    engines: Engines, storyboard: Storyboard, cast: tuple[CastMember, ...], basis: Basis
) -> tuple[Step | Invalid, ...]:
    """Remember the last takes: a page asks for the same ones several times a second. `basis` is part of the key."""
    return tuple(_chain(engines.open(storyboard.look.engine, storyboard.look.adapters), storyboard, cast))


def reseeded(engines: Engines, take: Step, seed: int) -> Step:
    """Return the step of the take of that seed that begins where this one does."""
    wish = wish_of(take.params)
    if seed == wish.look.seed:
        return take
    with refusals():
        return take_step(
            engines.open(wish.look.engine, wish.look.adapters), replace(wish, look=replace(wish.look, seed=seed))
        )


def continues(take: Step) -> bool:
    """Tell whether the first frame of a take repeats the last one of the take before it."""
    return bool(take.params["beginning"]["take"])


def _chain(engine: Engine, storyboard: Storyboard, cast: Sequence[CastMember]) -> Iterator[Step | Invalid]:
    """Yield the takes of a storyboard; one that would continue a refused one is refused with it."""
    shot: list[Step | Invalid] = []
    for number, segment in enumerate(islice(storyboard.segments, SEGMENTS_LIMIT), 1):
        if segment.cut or not engine.limits.anchor_frames:
            shot = []
        shot.append(_planned(engine, replace(storyboard, segments=(segment,)), cast, shot, number))
        yield shot[-1]


def _planned(
    engine: Engine, of: Storyboard, cast: Sequence[CastMember], shot: Sequence[Step | Invalid], number: int
) -> Step | Invalid:
    """Return the take of the one segment that `of` holds, after the takes of its shot so far."""
    (segment,) = of.segments
    before = [step for step in shot if isinstance(step, Step)]
    if len(before) < len(shot):
        return shot[-1]
    try:
        with refusals(segment=number):
            if segment.seam not in SEAMS:
                raise Invalid("seam_unknown", {"seam": segment.seam[:40], "seams": ", ".join(SEAMS)})
            prompt = expand(segment.prompt, cast)
            if before:
                beginning = Beginning(before[-1].key, matched=of.lock_colours and len(before) > 1)
                prompt = continuing(prompt, of.wording)
            else:
                beginning = Beginning(picture=_picture(segment, cast) if engine.limits.anchor_frames else "")
                prompt = compose(prompt)
            wish = Wish(replace(segment, prompt=prompt), own_look(segment, of.look), beginning)
            return take_step(engine, wish)
    except Invalid as refused:
        return refused


def _picture(segment: Segment, cast: Sequence[CastMember]) -> str:
    """Return the picture of the first cast member named in a segment who has one; empty for none."""
    faces = {member.name.casefold(): member.picture for member in cast if member.picture}
    named = (name.casefold() for name in names_in(segment.prompt, cast))
    return next((faces[name] for name in named if name in faces), "")


def _film_step(storyboard: Storyboard, takes: Sequence[Step]) -> Step:
    joined = [
        {"key": take.key, "continues": continues(take), "seam": segment.seam if continues(take) else "auto"}
        for take, segment in zip(takes, storyboard.segments, strict=True)
    ]
    wishes = [wish_of(take.params).segment for take in takes]
    told = [{"text": wish.prompt.sentence, "seconds": wish.seconds} for wish in wishes]
    params = {
        "parts": [part | more for part, more in zip(joined, told, strict=True)],
        "lock_colours": storyboard.lock_colours and any(map(continues, takes)),
        "lut": storyboard.lut,
        "look": asdict(storyboard.look),
        "title": storyboard.title or wishes[0].prompt.sentence,
        "style": wishes[0].prompt.style,
        "storyboard": storyboard.id,
    }
    needs = tuple(dict.fromkeys(take.key for take in takes))
    return Step(film_key(params), "film", params, needs)


def film_key(params: Mapping[str, Any]) -> str:
    """Return the key of the film that the params of its step make today; raises NotFound for a grade that is gone."""
    parts = [{name: part[name] for name in ("key", "continues", "seam")} for part in params["parts"]]
    facts = {"parts": parts, "fps": params["look"]["fps"], "lock_colours": params["lock_colours"]}
    return digest_of(facts | {"lut": _grade(params["lut"]), "joining": JOINING})


def _grade(name: str) -> str:
    """Return the digest of the file of a grade, empty for none; raises NotFound."""
    if not name:
        return ""
    if name not in lut.lut_names():
        lut.lut(name)
    with (lut.FOLDER / f"{name}.cube").open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
