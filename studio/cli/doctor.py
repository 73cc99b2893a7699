"""doctor: what this machine has, what it lacks, and what that means."""

import argparse
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from fnmatch import fnmatch
from importlib import import_module, metadata, util
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio import __version__
from studio.cli.output import complain, show, show_json
from studio.errors import StudioError
from studio.settings import Settings
from studio.text import say

if TYPE_CHECKING:
    from models import Engines

PACKAGES = {
    "gradio": "",
    "sqlalchemy": "",
    "alembic": "",
    "numpy": "numpy",
    "opencv-python-headless": "cv2",
    "skia-python": "skia",
    "av": "av",
    "imageio-ffmpeg": "imageio_ffmpeg",
    "pillow": "PIL",
}
"""Every package the studio stands on, and the module to import where it may lack a library of the system."""

VIDEO_PACKAGES = ("torch", "diffusers", "transformers", "accelerate", "peft", "safetensors", "huggingface_hub")
"""What the video models stand on; without them the other engines work."""

CHINESE_FONTS = (
    "*cjk*",
    "*fallback*",
    "*sourcehan*",
    "*ukai*",
    "*uming*",
    "msyh*",
    "notosanssc*",
    "pingfang*",
    "simsun*",
    "wqy*",
)
"""File names, in small letters, of the usual fonts with Chinese characters."""

FONT_FOLDERS = tuple(
    map(
        Path,
        (
            "/usr/share/fonts",
            "/usr/local/share/fonts",
            "~/.fonts",
            "~/.local/share/fonts",
            "/System/Library/Fonts",
            "/Library/Fonts",
        ),
    )
)

LOW_DISK_GB = 1.0
QUICK = 1.0
"""Engines that draw a frame in fewer seconds are tried."""

GIB = 2**30


@dataclass
class Examination:
    """What was found."""

    facts: dict[str, Any] = field(default_factory=dict)
    problems: list[tuple[str, Mapping[str, str | int | float]]] = field(default_factory=list)
    """(code, values) of what keeps the studio from working."""
    hints: list[tuple[str, Mapping[str, str | int | float]]] = field(default_factory=list)
    """(code, values) of what it works without, but worse."""


def doctor(chosen: argparse.Namespace, settings: Settings) -> int:
    """Show what this machine has and lacks; 1 when something keeps the studio from working."""
    found = examine(settings)
    problems = [say(code, settings.language, values) for code, values in found.problems]
    hints = [say(code, settings.language, values) for code, values in found.hints]
    if chosen.json:
        show_json({**found.facts, "problems": problems, "hints": hints})
    else:
        for name, value in found.facts.items():
            show(f"{name:10}{_in_one_line(value)}")
    for line in problems + hints:
        complain(line, 0)
    return 1 if problems else 0


def examine(settings: Settings) -> Examination:
    """Look at everything the studio depends on; nothing is written, torch is not imported."""
    found = Examination()
    found.facts["segue"] = __version__
    found.facts["python"] = platform.python_version()
    found.facts["system"] = f"{platform.system()} {platform.machine()}"
    _examine_packages(found)
    _examine_engines(found, settings)
    _examine_ffmpeg(found)
    found.facts["gpu"] = _gpus()
    found.facts["cpus"] = os.cpu_count()
    found.facts["memory"] = _memory()
    _examine_fonts(found)
    _examine_home(found, settings)
    return found


def _examine_packages(found: Examination) -> None:
    versions: dict[str, str | None] = {}
    for package, module in PACKAGES.items():
        versions[package] = None
        try:
            if module:
                import_module(module)
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            if not module:
                found.problems.append(("cli_package_broken", {"package": package, "reason": "-"}))
        except ImportError as error:
            found.problems.append(("cli_package_broken", {"package": package, "reason": str(error)[:200]}))
    for package in VIDEO_PACKAGES:
        versions[package] = metadata.version(package) if util.find_spec(package) else None
    found.facts["packages"] = versions


