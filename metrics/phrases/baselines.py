"""Finds out which of the named periods is measured against which, and whether the baseline is the natural twin."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from metrics.calendar import Calendar
from metrics.phrases.atoms import Span, Standpoint, bounded
from metrics.phrases.lexicon import ASCII, Compared, Token
from metrics.phrases.reading import CompareMatch, PeriodMatch, Words
from metrics.phrases.relative import running_unit
from metrics.query import Comparison, Period
from metrics.twins import Unit, add_months, cut_like, previous, shifted, year_ago

_LEFT = re.compile(
    r"(?:(?<![占产价配环同分客])比起?|(?<!计)较(?:之|于)?|比较|对比|相比(?:于|较)?|相较(?:于|之)?|相对(?:于)?|对照|\bvs\.?|\bversus"
    r"|\bcompared?\s+(?:to|with|against)|\bcomparison\s+(?:to|with)|\bagainst|\brelative\s+to|\bthan|\bup\s+from|\bdown\s+from)\s*(?:the\s+)?$",
    ASCII,
)
_WITH = re.compile(r"(?:跟|和|与|同|拿|以|\bwith|\band|\bto)\s*(?:the\s+)?$", ASCII)
_WITH_FIRST = re.compile(r"(?:跟|和|与|同|拿)\s*$", ASCII)
_RIGHT = re.compile(
    r"\s*的?(?:数据)?(?:相比较?|对比|比较|做对比|作对比|比起来|相较|做?比(?![例重上下本去前昨]))", ASCII
)
_BETWEEN_TWO = re.compile(r"\s*(?:和|与|跟|同|、|\band|\bwith|\bto)\s*(?:the\s+)?", ASCII)
_COMPARING = re.compile(
    r"对比|相比|比较|比一比|差异|差距|差多少|差别|变化|\bcompar(?:e|ed|ison)\b|\bdifferences?\b|\bversus\b|\bchange\b",
    ASCII,
)
_WORDS_BEFORE = 24
_UNIT_KINDS = ("day", "week", "month", "quarter", "year")


@dataclass(frozen=True)
class Sorted:
    """Periods and comparisons told apart."""

    periods: tuple[PeriodMatch, ...]
    compares: tuple[CompareMatch, ...]
    unread: tuple[Words, ...]  # comparisons that cannot be made as said: a day with a month


def sort_out(text: str, matches: Sequence[PeriodMatch], tokens: Sequence[Token], at: Standpoint) -> Sorted:
    """Which matches are baselines, of what, and what the words of comparison add."""
    words = [(token, token.meaning) for token in tokens if isinstance(token.meaning, Compared)]
    begins = [_begin(text, place, matches, words) for place in range(len(matches))]
    baselines = [(match, begin) for match, begin in zip(matches, begins, strict=True) if begin is not None]
    periods = [match for match, begin in zip(matches, begins, strict=True) if begin is None]
    compares: list[CompareMatch] = []
    unread: list[Words] = []
    for match, begin in baselines:
        current = _current(match, periods)
        if current is None and (implied := _successor(match.period, at)):
            current = PeriodMatch(implied, begin, begin, "", implied=True)
            periods.insert(0, current)
        found = compare_with(match.period, current.period if current else None, at.calendar)
        end = _end(text, match)
        if found is None:
            unread.append(Words(begin, end, text[begin:end]))
        else:
            compares.append(CompareMatch(*found, begin, end, text[begin:end], named=match.period))
    finds: tuple[CompareMatch | Words, ...] = (*compares, *unread)
    taken = {place for one in finds for place in range(one.start, one.end)}
    for token, word in words:
        if token.start not in taken:
            if named := _part_of_a_named_one(text, token, matches):
                unread.append(named)
                continue
            place = (token.start, token.end, text[token.start : token.end])
            if word.days and word.days != (periods[0].period.days if periods else None):
                unread.append(Words(*place))
            else:
                _add_word(word, place, periods, compares, at)
    ordered = tuple(sorted(compares, key=lambda one: one.start))
    return Sorted(tuple(sorted(periods, key=lambda one: one.start)), ordered, tuple(unread))


def _part_of_a_named_one(text: str, token: Token, matches: Sequence[PeriodMatch]) -> Words | None:
    """去年11月同期 is a part of that month and no comparison; which part, only the asker knows."""
    if not text.startswith("同期", token.start):
        return None
    for match in matches:
        if text[match.end : token.start] in ("", "的") and match.end > match.start:
            return Words(match.start, token.end, text[match.start : token.end])
    return None


def compare_with(named: Period, current: Period | None, calendar: Calendar) -> tuple[Comparison, Period | None] | None:
    """How `current` is held against `named`: with no period of its own where that is the natural twin.

    None when the two are of different length: units such as a day and a month, or the whole of a promotion and the one
    day of it a year before.
    """
    if current is None:
        return ("year_ago", None) if named.kind == "year" else ("previous", named)
    if (named.start, named.end, named.until) == (current.start, current.end, current.until):
        return None
    if _is_same(previous(current, calendar), named):
        return "previous", None
    twin = year_ago(current, calendar)
    if twin is not None and _is_same(twin, named):
        return "year_ago", None
    if _is_same_event_a_year_before(named, current, calendar):
        return "year_ago", None
    if _is_only_one_the_day(named, current, calendar):
        return None
    if named.kind == "year" and current.kind != "year":
        inside = twin is not None and named.start <= twin.start <= named.end
        return ("year_ago", None) if inside else None
    if named.kind != current.kind and named.kind in _UNIT_KINDS and current.kind in _UNIT_KINDS:
        return None
    return "previous", cut_like(current, named)


def shifted_by(unit: Unit, current: Period, calendar: Calendar) -> tuple[Comparison, Period | None]:
    """The comparison with the same part one unit before; without a period where that is the natural twin."""
    twin = shifted(current, unit, calendar)
    if unit == "year" or twin is None:
        return "year_ago", None
    return "previous", None if _is_same(previous(current, calendar), twin) else twin


_Word = tuple[Token, Compared]


def _begin(text: str, place: int, matches: Sequence[PeriodMatch], words: Sequence[_Word]) -> int | None:
    """Where the baseline with its word of comparison begins; None when the match at `place` is no baseline."""
    match = matches[place]
    before = text[max(0, match.start - _WORDS_BEFORE) : match.start]
    cut = match.start - len(before)
    if place + 1 < len(matches) and _leads(text, match, matches[place + 1]):
        found = _WITH.search(before)
        return cut + found.start() if found else match.start
    if place and _leads(text, matches[place - 1], match):
        return None
    if found := _LEFT.search(before):
        return cut + found.start()
    for token, word in words:
        if match.start == token.end and word.kind != "target":  # 环比上周
            return token.start
    if (found := _WITH.search(before)) and (_RIGHT.match(text, match.end) or _is_second_of_two(text, match, matches)):
        return cut + found.start()
    return match.start if _is_second_of_two(text, match, matches) else None


def _leads(text: str, baseline: PeriodMatch, current: PeriodMatch) -> bool:
    """和前天比昨天: what is measured comes last."""
    begin = max(0, baseline.start - _WORDS_BEFORE)
    gap = text[baseline.end : current.start].strip()
    return gap in ("比", "相比", "对比") and _WITH_FIRST.search(text[begin : baseline.start]) is not None


def _is_second_of_two(text: str, match: PeriodMatch, matches: Sequence[PeriodMatch]) -> bool:
    """上周和上上周的转化率对比, compare last week with the week before last."""
    if len(matches) != 2 or match is not matches[1]:
        return False
    gap = text[matches[0].end : match.start]
    return _BETWEEN_TWO.fullmatch(gap) is not None and _COMPARING.search(text) is not None


def _end(text: str, match: PeriodMatch) -> int:
    found = _RIGHT.match(text, match.end)
    return found.end() if found else match.end


def _current(baseline: PeriodMatch, periods: Sequence[PeriodMatch]) -> PeriodMatch | None:
    """The period measured: the nearest before the baseline, else the first after it."""
    before = [match for match in periods if match.start <= baseline.start]
    return before[-1] if before else (periods[0] if periods else None)


def _is_same(one: Period, other: Period) -> bool:
    """Whether both mean the same unit, be it cut short or not."""
    return one.start == other.start and (one.end == other.end or (one.kind == other.kind and one.kind in _UNIT_KINDS))


def _successor(named: Period, at: Standpoint) -> Period | None:
    """比上周 means this week, 比前天 yesterday: the running or last whole unit, if the baseline comes just before."""
    candidate = _following(named, at)
    if candidate is None or candidate.start > at.today:
        return None
    if candidate.event is None and candidate.end < at.today - timedelta(candidate.days):
        return None
    return candidate


def _is_same_event_a_year_before(named: Period, current: Period, calendar: Calendar) -> bool:
    """今年国庆比去年国庆, also where one of them has a day more; the twin is aligned by the event's own days."""
    if named.event is None or named.event != current.event:
        return False
    now, then = (calendar.nearest(named.event, period.start) for period in (current, named))
    if now is None or then is None or then.year != now.year - 1:
        return False
    return current.start == now.start and (named.start, named.end) == (then.start, then.end)


