"""Writes the daily digest: yesterday's numbers, where to look first, what moved, and the tactic for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from bot.assistant.compose.figures import Printer
from bot.assistant.compose.lines import target_verdict
from bot.assistant.compose.pictures import digest_picture
from bot.assistant.compose.tactics import adopt_row, is_right_before
from bot.assistant.compose.unusual import item, why_request
from bot.assistant.gather import audience_of, may_see, to_date
from bot.assistant.outlook import Outlook
from bot.assistant.types import Answer, Asker, Button, Citation, Facts, Gap, Picture, Plan, Suggestion
from bot.tactics.gaps import measure_gaps
from bot.tactics.ledger.board import LedgerBoard
from bot.tactics.ledger.wording import follow_up_line
from knowledge.documents import Audience
from metrics.anomalies.anomaly import Anomaly, Scan
from metrics.calendar import Calendar
from metrics.errors import MetricsError
from metrics.forecast.expected import Forecast
from metrics.model import Language, SemanticModel
from metrics.query import Change, KpiQuery, KpiResult, Period, Scope
from prompts.loader import Wording

HEADLINE = ("gmv", "orders", "visitors", "conversion_rate", "aov", "refund_rate")
WATCHED = ("conversion_rate", "refund_rate", "roi")  # rates that a team can act on the same day
WATCH_DAYS = 7
WORTH_SAYING = 0.08  # a rate less than 8 % off its plan or its last week is ordinary
CHART_DAYS = 28
MOST_UNUSUAL = 3


class Numbers(Protocol):
    """The part of the analyst that is used here."""

    @property
    def calendar(self) -> Calendar:
        """Promotions and holidays."""
        ...

    @property
    def model(self) -> SemanticModel:
        """What the numbers mean."""
        ...

    def run(self, query: KpiQuery, now: datetime) -> KpiResult:
        """One answered query; raises MetricsError."""
        ...


class Advice(Protocol):
    """What ranks tactic cards."""

    def advise(
        self, scope: Scope, metrics: tuple[str, ...], period: Period, now: datetime, audience: Audience
    ) -> tuple[tuple[Suggestion, ...], bool]:
        """Suggestions and whether they are the category's own."""
        ...


