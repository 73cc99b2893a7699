"""What presses on the Storyboard tab do to a kept storyboard and to the cast, without a browser."""

import json
from contextlib import closing
from dataclasses import replace

import gradio as gr
import pytest

from models.engine import Prompt
from studio.errors import Invalid, NotFound, StorageError, StudioError
from studio.jobs import Jobs
from studio.library import Library
from studio.settings import Settings
from studio.storyboard import SEGMENTS_LIMIT, CastMember, Look, Segment, Storyboard
from studio.text import say
from studio.ui.api import Endpoints
from studio.ui.seat import Seat
from studio.ui.storyboard.desk import Desk
from studio.ui.storyboard.story import sample_stories
from studio.ui.wire import Ask, Wire

GIRL = CastMember("Mia", "a girl of eight")


class Visit:
    """One open page whose presses reach the desk."""

    def __init__(self, library, jobs) -> None:
        self.library = library
        self.storyboards = library.storyboards
        self.wire = Wire(gr.BrowserState(""), gr.State(), gr.HTML())
        self.jobs = jobs
        self.desk = Desk(library, jobs)
        self.seat = Seat()

    def press(self, act, told=None, **sent):
        """Press once, with what is `told` as typed in the open storyboard, and return what the toast says."""
        if told is not None:
            board = self.seat.board
            sent["typed"] = json.dumps({"n": board.heard + 1, "board": board.story, "of": {board.story: told}})
        asked = Ask("en", self.seat, {}, {"act": act, **sent}, {})
        return self.desk.press(asked, self.wire).get(self.wire.toast, "")

    def split(self, story):
        return self.press("split", {"story": {"story": story}})

    def undo(self):
        return self.press("put_back", id=str(len(self.seat.board.undone) - 1))

    def member(self, name, words="a boy", was="", **form):
        return self.press("keep_member", was=was, form=json.dumps({"name": name, "words": words, **form}))

    @property
    def now(self):
        return self.storyboards.load(self.seat.board.story)

    @property
    def cast(self):
        return {one.name: one for one in self.storyboards.cast()}


@pytest.fixture
def visit(tmp_path):
    settings = Settings.read({"STUDIO_HOME": str(tmp_path)})
    with closing(Library.open(settings)) as library, closing(Jobs(library, settings)) as jobs:
        yield Visit(library, jobs)


def test_splitting_again_leaves_the_cast_as_it_was_edited(visit):
    visit.split("@Mia: a girl of eight\n@Mia walks.")
    assert visit.cast["Mia"].words == "a girl of eight"
    edited = CastMember("Mia", "a tall robot", "prop")
    visit.storyboards.keep_member(edited)
    assert "@Mia: the cast has other words" in visit.split("@Mia: a girl of eight\n@Mia walks. Then she waves.")
    assert visit.cast["Mia"] == edited
    assert "other words" not in visit.split("@Mia: a girl of nine\n@Mia walks.")  # her line was changed
    assert visit.cast["Mia"] == CastMember("Mia", "a girl of nine", "prop")


def test_another_story_with_the_name_leaves_the_cast_alone(visit):
    visit.storyboards.keep_member(GIRL)
    assert "other words" in visit.split("@Mia: an old man\n@Mia walks.")
    assert visit.cast["Mia"] == GIRL
    answer = Endpoints(visit.library, visit.jobs).storyboard("@Mia: a wolf\n@Ann: a bird\n@Mia walks. Then @Ann flies.")
    assert visit.cast["Mia"] == GIRL and visit.cast["Ann"].words == "a bird"
    assert any("@Mia" in note for note in answer["notes"])


def test_a_name_that_is_taken_is_refused(visit):
    visit.storyboards.keep_member(GIRL)
    visit.storyboards.keep_member(CastMember("Ann", "a bird"))
    for was in ("", "Mia"):
        with pytest.raises(Invalid) as refused:
            visit.member("ann", was=was)
        assert refused.value.code == "cast_name_taken"
    assert visit.cast == {"Ann": CastMember("Ann", "a bird"), "Mia": GIRL}
    visit.member("mia", "a girl of nine", was="Mia")
    assert visit.cast["mia"].words == "a girl of nine" and "Mia" not in visit.cast


def test_a_member_is_renamed_wherever_the_storyboard_has_it(visit):
    visit.split("@Mia: a girl of eight\n@Mia walks. A fox runs to @Mia.")
    visit.member("Ann", "a girl of eight", was="Mia")
    assert list(visit.cast) == ["Ann"]
    assert visit.now.story == "@Ann: a girl of eight\n@Ann walks. A fox runs to @Ann."
    assert "@Mia" not in repr(visit.now.segments) and "@Ann" in repr(visit.now.segments)
    visit.storyboards.drop_member("Ann")
    assert visit.member("Bea", was="Ann") == "" and list(visit.cast) == ["Bea"]


