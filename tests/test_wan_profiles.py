"""The profiles of the Wan engines: what is in the file, and what no profile may be."""

import dataclasses
import math
import subprocess
import sys
from pathlib import Path

import pytest

from models.engine import ClipRequest, Prompt, Refused
from models.wan.profiles import Profile, profiles, read_profiles
from studio.text import catalogue

ROOT = Path(__file__).parent.parent


@pytest.fixture(params=list(profiles()))
def profile(request) -> Profile:
    return profiles()[request.param]


def test_the_studio_has_these_profiles():
    assert list(profiles()) == ["quality", "draft", "turbo", "small"]
    quality, draft, turbo, small = profiles().values()
    assert (quality.sizes[0], quality.fps, quality.num_frames) == ((1280, 704), 24, 121)
    assert 30 <= quality.num_inference_steps <= 50
    assert (draft.sizes[0], draft.num_frames, draft.num_inference_steps) == ((832, 480), 49, 25)
    assert not set(draft.sizes) & set(draft.trained_sizes)  # the page warns of this
    assert (turbo.sampler, turbo.timesteps, turbo.guidance_scale) == ("renoise", (1000, 757, 522), 1)
    assert (small.anchor_frames, small.fps, small.size_multiple) == (0, 16, 16)


def test_its_limits_are_those_of_its_model(profile):
    limits = profile.limits
    width, height = limits.sizes[0]
    asked = ClipRequest(Prompt("a fox"), width, height, profile.num_frames, profile.fps, seed=7)
    limits.check(asked)
    limits.check(dataclasses.replace(asked, num_frames=5))
    for wrong in (
        {"num_frames": profile.num_frames + 4},
        {"num_frames": profile.num_frames - 1},
        {"num_frames": 1},
        {"width": width + 1},
        {"width": width + limits.size_multiple // 2},
        {"width": 0},
        {"fps": profile.fps + 1},
        {"seed": -1},
    ):
        with pytest.raises(Refused):
            limits.check(dataclasses.replace(asked, **wrong))
    assert limits.negative_prompt == (profile.guidance_scale > 1)
    assert limits.frames_for(limits.seconds_range[1], profile.fps) == profile.num_frames


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("num_inference_steps", 0),
        ("num_inference_steps", 2.5),
        ("num_inference_steps", True),
        ("guidance_scale", math.nan),
        ("guidance_scale", -1.0),
        ("guidance_scale", "5"),
        ("guidance_scale", True),
        ("flow_shift", 0.0),
        ("flow_shift", math.inf),
        ("sizes", ((833, 481),)),
        ("sizes", ()),
        ("sizes", ((832,),)),
        ("sizes", 832),
        ("sizes", ((4096, 4096),)),
        ("trained_sizes", ((833, 481),)),
        ("size_multiple", 0),
        ("side_range", (1280, 32)),
        ("side_range", (32,)),
        ("num_frames", 120),
        ("num_frames", 1),
        ("fps", 0),
        ("sampler", "euler"),
        ("timesteps", (1000, 757)),
        ("anchor_frames", 2),
        ("anchor_frames", True),
        ("anchor_frames", 1.0),
        ("debias", 1),
        ("repo", "Wan2.2"),
        ("repo", 5),
        ("revision", " "),
        ("width", 0),
        ("transformer_billions", -1),
        ("pace", math.nan),
    ],
)
def test_what_no_run_could_have_is_refused(field, value):
    with pytest.raises(Refused) as refused:
        dataclasses.replace(profiles()["quality"], **{field: value})
    assert refused.value.code == "wan_profile_refused"
    assert (refused.value.values["profile"], refused.value.values["field"]) == ("quality", field)
    assert refused.value.values["allowed"]


@pytest.mark.parametrize("timesteps", [(), (1000, 757), (757, 1000, 522), (1000, 757, 757), (1001, 757, 522)])
def test_a_renoising_profile_has_one_falling_timestep_for_each_step(timesteps):
    with pytest.raises(Refused, match="timesteps"):
        dataclasses.replace(profiles()["turbo"], timesteps=timesteps)


@pytest.mark.parametrize(
    ("code", "before", "after"),
    [
        ("wan_profile_unknown", "fps = 24", "fps = 24\nframes_per_second = 24"),
        ("wan_profile_missing", "fps = 24", ""),
        ("wan_profile_refused", "fps = 24", 'fps = "24"'),
        ("wan_profile_refused", "num_frames = 121", "num_frames = 122"),
        ("wan_profiles_unreadable", "fps = 24", "fps 24"),
        ("wan_profile_unknown", "[quality]", "loose = 1\n[quality]"),
    ],
)
def test_a_wrong_file_says_what_is_wrong(tmp_path, code, before, after):
    text = (ROOT / "models/wan/profiles.toml").read_text(encoding="utf-8")
    place = tmp_path / "profiles.toml"
    place.write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(Refused) as refused:
        read_profiles(place)
    assert refused.value.code == code
    entry = catalogue()[code]
    assert all(words.format(**refused.value.values) for words in entry.values())


def test_another_repository_needs_only_a_table(tmp_path):
    text = (ROOT / "models/wan/profiles.toml").read_text(encoding="utf-8")
    place = tmp_path / "profiles.toml"
    place.write_text(text + text[text.index("[small]") :].replace("[small]", "[other]"), encoding="utf-8")
    assert dataclasses.replace(read_profiles(place)["other"], name="small") == profiles()["small"]


def test_reading_the_profiles_loads_no_model_library():
    program = (
        "import sys; from models.wan.profiles import profiles; profiles()['quality'].limits; "
        "print(*{'torch', 'diffusers', 'transformers', 'huggingface_hub'} & set(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == []
