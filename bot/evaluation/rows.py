"""A file of cases, YAML or JSON lines, as rows that know their line; every kind of evaluation reads it in this way."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Generic, TypeVar, get_args

from bot.assistant.types import Role
from metrics.errors import DefinitionError, Mistake
from metrics.located import Node, Reader, describe, read

LINES = (".jsonl", ".ndjson")
Case = TypeVar("Case")


class CaseReader(Reader, ABC, Generic[Case]):
    """Takes cases out of rows, and what every kind of case has."""

    def __init__(self) -> None:
        super().__init__([])

    def cases(self, path: Path) -> tuple[Case, ...]:
        """Every case of the file. Raises DefinitionError with every mistake, each with its line."""
        cases = tuple(self.case(row) for row in read_rows(path, self.mistakes))
        if self.mistakes:
            raise DefinitionError(tuple(self.mistakes))
        return cases

    @abstractmethod
    def case(self, row: Node) -> Case:
        """One case."""

    def question(self, row: Node) -> str:
        """What is asked, under either of its keys."""
        key = "question" if row.get("question") else "q"
        question = self.text(row, key)
        if row.get(key) and not question.strip():
            self.wrong(row, "the question is empty")
        return question

    def role(self, row: Node) -> Role | None:
        """Who asks; None where the case leaves that to the command."""
        known: tuple[Role, ...] = get_args(Role)
        name = self.choice(row, "as", known) if row.get("as") else ""
        return next((role for role in known if role == name), None)


def read_rows(path: Path, mistakes: list[Mistake]) -> tuple[Node, ...]:
    """The mappings of the file, one a case; what is none is noted. Raises DefinitionError for no file of that kind."""
    try:
        rows = _json_lines(path, mistakes) if path.suffix.lower() in LINES else _yaml(path, mistakes)
    except RecursionError:
        raise _broken(path, 0, "is nested too deep to be a list of cases; write one case an item") from None
    for row in rows:
        if row.kind != "mapping":
            mistakes.append(row.mistake(f"a case is a mapping (key: value), not {describe(row)}"))
    if not rows:
        mistakes.append(Mistake(path.name, 0, "", "holds no case; write one an item"))
    return tuple(row for row in rows if row.kind == "mapping")


def _yaml(path: Path, mistakes: list[Mistake]) -> tuple[Node, ...]:
    root = read(path, mistakes)
    if root.kind == "empty":
        return ()
    if root.kind != "list":
        raise _broken(path, root.line, f"must be a list of cases (- …), not {describe(root)}")
    return root.items


def _json_lines(path: Path, mistakes: list[Mistake]) -> tuple[Node, ...]:
    rows = []
    for line, text in enumerate(_text(path).split("\n"), 1):  # a string may hold other line ends
        if not text.strip():
            continue
        try:
            rows.append(_node(json.loads(text), path.name, line, ""))
        except ValueError as error:
            mistakes.append(Mistake(path.name, line, "", f"is not JSON ({error}); write one object a line"))
    if not rows and mistakes:
        raise DefinitionError(tuple(mistakes))
    return tuple(rows)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise _broken(path, 0, f"cannot be read ({error.strerror}); check the path") from None
    except UnicodeDecodeError:
        raise _broken(path, 0, "is not UTF-8; save it as UTF-8") from None


def _node(value: object, file: str, line: int, key: str) -> Node:
    """A JSON value in the shape in which YAML is read."""
    if isinstance(value, dict):
        fields = ((str(name), _node(held, file, line, f"{key}.{name}".lstrip("."))) for name, held in value.items())
        return Node(file, line, key, None, fields=tuple(fields), kind="mapping")
    if isinstance(value, list):
        items = (_node(held, file, line, f"{key}[{index}]") for index, held in enumerate(value))
        return Node(file, line, key, None, items=tuple(items), kind="list")
    if value is None:
        return Node(file, line, key, None, kind="empty")
    return Node(file, line, key, value if isinstance(value, str) else json.dumps(value))


def _broken(path: Path, line: int, problem: str) -> DefinitionError:
    return DefinitionError((Mistake(path.name, line, "", problem),))
