"""The fields of Create: what they are called, what they hold, and how they are filled again."""

import secrets
from dataclasses import replace
from math import gcd
from typing import Any

import gradio as gr

from models import Engines
from models.engine import MAX_SEED, EngineError, Limits, Prompt
from studio.errors import Invalid
from studio.storyboard import Look, Segment, look_for, rate_for
from studio.text import say
from studio.ui.adapters import takes_adapters
from studio.ui.wire import Ask, Updates
from studio.ui.words import engine_name

LENGTHS = (1.0, 2.0, 5.0)
"""Seconds worth offering, where the engine can make them."""
RATIOS = {"16:9": 16 / 9, "9:16": 9 / 16, "1:1": 1.0, "4:3": 4 / 3, "3:4": 3 / 4}
FIRST_STYLE = "anime"
SLOT_FIELDS = {"subject": "subject", "action": "action", "scene": "scene", "style": "style_words"}
MORE_FIELDS = {"lighting": "lighting", "camera": "camera"}


def shape_name(width: int, height: int) -> str:
    """Return the ratio a size is nearest to, such as "16:9"; its reduced ratio when it is near none."""
    ratio = width / height
    name, near = min(RATIOS.items(), key=lambda item: abs(item[1] / ratio - 1))
    divisor = gcd(width, height)
    return name if abs(near / ratio - 1) < 0.03 else f"{width // divisor}:{height // divisor}"


def shapes(limits: Limits) -> list[tuple[str, str]]:
    """Return the shapes an engine offers as (ratio, "854x480"), the first size of each ratio."""
    found: dict[str, str] = {}
    for width, height in limits.sizes:
        found.setdefault(shape_name(width, height), f"{width}x{height}")
    return list(found.items())


def lengths(limits: Limits) -> list[float]:
    """Return the lengths in seconds that an engine can make."""
    low, high = limits.seconds_range
    return [seconds for seconds in LENGTHS if low <= seconds <= high] or [low]


def offered_length(limits: Limits, seconds: float) -> float:
    """Return the length worth offering that gives as many frames as this one, such as 2 for 49 / 24; else this one."""
    low, high = limits.seconds_range
    if not low <= seconds <= high:
        return seconds
    frames = limits.frames_for(seconds, limits.fps[0])
    return next((one for one in lengths(limits) if limits.frames_for(one, limits.fps[0]) == frames), seconds)