def _is_only_one_the_day(named: Period, current: Period, calendar: Calendar) -> bool:
    """今年双11比去年双11当天: one of two years' promotions as a whole, the other as its own day."""
    if named.event is None or named.event != current.event:
        return False
    now, then = (calendar.nearest(named.event, period.start) for period in (current, named))
    if now is None or then is None or now.year == then.year:
        return False
    is_day = [(period.start, period.end) == (one.day, one.day) for period, one in ((current, now), (named, then))]
    return is_day[0] != is_day[1]


def _following(named: Period, at: Standpoint) -> Period | None:
    if named.event is not None:
        return _next_occurrence(named, at)
    if named.kind in ("day", "week") and not named.by_weekday:
        start = named.end + timedelta(1)
        return bounded(Span(start, start + timedelta(named.days - 1), named.kind), at, "")
    if named.kind in ("month", "quarter"):
        start = named.end + timedelta(1)
        if start.day != 1:
            return None
        length = (named.end.year - named.start.year) * 12 + named.end.month - named.start.month + 1
        return bounded(Span(start, add_months(start, length) - timedelta(1), named.kind), at, "")
    return None


def _next_occurrence(named: Period, at: Standpoint) -> Period | None:
    """比去年双11 means this year's."""
    then = at.calendar.nearest(named.event or "", named.start)
    now = at.calendar.spans(then.event, then.year + 1) if then else None
    if then is None or now is None:
        return None
    shift = now.day - then.day
    span = Span(named.start + shift, named.end + shift, named.kind, event=named.event)
    if (named.start, named.end) == (then.start, then.end):
        span = Span(now.start, now.end, named.kind, event=named.event)
    return bounded(span, at, "")


