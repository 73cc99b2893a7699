"""What can be drawn at all, as abilities.toml and styles.toml declare it, and what stands in for the rest."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
CAMERAS = ("static", "follow", "pan", "tilt_up", "tilt_down", "push_in", "pull_out", "close_up", "wide")
CAMERAS += ("low_angle", "handheld")
"""Camera moves that are drawn where abilities.toml does not list them."""

IDLE = "idle"


def _data(name: str) -> Mapping[str, Any]:
    data: Mapping[str, Any] = tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))
    return data


@cache
def abilities() -> Mapping[str, Any]:
    """Return what each subject can do and each scene can show."""
    return _data("abilities.toml")


@cache
def declared(kind: str) -> frozenset[str]:
    """Return the ids of a kind that can be drawn; of scenes also each scene_variant."""
    data = abilities()
    scenes = data["scenes"]
    if kind == "subject":
        return frozenset(data["subjects"])
    if kind == "action":
        return frozenset(action for ability in data["classes"].values() for action in ability["actions"])
    if kind == "scene":
        kinds = {f"{scene}_{variant}" for scene, shows in scenes.items() for variant in shows["variants"]}
        return frozenset(scenes) | kinds
    if kind == "style":
        return frozenset(_data("styles.toml"))
    if kind == "camera":
        return frozenset(data.get("cameras", CAMERAS))
    return frozenset(name for shows in scenes.values() for name in shows[_LISTS[kind]])


_LISTS = {"time": "times", "weather": "weathers", "object": "objects"}


def waters(place: str) -> Sequence[str]:
    """Return the ids of what runs through a place, given as a scene or scene_variant, where it is said beside it."""
    found: Sequence[str] = abilities()["scenes"][scene_and_variant(place)[0]].get("waters", ())
    return found


def needs_water(subject: str, action: str) -> bool:
    """Tell whether it takes more than a brook to do it: to swim, or to float."""
    return action == "swim" or bool(_data("props.toml").get(subject, {}).get("floats"))


def able(subject: str, action: str, nearest: Mapping[str, str]) -> str:
    """Return the action itself, or what is drawn instead where the subject cannot do it.

    `nearest` names the next best action of each; the last resort is standing still.
    """
    ability = abilities()["classes"][abilities()["subjects"][subject]]
    tried: set[str] = set()
    while action not in ability["actions"] and action not in tried:
        tried.add(action)
        action = ability["instead"].get(action) or nearest.get(action, IDLE)
    return action if action in ability["actions"] else IDLE


def scene_and_variant(place: str) -> tuple[str, str]:
    """Return the scene of an id such as "forest_cherry", and its kind; "city_day" may be a scene of its own."""
    if place in abilities()["scenes"]:
        return place, ""
    scene, _, variant = place.partition("_")
    return scene, variant