class Form:
    """Eleven fields; made in two places of the panel, read as one."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines
        self.subject = _text("subject")
        self.action = _text("action", render=False)
        self.scene = _text("scene", render=False)
        self.style_words = _text("style-words", render=False)
        self.lighting = _text("lighting", render=False)
        self.camera = _text("camera", render=False)
        self.seconds = gr.Radio([], elem_id="seconds", render=False, min_width=80)
        self.shape = gr.Radio([], elem_id="shape", render=False, min_width=80)
        self.engine = gr.Dropdown(
            list(engines.ready), value=Look().engine, elem_id="engine", render=False, min_width=80
        )
        self.seed = gr.Textbox(str(Look().seed), elem_id="seed", max_lines=1, render=False, min_width=80)
        self.adapters = _text("adapters", render=False)

    @property
    def fields(self) -> list[Any]:
        """Return every component that a wish depends on."""
        words = [self.subject, self.action, self.scene, self.style_words, self.lighting, self.camera]
        return [*words, self.seconds, self.shape, self.engine, self.seed, self.adapters]

    def slots(self) -> dict[str, Any]:
        """Return slot of the prompt -> its component."""
        named = SLOT_FIELDS | MORE_FIELDS
        return {slot: getattr(self, field) for slot, field in named.items()}

    def prompt(self, ask: Ask) -> Prompt:
        """Return the words as they stand in the fields."""
        return Prompt(**{slot: str(ask.values[field] or "") for slot, field in self.slots().items()})

    def wish(self, ask: Ask) -> tuple[Segment, Look]:
        """Return what is asked for; raises Invalid for a seed, length or size that is none."""
        width, height = read_size(ask.values[self.shape])
        look, seed = self.chosen(ask), read_seed(ask.values[self.seed])
        fps = rate_for(self._limits(look.engine), look.fps)
        look = replace(look, width=width, height=height, fps=fps, seed=seed)
        return Segment(self.prompt(ask), read_seconds(ask.values[self.seconds])), look

    def chosen(self, ask: Ask) -> Look:
        """Return the engine with its adapters, as far as it takes any; all else is as in every look."""
        engine = str(ask.values[self.engine])
        typed = str(ask.values[self.adapters] or "").strip()
        return Look(engine, adapters=typed if takes_adapters(self._engines, engine) else "")

    def words(self, prompt: Prompt) -> Updates:
        """Return the updates that put a prompt into the fields."""
        return {field: getattr(prompt, slot) for slot, field in self.slots().items()}

    def fill(self, segment: Segment, look: Look, language: str) -> Updates:
        """Return the updates that put a whole wish into the fields, offering its length and size if need be."""
        updates = self.words(segment.prompt)
        updates |= self.choices(look.engine, language, segment.seconds, f"{look.width}x{look.height}")
        updates[self.engine] = gr.update(value=look.engine)
        updates[self.seed] = gr.update(value=str(look.seed))
        updates[self.adapters] = gr.update(value=look.adapters)
        return updates

    def choices(self, engine: str, language: str, seconds: float, size: str) -> Updates:
        """Return length and shape with the choices of an engine in a language, these two chosen."""
        limits = self._limits(engine)
        seconds = offered_length(limits, seconds)
        offered = sorted({*lengths(limits), seconds})
        named = [(say("page_secs", language, {"count": f"{value:g}"}), value) for value in offered]
        sizes = shapes(limits)
        if size not in [value for _, value in sizes]:
            sizes.append((size.replace("x", "×"), size))
        return {
            self.seconds: gr.update(choices=named, value=seconds, label=say("create_seconds", language)),
            self.shape: gr.update(choices=sizes, value=size, label=say("create_shape", language)),
        }

    def labels(self, language: str) -> Updates:
        """Return label and placeholder of every field in a language; what is typed stays."""
        updates: Updates = {}
        for slot, field in self.slots().items():
            label = "create_style_words" if slot == "style" else f"create_{slot}"
            updates[field] = gr.update(label=say(label, language), placeholder=say(f"create_{slot}_hint", language))
        names = [(engine_name(engine, language), engine) for engine in self._engines.ready]
        updates[self.engine] = gr.update(label=say("create_engine", language), choices=names)
        updates[self.seed] = gr.update(label=say("create_seed", language))
        hint = say("create_adapters_hint", language)
        updates[self.adapters] = gr.update(label=say("create_adapters", language), placeholder=hint)
        return updates

    def first_choices(self, language: str) -> Updates:
        """Return length and shape as a new page shows them."""
        look = Look()
        return self.choices(look.engine, language, Segment(Prompt("")).seconds, f"{look.width}x{look.height}")

    def kept_choices(self, ask: Ask, language: str) -> Updates:
        """Return length and shape as they are chosen, in another language."""
        seconds, size = ask.values[self.seconds], ask.values[self.shape]
        if not isinstance(seconds, int | float) or not isinstance(size, str):
            return self.first_choices(language)
        return self.choices(str(ask.values[self.engine]), language, float(seconds), size)

    def engine_choices(self, ask: Ask) -> Updates:
        """Return length and shape for the engine that was just chosen: as they were where it can make them."""
        try:
            segment, look = self.wish(ask)
            engine = self._engines.open(look.engine)
        except (Invalid, EngineError):
            return {}
        look, (low, high) = look_for(engine, look), engine.limits.seconds_range
        seconds = segment.seconds if low <= segment.seconds <= high else lengths(engine.limits)[-1]
        return self.choices(look.engine, ask.language, seconds, f"{look.width}x{look.height}")

    def _limits(self, engine: str) -> Limits:
        """Return what an engine can do, of the first one where there is none of this name."""
        try:
            return self._engines.open(engine).limits
        except EngineError:
            return self._engines.open(self._engines.names[0]).limits


def another_seed() -> str:
    """Return a seed nobody has to read twice."""
    return str(secrets.randbelow(99_999) + 1)


def _text(elem_id: str, render: bool = True) -> gr.Textbox:
    return gr.Textbox("", elem_id=elem_id, max_lines=1, render=render, min_width=80, interactive=True)


def read_seed(value: object) -> int:
    """Return a seed typed as a whole number; how large it may be is the engine's to say."""
    text = str(value if value is not None else "").strip()
    if not text.isascii() or not text.isdecimal() or len(text) > 40:
        raise Invalid("seed_refused", {"seed": text[:40], "high": MAX_SEED})
    return int(text)


def read_seconds(value: object) -> float:
    """Return a length in seconds, any number; raises Invalid for what is none."""
    try:
        return float(str(value))
    except ValueError:
        raise Invalid("seconds_unreadable", {"seconds": str(value)[:40]}) from None


def read_size(value: object) -> tuple[int, int]:
    """Return (width, height) of a size such as "854x480"; raises Invalid for what is none."""
    width, _, height = str(value).partition("x")
    if not (width.isdecimal() and height.isdecimal() and len(width) < 7 and len(height) < 7):
        raise Invalid("size_unreadable", {"size": str(value)[:40]})
    return int(width), int(height)
