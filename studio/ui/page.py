"""The page: puts header and tabs together and says which event leads where."""

from dataclasses import replace
from typing import Any

import gradio as gr
from gradio.events import Dependency

from studio.errors import NotFound
from studio.jobs import Job, Jobs
from studio.library import Library
from studio.settings import Settings
from studio.storyboard import Look, Segment, look_for
from studio.text import say
from studio.ui.api import add_api
from studio.ui.create import Create
from studio.ui.form import another_seed
from studio.ui.language import chosen_language
from studio.ui.library import Shelf
from studio.ui.markup import part, render
from studio.ui.player import Player
from studio.ui.samples import sample
from studio.ui.seat import Seat
from studio.ui.storyboard import Desk
from studio.ui.styles import translated
from studio.ui.tray import Tray
from studio.ui.visit import work_after
from studio.ui.wire import Ask, React, Updates, Wire
from studio.ui.words import complaint

POLL_SECONDS = 0.7


def build_page(library: Library, jobs: Jobs, settings: Settings) -> gr.Blocks:
    """Return the page of a studio; nothing it does waits for a job."""
    with gr.Blocks(title=say("page_title", "en"), analytics_enabled=False, delete_cache=(3600, 3600)) as blocks:
        page = Page(library, jobs, chosen_language(settings.home))
        page.listen(blocks)
        add_api(library, jobs)
    return blocks


