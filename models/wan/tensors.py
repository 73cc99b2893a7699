"""Tensors kept on disk: each file whole or not at all, each folder under a stated size, the unused going first."""

import errno
import os
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from models.engine import Unavailable

ABANDONED = 3600
"""Seconds after which a file that somebody began is taken for one that nobody will finish."""
Tensors = dict[str, torch.Tensor]


class TensorFolder:
    """Named sets of tensors as safetensors files in one folder."""

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self.folder = folder
        self.most_bytes = most_bytes
        """What all files together may take."""

    def load(self, name: str) -> Tensors | None:
        """Return the tensors kept under a name; None when there are none or the file was damaged, and is now gone."""
        path = self._path(name)
        try:
            tensors: Tensors = load_file(path)
        except OSError:  # also one that cannot be read just now, and may be whole
            return None
        except SafetensorError:
            with suppress(OSError):
                path.unlink(missing_ok=True)
            return None
        with suppress(OSError):  # it may be another user's
            os.utime(path)
        return tensors

    def save(self, name: str, tensors: Mapping[str, torch.Tensor]) -> None:
        """Keep tensors under a name; raises `Unavailable` when the disk is full or the folder cannot be written."""
        path = self._path(name)
        part = path.with_suffix(f".{os.getpid()}.part")  # two processes may keep the same at one moment
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            save_file({key: tensor.detach().cpu().contiguous() for key, tensor in tensors.items()}, part)
            part.replace(path)
        except (OSError, SafetensorError) as error:
            full = "os error 28" in str(error) or getattr(error, "errno", 0) == errno.ENOSPC
            raise Unavailable("disk_full" if full else "data_unwritable", {"place": str(self.folder)}) from error
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)
        self._trim(path)

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.safetensors"

    def _trim(self, kept: Path) -> None:
        """Delete the longest unused files, never the one just written, until the folder has its size."""
        for part in self.folder.glob("*.part"):
            with suppress(OSError):
                if time.time() - part.stat().st_mtime > ABANDONED:
                    part.unlink()
        known = []
        for path in self.folder.glob("*.safetensors"):
            with suppress(FileNotFoundError):
                known.append((path.stat().st_mtime, path.stat().st_size, path))
        over = sum(size for _, size, _ in known) - self.most_bytes
        for _, size, path in sorted(known):
            if over <= 0:
                return
            if path != kept:
                path.unlink(missing_ok=True)
                over -= size
