"""Figures as the strings that templates show; every rendered string is kept so that grounding can check it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from metrics import units
from metrics.calendar import Calendar
from metrics.model import Language, Metric, SemanticModel
from metrics.periods import describe
from metrics.query import Change, Comparison, Figure, Grain, KpiResult, Notice, Period, Scope
from prompts.loader import Wording

CUT = frozenset({"clamped", "no_data", "period_not_covered", "days_without_rows", "source_problem"})
DATES = re.compile(r"\d+\s*[./月-]\s*\d+|^\d{4}")
ARROWS = {1: "▲", -1: "▼", 0: "–"}


@dataclass(frozen=True)
class ChangeView:
    """One change, ready to print."""

    name: str  # 环比, 同比, 较目标
    arrow: str
    amount: str  # without sign: the arrow says it
    signed: str
    relative: str  # "−18.3%", "" when undefined
    unsigned_relative: str  # "18.3%", the amount when undefined: behind an arrow
    verdict: str  # how a change of a lower-is-better metric reads; "" when the arrow says it
    range: str  # the compared dates
    moved: str  # "▼0.41pp", "▼18.3%": the move alone
    short: str  # "环比▼0.41pp"


@dataclass
class Printer:
    """Renders figures in one language and remembers every string it rendered."""

    model: SemanticModel
    wording: Wording
    language: Language
    now: datetime
    calendar: Calendar
    asked: tuple[Comparison, ...] = ()  # comparisons that the asker named: only their absence is mentioned
    has_own_baseline: bool = False  # the asker named the period to compare with
    stated: list[str] = field(default_factory=list)

    def say(self, text: str) -> str:
        """Records a rendered string as stated by the facts."""
        self.stated.append(text)
        return text

    def metric(self, id: str) -> str:
        """The metric's name."""
        return self.say(self.model.metrics[id].name.text(self.language))

    def dimension(self, id: str) -> str:
        """The dimension's name."""
        return self.say(self.model.dimensions[id].name.text(self.language))

    def value_name(self, dimension: str, value: str) -> str:
        """A dimension value's name; values that the catalogue does not list are shown as they are."""
        for known in self.model.dimensions[dimension].values:
            if known.id == value:
                return self.say(known.name.text(self.language))
        return self.say(value)

    def scope(self, scope: Scope) -> str:
        """ "母婴 · 直播", or the whole shop."""
        parts = [
            "+".join(self.value_name(dimension, value) for value in values)
            for dimension, values in scope.items()
            if values
        ]
        return " · ".join(parts) if parts else self.wording.text("kpi/whole_shop", self.language)

    def range(self, period: Period) -> str:
        """The concrete dates."""
        return self.say(describe(period, self.language, now=self.now))

    def label(self, period: Period) -> str:
        """The asker's own words for the period, followed by a space, or nothing."""
        is_dates = DATES.search(period.label) is not None  # the range says it in its own form
        return f"{self.say(period.label)} " if period.label and not is_dates else ""

    def figure(self, figure: Figure) -> str:
        """The value, or in a word why there is none."""
        metric = self.model.metrics[figure.metric]
        if figure.value is None:
            return self.wording.text(f"absence/{figure.absence or 'no_data'}", self.language)
        return self.number(figure.value, metric)

    def number(self, value: float, metric: Metric) -> str:
        """A value in the metric's unit."""
        return self.say(units.format(value, metric.unit, metric.decimals, self.language))

    def change(self, change: Change) -> ChangeView | None:
        """A change in words; None when either side is missing."""
        if change.absolute is None:
            return None
        metric = self.model.metrics[change.current.metric]
        name = self.comparison_name(change.kind)
        amount = units.format_change(abs(change.absolute), metric.unit, metric.decimals, self.language).lstrip("+")
        if not any(digit in amount for digit in "123456789"):  # rounds to nothing as printed
            return self._flat(change, name)
        arrow = ARROWS[change.direction]
        relative = self._relative(change)
        return ChangeView(
            name=name,
            arrow=arrow,
            amount=self.say(amount),
            signed=self._signed(change, amount),
            relative=relative,
            unsigned_relative=relative.lstrip("+" + units.MINUS) or amount,
            verdict=self._verdict(change, metric),
            range=self.range(change.baseline.period),
            moved=f"{arrow}{self._short_amount(change, amount, relative)}",
            short=f"{name}{self._gap}{arrow}{self._short_amount(change, amount, relative)}",
        )

    @property
    def _gap(self) -> str:
        """English words keep apart, Chinese ones don't."""
        return " " if self.language == "en" else ""

    def _flat(self, change: Change, name: str) -> ChangeView:
        word = self.wording.text("kpi/flat", self.language)
        dates = self.range(change.baseline.period)
        return ChangeView(name, "", word, word, "", "", "", dates, moved=word, short=f"{name}{self._gap}{word}")

    def _short_amount(self, change: Change, amount: str, relative: str) -> str:
        is_rate = change.current.unit == "fraction"
        return amount if is_rate or not relative else relative.lstrip("+" + units.MINUS)

    def _signed(self, change: Change, amount: str) -> str:
        sign = {1: "+", -1: units.MINUS, 0: ""}[change.direction]
        return f"{sign}{amount}"

    def _relative(self, change: Change) -> str:
        if change.relative is None or change.kind == "target":
            return ""
        return self.say(units.format_relative(change.relative))

    def _verdict(self, change: Change, metric: Metric) -> str:
        if metric.higher_is_better or not change.direction:
            return ""
        return self.wording.text("kpi/worse" if change.direction > 0 else "kpi/better", self.language)

    def freshness(self, result: KpiResult) -> str:
        """ "Data to HH:MM", and whether the period is complete."""
        period = result.query.period
        if result.data_to is None:
            return self.wording.text("kpi/no_freshness", self.language)
        moment = self.moment(result.data_to)
        is_cut = any(notice.code in CUT for notice in result.notices)
        state = "complete" if period.complete and not is_cut else "partial"
        return self.say(self.wording.text(f"kpi/fresh_{state}", self.language, moment=moment))

    def moment(self, moment: datetime) -> str:
        """A data time as "11/22 14:05"; midnight reads as the end of the day before, "11/21 24:00"."""
        if (moment.hour, moment.minute, moment.second) == (0, 0, 0):
            return self.say(f"{moment - timedelta(days=1):%m/%d} 24:00")
        return self.say(f"{moment:%m/%d %H:%M}")

    def day_name(self, day: date) -> str:
        """ "11月22日（周日）", "Sun 22 Nov"."""
        return self.say(self.wording.text("kpi/day", self.language, day=day, weekday=day.weekday()))

    def bucket(self, figure: Figure, grain: Grain | None) -> str:
        """Where a point of a series stands: "14:00", "11/15", "2026/11"."""
        if figure.bucket is None:
            return ""
        form = {"hour": "%m/%d %H:00", "month": "%Y/%m"}.get(grain or "day", "%m/%d")
        return self.say(figure.bucket.strftime(form))

    def share(self, value: float) -> str:
        """A part of a whole: "35.2%"."""
        return self.say(units.format(value, "fraction", 1, self.language))

    def notices(self, result: KpiResult) -> list[str]:
        """Each notice as one sentence, each sentence once; of comparisons only those that were asked for."""
        rendered = (self._notice(notice) for notice in result.notices if self._matters(notice))
        return list(dict.fromkeys(rendered))

    def _matters(self, notice: Notice) -> bool:
        if notice.code == "target_progress":  # printed beside the target
            return False
        if notice.code == "target_not_defined":
            return "target" in self.asked
        if notice.code == "unlike_events":  # the period before is always shown
            return notice.data["kind"] in ("previous", *self.asked)
        return notice.data.get("kind", "") in ("", *self.asked)

    def _notice(self, notice: Notice) -> str:
        data = dict(notice.data)
        if data.get("metric") in self.model.metrics:
            data["metric"] = self.metric(data["metric"])
        if "table" in data:
            data["table"] = self.wording.text("kpi/table_name", self.language, id=data["table"])
        if "data_to" in data:
            data["data_to"] = self.moment(datetime.fromisoformat(data["data_to"]))
        if "events" in data:
            data["events"] = self._events(data["events"])
        if "kind" in data:
            data["kind"] = self.comparison_name(data["kind"])
        return self.say(self.wording.text(f"notice/{notice.code}", self.language, data=data))

    def _events(self, packed: str) -> str:
        """ "双11 3天对7天、国庆 0天对7天"."""
        texts = []
        for item in packed.split():
            id, here, there = item.split(":")
            name = self.calendar.event(id).name.text(self.language)
            texts.append(self.wording.text("kpi/event_days", self.language, name=name, here=here, there=there))
        return "、".join(texts) if self.language == "zh" else "; ".join(texts)

    def comparison_name(self, kind: str) -> str:
        """环比, 同比, 较目标; a baseline that was named is no 环比."""
        name = "against" if kind == "previous" and self.has_own_baseline else kind
        return self.wording.text(f"kpi/change_{name}", self.language)
