"""The shop's files: one a table and month, one a table for the running day, and a small state file written last."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from metrics.demo.market import CATEGORIES, CHANNELS, REGIONS
from metrics.demo.plan import ShopPlan
from metrics.demo.tables import TABLES, Columns
from metrics.demo.targets import Target
from metrics.errors import SourceError

if TYPE_CHECKING:
    import pyarrow as pa  # type: ignore[import-untyped]  # ships no annotations
    from numpy.typing import NDArray

LAYOUT = 1  # raised when the generator's rows or files change: an older shop is then built anew
ROWS_A_GROUP = 16_384  # small, so that a filter on time reads only what it needs
_DIMENSIONS = {"category": CATEGORIES, "channel": CHANNELS, "region": REGIONS}
_TIMES = ("ordered_at", "refunded_at", "hour")
_SHORT = ("units", "visitors", "ratings", "satisfied_ratings", "delivered", "delivered_same_day", "leads")
TIME_COLUMN = {"orders": "ordered_at", "refunds": "refunded_at", "traffic": "hour"} | dict.fromkeys(
    ("ads", "service", "inventory"), "day"
)

SOURCES = """\
# The sample shop. Point these tables at your own files to see your own figures.
zone: Asia/Shanghai
tables:
  orders: {files: data/orders/*.parquet}
  refunds: {files: data/refunds/*.parquet}
  traffic: {files: data/traffic/*.parquet}
  ads: {files: data/ads/*.parquet}
  service: {files: data/service/*.parquet}
  inventory: {files: data/inventory/*.parquet}
targets:
  files: data/targets/*.parquet
"""


@dataclass(frozen=True)
class ShopState:
    """What a top-up must know; everything else follows from it and the files."""

    plan: ShopPlan
    whole_until: date  # last day that stands in the monthly files
    last_moment: datetime  # local; rows up to here are written
    is_complete: bool  # False while a build is under way


class ShopStore:
    """Reads and writes the files below `<home>/data`; every file appears whole or not at all."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._data = home / "data"

    def month_path(self, table: str, month: date) -> Path:
        return self._data / table / f"{month:%Y-%m}.parquet"

    def running_path(self, table: str, day: date) -> Path:
        return self._data / table / f"live-{day:%Y-%m-%d}T000000.parquet"

    def state(self) -> ShopState | None:
        """The shop's state, None when there is no shop or it was made by another version."""
        try:
            read = json.loads((self._data / "shop.json").read_text(encoding="utf-8"))
            if read["layout"] != LAYOUT:
                return None
            first, anchor = date.fromisoformat(read["first_day"]), date.fromisoformat(read["anchor"])
            return ShopState(
                plan=ShopPlan(int(read["seed"]), anchor, first, float(read["scale"])),
                whole_until=date.fromisoformat(read["whole_until"]),
                last_moment=datetime.fromisoformat(read["last_moment"]),
                is_complete=bool(read["is_complete"]),
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def save_state(self, state: ShopState) -> None:
        written = {
            "layout": LAYOUT,
            "seed": state.plan.seed,
            "anchor": state.plan.anchor.isoformat(),
            "first_day": state.plan.first_day.isoformat(),
            "scale": state.plan.scale,
            "whole_until": state.whole_until.isoformat(),
            "last_moment": state.last_moment.isoformat(),
            "is_complete": state.is_complete,
        }
        self._replace(self._data / "shop.json", (json.dumps(written, indent=1) + "\n").encode())

    def begin(self, state: ShopState) -> None:
        """Clear the way for a build; refuses to delete data that no build of the sample shop made."""
        if not (self._data / "shop.json").exists():
            self._refuse_foreign_files()
        self.save_state(replace(state, is_complete=False))
        for table in (*TABLES, "targets"):
            (self._data / table).mkdir(parents=True, exist_ok=True)
            for path in [*(self._data / table).glob("*.parquet"), *(self._data / table).glob(".*.partial")]:
                path.unlink(missing_ok=True)

    def _refuse_foreign_files(self) -> None:
        for table in (*TABLES, "targets"):
            if next((self._data / table).glob("*"), None) is not None:
                raise SourceError(
                    f"data/{table} already holds files that the sample shop did not make, and building the shop would "
                    "delete them; choose another folder with --home",
                    table=table,
                )

    def is_whole(self, state: ShopState) -> bool:
        """Whether every monthly file is where the state says that it is."""
        if state.whole_until < state.plan.first_day:
            return True
        months = months_between(state.plan.first_day, state.whole_until)
        return all(self.month_path(table, month).is_file() for table in TABLES for month in months)

    def write_month(self, table: str, month: date, columns: Columns) -> None:
        self._write(self.month_path(table, month), arrow_table(columns))

    def close_days(self, table: str, month: date, columns: Columns, first: date, live: Iterable[date]) -> None:
        """Put whole days from `first` on into their month and drop the running files that held them.

        Whatever the month already holds from `first` on is left out first, so a second try after a kill gives the
        same file. The file is complete before the old one goes, and the two steps that a reader could see follow
        each other at once.
        """
        path, added = self.month_path(table, month), arrow_table(columns)
        self._write(path, _rows_before(path, TIME_COLUMN[table], first, added) if path.exists() else added)
        for day in live:
            self.running_path(table, day).unlink(missing_ok=True)

    def write_running(self, table: str, day: date, columns: Columns) -> None:
        """Today's rows so far; an empty morning leaves no file."""
        if len(next(iter(columns.values()))):
            self._write(self.running_path(table, day), arrow_table(columns))

    def drop_running_but(self, today: date) -> None:
        """Remove running files of other days: their rows stand in the monthly files."""
        for table in TABLES:
            for path in (self._data / table).glob("live-*.parquet"):
                if path != self.running_path(table, today):
                    path.unlink(missing_ok=True)

    def write_targets(self, month: date, targets: tuple[Target, ...]) -> None:
        import pyarrow as pa  # only a build or a top-up writes files

        months = np.array([target.month for target in targets], "datetime64[D]").astype("int32")
        columns = {
            "month": _numbers(months, "date32"),
            "metric": _words([target.metric for target in targets]),
            "category": _words([target.category for target in targets]),
            "value": _numbers(np.array([target.value for target in targets], "f8"), "float64"),
        }
        self._write(self.month_path("targets", month), pa.table(columns))

    def write_sources(self) -> None:
        """The mapping of tables onto files, unless the team already has its own."""
        path = self._home / "sources.yaml"
        if not path.exists():
            self._replace(path, SOURCES.encode())

    def _write(self, path: Path, table: pa.Table) -> None:
        import pyarrow.parquet as pq  # type: ignore[import-untyped]  # only a build or a top-up writes files

        path.parent.mkdir(parents=True, exist_ok=True)
        partial = self._partial(path)
        # Without Arrow's own schema every reader sees plain text columns instead of dictionaries.
        pq.write_table(table, partial, row_group_size=ROWS_A_GROUP, compression="snappy", store_schema=False)
        partial.replace(path)

    def _replace(self, path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = self._partial(path)
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)

    @staticmethod
    def _partial(path: Path) -> Path:
        return path.with_name(f".{path.name}.partial")


def _rows_before(path: Path, time: str, first: date, added: pa.Table) -> pa.Table:
    """Rows of a file from before a day, followed by others."""
    import pyarrow as pa  # only a build or a top-up writes files
    import pyarrow.parquet as pq

    table = pq.ParquetFile(path).read()
    held = table.column(time).combine_chunks()
    unit = "datetime64[D]" if time == "day" else "datetime64[us]"
    width = held.type.bit_width // 8
    values = np.frombuffer(held.buffers()[1], f"i{width}", len(held), held.offset * width).astype(unit)
    kept = table.filter(_booleans(values < np.datetime64(first)))
    return pa.concat_tables([kept, added.cast(kept.schema)])


def arrow_table(columns: Columns) -> pa.Table:
    """Columns as they stand in the files: dimension places become words, numbers get their declared widths."""
    import pyarrow as pa  # only a build or a top-up writes files

    def column(name: str) -> pa.Array:
        values = columns[name]
        if name in _DIMENSIONS:
            return pa.DictionaryArray.from_arrays(_numbers(values, "int8"), _words(_DIMENSIONS[name]))
        if name in _TIMES:
            return _numbers(values, "timestamp[us]")
        if name == "day":
            return _numbers(values, "date32")
        if values.dtype == bool:
            return pa.Array.from_buffers(
                pa.bool_(), len(values), [None, _buffer(np.packbits(values, bitorder="little"))]
            )
        return _numbers(values, "int32" if name in _SHORT else str(values.dtype))

    return pa.table({name: column(name) for name in columns})


def _numbers(values: NDArray[Any], kind: str) -> pa.Array:
    """Handed over as memory: Arrow's own conversion of anything loads pandas, 66 MB in a process that runs for long."""
    import pyarrow as pa

    type = pa.timestamp("us") if kind == "timestamp[us]" else pa.type_for_alias(kind)
    width = f"{values.dtype.kind}{type.bit_width // 8}"
    return pa.Array.from_buffers(type, len(values), [None, _buffer(values.astype(width, copy=False))])


def _booleans(values: NDArray[np.bool_]) -> pa.Array:
    import pyarrow as pa

    return pa.Array.from_buffers(pa.bool_(), len(values), [None, _buffer(np.packbits(values, bitorder="little"))])


def _words(texts: Sequence[str | None]) -> pa.Array:
    import pyarrow as pa

    encoded = [(text or "").encode() for text in texts]
    held = np.packbits([text is not None for text in texts], bitorder="little")
    offsets = np.cumsum([0, *map(len, encoded)], dtype=np.int32)
    buffers = _buffer(offsets), pa.py_buffer(b"".join(encoded)), _buffer(held) if None in texts else None
    return pa.StringArray.from_buffers(len(encoded), *buffers)


def _buffer(values: NDArray[Any]) -> pa.Buffer:
    import pyarrow as pa

    return pa.py_buffer(np.ascontiguousarray(values))


def months_between(first: date, last: date) -> tuple[date, ...]:
    """First days of the months that two days touch, both included."""
    months, month = [], first.replace(day=1)
    while month <= last:
        months.append(month)
        month = (month.replace(day=28) + timedelta(days=5)).replace(day=1)
    return tuple(months)
