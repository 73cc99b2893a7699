"""The rules of the house that no linter holds: who may import whom, how long things get, which words exist."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from studio.text import FOLDER, LANGUAGES, catalogue

ROOT = Path(__file__).parent.parent
SOURCES = sorted(path for part in ("models", "studio") for path in (ROOT / part).rglob("*.py"))
PROGRAMS = [path for path in [ROOT / "app.py", *SOURCES] if path.exists()]

ERRORS = {"studio.errors"}
CONTRACT = {"models.engine"}
DATA = {*CONTRACT, *ERRORS, "studio.storyboard"}
MAY_IMPORT = {
    "models": {"models"},
    "studio": set(),
    "studio.errors": set(),
    "studio.text": set(),
    "studio.settings": ERRORS,
    "studio.storyboard": CONTRACT,
    "studio.prompts": {*DATA, "studio.text"},
    "studio.video": {*CONTRACT, *ERRORS},
    "studio.post": {*CONTRACT, *ERRORS, "studio.video", "models.realesrgan"},
    "studio.library": {*DATA, "studio.settings", "studio.video"},
    "studio.production": {*DATA, "models", "studio.library", "studio.post", "studio.prompts", "studio.video"},
    "studio.jobs": {
        *DATA,
        "models",
        "studio.library",
        "studio.production",
        "studio.prompts",
        "studio.settings",
        "studio.video",
    },
    "studio.ui": {
        *DATA,
        "models",
        "studio",
        "studio.jobs",
        "studio.library",
        "studio.prompts",
        "studio.settings",
        "studio.text",
    },
    "studio.web": {*DATA, "studio.jobs", "studio.library", "studio.prompts", "studio.settings", "studio.text"},
    "studio.cli": {
        *DATA,
        "models",
        "studio",
        "studio.jobs",
        "studio.library",
        "studio.prompts",
        "studio.settings",
        "studio.text",
        "studio.video",
    },
    "studio.__main__": {"studio.cli"},
}
"""Part -> what it may import besides itself. A part is a folder or a file; "models" and "studio" name their
__init__.py alone, save that an engine may import anything of models that is not another engine."""

HEAVY = {"torch", "diffusers", "transformers", "cv2", "moviepy", "skia", "celery"}


def module_of(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def is_module(name):
    place = ROOT.joinpath(*name.split("."))
    return place.is_dir() or place.with_suffix(".py").exists()


def part_of(module):
    """Return the part a module belongs to: the first two names of a studio module, the engine of a models one."""
    return ".".join(module.split(".")[:2])


def imports_of(path):
    """Yield every module of the project that a file imports, inside functions too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if is_module(name) else node.module for name in names]
        else:
            continue
        yield from (name for name in names if name.split(".")[0] in ("models", "studio", "app", "tests", "benchmarks"))


def forbidden(path):
    """Return the imports of a file that the table does not allow."""
    own = part_of(module_of(path))
    if own == "models":  # the catalogue, which opens the engines
        return [name for name in imports_of(path) if name.split(".")[0] != "models"]
    if own.startswith("models."):
        allowed = {"models", "models.engine", own}
        return [name for name in imports_of(path) if part_of(name) not in allowed]
    return [name for name in imports_of(path) if part_of(name) not in MAY_IMPORT[own] | {own}]


@pytest.mark.parametrize("path", SOURCES, ids=module_of)
def test_every_file_imports_only_what_its_part_may(path):
    assert forbidden(path) == [], f"{module_of(path)} may not import these; the table is in docs/design.md"


def test_the_rule_bites(tmp_path, monkeypatch):
    wrong = tmp_path / "studio" / "post" / "wrong.py"
    wrong.parent.mkdir(parents=True)
    (tmp_path / "studio" / "ui").mkdir()
    wrong.write_text("def inner():\n    from studio import ui\n    import models.animatic.reading\n    import numpy\n")
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    assert forbidden(wrong) == ["studio.ui", "models.animatic.reading"]


def test_nobody_imports_the_program():
    assert [path for path in SOURCES if "app" in map(part_of, imports_of(path))] == []


def functions_of(path):
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, kinds)]


