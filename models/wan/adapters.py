"""LoRA adapters: which there are, what a person asked for, and bringing a pipeline to exactly those.

Listing and parsing read the headers of the files only. A file that is pickled is never opened: it could run anything.
"""

import hashlib
import json
import math
import re
import warnings
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.engine import Refused
from models.wan.weights import read_header

if TYPE_CHECKING:
    from diffusers import WanImageToVideoPipeline, WanPipeline

HEAVIEST = 4.0
"""Weights lie between minus this and this; a negative one takes away what the adapter would add."""
MOST_WORDS, LONGEST_WORD, LONGEST_TEXT = 5, 80, 2000
SEPARATORS, COLONS = ",，;；\n", ":："
"""What parts two adapters, and a name from its weight."""
PICKLED = (".pt", ".pth", ".ckpt", ".bin")
LAYERS = re.compile(r"\.?(lora_[AB]|lora_(down|up)|lokr_\w+)\b")
TENSOR = re.compile(r"transformer\.(?P<module>.+)\.(?P<kind>lora_[AB]|lokr_\w+)(\.weight)?")
"""The name of an adapter's tensor in the order of diffusers."""
CHUNK = 2**20
EXPECTED = ("Already found a `peft_config`", "Adapter .* was active which is now deleted")
"""What peft warns of and is meant: several adapters at once, and one that goes while it is in use."""


@dataclass(frozen=True)
class Adapter:
    """One LoRA file, with the weight it is asked for with."""

    name: str
    """The stem of its file, by which it is asked for."""
    path: Path
    digest: str
    """Of the whole file, so that another file of the same name gives other pixels another key; empty in a list."""
    bytes: int
    words: tuple[str, ...] = ()
    """What a prompt should say for the adapter to show, as far as its file tells."""
    weight: float = 1.0
    wrong: str = ""
    """The code of what is wrong with the file; empty when it can be used."""

    @property
    def key(self) -> str:
        """Return its name within a pipeline: names people give may collide with attributes of torch modules."""
        return f"lora_{self.digest[:16]}"


def list_adapters(folder: Path) -> list[Adapter]:
    """Return the adapters of a folder by name, those that cannot be used included; none when there is no folder.

    Of each file only the header is read: whole, a folder of them would take minutes.
    """
    listed = []
    for path in _files(folder):
        with suppress(FileNotFoundError):  # somebody takes it away just now
            listed.append(_adapter(path))
    return listed


def parse(text: str, folder: Path) -> tuple[Adapter, ...]:
    """Return the adapters that a text such as "ink:0.8, mia" names; raises `Refused` in words.

    In the order of the names, as they add up to the same in any order; weight 1 where none is given.
    """
    asked: dict[str, Adapter] = {}
    for part in filter(None, (one.strip() for one in re.split(f"[{SEPARATORS}]", text))):
        name, _, weight = part.replace("：", ":").rpartition(":") if re.search(f"[{COLONS}]", part) else (part, "", "1")
        adapter = replace(_named(name.strip(), folder), weight=_weight(name.strip(), weight.strip()))
        if adapter.name in asked:
            raise Refused("wan_adapter_twice", {"name": adapter.name})
        asked[adapter.name] = adapter
    return tuple(asked[name] for name in sorted(asked))


def apply(pipeline: "WanPipeline | WanImageToVideoPipeline", adapters: tuple[Adapter, ...]) -> None:
    """Bring a pipeline's transformer to exactly these adapters; without any it is as it was when it was loaded.

    Raises `Refused` for a file of another model, and leaves the pipeline without adapters then.
    """
    loaded = set(getattr(pipeline.transformer, "peft_config", {}))
    wanted = {adapter.key: adapter for adapter in adapters}
    if not wanted:
        if loaded:
            pipeline.unload_lora_weights()
        return
    try:
        with warnings.catch_warnings():
            for said in EXPECTED:
                warnings.filterwarnings("ignore", said)
            for key in loaded - set(wanted):
                pipeline.delete_adapters(key)
            for key in wanted:
                if key not in loaded:
                    _load(pipeline, wanted[key])
    except Refused:
        pipeline.unload_lora_weights()
        raise
    pipeline.set_adapters(list(wanted), [adapter.weight for adapter in wanted.values()])


