"""Puts figures into the sentences and cells that several sections share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.assistant.compose.figures import ChangeView, Printer
from bot.assistant.compose.lines import attainment, target_verdict
from bot.reviews.facts import ReviewFacts
from bot.reviews.periods import name_of
from metrics.query import Change, Comparison, Figure, KpiResult, Notice

NOTHING = "—"
CUT = " *"  # behind a figure that covers less than the period
SHOWN: tuple[Comparison, ...] = ("previous", "year_ago")


@dataclass(frozen=True)
class Scribe:
    """One review's printer with the words of reviews."""

    printer: Printer
    facts: ReviewFacts

    def text(self, name: str, /, **values: object) -> str:
        """A template of the reviews, as plain text."""
        return self.printer.wording.text(f"review/{name}", self.printer.language, **values)

    def joined(self, parts: Sequence[str]) -> str:
        """A list in the language of the review."""
        return self.printer.joined(parts)

    @property
    def period(self) -> str:
        """The period as sentences name it."""
        at = self.facts.assignment
        return self.printer.say(name_of(at.unit, at.period, self.printer.wording, self.printer.language))

    @property
    def scope(self) -> str:
        """全店, or the categories that the review is limited to."""
        return self.printer.scope(self.facts.assignment.scope)

    def phrase(self, result: KpiResult, figure: Figure) -> str:
        """ "GMV ¥8,051万（环比▼3.1%，同比▲25.0%；目标 ¥8,190万，达成 98.3%）"."""
        target, verdict = self.target(result, figure)
        return self.text(
            "phrase",
            metric=self.printer.metric(figure.metric),
            value=self.value(result, figure),
            changes=self.changes(result, figure),
            target=target,
            verdict=verdict,
        )

    def phrases(self, result: KpiResult, metrics: Sequence[str]) -> list[str]:
        """One phrase for each of the metrics that has a value."""
        return [
            self.phrase(result, item) for item in result.figures if item.metric in metrics and item.value is not None
        ]

    def short_phrase(self, result: KpiResult, figure: Figure, kind: Comparison | None) -> str:
        """ "客单价 ¥1,973.47（▼0.9%）": with one change, whose kind the sentence names."""
        view = self.view(result, figure, kind) if kind is not None else None
        value = self.value(result, figure)
        changes = [view.moved] if view is not None else []
        return self.text(
            "phrase", metric=self.printer.metric(figure.metric), value=value, changes=changes, target="", verdict=""
        )

    def changes(self, result: KpiResult, figure: Figure) -> list[str]:
        """ "环比▼3.1%" for each earlier period that it can be held against."""
        return [f"{view.name}{self._gap}{view.moved}" for view in self.views(result, figure)]

    def of(self, name: str, metric: str) -> str:
        """ "母婴GMV", "3C GMV": two Latin names stand apart."""
        shown = self.printer.metric(metric)
        is_latin = self._gap or (name[-1:].isascii() and shown[:1].isascii())
        return f"{name}{' ' if is_latin else ''}{shown}"

    def cautions(self, result: KpiResult) -> list[str]:
        """What must be known to read the figures rightly; of one baseline that is not covered, the latest start."""
        latest: dict[str, Notice] = {}
        others = []
        for notice in result.notices:
            if notice.code != "baseline_not_covered":
                others.append(notice)
                continue
            held = latest.get(notice.data["kind"])
            if held is None or notice.data.get("first", "") > held.data.get("first", ""):
                latest[notice.data["kind"]] = notice
        read = replace(result, notices=(*others, *latest.values()))
        return [*self.printer.warnings(read), *self.printer.notices(read)]

    def footnote(self, result: KpiResult) -> str:
        """To which moment the marked figures go; "" where none is marked."""
        cut = {item.period for item in result.figures if is_cut(result, item)}
        ranges = dict.fromkeys(self.printer.range(period) for period in sorted(cut, key=lambda one: one.end))
        return self.text("footnote", range=self.joined(list(ranges))) if ranges else ""

    @property
    def _gap(self) -> str:
        return "" if self.printer.language == "zh" else " "

    def value(self, result: KpiResult, figure: Figure) -> str:
        """The value, marked where it covers less than the period."""
        return self.printer.figure(figure) + (CUT if is_cut(result, figure) else "")

    def views(self, result: KpiResult, figure: Figure) -> list[ChangeView]:
        """The changes against earlier periods that can be said."""
        found = (self.view(result, figure, kind) for kind in SHOWN)
        return [view for view in found if view is not None]

    def view(self, result: KpiResult, figure: Figure, kind: Comparison) -> ChangeView | None:
        """One change in words; None when either side is missing."""
        change = result.change(figure, kind)
        return self.printer.change(change) if change is not None else None

    def target(self, result: KpiResult, figure: Figure) -> tuple[str, str]:
        """The target and how the figure stands to it, "" where there is none."""
        change = result.change(figure, "target")
        if change is None or change.absolute is None:
            return "", ""
        return self.baseline(change), self._against(change, result)

    def _against(self, change: Change, result: KpiResult) -> str:
        """Attainment for amounts, the distance for ratios; whether that is good news the reader knows."""
        if attainment(change, self.printer):
            return target_verdict(change, result, self.printer)
        view = self.printer.change(change)
        if view is None or not view.arrow:
            return self.printer.wording.text("kpi/target_met", self.printer.language)
        side = "above" if change.direction > 0 else "below"
        return self.printer.wording.text(f"kpi/target_{side}", self.printer.language, amount=view.amount, verdict="")

    def baseline(self, change: Change | None) -> str:
        """What a figure is held against, as a number."""
        if change is None or change.baseline.value is None:
            return NOTHING
        return self.printer.number(change.baseline.value, self.printer.model.metrics[change.current.metric])

    def moved(self, result: KpiResult, figure: Figure, kind: Comparison) -> str:
        """The change as a cell."""
        view = self.view(result, figure, kind)
        return view.moved if view is not None else NOTHING


def is_cut(result: KpiResult, figure: Figure) -> bool:
    """Whether the figure covers fewer days than were asked for."""
    asked = result.query.period
    return figure.value is not None and (figure.period.start, figure.period.end, figure.period.until) != (
        asked.start,
        asked.end,
        asked.until,
    )


def figures_of(result: KpiResult, metric: str) -> list[Figure]:
    """The figures of one metric that have a value."""
    return [figure for figure in result.figures if figure.metric == metric and figure.value is not None]


def kinds_in(result: KpiResult) -> list[Comparison]:
    """The comparisons with earlier periods that any figure has."""
    held = {change.kind for change in result.changes if change.absolute is not None}
    return [kind for kind in SHOWN if kind in held]
