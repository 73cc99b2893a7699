"""From a prompt to what is drawn, with an account of every word of it."""

from collections.abc import Iterator, Sequence

from models.animatic.abilities import IDLE, abilities, able, scene_and_variant, waters
from models.animatic.account import Account
from models.animatic.binding import takes_colour
from models.animatic.casting import Cast, cast
from models.animatic.dictionary import drawable, nearest, phrases, table
from models.animatic.pieces import Piece, pieces
from models.animatic.roles import does
from models.animatic.spec import Figure, Spec, Thing
from models.engine import Prompt, Reading


def read(prompt: Prompt) -> tuple[Spec, Reading]:
    """Return what is to be drawn and how every word was taken; only function words such as "the" go without."""
    cut = pieces(prompt)
    chosen = cast(cut)
    spec = _spec(chosen, cut)
    return spec, Account(chosen, spec, cut).reading(prompt.negative)


def _spec(chosen: Cast, cut: Sequence[Piece]) -> Spec:
    """Settle every field: as asked where the engine can, else its stand-in or the default."""
    asked = {kind: piece.sense.id for kind, piece in chosen.pieces.items()}
    place = asked.get("scene") or _default_scene(chosen, asked)
    scene, variant = scene_and_variant(place)
    shows = abilities()["scenes"][scene]
    implied = _implied(chosen)
    weather, time = (asked.get(kind) or (implied if implied in table(kind) else "") for kind in ("weather", "time"))
    return Spec(
        figures=tuple(_figures(chosen)),
        scene=scene,
        variant=variant or _variant(scene, cut) or next(iter(shows["variants"]), ""),
        time=time if time in shows["times"] else _next_best("time", time, shows["times"]) or shows["times"][0],
        weather=weather if weather in shows["weathers"] else _next_best("weather", weather, shows["weathers"]),
        style=asked.get("style", "flat"),
        camera=asked.get("camera", "follow"),
        things=tuple(_things(chosen, cut, shows["objects"])),
        water=_water(waters(place), cut),
    )


def _implied(chosen: Cast) -> str:
    """Return the time or weather that an action brings along; empty when none does."""
    every = (piece.sense.implies for role in chosen.roles for piece in role.actions)
    return next(filter(None, every), "")


def _figures(chosen: Cast) -> Iterator[Figure]:
    """Yield every figure, as often as there is room for it."""
    leader = ""
    for role in chosen.roles:
        asked = does(role, leader)
        leader = leader or asked
        action = able(role.subject, asked, nearest("action"))
        colour = table("colour")[role.colour]["hex"] if role.colour else ""
        size = table("size")[role.size]["share"] if role.size else 1.0
        for _ in range(role.shown):
            yield Figure(role.subject, role.label, action, colour, size)


def _things(chosen: Cast, cut: Sequence[Piece], shown: Sequence[str]) -> Iterator[Thing]:
    """Yield the things of the scene, each once, in the colour that was asked for."""
    named: dict[str, str] = {}
    for piece in cut:
        if piece.kind == "object" and not piece.negated and piece.sense.id in shown:
            named.setdefault(piece.sense.id, "")
    for piece in cut:
        noun = chosen.described.get(id(piece))
        if piece.kind == "colour" and noun is not None and takes_colour(noun) and noun.sense.id in named:
            named[noun.sense.id] = table("colour")[piece.sense.id]["hex"]
    return (Thing(kind, colour) for kind, colour in named.items())


def _variant(scene: str, cut: Sequence[Piece]) -> str:
    """Return the kind of the scene that another word names, as in "cherry trees in a forest"."""
    named = (scene_and_variant(piece.sense.id) for piece in cut if piece.kind == "scene" and not piece.negated)
    return next((variant for place, variant in named if place == scene and variant), "")


def _water(shown: Sequence[str], cut: Sequence[Piece]) -> str:
    """Return the water that is named beside the place and can run through it; empty when none is."""
    named = (piece.sense.water for piece in cut if piece.kind == "scene" and not piece.negated)
    return next((water for water in named if water in shown), "")


def _default_scene(chosen: Cast, asked: dict[str, str]) -> str:
    """Return where a prompt without a place is set: by its style or weather, else by who is in it."""
    scenes = table("defaults")["scenes"]
    lead = chosen.roles[0] if chosen.roles else None
    wishes = [scenes["styles"].get(asked.get("style", "")), scenes["weathers"].get(asked.get("weather", ""))]
    if lead is not None:
        wishes += [scenes["actions"].get(does(lead, IDLE)), scenes["subjects"].get(lead.subject)]
    for place in (place for wish in wishes if wish for place in phrases(wish)):
        if drawable("scene", place) == place:
            return place
    otherwise: str = scenes["otherwise"]
    return otherwise


def _next_best(kind: str, name: str, shown: Sequence[str]) -> str:
    """Return what stands in for a time or weather that the scene does not have; empty when nothing does."""
    while name and name not in shown:
        name = nearest(kind).get(name, "")
    return name