def _load(pipeline: "WanPipeline | WanImageToVideoPipeline", adapter: Adapter) -> None:
    """Add one adapter. What libraries raise here is several kinds for one cause: the file is of another model."""
    import torch
    from safetensors import SafetensorError

    damaged = Refused("wan_adapter_damaged", {"name": adapter.name})
    other = Refused("wan_adapter_other_model", {"name": adapter.name})
    if _header(adapter.path) is None:
        raise damaged
    # a pickle of the same name would do, were safetensors not asked for
    file = {"weight_name": adapter.path.name, "use_safetensors": True, "local_files_only": True}
    try:
        layers = pipeline.lora_state_dict(str(adapter.path.parent), **file)
        if not _paired(layers) or not all(bool(weight.float().isfinite().all()) for weight in layers.values()):
            raise damaged
        if not _fits(pipeline.transformer, layers):
            raise other
        pipeline.load_lora_weights(str(adapter.path.parent), adapter_name=adapter.key, **file)
    except (torch.OutOfMemoryError, torch.AcceleratorError):
        raise
    except (OSError, SafetensorError) as error:
        raise damaged from error
    except (RuntimeError, ValueError, KeyError, IndexError, AttributeError) as error:
        raise other from error
    if adapter.key not in getattr(pipeline.transformer, "peft_config", {}):
        raise other
    _unpack(pipeline.transformer, adapter.key, layers)


def _unpack(transformer: Any, key: str, layers: dict[str, Any]) -> None:
    """Keep an adapter in the numbers the transformer computes in.

    A transformer packed into 8 bits would have it packed as well, and peft cannot compute with that.
    """
    computes = transformer.patch_embedding.weight  # never packed
    modules = dict(transformer.named_modules())
    for name, weight in layers.items():
        layer = TENSOR.fullmatch(name)
        held = modules.get(f"{layer['module']}.{layer['kind']}.{key}") if layer else None
        if held is not None and held.weight.element_size() == 1:
            held.weight.data = weight.to(held.weight.device, computes.dtype)


def _paired(layers: dict[str, Any]) -> bool:
    """Return whether each layer has both its halves: peft would make up the one that lacks, another every time."""
    found = [TENSOR.fullmatch(name) for name in layers]
    halves = {half: {one["module"] for one in found if one and one["kind"] == half} for half in ("lora_A", "lora_B")}
    return halves["lora_A"] == halves["lora_B"]


def _fits(transformer: Any, layers: dict[str, Any]) -> bool:
    """Return whether every layer of an adapter is one of the transformer's, with as many numbers going in and out.

    The library would leave out what it does not know, and list every tensor of a wrong shape.
    """
    modules, found = dict(transformer.named_modules()), False
    for key, weight in layers.items():
        layer = TENSOR.fullmatch(key)
        if layer is None:
            continue
        module = modules.get(layer["module"])
        sides = {"lora_A": ("in_features", 1), "lora_B": ("out_features", 0)}.get(layer["kind"])
        if module is None or (sides and getattr(module, sides[0], weight.shape[sides[1]]) != weight.shape[sides[1]]):
            return False
        found = True
    return found


def _files(folder: Path) -> list[Path]:
    """Return the files of a folder that may be adapters; neither links to nowhere nor pipes, which never end."""
    return [path for path in sorted(folder.glob("*.safetensors")) if path.is_file()]


