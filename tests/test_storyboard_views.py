"""The Storyboard tab without a browser: edits, what is typed, what cards, chart and bar say."""

import json
import re
from dataclasses import replace
from html import unescape

import pytest

from models import Engines
from models.engine import SLOTS, Prompt
from studio.jobs import THRESHOLD, Progress
from studio.library import Clip
from studio.prompts.advice import SegmentHint
from studio.prompts.story import STORY_LIMIT
from studio.storyboard import SEGMENTS_LIMIT, CastMember, Look, Segment, Storyboard
from studio.text import say
from studio.ui.seat import Refused
from studio.ui.storyboard import edits
from studio.ui.storyboard.cast import cast_list
from studio.ui.storyboard.chart import chart, height_of
from studio.ui.storyboard.editor import editor, takes
from studio.ui.storyboard.film import reel
from studio.ui.storyboard.join import Stand, join_bar
from studio.ui.storyboard.story import options, sample_stories, story, title
from studio.ui.storyboard.strip import Making, strip, with_names
from studio.ui.storyboard.typed import Typed, read_typed, take_in
from studio.ui.words import complaint_of
from studio.web import LONGEST

ENGINES = Engines()
HOSTILE = "<img src=x onerror=alert(1)> ${alert(2)} {{7*7}} </noscript><script>alert(3)</script> @<b>\"'"


def board(count=3, cut_at=()):
    segments = [
        Segment(Prompt(f"fox {number}", "walks"), id=f"s{number}", cut=number in cut_at)
        for number in range(1, count + 1)
    ]
    return Storyboard(Look(), tuple(segments), id="b")


def progress(segment_id, status="new", error=None, **more):
    found = Progress(segment_id, "key", status, 0.42, "doing_drawing", error, None, ())
    return replace(found, **more)


def making(storyboard, *statuses, measures=None):
    each = statuses or ("new",) * len(storyboard.segments)
    pairs = zip(storyboard.segments, each, strict=True)
    return Making(tuple(progress(segment.id, status) for segment, status in pairs), measures or {})


def ids(storyboard):
    return [segment.id for segment in storyboard.segments]


def measured(count, low=()):
    scores = [3.0 if at in low else 4.5 for at in range(count)]
    return {
        "parts": [{"key": "k", "start_frame": 48 * at, "num_frames": 48} for at in range(count)],
        "segments": [{"subject": one, "colour": one, "motion": one, "score": one} for one in scores],
        "seams": [{"kind": "blend", "verdict": "watch", "reason": "colour"} for _ in range(count - 1)],
    }


def test_segments_are_moved_copied_deleted_and_put_back():
    start = board()
    assert ids(edits.move(start, "s1", 1)) == ["s2", "s1", "s3"]
    assert edits.move(start, "s1", -1) == start and ids(edits.move(start, "s3", 9)) == ["s1", "s2", "s3"]
    copied, copy = edits.duplicate(start, "s2")
    assert ids(copied) == ["s1", "s2", copy.id, "s3"] and copy.prompt == start.segments[1].prompt
    added, new = edits.add_after(start, "s1")
    assert ids(added) == ["s1", new.id, "s2", "s3"] and (new.prompt.subject, new.prompt.action) == ("fox 1", "")
    left = edits.drop(start, "s2")
    since = edits.put(left, replace(left.segments[0], seconds=4.0))
    back = edits.put_back(since, start, "s2")
    assert ids(back) == ["s1", "s2", "s3"] and back.segments[0].seconds == 4.0
    assert edits.put_back(back, start, "s2") == back


def test_a_storyboard_grows_no_longer_than_it_may():
    full = board(SEGMENTS_LIMIT)
    assert edits.duplicate(full, "s1")[0] == full and edits.add_after(full, "s1")[0] == full


def test_a_new_split_keeps_what_was_made_of_equal_words():
    before = edits.put(board(), Segment(Prompt("fox 2", "walks"), id="s2", seed=77, seam="morph"))
    new = [Segment(Prompt("fox 2", "walks"), 3.0), Segment(Prompt("fox 9", "walks")), Segment(Prompt("fox 2", "walks"))]
    after = edits.split_again(before, new)
    assert after.segments[0] == Segment(Prompt("fox 2", "walks"), 3.0, id="s2", seed=77, seam="morph")
    assert len({segment.id for segment in after.segments}) == 3 and after.segments[2].seed is None


