"""A home with a thin sample shop of a year and two months, and the bundled documents."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.app import Core, open_core
from bot.settings import Settings
from metrics.demo.shop import build_shop

NOW = datetime(2026, 11, 22, 14, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("evaluated")
    build_shop(folder, now=NOW, days=420, scale=0.02)
    open_core(Settings.load(folder)).close()  # the documents are read once, not by each test
    return folder


@pytest.fixture(scope="session")
def core(home: Path) -> Iterator[Core]:
    opened = open_core(Settings.load(home))
    yield opened
    opened.close()
