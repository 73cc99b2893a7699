"""Whether a word that is dropped is missed in the picture: no entry of the lexicon is read and then not drawn."""

from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest

from models.animatic.clip import Clip
from models.animatic.dictionary import DRAWN_KINDS, MODIFIERS
from models.animatic.reading import read
from models.animatic.spec import Spec
from models.animatic.world import Run
from models.engine import ClipRequest, Frame, Prompt
from tests.test_reading import entries

SLOT = {"time": "lighting", "weather": "scene", "object": "scene"}
OTHER = {
    "subject": ("a fox", "a robot"),
    "action": ("walks", "jumps"),
    "scene": ("on a beach", "in a forest"),
    "weather": ("in the rain", "in the snow"),
    "time": ("at night", "by day"),
    "camera": ("pan", "close-up"),
    "style": ("pixel art", "anime"),
    "object": ("in a meadow", "in a meadow"),
}
REQUEST = ClipRequest(Prompt(""), 160, 90, 13, 8, 7)
LOOKED_AT = (4, 12)
"""Frames half a second and one and a half seconds in, when every action shows."""
SEEN = 24
"""Levels of 255 by which a pixel must change to be seen to have changed."""
PLACE = "studio backdrop"
"""Where a picture is quickly drawn."""
FEWEST = 20
"""Of the 14,400 pixels of a picture: a collar, a hat or a falling leaf has no fewer."""


@cache
def pictures(spec: Spec) -> tuple[Frame, ...]:
    """Return the frames of a Spec that are looked at."""
    clip = Clip(spec, REQUEST)
    states = Run(spec, clip.troupe, clip.shot(REQUEST), None).frames(REQUEST.num_frames)
    return tuple(clip.draw(state) for index, state in enumerate(states) if index in LOOKED_AT)


@cache
def changed(one: Spec, other: Spec) -> int:
    """Return how many pixels differ visibly in the frame that differs most."""
    pairs = zip(pictures(one), pictures(other), strict=True)
    return max(int((np.abs(a.astype(int) - b).max(axis=2) >= SEEN).sum()) for a, b in pairs)


def readings(kind: str, word: str) -> Iterator[tuple[Spec, Spec, bool]]:
    """Yield what is drawn with a word and without it, and whether the account says that it cannot be drawn."""
    if kind in MODIFIERS:
        gap = " " if word.isascii() else ""
        owners = ("dog", "狗"), ("wolf", "狼")  # a word may say the colour that one of them has anyway
        pairs = [
            (Prompt(f"{word}{gap}{zh if not gap else en}", scene=PLACE), Prompt(en, scene=PLACE)) for en, zh in owners
        ]
    else:
        slot = SLOT.get(kind, kind)
        base = {"scene": PLACE} if kind == "subject" else {"subject": "a samurai"}
        if kind not in ("subject", "scene"):
            base["scene"] = "in a meadow" if kind in ("weather", "time", "object") else PLACE
        others = [f"in a meadow {other}" if kind == "weather" else other for other in OTHER[kind]]
        pairs = [(Prompt(**{**base, slot: f"{word}, {other}"}), Prompt(**{**base, slot: other})) for other in others]
    for with_it, without in pairs:
        spec, reading = read(with_it)
        told = any(word.casefold() in refused.said.casefold() for refused in reading.not_drawn)
        yield spec, read(without)[0], told or (kind in MODIFIERS and bool(reading.not_drawn))


@pytest.mark.parametrize("kind", [*DRAWN_KINDS, *MODIFIERS])
def test_a_word_that_is_dropped_is_missed_in_the_picture(kind):
    dead = []
    for words in entries(kind).values():
        for word in words:
            drawn = list(readings(kind, word))
            if not any(told or changed(spec, without) >= FEWEST for spec, without, told in drawn):
                dead.append((word, max(changed(spec, without) for spec, without, _ in drawn)))
    assert dead == []


def test_a_spec_without_the_word_draws_the_same_twice():
    spec, _ = read(Prompt("a samurai", scene="in a meadow"))
    once = pictures(spec)
    pictures.cache_clear()
    assert all(np.array_equal(a, b) for a, b in zip(once, pictures(spec), strict=True))
