"""Reads questions about where a period is heading, and about what is unusual."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.assistant.asking_back import AskingBack
from bot.assistant.follow_up import follows_up
from bot.assistant.kpi_query import asked_period, last_days
from bot.assistant.reading import Reading
from bot.assistant.types import Plan, Question
from bot.assistant.watching import watch_plan
from metrics.calendar import Calendar
from metrics.model import SemanticModel
from metrics.query import KpiQuery, Period, PeriodKind

LOOK_DAYS = 7
LONGEST_LOOK = 92  # days that are looked over for what is unusual
COMMANDS = {"pace": "pace", "anomalies": "anomalies", "watch": "watch"}
LATELY = re.compile(r"最近|近期|近来|这阵子|这段时间|这几天|近几天|lately|recently|these days", re.IGNORECASE)
ENDS: dict[PeriodKind, re.Pattern[str]] = {
    "quarter": re.compile(r"季[度]?末|(?:end|close) of (?:the |this )?quarter|quarter[ -]end", re.IGNORECASE),
    "year": re.compile(r"年[底末终]|全年|(?:end|close) of (?:the |this )?year|year[ -]end", re.IGNORECASE),
    "month": re.compile(r"月[底末]|(?:end|close) of (?:the |this )?month|month[ -]end", re.IGNORECASE),
}
OTHER_ROOMS = ("document", "market", "howto", "why", "remedy", "define")
CAMPAIGN_METRICS = ("gmv", "orders", "visitors", "conversion_rate")


class Views:
    """Plans of the two questions that look at more than one figure of one period."""

    def __init__(self, model: SemanticModel, calendar: Calendar, asking: AskingBack, week_start: int) -> None:
        self._model, self._calendar, self._asking = model, calendar, asking
        self._week_start = week_start

    def plan(self, command: str, reading: Reading, question: Question) -> Plan | None:
        """The plan of such a question; None for every other one."""
        if reading.unknown or reading.has(*OTHER_ROOMS) or (command and command not in COMMANDS):
            return None
        before = question.context[0] if question.context else None
        if (rule := watch_plan(command, reading, self._model, self._asking, question.now)) is not None:
            return rule
        asked = COMMANDS.get(command) or self._asked(reading, question.now)
        if asked == "anomalies":
            return self._anomalies(reading, question.now, None)
        if asked == "pace":
            return self._pace(reading, question.now, None)
        if before is not None and before.query is not None and before.view and _goes_on(reading):
            follow = self._anomalies if before.view == "anomalies" else self._pace
            return follow(reading, question.now, before.query)
        return None

    def _asked(self, reading: Reading, now: datetime) -> str:
        if reading.has("anomaly"):
            return "anomalies"
        others = [match for match in reading.times.compares if match.kind != "target"]
        if reading.times.grain is not None or others:
            return ""
        has_target = reading.has("target") or len(others) < len(reading.times.compares)
        period = asked_period(reading)
        if reading.dimensions or (period is not None and period.complete and period.end < now.date()):
            return ""  # what is over is heading nowhere
        is_campaign = reading.has("vague_time") or (period is not None and period.kind == "campaign")
        if reading.has("progress") and is_campaign:
            return "pace"
        return "pace" if reading.has("pace") or (reading.has("will") and has_target) else ""

    def _anomalies(self, reading: Reading, now: datetime, before: KpiQuery | None) -> Plan:
        period = asked_period(reading)
        if period is None and not LATELY.search(reading.raw) and (plan := self._asking.unclear_time(reading)):
            return plan
        if reading.ambiguous:
            return self._asking.which_metric(reading)
        if period is None:
            period = before.period if before is not None else last_days(LOOK_DAYS, now)
        if period.days > LONGEST_LOOK:
            period = replace(period, start=period.end - timedelta(days=LONGEST_LOOK - 1), label="")
        where = {**(dict(before.where) if before else {}), **reading.values}
        query = KpiQuery(reading.metrics or (before.metrics if before else ()), period, where)
        return Plan("kpi", reading.language, reading.raw, query=query, view="anomalies", read_as=reading.read_as)

    def _pace(self, reading: Reading, now: datetime, before: KpiQuery | None) -> Plan:
        named = asked_period(reading)
        future = next((match for match in reading.times.periods if match.future), None)
        running = self._campaign(now)
        if reading.ambiguous:
            return self._asking.which_metric(reading)
        where = {**(dict(before.where) if before else {}), **reading.values}
        metrics = reading.metrics[:1] or (before.metrics[:1] if before else ()) or ("gmv",)
        wants_campaign = reading.has("vague_time") or (named is not None and named.kind == "campaign")
        is_bare = (
            named is None
            and not reading.metrics
            and not reading.has("target")
            and not reading.times.compares
            and self._end(reading) is None
        )
        if running is not None and (wants_campaign or (is_bare and before is None)):
            held = tuple(id for id in CAMPAIGN_METRICS if id in self._model.metrics) or metrics
            query = KpiQuery(held, running, where, compare=("year_ago",))
        elif future is not None and (plan := self._asking.unclear_time(reading)) is not None:
            return plan
        else:
            kind = self._end(reading) or (named.kind if named and named.kind != "campaign" else None)
            kind = kind or (before.period.kind if before and before.period.kind != "campaign" else "month")
            query = KpiQuery(metrics, self._running(kind, now), where, compare=("target",))
        plan = Plan("kpi", reading.language, reading.raw, query=query, view="pace", read_as=reading.read_as)
        return replace(plan, unclear="no_campaign") if wants_campaign and running is None else plan

    def _campaign(self, now: datetime) -> Period | None:
        """The promotion that is on, from its first day to now; of several the one that began last."""
        found = [
            occurrence
            for event in self._calendar.events
            if event.kind == "campaign" and event.weighs
            for year in (now.year, now.year + 1)
            if (occurrence := self._calendar.spans(event.id, year)) and occurrence.start <= now.date() <= occurrence.end
        ]
        if not found:
            return None
        one = max(found, key=lambda occurrence: occurrence.start)
        return Period(one.start, now.date(), "campaign", complete=False, until=now, event=one.event)

    def _end(self, reading: Reading) -> PeriodKind | None:
        return next((kind for kind, pattern in ENDS.items() if pattern.search(reading.raw)), None)

    def _running(self, kind: PeriodKind, now: datetime) -> Period:
        today = now.date()
        starts: dict[str, date] = {
            "day": today,
            "week": today - timedelta(days=(today.weekday() - self._week_start) % 7),
            "quarter": today.replace(month=today.month - (today.month - 1) % 3, day=1),
            "year": today.replace(month=1, day=1),
        }
        known: PeriodKind = kind if kind in starts else "month"
        return Period(starts.get(kind, today.replace(day=1)), today, known, complete=False, until=now)


def whole(period: Period, calendar: Calendar) -> Period:
    """The running period to its last day."""
    start, last = period.start, period.end
    if period.kind == "campaign" and period.event is not None:
        occurrence = calendar.nearest(period.event, period.end)
        last = occurrence.end if occurrence is not None else last
    elif period.kind == "week":
        last = start + timedelta(days=6)
    elif period.kind in ("month", "quarter", "year"):
        months = {"month": 1, "quarter": 3, "year": 12}[period.kind]
        index = start.year * 12 + start.month - 1 + months
        last = date(index // 12, index % 12 + 1, 1) - timedelta(days=1)
    return replace(period, end=last, complete=True, until=None)


def _goes_on(reading: Reading) -> bool:
    """Whether a scope or a time is put in the place of the one before, and nothing else is asked."""
    forms = (reading.dimensions, reading.times.grain, reading.bounds, reading.ranking)
    is_form = any(forms) or reading.has("trend", "chart", "share", "per_day", "change", "moved")
    return not is_form and not reading.metrics and not reading.loose and follows_up(reading)
