"""A figure is held against a past that holds the same promotions."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.tactics.gaps import measure_gaps
from metrics.query import Period
from tests.metrics.small_shop import at, open_shop


def test_a_week_after_a_promotion_is_held_against_the_nearest_week_without_one(tmp_path: Path) -> None:
    # 100 a day until 10-31, 500 a day in 双11 (11-01 … 11-11), 80 a day after it
    orders, day = [], date(2026, 10, 1)
    while day <= date(2026, 11, 21):
        amount = 100 if day < date(2026, 11, 1) else 500 if day <= date(2026, 11, 11) else 80
        orders.append(f"{day:%m%d},{day} 10:00:00,{day:%m%d},true,母婴,直播,华东,1,{amount}")
        day += timedelta(1)
    shop = open_shop(tmp_path, orders=orders)
    try:
        week = Period(date(2026, 11, 15), date(2026, 11, 21), "days")
        (gap,) = measure_gaps(shop.run, shop.model, ("gmv",), {}, week, at("2026-11-22 14:30"))
        assert gap.change is not None
        assert (gap.change.baseline.period.start, gap.change.baseline.value) == (date(2026, 10, 25), 700.0)  # 7 × 100
        assert gap.change.relative == pytest.approx(-0.2)  # 560 / 700 − 1
    finally:
        shop.close()
