"""Rows counted in numbered windows by SQL, held against plain counting."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import duckdb
import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from metrics.analyst import load_model
from metrics.sql import Cut, Generator
from metrics.windows import Window
from tests.metrics.postgres_server import Server

MODEL = load_model(None)
FIRST = datetime(2026, 1, 1)
MOMENTS = [FIRST + timedelta(minutes=7 * number) for number in range(30000)]  # 145 days
LENGTHS = [timedelta(minutes=90), timedelta(hours=1), timedelta(days=1), timedelta(days=7), timedelta(days=31)]
STARTS = [timedelta(0), timedelta(minutes=20), timedelta(hours=5), timedelta(days=1), timedelta(days=40)]


def counted(windows: list[Window]) -> dict[int, float]:
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE early AS SELECT TIMESTAMP '2026-01-01' + INTERVAL 7 MINUTE * n AS ordered_at, 1.0 AS amount "
            "FROM range(12000) AS numbers(n)"
        )
        connection.execute(
            "CREATE TABLE late AS SELECT TIMESTAMP '2026-01-01' + INTERVAL 7 MINUTE * n AS ordered_at, 1.0 AS amount "
            "FROM range(12000, 30000) AS numbers(n)"
        )
        generator = Generator(MODEL.tables, lambda table, window: ("early", "late"))
        statement = generator.query([MODEL.measures["gmv"]], Cut(tuple(windows), {}, ()))
        return {int(leg): float(value) for leg, value in connection.execute(statement).fetchall()}


COURSES = some.lists(
    some.tuples(some.sampled_from(STARTS), some.sampled_from(LENGTHS), some.integers(1, 8), some.booleans()),
    min_size=1,
    max_size=4,
)


def windows_of(courses: list[tuple[timedelta, timedelta, int, bool]]) -> list[Window]:
    """Courses of windows, some of them without every second one."""
    return [
        Window(FIRST + start + length * number, FIRST + start + length * (number + 1))
        for start, length, count, has_gaps in courses
        for number in range(count)
        if not has_gaps or number % 2 == 0
    ]


def wanted(windows: list[Window]) -> dict[int, float]:
    return {
        leg: float(rows)
        for leg, window in enumerate(windows)
        if (rows := bisect_left(MOMENTS, window.end) - bisect_left(MOMENTS, window.start))
    }


@given(COURSES)
@settings(max_examples=60, deadline=None)
def test_each_window_counts_its_own_rows_however_windows_adjoin_overlap_or_leave_gaps(
    courses: list[tuple[timedelta, timedelta, int, bool]],
) -> None:
    windows = windows_of(courses)
    assert counted(windows) == wanted(windows)


@pytest.fixture(scope="module")
def rows_in_postgres(postgres: Server) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    url = postgres.database(
        "windows",
        "CREATE TABLE orders AS SELECT timestamp '2026-01-01' + interval '7 minutes' * n AS ordered_at, 1.0 AS amount "
        "FROM generate_series(0, 29999) AS n",
    )
    with psycopg.connect(url) as connection:
        yield connection


@given(courses=COURSES)
@settings(max_examples=40, deadline=None)
def test_each_window_counts_its_own_rows_in_postgresql_too(
    rows_in_postgres: psycopg.Connection[tuple[Any, ...]], courses: list[tuple[timedelta, timedelta, int, bool]]
) -> None:
    windows = windows_of(courses)
    generator = Generator(MODEL.tables, lambda table, window: ("orders",), "postgres")
    statement = generator.query([MODEL.measures["gmv"]], Cut(tuple(windows), {}, ()))
    found = rows_in_postgres.execute(statement.encode()).fetchall()
    assert {int(leg): float(value) for leg, value in found} == wanted(windows)
