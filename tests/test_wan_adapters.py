"""LoRA adapters: what a folder holds, what a person asks for, and the picture that changes and returns exactly."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import WanImageToVideoPipeline, WanPipeline
from peft import LoraConfig, get_peft_model_state_dict
from safetensors.torch import load_file, save_file

from models.engine import Refused
from models.wan import adapters
from models.wan.adapters import Adapter, apply, list_adapters, parse
from studio.text import catalogue
from tests import tiny_wan

ROOT = Path(__file__).parent.parent
LAYERS = ["to_q", "to_k", "to_v", "to_out.0"]


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory) -> WanPipeline:
    made = WanPipeline.from_pretrained(tiny_wan.build(tmp_path_factory.mktemp("adapters") / "tiny"))
    made.set_progress_bar_config(disable=True)
    return made


@pytest.fixture(scope="module")
def trained(pipeline, tmp_path_factory) -> dict[str, Path]:
    """Two adapters as a trainer leaves them, whose alpha is not their rank."""
    folder = tmp_path_factory.mktemp("trained")
    return {name: make(pipeline, folder / name, seed) for name, seed in (("ink", 1), ("mia", 2))}


@pytest.fixture
def folder(trained, tmp_path) -> Path:
    place = tmp_path / "adapters"
    place.mkdir()
    for name, path in trained.items():
        shutil.copy(path, place / f"{name}.safetensors")
    return place


@pytest.fixture(autouse=True)
def bare(pipeline):
    yield
    apply(pipeline, ())


def make(pipeline: WanPipeline, place: Path, seed: int) -> Path:
    """Save an adapter of rank 2 and alpha 6 with random layers, as diffusers writes it."""
    transformer = pipeline.transformer
    config = LoraConfig(r=2, lora_alpha=6, target_modules=LAYERS)
    transformer.add_adapter(config, adapter_name="lora_made")
    with torch.no_grad(), torch.random.fork_rng():
        torch.manual_seed(seed)
        for name, weight in transformer.named_parameters():
            if "lora_" in name:
                weight.copy_(0.2 * torch.randn_like(weight))
    layers = get_peft_model_state_dict(transformer, adapter_name="lora_made")
    layers = {name: weight.detach().clone().contiguous() for name, weight in layers.items()}
    metadata = transformer.peft_config["lora_made"].to_dict()
    WanPipeline.save_lora_weights(
        place, transformer_lora_layers=layers, transformer_lora_adapter_metadata=metadata, safe_serialization=True
    )
    pipeline.unload_lora_weights()
    return next(place.glob("*.safetensors"))


def picture(pipeline: WanPipeline) -> np.ndarray:
    """Return what would be decoded: equal latents are equal pictures, and decoding takes most of the time."""
    generator = torch.Generator("cpu").manual_seed(3)
    asked = {"height": 32, "width": 32, "num_frames": 5, "num_inference_steps": 2, "generator": generator}
    return pipeline("a fox runs", **asked, output_type="latent").frames.numpy()


def said(error: Refused) -> list[str]:
    return [words.format(**error.values) for words in catalogue()[error.code].values()]


def refused(text: str, folder: Path) -> Refused:
    with pytest.raises(Refused) as raised:
        parse(text, folder)
    assert all(said(raised.value))
    return raised.value


def test_the_picture_changes_with_an_adapter_and_returns_exactly(pipeline, folder):
    plain = picture(pipeline)
    apply(pipeline, parse("ink", folder))
    inked = picture(pipeline)
    assert np.abs(inked - plain).max() > 1e-3
    apply(pipeline, parse("ink", folder))
    assert np.array_equal(picture(pipeline), inked)
    apply(pipeline, ())
    assert np.array_equal(picture(pipeline), plain)
    assert not any("lora" in name for name, _ in pipeline.transformer.named_parameters())


def test_weights_count_and_two_add_up_in_any_order(pipeline, folder):
    pictures = {}
    for text in ("", "ink:0", "ink:0.4", "ink", "mia", "ink, mia", "mia, ink", "ink:0.4, mia:-1"):
        apply(pipeline, parse(text, folder))
        pictures[text] = picture(pipeline)
    assert np.array_equal(pictures["ink:0"], pictures[""])
    assert np.array_equal(pictures["ink, mia"], pictures["mia, ink"])
    distinct = [pictures[text] for text in ("", "ink:0.4", "ink", "mia", "ink, mia", "ink:0.4, mia:-1")]
    for number, one in enumerate(distinct):
        assert all(not np.allclose(one, other, atol=1e-5) for other in distinct[:number])


def test_going_from_two_to_one_is_as_if_the_other_had_never_been(pipeline, folder):
    apply(pipeline, parse("mia:0.5", folder))
    alone = picture(pipeline)
    apply(pipeline, parse("ink, mia", folder))
    apply(pipeline, parse("mia:0.5", folder))
    assert np.array_equal(picture(pipeline), alone)


def test_the_strength_it_was_trained_with_is_kept(pipeline, folder):
    """Alpha 6 of rank 2 trebles what the layers give: without the metadata it would be lost."""
    apply(pipeline, parse("ink", folder))
    layer = pipeline.transformer.blocks[0].attn1.to_q
    assert list(layer.scaling.values()) == [3.0]


def test_a_file_of_other_trainers_gives_the_same_picture(pipeline, folder):
    """Their names for the layers, and alpha as a tensor beside them."""
    apply(pipeline, parse("ink", folder))
    expected = picture(pipeline)
    theirs = {"attn1": "self_attn", "attn2": "cross_attn", "to_q": "q", "to_k": "k", "to_v": "v", "to_out.0": "o"}
    layers = {}
    for name, weight in load_file(folder / "ink.safetensors").items():
        for ours, other in (*theirs.items(), ("transformer.", "diffusion_model."), ("A.w", "down.w"), ("B.w", "up.w")):
            name = name.replace(ours, other)
        layers[name] = weight
        layers[name.rpartition(".lora")[0] + ".alpha"] = torch.tensor(6.0)
    save_file(layers, folder / "theirs.safetensors")
    apply(pipeline, parse("theirs", folder))
    assert np.allclose(picture(pipeline), expected, atol=1e-5)


def test_a_pipeline_that_shares_the_transformer_has_it_too(pipeline, folder):
    other = WanImageToVideoPipeline(**pipeline.components, expand_timesteps=True)
    apply(other, parse("ink", folder))
    first = picture(pipeline)
    apply(pipeline, ())
    assert not np.allclose(first, picture(pipeline), atol=1e-4)


def test_a_packed_transformer_hears_it_nearly_as_well(tmp_path, folder):
    packed = WanPipeline.from_pretrained(tiny_wan.build(tmp_path / "tiny"))
    packed.set_progress_bar_config(disable=True)
    apply(packed, parse("ink", folder))
    whole = picture(packed)
    apply(packed, ())
    packed.transformer.enable_layerwise_casting(storage_dtype=torch.float8_e4m3fn, compute_dtype=torch.float32)
    plain = picture(packed)
    apply(packed, parse("ink", folder))
    heard = picture(packed)
    assert np.abs(heard - whole).mean() < 0.2 * np.abs(heard - plain).mean()
    apply(packed, ())
    assert np.array_equal(picture(packed), plain)


@pytest.mark.parametrize("name", ["train", "ink.v2", "两 笔", "to", "lora_x", "a" * 60])
def test_any_name_of_a_file_will_do(pipeline, folder, name):
    (folder / "ink.safetensors").rename(folder / f"{name}.safetensors")
    apply(pipeline, parse(f"{name}:0.5", folder))
    assert len(pipeline.transformer.peft_config) == 1


def test_what_a_person_may_write(folder):
    def read(text: str) -> list[tuple[str, float]]:
        return [(one.name, one.weight) for one in parse(text, folder)]

    assert read("") == read(" , ") == []
    assert read("ink:0.8, mia") == read("mia，ink：0.8") == read(" mia ;ink : 0.8") == [("ink", 0.8), ("mia", 1.0)]
    assert read("ink:-1") == [("ink", -1.0)] and read("ink:4") == [("ink", 4.0)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("fox", "wan_adapter_unknown"),
        ("../ink", "wan_adapter_unknown"),
        ("INK", "wan_adapter_unknown"),
        ("/etc/passwd", "wan_adapter_unknown"),
        (":0.5", "wan_adapter_unknown"),
        ("ink:", "wan_adapter_weight"),
        ("ink:lots", "wan_adapter_weight"),
        ("ink:nan", "wan_adapter_weight"),
        ("ink:inf", "wan_adapter_weight"),
        ("ink:4.1", "wan_adapter_weight"),
        ("ink:-5", "wan_adapter_weight"),
        ("ink, ink:0.5", "wan_adapter_twice"),
    ],
)
def test_what_cannot_be_used_is_refused(folder, text, code):
    assert refused(text, folder).code == code


def test_an_unknown_name_hears_which_there_are(folder, tmp_path):
    assert refused("fox", folder).values["names"] == "ink, mia"
    assert refused("fox", tmp_path / "nothing").code == "wan_adapter_unknown"
    assert list_adapters(tmp_path / "nothing") == []


def test_wrong_files_are_told_apart(folder):
    whole = (folder / "ink.safetensors").read_bytes()
    (folder / "cut.safetensors").write_bytes(whole[:-100])
    (folder / "empty.safetensors").write_bytes(b"")
    (folder / "text.safetensors").write_bytes(b"not at all a file of tensors")
    (folder / "old.pt").write_bytes(b"a pickle")
    save_file({"vae.weight": torch.zeros(2)}, folder / "vae.safetensors")
    codes = {name: refused(name, folder).code for name in ("cut", "empty", "text", "old", "vae")}
    assert codes == {
        "cut": "wan_adapter_damaged",
        "empty": "wan_adapter_damaged",
        "text": "wan_adapter_damaged",
        "old": "wan_adapter_pickled",
        "vae": "wan_adapter_no_lora",
    }
    listed = {one.name: one.wrong for one in list_adapters(folder)}
    assert listed == {**{name: code for name, code in codes.items() if name != "old"}, "ink": "", "mia": ""}


def test_an_adapter_of_another_model_gets_a_short_error_and_leaves_nothing(pipeline, folder):
    plain = picture(pipeline)
    wider, strange, elsewhere = (folder / f"{name}.safetensors" for name in ("wider", "strange", "elsewhere"))
    layers = load_file(folder / "ink.safetensors")
    save_file({name: weight.repeat(2, 2) for name, weight in layers.items()}, wider)
    save_file({name.replace("to_q", "to_other"): weight for name, weight in layers.items()}, strange)
    save_file({name.replace("transformer.", "unet."): weight for name, weight in layers.items()}, elsewhere)
    for name in ("wider", "strange", "elsewhere"):
        apply(pipeline, parse("mia", folder))
        with pytest.raises(Refused) as raised:
            apply(pipeline, parse(f"{name}, mia", folder))
        assert raised.value.code == "wan_adapter_other_model"
        assert all(name in words and len(words) < 200 for words in said(raised.value))
        assert not getattr(pipeline.transformer, "peft_config", {})
        assert np.array_equal(picture(pipeline), plain)
    apply(pipeline, parse("ink", folder))
    assert not np.allclose(picture(pipeline), plain, atol=1e-4)


def changed(path: Path, change) -> None:
    """Write to `path` what a change makes of the first tensor's entry in the header of the file beside it."""
    whole = path.with_name("ink.safetensors").read_bytes()
    start = 8 + int.from_bytes(whole[:8], "little")
    header = json.loads(whole[8:start])
    change(next(entry for name, entry in header.items() if name != "__metadata__"))
    written = json.dumps(header).encode()
    path.write_bytes(len(written).to_bytes(8, "little") + written + whole[start:])


