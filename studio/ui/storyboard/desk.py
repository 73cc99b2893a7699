"""The components of the Storyboard tab and what they show of the storyboard that is open."""

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import gradio as gr

from studio.errors import NotFound, StudioError
from studio.jobs import Job, Jobs, Progress
from studio.library import Library
from studio.storyboard import Segment, Storyboard
from studio.ui.markup import part, render, source
from studio.ui.seat import Board, Refused
from studio.ui.storyboard import edits
from studio.ui.storyboard.acts import Acts, Turn
from studio.ui.storyboard.advice import advice
from studio.ui.storyboard.cast import cast_list
from studio.ui.storyboard.chart import chart
from studio.ui.storyboard.editor import editor, takes
from studio.ui.storyboard.film import reel
from studio.ui.storyboard.join import Stand, join_bar
from studio.ui.storyboard.story import options, story
from studio.ui.storyboard.strip import Making, strip
from studio.ui.storyboard.typed import Heard, read_typed, take_in
from studio.ui.wire import Ask, Updates, Wire
from studio.ui.words import complaint_of

CALM_SECONDS = 5.0
"""So often a storyboard is looked at while nothing is made of it: another page may have changed it."""
REST = 3.0
"""So many times as long as it took to make the parts, no poll makes them again."""
LOOKING = ("choose", "seam", "member", "no_member")
"""Acts after which a film has come as far as before."""
SAYING = ("seed", "look_seed")
"""The fields that say themselves what is wrong with what stands in them."""
REGIONS = ("reel", "chart", "advice", "story", "cast", "strip", "editor", "takes", "options", "join", "heard")
"""The stretches of the tab that change by themselves; each is sent only when it is new."""
HEARD = '<i data-key="heard" data-heard="{}"></i>'
"""Tells the page which of its messages was the last to be heard."""


