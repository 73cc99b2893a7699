"""The Wan engine and the card: plans that draw the same, memory that runs out, cards and weights that are lost."""

import weakref
from dataclasses import replace

import numpy as np
import pytest
import torch

from models.engine import Cancelled, Frame, Prompt, Unavailable
from models.wan import Host, Levers, Wan
from models.wan import engine as wan_engine
from models.wan import host as wan_host
from models.wan import pipeline as wan_pipeline
from models.wan import run as wan_run
from models.wan.card import Card
from models.wan.decode import sent
from models.wan.memory import OFFLOADED, PARKED, Plan
from models.wan.weights import parameters
from tests.wan_takes import QUALITY, REQUEST, WIDE, Calls, equal, take

FIRST = Plan("first", "cpu", precision="fp32")
LEAN = Plan("lean", "cpu", precision="fp32", tile=32)


@pytest.fixture(scope="session")
def wide(checkpoint, tmp_path_factory) -> list[Frame]:
    """A wider take, where nothing is out of the ordinary."""
    return take(Wan(QUALITY, Host(tmp_path_factory.mktemp("wide"), str(checkpoint))), WIDE)[0]


def out_of_memory(monkeypatch, times: int, plan: Plan, error: Exception | None = None) -> list[str]:
    """Let the card run out of memory in the first passes of the transformer; return the plans that were tried."""
    tried = []
    passing = wan_run.Parts.pipeline

    def failing(self, transformer, scheduler, anchored, plan):
        tried.append(plan.name)
        if len(tried) <= times:
            raise error or torch.OutOfMemoryError("CUDA out of memory")
        return passing(self, transformer, scheduler, anchored, plan)

    monkeypatch.setattr(wan_run.Parts, "pipeline", failing)
    monkeypatch.setattr(wan_engine, "plan_for", lambda *ignored: plan)
    return tried


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory"),
        RuntimeError("MPS backend out of memory (MPS allocated: 9.06 GB)"),
        torch.AcceleratorError("CUDA error: out of memory"),
    ],
    ids=["cuda", "mps", "driver"],
)
def test_out_of_memory_is_tried_once_more_with_the_leaner_plan(wan, host, monkeypatch, error):
    tried = out_of_memory(monkeypatch, 1, replace(FIRST, next=LEAN), error)
    frames, _ = take(wan)
    assert tried == ["first", "lean"] and len(frames) == 5
    take(Wan(QUALITY, host), replace(REQUEST, seed=9))
    assert tried[2:] == ["lean"], "tried again what did not suffice"


def test_takes_too_many_at_once_say_nothing_of_one(wan, monkeypatch):
    tried = out_of_memory(monkeypatch, 1, replace(FIRST, next=LEAN))
    wan.prepare([REQUEST, replace(REQUEST, seed=8)], Calls())
    take(wan, replace(REQUEST, seed=9))
    assert tried == ["first", "lean", "first"]


def test_what_a_failed_run_held_is_free_before_the_next(wan, host, monkeypatch):
    held, free = [], []
    passing = wan_run.Parts.pipeline

    def failing(self, transformer, *rest):
        if not held:
            passing(self, transformer, *rest)
            with transformer.cache_context("cond"):  # leaves hooks that name it
                working = torch.zeros(9)
            held.extend([weakref.ref(transformer), weakref.ref(working)])
            raise torch.OutOfMemoryError("CUDA out of memory")
        return passing(self, transformer, *rest)

    monkeypatch.setattr(wan_run.Parts, "pipeline", failing)
    monkeypatch.setattr(wan_engine, "plan_for", lambda *ignored: replace(FIRST, next=LEAN))
    letting_go = host.free

    def on_a_card():
        with monkeypatch.context() as there:
            there.setattr(torch.cuda, "is_available", lambda: True)
            there.setattr(torch.cuda, "empty_cache", lambda: free.append([one() is None for one in held]))
            letting_go()

    monkeypatch.setattr(host, "free", on_a_card)
    take(wan)
    assert free == [[True, True]]


