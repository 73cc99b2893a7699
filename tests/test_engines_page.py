"""What the page says of engines that cannot run here, of another engine for the same words, and of adapters."""

import asyncio
import json
from contextlib import closing
from dataclasses import replace
from typing import ClassVar

import gradio as gr
import pytest

import models
from models import Engines
from models.engine import Prompt, Unavailable
from studio.jobs import Jobs
from studio.library import Library
from studio.settings import Settings
from studio.storyboard import Look, Segment
from studio.text import say
from studio.ui.adapters import adapter_list, named, toggled, with_words
from studio.ui.engines import elsewhere, finer_engine, look_again, other_engine
from studio.ui.form import lengths, offered_length
from studio.ui.markup import render
from studio.ui.page import Page
from studio.ui.seat import Seat
from studio.ui.views import film_view
from studio.ui.wire import Ask
from tests.bars import Bars
from tests.test_storyboard_acts import Visit

ON_A_CARD = 2
"""So often a card says what is wrong: to be read, and whole in its title."""
LACKS = {"library": "brushes"}


class Absent(Bars):
    """Cannot run here, and counts how often it was asked."""

    name = "absent"
    asked: ClassVar[list[str]] = []

    def check_available(self) -> None:
        self.asked.append(self.name)
        raise Unavailable("library_missing", LACKS)


class Away(Absent):
    """Cannot run for the same reason."""

    name = "away"


class Finer(Bars):
    """Makes larger and shorter takes than bars."""

    name = "finer"
    identity = "finer-1"
    limits = replace(Bars.limits, sizes=((128, 96),), size_multiple=32, side_range=(64, 256), seconds_range=(0.2, 1.0))


@pytest.fixture
def others(monkeypatch):
    """Two engines that cannot run here, and one that is liked best."""
    for one in (Absent, Away, Finer):
        monkeypatch.setitem(models.ENGINES, one.name, f"{__name__}:{one.__name__}")
    monkeypatch.setattr(models, "LIKED", ("finer", *models.LIKED))


@pytest.fixture
def studio(tmp_path, others):
    settings = Settings.read({"STUDIO_HOME": str(tmp_path)})
    with closing(Library.open(settings)) as library, closing(Jobs(library, settings)) as jobs:
        yield library, jobs


@pytest.fixture
def page(studio):
    async def built():  # in a loop, or Gradio opens one of its own and leaves it
        with gr.Blocks():
            return Page(*studio, gr.BrowserState(""))

    return asyncio.run(built())


def filled(page, **typed):
    """Return the values of the fields of Create with these typed in."""
    form = page.create.form
    usual = {"subject": "a fox", "seconds": 1.0, "shape": "854x480", "engine": "animatic", "seed": "0"}
    return {field: "" for field in form.fields} | {getattr(form, name): said for name, said in (usual | typed).items()}


def ask(values=None, language="en", **sent):
    return Ask(language, Seat(), values or {}, sent, {})


def lora(folder, name, words="", layer="blocks.0.attn1.to_q.lora_A.weight"):
    """Write an adapter of one number."""
    folder.mkdir(parents=True, exist_ok=True)
    tensor = {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}
    header = json.dumps({"__metadata__": {"modelspec.trigger_phrase": words}, layer: tensor}).encode()
    (folder / f"{name}.safetensors").write_bytes(len(header).to_bytes(8, "little") + header + bytes(4))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_engines_that_cannot_run_share_a_line_for_each_reason(others, language):
    Absent.asked.clear()
    engines = Engines()
    comma = say("create_comma", language)
    (line,) = elsewhere(engines, language)
    assert f"absent{comma}away" in line and say("library_missing", language, LACKS) in line
    assert line in render("elsewhere", language, {"lines": [line]})
    assert not {"absent", "away"} & set(engines.ready) and elsewhere(engines, language) == [line]
    assert Absent.asked == ["absent", "away"]  # once each, however often a page is drawn


def test_nothing_is_said_where_all_engines_can_run():
    assert elsewhere(Engines(), "en") == [] and render("elsewhere", "en", {"lines": []}) == ""


def test_the_note_is_under_more_in_both_tabs(page, studio):
    assert "absent, away" in page.create.words(ask(filled(page)))[page.create.elsewhere]
    visit = Visit(*studio)
    visit.split("A fox walks.")
    assert "absent, away" in shown(visit, "options")