def _examine_engines(found: Examination, settings: Settings) -> None:
    try:
        from studio.jobs.jobs import engines_of
    except ImportError:  # of a package, which the packages tell of
        found.facts["engines"] = {}
        return
    engines = engines_of(settings)
    whys = {name: _why_not(engines, name, settings.language) for name in engines.names}
    found.facts["engines"] = {name: {"ready": not why, "why": why} for name, why in whys.items()}
    found.facts["best"] = engines.best
    if all(whys.values()):
        found.problems.append(("cli_no_engine", {}))


def _why_not(engines: "Engines", name: str, language: str) -> str:
    """Return what keeps an engine from running here, empty when nothing does; a quick one is asked for a frame."""
    from models.engine import ClipRequest, EngineError, Prompt

    try:
        engine = engines.open(name)
        engine.check_available()
        limits = engine.limits
        if limits.pace < QUICK:
            width, height = limits.sizes[0]
            frames = limits.frames_for(limits.seconds_range[0], limits.fps[0])
            request = ClipRequest(Prompt("fox", sentence="fox"), width, height, frames, limits.fps[0], seed=0)
            with closing(engine.render(request, lambda *_: None)) as drawn:
                next(drawn)
    except EngineError as error:
        return say(error.code, language, error.values)
    except ImportError as error:
        return str(error)
    return ""


def _examine_ffmpeg(found: Examination) -> None:
    try:
        from studio import video

        path = video.ffmpeg()
        said = subprocess.run([path, "-version"], capture_output=True, text=True, timeout=20, check=True).stdout
        found.facts["ffmpeg"] = {"path": path, "version": said.split()[2]}
    except StudioError as error:
        found.facts["ffmpeg"] = None
        found.problems.append((error.code, error.values))
    except (ImportError, OSError, subprocess.SubprocessError) as error:
        found.facts["ffmpeg"] = None
        found.problems.append(("cli_ffmpeg_broken", {"reason": str(error)[:200]}))


def _examine_fonts(found: Examination) -> None:
    names = ((path, path.name.lower()) for folder in FONT_FOLDERS for path in folder.expanduser().rglob("*.[to]t[fc]"))
    chinese = next((path for path, name in names if any(fnmatch(name, font) for font in CHINESE_FONTS)), None)
    found.facts["fonts"] = {"chinese": str(chinese) if chinese else None}
    if chinese is None:
        found.hints.append(("cli_no_chinese_font", {}))


def _examine_home(found: Examination, settings: Settings) -> None:
    home = settings.home
    there = next(folder for folder in (home, *home.parents) if folder.exists())
    free_gb = round(shutil.disk_usage(there).free / GIB, 1)
    found.facts["home"] = str(home)
    found.facts["database"] = re.sub(r"://([^:@/]*):[^@]*@", r"://\1:***@", settings.database_url)
    found.facts["disk"] = {"free_gb": free_gb}
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        found.problems.append(("cli_home_unwritable", {"path": str(there)}))
    if free_gb < LOW_DISK_GB:
        found.hints.append(("cli_low_disk", {"path": str(there), "free": free_gb}))


def _gpus() -> list[dict[str, str]]:
    """Return name, memory and driver of each NVIDIA card, asked of its driver's own tool."""
    asked = ["nvidia-smi", "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader"]
    try:
        said = subprocess.run(asked, capture_output=True, text=True, timeout=20, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return []
    rows = (line.split(", ") for line in said.splitlines())
    return [dict(zip(("name", "memory", "driver"), row, strict=False)) for row in rows]


def _memory() -> dict[str, float]:
    """Return the machine's memory in GiB: all of it, and what is free where the system tells."""
    page = os.sysconf("SC_PAGE_SIZE")
    memory = {"total_gb": round(os.sysconf("SC_PHYS_PAGES") * page / GIB, 1)}
    if "SC_AVPHYS_PAGES" in os.sysconf_names:
        memory["free_gb"] = round(os.sysconf("SC_AVPHYS_PAGES") * page / GIB, 1)
    return memory


def _in_one_line(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_in_one_line(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return "; ".join(map(_in_one_line, value)) or "-"
    return "-" if value is None or value == "" else str(value)
