"""From a prompt to what is drawn, with an account of every word of it."""

from collections.abc import Sequence

from models.animatic.account import Account
from models.animatic.casting import Cast, abilities, cast
from models.animatic.dictionary import table
from models.animatic.pieces import Piece, pieces
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
    place = asked.get("scene") or _default_scene(chosen.subject, asked.get("style", ""))
    scene, _, variant = place.partition("_")
    shows = abilities()["scenes"][scene]
    named = dict.fromkeys(piece.sense.id for piece in cut if piece.kind == "object" and not piece.negated)
    weather = asked.get("weather", "")
    action = _able(chosen.subject, asked.get("action", "idle"))
    return Spec(
        figures=(Figure(chosen.subject, chosen.label, action),) if chosen.subject else (),
        scene=scene,
        variant=variant or _variant(scene, cut) or next(iter(shows["variants"]), ""),
        time=asked["time"] if asked.get("time") in shows["times"] else shows["times"][0],
        weather=weather if weather in shows["weathers"] else "",
        style=asked.get("style", "flat"),
        camera=asked.get("camera", "follow"),
        things=tuple(Thing(name) for name in named if name in shows["objects"]),
    )


def _variant(scene: str, cut: Sequence[Piece]) -> str:
    """Return the kind of the scene that another word names, as in "cherry trees in a forest"."""
    named = (piece.sense.id.partition("_") for piece in cut if piece.kind == "scene" and not piece.negated)
    return next((variant for place, _, variant in named if place == scene and variant), "")


def _default_scene(subject: str, style: str) -> str:
    """Return where a prompt without a place is set: by its style, else by who is in it."""
    scenes = table("defaults")["scenes"]
    place: str = scenes["styles"].get(style) or scenes["subjects"].get(subject) or scenes["otherwise"]
    return place


def _able(subject: str, action: str) -> str:
    """Return the action itself, or what is drawn instead when the subject cannot do it."""
    ability = abilities()["classes"][abilities()["subjects"][subject]]
    return action if action in ability["actions"] else ability["instead"][action]