def test_a_hint_is_taken_over():
    words = SegmentHint("action", "", "sits", Prompt("fox 2", "sits"), 1)
    cut = SegmentHint("", "", "", None, 2, cut=True)
    after = edits.accept(edits.accept(board(), words), cut)
    assert after.segments[1].prompt.action == "sits" and after.segments[2].cut
    assert edits.accept(board(), replace(words, segment=9)) == board()


def test_what_is_typed_is_taken_in_whatever_it_is():
    typed = {"story": {"story": "x"}, "s2": {"action": "runs", "seconds": "4", "seed": "12", "cut": "1"}}
    after, wrong = take_in(board(), typed)
    assert not any(wrong.values()) and after.story == "x"
    assert (after.segments[1].prompt.action, after.segments[1].seconds) == ("runs", 4.0)
    assert (after.segments[1].seed, after.segments[1].cut, after.segments[1].prompt.subject) == (12, True, "fox 2")
    options = {"title": "T", "wording": "w", "lut": "silver", "lock_colours": "", "size": "640x640", "look_seed": "5"}
    options |= {"mend": "1"}
    after, wrong = take_in(after, {"options": options})
    assert not any(wrong.values())
    assert (after.title, after.lut, after.lock_colours, after.look.seed) == ("T", "silver", False, 5)
    assert (after.look.width, after.look.height, after.mend) == (640, 640, True)
    back, _ = take_in(after, {"s2": {"seed": " "}})
    assert back.segments[1].seed is None


@pytest.mark.parametrize(
    "sent",
    [
        *("", "[]", "{", "null", "7", '{"n": "x"}', '{"n": 1, "board": 5}', '{"n": 1, "of": []}'),
        *('{"n": 1, "of": {"": 7}}', '{"n": 1, "of": {"": {"story": 7}}}', '{"n": 1, "of": {"": {"options": []}}}'),
    ],
)
def test_what_no_page_sends_is_nothing(sent):
    assert read_typed({"typed": sent}) == Typed()


def test_a_refused_field_is_said_and_the_others_are_kept():
    after, wrong = take_in(board(), {"s1": {"action": "runs", "seed": "-1"}})
    seed = wrong["s1", "seed"]
    assert seed.why["code"] == "seed_refused" and after.segments[0].prompt.action == "runs"
    for language in ("en", "zh"):
        shown = editor(ENGINES, after, after.segments[0], (), seed, language)
        assert 'value="-1"' in shown and 'aria-invalid="true"' in shown
        assert complaint_of(seed.why, language) in shown
    after, wrong = take_in(board(), {"options": {"size": "x", "look_seed": "1"}})
    assert wrong["options", "size"].why["code"] == "size_unreadable"
    assert (wrong["options", "look_seed"], after.look.seed) == (None, 1)
    _, wrong = take_in(board(), {"options": {"look_seed": "one"}})
    seed = wrong["options", "look_seed"]
    assert complaint_of(seed.why, "en") in options(ENGINES, after, seed, "en")
    long, _ = take_in(board(), {"story": {"story": "x" * 10**6}, "s1": {"action": "y" * 10**6}})
    assert len(long.story) <= 10**5 and len(long.segments[0].prompt.action) < 10**4


def test_a_field_is_kept_whole_or_refused_in_words():
    words = "fox, " * 900
    kept, wrong = take_in(board(), {"s1": {"action": words}, "options": {"wording": words}})
    assert (kept.segments[0].prompt.action, kept.wording) == (words, words) and not any(wrong.values())
    kept, wrong = take_in(kept, {"s1": {"action": "y" * 10_001, "scene": "in a box"}})
    assert (kept.segments[0].prompt.action, kept.segments[0].prompt.scene) == (words, "in a box")
    refused = wrong["s1", "action"]
    assert refused.typed == "y" * 10_001
    assert "10001" in complaint_of(refused.why, "en") and "10001" in complaint_of(refused.why, "zh")


