"""The few keys on top of a document: title, date, categories, audience, supersedes, owner."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

from knowledge.documents import Audience
from knowledge.errors import DocumentError
from knowledge.folding import fold_characters

KEYS = {
    "title": "title", "标题": "title",
    "date": "date", "日期": "date",
    "categories": "categories", "category": "categories", "类目": "categories",
    "audience": "audience", "受众": "audience",
    "supersedes": "supersedes", "取代": "supersedes",
    "owner": "owner", "负责人": "owner",
}  # fmt: skip
AUDIENCES: dict[str, Audience] = {
    "everyone": "everyone", "all": "everyone", "所有人": "everyone", "全员": "everyone",
    "manager": "manager", "managers": "manager", "管理者": "manager", "经理": "manager",
}  # fmt: skip
BLOCK = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
NAME_WITHOUT_QUOTES = re.compile(r"^([^\s:：#]+[ \t]*:[ \t]*)(@\w+)[ \t]*$", re.MULTILINE)  # @ begins no value in YAML
OWNER = re.compile(r"@[A-Za-z]\w{3,31}|[1-9]\d{0,18}", re.ASCII)  # a name or an id of Telegram
LONGEST_BLOCK = 20_000
ANY = {"全部", "所有", "不限", "all", "any"}


@dataclass(frozen=True)
class FrontMatter:
    title: str = ""
    date: date | None = None
    categories: tuple[str, ...] = ()
    audience: Audience = "everyone"
    supersedes: tuple[str, ...] = ()
    owner: str = ""
    lines: int = 0  # how many lines of the file it takes


def split_front_matter(text: str, *, file: str) -> tuple[FrontMatter, str]:
    """The keys and the rest of the text. Raises DocumentError where a key says what cannot be followed:
    a document meant for managers must not become everyone's through a typing mistake."""
    block = BLOCK.match(text)
    if block is None:
        return FrontMatter(), text
    if len(block[1]) > LONGEST_BLOCK:
        problem = f"the front matter has more than {LONGEST_BLOCK:,} characters; keep the keys on top short."
        raise DocumentError(problem, file=file, line=1)
    import yaml  # only documents with front matter need it

    try:
        values = _loaded(NAME_WITHOUT_QUOTES.sub(r'\1"\2"', block[1]))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 2
        raise DocumentError("the front matter is not valid YAML; correct it.", file=file, line=line) from None
    if values is None:
        values = {}
    if not isinstance(values, dict):
        return FrontMatter(), text  # a thematic break on top, not front matter
    lines = text[: block.end()].count("\n")
    return _read(_named(values), lines, block[1], file), text[block.end() :]


def _loaded(text: str) -> Any:
    """The YAML without references: nine lines of lists that name each other unpack to more than any machine holds."""
    import yaml

    class WithoutReferences(yaml.SafeLoader):
        def compose_node(self, parent: Any, index: Any) -> Any:
            if self.check_event(yaml.AliasEvent):
                raise yaml.YAMLError("a reference")
            return super().compose_node(parent, index)

    return yaml.load(text, WithoutReferences)  # noqa: S506 - a safe loader with less


def _named(values: dict[Any, Any]) -> dict[str, Any]:
    """Known keys under their English name; a near miss of `audience` counts as it, other keys are ignored."""
    named: dict[str, Any] = {}
    for key, value in values.items():
        name = fold_characters(str(key).strip())
        close = get_close_matches(name, ("audience",), n=1, cutoff=0.75)
        known = KEYS.get(name) or (close[0] if close else None)
        if known:
            named[known] = value
    return named


def _read(values: dict[str, Any], lines: int, block: str, file: str) -> FrontMatter:
    def mistake(key: str, problem: str) -> DocumentError:
        places = [number for number, line in enumerate(block.split("\n"), 2) if key in line.lower()]
        return DocumentError(problem, file=file, line=places[0] if places else 1)

    audience = str(values.get("audience") or "everyone").strip().lower()
    if audience not in AUDIENCES:
        raise mistake("audience", f"audience {audience!r} is unknown; use everyone or manager.")
    try:
        day = _date(values.get("date"))
    except ValueError:
        raise mistake("date", f"date {values['date']!r} is not a date; write it like 2023-12-25.") from None
    return FrontMatter(
        title=str(values.get("title") or "").strip(),
        date=day,
        categories=tuple(name for name in _names(values.get("categories")) if name.lower() not in ANY),
        audience=AUDIENCES[audience],
        supersedes=_names(values.get("supersedes")),
        owner=_owner(values.get("owner")),
        lines=lines,
    )


def _date(value: Any) -> date | None:
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    parts = re.fullmatch(r"(\d{4})\D(\d{1,2})\D(\d{1,2})\D?", str(value).strip())
    if parts is None:
        raise ValueError(value)
    return date(int(parts[1]), int(parts[2]), int(parts[3]))


def _owner(value: Any) -> str:
    """Who can be written to; what other programs keep under that key is nobody whom the chat knows."""
    text = str(value if value is not None else "").strip()
    return text if OWNER.fullmatch(text) else ""


def _names(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    values = value if isinstance(value, list) else re.split(r"[,，、;；]", str(value))
    return tuple(name for name in (str(item).strip() for item in values) if name)
