"""Reads calendar files into events; every mistake is listed with file, line and key."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, cast

import yaml

from metrics.calendar import DayRule, Event, EventKind
from metrics.errors import DefinitionError, Mistake
from metrics.model import Name

_KEYS = ("name", "aliases", "kind", "day", "campaign", "statutory", "years", "since")
_MONTH_DAY = re.compile(r"(\d{1,2})-(\d{1,2})")
_TERMS = "小寒 大寒 立春 雨水 惊蛰 春分 清明 谷雨 立夏 小满 芒种 夏至 小暑 大暑 立秋 处暑 白露 秋分 寒露 霜降 立冬 小雪 大雪 冬至".split()
_Raw = dict[str, Any]  # one event as it stands in a file


def read_events(bundled: Path, user_file: Path | None) -> tuple[Event, ...]:
    """Events of both files, those of `user_file` laid key by key over the bundled ones."""
    files = [_CalendarFile.open(path) for path in (bundled, user_file) if path is not None]
    merged: dict[str, _Raw] = {}
    for file in files:
        for id, raw in file.events.items():
            merged[id] = {**merged.get(id, {}), **raw}
    read = [_event(id, raw, files) for id, raw in merged.items()]
    mistakes = tuple(mistake for file in files for mistake in file.mistakes)
    if mistakes:
        raise DefinitionError(mistakes)
    return tuple(event for event in read if event)


@dataclass
class _CalendarFile:
    """One file: its events, the line of every key, and the mistakes found so far."""

    name: str
    events: dict[str, _Raw] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)

    @classmethod
    def open(cls, path: Path) -> _CalendarFile:
        file = cls(path.name)
        try:
            text = path.read_text(encoding="utf-8-sig")
            node = yaml.compose(text, Loader=yaml.SafeLoader)
            content = yaml.safe_load(text)
        except (OSError, UnicodeDecodeError) as error:
            file.mistakes.append(
                Mistake(path.name, 0, "", f"cannot be read ({error}); check the path and save it as UTF-8")
            )
            return file
        except (yaml.YAMLError, ValueError) as error:
            line = getattr(getattr(error, "problem_mark", None), "line", -1) + 1
            file.mistakes.append(Mistake(path.name, line, "", f"is not valid YAML ({error})".replace("\n", " ")))
            return file
        if node is not None:
            file._note_lines(node, "")
        file._take(content)
        return file

    def _note_lines(self, node: yaml.Node, path: str) -> None:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                inner = f"{path}.{key.value}" if path else str(key.value)
                self.lines[inner] = key.start_mark.line + 1
                self._note_lines(value, inner)

    def _take(self, content: object) -> None:
        events = content.get("events") if isinstance(content, dict) else None
        if not isinstance(events, dict):
            self.blame("", "has no mapping `events`; write `events:` and one entry per promotion under it")
            return
        for id, raw in events.items():
            if isinstance(raw, dict):
                self.events[str(id)] = {str(key): value for key, value in raw.items()}
            else:
                self.blame(f"events.{id}", f"is {raw!r}, but an event is a mapping with the keys {', '.join(_KEYS)}")

    def blame(self, key: str, problem: str) -> None:
        self.mistakes.append(Mistake(self.name, self.lines.get(key, 0), key, problem))


def _event(id: str, raw: _Raw, files: list[_CalendarFile]) -> Event | None:
    """The event, or None after its mistakes were noted with the file that wrote the key last."""

    def blame(key: str, problem: str) -> None:
        full = f"events.{id}.{key}" if key else f"events.{id}"
        known = [file for file in files if full in file.lines or (not key and id in file.events)]
        owners = known or [file for file in files if id in file.events]
        owners[-1].blame(full if full in owners[-1].lines else f"events.{id}", problem)

    for key in raw.keys() - set(_KEYS):
        blame(key, f"is not a key of an event; known keys: {', '.join(_KEYS)}")
    name, rule, kind = _name(raw, blame), _day_rule(raw.get("day"), blame), raw.get("kind", "campaign")
    if kind not in ("campaign", "holiday"):
        blame("kind", f"is {kind!r}; write campaign or holiday")
    campaign = _campaign(raw.get("campaign"), raw.get("statutory"), blame)
    exact, since = _years(raw.get("years"), blame), raw.get("since")
    if since is not None and not isinstance(since, int):
        blame("since", f"is {since!r}; write the first year as a number, e.g. 2019")
    if name is None or rule is None or campaign is None:
        return None
    fixed, offsets, off_days = campaign
    return Event(id, name, cast(EventKind, kind), rule, fixed, offsets, off_days, exact, since)


_Blame = Callable[[str, str], None]


def _name(raw: _Raw, blame: _Blame) -> Name | None:
    name, aliases = raw.get("name"), raw.get("aliases", [])
    if not isinstance(name, dict) or not name.get("zh") or not name.get("en"):
        blame("name", f"is {name!r}; write both languages, e.g. {{zh: 双11, en: Double 11}}")
        return None
    if not isinstance(aliases, list):
        blame("aliases", f"is {aliases!r}; write a list, e.g. [双十一, double 11]")
        return None
    return Name(str(name["zh"]), str(name["en"]), tuple(str(alias) for alias in aliases))


def _month_day(value: object) -> tuple[int, int] | None:
    """(month, day) of "MM-DD" that exists in every year, else None."""
    match = _MONTH_DAY.fullmatch(str(value))
    if not match:
        return None
    month, day = int(match[1]), int(match[2])
    try:
        date(2023, month, day)  # not a leap year: a promotion on 02-29 would be missing in three of four
    except ValueError:
        return None
    return month, day


def _day_rule(value: object, blame: _Blame) -> DayRule | None:
    rule = value if isinstance(value, dict) else {"date": value}
    shift, lunar, term = rule.get("shift", 0), rule.get("lunar"), rule.get("term")
    if isinstance(shift, int) and lunar is not None and (match := _MONTH_DAY.fullmatch(str(lunar))):
        month, day = int(match[1]), int(match[2])
        if 1 <= month <= 12 and 1 <= day <= 29:  # not every lunar month has a 30th
            return DayRule(lunar=(month, day), shift=shift)
    if isinstance(shift, int) and term in _TERMS:
        return DayRule(term=term, shift=shift)
    if isinstance(shift, int) and (fixed := _month_day(rule.get("date"))):
        return DayRule(fixed=fixed, shift=shift)
    blame("day", f'is {value!r}; write "MM-DD" in quotes, {{lunar: "month-day"}} or {{term: 清明}}')
    return None


_Campaign = tuple[tuple[tuple[int, int], tuple[int, int]] | None, tuple[int, int], bool]


def _campaign(value: object, statutory: object, blame: _Blame) -> _Campaign | None:
    if value is None:
        return None, (0, 0), False  # one day, the event's own
    if value == "off_days":
        offsets = _offsets(statutory) if statutory is not None else (0, 0)
        if offsets is None:
            blame("statutory", f"is {statutory!r}; write {{from: days, to: days}}")
            return None
        return None, offsets, True
    if isinstance(value, list) and len(value) == 2:
        first, last = _month_day(value[0]), _month_day(value[1])
        if first and last:
            return (first, last), (0, 0), False
    if (offsets := _offsets(value)) is not None:
        return None, offsets, False
    blame("campaign", f'is {value!r}; write ["MM-DD", "MM-DD"], {{from: days, to: days}} or off_days')
    return None


def _offsets(value: object) -> tuple[int, int] | None:
    if not isinstance(value, dict):
        return None
    first, last = value.get("from"), value.get("to")
    return (first, last) if isinstance(first, int) and isinstance(last, int) and first <= last else None


def _years(value: object, blame: _Blame) -> dict[int, tuple[date, date, date]]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        blame("years", f"is {value!r}; write a mapping from the year to its day and campaign")
        return {}
    found = {year: _exact(entry) for year, entry in value.items()}
    for year, entry in found.items():
        if entry is None or not isinstance(year, int):
            blame(f"years.{year}", "needs `day: YYYY-MM-DD` and `campaign: [YYYY-MM-DD, YYYY-MM-DD]`, first day first")
    return {year: entry for year, entry in found.items() if entry is not None and isinstance(year, int)}


def _exact(entry: object) -> tuple[date, date, date] | None:
    if not isinstance(entry, dict):
        return None
    day, campaign = entry.get("day"), entry.get("campaign")
    campaign = [day, day] if campaign is None else campaign
    if not isinstance(campaign, list) or len(campaign) != 2:
        return None
    first, last = campaign
    if type(day) is not date or type(first) is not date or type(last) is not date or first > last:
        return None  # a datetime is a date, too, hence not isinstance
    return day, first, last