def _add_word(
    word: Compared,
    place: tuple[int, int, str],
    periods: list[PeriodMatch],
    compares: list[CompareMatch],
    at: Standpoint,
) -> None:
    """环比, 上月同期, vs target: a comparison that names no period."""
    if word.unit is None:
        kinds = (word.kind, word.also) if word.also else (word.kind,)
        compares.extend(CompareMatch(kind, None, *place) for kind in kinds)
        return
    if not periods:
        implied = bounded(_unit_span(word, at), at, "")
        periods.append(PeriodMatch(implied, place[0], place[0], "", implied=True))
    kind, against = shifted_by(word.unit, periods[0].period, at.calendar)
    compares.append(CompareMatch(kind, against, *place, unit=word.unit))


def _unit_span(word: Compared, at: Standpoint) -> Span:
    """The running unit (上周同期 → this week so far) or the last whole one (wow → last week)."""
    unit = word.unit or "day"
    span = (
        Span(at.today, at.today, "day")
        if unit == "day"
        else running_unit({"week": "w", "month": "m"}.get(unit, unit[0]), at)
    )
    if word.implied != "whole":
        return span
    end = span.start - timedelta(1)
    if unit == "day":
        return Span(end, end, "day")
    start = at.week(-1) if unit == "week" else add_months(span.start, -3 if unit == "quarter" else -1)
    return Span(start, end, span.kind)
