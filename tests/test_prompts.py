"""Joining, splitting, cleaning and checking a prompt, in both languages and against hostile text."""

import random
from collections import Counter
from dataclasses import replace

import pytest

from models.engine import SLOTS, Prompt
from studio.errors import Invalid
from studio.prompts import Run, compose, lint, runs, split, vocabulary
from studio.prompts.clean import SLOT_LIMIT, clean, language_of_words
from studio.prompts.vocabulary import CATEGORIES
from tests.yardstick import within


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  a   fox \n\t runs ", "a fox runs"),
        ("a\u202ered\u202c fox", "ared fox"),
        ("fox\u0000\u0007", "fox"),
        ("fox\ud800", "fox"),
        ("cafe\u0301", "café"),
        ("a fox.", "a fox"),
        ("一只狐狸。", "一只狐狸"),
        ("一只狐狸，、！", "一只狐狸"),
        (", a fox,", "a fox"),
        ("a \ufefffox\u200b", "a fox"),
        ("👩‍🚀 waves 👋🏽", "👩‍🚀 waves 👋🏽"),
        ("a fox (red)", "a fox (red)"),
        ("…", ""),
        ("Z" + "\u0300" * 5_000, "Z" + "\u0300" * 4),
    ],
    ids=ascii,
)
def test_clean(typed, kept):
    assert clean(typed) == kept
    assert clean(kept) == kept


