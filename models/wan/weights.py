"""The weights of a profile: fetched from the hub or found in a folder; whether they are whole, and how many there are.

Nothing here loads torch: a safetensors file says in its first bytes what is in it.
"""

import hashlib
import json
import math
import os
import queue
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from models.engine import Report, Unavailable
from models.wan.profiles import Profile
from models.wan.source import Source, present

ROOT = Path(__file__).parents[2]
"""From where a child process finds `models`."""
CONFIGS = {"scheduler": "scheduler_config.json", "tokenizer": "tokenizer_config.json"}
"""The file without which a part cannot be loaded, where it is not config.json."""
WEIGHED = ("transformer", "text_encoder", "vae")
PARTS = (*WEIGHED, *CONFIGS)
PIPELINES = ("WanPipeline", "WanImageToVideoPipeline", "WanDMDPipeline")
"""What checkpoints say they are for; the last is what distilled ones say, which are made of the same parts."""
LONGEST_HEADER = 8 * 2**20
"""Bytes. Real ones have a hundredth of it; reading JSON takes many times its size in memory."""
SAMPLES, SAMPLE = 64, 4096
"""How many places of a weight file tell it from another of its size, and how many bytes each has."""
PATIENCE = 0.2
"""Seconds between two reports while nothing comes."""


@dataclass(frozen=True)
class Weights:
    """How many parameters the parts of a model have."""

    transformer: int
    text_encoder: int
    vae: int

    @classmethod
    def of(cls, profile: Profile) -> "Weights":
        """Return what the profile states."""
        stated = (profile.transformer_billions, profile.text_encoder_billions, profile.vae_billions)
        return cls(*(round(billions * 1e9) for billions in stated))

    @property
    def total(self) -> int:
        """Return all of them together."""
        return self.transformer + self.text_encoder + self.vae