def test_a_plan_that_frees_the_encoder_never_holds_it_beside_the_rest(wan, host, monkeypatch):
    turns = Plan("turns", "cpu", PARKED, PARKED, PARKED, "fp32", encoder_freed=True)
    monkeypatch.setattr(wan_engine, "plan_for", lambda *ignored: turns)
    take(wan)
    parts, beside = host.parts(QUALITY, Calls()), []
    assert parts.loaded == {"transformer", "vae"}
    loading = parts._load_text_encoder
    monkeypatch.setattr(parts, "_load_text_encoder", lambda plan: (beside.append(parts.loaded), loading(plan))[1])
    with pytest.raises(Cancelled):
        take(wan, replace(REQUEST, prompt=Prompt("the sea")), Calls("doing_encoding", 2))
    assert beside == [frozenset()] and parts.loaded == frozenset(), "kept after a cancel"


def test_what_an_earlier_plan_left_makes_room_before_sentences_are_read(wan, host, monkeypatch):
    monkeypatch.setattr(wan_engine, "plan_for", lambda *ignored: FIRST)
    take(wan)
    blocks = Plan("blocks", "cpu", OFFLOADED, OFFLOADED, PARKED, "fp32")
    monkeypatch.setattr(wan_engine, "plan_for", lambda *ignored: blocks)
    parts, there = host.parts(QUALITY, Calls()), []
    loading = parts._load_text_encoder
    monkeypatch.setattr(parts, "_load_text_encoder", lambda plan: (there.append(parts.loaded), loading(plan))[1])
    wan.prepare([replace(REQUEST, prompt=Prompt("the sea"))], Calls())
    assert there == [{"vae"}]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (torch.AcceleratorError("CUDA error: unspecified launch failure"), "wan_card_lost"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory"), "wan_out_of_memory"),
        (RuntimeError("size mismatch"), "wan_weights_damaged"),
    ],
    ids=["lost", "memory", "damaged"],
)
def test_weights_are_called_damaged_only_when_they_are(wan, monkeypatch, error, code):
    monkeypatch.setattr(wan_run.Parts, "_load_transformer", lambda *ignored: (_ for _ in ()).throw(error))
    with pytest.raises(Unavailable) as reason:
        take(wan)
    assert reason.value.code == code


@pytest.mark.parametrize("leaner", [LEAN, None])
def test_out_of_memory_twice_is_said_in_words(wan, monkeypatch, leaner):
    out_of_memory(monkeypatch, 2, replace(FIRST, next=leaner))
    with pytest.raises(Unavailable) as reason:
        take(wan)
    assert reason.value.code == "wan_out_of_memory"


def test_out_of_memory_in_the_decode_goes_on_where_it_was(wan, drawn, monkeypatch):
    monkeypatch.setattr(wan_engine, "plan_for", lambda *ignored: replace(FIRST, next=replace(LEAN, tile=0)))
    calls = []

    def failing(piece):
        calls.append(1)
        if len(calls) == 2:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return sent(piece)

    monkeypatch.setattr(wan_run, "sent", failing)
    frames, _ = take(wan)
    assert equal(frames, drawn) and len(calls) == 4


def test_a_lost_card_is_said_in_words(wan, monkeypatch):
    def lost(*ignored):
        monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
        monkeypatch.setattr(torch.cuda, "empty_cache", lost)  # one that is lost refuses that too
        raise torch.AcceleratorError("CUDA error: unspecified launch failure")

    monkeypatch.setattr(wan_run.Parts, "pipeline", lost)
    with pytest.raises(Unavailable) as reason:
        take(wan)
    assert reason.value.code == "wan_card_lost"