@pytest.mark.parametrize(
    ("slots", "sentence"),
    [
        (("a fox", "runs", "a forest", "ink wash"), "A fox runs through a forest, ink wash."),
        (("一只狐狸", "奔跑", "森林里", "水墨风格"), "一只狐狸在森林里奔跑，水墨风格。"),
        (("一只狐狸", "奔跑", "森林", "水墨风格"), "一只狐狸在森林里奔跑，水墨风格。"),
        (("一只狐狸", "奔跑", "在森林里。", "水墨风格，"), "一只狐狸在森林里奔跑，水墨风格。"),
        (("a fox", "runs", "in a forest"), "A fox runs in a forest."),
        (("a fox", "runs in", "a forest"), "A fox runs in a forest."),
        (("a fox", "runs in", "in a forest"), "A fox runs in a forest."),
        (("a fox", "walks through", "In a forest."), "A fox walks through a forest."),
        (("a fox", "looks up", "in a forest"), "A fox looks up in a forest."),
        (("a fox", "looks up", "forest"), "A fox looks up in a forest."),
        (("a girl", "walks", "beach at sunset"), "A girl walks on a beach at sunset."),
        (("an astronaut", "walks", "Mars"), "An astronaut walks on Mars."),
        (("a robot", "waves", "Tokyo"), "A robot waves in Tokyo."),
        (("a fox", "", "a forest"), "A fox in a forest."),
        (("a fox", "", "", "ink wash"), "A fox, ink wash."),
        (("a fox,", "runs.", "", "", "at dawn;", "push in."), "A fox runs, at dawn, push in."),
        (
            ("一个机器人", "在雨中行走", "", "赛博朋克风格", "夜晚", "推近"),
            "一个机器人在雨中行走，赛博朋克风格，夜晚，推近。",
        ),
        (("宇航员", "走", "火星"), "宇航员在火星上走。"),
        (("A fox runs through a forest.",), "A fox runs through a forest."),
        (("🦊", "runs"), "🦊 runs."),
        (("<script>alert(1)</script>",), "<script>alert(1)</script>."),
        (("{{template}}", "{0}"), "{{template}} {0}."),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_sentence_joins_the_slots(slots, sentence):
    prompt = compose(Prompt(**dict(zip(SLOTS, slots, strict=False))))
    assert prompt.sentence == sentence
    assert compose(prompt) == prompt


@pytest.mark.parametrize("subject", ["", "  ", "。", "\u202e\u200b", "...", "\u0000"], ids=ascii)
def test_a_subject_is_needed(subject):
    with pytest.raises(Invalid) as refused:
        compose(Prompt(subject, "runs"))
    assert refused.value.code == "subject_missing"


@pytest.mark.parametrize("slot", [*SLOTS, "negative"])
def test_too_long_a_slot_is_refused(slot):
    fits = Prompt(**({"subject": "a fox"} | {slot: "x" * SLOT_LIMIT}))
    assert len(getattr(compose(fits), slot)) == SLOT_LIMIT
    with pytest.raises(Invalid) as refused:
        compose(Prompt(**({"subject": "a fox"} | {slot: "x" * (SLOT_LIMIT + 1)})))
    assert (refused.value.code, refused.value.values) == (
        "text_too_long",
        {"slot": slot, "length": SLOT_LIMIT + 1, "limit": SLOT_LIMIT},
    )


def test_the_live_sentence_has_blanks_in_the_language_of_the_page():
    english = runs(Prompt(""), "en")
    assert "".join(run.text for run in english) == "who or what does what where, in which style."
    chinese = runs(Prompt(""), "zh")
    assert [run.slot for run in chinese if run.blank] == ["subject", "scene", "action", "style"]
    mixed = runs(Prompt("一只狐狸"), "en")
    assert mixed[0] == Run("subject", "一只狐狸")
    assert Run("action", "does what", blank=True) in mixed


@pytest.mark.parametrize(
    "prompt",
    [
        Prompt("a fox", "runs", "a forest", "ink wash", "at dawn", "push in"),
        Prompt("一只狐狸", "奔跑", "森林", "水墨", "夜晚", "推近"),
    ],
)
def test_the_live_sentence_of_a_full_prompt_is_the_sentence_that_is_sent(prompt):
    assert "".join(run.text for run in runs(prompt, "en")) == compose(prompt).sentence


SPLITS = {
    "一只狐狸在森林里奔跑,水墨风格": ("一只狐狸", "奔跑", "森林里", "水墨风格"),
    "一只狐狸在森林里缓缓行走": ("一只狐狸", "缓缓行走", "森林里"),
    "一只狐狸正在奔跑": ("一只狐狸", "正在奔跑"),
    "一只狐狸缓缓行走": ("一只狐狸", "缓缓行走"),
    "女孩走在沙滩上，日系动漫，镜头跟随": ("女孩", "走", "沙滩上", "日系动漫", "", "镜头跟随"),
    "宇航员走在火星上，电影感": ("宇航员", "走", "火星上", "电影感"),
    "一只猫跳过栅栏，扁平插画": ("一只猫", "跳过栅栏", "", "扁平插画"),
    "两个人在咖啡馆聊天": ("两个人", "聊天", "咖啡馆"),
    "夜晚，一只狼对月长啸": ("一只狼", "对月长啸", "", "", "夜晚"),
    "赛博朋克风格的城市夜景,一个机器人在雨中行走": ("一个机器人", "在雨中行走", "城市夜景", "赛博朋克风格"),
    "一位老人坐在河边钓鱼": ("一位老人", "坐在河边钓鱼"),
    "一位穿着汉服的女子翩翩起舞": ("一位穿着汉服的女子", "翩翩起舞"),
    "一辆跑车在霓虹灯闪烁的城市街道上飞驰": ("一辆跑车", "飞驰", "霓虹灯闪烁的城市街道上"),
    "宇航员在月球上跳跃，地球在背景中升起": ("宇航员", "跳跃，地球在背景中升起", "月球上"),
    "火箭从发射台升空": ("火箭", "从发射台升空"),
    "月光下的古城，一位侠客独自行走": ("一位侠客", "独自行走", "月光下的古城"),
    "一个小女孩在雪地里堆雪人": ("一个小女孩", "堆雪人", "雪地里"),
    "忍者在屋顶上飞奔，月夜": ("忍者", "飞奔", "屋顶上", "", "月夜"),
    "Neon alley, a woman walks away": ("a woman", "walks away", "Neon alley"),
    "A majestic lion, its mane flowing in the wind": ("A majestic lion, its mane flowing in the wind",),
    "特写：一只猫": ("一只猫", "", "", "", "", "特写"),
    "一艘飞船": ("一艘飞船",),
    "森林": ("森林",),
    "a fox runs through a misty forest at dawn, ink wash style, camera pushes in": (
        "a fox",
        "runs",
        "through a misty forest",
        "ink wash style",
        "at dawn",
        "camera pushes in",
    ),
    "A cup of coffee steaming on a wooden table, cinematic": (
        "A cup of coffee",
        "steaming",
        "on a wooden table",
        "cinematic",
    ),
    "a red fox in a misty forest": ("a red fox", "", "in a misty forest"),
    "a girl in a red dress waves at the camera": ("a girl in a red dress", "waves at the camera"),
    "In a misty forest, a fox runs, looking up": ("a fox", "runs, looking up", "In a misty forest"),
    "close-up of a fox with the camera pushing in": ("a fox", "", "", "", "", "close-up, with the camera pushing in"),
    "close-up of a cup of coffee": ("a cup of coffee", "", "", "", "", "close-up"),
    "Two foxes run across a field in ink wash style": ("Two foxes", "run", "across a field", "in ink wash style"),
    "an astronaut walks on Mars with the camera slowly pushing in": (
        "an astronaut",
        "walks",
        "on Mars",
        "",
        "",
        "with the camera slowly pushing in",
    ),
    "a dog chases a ball": ("a dog", "chases a ball"),
    "city at night, cyberpunk": ("city", "", "", "cyberpunk", "at night"),
    "a dog turns around in a park": ("a dog", "turns around", "in a park"),
    "a wolf howls at the moon on a hill": ("a wolf", "howls at the moon", "on a hill"),
    "a cat jumps over a fence": ("a cat", "jumps over a fence"),
    "a gull flies over the sea": ("a gull", "flies", "over the sea"),
    "a butterfly rests on a leaf": ("a butterfly", "rests", "on a leaf"),
    "a running horse": ("a running horse",),
    "velvet": ("velvet",),
    "Mrs. Smith walks, ink wash": ("Mrs. Smith", "walks", "", "ink wash"),
    'A girl says "stop, now", ink wash': ("A girl", 'says "stop, now"', "", "ink wash"),
    "雪落在村庄里，水墨风格": ("雪", "落", "村庄里", "水墨风格"),
}


@pytest.mark.parametrize("sentence", SPLITS)
def test_a_sentence_is_split_over_the_slots(sentence):
    parts = split(sentence)
    expected = dict(zip(SLOTS, SPLITS[sentence], strict=False))
    assert {slot: getattr(parts, slot) for slot in SLOTS} == {slot: expected.get(slot, "") for slot in SLOTS}


WHOLE = {
    "en": Prompt("a red fox", "runs", "in a forest", "ink wash painting", "at night", "camera slowly pushes in"),
    "zh": Prompt("一只红狐狸", "奔跑", "森林里", "水墨风格", "夜晚", "镜头缓缓推近"),
}


@pytest.mark.parametrize("language", WHOLE)
@pytest.mark.parametrize("category", CATEGORIES)
def test_a_sentence_made_of_the_vocabulary_is_split_where_it_was_joined(category, language):
    for entry in vocabulary(category):
        whole = replace(WHOLE[language], **{CATEGORIES[category]: entry.words(language)})
        parts = split(compose(whole).sentence)
        apart = {slot: getattr(parts, slot).casefold() for slot in SLOTS}
        assert apart == {slot: getattr(whole, slot).casefold() for slot in SLOTS}


HARD = [
    *SPLITS,
    "一个穿红裙子的女孩撑着油纸伞走在古镇的石桥上，细雨蒙蒙，国风",
    "An old man with a white beard sits alone on a park bench, feeding pigeons, in the autumn wind, oil painting",
    "夕阳下，一艘帆船在海上航行，然后消失，航拍镜头，电影感。",
    "version 3.5, 1,000 foxes; what? 好的！fox在forest里run",
    "在在在在在",
    "the the the of of of",
    "of a of a of",
    "camera camera pushes pushes",
    "风格的风格的风格的",
    "，，，",
    "🦊🦊 runs in 🌲",
    "a fox\nruns\nin a forest",
]


def jumbled(seed: int) -> str:
    """Return pieces of sentences in both languages in a random order."""
    chance = random.Random(seed)
    pieces = ["a fox", "runs", "in", "of", "the", "forest", "camera", "pushes in", "ink wash style", "close-up of"]
    pieces += [
        "at night",
        "with",
        "，",
        "。",
        ",",
        "一只狐狸",
        "在",
        "奔跑",
        "森林里",
        "的",
        "风格的",
        "水墨",
        "镜头",
        "正在",
    ]
    return (" " if seed % 2 else "").join(chance.choices(pieces, k=chance.randint(1, 9)))


@pytest.mark.parametrize("sentence", [*HARD, *map(jumbled, range(300))])
def test_nothing_typed_is_lost_in_splitting(sentence):
    parts = split(sentence)
    kept = Counter(filter(str.isalnum, "".join(getattr(parts, slot) for slot in SLOTS)))
    lost = Counter(filter(str.isalnum, sentence)) - kept
    assert set(lost) <= set("在的of")
    assert not lost["o"] or "of" in sentence
    assert not any(letter.isalpha() for letter in sentence) or parts.subject


@pytest.mark.parametrize("sentence", [sentence for sentence in SPLITS if "，" not in sentence or "风格" in sentence])
def test_what_was_split_joins_again_with_the_same_words(sentence):
    joined = compose(split(sentence)).sentence.casefold()
    assert Counter(filter(str.isalpha, joined)) >= Counter(
        letter for letter in sentence.casefold() if letter.isalpha() and letter not in "在的of"
    )


def messages(language="en", **slots):
    return [hint.message for hint in lint(Prompt(**({"subject": "a fox", "action": "runs"} | slots)), language)]


def hint(slot, language="en", **slots):
    found = [hint for hint in lint(Prompt(**({"subject": "a fox", "action": "runs"} | slots)), language)]
    assert [each.slot for each in found] == [slot], found
    return found[0]


@pytest.mark.parametrize(
    ("slots", "slot", "suggestion"),
    [
        ({"subject": "a cool fox"}, "subject", "a fox"),
        ({"subject": "an amazing robot"}, "subject", "a robot"),
        ({"subject": "a beautiful old fox"}, "subject", "an old fox"),
        ({"subject": "nice video"}, "subject", "a red fox"),
        ({"subject": "make me a cool video please"}, "subject", "a red fox"),
        ({"subject": "很酷的视频"}, "subject", "一只红狐狸"),
        ({"subject": "一只非常好看的狐狸"}, "subject", "一只狐狸"),
        ({"subject": "帮我生成一个精彩的短视频"}, "subject", "一只红狐狸"),
        ({"action": "does something cool"}, "action", "looks up"),
        ({"scene": "a cool place"}, "scene", "in a misty forest"),
        ({"style": "beautiful style"}, "style", "cinematic film look"),
        ({"subject": "一只狐狸", "action": "奔跑", "style": "高级感"}, "style", "电影感画面"),
        ({"action": ""}, "action", "runs"),
        ({"subject": "一枚火箭", "action": ""}, "action", "起飞"),
        ({"subject": "a cup of coffee", "action": ""}, "action", "steams"),
        ({"subject": "a zorb", "action": ""}, "action", "turns around"),
        ({"camera": "push in, then zoom out"}, "camera", "camera slowly pushes in"),
        ({"camera": "镜头推近，然后拉远"}, "camera", "镜头缓缓推近"),
        ({"style": "anime and ink wash"}, "style", "anime style"),
        ({"style": "水墨加像素风"}, "style", "水墨风格"),
        ({"subject": "a pixel art cat", "style": "ink wash"}, "subject", "a cat"),
    ],
    ids=str,
)
def test_a_remark_comes_with_words_to_accept(slots, slot, suggestion):
    found = hint(slot, **slots)
    assert found.suggestion == suggestion
    assert getattr(found.replacement, slot) == suggestion


@pytest.mark.parametrize(
    ("slots", "slot"),
    [
        ({"subject": "a cool fox", "action": ""}, "subject"),
        ({"subject": "nice video", "action": ""}, "subject"),
        ({"style": "anime, ink wash, pixel art"}, "style"),
        ({"camera": "zoom in and zoom out and pan left"}, "camera"),
        ({"subject": "a fox runs through a misty forest, ink wash", "action": ""}, "subject"),
        ({"scene": "in a park, " * 40}, "scene"),
    ],
    ids=str,
)
def test_accepting_every_remark_leaves_none(slots, slot):
    prompt = Prompt(**({"subject": "a fox", "action": "runs"} | slots))
    assert slot in {each.slot for each in lint(prompt, "en")}
    for _ in range(6):
        offers = [each.replacement for each in lint(prompt, "en") if each.replacement]
        prompt = offers[0] if offers else prompt
    assert lint(prompt, "en") == ()


def test_a_sentence_in_the_subject_is_offered_over_the_slots():
    found = hint("subject", subject="a fox runs through a misty forest, ink wash", action="", camera="push in")
    assert found.replacement == Prompt("a fox", "runs", "through a misty forest", "ink wash", "", "push in")


@pytest.mark.parametrize(
    "slots",
    [
        {},
        {"style": "golden hour", "lighting": "at night"},
        {"subject": "a golden retriever", "style": "ink wash"},
        {"subject": "a coolie", "scene": "in a goodly forest"},
        {"subject": "一只狐狸", "action": "奔跑", "scene": "森林里", "style": "水墨风格", "camera": "特写，推近"},
        {"subject": "a fox", "camera": "close-up, push in"},
        {"subject": "a city", "action": ""},
        {"subject": "霓虹城市", "action": ""},
        {"subject": "", "action": ""},
    ],
    ids=str,
)
def test_a_good_prompt_gets_no_remark(slots):
    assert messages(**slots) == []


def test_remarks_speak_the_language_of_the_page():
    english, chinese = (messages(language, subject="a cool fox")[0] for language in ("en", "zh"))
    assert language_of_words(english) == "en"
    assert "画不出来" in chinese


def test_an_over_long_slot_is_shortened_at_a_comma():
    found = hint("scene", scene="in a wide green park, " * 15)
    assert found.replacement.scene.endswith("park")
    assert len(found.replacement.scene) <= 240
    assert hint("subject", subject="x" * 500).replacement is None


HOSTILE = {
    "letters": "a" * 20_000,
    "spaces": " " * 20_000 + "a",
    "commas": "," * 20_000,
    "words": "a of in " * 2_500,
    "cjk": "在里" * 10_000,
    "vague": "很酷的" * 6_600,
    "cool": "cool " * 4_000,
    "marks": "a" + "\u0300\u0316" * 10_000,
    "emoji": "👩‍🚀" * 6_600,
    "bidi": "\u202e" * 20_000,
    "clauses": "风格的，" * 5_000,
    "camera": "camera pan " * 1_800,
    "surrogates": "\ud800" * 20_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_twenty_thousand_hostile_characters_take_no_time(name):
    text = HOSTILE[name]

    def read_in_every_way():
        runs(Prompt(text, text, text, text), "en")
        split(text)
        split(text[:1_000])
        lint(Prompt(text, text, text, text, text, text), "zh")
        _compose_or_refuse(text)

    within(20, read_in_every_way)


def _compose_or_refuse(text):
    try:
        assert len(compose(Prompt(text)).subject) <= SLOT_LIMIT
    except Invalid as refused:
        assert refused.code in ("text_too_long", "subject_missing")
