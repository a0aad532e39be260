"""A person's reply as corrections of a draft card: lines of `类目：…`, `指标：…`, or simply what is to be done."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from bot.store.draft_rows import CardText
from knowledge.drafts import Names, Vocabulary
from knowledge.folding import fold_characters
from knowledge.tactics import ANY, KEY, KEYS, NAMES, STEPS

TITLES = frozenset({"标题", "题目", "名称", "title", "name"})
MARK = re.compile(r"^\s*(?:[-*+•]|\d{1,2}[.、)）])\s*")
LONGEST_TITLE, LONGEST_TEXT, MOST_STEPS, MOST_NAMES = 40, 400, 10, 8
TEXTS = ("when", "caution", "effort")


@dataclass(frozen=True)
class Unusable:
    """Why a reply cannot be taken over; nothing of it was."""

    reason: str  # unknown_name, no_metric, evidence, empty
    key: str = ""  # categories, channels, metrics
    name: str = ""  # as written
    known: tuple[str, ...] = ()  # what it may have meant, else what there is


def corrected(card: CardText, reply: str, vocabulary: Vocabulary) -> CardText | Unusable:
    """The card with what the reply says; a line without a key, and those below it, are the steps."""
    values: dict[str, list[str]] = {}
    current = values.setdefault("actions", [])
    for line in filter(None, map(str.strip, reply.splitlines())):
        bare = MARK.sub("", line)
        key = _key(bare)
        if key:
            current = values.setdefault(key, [])
        current.extend(filter(None, [_value(bare) if key else bare]))
    if "evidence" in values:
        return Unusable("evidence")
    if not any(values.values()):
        return Unusable("empty")
    return _applied(card, {key: lines for key, lines in values.items() if lines}, vocabulary)


def _applied(card: CardText, values: Mapping[str, Sequence[str]], vocabulary: Vocabulary) -> CardText | Unusable:
    known = {"categories": vocabulary.categories, "channels": vocabulary.channels, "metrics": vocabulary.metrics}
    changed: dict[str, Any] = {}
    for key in known.keys() & values.keys():
        found = _names(key, values[key], known[key])
        if isinstance(found, Unusable):
            return found
        changed[key] = found
    changed |= {key: "；".join(values[key])[:LONGEST_TEXT] for key in TEXTS if key in values}
    if "title" in values:
        changed["title"] = " ".join(values["title"])[:LONGEST_TITLE]
    if "actions" in values:
        changed["actions"] = _steps(values["actions"]) or card.actions
    return replace(card, **changed)


def _key(line: str) -> str:
    pair = KEY.match(line)
    if pair is None:
        return ""
    name = fold_characters(pair["key"].strip())
    return "title" if name in TITLES else KEYS.get(name, "")


def _value(line: str) -> str:
    pair = KEY.match(line)
    return pair["value"].strip() if pair else ""


def _names(key: str, lines: Sequence[str], known: Names) -> tuple[str, ...] | Unusable:
    """Names of the catalogue for what was written in any of their wordings; () for 全部."""
    wordings = {fold_characters(wording): name for name, held in known.items() for wording in (name, *held)}
    found: list[str] = []
    for written in (name.strip(" 。.") for line in lines for name in NAMES.split(line)):
        if not written or written.lower() in ANY:
            continue
        name = wordings.get(fold_characters(written))
        if name is None:
            return Unusable("unknown_name", key, written[:LONGEST_TITLE], _near(written, wordings, known))
        found.append(name)
    if not found and key == "metrics":
        return Unusable("no_metric")
    return tuple(dict.fromkeys(found))


def _near(written: str, wordings: Mapping[str, str], known: Names) -> tuple[str, ...]:
    close = get_close_matches(fold_characters(written), wordings, n=3, cutoff=0.5)
    return tuple(dict.fromkeys(wordings[item] for item in close)) or tuple(known)[:MOST_NAMES]


def _steps(lines: Sequence[str]) -> tuple[str, ...]:
    parts = STEPS.split(lines[0]) if len(lines) == 1 else lines
    steps = (part.strip(" 。；;")[:LONGEST_TEXT] for part in parts)
    return tuple(step for step in steps if step)[:MOST_STEPS]
