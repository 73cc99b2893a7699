"""How events reach the code: language, the page's seat, errors in words, nothing sent twice."""

import logging
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import gradio as gr
from gradio.events import Dependency

from studio.errors import StudioError, new_reference
from studio.text import LANGUAGES, language_of, say
from studio.ui.markup import render
from studio.ui.seat import Seat
from studio.ui.words import complaint

LOG = logging.getLogger("studio.page")

Updates = dict[Any, Any]
"""What is new: component -> value or gr.update(...)."""


@dataclass(frozen=True)
class Ask:
    """One event: who asks, in which language, with which values."""

    language: str
    seat: Seat
    values: Mapping[Any, Any]
    """Component -> its value."""
    sent: Mapping[str, str]
    """What the pressed element carried in its data attributes."""
    address: Mapping[str, str]
    """The query of the page's address."""


React = Callable[[Ask], Updates]


class Wire:
    """Connects events to functions of one `Ask`."""

    def __init__(self, chosen: gr.BrowserState, seat: gr.State, toast: gr.HTML) -> None:
        self.chosen = chosen
        self.seat = seat
        self.toast = toast

    def on(
        self, triggers: Any, react: React, reads: Iterable[Any] = (), writes: Iterable[Any] = (), queue: bool = False
    ) -> Dependency:
        """Call `react` on events that carry nothing but the values of `reads`; return what more can follow."""

        def run(values: dict[Any, Any], request: gr.Request) -> Updates:
            return self._answer(react, values, request, {})

        return self._listen(triggers, run, reads, writes, queue, "always_last" if isinstance(triggers, list) else None)

    def on_press(
        self,
        part: gr.HTML,
        react: React,
        reads: Iterable[Any] = (),
        writes: Iterable[Any] = (),
        every: bool = False,
    ) -> Dependency:
        """Call `react` when something in `part` is pressed; `every` press, or none while one is being answered.

        Return what more can follow.
        """

        def run(values: dict[Any, Any], request: gr.Request, event: gr.EventData) -> Updates:
            sent = event._data if isinstance(event._data, dict) else {}
            return self._answer(react, values, request, {key: str(value) for key, value in sent.items()})

        return self._listen(part.select, run, reads, writes, False, "multiple" if every else None)

    def after(self, event: Dependency, react: React) -> None:
        """Call `react` each time an event was answered, beside all others and for as long as it takes."""

        def run(values: dict[Any, Any], request: gr.Request) -> Updates:
            return self._answer(react, values, request, {})

        event.then(
            run,
            inputs={self.chosen, self.seat},
            outputs=[self.toast],
            preprocess=False,
            show_progress="hidden",
            trigger_mode="multiple",
            concurrency_limit=None,
            api_visibility="private",
        )

    def _listen(
        self,
        triggers: Any,
        run: Callable[..., Updates],
        reads: Iterable[Any],
        writes: Iterable[Any],
        queue: bool,
        mode: Literal["multiple", "always_last"] | None,
    ) -> Dependency:
        return gr.on(
            triggers,
            run,
            inputs={self.chosen, self.seat, *reads},
            outputs=[self.toast, *(item for item in writes if item is not self.toast)],
            queue=queue,
            preprocess=False,  # Gradio answers 500 to a choice it does not know; here it is refused in words
            show_progress="hidden",
            trigger_mode=mode,
            api_visibility="private",
        )

    def _answer(self, react: React, values: dict[Any, Any], request: gr.Request, sent: Mapping[str, str]) -> Updates:
        language = self.language(values, request)
        ask = Ask(language, values[self.seat] or Seat(), values, sent, dict(request.query_params or {}))
        try:
            return react(ask) or {self.toast: gr.skip()}
        except StudioError as error:
            return {self.toast: self.say(complaint(error, language), language, bad=True)}
        except Exception:
            reference = new_reference()
            LOG.exception("Unexpected, shown as %s", reference)
            why = say("page_unexpected_why", language, {"reference": reference})
            return {self.toast: self.say(f"{say('page_unexpected', language)}. {why}", language, bad=True)}

    def language(self, values: Mapping[Any, Any], request: gr.Request) -> str:
        """Return the language the person chose, else the one the browser asks for."""
        chosen = values.get(self.chosen)
        if isinstance(chosen, str) and chosen in LANGUAGES:
            return chosen
        return language_of(dict(request.headers or {}).get("accept-language", ""))

    def say(self, words: str, language: str, bad: bool = False, undo: str = "", act: str = "undo") -> str:
        """Return the toast with these words; `undo` is the id of what a press on Undo gives back, `act` its act."""
        said = {"words": words, "title": "", "bad": bad, "undo": undo, "act": act, "nonce": secrets.token_hex(4)}
        return render("toast", language, said)
