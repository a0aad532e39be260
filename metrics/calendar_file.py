"""Reads calendar files into events; every mistake is listed with file, line and key."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import cast

from metrics.calendar import DayRule, Event, EventKind
from metrics.errors import DefinitionError, Mistake
from metrics.located import Node, Reader, merged, read
from metrics.model import Name

_KEYS = ("name", "aliases", "kind", "day", "campaign", "statutory", "years", "since", "weighs")
_MONTH_DAY = re.compile(r"(\d{1,2})-(\d{1,2})")
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAY = re.compile(rf"(1[0-2]|[1-9])-([1-4])-({'|'.join(_WEEKDAYS)})")
_YEAR = re.compile(r"(?:19|20)\d\d")
_LONGEST = 120  # days between an event's own day and an end of its campaign
_SAFE_LUNAR_DAY = 29  # not every lunar month has a 30th
_TERMS = (
    *("小寒", "大寒", "立春", "雨水", "惊蛰", "春分", "清明", "谷雨", "立夏", "小满", "芒种", "夏至"),
    *("小暑", "大暑", "立秋", "处暑", "白露", "秋分", "寒露", "霜降", "立冬", "小雪", "大雪", "冬至"),
)
_Day = tuple[int, int]  # month, day


def read_events(bundled: Path, user_file: Path | None) -> tuple[Event, ...]:
    """Events of both files, those of `user_file` laid key by key over the bundled ones; or DefinitionError."""
    mistakes: list[Mistake] = []
    root = read(bundled, mistakes)
    if user_file is not None:
        root = merged(root, read(user_file, mistakes))
    reader = Reader(mistakes)
    reader.known_keys(root, ("events",))
    events = tuple(_event(id, node, reader) for id, node in reader.mapping(root, "events", required=True))
    if mistakes:
        raise DefinitionError(tuple(mistakes))
    return events


def _event(id: str, node: Node, reader: Reader) -> Event:
    if node.kind != "mapping":
        reader.wrong(node, f"an event is a mapping with the keys {', '.join(_KEYS)}")
    reader.known_keys(node, _KEYS)
    kind = reader.choice(node, "kind", ("campaign", "holiday"), "campaign")
    fixed, offsets, off_days = _campaign(node, reader)
    weighs = reader.choice(node, "weighs", ("yes", "no"), "yes") == "yes"
    exact, since = _years(node, reader), _since(node, reader)
    name, rule = _name(node, reader), _day_rule(node, reader)
    return Event(id, name, cast(EventKind, kind), rule, fixed, offsets, off_days, exact, since, weighs)


def _name(node: Node, reader: Reader) -> Name:
    child = node.get("name")
    if child is None or child.kind != "mapping":
        reader.wrong(child or node, "name needs both languages, e.g. {zh: 双11, en: Double 11}")
        return Name("", "")
    reader.known_keys(child, ("zh", "en"))
    return Name(reader.text(child, "zh"), reader.text(child, "en"), reader.texts(node, "aliases"))


def _month_day(text: str | None) -> _Day | None:
    """(month, day) of "MM-DD" where every year has it, else None."""
    match = _MONTH_DAY.fullmatch(text or "")
    if not match:
        return None
    month, day = int(match[1]), int(match[2])
    try:
        date(2023, month, day)  # not a leap year: an event on 02-29 would be missing in three of four
    except ValueError:
        return None
    return month, day


def _whole(node: Node | None) -> int | None:
    """A small whole number of days, else None."""
    text = node.text if node is not None else None
    return int(text) if text and re.fullmatch(r"[+-]?\d{1,3}", text) and abs(int(text)) <= _LONGEST else None


def _day_rule(node: Node, reader: Reader) -> DayRule:
    child = node.get("day")
    if child is not None and (fixed := _month_day(child.text)):
        return DayRule(fixed=fixed)
    if child is not None and child.kind == "mapping":
        reader.known_keys(child, ("lunar", "term", "weekday", "shift"))
        lunar, term = reader.text(child, "lunar", ""), reader.text(child, "term", "")
        shift = _whole(child.get("shift")) if child.get("shift") else 0
        month, day = map(int, lunar.split("-")) if _MONTH_DAY.fullmatch(lunar) else (0, 0)
        if shift is not None and 1 <= month <= 12 and 1 <= day <= _SAFE_LUNAR_DAY:
            return DayRule(lunar=(month, day), shift=shift)
        named = _WEEKDAY.fullmatch(reader.text(child, "weekday", ""))
        if shift is not None and named:
            return DayRule(weekday=(int(named[1]), int(named[2]), _WEEKDAYS.index(named[3])), shift=shift)
        if shift is not None and term in _TERMS:
            return DayRule(term=term, shift=shift)
    reader.wrong(
        child or node,
        'day must be "MM-DD" in quotes, {lunar: "month-day"}, {term: 清明} or {weekday: 5-2-sunday} '
        "(month, how manieth, weekday), with shift in days",
    )
    return DayRule(fixed=(1, 1))


def _campaign(node: Node, reader: Reader) -> tuple[tuple[_Day, _Day] | None, tuple[int, int], bool]:
    child, nothing = node.get("campaign"), (None, (0, 0), False)
    if child is None:
        return nothing  # one day, the event's own
    if child.text == "off_days":
        return None, _offsets(node.get("statutory"), reader) if node.get("statutory") else (0, 0), True
    if child.kind == "list" and len(child.items) == 2:
        first, last = (_month_day(item.text) for item in child.items)
        if first and last:
            return (first, last), (0, 0), False
    if child.kind == "mapping":
        return None, _offsets(child, reader), False
    reader.wrong(child, 'campaign must be ["MM-DD", "MM-DD"], {from: days, to: days} or off_days')
    return nothing


def _offsets(node: Node | None, reader: Reader) -> tuple[int, int]:
    if node is None:
        return 0, 0
    reader.known_keys(node, ("from", "to"))
    first, last = _whole(node.get("from")), _whole(node.get("to"))
    if first is None or last is None or first > last:
        reader.wrong(node, f"must be {{from: days, to: days}}, counted from the event's day, within {_LONGEST} days")
        return 0, 0
    return first, last


def _years(node: Node, reader: Reader) -> dict[int, tuple[date, date, date]]:
    found: dict[int, tuple[date, date, date]] = {}
    for year, entry in reader.mapping(node, "years"):
        exact = _exact(entry) if _YEAR.fullmatch(year) else None
        if exact is None:
            reader.wrong(
                entry, "needs a year and {day: YYYY-MM-DD, campaign: [YYYY-MM-DD, YYYY-MM-DD]}, first day first"
            )
        else:
            found[int(year)] = exact
    return found


def _exact(node: Node) -> tuple[date, date, date] | None:
    day, campaign = node.get("day"), node.get("campaign")
    if day is None or (campaign is not None and len(campaign.items) != 2):
        return None
    texts = [day.text] + [item.text for item in (campaign.items if campaign is not None else (day, day))]
    try:
        own, first, last = (date.fromisoformat(text or "") for text in texts)
    except ValueError:
        return None
    return (own, first, last) if first <= last else None


def _since(node: Node, reader: Reader) -> int | None:
    child = node.get("since")
    if child is None:
        return None
    if not _YEAR.fullmatch(child.text or ""):
        reader.wrong(child, "since must be the first year, e.g. 2019")
        return None
    return int(child.text or 0)
