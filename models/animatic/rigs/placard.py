"""A crossed card with a word on it, for what cannot be drawn."""

import unicodedata
from functools import lru_cache

import skia

from models.animatic.rigs.skin import Skin
from models.animatic.shape import rounded_box, tube

WIDTH, HEIGHT, FOOT = 148, 104, 12
CARD, LEG, CROSS, RULE, LETTER = "#fbf7ec", "#8a6a4a", "#d6cbb6", "#d8503c", "#3a2f2a"
LONGEST = 40
"""Letters of the word that are drawn; more would be too small to read."""


@lru_cache(maxsize=256)
def _typeface(letter: str) -> skia.Typeface:
    """Return a bold typeface of this machine that has the letter, for Chinese as for Latin; else the default one."""
    fonts = skia.FontMgr()
    bold = skia.FontStyle.Bold()
    plain = fonts.matchFamilyStyle("DejaVu Sans", bold)
    if plain is not None and plain.unicharToGlyph(ord(letter)):
        return plain
    return fonts.matchFamilyStyleCharacter("", bold, ["zh", "en"], ord(letter)) or plain or skia.Typeface()


def printable(word: str) -> str:
    """Return the word without control marks, as one line of at most LONGEST letters."""
    kept = "".join(letter if unicodedata.category(letter)[0] not in "CZ" else " " for letter in word)
    line = " ".join(kept.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def outline(line: str, size: float) -> tuple[skia.Path, float]:
    """Return (outlines, width) of one line of letters from x = 0 on the baseline y = 0."""
    path, x = skia.Path(), 0.0
    for letter in line:
        font = skia.Font(_typeface(letter), size)
        glyph = font.textToGlyphs(letter)[:1]
        shape = font.getPath(glyph[0]) if glyph else None
        if shape is not None:
            path.addPath(shape, x, 0)
        x += font.getWidths(glyph)[0] if glyph else 0
    return path, x


def _lines(line: str) -> list[str]:
    """Return the word in one line, or in two where a space is nearest to its middle."""
    spaces = [i for i, letter in enumerate(line) if letter == " "]
    if len(line) <= 12 or not spaces:
        return [line]
    cut = min(spaces, key=lambda i: abs(i - len(line) / 2))
    return [line[:cut], line[cut + 1 :]]


@lru_cache(maxsize=16)
def lettering(word: str) -> skia.Path:
    """Return the outlines of a word set in the middle of the card, in one or two lines."""
    lines = _lines(printable(word)) if printable(word) else ["?"]
    widest = max(outline(line, 24)[1] for line in lines) or 1
    size = min(34.0, 24 * (WIDTH - 28) / widest)
    whole = skia.Path()
    for row, line in enumerate(lines):
        path, width = outline(line, size)
        y = -FOOT - HEIGHT / 2 + size * (0.36 + 1.15 * (row - (len(lines) - 1) / 2))
        whole.addPath(path, -width / 2, y)
    return whole


def placard(word: str) -> Skin:
    """Return the card with its word."""
    skin = Skin()
    half = WIDTH / 2
    for x in (-34, 34):
        skin.put("far", tube([(x, -12), (x * 1.12, 0)], [3.5, 3], 2), LEG)
    skin.put("body", rounded_box((-half, -HEIGHT - FOOT, half, -FOOT), 7), CARD)
    left, right, top, foot = -half + 8, half - 8, -HEIGHT - 4, -20
    for start, end in (((left, top), (right, foot)), ((right, top), (left, foot))):
        skin.put("body", tube([start, end], [1, 1], 2), CROSS, "in")
    letters = skia.Path(lettering(word))  # a copy: whoever moves the skin must not move the cached one
    bounds = letters.getBounds()
    plate = (bounds.left() - 8, bounds.top() - 7, bounds.right() + 8, bounds.bottom() + 7)
    skin.put("body", rounded_box(plate, 4), CARD, "in")
    skin.put("body", letters, LETTER, "in")
    skin.put("body", tube([(left, -HEIGHT - 8), (right, -HEIGHT - 8)], [2, 2], 2), RULE, "in")
    return skin
