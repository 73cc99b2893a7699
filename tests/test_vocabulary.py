"""The vocabulary offered to a creator: complete, bilingual, grammatical, and known to the animatic engine."""

from dataclasses import replace

import pytest

from models.animatic.dictionary import table
from models.animatic.reading import read
from models.animatic.spec import Spec
from models.engine import Prompt
from studio.prompts import compose, style_id, vocabulary
from studio.prompts.clean import is_cjk
from studio.prompts.vocabulary import CATEGORIES, entry_id, fold
from studio.text import say

STYLE_IDS = {"ink", "anime", "cinematic", "cyberpunk", "pixel", "flat"}
STYLE_IDS |= {"pastel", "noir", "golden", "papercut", "moonlit", "pencil", "watercolour", "clay"}
LEAST = {"subjects": 40, "actions": 40, "scenes": 40, "lighting": 40, "camera": 10, "styles": 12}
EVERY = [(category, entry) for category in CATEGORIES for entry in vocabulary(category)]


def prompt_with(slot: str, words: str) -> Prompt:
    if slot == "subject":
        return Prompt(words)
    return Prompt("一只狐狸" if is_cjk(words[0]) else "a fox", **{slot: words})


@pytest.mark.parametrize("category", CATEGORIES)
def test_a_category_is_large_enough_and_named(category):
    entries = vocabulary(category)
    assert len(entries) >= LEAST[category]
    assert len({entry.id for entry in entries}) == len(entries)
    assert say(f"vocab_{category}", "en") != say(f"vocab_{category}", "zh")


def test_an_unknown_category_is_refused():
    with pytest.raises(KeyError):
        vocabulary("sounds")


@pytest.mark.parametrize(("category", "entry"), EVERY, ids=lambda value: getattr(value, "id", value))
def test_an_entry_is_whole_in_both_languages(category, entry):
    assert entry.en.isascii() or "é" in entry.en
    assert all(is_cjk(letter) for letter in entry.zh)
    assert entry.words("en") == entry.en
    assert entry.words("zh") == entry.zh
    assert is_cjk(entry.group("zh")[0])
    assert entry.group("en").isascii()


@pytest.mark.parametrize("category", CATEGORIES)
def test_no_words_stand_for_two_entries(category):
    owners: dict[str, str] = {}
    for entry in vocabulary(category):
        for words in (entry.en, entry.zh, *entry.also):
            assert owners.setdefault(fold(words), entry.id) == entry.id, words


@pytest.mark.parametrize(("category", "entry"), EVERY, ids=lambda value: getattr(value, "id", value))
def test_the_animatic_engine_knows_every_word_of_it(category, entry):
    slot = CATEGORIES[category]
    for words in (entry.en, entry.zh, *entry.also):
        spec, reading = read(prompt_with(slot, words))
        assert reading.unknown == (), words
        assert slot != "subject" or spec.lead.subject, words


@pytest.mark.parametrize(("category", "entry"), EVERY, ids=lambda value: getattr(value, "id", value))
def test_both_languages_draw_the_same(category, entry):
    slot = CATEGORIES[category]
    english, chinese = (read(prompt_with(slot, words))[0] for words in (entry.en, entry.zh))
    assert unlabelled(english) == unlabelled(chinese)


def unlabelled(spec: Spec) -> Spec:
    """Return a Spec without the words on its placards."""
    return replace(spec, figures=tuple(replace(figure, label="") for figure in spec.figures))


@pytest.mark.parametrize("category", ["subjects", "actions", "scenes", "camera"])
def test_much_of_it_is_drawn_as_it_is_named(category):
    slot, entries = CATEGORIES[category], vocabulary(category)
    named = [slot in {word.slot for word in read(prompt_with(slot, entry.en))[1].drawn} for entry in entries]
    assert sum(named) >= len(entries) / 4


