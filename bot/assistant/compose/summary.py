"""The manager's summary: yesterday and the month so far on one screen."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.assistant.compose.figures import Printer
from bot.assistant.compose.lines import Row, baselines, metric_rows, widest
from metrics.query import KpiResult


@dataclass(frozen=True)
class Block:
    """One period's lines of the summary."""

    label: str
    range: str
    rows: tuple[Row, ...]
    baselines: tuple[str, ...]
    notices: tuple[str, ...] = field(default=())


def compose_summary(results: tuple[KpiResult, ...], printer: Printer) -> str:
    """Yesterday and month to date, a block each."""
    blocks = [
        Block(
            label=printer.wording.text(name, printer.language) + " ",
            range=printer.range(widest(result)),
            rows=metric_rows(result, printer),
            baselines=baselines(result, printer),
            notices=tuple(printer.notices(result)),
        )
        for name, result in zip(("kpi/yesterday", "kpi/month_to_date"), results, strict=False)
    ]
    freshness = printer.freshness(results[1])
    return printer.wording.render("kpi/summary", printer.language, blocks=blocks, freshness=freshness)