def test_whatever_can_be_typed_fits_into_one_message():
    start = board()
    forms = (
        story(start, (), "en")
        + editor(ENGINES, start, start.segments[0], (), None, "en")
        + options(ENGINES, start, None, "en")
    )
    typable = [one for one in re.findall("<(?:input|textarea) [^>]*>", forms) if not re.search("radio|checkbox", one)]
    limits = {re.search('name="(\\w+)"', one)[1]: int(re.search('maxlength="(\\d+)"', one)[1]) for one in typable}
    assert {*SLOTS, "story", "title", "wording", "seed", "look_seed"} == set(limits)
    typed = json.dumps({name: "\x01" * limit for name, limit in limits.items()})
    assert len(json.dumps({"typed": typed}).encode()) < LONGEST - 10_000
    assert limits["story"] > 2 * STORY_LIMIT, "a story of characters that count twice is cut by no browser"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_cards_say_how_far_each_segment_is(language):
    start = board(8, cut_at=(5,))
    statuses = ("done", "working", "waiting", "failed", "waiting", "stale", "new", "cancelled")
    made = making(start, *statuses)
    failed = progress("s4", "failed", {"code": "disk_full", "values": {"place": "/d"}})
    made = replace(made, progress=(*made.progress[:3], failed, *made.progress[4:]))
    html = strip(start, made, "s2", language)
    drawing = say("board_working", language, {"doing": say("doing_drawing", language), "percent": 40})
    drawing = drawing[:1].upper() + drawing[1:]
    for words in (say("board_done", language), drawing, say("board_after", language, {"number": 2}), "/d"):
        assert words in html
    assert say("board_waiting", language) in html  # the fifth waits for nobody: it begins a shot
    assert html.count('data-act="again"') == 2 and html.count('aria-current="true"') == 1
    assert html.count("s-shot") == 1


def test_two_hundred_cards_are_lean():
    start = board(200)
    assert len(strip(start, making(start), "s1", "en").encode()) < 200_000
    assert len(chart(start, making(start, measures=measured(200)), "s1", "en").encode()) < 200_000


def test_nothing_typed_is_ever_markup():
    start = Storyboard(Look(), (Segment(Prompt(HOSTILE, HOSTILE), id="s1"), Segment(Prompt(HOSTILE), id="s2")), HOSTILE)
    cast = [CastMember("Mia", HOSTILE)]
    made, refused = making(start), Refused(HOSTILE, {"code": "seed_refused", "values": {"seed": HOSTILE, "high": 1}})
    shown = strip(start, made, "s1", "en") + editor(ENGINES, start, start.segments[0], cast, refused, "en")
    shown += cast_list(start, cast, "Mia", "en") + cast_list(start, cast, HOSTILE, "en")
    assert "<img src=x" not in shown and "<script" not in shown and "</noscript" not in shown
    assert str(with_names("<i> @Mia & @小米")) == '&lt;i&gt; <b class="s-at">@Mia</b> &amp; <b class="s-at">@小米</b>'


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("@小明走进森林", ["@小明"]),
        ("小猫和＠小白龙跑，@小白睡觉", ["＠小白龙", "@小白"]),
        ("@Mia在海边, @mia-s runs", ["@Mia", "@mia-s"]),
        ("@Nobody walks to a@b.org", ["@Nobody"]),
    ],
)
def test_only_the_name_stands_out_on_a_card(words, names):
    cast = [CastMember(name, "a child") for name in ("小明", "小白", "小白龙", "Mia")]
    shown = str(with_names(words, cast))
    assert re.findall('<b class="s-at">(.*?)</b>', shown) == names
    assert re.sub("<.*?>", "", shown) == words
    start = Storyboard(Look(), (Segment(Prompt(words), id="s1"),))
    assert [*re.findall('<b class="s-at">(.*?)</b>', strip(start, making(start), "s1", "en", cast))] == names


def test_the_chart_marks_what_falls_below_the_line():
    start = board(4, cut_at=(3,))
    html = chart(start, making(start, measures=measured(4, low=(2,))), "s1", "en")
    assert html.count('class="s-low"') == 1 and html.count('class="s-high"') == 3
    assert html.count("s-v-watch") == 2 and html.count("s-v-shot") == 1
    assert height_of(5.0) < height_of(THRESHOLD) < height_of(1.0) == height_of(-7.0)
    assert (
        "circle" not in chart(start, making(start), "s1", "en")
        and chart(Storyboard(Look(), ()), Making((), {}), "", "en") == ""
    )


