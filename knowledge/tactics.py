"""Tactic cards out of a document: sections headed `战法：…` or `Tactic: …`, and what is wrong with them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from knowledge.documents import Document, Section, Tactic
from knowledge.errors import DocumentError
from knowledge.folding import fold_characters

HEADING = re.compile(r"(?:战法|戰法|tactic)\s*[：:]\s*(.*)", re.IGNORECASE)
ITEM = re.compile(r"(?P<indent>[ \t]*)(?:[-*+•][ \t]+|\d{1,2}[.、)）][ \t]*|(?=[①-⑳]))(?P<text>.*)")
KEY = re.compile(r"(?P<key>[^：:，。,.]{1,16})[：:]\s*(?P<value>.*)", re.DOTALL)
KEYS = {
    "类目": "categories", "品类": "categories",
    "categories": "categories", "category": "categories",
    "渠道": "channels", "channels": "channels", "channel": "channels",
    "指标": "metrics", "metrics": "metrics", "metric": "metrics",
    "触发": "when", "when": "when", "trigger": "when",
    "动作": "actions", "actions": "actions", "action": "actions",
    "证据": "evidence", "依据": "evidence", "evidence": "evidence",
    "注意": "caution", "caution": "caution", "cautions": "caution",
    "投入": "effort", "effort": "effort",
}  # fmt: skip
ANY = {"全部", "所有", "不限", "任意", "全类目", "全渠道", "all", "any"}
NAMES = re.compile(r"\s*[、，,；;／/|]\s*")
STEPS = re.compile(r"\s*[①-⑳]\s*|\s*[；;]\s*")


@dataclass(frozen=True)
class Cards:
    tactics: tuple[Tactic, ...]
    mistakes: tuple[DocumentError, ...]


FRAME_KEYS = {"categories", "channels", "metrics", "when", "effort"}


def is_frame(line: str) -> bool:
    """True for a line of a card that says when it applies, not what was done or found."""
    pair = KEY.match(line.strip())
    return pair is not None and KEYS.get(fold_characters(pair["key"].strip())) in FRAME_KEYS


def read_tactics(document: Document) -> Cards:
    """Every card that can be used, and every mistake with file and line."""
    tactics: dict[str, Tactic] = {}
    mistakes: list[DocumentError] = []
    for section in document.sections:
        heading = HEADING.match(section.path[-1]) if section.path else None
        if heading is None:
            continue
        values, problems = _values(section.text)
        problems += _gaps(heading[1].strip(), values)
        tactic = _tactic(document, section, heading[1].strip(), values)
        if tactic.id in tactics:
            problems.append(f"tactic {tactic.title!r} stands twice in this file; the later one is left out. Rename it.")
        elif tactic.title and tactic.actions and tactic.metrics:
            tactics[tactic.id] = tactic
        mistakes += [DocumentError(problem, file=document.file, line=section.line) for problem in problems]
    return Cards(tuple(tactics.values()), tuple(mistakes))


def _values(text: str) -> tuple[dict[str, list[str]], list[str]]:
    """The list under the heading as key → its lines, and what could not be read of it."""
    values: dict[str, list[str]] = {}
    problems: list[str] = []
    current: list[str] = []
    margin = -1
    for line in filter(str.strip, text.split("\n")):
        item = ITEM.match(line)
        pair = KEY.match(item["text"].strip()) if item else None
        indent = len(item["indent"]) if item else 0
        if item is None or (margin >= 0 and indent > margin):
            current.append((item["text"] if item else line).strip())  # a nested item or a wrapped line
            continue
        margin = indent
        current = []
        key = KEYS.get(fold_characters(pair["key"].strip())) if pair else None
        if key and pair:
            current = values.setdefault(key, current)
            current.extend(filter(None, [pair["value"].strip()]))
        else:
            problems.append(_unknown(pair["key"].strip() if pair else item["text"].strip()))
    return values, problems


def _unknown(key: str) -> str:
    close = get_close_matches(key.lower(), KEYS, n=1, cutoff=0.5)
    near = f"did you mean {close[0]!r}?" if close else "use 类目 渠道 指标 触发 动作 证据 注意 投入."
    return f"{key[:30]!r} is no key of a tactic; {near}"


def _gaps(title: str, values: dict[str, list[str]]) -> list[str]:
    gaps = [] if title else ["the tactic has no title; write it behind the colon."]
    if not values:
        return [*gaps, "the tactic has no list of keys; add at least 指标/metrics and 动作/actions."]
    for key, name in (("metrics", "指标/metrics"), ("actions", "动作/actions")):
        if not any(values.get(key, ())):
            gaps.append(f"the tactic lacks {name}, so it cannot be suggested; add it.")
    return gaps


def _tactic(document: Document, section: Section, title: str, values: dict[str, list[str]]) -> Tactic:
    def sentence(key: str) -> str:
        return "；".join(line.rstrip("；;") for line in values.get(key, ()))

    return Tactic(
        id=hashlib.sha256(f"{document.file}\x1f{title}".encode()).hexdigest()[:16],
        title=title,
        categories=_names(values.get("categories", ())),
        channels=_names(values.get("channels", ())),
        metrics=_names(values.get("metrics", ())),
        when=sentence("when"),
        actions=_actions(values.get("actions", ())),
        evidence=sentence("evidence"),
        caution=sentence("caution"),
        effort=sentence("effort"),
        document_id=document.id,
        document=document.title,
        file=document.file,
        section=" › ".join(section.path),
        date=document.date,
        audience=document.audience,
    )


def _names(lines: Sequence[str]) -> tuple[str, ...]:
    names = [name.strip(" 。.") for line in lines for name in NAMES.split(line)]
    return tuple(dict.fromkeys(name for name in names if name and name.lower() not in ANY))


def _actions(lines: Sequence[str]) -> tuple[str, ...]:
    """One step an entry: nested items as they stand; a single line is cut at ①②③ or at semicolons."""
    steps = [
        step for line in lines for step in (STEPS.split(line) if len(lines) == 1 else [line.lstrip("①②③④⑤⑥⑦⑧⑨⑩ ")])
    ]
    return tuple(step.strip(" 。；;") for step in steps if step.strip(" 。；;"))
