"""Takes a message apart that asks about several times: one series, one comparison, or one question after the other."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.assistant.asking_back import without
from bot.assistant.reading import Reading
from metrics.query import Grain, Period

if TYPE_CHECKING:
    from metrics.calendar import Calendar
    from metrics.phrases.reading import PeriodMatch

STEPS: dict[str, Grain] = {"day": "day", "week": "week", "month": "month"}
BREAK = re.compile(r"[,，。;；?？!！\n]+|以及|还有|和|与|及|\band\b")
RESPECTIVELY = re.compile(r"分别|各是|各自|各有|\b(?:respectively|each)\b")
OPENS = re.compile(r"^(?:请)?(?:对比|比较|比)(?!昨|前|上次)|^compare\b")
EDGE = " ,，。;；、?？!！和与及的&"
EDGE_WORDS = re.compile(r"^(?:and|以及|还有)\s*|\s*(?:and|以及|还有)$", re.IGNORECASE)


def joined(reading: Reading, calendar: Calendar) -> Reading:
    """The reading with two periods as a comparison, or three in a row as a series; else as it is."""
    reading = _side_by_side(reading)
    named = [match for match in reading.times.periods if not match.implied]
    if len(named) == 2 and not reading.times.compares:
        earlier, later = sorted(named, key=lambda match: match.period.start)
        if RESPECTIVELY.search(reading.text) and reading.times.grain is None:
            return _in_a_row(reading, [earlier, later])
        return _compared(reading, earlier, later, calendar)
    if len(named) > 2 and reading.times.grain is None:
        return _in_a_row(reading, sorted(named, key=lambda match: match.period.start))
    return reading


def _side_by_side(reading: Reading) -> Reading:
    """对比一下上周直播和货架: what is compared is named behind the period, which is no baseline then."""
    from metrics.phrases.reading import PeriodMatch  # see reading.py

    compares, periods = reading.times.compares, reading.times.periods
    several = any(len(values) > 1 for values in reading.values.values())
    if len(compares) != 1 or not several or not all(match.implied for match in periods):
        return reading
    compare = compares[0]
    if compare.named is None:
        return reading
    if any(term.start < compare.start for term in reading.terms) or not OPENS.match(compare.text):
        return reading
    match = PeriodMatch(compare.named, compare.start, compare.end, compare.text)
    return replace(reading, times=replace(reading.times, periods=(match,), compares=()))


def first_of_several(reading: Reading) -> tuple[str, tuple[str, ...]] | None:
    """The first question of the message and the others, None when it is a single one."""
    named = [match for match in reading.times.periods if not match.implied]
    if len(named) < 2:
        return None
    cut = _cut(reading, named[0], named[1])
    if cut is not None:
        return _trimmed(reading.raw[:cut]), (_trimmed(reading.raw[cut:]),)
    others = [without(reading, [other for other in named if other is not match]) for match in named]
    return _trimmed(others[0]), tuple(_trimmed(text) for text in others[1:])


def _compared(reading: Reading, earlier: PeriodMatch, later: PeriodMatch, calendar: Calendar) -> Reading:
    from metrics.phrases.baselines import compare_with  # see reading.py
    from metrics.phrases.reading import CompareMatch

    first, second = (earlier, later) if earlier.start < later.start else (later, earlier)
    is_alike = earlier.period.kind == later.period.kind and earlier.period.end < later.period.start
    if not is_alike or _cut(reading, first, second) is not None:
        return reading
    against = compare_with(earlier.period, later.period, calendar)
    if against is None:
        return reading
    compare = CompareMatch(against[0], against[1], earlier.start, earlier.end, earlier.text, earlier.period)
    return replace(reading, times=replace(reading.times, periods=(later,), compares=(compare,)))


def _in_a_row(reading: Reading, named: list[PeriodMatch]) -> Reading:
    """8月9月10月 is one period in steps of a month."""
    step = STEPS.get(named[0].period.kind)
    alike = all(match.period.kind == named[0].period.kind for match in named)
    follows = all(
        before.period.end + timedelta(days=1) == after.period.start for before, after in itertools.pairwise(named)
    )
    if step is None or not alike or not follows:
        return reading
    last = named[-1].period
    whole = Period(named[0].period.start, last.end, "range", complete=last.complete, until=last.until)
    match = replace(named[0], period=whole, end=max(item.end for item in named))
    return replace(reading, times=replace(reading.times, periods=(match,), grain=step))


def _cut(reading: Reading, first: PeriodMatch, second: PeriodMatch) -> int | None:
    """Where the second question begins: between two periods that have a metric each."""
    breaks = list(BREAK.finditer(reading.text, first.end, second.start))
    metrics = [term for term in reading.included if term.entry.kind in ("metric", "ambiguous")]
    for cut in [*(match.end() for match in reversed(breaks)), second.start]:
        if any(term.end <= cut for term in metrics) and any(term.start >= cut for term in metrics):
            return cut
    return None


def _trimmed(text: str) -> str:
    return EDGE_WORDS.sub("", text.strip(EDGE)).strip(EDGE)
