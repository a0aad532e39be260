"""One question with the plan that a careful analyst would make of it, read from a row and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, get_args

from bot.assistant.types import Intent, Role
from bot.evaluation.rows import CaseReader
from metrics.located import Node, describe, nearest
from metrics.model import SemanticModel
from metrics.query import Comparison, Grain

Value = Any  # of one field, in the shape of the JSON contract, lists in order
FIELDS = ("intent", "metrics", "where", "by", "grain", "period", "compare", "top", "unclear")
KEYS = ("id", "q", "question", "after", "as", "now", "partial", "alternatives", *FIELDS)
# An intent that runs a query: what the case leaves out is expected to be empty.
RUNS_A_QUERY = ("kpi", "diagnose", "tactics")
EMPTY: Mapping[str, Value] = {"where": {}, "by": [], "grain": None, "compare": None, "top": None}


@dataclass(frozen=True)
class Case:
    """A question as asked, and what each field of its plan may be."""

    line: int  # of the file, 1-based
    question: str
    after: tuple[str, ...]  # earlier questions of the same conversation, oldest first
    role: Role | None  # None: the one that the command was given
    now: datetime | None  # naive, in the shop's zone; None: the command's
    expected: Mapping[str, tuple[Value, ...]]  # field → acceptable values, the expected one first


def read_cases(path: Path, model: SemanticModel) -> tuple[Case, ...]:
    """Every case of the file. Raises DefinitionError with every mistake, each with its line."""
    return _Reading(model).cases(path)


class _Reading(CaseReader[Case]):
    """Takes cases out of rows; a name that the catalogue does not hold is a mistake of the file."""

    def __init__(self, model: SemanticModel) -> None:
        super().__init__()
        self._model = model
        self._allowed: Mapping[str, tuple[str, ...]] = {
            "intent": get_args(Intent),
            "metrics": tuple(model.metrics),
            "by": tuple(model.dimensions),
            "grain": get_args(Grain),
            "compare": get_args(Comparison),
        }

    def case(self, row: Node) -> Case:
        self.known_keys(row, KEYS)
        question, after = self.question(row), self.texts(row, "after")
        return Case(row.line, question, after, self.role(row), self._now(row), self._expected(row))

    def _now(self, row: Node) -> datetime | None:
        node = row.get("now")
        if node is None or node.kind == "empty":
            return None
        try:
            return datetime.fromisoformat(node.text or "").replace(tzinfo=None)
        except ValueError:
            self.wrong(node, f"{describe(node)} is no moment; write 2026-11-22T14:30")
            return None

    def _expected(self, row: Node) -> dict[str, tuple[Value, ...]]:
        others = row.get("alternatives")
        if others is not None:
            self.known_keys(others, FIELDS)
        intent = self._value("intent", row.get("intent"), row) if row.get("intent") else "kpi"
        stated: dict[str, Value] = {"intent": intent, **(EMPTY if intent in RUNS_A_QUERY else {})}
        stated |= {name: self._value(name, node, row) for name, node in row if name in FIELDS[1:]}
        return {name: (value, *self._alternatives(name, others, row)) for name, value in stated.items()}

    def _alternatives(self, field: str, others: Node | None, row: Node) -> list[Value]:
        node = others.get(field) if others else None
        if node is None:
            return []
        if node.kind != "list":
            self.wrong(node, f"must be a list of other values of {field}, not {describe(node)}")
        return [self._value(field, item, row) for item in node.items]

    def _value(self, field: str, node: Node | None, row: Node) -> Value:
        """The node as a value of that field, in the shape of the JSON contract."""
        if node is None or (node.kind == "empty" and field in EMPTY):
            return EMPTY.get(field)
        if field == "where":
            return {name: self._values_of(name, child) for name, child in self._fields(node)}
        if field == "period":
            return self._period(node, row)
        if field in ("metrics", "by"):
            return sorted(self._known(field, item) for item in self._list(node))
        if field == "top":
            return self._whole_number(node)
        return self._known(field, node)

    def _known(self, field: str, node: Node) -> str:
        allowed = self._allowed.get(field)
        if node.text is None:
            self.wrong(node, f"must be a text, not {describe(node)}")
        elif allowed is not None and node.text not in allowed:
            self.wrong(node, f"{node.text!r} is not known here; {nearest(node.text, allowed)}")
        return node.text or ""

    def _list(self, node: Node) -> tuple[Node, ...]:
        if node.kind != "list":
            self.wrong(node, f"must be a list, not {describe(node)}")
        return node.items

    def _fields(self, node: Node) -> tuple[tuple[str, Node], ...]:
        if node.kind != "mapping":
            self.wrong(node, f"must be a mapping of dimensions to values, not {describe(node)}")
        self.known_keys(node, tuple(self._model.dimensions))
        return tuple((name, child) for name, child in node.fields if name in self._model.dimensions)

    def _values_of(self, dimension: str, node: Node) -> list[str]:
        known = [value.id for value in self._model.dimensions[dimension].values]
        values = [item.text or "" for item in self._list(node)]
        for value in values:
            if value not in known:
                self.wrong(node, f"{value!r} is no {dimension}; {nearest(value, known)}")
        return sorted(values)

    def _period(self, node: Node, row: Node) -> Value:
        """[start, end], or [start, end, partial] where it differs from the case's own."""
        texts = [item.text or "" for item in node.items]
        try:
            start, end = (date.fromisoformat(text) for text in texts[:2])
        except ValueError:
            self.wrong(node, "must be [start, end] with two dates of the calendar, e.g. [2026-11-09, 2026-11-15]")
            return None
        if end < start or texts[2:] not in ([], ["partial"]):
            self.wrong(node, "must be [start, end] or [start, end, partial], the start not after the end")
        complete = not texts[2:] and self.choice(row, "partial", ("true", "false"), "false") == "false"
        return {"start": start.isoformat(), "end": end.isoformat(), "complete": complete}

    def _whole_number(self, node: Node) -> int | None:
        try:
            return int(node.text or "")
        except ValueError:
            self.wrong(node, f"must be a whole number: 3 for the largest three, -3 for the smallest; not {node.text!r}")
            return None
