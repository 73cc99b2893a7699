"""The Library tab: search, filters, posters, and the clip that is open."""

from dataclasses import replace
from typing import Any

import gradio as gr

from studio.errors import NotFound
from studio.library import Clip, ClipQuery, Library
from studio.text import catalogue, say
from studio.ui.markup import part, render
from studio.ui.samples import samples
from studio.ui.seat import Seat
from studio.ui.views import film_view
from studio.ui.wire import Ask, Updates
from studio.ui.words import date, engine_name, length, style_name, wait

STEP = 60
"""How many posters more are shown when the end of the list comes near."""


LONGEST_SEARCH = 200
"""Characters of a search or a filter that are kept; no more are looked for."""


class Shelf:
    """The components of the tab and what they show."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.search = gr.Textbox("", elem_id="search", max_lines=1, show_label=False, interactive=True)
        self.chips = part("chips")
        with gr.Row(elem_id="shelf"):
            self.grid = part("grid")
            self.detail = part("detail")

    @property
    def parts(self) -> list[Any]:
        """Return what follows the library."""
        return [self.chips, self.grid, self.detail]

    def words(self, ask: Ask) -> Updates:
        """Return the labels of the tab in the language asked for."""
        label, hint = say("library_search", ask.language), say("library_search_hint", ask.language)
        return {self.search: gr.update(label=label, placeholder=hint)}

    def html(self, ask: Ask) -> Updates:
        """Return chips, posters and the open clip, leaving out what the page has already."""
        seat, language = ask.seat, ask.language
        made = {
            "chips": (self.chips, self._chips(seat, language)),
            "grid": (self.grid, self._grid(seat, language)),
            "detail": (self.detail, self._detail(seat, language)),
        }
        return {component: html for name, (component, html) in made.items() if seat.news(name, html)}

    def look_for(self, ask: Ask) -> Updates:
        """Follow what is typed into the search."""
        ask.seat.query = replace(ask.seat.query, text=str(ask.values[self.search] or "")[:LONGEST_SEARCH], limit=STEP)
        return self.html(ask)

    def filter(self, ask: Ask) -> Updates:
        """Set or take back the filter that was pressed."""
        query, facet, value = ask.seat.query, ask.sent.get("facet"), ask.sent.get("value", "")[:LONGEST_SEARCH]
        if facet == "favourites":
            query = replace(query, favourites=not query.favourites)
        elif facet == "style":
            query = replace(query, style="" if query.style == value else value)
        elif facet == "engine":
            query = replace(query, engine="" if query.engine == value else value)
        elif facet == "kind":
            query = replace(query, kind="" if query.kind == value else value)
        else:
            query = ClipQuery(text=query.text)
        ask.seat.query = replace(query, limit=STEP)
        return self.html(ask)

    def more(self, ask: Ask) -> Updates:
        """Show more posters."""
        ask.seat.query = replace(ask.seat.query, limit=ask.seat.query.limit + STEP)
        return self.html(ask)

    def clear(self, ask: Ask) -> Updates:
        """Forget search and filters."""
        ask.seat.query = ClipQuery(limit=STEP)
        return {self.search: "", **self.html(ask)}

    def open(self, ask: Ask) -> Updates:
        """Open the clip that was pressed, or close it when it is the open one."""
        pressed = ask.sent.get("id", "")
        ask.seat.opened = "" if ask.seat.opened == pressed else pressed
        return self.html(ask)

    def close(self, ask: Ask) -> Updates:
        """Close the open clip."""
        ask.seat.opened = ""
        return self.html(ask)

    def _chips(self, seat: Seat, language: str) -> str:
        facets, query = self.library.facets(), seat.query
        everything = not (query.style or query.engine or query.kind or query.favourites)
        total = sum(count for _, count in facets.kinds)
        favourites = say("library_favourites", language)
        chips = [_chip("all", "", say("library_all", language), total, everything)]
        chips.append(_chip("favourites", "1", favourites, None, query.favourites))
        for facet, values, chosen in (
            ("kind", facets.kinds, query.kind),
            ("style", facets.styles, query.style),
            ("engine", facets.engines, query.engine),
        ):
            named = [(value, _name(facet, value, language), count) for value, count in values]
            new = [_chip(facet, value, name, count, value == chosen) for value, name, count in named]
            if new:
                new[0]["rule"] = True
            chips += new
        return render("chips", language, {"chips": chips})

    def _grid(self, seat: Seat, language: str) -> str:
        page = self.library.search(seat.query)
        searched = bool(seat.query.text.strip()) or replace(seat.query, text="", limit=STEP) != ClipQuery(limit=STEP)
        return render(
            "grid",
            language,
            {
                "clips": [_poster(clip, clip.id == seat.opened, language) for clip in page.clips],
                "found": say("library_found", language, {"count": page.total}) if searched and page.total else None,
                "more": page.total > len(page.clips),
                "searched": searched,
                "samples": [item.view(language) for item in samples()[:3]],
            },
        )

    def _detail(self, seat: Seat, language: str) -> str:
        clip = self._opened(seat)
        if clip is None:
            return render("detail", language, {"view": None})
        prompt = clip.prompt
        slots = [(f"create_{slot}", getattr(prompt, slot)) for slot in _SLOTS if getattr(prompt, slot)]
        slots = [] if clip.kind == "film" else slots  # its title is all it says itself
        return render(
            "detail",
            language,
            {
                "view": film_view(clip, language),
                "slots": [{"name": say(key, language), "words": words} for key, words in slots],
                "facts": _facts(clip, language),
            },
        )

    def _opened(self, seat: Seat) -> Clip | None:
        if not seat.opened:
            return None
        try:
            return self.library.clip(seat.opened)
        except NotFound:
            seat.opened = ""
            return None


_SLOTS = ("subject", "action", "scene", "style", "lighting", "camera")


def _chip(facet: str, value: str, name: str, count: int | None, on: bool) -> dict[str, Any]:
    return {"facet": facet, "value": value, "name": name, "count": count, "on": on, "rule": False}


def _name(facet: str, value: str, language: str) -> str:
    if facet == "style":
        return style_name(value, language) or value
    if facet == "engine":
        return engine_name(value, language)
    key = f"page_kind_{value}s"
    return say(key, language) if key in catalogue() else value


def _kind(kind: str, language: str) -> str:
    key = f"page_kind_{kind}"
    return say(key, language) if key in catalogue() else kind


def _poster(clip: Clip, on: bool, language: str) -> dict[str, Any]:
    style = style_name(clip.style, language)
    kind = _kind(clip.kind, language)
    seconds = length(clip.seconds, language)
    label = say("library_open", language, {"title": clip.prompt.sentence, "seconds": seconds})
    whole = round(clip.seconds)
    return {
        "id": clip.id,
        "title": clip.prompt.sentence,
        "label": label,
        "poster": f"media/{clip.poster}",
        "video": f"media/{clip.video}",
        "favourite": clip.favourite,
        "clock": f"{whole // 60}:{whole % 60:02d}",
        "about": say("library_kind_style", language, {"kind": kind, "style": style}) if style else kind,
        "on": on,
    }


def _facts(clip: Clip, language: str) -> list[dict[str, str]]:
    look = clip.look
    picture = {"width": look.width, "height": look.height, "fps": look.fps, "seconds": length(clip.seconds, language)}
    made = {"date": date(clip.created_at), "wait": wait(clip.seconds_taken, language)}
    rows = [
        ("library_made", say("library_made_at", language, made)),
        ("create_engine", engine_name(look.engine, language)),
        ("library_picture", say("library_picture_facts", language, picture)),
        ("create_seed", str(look.seed)),
        ("library_weight", f"{clip.size_bytes / 1e6:.1f} MB"),
    ]
    if look.adapters:
        rows.append(("create_adapters", look.adapters))
    score = (clip.measures or {}).get("score")
    if score is not None:
        rows.append(("board_consistency", say("board_score", language, {"score": f"{score:.1f}"})))
    return [{"name": say(key, language), "words": words} for key, words in rows]
