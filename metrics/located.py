"""YAML that remembers the line of every key, so that a mistake can be shown where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import yaml

from metrics.errors import DefinitionError, Mistake

# the same grammar in C where the library was built with it: ten times faster
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Node:
    """One value of a YAML file: a text, a list or a mapping, with its place."""

    file: str
    line: int  # 1-based
    key: str  # dotted path from the root, "" for the root
    text: str | None  # a scalar as written; None for a list, a mapping or an empty value
    items: tuple[Node, ...] = ()
    fields: tuple[tuple[str, Node], ...] = ()
    kind: str = "text"  # "text", "list", "mapping" or "empty"

    def mistake(self, problem: str) -> Mistake:
        return Mistake(self.file, self.line, self.key, problem)

    def get(self, name: str) -> Node | None:
        return next((node for key, node in self.fields if key == name), None)

    def __iter__(self) -> Iterator[tuple[str, Node]]:
        return iter(self.fields)


def read(path: Path, mistakes: list[Mistake]) -> Node:
    """The file as a tree; a key written twice is noted in `mistakes`. Raises DefinitionError when it is no YAML."""
    try:
        root = yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=LOADER)
    except OSError as error:
        raise _broken(path, 0, f"cannot be read ({error.strerror}); check the path") from None
    except UnicodeDecodeError:
        raise _broken(path, 0, "is not UTF-8; save it as UTF-8") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise _broken(path, line, f"is not valid YAML: {error.problem}") from None
    except yaml.YAMLError as error:
        raise _broken(path, 0, f"is not valid YAML: {error}") from None
    if root is None:
        return Node(path.name, 1, "", None, kind="empty")
    return _convert(root, path.name, "", root.start_mark.line + 1, mistakes)


def _broken(path: Path, line: int, problem: str) -> DefinitionError:
    return DefinitionError((Mistake(path.name, line, "", problem),))


def _convert(node: yaml.Node, file: str, key: str, line: int, mistakes: list[Mistake]) -> Node:
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, file, key, line, mistakes)
    if isinstance(node, yaml.SequenceNode):
        items = tuple(
            _convert(item, file, f"{key}[{index}]", item.start_mark.line + 1, mistakes)
            for index, item in enumerate(node.value)
        )
        return Node(file, line, key, None, items=items, kind="list")
    if node.tag == "tag:yaml.org,2002:null":
        return Node(file, line, key, None, kind="empty")
    return Node(file, line, key, str(node.value))


def _mapping(node: yaml.MappingNode, file: str, key: str, line: int, mistakes: list[Mistake]) -> Node:
    fields: dict[str, Node] = {}
    for name_node, value in node.value:
        name = str(name_node.value)
        path = f"{key}.{name}" if key else name
        place = name_node.start_mark.line + 1
        if name in fields:
            first = fields[name].line
            mistakes.append(Mistake(file, place, path, f"written twice, first on line {first}; keep one"))
            continue
        fields[name] = _convert(value, file, path, place, mistakes)
    return Node(file, line, key, None, fields=tuple(fields.items()), kind="mapping")


def merged(base: Node, extra: Node) -> Node:
    """`extra` over `base`: mappings by key, `aliases` added to, everything else replaced."""
    if base.kind != "mapping" or extra.kind != "mapping":
        return extra
    fields = dict(base.fields)
    for name, node in extra.fields:
        held = fields.get(name)
        if held is not None and name == "aliases" and held.kind == node.kind == "list":
            fields[name] = Node(node.file, node.line, node.key, None, items=held.items + node.items, kind="list")
        else:
            fields[name] = merged(held, node) if held is not None else node
    return Node(extra.file, extra.line, extra.key, None, fields=tuple(fields.items()), kind="mapping")


def nearest(name: str, known: Iterator[str] | tuple[str, ...] | list[str]) -> str:
    """A clause that names the closest known name, or all of them when they are few."""
    names = list(known)
    close = get_close_matches(name, names, n=1, cutoff=0.6)
    if close:
        return f"did you mean {close[0]}?"
    return f"known: {', '.join(names)}" if names else "none is defined"


class Reader:
    """Takes typed values out of nodes and collects every mistake instead of stopping at the first."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        self.mistakes = mistakes

    def wrong(self, node: Node, problem: str) -> None:
        self.mistakes.append(node.mistake(problem))

    def known_keys(self, node: Node, allowed: tuple[str, ...]) -> None:
        for name, child in node:
            if name not in allowed:
                self.wrong(child, f"unknown key {name!r}; {nearest(name, allowed)}")

    def mapping(self, node: Node, name: str, *, required: bool = False) -> tuple[tuple[str, Node], ...]:
        child = node.get(name)
        if child is None or child.kind == "empty":
            if required:
                self.wrong(node, f"{name} is missing")
            return ()
        if child.kind != "mapping":
            self.wrong(child, f"must be a mapping (name: value), not {describe(child)}")
            return ()
        return child.fields

    def text(self, node: Node, name: str, default: str | None = None) -> str:
        child = node.get(name)
        if child is None or child.kind == "empty":
            if default is None:
                self.wrong(node, f"{name} is missing")
            return default or ""
        if child.text is None:
            self.wrong(child, f"must be a text, not {describe(child)}")
            return default or ""
        return child.text

    def texts(self, node: Node, name: str) -> tuple[str, ...]:
        """A list of texts; one text stands for a list of one; absent means none."""
        child = node.get(name)
        if child is None or child.kind == "empty":
            return ()
        if child.text is not None:
            return (child.text,)
        if child.kind != "list" or any(item.text is None for item in child.items):
            self.wrong(child, "must be a list of texts")
            return ()
        return tuple(item.text for item in child.items if item.text is not None)

    def choice(self, node: Node, name: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        value = self.text(node, name, default)
        child = node.get(name)
        if child is not None and value and value not in allowed:
            self.wrong(child, f"{value!r} is not allowed; {nearest(value, allowed)}")
        return value if value in allowed else (default or allowed[0])

    def number(self, node: Node, name: str, default: float) -> float:
        value = self.text(node, name, str(default))
        try:
            number = float(value)
        except ValueError:
            number = -1.0
        if not 0 <= number < 1e15:
            self.wrong(node.get(name) or node, f"{name} must be a number of 0 or more, not {value!r}")
            return default
        return number


def describe(node: Node) -> str:
    """What a node is, for a message."""
    return {"list": "a list", "mapping": "a mapping", "empty": "nothing"}.get(node.kind, f"the text {node.text!r}")
