"""KPI answers in text, and the figures behind them beside pandas over the same files."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.answers import KPI_TARGET_MS, WARM_UP, ask
from benchmarks.figures import Figure, Measured, percentile
from benchmarks.questions import SEED, mixed_questions
from benchmarks.workshop import Workshop
from metrics.query import KpiQuery, Period

if TYPE_CHECKING:
    import pandas as pd

    from bot.no_numbers import NoNumbers
    from metrics.analyst import Analyst

RUNS = 5
Figures = Mapping[str, float]  # group -> value


@dataclass(frozen=True)
class Files:
    """The shop's files as somebody with a notebook reads them: the columns and days that are needed, nothing else."""

    data: Path
    first: date
    last: date

    def rows(self, table: str, time_column: str, *columns: str) -> pd.DataFrame:
        """Rows of the days from `first` to `last`."""
        import pandas as pd

        start = datetime.combine(self.first, datetime.min.time())
        end = datetime.combine(self.last, datetime.min.time()) + timedelta(days=1)
        inside = [(time_column, ">=", start), (time_column, "<", end)]
        return pd.read_parquet(self.data / table, columns=list(columns), filters=inside)


@dataclass(frozen=True)
class Case:
    """One question in figures, asked in two ways."""

    metric: str
    by: str
    days: int
    by_pandas: Callable[[Files], Figures]

    @property
    def name(self) -> str:
        return f"{self.metric} of {self.days} days by {self.by}"


def measure(workshop: Workshop) -> Measured:
    """Answers one after another by a warm assistant, then each case in both ways."""
    with workshop.core() as core:
        now = workshop.clock.now()
        for asked in mixed_questions(core.analyst.model, WARM_UP, SEED + 1):
            ask(core, asked, now)
        timed = [ask(core, one, now) for one in mixed_questions(core.analyst.model, workshop.questions)]
        words = [one.milliseconds for one in timed if one.intent == "kpi"]
        last = now.date() - timedelta(days=1)
        beside = [figure for case in CASES for figure in _beside(case, core.analyst, workshop.home, last, now)]
    return Measured(
        (
            Figure(f"{len(words)} KPI answers in text, p50", percentile(words, 0.5), "ms"),
            Figure("KPI answers in text, p95", percentile(words, 0.95), "ms", KPI_TARGET_MS),
            *beside,
        )
    )


def _beside(case: Case, analyst: Analyst | NoNumbers, home: Path, last: date, now: datetime) -> tuple[Figure, Figure]:
    """Both times; raises AssertionError when the two do not agree on every figure."""
    first = last - timedelta(days=case.days - 1)
    query = KpiQuery((case.metric,), Period(first, last, "range"), by=(case.by,))
    ours, our_time = _timed(lambda: _by_opsbot(analyst, query, now))
    theirs, their_time = _timed(lambda: case.by_pandas(Files(home / "data", first, last)))
    assert ours.keys() == theirs.keys(), f"{case.name}: {sorted(ours)} against {sorted(theirs)}"
    assert all(math.isclose(ours[key], theirs[key], rel_tol=1e-9) for key in ours), f"{case.name}: other figures"
    return Figure(f"{case.name}, median", our_time, "ms"), Figure("the same with pandas, median", their_time, "ms")


def _timed(work: Callable[[], Figures]) -> tuple[Figures, float]:
    found = work()
    spent = []
    for _ in range(RUNS):
        started = time.perf_counter()
        work()
        spent.append((time.perf_counter() - started) * 1000)
    return found, statistics.median(spent)


def _by_opsbot(analyst: Analyst | NoNumbers, query: KpiQuery, now: datetime) -> Figures:
    (by,) = query.by
    found = analyst.run(query, now).figures
    return {figure.scope[by][0]: figure.value for figure in found if figure.value is not None}


def _gmv(files: Files) -> Figures:
    rows = files.rows("orders", "ordered_at", "category", "amount")
    return dict(rows.groupby("category")["amount"].sum())


def _buyers(files: Files) -> Figures:
    rows = files.rows("orders", "ordered_at", "channel", "buyer_id")
    return dict(rows.groupby("channel")["buyer_id"].nunique())


def _conversion(files: Files) -> Figures:
    orders = files.rows("orders", "ordered_at", "category", "buyer_id")
    visits = files.rows("traffic", "hour", "category", "visitors")
    return dict(orders.groupby("category")["buyer_id"].nunique() / visits.groupby("category")["visitors"].sum())


CASES = (
    Case("gmv", "category", 7, _gmv),
    Case("buyers", "channel", 90, _buyers),
    Case("conversion_rate", "category", 365, _conversion),
)
