"""Fetches the weights of a repository from the hub, as a child process: only a process can be ended at once.

Every file grows in a .part beside its place, so that what was broken off is gone on with, also by another process;
the hub's own client begins a file anew. Its session is used, so HF_HUB_OFFLINE and proxies are honoured.
"""

import errno
import json
import os
import re
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from models.engine import EngineError, Unavailable
from models.wan.source import Listed, Source, read_listing, write_listing

NEEDED = ("text_encoder", "tokenizer", "transformer", "vae", "scheduler")
"""The folders of a repository in the layout of diffusers; the rest of it is pictures and papers."""
COMMIT = re.compile(r"[0-9a-f]{40,64}")
"""It becomes the name of a folder."""
SUFFIXES = (".json", ".safetensors", ".model", ".txt")
TRIES = 4
"""Times a file is gone on with after the line broke without bringing anything."""
TIMEOUT = 10.0
"""Seconds of silence after which the line counts as broken."""
TICK = 0.2
"""Seconds between two words on how far it is."""


class Progress:
    """Bytes that are there, of those wanted; a thread of its own tells them to whoever reads standard output."""

    def __init__(self) -> None:
        self.done = 0
        self.total = 0

    def tell(self) -> None:
        """Say it again and again; ends the process when nobody reads any more."""
        while True:
            say({"done": self.done, "total": self.total})
            time.sleep(TICK)


def say(line: dict[str, Any]) -> None:
    """Write a line for the parent; ends the process when it has gone."""
    try:
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
    except OSError:
        os._exit(1)


def download(source: Source, progress: Progress) -> Path:
    """Return the folder of a repository once all of it is there; raises `Unavailable` in words."""
    from huggingface_hub.utils import WeakFileLock

    with in_words(source):
        _check_asked(source)
        source.place.mkdir(parents=True, exist_ok=True)
        with WeakFileLock(source.place / "lock"):
            commit, files = read_listing(source) or _ask(source)
            folder = source.place / commit
            progress.total = sum(file.size for file in files)
            progress.done = sum(file.had(folder) for file in files)
            _check_room(source, progress.total - progress.done)
            for file in files:
                if not file.there(folder):
                    _fetch(source, commit, file, progress)
    return folder


def _check_asked(source: Source) -> None:
    """Raise `Unavailable` for a name or a token that no hub could know; a name becomes that of a folder."""
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils import validate_repo_id

    try:
        validate_repo_id(source.repo)
    except HFValidationError as error:
        raise Unavailable("hub_name_odd", {"repo": source.repo[:80]}) from error
    if not re.fullmatch(r"[!-~]*", source.token):
        raise Unavailable("hub_token_refused", {"repo": source.repo})


def _ask(source: Source) -> tuple[str, list[Listed]]:
    """Ask the hub what files the repository has and keep the answer, so that a branch cannot move beneath them."""
    from huggingface_hub import HfApi

    api = HfApi(endpoint=source.endpoint or None, token=source.token or None)
    try:
        found = api.model_info(source.repo, revision=source.revision, files_metadata=True, timeout=TIMEOUT)
        files = [_listed(one) for one in found.siblings or [] if _needed(one.rfilename)]
        commit = str(found.sha)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise Unavailable("hub_answer_odd", {"repo": source.repo}) from error
    if "model_index.json" not in [file.path for file in files]:
        raise Unavailable("hub_no_model", {"repo": source.repo})
    if not COMMIT.fullmatch(commit):
        raise Unavailable("hub_answer_odd", {"repo": source.repo})
    write_listing(source, commit, files)
    return commit, files


def _listed(one: Any) -> Listed:
    """Return a file as the hub describes it; raises `ValueError` for a size that no file has."""
    if not isinstance(size := one.size or 0, int) or size < 0:
        raise ValueError(f"{one.rfilename} has {size} bytes")
    return Listed(one.rfilename, size, one.lfs.sha256 if one.lfs else "", one.blob_id or "")


def _needed(path: str) -> bool:
    """Return whether a pipeline reads a file; a further dot in its name tells a variant such as fp16."""
    folder, _, name = path.rpartition("/")
    if path == "model_index.json":
        return True
    stem = name.replace(".safetensors.index.json", ".json")
    return folder in NEEDED and name.endswith(SUFFIXES) and stem.count(".") == 1


def _check_room(source: Source, wanted: int) -> None:
    if wanted > (free := shutil.disk_usage(source.place).free):
        values: dict[str, str | int | float] = {
            "needs": round(wanted / 2**30, 1),
            "free": round(free / 2**30, 1),
            "place": str(source.place),
        }
        raise Unavailable("hub_no_room", values)


