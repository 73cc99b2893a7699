"""The Create tab: the player, the samples, and the panel in which a clip is asked for."""

from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from models.engine import Prompt
from studio.errors import StudioError
from studio.jobs import Jobs
from studio.prompts import Hint, lint, runs, split, style_id
from studio.text import say
from studio.ui.adapters import adapter_list, toggled, with_words
from studio.ui.engines import elsewhere
from studio.ui.form import FIRST_STYLE, Form, another_seed, shape_name
from studio.ui.markup import part, render
from studio.ui.samples import samples
from studio.ui.styles import cards, first_word
from studio.ui.wire import Ask, Updates
from studio.ui.words import complaint, engine_name, wait

TIPS = 3
"""How many hints are shown at once."""
SPLIT_FROM, SPLIT_TO = 8, 2000
"""Characters of a subject between which it may be a whole sentence."""


@dataclass(frozen=True)
class _Button:
    """The button that makes the clip."""

    words: str
    ready: bool
    """Whether it can be pressed."""
    refusal: str = ""
    """What stands in the way of it."""
    before: tuple[str, ...] = ()
    """What a person should know before pressing it."""


class Create:
    """The components of the tab and what they say for the words typed."""

    def __init__(self, jobs: Jobs) -> None:
        self.jobs = jobs
        with gr.Row(elem_id="desk"):
            with gr.Column(elem_id="stage"):
                self.player = part("player")
                self.samples = part("samples")
            with gr.Column(elem_id="panel"):
                self._panel()

    def _panel(self) -> None:
        self.sentence = part("sentence")
        self.form = form = Form(self.jobs.engines)
        with gr.Row(elem_id="where"):
            form.action.render()
            form.scene.render()
        self.ideas = part("ideas")
        self.tips = part("tips")
        with gr.Column(elem_id="style"):
            self.cards = part("cards")
            form.style_words.render()
        self.more = part("more")
        with gr.Column(elem_id="more-body"):
            with gr.Row(elem_id="morewords"):
                form.lighting.render()
                form.camera.render()
            self.more_ideas = part("more-ideas")
            with gr.Row(elem_id="morenumbers"):
                form.seconds.render()
                form.shape.render()
                form.engine.render()
                form.seed.render()
            form.adapters.render()
            self.adapters = part("adapter-list")
            self.elsewhere = part("elsewhere")
        self.before = part("before")
        with gr.Row(elem_id="go"):
            self.dice = gr.Button(elem_id="dice", min_width=50)
            self.generate = gr.Button(elem_id="generate", variant="primary", interactive=False)

    @property
    def parts(self) -> list[Any]:
        """Return what follows the words typed."""
        return [self.sentence, self.tips, self.cards, self.more, self.before, self.generate]

    @property
    def fixed(self) -> list[Any]:
        """Return what changes with the language only."""
        return [self.samples, self.ideas, self.more_ideas, self.adapters, self.elsewhere, self.dice]

    def describe(self, ask: Ask) -> Updates:
        """Return the sentence, hints, cards and button for the words typed."""
        prompt = self.form.prompt(ask)
        button = self._button(ask)
        language = ask.language
        return {
            self.before: render("before", language, {"lines": button.before}),
            self.sentence: render("sentence", language, {"runs": runs(prompt, language)}),
            self.tips: render("tips", language, {"tips": self._tips(prompt, button.refusal, language)}),
            self.cards: cards(prompt.style, language),
            self.more: render("more", language, {"choices": self._choices(ask)}),
            self.generate: gr.update(value=button.words, interactive=button.ready),
        }

    def button(self, ask: Ask) -> Updates:
        """Return the button alone, as it is now."""
        button = self._button(ask)
        return {self.generate: gr.update(value=button.words, interactive=button.ready)}

    def words(self, ask: Ask) -> Updates:
        """Return every label of the tab in the language asked for."""
        language = ask.language
        shown = [item.view(language) for item in samples()]
        source = f"assets/vocabulary/{language}.json"
        return {
            self.samples: render("samples", language, {"samples": shown}),
            self.ideas: render("ideas", language, {"fields": "subject action scene", "source": source}),
            self.more_ideas: render("ideas", language, {"fields": "lighting camera", "source": source}),
            self.dice: gr.update(value=say("create_dice", language)),
            self.elsewhere: render("elsewhere", language, {"lines": elsewhere(self.jobs.engines, language)}),
            **self.list_adapters(ask),
            **self.form.labels(language),
        }

    def first_words(self, ask: Ask) -> Updates:
        """Return what stands in the fields of a new page."""
        style = first_word(FIRST_STYLE, ask.language)
        return {
            **self.form.first_choices(ask.language),
            self.form.style_words: gr.update(
                **self.form.labels(ask.language)[self.form.style_words] | {"value": style}
            ),
        }

    def accept(self, ask: Ask) -> Updates:
        """Take the hint that was pressed into the fields."""
        prompt = self.form.prompt(ask)
        if ask.sent.get("act") == "split":
            return self.form.words(_keep(split(prompt.subject), prompt))
        hints = lint(prompt, ask.language)
        index = ask.sent.get("index", "")
        chosen = hints[int(index)] if index.isdecimal() and int(index) < len(hints) else None
        return self.form.words(chosen.replacement) if chosen and chosen.replacement else {}

    def list_adapters(self, ask: Ask) -> Updates:
        """Return the adapters to choose from, where the chosen engine takes any."""
        look, style = self.form.chosen(ask), str(ask.values[self.form.style_words] or "")
        return {self.adapters: adapter_list(self.jobs.engines, look, (style,), ask.language)}

    def choose_adapter(self, ask: Ask) -> Updates:
        """Put an adapter into its field or take it out; put the words that it is shown by into the style."""
        form, name, words = self.form, ask.sent.get("name", ""), ask.sent.get("words", "")
        if ask.sent.get("act") == "adapter_words":
            return {form.style_words: with_words(str(ask.values[form.style_words] or ""), words)}
        return {form.adapters: toggled(str(ask.values[form.adapters] or ""), name)}

    def throw(self, ask: Ask) -> Updates:
        """Put another seed into its field."""
        return {self.form.seed: another_seed()}

    def _button(self, ask: Ask) -> "_Button":
        """Return the button for what the fields ask for."""
        language = ask.language
        try:
            segment, look = self.form.wish(ask)
            seconds = self.jobs.estimate(segment, look)
            remarks = self.jobs.remarks(segment, look) if seconds else ()
        except StudioError as error:
            if error.code == "subject_missing":
                return _Button(say("create_nobody", language), False)
            return _Button(say("create_cannot", language), False, complaint(error, language))
        if not seconds:
            return _Button(say("create_at_once", language), True)
        words = say("create_make", language, {"wait": wait(seconds, language)})
        return _Button(words, True, before=tuple(say(code, language, values) for code, values in remarks))

    def _tips(self, prompt: Prompt, refusal: str, language: str) -> list[dict[str, Any]]:
        tips: list[dict[str, Any]] = []
        if refusal:
            tips.append({"words": refusal, "bad": True, "button": "", "act": "", "index": 0})
        if _splits(prompt):
            words, button = say("create_split_offer", language), say("create_split", language)
            tips.append({"words": words, "bad": False, "button": button, "act": "split", "index": 0})
        if prompt.subject.strip() and not tips:
            for index, hint in enumerate(lint(prompt, language)):
                if _is_split(hint):
                    continue
                button = ""
                if hint.replacement:
                    key = "create_accept" if hint.suggestion else "create_accept_plain"
                    button = say(key, language, {"words": hint.suggestion})
                tips.append({"words": hint.message, "bad": False, "button": button, "act": "accept", "index": index})
        return tips[:TIPS]

    def _choices(self, ask: Ask) -> str:
        """Return what is chosen under More."""
        language, form = ask.language, self.form
        chosen = [str(ask.values[field] or "").strip()[:24] for field in (form.lighting, form.camera)]
        seconds = ask.values[form.seconds]
        if isinstance(seconds, int | float):
            chosen.append(say("page_secs", language, {"count": f"{seconds:g}"}))
        width, _, height = str(ask.values[form.shape] or "").partition("x")
        if width.isdecimal() and height.isdecimal() and int(height):
            chosen.append(shape_name(int(width), int(height)))
        chosen.append(engine_name(str(ask.values[form.engine]), language))
        return say("create_comma", language).join(word for word in chosen if word)


def _splits(prompt: Prompt) -> bool:
    """Tell whether the subject looks like a whole sentence."""
    subject = prompt.subject.strip()
    if not SPLIT_FROM <= len(subject) <= SPLIT_TO:
        return False
    parts = split(subject)
    return bool(parts.action) and parts.subject != subject


def _is_split(hint: Hint) -> bool:
    """Tell whether a hint is the offer to split, which the page makes itself: there a style card gives way."""
    return hint.slot == "subject" and not hint.suggestion and hint.replacement is not None


def _keep(parts: Prompt, before: Prompt) -> Prompt:
    """Return the parts of a sentence, keeping what was in the slots it says nothing of."""
    slots = {slot: getattr(parts, slot) or getattr(before, slot) for slot in ("action", "scene", "lighting", "camera")}
    style = parts.style if parts.style and (style_id(parts.style) or not before.style) else before.style
    return replace(before, subject=parts.subject, style=style, **slots)