def test_what_would_draw_by_chance_or_not_at_all_is_refused(pipeline, folder):
    layers = load_file(folder / "ink.safetensors")
    lacking = {half: sorted(name for name in layers if half in name)[0] for half in ("lora_A", "lora_B")}
    for half, name in lacking.items():
        save_file({one: weight for one, weight in layers.items() if one != name}, folder / f"{half}.safetensors")
    save_file({**layers, name: torch.full_like(layers[name], torch.nan)}, folder / "nan.safetensors")
    changed(folder / "shape.safetensors", lambda entry: entry.update(shape=[7, 7]))
    changed(folder / "kind.safetensors", lambda entry: entry.update(dtype="XX"))
    for name in ("lora_A", "lora_B", "nan", "shape", "kind"):
        with pytest.raises(Refused) as raised:
            apply(pipeline, parse(name, folder))
        assert raised.value.code == "wan_adapter_damaged"
        assert not getattr(pipeline.transformer, "peft_config", {})


@pytest.mark.parametrize("error", [torch.OutOfMemoryError, torch.AcceleratorError])
def test_a_card_that_gives_up_is_not_taken_for_a_wrong_file(pipeline, folder, monkeypatch, error):
    def gives_up(*_: object, **__: object) -> None:
        raise error("cuda")

    monkeypatch.setattr(pipeline, "load_lora_weights", gives_up)
    with pytest.raises(error):
        apply(pipeline, parse("ink", folder))