def _named(name: str, folder: Path) -> Adapter:
    there = {path.stem: path for path in _files(folder)}
    if name not in there:
        for path in sorted(folder.glob("*")):
            if path.suffix in PICKLED and path.stem == name:
                raise Refused("wan_adapter_pickled", {"file": path.name})
        names = ", ".join(there) or "-"
        raise Refused("wan_adapter_unknown", {"name": name[:80], "names": names[:400]})
    path = there[name]
    adapter = _adapter(path)
    if adapter.wrong:
        raise Refused(adapter.wrong, {"name": name})
    about = path.stat()
    return replace(adapter, digest=_digest(path, about.st_size, about.st_mtime_ns))


def _weight(name: str, text: str) -> float:
    try:
        weight = float(text)
    except ValueError:
        weight = math.nan
    if not -HEAVIEST <= weight <= HEAVIEST:  # NaN compares false
        raise Refused(
            "wan_adapter_weight", {"name": name[:80], "weight": text[:40], "low": -HEAVIEST, "high": HEAVIEST}
        )
    return weight


def _adapter(path: Path) -> Adapter:
    """Return what a file's header tells, without a digest."""
    name = path.stem.encode(errors="replace").decode()  # a name on disk may hold bytes that no text has
    plain = Adapter(name, path, "", path.stat().st_size)
    if name != path.stem.strip() or set(name) & set(SEPARATORS + COLONS):
        return replace(plain, wrong="wan_adapter_name")
    header = _header(path)
    if header is None:
        return replace(plain, wrong="wan_adapter_damaged")
    metadata = header.pop("__metadata__", {})
    wrong = "" if any(map(LAYERS.search, header)) else "wan_adapter_no_lora"
    return replace(plain, words=_words(path, metadata), wrong=wrong)


def _header(path: Path) -> dict[str, Any] | None:
    """Return the header of a whole safetensors file; None when it is damaged."""
    try:
        header, size = read_header(path)
    except (OSError, ValueError):
        return None
    ends = [tensor["data_offsets"][1] for name, tensor in header.items() if name != "__metadata__"]
    return header if ends and max(ends) == size else None


@lru_cache(maxsize=256)
def _digest(path: Path, size: int, changed: int) -> str:
    """Return the digest of a file's bytes; size and time of change are there so that a changed file is read again."""
    digest = hashlib.blake2b(digest_size=16)
    with path.open("rb") as file:
        while block := file.read(CHUNK):
            digest.update(block)
    return digest.hexdigest()


def _words(path: Path, metadata: Any) -> tuple[str, ...]:
    """Return the trigger words: of the text file beside it, else as the trainer's metadata tell."""
    metadata = metadata if isinstance(metadata, dict) else {}
    if (said := _beside(path)) is None and not (said := str(metadata.get("modelspec.trigger_phrase", ""))):
        words = _frequent(metadata.get("ss_tag_frequency"))
    else:
        words = tuple(re.split(r"[,，\n]", said[:LONGEST_TEXT]))
    shown = ("".join(filter(str.isprintable, word[:LONGEST_WORD])).strip() for word in words)
    return tuple(dict.fromkeys(filter(None, shown)))[:MOST_WORDS]


def _beside(path: Path) -> str | None:
    """Return how the text file beside an adapter begins; None where there is none to be read."""
    beside = path.with_suffix(".txt")
    with suppress(OSError):
        if beside.is_file():
            with beside.open(encoding="utf-8", errors="replace") as file:
                return file.read(LONGEST_TEXT)
    return None


def _frequent(tags: Any) -> tuple[str, ...]:
    """Return the tags that trainers of Kohya's kind counted most often: text of {folder: {tag: count}}."""
    counts: Counter[str] = Counter()
    try:
        for folder in json.loads(tags or "{}").values():
            counts.update({str(tag).strip(): int(count) for tag, count in folder.items()})
    except (TypeError, ValueError, AttributeError, OverflowError, RecursionError):
        return ()
    return tuple(tag for tag, _ in counts.most_common(MOST_WORDS) if tag)
