"""The HTML of the page's own parts, from the templates in `assets/ui/parts`; whatever is put in is escaped.

Nothing a person typed may reach Gradio's own templates: they are evaluated as JavaScript after they were filled,
so `${...}` in a prompt would run. Every part is therefore made here and handed over as one finished value.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import gradio as gr
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from studio.text import say

ASSETS = Path(__file__).parent.parent.parent / "assets"


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(ASSETS / "ui" / "parts"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=False,
    )


def icon(name: str, size: str = "") -> Markup:
    """Return one picture of the icon sheet; `size` is "sm" for the small one."""
    small = " s-i-sm" if size == "sm" else ""
    return Markup('<svg class="s-i{}" aria-hidden="true"><use href="assets/ui/icons.svg#{}"/></svg>').format(
        small, name
    )


def render(part: str, language: str, values: Mapping[str, Any]) -> str:
    """Return the HTML of one part in a language."""

    def words(key: str, filled: Mapping[str, object] | None = None) -> str:
        return say(key, language, filled)

    template = _environment().get_template(f"{part}.html")
    return template.render({"say": words, "icon": icon, "language": language, **values}).strip()


def source(elem_id: str) -> gr.HTML:
    """Return a hidden component; its <noscript>, mere text to a browser, is poured into the element of its name.

    That element is called `elem_id` without "-source".
    """
    return part(elem_id, elem_classes="s-source s-hidden")


def part(elem_id: str, value: str = "", elem_classes: str = "") -> gr.HTML:
    """Return a component that shows finished HTML and sends presses on `data-act` as `select` events."""
    return gr.HTML(
        value,
        elem_id=elem_id,
        elem_classes=elem_classes.split(),
        html_template="${value}",
        js_on_load="Studio.attach(element, trigger, watch)",
        apply_default_css=False,
        padding=False,
    )
