"""The rules of the house, held by reading the source: imports point down, files and functions stay small."""

from __future__ import annotations

import ast
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("metrics", "knowledge", "prompts", "bot")
LONGEST_FILE = 400
MEDIAN_FUNCTION, NINETIETH_FUNCTION = 12, 35
# Inside `bot`: a file may import from its own layer and the layers above it in this list.
LAYERS = (
    ("bot.errors", "bot.settings", "bot.clock"),
    ("bot.assistant.types", "bot.assistant.watch", "bot.services"),
    ("bot.store", "bot.access", "bot.assistant", "bot.tactics", "bot.due", "bot.no_numbers", "bot.documents"),
    ("bot.digests", "bot.alerts", "bot.evaluation", "bot.reviews"),
    ("bot.telegram", "bot.sandbox"),
    ("bot.app",),
    ("bot.serving", "bot.demo"),
    ("bot.cli",),
)


def source_files() -> list[Path]:
    return [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Imported module names, and whether the import stands at the top of the file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node in tree.body) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, node in tree.body
            yield from ((f"{node.module}.{alias.name}", node in tree.body) for alias in node.names)


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize("room", ["metrics", "knowledge", "prompts"])
def test_a_lower_room_knows_no_other_room(room: str) -> None:
    others = set(ROOMS) - {room}
    for path in (ROOT / room).rglob("*.py"):
        wrong = [name for name, _ in imports(path) if name.split(".")[0] in others]
        assert not wrong, f"{path.relative_to(ROOT)} imports {wrong}"


def layer(name: str) -> int | None:
    matches = [
        (len(prefix), number)
        for number, prefixes in enumerate(LAYERS)
        for prefix in prefixes
        if name == prefix or name.startswith(prefix + ".")
    ]
    return max(matches)[1] if matches else None


def test_inside_the_bot_imports_point_down() -> None:
    wrong = []
    for path in (ROOT / "bot").rglob("*.py"):
        own = layer(module_name(path))
        for name, _ in imports(path):
            other = layer(name) if name.startswith("bot.") else None
            if own is not None and other is not None and other > own:
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert not wrong, "\n".join(wrong)


def test_no_import_cycles() -> None:
    graph = {module_name(path): {name for name, top in imports(path) if top} for path in source_files()}
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " → ".join((*trail[trail.index(name) :], name))
        if name in done:
            return
        for other in graph[name] & graph.keys():
            visit(other, (*trail, name))
        done.add(name)

    for name in graph:
        visit(name, ())


def test_no_file_is_too_long() -> None:
    long = {
        str(p.relative_to(ROOT)): n
        for p in source_files()
        if (n := len(p.read_text("utf-8").splitlines())) > LONGEST_FILE
    }
    assert not long


@pytest.mark.parametrize("room", ROOMS)
def test_functions_stay_small(room: str) -> None:
    lengths = sorted(
        (node.end_lineno or 0) - node.lineno + 1 for path in (ROOT / room).rglob("*.py") for node in functions(path)
    )
    assert statistics.median(lengths) <= MEDIAN_FUNCTION
    assert lengths[int(0.9 * len(lengths))] <= NINETIETH_FUNCTION


def test_every_file_says_what_it_is_for() -> None:
    silent = [p for p in source_files() if not ast.get_docstring(ast.parse(p.read_text("utf-8")))]
    assert not silent


@pytest.mark.parametrize("name", ["utils", "helpers", "common", "manager"])
def test_no_file_has_a_name_that_says_nothing(name: str) -> None:
    assert not [path for path in source_files() if path.stem == name]


HEAVY = (
    "telegram",
    "chromadb",
    "langchain",
    "langchain_core",
    "matplotlib",
    "pandas",
    "duckdb",
    "sqlalchemy",
    "pydantic",
)


def loaded_after(statement: str) -> set[str]:
    code = f"import sys; {statement}; print(','.join(m for m in {HEAVY!r} if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.strip().split(",")) - {""}


def test_the_command_line_starts_without_heavy_libraries() -> None:
    assert loaded_after("import bot.cli") == set()


@pytest.mark.parametrize("room", ["metrics.model", "metrics.query", "knowledge.documents", "prompts.loader", "bot.app"])
def test_importing_a_room_opens_no_heavy_library(room: str) -> None:
    assert loaded_after(f"import {room}") <= {"pydantic"}
