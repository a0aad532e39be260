"""Figures as the strings that templates show; every rendered string is kept so that grounding can check it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bot.assistant.listing import listed
from bot.assistant.types import Threshold
from metrics import units
from metrics.calendar import Calendar
from metrics.model import Language, Metric, SemanticModel
from metrics.periods import describe
from metrics.query import UNKNOWN, Change, Comparison, Figure, Grain, KpiResult, Notice, Period, Scope
from prompts.loader import Wording

CUT = frozenset({"clamped", "no_data", "period_not_covered", "days_without_rows", "days_on_one_side", "source_problem"})
DATES = re.compile(r"\d+\s*[./月-]\s*\d+|^\d{4}")
MOST_EVENTS = 3  # named in one sentence
MOST_NAMES = 3  # metrics named in one notice where it is about all of them
TWO_DAYS = 48  # hours
SAID_ALREADY = frozenset(
    {"unreadable", "not_available", "not_split", "no_data"}
)  # why there is nothing that could be fresh
WARNINGS = frozenset(
    {"clamped", "no_data", "days_without_rows", "days_on_one_side", "source_problem", "unreadable"}
)  # said above, not below
SMALL = 0.01  # of the baseline: a change that deserves no arrow
ARROWS = {1: "▲", -1: "▼", 0: ""}
SIGNS = {1: "+", -1: units.MINUS, 0: ""}


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
    headline: str  # "▼ 0.41pp", "基本持平，+0.01pp"


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
    excluded: Scope = field(default_factory=dict)  # what the asked scope leaves out, said instead of what is left
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
        if value == UNKNOWN:
            return self.say(self.wording.text("kpi/unlabelled", self.language))
        for known in self.model.dimensions[dimension].values:
            if known.id == value:
                return self.say(known.name.text(self.language))
        return self.say(value)

    def scope(self, scope: Scope) -> str:
        """ "母婴 · 直播", or the whole shop."""
        parts = [self._scope_part(dimension, values) for dimension, values in scope.items() if values]
        return " · ".join(parts) if parts else self.wording.text("kpi/whole_shop", self.language)

    def _scope_part(self, dimension: str, values: tuple[str, ...]) -> str:
        """ "母婴+服饰", or "渠道除直播外" where the others were asked for by leaving some out."""
        left_out = self.excluded.get(dimension, ())
        if not left_out or set(left_out) & set(values):
            return "+".join(self.value_name(dimension, value) for value in values)
        names = [self.value_name(dimension, value) for value in left_out]
        return self.wording.text("kpi/all_but", self.language, dimension=self.dimension(dimension), names=names)

    def bound(self, threshold: Threshold) -> str:
        """ "高于 ¥300万"."""
        form = f"{threshold.side}{'_or_at' if threshold.includes else ''}"
        value = self.number(threshold.value, self.model.metrics[threshold.metric])
        name = self.metric(threshold.metric)
        return self.wording.text(f"kpi/bound_{form}", self.language, metric=name, value=value)

    def range(self, period: Period) -> str:
        """The concrete dates."""
        return self.say(describe(period, self.language, now=self.now))

    def label(self, period: Period) -> str:
        """The asker's own words for the period, followed by a space, or nothing."""
        is_dates = DATES.search(period.label) is not None  # the range says it in its own form
        return f"{self.say(period.label)} " if period.label and not is_dates else ""

    def figure(self, figure: Figure, *, short: bool = False) -> str:
        """The value, or in a word why there is none; `short` for a narrow column."""
        metric = self.model.metrics[figure.metric]
        if figure.value is None:
            place = "absence_short" if short else "absence"
            return self.wording.text(f"{place}/{figure.absence or 'no_data'}", self.language)
        if short:
            return self.say(units.format_compact(figure.value, metric.unit, metric.decimals, self.language))
        return self.number(figure.value, metric)

    def difference(self, value: float, metric: Metric) -> str:
        """A distance without its sign, "" when it rounds to nothing: "0.67pp", "¥107.3万"."""
        amount = units.format_change(abs(value), metric.unit, metric.decimals, self.language).lstrip("+")
        return self.say(amount) if _is_seen(amount) else ""

    def number(self, value: float, metric: Metric) -> str:
        """A value in the metric's unit."""
        return self.say(units.format(value, metric.unit, metric.decimals, self.language))

    def compact(self, value: float, metric: Metric) -> str:
        """A value in as few digits as the metric is usually said in."""
        return self.say(units.format_compact(value, metric.unit, metric.decimals, self.language))

    def change(self, change: Change) -> ChangeView | None:
        """A change in words; None when either side is missing."""
        if change.absolute is None:
            return None
        metric = self.model.metrics[change.current.metric]
        name = self.comparison_name(change.kind)
        amount = units.format_change(abs(change.absolute), metric.unit, metric.decimals, self.language).lstrip("+")
        if not _is_seen(amount):
            return self._flat(change, name)
        is_small = is_small_change(change)
        arrow = SIGNS[change.direction] if is_small else ARROWS[change.direction]
        relative = self._relative(change)
        moved = f"{arrow}{self._short_amount(change, amount, relative)}"
        verdict = self._verdict(change, metric)
        return ChangeView(
            name=name,
            arrow=arrow,
            amount=self.say(amount),
            signed=self._signed(change, amount),
            relative=relative,
            unsigned_relative=relative.lstrip("+" + units.MINUS) or amount,
            verdict=verdict,
            range=self.range(change.baseline.period),
            moved=moved,
            short=self.wording.text("kpi/change_short", self.language, name=name, moved=moved, verdict=verdict),
            headline=self._headline(change, amount, arrow, is_small=is_small),
        )

    def _headline(self, change: Change, amount: str, arrow: str, *, is_small: bool) -> str:
        """ "▼ 0.41pp"; of a small change "基本持平，+¥1.2万"."""
        if not is_small:
            return f"{arrow} {amount}"
        return self.wording.text("kpi/nearly_flat", self.language, signed=self._signed(change, amount))

    def _flat(self, change: Change, name: str) -> ChangeView:
        word = self.wording.text("kpi/flat", self.language)
        dates = self.range(change.baseline.period)
        short = self.wording.text("kpi/change_short", self.language, name=name, moved=word, verdict="")
        return ChangeView(name, "", word, word, "", "", "", dates, moved=word, short=short, headline=word)

    def _short_amount(self, change: Change, amount: str, relative: str) -> str:
        is_rate = change.current.unit == "fraction"
        return amount if is_rate or not relative else relative.lstrip("+" + units.MINUS)

    def _signed(self, change: Change, amount: str) -> str:
        return f"{SIGNS[change.direction]}{amount}"

    def _relative(self, change: Change) -> str:
        if change.relative is None or change.kind == "target":
            return ""
        return self.say(units.format_relative(change.relative))

    def _verdict(self, change: Change, metric: Metric) -> str:
        if metric.higher_is_better or not change.direction or is_small_change(change):
            return ""
        return self.wording.text("kpi/worse" if change.direction > 0 else "kpi/better", self.language)

    def freshness(self, result: KpiResult) -> str:
        """ "Data to HH:MM", and whether the period is complete."""
        period = result.query.period
        if result.data_to is None and any(notice.code in SAID_ALREADY for notice in result.notices):
            return ""
        if result.data_to is None:
            return self.wording.text("kpi/no_freshness", self.language)
        moment = self.moment(result.data_to)
        is_cut = any(notice.code in CUT for notice in result.notices)
        state = "partial" if is_cut else "complete" if period.complete else "running"
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

    def warnings(self, result: KpiResult) -> list[str]:
        """What stands right under the headline: the figures are not whole, and since when."""
        return self._said((notice for notice in result.notices if self._is_warning(notice)), result)

    def relative(self, value: float) -> str:
        """A relative difference with its sign: "+3.1%"."""
        return self.say(units.format_relative(value))

    def notices(self, result: KpiResult, *, compares: bool = True) -> list[str]:
        """Each other notice as one sentence, each sentence once; of comparisons only those that were asked for.

        `compares`: whether the answer shows a change; where it shows none, what makes periods unlike is no matter.
        """
        others = (notice for notice in result.notices if self._matters(notice) and not self._is_warning(notice))
        return self._said((one for one in others if compares or one.code != "unlike_events"), result)

    def _said(self, notices: Iterable[Notice], result: KpiResult) -> list[str]:
        """Each sentence once; what several metrics share is one sentence with all their names and tables."""
        together: dict[tuple[str, ...], list[Notice]] = {}
        for notice in notices:
            rest = sorted(f"{name}={text}" for name, text in notice.data.items() if name not in ("metric", "table"))
            together.setdefault((notice.code, *rest), []).append(notice)
        everything = len(dict.fromkeys(result.query.metrics))
        return list(dict.fromkeys(self._notice(held, everything) for held in together.values()))

    def _is_warning(self, notice: Notice) -> bool:
        """What is amiss; that a table which is settled by day has no rows of today yet is as it should be."""
        return notice.code in WARNINGS and not self._is_settled_daily(notice)

    def _is_settled_daily(self, notice: Notice) -> bool:
        table = self.model.tables.get(notice.data.get("table", ""))
        if "data_to" not in notice.data:
            return False
        yesterday = (self.now - timedelta(days=1)).date()
        reached = datetime.fromisoformat(notice.data["data_to"])
        return table is not None and table.grain == "day" and reached.date() > yesterday

    def elapsed(self, period: Period) -> str:
        """Share of the month that has passed, "" for a whole month."""
        if period.complete or period.until is None:
            return ""
        return self.share(month_passed(period.until))

    def column_name(self, kind: str) -> str:
        """The comparison as the head of a narrow column."""
        name = "against" if kind == "previous" and self.has_own_baseline else kind
        return self.wording.text(f"kpi/column_{name}", self.language)

    def _matters(self, notice: Notice) -> bool:
        if notice.code == "target_progress":  # printed beside the target
            return False
        if notice.code == "target_not_defined":
            return "target" in self.asked
        if notice.code == "unlike_events":  # the period before is always shown
            return notice.data["kind"] in ("previous", *self.asked)
        return notice.data.get("kind", "") in ("", *self.asked)

    def _notice(self, alike: Sequence[Notice], everything: int) -> str:
        """The sentence of notices that differ only in metric and table; `everything`: how many metrics there are."""
        first = alike[0]
        data: dict[str, object] = dict(first.data)
        metrics = [id for id in dict.fromkeys(one.data.get("metric", "") for one in alike) if id in self.model.metrics]
        if metrics:
            data["metric"] = self._metric_names(metrics, everything)
        tables = dict.fromkeys(one.data["table"] for one in alike if "table" in one.data)
        if tables:
            data["table"] = self.joined(self.wording.text("kpi/table_name", self.language, id=id) for id in tables)
        if "data_to" in data:
            reached = datetime.fromisoformat(first.data["data_to"])
            data |= {"data_to": self.moment(reached), "behind": self._behind(reached)}
            data["is_daily"] = self._is_settled_daily(first)
        if "events" in data:
            data["events"] = self._events(first.data["events"])
        if "dimension" in data:
            data["dimension"] = self.dimension(first.data["dimension"])
        if "kind" in data:
            data["kind"] = self.comparison_name(first.data["kind"])
        return self.say(self.wording.text(f"notice/{first.code}", self.language, data=data))

    def _metric_names(self, metrics: Sequence[str], everything: int) -> str:
        if len(metrics) == everything > MOST_NAMES:
            return self.wording.text("kpi/all_metrics", self.language)
        return self.joined(self.metric(id) for id in metrics)

    def joined(self, names: Iterable[str]) -> str:
        """Names as a list in the language of the answer: "GMV、订单数", "GMV, orders"."""
        return listed(names, self.language)

    def _behind(self, reached: datetime) -> str:
        """How long ago the data stopped: "5 小时", "2 天"; "" when that is less than an hour."""
        hours = int((self.now - reached).total_seconds() // 3600)
        if hours < 1:
            return ""
        unit, count = ("days", hours // 24) if hours >= TWO_DAYS else ("hours", hours)
        return self.say(self.wording.text(f"kpi/ago_{unit}", self.language, count=count))

    def _events(self, packed: str) -> str:
        """ "双11 3天对7天、国庆 0天对7天": those that differ most, and how many more there are."""
        items = [(id, int(here), int(there)) for id, here, there in (item.split(":") for item in packed.split())]
        items.sort(key=lambda item: -abs(item[1] - item[2]))  # of equals the earlier one first
        texts = []
        for id, here, there in items[:MOST_EVENTS]:
            name = self.calendar.event(id).name.text(self.language)
            texts.append(self.wording.text("kpi/event_days", self.language, name=name, here=here, there=there))
        said = ("、" if self.language == "zh" else "; ").join(texts)
        more = len(items) - len(texts)
        return said + (self.wording.text("kpi/more_events", self.language, count=more) if more else "")

    def comparison_name(self, kind: str) -> str:
        """环比, 同比, 较目标; a baseline that was named is no 环比."""
        name = "against" if kind == "previous" and self.has_own_baseline else kind
        return self.wording.text(f"kpi/change_{name}", self.language)


def is_small_change(change: Change, least: float = SMALL) -> bool:
    """Whether the change is too small to be called a rise or a fall."""
    return change.kind != "target" and change.relative is not None and abs(change.relative) < least


def month_passed(until: datetime) -> float:
    """Which part of its month has passed at a moment, from 0 to 1."""
    start = until.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    following = start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1)
    return (until - start) / (following - start)


def _is_seen(amount: str) -> bool:
    """Whether a printed amount is more than nothing."""
    return any(digit in amount for digit in "123456789")