def test_a_file_that_is_damaged_after_it_was_listed_is_refused(pipeline, folder):
    asked = parse("ink", folder)
    (folder / "ink.safetensors").write_bytes(b"gone")
    with pytest.raises(Refused) as raised:
        apply(pipeline, asked)
    assert raised.value.code == "wan_adapter_damaged"


def test_another_file_of_the_same_name_is_another_adapter(folder):
    (first,) = parse("ink", folder)
    assert parse("ink", folder) == (first,)
    assert first.bytes == (folder / "ink.safetensors").stat().st_size
    shutil.copy(folder / "mia.safetensors", folder / "ink.safetensors")
    (second,) = parse("ink", folder)
    assert second.digest != first.digest and second.key != first.key


def tagged(folder: Path, **metadata: str) -> tuple[str, ...]:
    save_file(load_file(folder / "ink.safetensors"), folder / "tagged.safetensors", metadata=metadata)
    return parse("tagged", folder)[0].words


def headed(path: Path, header: bytes) -> Adapter:
    """Write a file with a header around one number, and return what a list says of it."""
    header = header.replace(b"%s", b'{"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}')
    path.write_bytes(len(header).to_bytes(8, "little") + header + bytes(4))
    return next(one for one in list_adapters(path.parent) if one.path == path)