class Desk:
    """The tab. Its parts are poured into one standing frame, so that focus, scroll and what plays outlive news."""

    def __init__(self, library: Library, jobs: Jobs) -> None:
        self.library = library
        self.jobs = jobs
        self.acts = Acts(library, jobs)
        self.frame = part("board", render("board", "en", {}))
        self.sources: dict[str, gr.HTML] = {region: source(f"board-{region}-source") for region in REGIONS}
        self._writing = threading.RLock()
        """Held while a storyboard is loaded, changed and kept, so that no press undoes another."""

    @property
    def parts(self) -> list[Any]:
        """Return what follows the storyboard."""
        return list(self.sources.values())

    def open(self, ask: Ask) -> StudioError | None:
        """Open the storyboard that the address of a new page names; return why that cannot be, if it cannot."""
        board, named = ask.seat.board, ask.address.get("story") or ask.address.get("kept", "")
        board.open = bool(ask.address.get("story"))
        board.story = board.chosen = ""
        wrong = None
        if named:
            try:
                found = self.library.storyboards.load(named)
                board.story, board.chosen = found.id, found.segments[0].id if found.segments else ""
            except NotFound as error:
                wrong = error if board.open else None
        self._give(board, self._load(board, ask.language), story=True)
        return wrong

    def press(self, ask: Ask, wire: Wire) -> Updates:
        """Take in what was typed, then do what was pressed."""
        board = ask.seat.board
        with self._writing:
            turn, wrong = self._take_in(ask)
            name = ask.sent.get("act", "")
            act = self.acts.act(name)
            if name not in LOOKING:
                board.stand = None
            if turn.mends:
                self.jobs.mend(turn.story)
            if act is not None:
                act(turn)
                turn.story = self._keep(board, turn.story)
                self._give(board, turn.story, story="story" in turn.fresh)
        updates = self.html(ask)
        says = [turn.says, complaint_of(wrong.why, ask.language) if wrong else ""]
        if any(says):
            words = " · ".join(filter(None, says))
            updates[wire.toast] = wire.say(words, ask.language, bad=wrong is not None, undo=turn.undo, act="put_back")
        return updates

    def html(self, ask: Ask) -> Updates:
        """Return every region that differs from what the page has."""
        board, language = ask.seat.board, ask.language
        with self._writing:  # or an older answer could overtake a newer one
            began = time.monotonic()
            made = self._regions(board, self._load(board, language), language)
            board.looked = time.monotonic()
            board.took = board.looked - began
            return {
                self.sources[region]: f'<noscript data-made="{time.time():.6f}">{html}</noscript>'
                for region, html in made.items()
                if ask.seat.news(f"board-{region}", html)
            }

    def poll(self, ask: Ask) -> Updates:
        """Return what is new while the tab is seen; seldom while nothing is made, and never for most of the time."""
        board = ask.seat.board
        since = time.monotonic() - board.looked
        if not board.open or since < REST * board.took:
            return {}
        busy = self._job(board.story) is not None
        if not (busy or board.busy or since > CALM_SECONDS):
            return {}
        board.stand = None
        with self._writing:
            kept = edits.segment_of(self._load(board, ask.language), board.chosen)
            if _own(kept) != _own(board.shown_segment) and "seed" not in board.refused:
                board.shown_segment = kept  # the studio chose another take: the form must not choose the old one again
        return self.html(ask)

    def see(self, ask: Ask) -> Updates:
        """Show the tab as it is now."""
        ask.seat.board.open = True
        return self.html(ask)

    def leave(self, ask: Ask) -> Updates:
        """Note that another tab is seen."""
        ask.seat.board.open = False
        return {}

    def show(self, ask: Ask, storyboard_id: str) -> Updates:
        """Open another storyboard, as from its film in the library."""
        board = ask.seat.board
        found = self.library.storyboards.load(storyboard_id)
        board.story, board.chosen, board.open = found.id, found.segments[0].id if found.segments else "", True
        self._give(board, found, story=True)
        return self.html(ask)

    def words(self, ask: Ask) -> Updates:
        """Return every word of the tab in the language asked for; what was typed stays."""
        board = ask.seat.board
        self._give(board, self._load(board, ask.language), story=True)
        return self.html(ask)

    def _take_in(self, ask: Ask) -> tuple[Turn, Refused | None]:
        board, typed = ask.seat.board, read_typed(ask.sent)
        found = self._load(board, ask.language)
        number = typed.get("n")
        if not isinstance(number, int) or number <= board.heard:
            return Turn(ask, found), None
        board.heard = number
        changed, heard = take_in(found, typed)
        kept = self._keep(board, changed) if changed != found else found
        wrong = self._refuse(board, kept, heard, SAYING if _of_chosen(typed, board) else SAYING[1:])
        return Turn(ask, kept, mends=kept.mend and not found.mend), wrong

    def _refuse(self, board: Board, kept: Storyboard, heard: Heard, saying: Sequence[str]) -> Refused | None:
        """Let the fields that can do so say what is wrong with them; return what no field says."""
        before = board.refused
        said = {name: one for name, one in heard.items() if name in saying}
        board.refused = {name: one for name, one in (before | said).items() if one}
        if board.refused != before:  # the forms are drawn anew, so they need what was typed in them since
            board.shown_segment = edits.segment_of(kept, board.chosen)
            board.shown_story = replace(kept, story=board.shown_story.story) if board.shown_story else None
        return next((one for name, one in heard.items() if one and name not in saying), None)

    def _load(self, board: Board, language: str) -> Storyboard:
        if board.story:
            try:
                return self.library.storyboards.load(board.story)
            except NotFound:
                board.story = board.chosen = ""
        return self.acts.new(language)

    def _keep(self, board: Board, wanted: Storyboard) -> Storyboard:
        """Keep a storyboard that says something."""
        if not (wanted.id or wanted.segments or wanted.story.strip()):
            return wanted
        kept = self.library.storyboards.save(wanted)
        board.story = kept.id
        return kept

    def _give(self, board: Board, storyboard: Storyboard, story: bool) -> None:
        """Note what the fields of the page are to hold from now on."""
        if edits.index_of(storyboard, board.chosen) < 0:
            board.chosen = storyboard.segments[0].id if storyboard.segments else ""
        shown, board.shown_segment = board.shown_segment, edits.segment_of(storyboard, board.chosen)
        if _own(shown) != _own(board.shown_segment):
            board.refused.pop("seed", None)
        if story or board.shown_story is None:
            board.shown_story = storyboard
            board.refused.pop("look_seed", None)
            board.given += 1

    def _regions(self, board: Board, now: Storyboard, language: str) -> dict[str, str]:
        cast = self.library.storyboards.cast()
        stand = board.stand = self._stand(board, now)
        board.busy = stand.job is not None
        making, film, given = stand.making, stand.film, board.shown_story or now
        return {
            "reel": reel(now, making, film, language),
            "chart": chart(now, making, board.chosen, language),
            "advice": advice(now, making, cast, language) if now.segments else "",
            "story": story(now, given.story, board.given, self.library.storyboards.recent(), language),
            "cast": cast_list(now, cast, board.member, language),
            "strip": strip(now, making, board.chosen, language),
            "editor": editor(now, board.shown_segment, cast, board.refused.get("seed"), language),
            "takes": takes(now, making, board.chosen, language),
            "options": options(given, board.given, board.refused.get("look_seed"), language) if now.segments else "",
            "join": join_bar(stand, language),
            "heard": HEARD.format(board.heard),
        }

    def _stand(self, board: Board, now: Storyboard) -> Stand:
        """Return how far a storyboard has come; what was found for it a moment ago while nothing is made."""
        known = board.stand if not board.busy and time.monotonic() - board.looked < CALM_SECONDS else None
        if isinstance(known, Stand) and known.storyboard == now:
            return known
        film = self.jobs.film_of(now) if now.segments else None
        making = Making(self._progress(now), (film.measures or {}) if film else {})
        job = self._job(now.id)
        return Stand(now, making, film, job, self._seconds(now) if film is None else 0.0)

    def _progress(self, storyboard: Storyboard) -> tuple[Progress, ...]:
        """Return how far each segment has come; "invalid" is one that cannot be made as it is."""
        found = self.jobs.progress_of(storyboard) if storyboard.segments else ()
        return tuple(replace(one, status="invalid") if one.status == "new" and one.error else one for one in found)

    def _job(self, storyboard_id: str) -> Job | None:
        job = self.jobs.film_job(storyboard_id) if storyboard_id else None
        return job if job and not job.ended else None

    def _seconds(self, storyboard: Storyboard) -> float:
        try:
            return self.jobs.estimate_film(storyboard) if storyboard.segments else 0.0
        except StudioError:
            return 0.0  # the card of the segment says what is wrong


def _own(segment: Segment | None) -> tuple[str, int | None] | None:
    return (segment.id, segment.seed) if segment else None


def _of_chosen(typed: Mapping[str, Any], board: Board) -> bool:
    """Tell whether what was typed is of the editor that is shown, and not of the one before it."""
    segment = typed.get("segment")
    return not isinstance(segment, dict) or segment.get("id") == board.chosen