def test_a_sample_gives_back_the_story_it_replaced(visit):
    visit.press("typed", {"story": {"story": "A fox walks."}})
    assert 'data-act="put_back"' in visit.press("sample", name=sample_stories("en")[0].name)
    assert visit.now.segments and visit.now.story != "A fox walks."
    visit.undo()
    assert (visit.now.story, visit.now.segments) == ("A fox walks.", ())


def test_undoing_a_split_keeps_what_was_typed_since(visit):
    visit.split("A cat sits. Then it runs.")
    first, second = visit.now.segments
    assert "Undo" in visit.split("A cat sits. Then it flies. Then it sleeps.")
    assert len(visit.now.segments) == 3 and visit.now.segments[0].id == first.id
    typed = {"story": {"story": "A cat sings."}, "options": {"title": "Cats"}}
    visit.press("typed", typed | {first.id: {"scene": "in a box"}})
    visit.undo()
    now = visit.now
    assert [one.id for one in now.segments] == [first.id, second.id]
    assert (now.story, now.title, now.segments[0].prompt.scene) == ("A cat sings.", "Cats", "in a box")


def test_undoing_a_split_keeps_what_was_added_since_and_can_be_undone(visit):
    visit.split("A cat sits. Then it runs.")
    first, second = visit.now.segments
    visit.split("A cat sits. Then it flies. Then it sleeps.")
    split = [one.id for one in visit.now.segments]
    visit.press("add", segment=first.id)
    visit.press("add", segment=split[2])
    added = [one.id for one in visit.now.segments if one.id not in split]
    written = visit.now
    assert "Undo" in visit.undo()
    assert [one.id for one in visit.now.segments] == [first.id, *added, second.id]
    visit.undo()
    assert visit.now == written


def test_undo_opens_the_storyboard_it_belongs_to(visit):
    visit.split("A cat sits. Then it runs.")
    first = visit.now
    visit.press("drop", segment=first.segments[0].id)
    visit.press("new_story")
    visit.split("A fox waits.")
    other = visit.now
    said = visit.press("put_back", id="0")
    assert say("board_undone", "en") in said and 'data-act="put_back"' not in said, "the toast with Undo goes"
    assert visit.now == first and visit.storyboards.load(other.id) == other
    assert visit.seat.board.chosen == first.segments[0].id
    visit.split("A cat sits.")
    visit.press("open_story", id=other.id)
    visit.undo()
    assert (visit.now.id, visit.now.segments) == (first.id, first.segments)
    assert visit.storyboards.load(other.id) == other


def test_undo_says_that_its_storyboard_is_gone(visit):
    visit.split("A cat sits.")
    gone = visit.now
    visit.press("drop", segment=gone.segments[0].id)
    visit.press("new_story")
    visit.storyboards.delete(gone.id)
    with pytest.raises(NotFound):
        visit.undo()


def test_undoing_a_split_never_makes_a_storyboard_too_long(visit):
    segments = tuple(Segment(Prompt(f"fox {at}", "walks"), id=f"s{at}") for at in range(SEGMENTS_LIMIT))
    visit.seat.board.story = visit.storyboards.save(Storyboard(Look(), segments, id="b")).id
    visit.split("A cat sits.")
    visit.press("add")
    before = visit.now
    with pytest.raises(Invalid) as refused:
        visit.undo()
    assert refused.value.code == "board_full" and visit.now == before


def test_splitting_again_keeps_what_was_set_by_hand(visit):
    story = "A cat sits. Then it runs. [cut] A dog flies. [3s] Then it sleeps. [4s] A fox waits."
    visit.split(story)
    by_hand = [replace(one, seconds=5.0, cut=not one.cut, seed=7, seam="morph") for one in visit.now.segments]
    visit.storyboards.save(replace(visit.now, segments=tuple(by_hand)))
    visit.split(story.replace("[4s]", "[2s]") + " Then it flies.")
    now = visit.now.segments
    assert [one.seconds for one in now] == [5.0, 5.0, 5.0, 3.0, 2.0, 2.0], (
        "what the story commands, or took back, holds"
    )
    assert [(one.id, one.cut, one.seed, one.seam) for one in now[:5]] == [
        (one.id, one.cut, one.seed, one.seam) for one in by_hand
    ]


def test_a_cut_goes_from_the_segment_when_it_goes_from_the_story(visit):
    visit.split("A cat sits. [cut] A dog runs.")
    visit.split("A cat sits. A dog runs. [cut] A fox waits.")
    assert [one.cut for one in visit.now.segments] == [False, False, True]