def shown(visit, region):
    """Return what a region of the Storyboard tab shows now."""
    visit.seat._sent.clear()
    return visit.desk.html(Ask("en", visit.seat, {}, {}, {}))[visit.desk.sources[region]]


def test_the_liked_engine_is_offered_and_the_sketch_only_as_a_way_back(others):
    engines = Engines()
    assert [other_engine(engines, own) for own in ("animatic", "bars", "finer")] == ["finer", "finer", "animatic"]
    assert [finer_engine(engines, own) for own in ("animatic", "bars", "finer")] == ["finer", "finer", ""]


def test_a_clip_is_made_again_by_a_finer_engine(page, studio):
    library, jobs = studio
    jobs.start()
    first = jobs.wait(jobs.submit(Segment(Prompt("a bar", "moves"), 1.5), Look("bars", 64, 48, seed=3)).id, 60)
    seat = Seat(showing=first.clip_id)
    button = f'data-act="make_with" data-id="{first.clip_id}" data-engine="finer"'
    assert button in page.player_view.html(seat, "en")
    assert say("engines_with", "en", {"engine": "finer"}) in page.player_view.html(seat, "en")
    pressed = Ask("en", seat, {}, {"act": "make_with", "id": first.clip_id, "engine": "finer"}, {})
    updates, form = page.press(pressed), page.create.form
    assert updates[form.subject] == "a bar" and updates[form.engine]["value"] == "finer"
    assert (updates[form.shape]["value"], updates[form.seconds]["value"]) == ("128x96", 1.0)
    again = library.clip(jobs.wait(seat.watching, 60).clip_id)
    assert again.look == Look("finer", 128, 96, seed=3) and again.prompt == library.clip(first.clip_id).prompt
    assert "make_with" not in page.player_view.html(Seat(showing=again.id), "en")
    assert page.press(replace(pressed, sent={**pressed.sent, "engine": "absent"})) == {}


def test_a_storyboard_keeps_its_words_from_engine_to_engine_and_its_size_on_the_way_back(studio):
    visit = Visit(*studio)
    visit.split("A fox walks [1s]. Then it sits [2s]. Then it runs [1s].")
    words = [one.prompt for one in visit.now.segments]
    visit.press("use_engine", engine="finer")
    assert [one.prompt for one in visit.now.segments] == words and visit.now.look == Look("finer", 128, 96)
    cards = shown(visit, "strip")
    assert "A clip of 2.0 s cannot be made: choose 0.2 to 1.0 s." in cards
    visit.press("use_engine", engine="animatic")
    assert visit.now.look == Look() and [one.prompt for one in visit.now.segments] == words


def test_what_continues_a_segment_that_cannot_be_made_says_which(studio):
    visit = Visit(*studio)
    visit.split("A fox walks [1s]. Then it sits [9s]. Then it runs [1s].")
    cards = shown(visit, "strip")
    assert cards.count("A clip of 9.0 s") == ON_A_CARD and say("board_after_invalid", "en", {"number": 2}) in cards


def test_a_size_that_was_chosen_since_is_not_taken_back(others):
    engines, before = Engines(), Look("animatic", 854, 480)
    assert look_again(engines, "animatic", Look("finer", 128, 96, seed=5), before) == replace(before, seed=5)
    assert look_again(engines, "animatic", Look("finer", 96, 160), before) == Look("animatic", 96, 160)
    assert look_again(engines, "animatic", Look("gone", 128, 96), before).engine == "animatic"


def test_lengths_are_said_as_they_are_offered():
    wan = replace(Bars.limits, frame_multiple=4, seconds_range=(5 / 24, 121 / 24))
    assert [offered_length(wan, frames / 24) for frames in (49, 121, 25)] == [2.0, 5.0, 1.0]
    assert offered_length(wan, 3.0) == 3.0 and offered_length(wan, 9.0) == 9.0 and 3.0 not in lengths(wan)


def test_an_adapter_is_put_into_the_text_and_taken_out_again():
    assert toggled("", "ink") == "ink" and toggled("ink:0.8, mia", "ink") == "mia"
    assert toggled("ink：0.8，mia", "sea") == "ink：0.8, mia, sea"
    assert named(" ink : 2 ;mia") == {"ink": "ink : 2", "mia": "mia"}
    assert with_words("anime", "inkwash") == "anime, inkwash" == with_words("anime, inkwash", "inkwash")
    assert with_words("", "inkwash") == "inkwash"


