"""The contact sheet: every subject, place and style the engine draws, and sentences it was given, on one page."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import skia

from models.animatic.abilities import abilities, able
from models.animatic.clip import Clip
from models.animatic.colour import rgba
from models.animatic.dictionary import table as lexicon
from models.animatic.reading import read
from models.animatic.rigs.placard import outline
from models.animatic.sheet import spec_of
from models.animatic.spec import Figure, Spec
from models.animatic.style import style_names
from models.animatic.tables import table
from models.animatic.world import Run
from models.engine import ClipRequest, Frame, Prompt

PAGE, MARGIN, GUTTER = 2000, 64, 18
"""Width of the page, of its borders and of the space between tiles, in pixels."""
PAPER, INK, FAINT = "#f7f4ee", "#2b2622", "#8b8177"
TITLE, HEAD, CAPTION = 46.0, 30.0, 17.0
"""Sizes of letters, in pixels."""
MOMENTS = (26,)
STRIP = (4, 24, 44)
"""Frames that are shown of a take, and of a sentence's."""
SAYING = " · "
"""Between a name and what is said of it."""
SEED, FPS, LENGTH = 7, 24, 48


@dataclass(frozen=True)
class Tile:
    """One picture, or several of one take, with words below."""

    spec: Spec
    caption: str
    moments: tuple[int, ...] = MOMENTS


@dataclass(frozen=True)
class Section:
    """Tiles of one kind under a heading."""

    title: str
    tiles: Sequence[Tile]
    columns: int
    shape: float
    """Width by height of one picture."""


def sections() -> tuple[Section, ...]:
    """Return what is on the sheet."""
    return (
        Section("Subjects", list(_subjects()), 8, 4 / 3),
        Section("Places", list(_places()), 4, 16 / 9),
        Section("Styles", list(_styles()), 7, 16 / 9),
        Section("Sentences", list(_sentences()), 2, 16 / 9),
    )


def _named(kind: str, name: str) -> str:
    """Return a name in both languages; an id without words as it is."""
    entry = lexicon(kind).get(name, {"en": name.replace("_", " "), "zh": ""})
    return f"{entry['en']}  {entry['zh']}".strip()


def _subjects() -> Iterator[Tile]:
    names = [name for name in abilities()["subjects"] if name not in ("", "placard")]
    doing, homes = table("contact")["doing"], table("contact")["homes"]
    turns = Counter[str | tuple[str, str]]()
    for name in names:
        kind = abilities()["subjects"][name]
        can = abilities()["classes"][kind]["actions"]
        wanted = [action for action in doing.get(kind, doing["otherwise"]) if action in can] or ["idle"]
        action = wanted[turns[kind] % len(wanted)]
        turns[kind] += 1
        action = table("contact")["does"].get(name, action)
        spec = read(Prompt(lexicon("subject").get(name, {"en": name})["en"]))[0]
        if spec.scene == homes["plain"]:
            kinds = "people" if kind == "biped" else "otherwise"
            home = homes[kinds][turns[kinds, "home"] % len(homes[kinds])]
            turns[kinds, "home"] += 1
            spec = replace(spec_of(home), style=spec.style)
        spec = replace(spec, figures=(Figure(name, action=action),))
        yield Tile(spec, f"{_named('subject', name)}{SAYING}{action.replace('_', ' ')}")


def _places() -> Iterator[Tile]:
    cast, times = table("contact")["cast"], table("contact")["times"]
    for scene, shows in abilities()["scenes"].items():
        for variant in shows["variants"] or ("",):
            place = f"{scene}_{variant}" if variant else scene
            spec = spec_of(cast.get(place) or cast.get(scene) or cast["otherwise"])
            time = times.get(place, shows["times"][0])
            figures = tuple(_possible(figure) for figure in spec.figures)
            spec = replace(spec, scene=scene, variant=variant, time=time, figures=figures)
            yield Tile(spec, f"{_named('scene', place)}{SAYING}{time}")
    for text in table("contact")["more"]["places"]:
        spec = spec_of(text)
        yield Tile(spec, f"{_named('scene', spec.scene)}{SAYING}{spec.time}, {spec.weather}")


def _possible(figure: Figure) -> Figure:
    """Return a figure as it can be drawn."""
    subject = figure.subject if figure.subject in abilities()["subjects"] else "fox"
    return replace(figure, subject=subject, action=able(subject, figure.action, {}))


def _styles() -> Iterator[Tile]:
    for text in table("contact")["styles"]["pictures"]:
        for style in style_names():
            yield Tile(replace(spec_of(text), style=style), _named("style", style))


def _sentences() -> Iterator[Tile]:
    for sentence in table("contact")["prompts"]["sentences"]:
        yield Tile(read(Prompt(sentence))[0], sentence, STRIP)


# ---------------------------------------------------------------- drawing


def pictures(tile: Tile, width: int, height: int) -> list[Frame]:
    """Return the moments of a tile in that size; the world runs through the others without being drawn."""
    request = ClipRequest(Prompt(""), *_size(width, height), LENGTH, FPS, SEED)
    clip = Clip(tile.spec, request)
    run = Run(tile.spec, clip.troupe, clip.shot(request), None)
    found = []
    for index, state in enumerate(islice(run.frames(LENGTH), max(tile.moments) + 1)):
        if index in tile.moments:
            frame = clip.draw(state)
            run.world.pixel_colours = state.world.pixel_colours
            found.append(cv2.resize(frame, (width, height), interpolation=cv2.INTER_AREA))
    return found


def _size(width: int, height: int) -> tuple[int, int]:
    """Return the size to draw a tile at, larger than it is shown."""
    return 2 * round(width * 0.72), 2 * round(height * 0.72)


class Page:
    """A page that grows downward."""

    def __init__(self) -> None:
        self.rows: list[Frame] = []

    def space(self, height: int) -> None:
        """Leave paper free."""
        self.rows.append(_paper(height))

    def words(self, text: str, size: float, colour: str) -> None:
        """Write one line."""
        row = _paper(round(size * 1.7))
        _write(row, text, (MARGIN, size * 1.2), size, colour)
        self.rows.append(row)

    def section(self, section: Section) -> None:
        """Lay out a section's tiles in rows."""
        self.words(section.title, HEAD, INK)
        wide = (PAGE - 2 * MARGIN - GUTTER * (section.columns - 1)) // section.columns
        for start in range(0, len(section.tiles), section.columns):
            self._row(section, section.tiles[start : start + section.columns], wide)
        self.space(GUTTER * 2)

    def _row(self, section: Section, tiles: Sequence[Tile], wide: int) -> None:
        seen = max(len(tile.moments) for tile in tiles)
        width = (wide - 4 * (seen - 1)) // seen
        height = round(width / section.shape)
        row = _paper(height + round(CAPTION * 2.1))
        for column, tile in enumerate(tiles):
            left = MARGIN + column * (wide + GUTTER)
            for index, picture in enumerate(pictures(tile, width, height)):
                x = left + index * (width + 4)
                row[:height, x : x + width] = _rounded(picture)
            _write(row, _fitting(tile.caption, wide), (left + 2, height + CAPTION * 1.25), CAPTION, FAINT)
        self.rows.append(row)

    def picture(self) -> Frame:
        """Return the whole page."""
        return np.vstack(self.rows)


def _paper(height: int) -> Frame:
    row = np.empty((height, PAGE, 3), np.uint8)
    row[:] = [int(PAPER[at : at + 2], 16) for at in (1, 3, 5)]
    return row


def _rounded(picture: Frame) -> Frame:
    """Return a picture with its corners rounded off into the paper."""
    height, width = picture.shape[:2]
    kept = _corners(height, width)
    return (picture * kept + _paper(height)[:, :width] * (1 - kept)).astype(np.uint8)


@lru_cache(maxsize=16)
def _corners(height: int, width: int) -> np.ndarray:
    """Return a mask that is 1 but in the corners."""
    mask = np.zeros((height, width, 4), np.uint8)
    paint = skia.Paint(AntiAlias=True, Color=skia.ColorWHITE)
    skia.Surface(mask).getCanvas().drawRoundRect(skia.Rect.MakeWH(width, height), 8, 8, paint)
    return mask[..., 3:].astype(np.float32) / 255


def _write(row: Frame, text: str, place: tuple[float, float], size: float, colour: str) -> None:
    """Set a line of letters on a row of the page."""
    canvas = np.dstack([row, np.full(row.shape[:2], 255, np.uint8)])
    path, _ = outline(text, size)
    path.offset(*place)
    skia.Surface(canvas).getCanvas().drawPath(path, skia.Paint(AntiAlias=True, Color4f=rgba(colour)))
    row[:] = canvas[..., :3]


def _fitting(text: str, width: int) -> str:
    """Return a text cut to a width: first what it says besides the name is left out."""
    if outline(text, CAPTION)[1] > width:
        text = text.partition(SAYING)[0]
    while outline(text, CAPTION)[1] > width and len(text) > 2:
        text = text[:-2].rstrip() + "…"
    return text


def draw(path: Path, wanted: Sequence[Section] | None = None) -> None:
    """Write the contact sheet as a picture; the name's ending says which kind."""
    page, words = Page(), table("contact")
    page.space(MARGIN // 2)
    page.words(words["title"], TITLE, INK)
    page.words(words["note"], CAPTION * 1.2, FAINT)
    page.space(GUTTER)
    for section in sections() if wanted is None else wanted:
        page.section(section)
    picture = cv2.cvtColor(page.picture(), cv2.COLOR_RGB2BGR)
    done, encoded = cv2.imencode(path.suffix or ".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 86])
    if not done:
        raise OSError(f"cannot write {path}")
    path.write_bytes(encoded.tobytes())
