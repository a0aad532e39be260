"""The sample shop on disk: built once, then topped up to the present so that its figures are live."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from metrics.demo.plan import ShopPlan
from metrics.demo.store import ShopState, ShopStore, months_between
from metrics.demo.tables import RUNNING_TABLES, TABLES, Columns, ShopDays, join
from metrics.demo.targets import targets_of
from metrics.errors import SourceError

ZONE = ZoneInfo("Asia/Shanghai")
SEED = 20231225
LARGEST_SCALE = 10.0  # buyers' numbers have room for so many a day and no more

Progress = Callable[[str, float], None]  # month at work as YYYY-MM, share done from 0 to 1


@dataclass(frozen=True)
class ShopReport:
    """What a build made."""

    days: int  # whole days before today
    order_lines: int
    seconds: float
    first_day: date
    last_moment: datetime  # aware


def is_built(home: Path) -> bool:
    """Whether a complete shop of this version stands in `home`."""
    store = ShopStore(home)
    state = store.state()
    return state is not None and state.is_complete and store.is_whole(state)


def build_shop(
    home: Path,
    *,
    now: datetime,
    days: int = 420,
    seed: int = SEED,
    scale: float = 1.0,
    progress: Progress | None = None,
) -> ShopReport:
    """Write the whole shop: `days` whole days and today up to `now` (aware, or local time in the shop's zone).

    `scale` multiplies every volume. Raises ValueError for sizes that cannot be made, and SourceError when the folder
    holds data of somebody else.
    """
    started = time.perf_counter()
    _check_size(days, scale)
    local = _local(now)
    today = local.date()
    plan = ShopPlan(seed, today, today - timedelta(days=days), scale)
    state = ShopState(plan, today - timedelta(days=1), local, is_complete=False)
    store, made = ShopStore(home), ShopDays(plan)
    store.begin(state)
    lines = _write_months(store, made, state, progress)
    lines += _write_running(store, made, local)["orders"]
    _write_targets(store, plan, months_between(plan.first_day, _next_month(today)))
    store.write_sources()
    store.save_state(replace(state, is_complete=True))
    return ShopReport(days, lines, time.perf_counter() - started, plan.first_day, local.replace(tzinfo=ZONE))


class LiveShop:
    """Tops a built shop up to the present. One at a time a folder."""

    def __init__(self, home: Path) -> None:
        self._store = ShopStore(home)
        self._made: ShopDays | None = None
        self._made_of: ShopPlan | None = None
        self._written: dict[str, int] = {}  # rows or visitors that each running file holds

    def advance(self, now: datetime) -> int:
        """Write what happened since the last top-up and return the number of new order lines.

        Fills any gap, also of days; does nothing when `now` is not later than the last top-up. Raises SourceError
        when there is no shop.
        """
        state = self._state()
        local = _local(now)
        if local <= state.last_moment:
            return 0
        made = self._days_of(state.plan)
        yesterday = local.date() - timedelta(days=1)
        if state.whole_until < yesterday:
            self._close_days(made, state.whole_until + timedelta(days=1), yesterday)
            _write_targets(self._store, state.plan, months_between(state.whole_until, _next_month(local.date())))
            self._written.clear()
        self._store.drop_running_but(local.date())
        self._written = _write_running(self._store, made, local, self._written)
        self._store.save_state(replace(state, whole_until=yesterday, last_moment=local))
        return made.lines_between(state.last_moment, local)

    def _state(self) -> ShopState:
        state = self._store.state()
        if state is None or not state.is_complete:
            raise SourceError("there is no complete sample shop here; run `opsbot demo --setup-only`", table="orders")
        return state

    def _days_of(self, plan: ShopPlan) -> ShopDays:
        if self._made is None or self._made_of != plan:  # built anew by another process
            self._made, self._made_of, self._written = ShopDays(plan), plan, {}
        return self._made

    def _close_days(self, made: ShopDays, first: date, last: date) -> None:
        for month in months_between(first, last):
            days = _days_in(month, first, last)
            for table in TABLES:
                self._store.close_days(table, month, _rows(made, table, days), first, days)


def _write_months(store: ShopStore, made: ShopDays, state: ShopState, progress: Progress | None) -> int:
    """Every whole day, month by month; returns the number of order lines."""
    first, last, lines = state.plan.first_day, state.whole_until, 0
    for month in months_between(first, last) if first <= last else ():
        days = _days_in(month, first, last)
        by_table = _rows_by_table(made, days)
        for table, columns in by_table.items():
            store.write_month(table, month, columns)
        lines += len(by_table["orders"]["order_id"])
        if progress is not None:
            progress(f"{month:%Y-%m}", ((days[-1] - first).days + 1) / ((last - first).days + 1))
    return lines


def _rows_by_table(made: ShopDays, days: list[date]) -> dict[str, Columns]:
    """Rows of all tables; day by day, because the tables of a day share what they are made from."""
    batches: dict[str, list[Columns]] = {table: [] for table in TABLES}
    for day in days:
        for table in TABLES:
            batches[table].append(made.rows(table, day))
    return {table: join(parts) for table, parts in batches.items()}


def _rows(made: ShopDays, table: str, days: Iterable[date]) -> Columns:
    return join([made.rows(table, day) for day in days])


def _write_running(
    store: ShopStore, made: ShopDays, local: datetime, written: dict[str, int] | None = None
) -> dict[str, int]:
    """Today's files, those that changed; returns what each holds: visitors for traffic, else rows."""
    sizes = {}
    for table in RUNNING_TABLES:
        columns = made.rows(table, local.date(), local)
        sizes[table] = int(columns["visitors"].sum()) if table == "traffic" else len(next(iter(columns.values())))
        if (written or {}).get(table) != sizes[table]:
            store.write_running(table, local.date(), columns)
    return sizes


def _write_targets(store: ShopStore, plan: ShopPlan, months: Iterable[date]) -> None:
    for month in months:
        store.write_targets(month, targets_of(plan, month))


def _days_in(month: date, first: date, last: date) -> list[date]:
    start, end = max(first, month), min(last, _next_month(month) - timedelta(days=1))
    return [start + timedelta(days=number) for number in range((end - start).days + 1)]


def _next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=5)).replace(day=1)


def _local(now: datetime) -> datetime:
    """Wall-clock time in the shop's zone, to the second, as the tables hold it."""
    local = now.astimezone(ZONE).replace(tzinfo=None) if now.tzinfo is not None else now
    return local.replace(microsecond=0)


def _check_size(days: int, scale: float) -> None:
    if days < 1:
        raise ValueError(f"days is {days}, but a shop needs at least 1 whole day before today")
    if not 0 < scale <= LARGEST_SCALE:
        raise ValueError(f"scale is {scale}, but must be above 0 and at most {LARGEST_SCALE:g}")
