"""A world as bytes: JSON with a check on it, so that damage is found before anything is drawn."""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from models.animatic.painting.brook import WATERS
from models.animatic.player import Player
from models.animatic.scenes import SCENES
from models.animatic.style import style_names
from models.animatic.world import PLACE, World

LONGEST = 1 << 20
"""Bytes a state may have; a world of three figures has about 6 thousand."""
NUMBERS = (int, float)


def to_bytes(world: World) -> bytes:
    """Return a world as JSON."""
    record = asdict(world)
    return _written({"check": _check(record), "world": record})


def from_bytes(data: bytes) -> World:
    """Return the world that `to_bytes` wrote; raises ValueError for anything else."""
    if len(data) > LONGEST:
        raise ValueError("too long for a world")
    try:
        whole = json.loads(data)
        record = whole["world"]
        if whole["check"] != _check(record):
            raise ValueError("damaged")
        return _world(record)
    except (TypeError, KeyError, AttributeError, RecursionError, OverflowError) as error:
        raise ValueError("not a world") from error


def _written(record: Any) -> bytes:
    return json.dumps(record, separators=(",", ":"), sort_keys=True).encode()


def _check(record: Any) -> str:
    return hashlib.blake2b(_written(record), digest_size=8).hexdigest()


def _world(record: Mapping[str, Any]) -> World:
    """Return a world whose every field has the type and reach it must have."""
    players = [Player(**_fitting(player, Player())) for player in record["players"]]
    x, y, zoom = (_number(value) for value in record["camera"])
    if not players or zoom <= 0:
        raise ValueError("a world without players or view")
    own = {"players": players, "camera": (x, y, zoom)}
    own["tints"] = [[_number(value) for value in tint] for tint in record["tints"]]
    own["pixel_colours"] = [[int(value) & 255 for value in colour] for colour in record["pixel_colours"]]
    own["place"] = _place(record["place"])
    own["object_x"] = None if record["object_x"] is None else _number(record["object_x"])
    known = _fitting({name: value for name, value in record.items() if name not in own}, World(), tuple(own))
    return World(**known, **own)


def _place(record: Any) -> list[str]:
    """Return a place that can be drawn, or none."""
    if type(record) is not list or (record and len(record) != len(PLACE)):
        raise ValueError("no place")
    named = dict(zip(PLACE, record, strict=False))
    if named and not (named["scene"] in SCENES and named["style"] in style_names() and named["water"] in ("", *WATERS)):
        raise ValueError("a place that cannot be drawn")
    return [str(value) for value in record]


def _fitting(record: Mapping[str, Any], pattern: Any, others: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return a record that has exactly the pattern's fields but `others`, each of the pattern's kind."""
    wanted = {each.name: getattr(pattern, each.name) for each in fields(pattern) if each.name not in others}
    if set(record) != set(wanted):
        raise ValueError("other fields than a world has")
    return {name: _like(value, wanted[name]) for name, value in record.items()}


def _like(value: Any, pattern: Any) -> Any:
    if isinstance(pattern, bool | str):
        if type(value) is not type(pattern):
            raise ValueError("a value of another kind")
        return value
    if isinstance(pattern, dict):
        return {str(name): _number(number) for name, number in value.items()}
    return int(value) if isinstance(pattern, int) else _number(value)


def _number(value: Any) -> float:
    if type(value) not in NUMBERS or not math.isfinite(value) or abs(value) > 1e7:
        raise ValueError("no number of a world")
    return float(value)