@pytest.mark.parametrize("entry", vocabulary("subjects"), ids=lambda entry: entry.id)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_subjects_join_with_the_rest(entry, language):
    rest = {"en": ("runs", "in a forest", "ink wash"), "zh": ("奔跑", "森林里", "水墨风格")}[language]
    sentence = compose(Prompt(entry.words(language), *rest)).sentence
    expected = {
        "en": f"{entry.en[:1].upper()}{entry.en[1:]} runs in a forest, ink wash.",
        "zh": f"{entry.zh}在森林里奔跑，水墨风格。",
    }
    assert sentence == expected[language]


@pytest.mark.parametrize("entry", vocabulary("actions"), ids=lambda entry: entry.id)
def test_actions_join_with_the_rest(entry):
    assert compose(Prompt("a fox", entry.en, "in a forest")).sentence == f"A fox {entry.en} in a forest."
    assert compose(Prompt("一只狐狸", entry.zh, "森林里")).sentence == f"一只狐狸在森林里{entry.zh}。"


@pytest.mark.parametrize("entry", vocabulary("scenes"), ids=lambda entry: entry.id)
def test_scenes_join_with_the_rest(entry):
    assert compose(Prompt("a fox", "runs", entry.en)).sentence == f"A fox runs {entry.en}."
    assert compose(Prompt("一只狐狸", "奔跑", entry.zh)).sentence in (
        f"一只狐狸在{entry.zh}奔跑。",
        f"一只狐狸在{entry.zh}上奔跑。",
    )


WHOLE = {
    "en": Prompt("a red fox", "runs", "in a forest", "ink wash painting", "at night", "camera slowly pushes in"),
    "zh": Prompt("一只红狐狸", "奔跑", "森林里", "水墨风格", "夜晚", "镜头缓缓推近"),
}


@pytest.mark.parametrize("language", WHOLE)
@pytest.mark.parametrize("category", CATEGORIES)
def test_the_sentence_alone_is_read_as_its_slots_are(category, language):
    for entry in vocabulary(category):
        whole = compose(replace(WHOLE[language], **{CATEGORIES[category]: entry.words(language)}))
        assert read(Prompt(whole.sentence))[0] == read(whole)[0], whole.sentence


def test_the_styles_are_among_those_that_can_be_drawn():
    assert {entry.id for entry in vocabulary("styles")} == STYLE_IDS
    assert set(table("style")) >= STYLE_IDS


@pytest.mark.parametrize("entry", vocabulary("styles"), ids=lambda entry: entry.id)
def test_a_style_is_known_by_each_of_its_words(entry):
    for words in (entry.en, entry.zh, entry.name_en, entry.name_zh, entry.en.upper(), *entry.also):
        assert style_id(words) == entry.id
        assert read(Prompt("a fox", style=words))[0].style == entry.id
    assert len(entry.name("en")) <= 14
    assert len(entry.name("zh")) <= 4


@pytest.mark.parametrize(
    ("text", "style"),
    [
        ("in ink wash style", "ink"),
        ("Pixel-Art", "pixel"),
        ("  anime  ", "anime"),
        ("水墨风", "ink"),
        ("pastel colors", "pastel"),
        ("soft pastel", "pastel"),
        ("anime, soft colour palette", "anime"),
        ("柔和的粉彩，手绘感", "pastel"),
        ("anime or pixel art", ""),
        ("", ""),
        ("nice", ""),
        ("oil painting", ""),
        ("x" * 20_000, ""),
    ],
    ids=lambda text: text[:12],
)
def test_style_id(text, style):
    assert style_id(text) == style


@pytest.mark.parametrize("category", [category for category in CATEGORIES if category != "styles"])
def test_an_entry_goes_by_its_words_and_not_by_its_id(category):
    said = {fold(words) for e in vocabulary(category) for words in (e.en, e.zh, e.name_en, e.name_zh, *e.also)}
    bare = [entry.id for entry in vocabulary(category) if fold(entry.id) not in said]
    assert bare and [entry_id(category, one) for one in bare] == [""] * len(bare)
