"""Keyed random numbers and coherent noise: the same key gives the same numbers, in any order, on any machine."""

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from typing import TypeVar

import cv2
import numpy as np
import numpy.typing as npt

Item = TypeVar("Item")
Floats = npt.NDArray[np.float64]
Plate = npt.NDArray[np.float32]

MASK64 = 0xFFFFFFFFFFFFFFFF
# Constants of the splitmix64 generator (Steele, Lea and Flood, 2014).
GOLDEN = 0x9E3779B97F4A7C15
MULTIPLIER_A = 0xBF58476D1CE4E5B9
MULTIPLIER_B = 0x94D049BB133111EB


def _scramble(number: int) -> int:
    number = ((number ^ (number >> 30)) * MULTIPLIER_A) & MASK64
    number = ((number ^ (number >> 27)) * MULTIPLIER_B) & MASK64
    return number ^ (number >> 31)


@lru_cache(maxsize=1024)
def _text_key(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def hash64(*key: str | int) -> int:
    """Return 64 well-mixed bits for a tuple of texts and whole numbers."""
    state = GOLDEN
    for part in key:
        number = _text_key(part) if isinstance(part, str) else part
        state = _scramble(((state ^ (number & MASK64)) + GOLDEN) & MASK64)
    return state


def hash01(*key: str | int) -> float:
    """Return a number in [0, 1) for a tuple of texts and whole numbers."""
    return (hash64(*key) >> 11) / 2**53


class Rng:
    """A stream of numbers keyed by, say, (seed, layer, cell), so that no geometry has to be stored."""

    __slots__ = ("state",)

    def __init__(self, *key: str | int) -> None:
        self.state = hash64(*key)

    def __call__(self, low: float = 0.0, high: float = 1.0) -> float:
        """Return the next number, even over [low, high)."""
        self.state = (self.state + GOLDEN) & MASK64
        return low + (high - low) * (_scramble(self.state) >> 11) / 9007199254740992

    def pick(self, items: Sequence[Item]) -> Item:
        """Return one of the items."""
        return items[int(self() * len(items)) % len(items)]


def _lattice(cells: npt.NDArray[np.int64], seed: int) -> Floats:
    bits = (cells.astype(np.uint64) * np.uint64(GOLDEN)) ^ np.uint64((seed * 7919 + 13) & 0xFFFFFFFF)
    bits ^= bits >> np.uint64(31)
    bits = bits * np.uint64(MULTIPLIER_A)
    bits ^= bits >> np.uint64(27)
    return (bits >> np.uint64(11)).astype(np.float64) / 2**53 * 2 - 1


def value_noise(positions: Floats, seed: int) -> Floats:
    """Return smooth noise in [-1, 1] at the positions, with one knot per unit."""
    cell = np.floor(positions).astype(np.int64)
    share = positions - cell
    share = share * share * (3 - 2 * share)
    return _lattice(cell, seed) * (1 - share) + _lattice(cell + 1, seed) * share


def fractal(positions: npt.ArrayLike, seed: int, octaves: int = 4) -> Floats:
    """Return noise summed over octaves, each twice as fine and half as strong as the one before."""
    places = np.asarray(positions, np.float64)
    total = np.zeros_like(places)
    for octave in range(octaves):
        total += 0.5**octave * value_noise(places * 2**octave, seed + octave)
    return total


def noise_plate(seed: int, width: int, height: int, sigma: float = 0.0) -> Plate:
    """Return [height, width] normal noise of deviation 1, blurred by `sigma` pixels."""
    plate = np.random.default_rng(seed).standard_normal((height, width), dtype=np.float32)
    if not sigma:
        return plate
    plate = cv2.GaussianBlur(plate, (0, 0), sigma)
    return plate / plate.std()
