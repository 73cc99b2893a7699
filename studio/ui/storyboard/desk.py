"""The components of the Storyboard tab and what they show of the storyboard that is open."""

import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import gradio as gr

from studio.errors import NotFound, StudioError
from studio.jobs import Job, Jobs, Progress
from studio.library import Library
from studio.storyboard import Storyboard
from studio.ui.engines import before, other_engine
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
from studio.ui.storyboard.typed import OPTIONS, Heard, read_typed, take_in
from studio.ui.wire import Ask, Updates, Wire
from studio.ui.words import complaint_of

CALM_SECONDS = 5.0
"""So often a storyboard is looked at while nothing is made of it: another page may have changed it."""
REST = 3.0
"""So many times as long as it took to make the parts, no poll makes them again."""
LOOKING = ("choose", "seam", "member", "no_member")
"""Acts after which a film has come as far as before."""
REGIONS = ("reel", "chart", "advice", "story", "cast", "strip", "editor", "takes", "options", "join", "heard")
"""The stretches of the tab that change by themselves; each is sent only when it is new."""
SENT = '<noscript data-made="{:.6f}" data-heard="{}">{}</noscript>'
"""A region as it is sent: when it was made, and which message of the page was the last to be heard by then."""


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
        try:
            self._turn_to(board, named)
        except NotFound as error:
            return error if board.open else None
        return None

    def _turn_to(self, board: Board, named: str) -> None:
        """Show the storyboard of this id, a new one for none; raises NotFound, and a new page then shows a new one."""
        board.known = True
        if named:
            found = self.library.storyboards.load(named)
            board.story, board.refused = found.id, {}
            self._choose_one(board, found)

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
                if job := self._job(turn.story.id):
                    ask.seat.asked.append(job.id)
            if act is not None:
                before = _shown(turn.story, board)
                act(turn)
                turn.story = self._keep(board, turn.story)
                self._choose_one(board, turn.story)
                board.refused = _still(board.refused, before, _shown(turn.story, board))
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
                self.sources[region]: SENT.format(time.time(), board.heard, html)
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
        self._turn_to(ask.seat.board, storyboard_id)
        ask.seat.board.open = True
        return self.html(ask)

    def _take_in(self, ask: Ask) -> tuple[Turn, Refused | None]:
        """Keep what was typed; return the storyboard in the turn of this press, and what cannot be used."""
        board, typed = ask.seat.board, read_typed(ask.sent)
        if not board.known:
            with suppress(NotFound):
                self._turn_to(board, typed.board)
            board.open = True
        turn, wrong = Turn(ask, self._load(board, ask.language)), None
        if typed.number <= board.heard:
            return turn, None
        for named, told in typed.of.items():
            found = self._typed_in(board, named or board.begun, ask.language)
            if found is None:
                continue
            changed, heard = take_in(found, told)
            kept = self._keep(board, changed) if changed != found else found
            if kept.id == board.story:
                turn.story, turn.mends = kept, kept.mend and not found.mend
            wrong = self._refuse(board, heard) or wrong
        board.heard = typed.number
        return turn, wrong

    def _typed_in(self, board: Board, named: str, language: str) -> Storyboard | None:
        """Return the storyboard that words are for, be it the open one or not; None when it is gone."""
        if named == board.story:
            return self._load(board, language)
        try:
            return self.library.storyboards.load(named) if named else self.acts.new(language)
        except NotFound:
            return None

    def _refuse(self, board: Board, heard: Heard) -> Refused | None:
        """Let the fields that can do so say what is wrong with them; return what no field says."""
        saying = {(board.chosen, "seed"): "seed", (OPTIONS, "look_seed"): "look_seed"}
        for place, name in saying.items():
            if place in heard:
                board.refused.pop(name, None)
            if one := heard.get(place):
                board.refused[name] = one
        return next((one for place, one in heard.items() if one and place not in saying), None)

    def _load(self, board: Board, language: str) -> Storyboard:
        if board.story:
            try:
                return self.library.storyboards.load(board.story)
            except NotFound:
                board.story = board.chosen = ""
        return self.acts.new(language)

    def _keep(self, board: Board, wanted: Storyboard) -> Storyboard:
        """Keep a storyboard that says something; a new one is the open one, unless another was opened since."""
        if not (wanted.id or wanted.segments or wanted.story.strip()):
            board.begun = ""
            return wanted
        kept = self.library.storyboards.save(wanted)
        if not wanted.id:
            board.begun = kept.id
            board.story = board.story or kept.id
        return kept

    def _choose_one(self, board: Board, storyboard: Storyboard) -> None:
        """Put a segment into the editor that is there."""
        if edits.index_of(storyboard, board.chosen) < 0:
            board.chosen = storyboard.segments[0].id if storyboard.segments else ""

    def _regions(self, board: Board, now: Storyboard, language: str) -> dict[str, str]:
        self._choose_one(board, now)
        cast = self.library.storyboards.cast()
        stand = board.stand = self._stand(board, now)
        board.busy = stand.job is not None
        making, film, chosen = stand.making, stand.film, edits.segment_of(now, board.chosen)
        return {
            "reel": reel(now, making, film, language),
            "chart": chart(now, making, board.chosen, language),
            "advice": advice(now, making, cast, self._before(now, making, language), language) if now.segments else "",
            "story": story(now, self.library.storyboards.recent(), language),
            "cast": cast_list(now, cast, board.member, language),
            "strip": strip(now, making, board.chosen, language, cast),
            "editor": editor(self.jobs.engines, now, chosen, cast, board.refused.get("seed"), language),
            "takes": takes(now, making, board.chosen, language),
            "options": options(self.jobs.engines, now, board.refused.get("look_seed"), language)
            if now.segments
            else "",
            "join": join_bar(stand, language),
            "heard": str(board.heard),  # new whenever a message was heard, even if nothing else is
        }

    def _before(self, now: Storyboard, making: Making, language: str) -> list[str]:
        """Return what is to be known of the engine before the next segment is made; nothing when none is left."""
        left = [one for one, made in zip(now.segments, making.progress, strict=True) if made.status != "done"]
        longest = max(left, key=lambda segment: segment.seconds, default=None)
        return before(self.jobs, longest, now.look, language) if longest else []

    def _stand(self, board: Board, now: Storyboard) -> Stand:
        """Return how far a storyboard has come; what was found for it a moment ago while nothing is made."""
        known = board.stand if not board.busy and time.monotonic() - board.looked < CALM_SECONDS else None
        if isinstance(known, Stand) and known.storyboard == now:
            return known
        film = self.jobs.film_of(now) if now.segments else None
        making = Making(self._progress(now), (film.measures or {}) if film else {})
        job = self._job(now.id)
        other = other_engine(self.jobs.engines, now.look.engine)
        return Stand(now, making, film, job, self._seconds(now) if film is None else 0.0, other)

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


def _shown(storyboard: Storyboard, board: Board) -> tuple[object, ...]:
    """Return what the fields that say what is wrong stand beside: storyboard, segment, and the seeds that they keep."""
    chosen = edits.segment_of(storyboard, board.chosen)
    return storyboard.id, storyboard.look.seed, board.chosen, chosen.seed if chosen else None


def _still(refused: Mapping[str, Refused], before: Sequence[object], after: Sequence[object]) -> dict[str, Refused]:
    """Return what still stands in its field after an act: another storyboard, segment or seed takes its place."""
    stays = {"look_seed": before[:2] == after[:2], "seed": before[2:] == after[2:]}
    return {name: one for name, one in refused.items() if stays[name]}