@dataclass(frozen=True)
class DailyDigest:
    """Builds the digest of one chat; the same facts give the same text."""

    numbers: Numbers
    advice: Advice
    wording: Wording
    language: Language
    outlook: Outlook | None = None  # None: neither a forecast nor what was unusual
    ledger: LedgerBoard | None = None  # None: nothing is followed up

    def build(self, asker: Asker, now: datetime) -> Answer:
        """The digest of yesterday as of `now`. Raises MetricsError when there is no data at all."""
        printer = Printer(self.numbers.model, self.wording, self.language, now, self.numbers.calendar)
        scope: Scope = {"category": asker.categories} if asker.categories else {}
        yesterday = _yesterday(now)
        main = self.numbers.run(self._headline(yesterday, scope, audience_of(asker)), now)
        month = self.numbers.run(to_date(KpiQuery(("gmv",), yesterday, scope), "month", now), now)
        movers = self._movers(yesterday, scope, now)
        unusual = self._unusual(yesterday, scope, now, audience_of(asker))
        watch = None if unusual else self._watch(scope, now, audience_of(asker))
        advised = self._advised(unusual, now, audience_of(asker))
        html = self.wording.render(
            "digest/daily",
            self.language,
            **self._head(main, month, printer, now),
            watch=self._watch_text(watch, printer),
            forecast=self._forecast_text(scope, now, printer),
            unusual=[item(one, printer) for one in unusual],
            tactic=advised.tactic.title if advised else "",
            source=f"《{advised.tactic.document}》› {advised.tactic.section}" if advised else "",
            movers=[self._mover_text(change, printer) for change in movers],
            follow_ups=self._follow_ups(asker, printer),
        )
        plan = Plan("kpi", self.language, "", query=replace(main.query, against=None), summary=True)
        suggestions = (watch[1],) if watch and watch[1] else (advised,) if advised else ()
        adopt = adopt_row(suggestions, printer)
        facts = Facts(results=(main, month), suggestions=suggestions, scan=Scan(unusual))
        citations = tuple(Citation(s.tactic.document, s.tactic.section, s.tactic.evidence) for s in suggestions)
        return Answer(
            plan,
            str(html),
            facts,
            citations,
            (*((adopt,) if adopt else ()), *self._buttons(watch, unusual, printer)),
            self._picture(scope, printer, now),
        )

    def _follow_ups(self, asker: Asker, printer: Printer) -> list[str]:
        """Adopted tactics of this chat that are reviewed today or tomorrow, or were measured since yesterday."""
        today = printer.now.date()
        entries = self.ledger.follow_ups(asker, today) if self.ledger is not None else ()
        return [follow_up_line(entry, printer, today) for entry in entries]

    def _headline(self, day: Period, scope: Scope, audience: Audience) -> KpiQuery:
        metrics = tuple(id for id in HEADLINE if self._may_see(id, audience))
        return KpiQuery(metrics, day, scope, compare=("previous",), against=_week_before(day))

    def _head(self, main: KpiResult, month: KpiResult, printer: Printer, now: datetime) -> dict[str, object]:
        rows = []
        for figure in main.figures:
            change = main.change(figure, "previous")
            view = printer.change(change) if change else None
            moved = view.moved if view else ""
            rows.append({"metric": printer.metric(figure.metric), "value": printer.figure(figure), "change": moved})
        target = month.change(month.figures[0], "target") if month.figures else None
        return {
            "today": printer.day_name(now.date()),
            "day": printer.day_name(main.query.period.start),
            "against": printer.day_name(main.query.period.start - timedelta(days=7)),
            "rows": rows,
            "month": printer.figure(month.figures[0]) if month.figures else "",
            "attainment": target_verdict(target, month, printer) if target and target.absolute is not None else "",
            "notices": [*printer.warnings(main), *printer.notices(main)],
            "freshness": printer.freshness(main),
        }

    def _movers(self, day: Period, scope: Scope, now: datetime) -> list[Change]:
        """The category that gained most and the one that lost most money against the same weekday."""
        query = KpiQuery(("gmv",), day, scope, ("category",), compare=("previous",), against=_week_before(day))
        changes = [change for change in self.numbers.run(query, now).changes if change.absolute]
        up = max(changes, key=lambda change: change.absolute or 0.0, default=None)
        down = min(changes, key=lambda change: change.absolute or 0.0, default=None)
        picked = [change for change, sign in ((up, 1), (down, -1)) if change is not None and change.direction == sign]
        return picked

    def _watch(self, scope: Scope, now: datetime, audience: Audience) -> tuple[Gap, Suggestion | None] | None:
        """The category and rate that stands worst against its plan or its own last week, with a card for it."""
        week = Period(now.date() - timedelta(days=WATCH_DAYS), now.date() - timedelta(days=1), "days")
        gaps = [gap for id in WATCHED if self._may_see(id, audience) for gap in self._gaps(id, week, scope, now)]
        worst = max(gaps, key=lambda gap: gap.severity, default=None)
        if worst is None or worst.severity < WORTH_SAYING:
            return None
        suggestions, is_own = self.advice.advise(worst.figure.scope, (worst.figure.metric,), week, now, audience)
        return worst, suggestions[0] if suggestions and is_own else None

    def _unusual(self, day: Period, scope: Scope, now: datetime, audience: Audience) -> tuple[Anomaly, ...]:
        """What was wrong yesterday, worst first."""
        if self.outlook is None:
            return ()
        found = self.outlook.scan(day, scope, audience, now).found
        return tuple(one for one in found if one.is_bad)[:MOST_UNUSUAL]

    def _advised(self, unusual: tuple[Anomaly, ...], now: datetime, audience: Audience) -> Suggestion | None:
        """A card of the category's own for the worst of them."""
        if not unusual:
            return None
        week = Period(now.date() - timedelta(days=WATCH_DAYS), now.date() - timedelta(days=1), "days")
        suggestions, is_own = self.advice.advise(unusual[0].scope, (unusual[0].metric,), week, now, audience)
        return suggestions[0] if suggestions and is_own else None

    def _forecast_text(self, scope: Scope, now: datetime, printer: Printer) -> dict[str, str] | None:
        """Where the month is heading."""
        if self.outlook is None or "gmv" not in self.numbers.model.metrics:
            return None
        month = Period(now.date().replace(day=1), now.date(), "month", complete=False, until=now)
        held = self.outlook.forecast("gmv", scope, month, now)
        if not isinstance(held, Forecast):
            return None
        metric = self.numbers.model.metrics["gmv"]
        ends = {name: printer.compact(value, metric) for name, value in _ends(held).items()}
        shares = {
            f"{name}_share": printer.share(value / held.target) for name, value in _ends(held).items() if held.target
        }
        return ends | ({"expected_share": "", "low_share": "", "high_share": ""} | shares)

    def _may_see(self, id: str, audience: Audience) -> bool:
        metric = self.numbers.model.metrics.get(id)
        return metric is not None and may_see(metric, audience)

    def _gaps(self, id: str, week: Period, scope: Scope, now: datetime) -> list[Gap]:
        try:
            return measure_gaps(self.numbers.run, self.numbers.model, (id,), scope, week, now, ("category",))
        except MetricsError:
            return []  # a rate that this shop does not measure is not watched

    def _watch_text(self, watch: tuple[Gap, Suggestion | None] | None, printer: Printer) -> dict[str, object] | None:
        if watch is None:
            return None
        gap, suggestion = watch
        change = printer.change(gap.change) if gap.change and is_right_before(gap.change) else None
        target = gap.target.baseline.value if gap.target else None
        metric = self.numbers.model.metrics[gap.figure.metric]
        return {
            "scope": printer.scope(gap.figure.scope),
            "metric": printer.metric(gap.figure.metric),
            "value": printer.figure(gap.figure),
            "range": printer.range(gap.figure.period),
            "change": change.short if change else "",
            "target": printer.number(target, metric) if target is not None else "",
            "month": printer.figure(gap.target.current) if gap.target else "",
            "tactic": suggestion.tactic.title if suggestion else "",
            "source": f"《{suggestion.tactic.document}》› {suggestion.tactic.section}" if suggestion else "",
        }

    def _mover_text(self, change: Change, printer: Printer) -> dict[str, str]:
        view = printer.change(change)
        return {
            "arrow": view.arrow if view else "",
            "scope": printer.scope(change.current.scope),
            "amount": view.signed if view else "",
            "relative": view.relative if view else "",
        }

    def _buttons(
        self, watch: tuple[Gap, Suggestion | None] | None, unusual: tuple[Anomaly, ...], printer: Printer
    ) -> tuple[tuple[Button, ...], ...]:
        text: Callable[..., str] = self.wording.text
        row = [
            Button(text("button/all_categories", self.language), text("button/all_categories_request", self.language))
        ]
        worst = watch[0].figure if watch is not None else unusual[0].figure if unusual else None
        if unusual:
            row.append(Button(text("button/why", self.language), why_request(unusual[0], printer, self.wording)))
        if worst is not None:
            request = f"/tactics {printer.scope(worst.scope)} {printer.metric(worst.metric)}"
            row.append(Button(text("button/remedy", self.language), request))
        return (tuple(row),)

    def _picture(self, scope: Scope, printer: Printer, now: datetime) -> Picture | None:
        first = now.date() - timedelta(days=CHART_DAYS)
        period = Period(first, now.date() - timedelta(days=1), "days")
        result = self.numbers.run(KpiQuery(("gmv",), period, scope, grain="day", compare=("previous",)), now)
        return digest_picture(result, printer)


def _ends(held: Forecast) -> dict[str, float]:
    return {"expected": held.expected, "low": held.low, "high": held.high}


def _yesterday(now: datetime) -> Period:
    day = now.date() - timedelta(days=1)
    return Period(day, day, "day")


def _week_before(day: Period) -> Period:
    return Period(day.start - timedelta(days=7), day.end - timedelta(days=7), "day")