def test_the_bar_follows_the_work():
    def bar(storyboard, *statuses, film=None, job=None):
        return join_bar(Stand(storyboard, making(storyboard, *statuses), film, job, 12.0), "en")

    empty = Storyboard(Look(), ())
    assert say("board_split_nothing", "en") in bar(empty) and "disabled" in bar(empty)
    assert "disabled" not in bar(replace(empty, story="A fox walks."))
    assert f"{say('board_preview', 'en')} <" in bar(board()) and "about 12 s" in bar(board())
    wrong = bar(board(), "new", "invalid", "new")
    assert say("board_preview_cannot", "en", {"number": 2}) in wrong and "disabled" in wrong
    assert "Failed: 2." in bar(board(), "done", "failed", "done")


def clip(kind="take", num_frames=25, measures=None):
    made = {"prompt": Prompt("fox"), "look": Look(), "style": "", "video": kind, "poster": "p", "reading": None}
    told = {"size_bytes": 1, "seconds_taken": 1.0, "created_at": 0.0, "favourite": False, "measures": measures}
    return Clip(id="c", key="k", kind=kind, num_frames=num_frames, **made, **told)


def pieces(html):
    return json.loads(unescape(re.search('data-pieces="([^"]*)"', html).group(1)))


def test_the_player_plays_the_takes_that_are_ready_without_the_frame_they_share():
    start = board(4, cut_at=(4,))
    made = making(start, "done", "done", "failed", "done")
    made = replace(made, progress=tuple(replace(one, clip=clip()) for one in made.progress))
    played = pieces(reel(start, made, None, "en"))
    assert [(one["id"], one["from"]) for one in played] == [("s1", 0), ("s2", round(1 / 24, 4)), ("s4", 0)]
    assert {one["to"] for one in played} == {round(25 / 24, 4)}
    assert "data-pieces" not in reel(start, making(start), None, "en")


def test_the_player_plays_what_was_before_until_something_is_ready():
    start = board(2)
    before = making(start, "working", "stale")
    before = replace(before, progress=tuple(replace(one, clip=clip()) for one in before.progress))
    shown = reel(start, before, None, "en")
    assert [one["id"] for one in pieces(shown)] == ["s1", "s2"] and say("board_older", "en") in shown
    one_ready = replace(before, progress=(replace(before.progress[0], status="done"), before.progress[1]))
    assert [one["id"] for one in pieces(reel(start, one_ready, None, "en"))] == ["s1"]


def test_the_player_plays_the_film_in_stretches_of_its_segments():
    start, film = board(2), clip("film", 96, measured(2))
    played = pieces(reel(start, making(start, "done", "done"), film, "en"))
    assert [(one["id"], one["src"], one["from"], one["to"]) for one in played] == [
        ("s1", "media/film", 0, 2.0),
        ("s2", "media/film", 2.0, 4.0),
    ]


def test_takes_say_what_choosing_one_means():
    start = board(4, cut_at=(4,))
    assert say("board_no_takes", "en") in takes(start, making(start), "s1", "en")
    assert takes(start, making(start), "nothing", "en") == ""
    wrong = making(start, "invalid", "new", "new", "new")
    assert 'data-act="take"' not in takes(start, wrong, "s1", "en")


def test_a_storyboard_is_called_by_its_first_words():
    assert title(Storyboard(Look(), ()), "en") == say("board_untitled", "en")
    assert title(board(), "en") == "Fox 1 walks" and title(replace(board(), title="T"), "en") == "T"
    assert title(replace(board(), story="a " * 100), "en").endswith("…")


def test_sample_stories_are_there_in_both_languages():
    assert len(sample_stories("en")) == len(sample_stories("zh")) > 0


def test_typed_survives_json():
    sent = {"typed": json.dumps({"n": 3, "board": "b", "of": {"b": {"story": {"story": "雪\u2028"}}}})}
    assert read_typed(sent) == Typed(3, "b", {"b": {"story": {"story": "雪\u2028"}}})
