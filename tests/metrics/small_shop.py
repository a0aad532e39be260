"""A shop of a few rows in CSV files, small enough to add up by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from metrics.analyst import Analyst
from metrics.query import Period

ZONE = ZoneInfo("Asia/Shanghai")

HEADERS = {
    "orders": "order_id,ordered_at,buyer_id,is_first_order,category,channel,region,units,amount",
    "refunds": "refund_id,order_id,refunded_at,category,channel,region,amount,units",
    "traffic": "hour,category,channel,region,visitors",
    "ads": "day,category,channel,region,impressions,clicks,spend,leads",
    "service": "day,category,channel,region,ratings,satisfied_ratings,delivered,delivered_same_day",
    "inventory": "day,category,region,stock_units,sold_units",
    "targets": "month,metric,category,value",
}


def write_shop(home: Path, tables: Mapping[str, Iterable[str]], extra: str = "") -> Path:
    """CSV files and a sources.yaml in `home`; a table's rows are CSV lines without their header."""
    lines = ["zone: Asia/Shanghai", "tables:"]
    for name, rows in tables.items():
        folder = home / "data" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "all.csv").write_text("\n".join([HEADERS[name], *rows]) + "\n", encoding="utf-8")
        if name != "targets":
            lines.append(f"  {name}: {{files: data/{name}/*.csv}}")
    if "targets" in tables:
        lines.append("targets: {files: data/targets/*.csv}")
    path = home / "sources.yaml"
    path.write_text("\n".join([*lines, extra]), encoding="utf-8")
    return path


def open_shop(home: Path, **tables: Iterable[str]) -> Analyst:
    return Analyst.open(write_shop(home, tables))


def order(number: int, moment: str, amount: float, buyer: int | None = None) -> str:
    """One row of orders; everybody buys once unless a buyer is named."""
    return f"{number},{moment},{buyer or number},true,母婴,直播,华东,1,{amount}"


def at(text: str) -> datetime:
    """A moment on the shop's clock: `at("2026-11-20 14:30")`."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def day(text: str) -> Period:
    return Period(date.fromisoformat(text), date.fromisoformat(text), "day")


def days(first: str, last: str) -> Period:
    return Period(date.fromisoformat(first), date.fromisoformat(last), "range")


def week(monday: str) -> Period:
    start = date.fromisoformat(monday)
    return Period(start, date.fromordinal(start.toordinal() + 6), "week")


def month(text: str) -> Period:
    first = date.fromisoformat(f"{text}-01")
    last = (first.replace(day=28).toordinal() + 4) - date.fromordinal(first.replace(day=28).toordinal() + 4).day
    return Period(first, date.fromordinal(last), "month")


def today(now: str) -> Period:
    moment = at(now)
    return Period(moment.date(), moment.date(), "day", complete=False, until=moment)


def month_to_date(now: str) -> Period:
    moment = at(now)
    return Period(moment.date().replace(day=1), moment.date(), "month", complete=False, until=moment)
