"""How a rule stands on a day, and what its report says."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.assistant.compose.figures import Printer
from bot.assistant.compose.unusual import item
from bot.assistant.compose.watch import rule_text
from bot.assistant.gather import audience_of, may_see
from bot.assistant.outlook import Outlook
from bot.assistant.types import Asker
from bot.assistant.watch import COMPARED_DAYS, Watch
from bot.store.watches import WatchRow
from metrics.anomalies.anomaly import Anomaly
from metrics.model import Language
from metrics.query import Period, Scope
from prompts.loader import Wording

MOST_SHOWN = 3


@dataclass(frozen=True)
class Standing:
    """One rule on one whole day."""

    day: date
    value: float | None
    before: float | None  # of the same weekday a week before
    measured: float  # what is held against the bound


@dataclass(frozen=True)
class Judging:
    """Reads figures for rules; blocking, to be called in threads."""

    outlook: Outlook
    wording: Wording

    def standing(self, watch: Watch, day: date, now: datetime) -> Standing | None:
        """How the rule stands on that day; None while the day is not wholly in."""
        result, _ = self.outlook.trial(watch, Period(day, day, "day"), now)
        values = {figure.bucket.date(): figure for figure in result.figures if figure.bucket is not None}
        figure, earlier = values.get(day), values.get(day - timedelta(days=COMPARED_DAYS))
        until = figure.period.until if figure is not None else None
        if figure is None or (until is not None and (until.hour, until.minute) != (0, 0)):
            return None
        before = earlier.value if earlier is not None else None
        measured = watch.measure(figure.value, before)
        return None if measured is None else Standing(day, figure.value, before, measured)

    def unusual(self, day: date, asker: Asker, now: datetime) -> tuple[Anomaly, ...]:
        """What went wrong on that day and not before."""
        scope: Scope = {"category": asker.categories} if asker.categories else {}
        found = self.outlook.scan(Period(day, day, "day"), scope, audience_of(asker), now).found
        return tuple(one for one in found if one.is_bad and one.started == day)[:MOST_SHOWN]

    def may_read(self, watch: Watch, asker: Asker) -> bool:
        """Whether the figure may be shown in that chat as it is let in today."""
        metric = self.outlook.numbers.model.metrics.get(watch.metric)
        own = set(watch.scope.get("category", ()))
        is_within = not asker.categories or (bool(own) and own <= set(asker.categories))
        return metric is not None and may_see(metric, audience_of(asker)) and is_within

    def printer(self, language: Language, now: datetime) -> Printer:
        """For the words of a report."""
        numbers = self.outlook.numbers
        return Printer(numbers.model, self.wording, language, now, numbers.calendar)

    def report(self, row: WatchRow, standing: Standing, now: datetime, *, is_over: bool = False) -> str:
        """The one message of a crossing, as it stands now; HTML."""
        language: Language = "zh" if row.language == "zh" else "en"
        watch, printer = rule_of(row), self.printer("zh" if row.language == "zh" else "en", now)
        metric = printer.model.metrics[watch.metric]
        days = (standing.day - row.opened).days + 1 if row.opened else 1
        has_before = watch.is_relative and standing.before
        return self.wording.render(
            "alerts/report",
            language,
            rule=rule_text(watch, printer),
            day=printer.day_name(standing.day),
            value=printer.number(standing.value, metric) if standing.value is not None else "",
            before=printer.number(standing.before, metric) if has_before and standing.before else "",
            relative=printer.relative(standing.value / standing.before - 1)
            if has_before and standing.before and standing.value is not None
            else "",
            opened=printer.day_name(row.opened) if row.opened and days > 1 else "",
            days=days,
            is_over=is_over,
            seen_by=row.seen_by,
        )

    def unusual_report(self, found: tuple[Anomaly, ...], row: WatchRow, day: date, now: datetime) -> str:
        """What went wrong on a day; HTML."""
        printer = self.printer("zh" if row.language == "zh" else "en", now)
        items = [item(one, printer) for one in found]
        return self.wording.render("alerts/unusual", printer.language, day=printer.day_name(day), items=items)


def rule_of(row: WatchRow) -> Watch:
    """The rule out of its JSON."""
    held = json.loads(row.rule)
    held["scope"] = {name: tuple(values) for name, values in held["scope"].items()}
    return Watch(**held)


def packed(watch: Watch) -> str:
    """The rule as JSON."""
    held = {name: getattr(watch, name) for name in watch.__dataclass_fields__}
    held["scope"] = {name: list(values) for name, values in sorted(watch.scope.items())}
    return json.dumps(held, ensure_ascii=False, sort_keys=True)