def test_a_seat_younger_than_its_page_goes_on_with_its_storyboard(visit):
    visit.split("A cat sits.")
    story, (segment,) = visit.seat.board.story, visit.now.segments
    visit.seat = Seat()  # as after a restart of the studio
    typed = {"n": 57, "board": story, "of": {story: {segment.id: {"scene": "in a box"}}}}
    visit.press("typed", typed=json.dumps(typed))
    assert visit.seat.board.story == story and visit.now.segments[0].prompt.scene == "in a box"


def test_words_go_to_the_storyboard_they_were_typed_in(visit):
    visit.split("A cat sits.")
    first = visit.now
    visit.press("new_story")
    late = {"n": 9, "board": first.id, "of": {first.id: {"story": {"story": "A dog."}}}}
    visit.press("typed", typed=json.dumps(late))
    assert visit.storyboards.load(first.id).story == "A dog." and visit.seat.board.story == ""


def test_a_new_storyboard_is_begun_once(visit):
    for number, words in enumerate(("A", "A cat"), 1):
        typed = {"n": number, "board": "", "of": {"": {"story": {"story": words}}}}
        visit.press("typed", typed=json.dumps(typed))
    assert [one.story for one in visit.storyboards.recent()] == ["A cat"]


def test_what_could_not_be_kept_was_not_heard(visit, monkeypatch):
    visit.split("A cat sits.")
    heard = visit.seat.board.heard

    def full(_storyboard):
        raise StorageError("disk_full", {"place": "here"})

    with monkeypatch.context() as broken, pytest.raises(StorageError):
        broken.setattr(visit.storyboards, "save", full)
        visit.press("typed", {"story": {"story": "A dog."}})
    assert visit.seat.board.heard == heard
    visit.press("typed", {"story": {"story": "A dog."}})
    assert visit.seat.board.heard == heard + 1 and visit.now.story == "A dog."


def test_a_split_takes_the_story_another_page_wrote(visit):
    visit.press("typed", {"story": {"story": "A cat sits."}})
    visit.storyboards.save(replace(visit.now, story="A fox walks. Then it sits."))
    visit.press("split", {})
    assert len(visit.now.segments) == 2 and visit.now.story.startswith("A fox")


def test_a_full_storyboard_says_so(visit):
    segments = tuple(Segment(Prompt(f"fox {at}", "walks"), id=f"s{at}") for at in range(SEGMENTS_LIMIT))
    visit.seat.board.story = visit.storyboards.save(Storyboard(Look(), segments, id="b")).id
    visit.press("choose", segment="s3")
    for act in ("add", "duplicate"):
        with pytest.raises(StudioError) as refused:
            visit.press(act, segment="s3")
        assert refused.value.code == "board_full"
    visit.press("drop", segment="s3")
    visit.press("add", segment="s4")
    with pytest.raises(StudioError) as refused:
        visit.undo()
    assert refused.value.code == "board_full" and len(visit.now.segments) == SEGMENTS_LIMIT


def test_a_refused_take_changes_nothing(visit):
    visit.split("A cat sits. [cut] A dog runs.")
    first, second = visit.now.segments
    wrong = replace(first, prompt=Prompt(""))
    before = visit.storyboards.save(replace(visit.now, segments=(wrong, second)))
    with pytest.raises(StudioError):
        visit.press("take", segment=first.id)
    assert visit.now == before
    visit.press("take", segment=second.id)  # what stands in another shot hinders nobody
    assert visit.now.segments[1].seed is not None and visit.now.segments[0] == wrong


NESTED = "[" * 100_000


@pytest.mark.parametrize(
    "sent",
    [
        {"act": "put_back", "id": "9" * 5_000},
        {"act": "hint", "index": "9" * 5_000},
        {"act": "member", "typed": NESTED},
        {"act": "member", "typed": '{"n": 99, "of": ' + NESTED},
    ],
    ids=["undo", "hint", "typed", "segment"],
)
def test_forged_presses_are_nothing(visit, sent):
    visit.split("A cat sits.")
    before = visit.now
    assert visit.press(**sent) == "" and visit.now == before


def test_a_forged_form_is_an_empty_one(visit):
    with pytest.raises(Invalid):
        visit.press("keep_member", form='{"name": ' + NESTED)


def test_a_story_that_is_too_long_is_not_cut_in_silence(visit):
    fits = "A cat sits. " * 6_000
    assert visit.press("typed", {"story": {"story": fits}}) == "" and visit.now.story == fits
    assert say("board_story_cut", "en", {"limit": 100_000}) in visit.press("typed", {"story": {"story": "x" * 100_001}})
