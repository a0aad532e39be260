"""A small sample shop with everything that reviews are written over, and its files as pandas reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from bot.assistant.lexicon import Lexicon
from bot.assistant.types import Asker, Role
from bot.reviews.desk import ReviewDesk, Written
from bot.reviews.judging import Judge
from bot.reviews.requests import RequestReader
from bot.reviews.review import Review
from bot.reviews.write_markdown import write_markdown
from bot.reviews.writer import ReviewWriter
from bot.tactics.ledger.board import LedgerBoard
from metrics.analyst import Analyst
from metrics.anomalies.anomaly import Scan
from metrics.demo.shop import build_shop
from metrics.model import Language
from prompts.loader import Wording

NOW = datetime(2026, 11, 22, 14, 30, tzinfo=ZoneInfo("Asia/Shanghai"))  # a Sunday
OCTOBER, SEPTEMBER = ("2026-10-01", "2026-11-01"), ("2026-09-01", "2026-10-01")
LAST_WEEK, WEEK_BEFORE = ("2026-11-09", "2026-11-16"), ("2026-11-02", "2026-11-09")
Window = tuple[str, str]  # from inclusive, to exclusive


@cache
def read_all(folder: Path) -> pd.DataFrame:
    return pd.concat([pd.read_parquet(file) for file in sorted(folder.glob("*.parquet"))], ignore_index=True)


@dataclass(frozen=True)
class Shop:
    """The home, opened, and its rows."""

    home: Path
    desk: ReviewDesk
    analyst: Analyst

    def rows(self, table: str, time: str, window: Window, **where: str) -> pd.DataFrame:
        rows = read_all(self.home / "data" / table)
        moments = pd.to_datetime(rows[time])
        keep = (moments >= pd.Timestamp(window[0])) & (moments < pd.Timestamp(window[1]))
        for column, value in where.items():
            keep &= rows[column] == value
        return rows[keep]

    def write(self, words: str, role: Role = "operator", categories: tuple[str, ...] = (), now: datetime = NOW) -> Text:
        """What `/review words` brings, without its Word file and pictures: these take their time."""
        return text_of(self.desk, words, Asker(role, categories=categories), now)


@dataclass(frozen=True)
class Text:
    """A review as text."""

    review: Review
    markdown: str
    is_grounded: bool


def text_of(desk: ReviewDesk, words: str, asker: Asker, now: datetime, language: Language = "zh") -> Text:
    request = desk.command(words, now, language)
    assert request != "unclear"
    review = desk.writer.write(request, asker, now)
    return Text(review, write_markdown(review, desk.wording, pictures=False), desk.writer.is_grounded(review))


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    home = tmp_path_factory.mktemp("reviews")
    build_shop(home, now=NOW, days=85, scale=0.03)
    analyst = Analyst.open(home / "sources.yaml")
    yield Shop(home, desk_over(analyst, LedgerBoard(), lambda *_: Scan(())), analyst)
    analyst.close()


def desk_over(analyst: Analyst, ledger: LedgerBoard, judge: Judge) -> ReviewDesk:
    """A desk without documents; judging what is unusual takes seconds, so most reviews here go without."""
    wording = Wording.load()
    reader = RequestReader(Lexicon(analyst.model), analyst.calendar)
    return ReviewDesk(reader, ReviewWriter(analyst, ledger, wording, judge), wording, analyst.span)


@pytest.fixture(scope="session")
def month(shop: Shop) -> Written:
    request = shop.desk.command("month", NOW, "zh")
    assert request != "unclear"
    return shop.desk.write(request, Asker("operator"), NOW)


@pytest.fixture(scope="session")
def week(shop: Shop) -> Text:
    return shop.write("week")


def table(markdown: str, heading: str) -> list[dict[str, str]]:
    """The rows of the first table under a heading, by their column's name."""
    text = re.split(rf"^#+ (?:.、|[\d.]+ ){heading}$", markdown, maxsplit=1, flags=re.MULTILINE)[1]
    text = re.split(r"^#", text, maxsplit=1, flags=re.MULTILINE)[0]
    lines = [line for line in text.split("\n") if line.startswith("| ")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    head = rows[0]
    found = []
    for row in rows[2:]:
        if len(row) != len(head) or row[0].startswith("---"):
            break
        found.append(dict(zip(head, row, strict=True)))
    return found
