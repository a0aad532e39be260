"""What benchmarks share: a demo home of their own, built once a run, and the choices of the command line."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from bot.clock import SystemClock
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.app import Core
    from metrics.demo.shop import ShopReport

ROOT = Path(__file__).parents[1]
DAYS = 420
POLLS = 16  # as many as bring every file of the shop into memory; a serving process has made them after a minute


@dataclass
class Workshop:
    """The temporary folder of one run."""

    folder: Path
    given: Path | None  # a demo home to copy instead of building one
    retrieval: Path | None  # the public retrieval data
    questions: int
    queries: int

    @cached_property
    def shop(self) -> ShopReport:
        """A sample shop, built from nothing."""
        from metrics.demo.shop import build_shop

        return build_shop(self.folder / "built", now=self.clock.now(), days=DAYS)

    @cached_property
    def home(self) -> Path:
        """A demo home with shop and index, topped up to now; a given one is copied and stays as it is."""
        from bot.demo import prepare_shop

        home = self.folder / "built"
        if self.given is None:
            assert self.shop.order_lines  # builds it
        else:
            home = self.folder / "copied"
            shutil.copytree(self.given, home)
        prepare_shop(home, self.clock, lambda _: None)
        with _opened(home):  # brings the index up to date
            return home

    @cached_property
    def clock(self) -> SystemClock:
        """The machine's time in the shop's zone."""
        return SystemClock(Settings.load(self.folder).timezone)

    @contextmanager
    def core(self) -> Iterator[Core]:
        """The assistant as a serving process holds it, without a chat surface."""
        with _opened(self.home) as core:
            core.library.warm()
            for _ in range(POLLS):
                core.analyst.refresh()
            yield core


@contextmanager
def _opened(home: Path) -> Iterator[Core]:
    from bot.app import open_core

    core = open_core(Settings.load(home), serving=True)
    try:
        yield core
    finally:
        core.close()