@pytest.mark.parametrize("path", PROGRAMS, ids=module_of)
def test_nothing_grows_past_the_limits(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400
    for function in functions_of(path):
        assert function.end_lineno - function.lineno + 1 <= 60, function.name
        parameters = function.args.posonlyargs + function.args.args + function.args.kwonlyargs
        assert len([one for one in parameters if one.arg not in ("self", "cls")]) <= 6, function.name


@pytest.mark.parametrize("path", PROGRAMS, ids=module_of)
def test_no_print_no_global_no_relative_import(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        assert not isinstance(node, ast.Global), f"line {node.lineno}"
        assert not (isinstance(node, ast.ImportFrom) and node.level), f"line {node.lineno}"
        called = node.func if isinstance(node, ast.Call) else None
        assert not (isinstance(called, ast.Name) and called.id in ("print", "eval", "exec")), f"line {node.lineno}"


def test_only_the_settings_read_the_environment():
    reading = [module_of(path) for path in PROGRAMS if re.search(r"\bos\.(environ|getenv)\b", path.read_text("utf-8"))]
    assert [name for name in reading if name not in ("studio.settings", "app")] == []


@pytest.mark.parametrize("module", ["studio.ui.page", "studio.web", "studio.cli", "studio.jobs"])
def test_starting_loads_nothing_heavy(module):
    if not is_module(module):
        pytest.fail(f"{module} does not exist")
    program = f"import sys, {module}; print(*sorted(set(sys.modules) & {HEAVY!r}))"
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == []


def test_help_needs_no_library():
    program = (
        "import sys, studio.cli; print(*sorted(set(sys.modules) & {'numpy', 'sqlalchemy', 'gradio', 'av', 'PIL'}))"
    )
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == []


def test_no_two_files_say_the_same_key():
    keys = [key for path in FOLDER.glob("*.toml") for key in tomllib.loads(path.read_text(encoding="utf-8"))]
    assert sorted(keys) == sorted(set(keys)) and len(keys) == len(catalogue())


def test_every_entry_speaks_every_language_with_the_same_values():
    for key, entry in catalogue().items():
        assert set(entry) == set(LANGUAGES), key
        named = [set(re.findall(r"\{(\w*)", entry[language])) for language in LANGUAGES]
        assert named[0] == named[1], key
        assert all(words.strip() for words in entry.values()), key


def test_the_words_keep_the_house_voice():
    for key, entry in catalogue().items():
        assert not re.search(r"\bplease\b|successful|!|\bgenerat|\brender|\bprocess", entry["en"], re.IGNORECASE), key
        chinese = re.sub(r"`[^`]*`|\{\w*\}", "", entry["zh"])
        assert not re.search(r"[\u4e00-\u9fff][,;:!?]|[,;!?][\u4e00-\u9fff]|！", chinese), key


def keys_in_code():
    """Return (key, file) for every text key written out in the code: arguments of say and codes of errors."""
    raising = {"StudioError", "Invalid", "NotFound", "Failed", "StorageError", "EngineError", "Refused", "Unavailable"}
    found = []
    for path in PROGRAMS:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if (name == "say" or name in raising) and isinstance(node.args[0].value, str):
                found.append((node.args[0].value, module_of(path)))
    return found


def test_every_key_the_code_names_is_in_the_catalogue():
    missing = [(key, where) for key, where in keys_in_code() if key not in catalogue()]
    assert missing == []
    assert len(keys_in_code()) > 30  # or the search has gone blind


def test_the_project_speaks_only_of_itself():
    texts = [
        path
        for pattern in ("*.py", "*.toml", "*.md", "*.css", "*.js", "*.yaml", "*.txt", "Makefile", "Dockerfile")
        for folder in ("", "assets", "models", "studio", "benchmarks", "docs", "tests", ".ci")
        for path in ((ROOT / folder).rglob(pattern) if folder else ROOT.glob(pattern))
    ]
    alien = re.compile(r"mock-?up|\bprototype\b|\bissue #?\d|\bTODO\b|\bFIXME\b", re.I)
    assert [
        path.name for path in texts if path != Path(__file__) and alien.search(path.read_text(encoding="utf-8"))
    ] == []