def _fetch(source: Source, commit: str, file: Listed, progress: Progress) -> None:
    """Fetch one file, going on from what is there of it, and check its digest."""
    folder = source.place / commit
    part = file.part(folder)
    part.parent.mkdir(parents=True, exist_ok=True)
    part.touch()
    before, tries = progress.done - file.had(folder), TRIES
    while (start := part.stat().st_size) < file.size:
        try:
            for size in _receive(source, commit, file, part):
                progress.done = before + size
        except _library().TransportError as error:
            if isinstance(error, _library().ConnectError | _library().ProxyError) and not start:
                raise  # there is no hub; a line that broke before is tried again
        tries = TRIES if part.stat().st_size > start else tries - 1
        if not tries:
            raise Unavailable("hub_broken_off", {"repo": source.repo, "file": file.path})
        if part.stat().st_size < file.size:
            time.sleep(TICK)
    if part.stat().st_size != file.size or not file.matches(part):
        part.unlink()
        raise Unavailable("hub_damaged", {"repo": source.repo, "file": file.path})
    part.replace(folder / file.path)


def _receive(source: Source, commit: str, file: Listed, part: Path) -> Iterator[int]:
    """Add to a part what the hub sends of the rest of its file, yielding the part's size as it grows.

    Ends soon after the file should: what sends on without end would fill the disk.
    """
    from huggingface_hub import hf_hub_url
    from huggingface_hub.utils import build_hf_headers, get_session, hf_raise_for_status

    url = hf_hub_url(source.repo, file.path, revision=commit, endpoint=source.endpoint or None)
    headers = build_hf_headers(token=source.token or None) | {"Accept-Encoding": "identity"}
    if start := part.stat().st_size:
        headers["Range"] = f"bytes={start}-"
    with get_session().stream("GET", url, headers=headers, timeout=TIMEOUT) as answer:
        hf_raise_for_status(answer)
        start = start if answer.status_code == HTTPStatus.PARTIAL_CONTENT else 0
        with part.open("r+b", buffering=0) as out:
            if out.seek(0, os.SEEK_END) > start:
                out.truncate(start)
            out.seek(start)
            for block in answer.iter_raw():
                out.write(block)
                start += len(block)
                yield start
                if start > file.size:
                    return


def _library() -> ModuleType:
    """Return the HTTP library that the hub's client speaks with, for its errors."""
    from huggingface_hub import get_session

    return import_module(type(get_session()).__module__.partition(".")[0])


@contextmanager
def in_words(source: Source) -> Iterator[None]:
    """Turn what goes wrong between here and the hub into `Unavailable`, by its kind."""
    from huggingface_hub import errors

    repo = {"repo": source.repo}
    try:
        yield
    except errors.OfflineModeIsEnabled as error:
        raise Unavailable("hub_offline", repo) from error
    except errors.RevisionNotFoundError as error:
        raise Unavailable("hub_revision_unknown", {**repo, "revision": source.revision}) from error
    except (errors.GatedRepoError, errors.DisabledRepoError) as error:
        raise Unavailable("hub_forbidden", repo) from error
    except errors.HfHubHTTPError as error:
        raise Unavailable(*_answered(source, error.response)) from error
    except _library().RequestError as error:
        raise Unavailable("hub_unreachable", {**repo, "reason": type(error).__name__}) from error
    except OSError as error:
        place = {"place": str(source.place)}
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise Unavailable("hub_disk_full", place) from error
        raise Unavailable("hub_unwritable", {**place, "reason": error.strerror or str(error)[:80]}) from error


def _answered(source: Source, answer: Any) -> tuple[str, dict[str, str | int | float]]:
    """Return the words for an answer that is an error, by its status."""
    values: dict[str, str | int | float] = {"repo": source.repo}
    status = int(answer.status_code)
    if status == HTTPStatus.UNAUTHORIZED:  # a token may also be that of whoever is logged in on this machine
        return ("hub_token_refused" if "authorization" in answer.request.headers else "hub_unknown"), values
    if status == HTTPStatus.FORBIDDEN:
        return "hub_forbidden", values
    if status == HTTPStatus.NOT_FOUND:
        return "hub_unknown", values
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return "hub_busy", values
    return "hub_failed", {**values, "status": status}


def main() -> None:
    """Read a source from standard input as JSON, fetch it, and write how it ended as the last line."""
    asked = json.load(sys.stdin)
    progress = Progress()
    threading.Thread(target=progress.tell, daemon=True).start()
    try:
        folder = download(Source(**{**asked, "folder": Path(asked["folder"])}), progress)
    except EngineError as error:
        say({"code": error.code, "values": error.values})
    except ImportError as error:
        say({"code": "library_missing", "values": {"library": error.name or "huggingface_hub"}})
    else:
        say({"folder": str(folder)})


if __name__ == "__main__":
    main()