def test_a_list_survives_hostile_files(folder, monkeypatch):
    assert headed(folder / "deep.safetensors", b"[" * 10**5).wrong == "wan_adapter_damaged"
    (folder / "vast.safetensors").write_bytes((2**40).to_bytes(8, "little") + b"{}")
    (folder / "gone.safetensors").symlink_to(folder / "nowhere")
    os.mkfifo(folder / "pipe.safetensors")
    (folder / "ink.txt").mkdir()
    (folder / "mia.txt").symlink_to("/dev/zero")
    for name in ("gone", "pipe"):
        assert refused(name, folder).code == "wan_adapter_unknown"
    monkeypatch.setattr(adapters, "_digest", pytest.fail)  # nothing is read to its end
    assert [one.name for one in list_adapters(folder) if not one.wrong] == ["ink", "mia"]


def test_a_text_of_any_size_is_read_no_further_than_it_counts(folder):
    with (folder / "ink.txt").open("wb") as file:
        file.write(b"wash," * 10)
        file.truncate(2**40)
    assert list_adapters(folder)[0].words == ("wash",)


@pytest.mark.parametrize("name", ["ink, v2", "a:b", "a：b", " ink", os.fsdecode(b"\xff")])
def test_a_file_that_cannot_be_named_is_listed_as_such(folder, name):
    (folder / "mia.safetensors").rename(folder / f"{name}.safetensors")
    (listed,) = (one for one in list_adapters(folder) if one.name != "ink")
    assert listed.wrong == "wan_adapter_name" and listed.name.encode()
    assert all(listed.name in words.format(name=listed.name) for words in catalogue()[listed.wrong].values())


def test_trigger_words_come_from_the_file_or_the_text_beside_it(folder):
    tags = {"10_ink": {"inkwash": 30, "paper ": 12}, "5_more": {"paper": 40, "brush": 1}}
    assert tagged(folder) == ()
    assert tagged(folder, ss_tag_frequency=json.dumps(tags)) == ("paper", "inkwash", "brush")
    assert tagged(folder, **{"modelspec.trigger_phrase": "inkwash, on paper"}) == ("inkwash", "on paper")
    for damaged in ("{", "[1]", '{"a": 1}', '{"a": {"b": "c"}}', '{"a": {"b": Infinity}}', "[" * 10**5):
        assert tagged(folder, ss_tag_frequency=damaged) == ()
    endless = tagged(folder, **{"modelspec.trigger_phrase": "ink\a\u202e" + "k" * 10**5})
    assert endless == ("ink" + "k" * 75,)
    hostile = headed(
        folder / "hostile.safetensors", b'{"__metadata__": {"modelspec.trigger_phrase": "\\ud800 ink"}, "x": %s}'
    )
    assert hostile.words == ("ink",) and hostile.wrong == "wan_adapter_no_lora"
    (folder / "tagged.txt").write_text("水墨，宣纸\n\ninkwash, 水墨", encoding="utf-8")
    assert tagged(folder, **{"modelspec.trigger_phrase": "other"}) == ("水墨", "宣纸", "inkwash")
    assert {one.name: one.words for one in list_adapters(folder)}["tagged"] == ("水墨", "宣纸", "inkwash")


def test_listing_and_parsing_load_no_model_library(folder):
    program = (
        "import sys; from pathlib import Path; from models.wan.adapters import *; "
        "print(*[one.name for one in parse('mia, ink', Path(sys.argv[1]))], "
        "*{'torch', 'diffusers', 'peft', 'safetensors'} & set(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", program, folder], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["ink", "mia"]