def test_adapters_are_listed_only_for_an_engine_that_takes_them(studio):
    engines = studio[1].engines
    assert adapter_list(engines, Look("bars"), (), "en") == "" == adapter_list(engines, Look("nobody"), (), "en")
    for language in ("en", "zh"):
        said = adapter_list(engines, Look("wan-turbo"), (), language)
        assert say("adapters_none", language, {"folder": str(engines.adapters)}) in said
    lora(engines.adapters, "ink", "inkwash style")
    lora(engines.adapters, "plain", layer="weight")
    said = adapter_list(engines, Look("wan-turbo", adapters="ink:0.5"), ("anime",), "en")
    assert 'data-name="ink" aria-pressed="true"' in said and 'data-words="inkwash style"' in said
    assert say("wan_adapter_no_lora", "en", {"name": "plain"}) in said and 'data-name="plain"' not in said
    assert "data-words" not in adapter_list(engines, Look("wan-turbo", adapters="ink"), ("inkwash style",), "en")


def test_create_takes_adapters_and_says_which_are_wrong(page, studio):
    create, form = page.create, page.create.form
    lora(studio[1].engines.adapters, "ink", "inkwash style")
    size = {"engine": "wan-turbo", "shape": "1280x704"}
    values = filled(page, adapters=" ink:0.8 ", **size)
    assert form.wish(ask(values))[1] == Look("wan-turbo", 1280, 704, adapters="ink:0.8")
    assert form.wish(ask(filled(page, adapters="ink:0.8")))[1].adapters == ""  # the animatic engine takes none
    described = create.describe(ask(values))
    assert "adapter" not in described[create.tips] and described[create.generate]["interactive"] is False
    refused = create.describe(ask(filled(page, adapters="mia", **size)))
    assert say("wan_adapter_unknown", "en", {"name": "mia", "names": "ink"}) in refused[create.tips]
    assert create.choose_adapter(ask(values, act="adapter", name="ink")) == {form.adapters: ""}
    added = create.choose_adapter(ask(values, act="adapter_words", words="inkwash style"))
    assert added == {form.style_words: "inkwash style"}
    again = form.fill(Segment(Prompt("a fox")), Look("wan-turbo", 1280, 704, adapters="ink:0.8"), "en")
    assert again[form.adapters]["value"] == "ink:0.8"


def test_a_storyboard_takes_adapters_and_says_which_are_wrong(studio):
    visit = Visit(*studio)
    lora(studio[1].engines.adapters, "ink", "inkwash style")
    visit.split("A fox walks. Then it sits.")
    assert 'name="adapters"' not in shown(visit, "options")
    visit.storyboards.save(replace(visit.now, look=Look("wan-turbo", 1280, 704)))
    visit.press("adapter", name="ink")
    assert visit.now.look.adapters == "ink" and "inkwash style" in shown(visit, "options")
    visit.press("adapter_words", words="inkwash style")
    assert [one.prompt.style for one in visit.now.segments] == ["inkwash style"] * 2
    visit.undo()
    assert [one.prompt.style for one in visit.now.segments] == ["", ""]
    visit.press("typed", {"options": {"adapters": "mia:0.5"}})
    wrong = say("wan_adapter_unknown", "en", {"name": "mia", "names": "ink"})
    assert visit.now.look.adapters == "mia:0.5"
    assert shown(visit, "strip").count(wrong) == 2 * ON_A_CARD and wrong in shown(visit, "options")
    visit.press("use_engine", engine="finer")
    assert visit.now.look.adapters == "" and 'name="adapters"' not in shown(visit, "options")


def test_the_facts_of_a_clip_name_its_adapters(studio):
    library, jobs = studio
    jobs.start()
    made = jobs.wait(jobs.submit(Segment(Prompt("a bar"), 0.5), Look("bars", 64, 48)).id, 60)
    clip = library.clip(made.clip_id)
    with_ink = replace(clip, look=replace(clip.look, adapters="ink:0.8"))
    assert "ink:0.8" in film_view(with_ink, "en")["facts"] and "ink:0.8" in film_view(with_ink, "zh")["facts"]
    assert film_view(with_ink, "en")["facts"].startswith(film_view(clip, "en")["facts"])