@pytest.mark.parametrize("build", ["2.9.0+cpu", "2.9.0"], ids=["build", "driver"])
def test_a_torch_that_cannot_use_the_card_is_said_in_words(wan, monkeypatch, build):
    monkeypatch.setattr(wan_host, "find_card", lambda: Card("RTX 4090", "cuda", 24, 22, 64))
    monkeypatch.setattr(wan_engine, "_build", lambda name: build)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    asks = [lambda: take(wan)] + ([wan.check_available] if "+cpu" in build else [])
    for ask in asks:
        with pytest.raises(Unavailable) as reason:
            ask()
        assert (reason.value.code, reason.value.values) == ("wan_card_unusable", {"name": "RTX 4090"})


def test_a_page_may_ask_for_the_card_while_a_run_lets_go(checkpoint, tmp_path, monkeypatch):
    monkeypatch.setattr(wan_host, "find_card", lambda: Card("RTX 4090", "cuda", 24, 22, 64))

    class Leaving(Host):
        """Lets go of its parts whenever they were looked at."""

        @property
        def _parts(self):
            held, self.there = self.there, None
            return held

        @_parts.setter
        def _parts(self, parts):
            self.there = parts

    host = Leaving(tmp_path, str(checkpoint))
    host.card()
    host.there = wan_run.Parts(checkpoint, Levers())
    host.card()


@pytest.mark.parametrize(
    ("plan", "most"),
    [
        (Plan("turns", "cpu", PARKED, PARKED, PARKED, "fp32", encoder_freed=True), 0.0),
        (Plan("blocks", "cpu", OFFLOADED, OFFLOADED, PARKED, "fp32"), 0.0),
        (replace(LEAN, tile=64), 0.0),
        (LEAN, 12.0),
        (Plan("packed", "cpu", precision="fp8", vae_precision="bf16"), 30.0),
    ],
    ids=["turns", "blocks", "one-tile", "tiles", "packed"],
)
def test_every_plan_draws_the_same_picture(wan, wide, monkeypatch, plan, most):
    monkeypatch.setattr(wan_engine, "plan_for", lambda *ignored: plan)
    report = Calls()
    frames, _ = take(wan, WIDE, report)
    assert np.abs(np.stack(frames).astype(int) - np.stack(wide)).mean() <= most
    assert [done for done, _, stage in report.told if stage == "doing_decoding"][-1] == 2


@pytest.mark.parametrize("times", [3.9, 4.1])
def test_blocks_are_pinned_beforehand_only_where_the_machine_has_room(wan, checkpoint, monkeypatch, times):
    gib = times * 4 * parameters(checkpoint).transformer / wan_pipeline.GIB
    monkeypatch.setattr(wan_pipeline, "machine_gib", lambda: gib)
    pinned = {}

    def offloading(module, low_cpu_mem_usage, **ignored):
        pinned[type(module).__name__] = not low_cpu_mem_usage

    monkeypatch.setattr(wan_pipeline, "apply_group_offloading", offloading)
    monkeypatch.setattr(
        wan_engine, "plan_for", lambda *ignored: Plan("blocks", "cpu", OFFLOADED, OFFLOADED, PARKED, "fp32")
    )
    take(wan)
    assert pinned == {"UMT5EncoderModel": False, "WanTransformer3DModel": times > 4}


def test_a_decode_in_tiles_is_sent_a_latent_at_a_time(wan, monkeypatch):
    monkeypatch.setattr(wan_engine, "plan_for", lambda *ignored: LEAN)
    sizes = []
    monkeypatch.setattr(wan_run, "sent", lambda piece: (sizes.append(piece.shape[1]), sent(piece))[1])
    assert len(take(wan, replace(WIDE, num_frames=9))[0]) == 9 == sum(sizes)
    assert max(sizes) == 4


def test_a_decode_in_tiles_stops_within_a_tile(wan, monkeypatch):
    monkeypatch.setattr(wan_engine, "plan_for", lambda *ignored: LEAN)
    report = Calls("doing_decoding", 3)
    with pytest.raises(Cancelled):
        take(wan, WIDE, report)
    assert len([1 for _, _, stage in report.told if stage == "doing_decoding"]) == 3
