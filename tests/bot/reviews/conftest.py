"""A small sample shop with everything that reviews are written over, and its files as pandas reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from bot.app import Core, open_core
from bot.assistant.types import Asker, Role
from bot.reviews.desk import Written
from bot.settings import Settings
from metrics.demo.shop import build_shop

NOW = datetime(2026, 11, 22, 14, 30, tzinfo=ZoneInfo("Asia/Shanghai"))  # a Sunday
OCTOBER, SEPTEMBER = ("2026-10-01", "2026-11-01"), ("2026-09-01", "2026-10-01")
LAST_WEEK, WEEK_BEFORE = ("2026-11-09", "2026-11-16"), ("2026-11-02", "2026-11-09")
MONTH_SO_FAR, MONTH_BEFORE = ("2026-11-01", "2026-11-22 14:30"), ("2026-10-01", "2026-10-22 14:30")
Window = tuple[str, str]  # from inclusive, to exclusive


@dataclass(frozen=True)
class Shop:
    """The home, opened, and its rows."""

    home: Path
    core: Core

    def rows(self, table: str, time: str, window: Window, **where: str) -> pd.DataFrame:
        files = sorted((self.home / "data" / table).glob("*.parquet"))
        rows = pd.concat([pd.read_parquet(file) for file in files], ignore_index=True)
        moments = pd.to_datetime(rows[time])
        keep = (moments >= pd.Timestamp(window[0])) & (moments < pd.Timestamp(window[1]))
        for column, value in where.items():
            keep &= rows[column] == value
        return rows[keep]

    def write(
        self, words: str, role: Role = "operator", categories: tuple[str, ...] = (), now: datetime = NOW
    ) -> Written:
        """What `/review words` brings."""
        request = self.core.reviews.command(words, now, "zh")
        assert request != "unclear"
        return self.core.reviews.write(request, Asker(role, categories=categories), now)


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    home = tmp_path_factory.mktemp("reviews")
    build_shop(home, now=NOW, days=90, scale=0.05)
    core = open_core(Settings.load(home))
    yield Shop(home, core)
    core.close()


@pytest.fixture(scope="session")
def month(shop: Shop) -> Written:
    return shop.write("month")


@pytest.fixture(scope="session")
def week(shop: Shop) -> Written:
    return shop.write("week")


def table(markdown: str, heading: str) -> list[dict[str, str]]:
    """The rows of the first table under a heading, by their column's name."""
    text = re.split(rf"^#+ .*{heading}$", markdown, maxsplit=1, flags=re.MULTILINE)[1]
    lines = [line for line in text.split("\n") if line.startswith("| ")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    head = rows[0]
    found = []
    for row in rows[2:]:
        if len(row) != len(head) or row[0].startswith("---"):
            break
        found.append(dict(zip(head, row, strict=True)))
    return found