def fetch(source: Source, report: Report) -> Path:
    """Return the folder of the weights, fetching what is missing; raises `Unavailable`, and what `report` raises.

    Reports bytes of the whole. What was fetched stays when it is cancelled, and is gone on with the next time.
    """
    if (folder := present(source)) is not None:
        return folder
    asked = {"repo": source.repo, "revision": source.revision, "token": source.token, "endpoint": source.endpoint}
    child = subprocess.Popen(
        [sys.executable, "-m", "models.wan.download"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        assert child.stdin is not None and child.stdout is not None
        with child.stdin:
            child.stdin.write(json.dumps({**asked, "folder": str(source.folder.resolve())}).encode())
        return _outcome(child.stdout, report)
    finally:
        child.kill()
        child.wait()


def _outcome(said: IO[bytes], report: Report) -> Path:
    """Pass on how far the child is until it says how it ended."""
    lines: queue.Queue[bytes] = queue.Queue()
    threading.Thread(target=_read, args=(said, lines), daemon=True).start()
    done, total, others = 0, 0, deque[bytes](maxlen=20)
    while True:
        report(done, max(total, 1), "doing_fetching")
        try:
            line = lines.get(timeout=PATIENCE)
        except queue.Empty:
            continue
        if not line:
            raise RuntimeError(b"".join(others).decode(errors="replace"))
        if not line.startswith(b"{"):  # a library's own words
            others.append(line)
            continue
        word: dict[str, Any] = json.loads(line)
        if "code" in word:
            raise Unavailable(word["code"], word["values"])
        if "folder" in word:
            return Path(word["folder"])
        done, total = word["done"], word["total"]


def _read(said: IO[bytes], lines: "queue.Queue[bytes]") -> None:
    with said:
        for line in said:
            lines.put(line)
    lines.put(b"")


def check_folder(folder: Path) -> None:
    """Raise `Unavailable` naming the first file that is missing, damaged or of another model."""
    index = _json(folder, "model_index.json")
    if index.get("_class_name") not in PIPELINES:
        raise Unavailable("wan_weights_foreign", {"folder": folder.name, "kind": str(index.get("_class_name"))[:60]})
    for part in PARTS:
        _json(folder, f"{part}/{CONFIGS.get(part, 'config.json')}")
    for part in WEIGHED:
        for name, tensors in _shards(folder, part).items():
            lacking = sorted(set(tensors) - set(_header(folder, name)))
            if lacking:
                raise _damaged(folder, name)


def parameters(folder: Path) -> Weights:
    """Return how many parameters the parts have, counted in the headers of their files."""
    counts = []
    for part in WEIGHED:
        headers = [_header(folder, name) for name in _shards(folder, part)]
        counts.append(sum(math.prod(tensor["shape"]) for header in headers for tensor in header.values()))
    return Weights(*counts)


def fingerprint(folder: Path) -> str:
    """Return a digest of a model's configurations and of name, size and samples of its weight files.

    Samples, because weights trained further have the size they had. Raises `Unavailable` for a file it cannot read.
    """
    digest = hashlib.blake2b(digest_size=16)
    for path in (folder / "model_index.json", *(path for part in PARTS for path in sorted((folder / part).glob("*")))):
        if path.suffix not in (".json", ".model", ".txt", ".safetensors") or not path.is_file():
            continue
        name = path.relative_to(folder).as_posix()
        try:
            digest.update(f"{name}\0{path.stat().st_size}\0".encode())
            for block in _samples(path) if path.suffix == ".safetensors" else [path.read_bytes()]:
                digest.update(block)
        except OSError as error:
            raise _damaged(folder, name) from error
    return digest.hexdigest()


def _samples(path: Path) -> Iterator[bytes]:
    """Yield blocks from all over a file; the whole of a small one."""
    apart = max(SAMPLE, path.stat().st_size // SAMPLES)
    with path.open("rb") as file:
        while block := file.read(SAMPLE):
            yield block
            file.seek(apart - SAMPLE, os.SEEK_CUR)


def _shards(folder: Path, part: str) -> dict[str, list[str]]:
    """Return the weight files of a part, each with the tensors its index says are in it."""
    indexes = sorted((folder / part).glob("*.safetensors.index.json"))
    if not indexes:
        files = sorted(path.name for path in (folder / part).glob("*.safetensors"))
        usual = "model.safetensors" if part == "text_encoder" else "diffusion_pytorch_model.safetensors"
        if not files:
            raise Unavailable("wan_weights_missing", {"folder": folder.name, "file": f"{part}/{usual}"})
        return {f"{part}/{usual if usual in files else files[0]}": []}
    name = f"{part}/{indexes[0].name}"
    shards: dict[str, list[str]] = {}
    try:
        for tensor, file in _json(folder, name)["weight_map"].items():
            shards.setdefault(f"{part}/{file}", []).append(tensor)
    except (KeyError, AttributeError, TypeError) as error:
        raise _damaged(folder, name) from error
    return shards


def _json(folder: Path, name: str) -> dict[str, Any]:
    try:
        found = json.loads((folder / name).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise Unavailable("wan_weights_missing", {"folder": folder.name, "file": name}) from error
    except (OSError, ValueError, RecursionError) as error:
        raise _damaged(folder, name) from error
    if not isinstance(found, dict):
        raise _damaged(folder, name)
    return found


def _header(folder: Path, name: str) -> dict[str, Any]:
    """Return name -> {dtype, shape, data_offsets} of a safetensors file, whose size must be what they add up to."""
    try:
        header, size = read_header(folder / name)
    except FileNotFoundError as error:
        raise Unavailable("wan_weights_missing", {"folder": folder.name, "file": name}) from error
    except (OSError, ValueError) as error:
        raise _damaged(folder, name) from error
    header.pop("__metadata__", None)
    if not header or max(tensor["data_offsets"][1] for tensor in header.values()) != size:
        raise _damaged(folder, name)
    return header


def read_header(path: Path) -> tuple[dict[str, Any], int]:
    """Return the header of a safetensors file and how many bytes follow it; raises `ValueError` when it is none."""
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if not 2 <= length <= min(LONGEST_HEADER, path.stat().st_size - 8):
            raise ValueError(f"{path.name} has no header")
        try:
            header = json.loads(file.read(length))
        except RecursionError as error:
            raise ValueError(f"{path.name} has a bottomless header") from error
    if not isinstance(header, dict) or not all(_is_tensor(one) for key, one in header.items() if key != "__metadata__"):
        raise ValueError(f"{path.name} has another header")
    return header, path.stat().st_size - 8 - length


def _is_tensor(said: Any) -> bool:
    try:
        start, end = said["data_offsets"]
        return 0 <= start <= end and all(side >= 0 for side in said["shape"]) and isinstance(said["dtype"], str)
    except (KeyError, TypeError, ValueError):
        return False


def _damaged(folder: Path, name: str) -> Unavailable:
    return Unavailable("wan_weights_damaged", {"folder": folder.name, "file": name})