class Page:
    """Header, tabs, and what happens between them."""

    def __init__(self, library: Library, jobs: Jobs, chosen: gr.BrowserState) -> None:
        self.library = library
        self.jobs = jobs
        self.chosen = chosen
        self.seat = gr.State(Seat())
        with gr.Row(elem_id="top"):
            self.brand = part("brand")
            self.tray = part("jobs")
            self.language = gr.Button(elem_id="language", size="sm", min_width=44)
            self.theme = part("theme")
        with gr.Tabs(elem_id="tabs", overflow_behavior="wrap") as self.tabs:
            with gr.Tab("Create", id="create", elem_id="create") as self.create_tab:
                self.create = Create(jobs)
            with gr.Tab("Storyboard", id="storyboard", elem_id="storyboard") as self.storyboard_tab:
                self.desk = Desk(library, jobs)
            with gr.Tab("Library", id="library", elem_id="library") as self.library_tab:
                self.shelf = Shelf(library)
        self.foot = part("foot")
        self.toast = part("toast")
        self.timer = gr.Timer(POLL_SECONDS, active=False)
        self.wire = Wire(chosen, self.seat, self.toast)
        self.player_view = Player(library, jobs)
        self.tray_view = Tray(library, jobs)

    def listen(self, blocks: gr.Blocks) -> None:
        """Connect every event."""
        wire, create, shelf, fields = self.wire, self.create, self.shelf, self.create.form.fields
        live = [self.tray, create.player, create.generate, *shelf.parts, *self.desk.parts]
        opened = wire.on(blocks.load, self.open, fields, self._everything(), queue=True)
        # Only then, or an answer to the timer could be older than the one to the opening and yet come after it.
        opened.then(lambda: gr.Timer(active=True), None, self.timer, queue=False, api_visibility="private")
        wire.on(self.timer.tick, self.poll, fields, live)
        wire.on(self.language.click, self.switch_language, fields, [*self._everything(), self.chosen])
        wire.on([field.change for field in fields], create.describe, fields, create.parts)
        wire.on(create.form.engine.change, create.form.engine_choices, fields, [create.form.seconds, create.form.shape])
        listed = [create.form.engine.change, create.form.adapters.change, create.form.style_words.change]
        wire.on(listed, create.list_adapters, fields, [create.adapters])
        asking = [wire.on(create.generate.click, self.submit, fields, live), self._listen_to_tabs()]
        wire.on(create.dice.click, create.throw, fields, fields)
        wire.on_press(create.tips, create.accept, fields, fields)
        wire.on_press(create.adapters, create.choose_adapter, fields, fields)
        wire.on(shelf.search.change, shelf.look_for, [shelf.search], shelf.parts)
        wire.on_press(shelf.chips, shelf.filter, [], shelf.parts)
        pressed = [*fields, self.tabs, shelf.search, *live]
        for pressable in (self.tray, create.player, create.samples, shelf.grid, shelf.detail, self.toast):
            asking.append(wire.on_press(pressable, self.press, fields, pressed))
        work_after(asking, wire, self.jobs)

    def _listen_to_tabs(self) -> Dependency:
        """Return the press in the storyboard."""
        wire, shelf, desk = self.wire, self.shelf, self.desk
        wire.on(self.create_tab.select, desk.leave)
        wire.on(self.storyboard_tab.select, desk.see, [], desk.parts)
        wire.on(self.library_tab.select, lambda ask: desk.leave(ask) | shelf.html(ask), [], shelf.parts)
        return wire.on_press(desk.frame, lambda ask: desk.press(ask, wire), [], [self.tray, *desk.parts], every=True)

    def _everything(self) -> list[Any]:
        create, shelf = self.create, self.shelf
        header = [self.brand, self.foot, self.tray, self.language, self.theme]
        return [
            *header,
            *(self.tabs, self.create_tab, self.storyboard_tab, self.library_tab),
            create.player,
            *create.parts,
            *create.fixed,
            *create.form.fields,
            shelf.search,
            *shelf.parts,
            *self.desk.parts,
        ]

    def open(self, ask: Ask) -> Updates:
        """Show the studio as it is to a page that was just opened, and the clip its address names."""
        self.player_view.take_up(ask.seat)
        updates: Updates = {}
        named = ask.address.get("clip", "")
        if named:
            try:
                ask.seat.show(self.library.clip(named).id)
            except NotFound as error:
                updates[self.toast] = self.wire.say(complaint(error, ask.language), ask.language, bad=True)
        unknown = self.desk.open(ask)
        if unknown is not None:
            updates[self.toast] = self.wire.say(complaint(unknown, ask.language), ask.language, bad=True)
        if ask.seat.board.open:
            updates[self.tabs] = gr.update(selected="storyboard")
        filled = self.create.first_words(ask)
        style = filled[self.create.form.style_words]["value"]
        values = {**ask.values, self.create.form.style_words: style}
        for field in (self.create.form.seconds, self.create.form.shape):
            values[field] = filled[field]["value"]
        return self._words(replace(ask, values=values)) | filled | updates

    def switch_language(self, ask: Ask) -> Updates:
        """Say everything in the other language; what is typed stays."""
        other = replace(ask, language="en" if ask.language == "zh" else "zh")
        kept = self.create.form.kept_choices(ask, other.language)
        style = self.create.form.style_words
        other = replace(other, values={**ask.values, style: translated(str(ask.values[style] or ""), other.language)})
        words = self._words(other)
        words[style] = gr.update(**words[style] | {"value": other.values[style]})
        return {self.chosen: other.language} | words | kept

    def _words(self, ask: Ask) -> Updates:
        language = ask.language
        return {
            self.brand: render("brand", language, {}),
            self.theme: render("theme", language, {}),
            self.foot: render("foot", language, {}),
            self.language: gr.update(value=say("page_other_language", language)),
            self.create_tab: gr.update(label=say("page_create", language)),
            self.storyboard_tab: gr.update(label=say("page_storyboard", language)),
            self.library_tab: gr.update(label=say("page_library", language)),
            **self.create.words(ask),
            **self.create.describe(ask),
            **self.shelf.words(ask),
            **self.shelf.html(ask),
            **self.desk.html(ask),
            **self._live(ask),
        }

    def poll(self, ask: Ask) -> Updates:
        """Return what has changed since the page was last sent something."""
        if not ask.seat.taken:
            self.player_view.take_up(ask.seat)
        updates = self._live(ask) | self.desk.poll(ask)
        finished = tuple(job.clip_id for job in self.jobs.recent() if job.clip_id)
        if finished != ask.seat.finished:
            ask.seat.finished = finished
            updates |= self.shelf.html(ask) | self.create.button(ask)
        return updates

    def _live(self, ask: Ask) -> Updates:
        """Return tray and player, leaving out what the page has already."""
        made = {
            "tray": (self.tray, self.tray_view.html(ask.language)),
            "player": (self.create.player, self.player_view.html(ask.seat, ask.language)),
        }
        return {component: html for name, (component, html) in made.items() if ask.seat.news(name, html)}

    def submit(self, ask: Ask) -> Updates:
        """Ask for the clip that the fields describe."""
        return self._follow(ask, self.jobs.submit(*self.create.form.wish(ask)))

    def _follow(self, ask: Ask, job: Job) -> Updates:
        ask.seat.reused = False
        ask.seat.watch(job.id)
        return self._live(ask)

    def press(self, ask: Ask) -> Updates:
        """Do what was pressed in the tray, the player, the samples, the library or a toast."""
        presses: dict[str, React] = {
            "cancel": self._cancel,
            "retry": lambda ask: self._follow(ask, self.jobs.retry(ask.sent.get("id", ""))),
            "dismiss": self._dismiss,
            "show": self._show,
            "favourite": self._favourite,
            "use_again": self._use_again,
            "use_sample": self._use_sample,
            "variation": self._variation,
            "make_with": self._make_with,
            "delete": self._delete,
            "undo": self._undo,
            "create": lambda ask: {self.tabs: gr.update(selected="create")},
            "put_back": lambda ask: self.desk.press(ask, self.wire),
            "open_storyboard": self._open_storyboard,
            "open": self.shelf.open,
            "close": self.shelf.close,
            "more": self.shelf.more,
            "clear": self.shelf.clear,
        }
        press = presses.get(ask.sent.get("act", ""))
        return press(ask) if press else {}

    def _cancel(self, ask: Ask) -> Updates:
        self.jobs.cancel(ask.sent.get("id", ""))
        return self._live(ask)

    def _dismiss(self, ask: Ask) -> Updates:
        ask.seat.watching = ""
        return self._live(ask)

    def _show(self, ask: Ask) -> Updates:
        ask.seat.show(self.library.clip(ask.sent.get("id", "")).id)
        return self._live(ask) | {self.tabs: gr.update(selected="create")}

    def _favourite(self, ask: Ask) -> Updates:
        clip = self.library.clip(ask.sent.get("id", ""))
        self.library.set_favourite(clip.id, not clip.favourite)
        return self._live(ask) | self.shelf.html(ask)

    def _use_again(self, ask: Ask) -> Updates:
        clip = self.library.clip(ask.sent.get("id", ""))
        segment = Segment(clip.prompt, clip.seconds)
        return self._filled(segment, clip.look, ask) | {self.tabs: gr.update(selected="create")}

    def _filled(self, segment: Segment, look: Look, ask: Ask) -> Updates:
        return self.create.form.fill(segment, look, ask.language)

    def _use_sample(self, ask: Ask) -> Updates:
        chosen = sample(ask.sent.get("id", ""))
        ask.seat.show("")
        ask.seat.sample = chosen.id
        return self._filled(chosen.segment(ask.language), chosen.look, ask) | self._live(ask)

    def _variation(self, ask: Ask) -> Updates:
        clip = self.library.clip(ask.sent.get("id", ""))
        look = replace(clip.look, seed=int(another_seed()))
        segment = Segment(clip.prompt, clip.seconds)
        return self._filled(segment, look, ask) | self._follow(ask, self.jobs.submit(segment, look))

    def _make_with(self, ask: Ask) -> Updates:
        """Make a clip's words again with another engine, as near to its size and length as that one can."""
        clip, name = self.library.clip(ask.sent.get("id", "")), ask.sent.get("engine", "")
        if name not in self.jobs.engines.ready:
            return {}
        engine = self.jobs.engines.open(name)
        low, high = engine.limits.seconds_range
        segment = Segment(clip.prompt, min(max(clip.seconds, low), high))
        look = look_for(engine, clip.look)
        return self._filled(segment, look, ask) | self._follow(ask, self.jobs.submit(segment, look))

    def _delete(self, ask: Ask) -> Updates:
        deleted, language = ask.sent.get("id", ""), ask.language
        ask.seat.opened = ""
        try:
            title = self.library.clip(deleted).prompt.sentence
            self.library.delete(deleted)
        except NotFound as error:
            toast = self.wire.say(complaint(error, language), language, bad=True)
        else:
            toast = self.wire.say(say("library_deleted", language, {"title": title[:80]}), language, undo=deleted)
        return self.shelf.html(ask) | self._live(ask) | {self.toast: toast}

    def _open_storyboard(self, ask: Ask) -> Updates:
        updates = self.desk.show(ask, ask.sent.get("id", ""))
        return updates | {self.tabs: gr.update(selected="storyboard")}

    def _undo(self, ask: Ask) -> Updates:
        clip = self.library.restore(ask.sent.get("id", ""))
        words = say("library_restored", ask.language, {"title": clip.prompt.sentence[:80]})
        return self.shelf.html(ask) | self._live(ask) | {self.toast: self.wire.say(words, ask.language)}
