"""One tactic measured on a small shop's rows: controls, confounders, guards, money, and why it may not be told."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from metrics.analyst import Analyst
from metrics.effects.effect import Overlap, Trial
from metrics.effects.measure import Effects
from tests.metrics.small_shop import at, open_shop

START = date(2026, 8, 3)  # a Monday; only 七夕 (2026-08-19) is near
END = START + timedelta(13)
CATEGORIES = ("母婴", "服饰", "食品", "家居", "美妆")
SELDOM = "教育"  # sold on every third day
NOW = at("2026-08-31 09:00")
EMPTY = frozenset({date(2026, 7, 20)})  # nothing was recorded


def rows() -> tuple[list[str], list[str]]:
    """Each sells about 1000 a day; 母婴 sells 30 % more from the start on and returns three times as much."""
    chance = random.Random(11)
    orders, refunds = [], []
    day, number = date(2026, 3, 2), 0
    while day <= date(2026, 8, 30):
        for category in CATEGORIES if day not in EMPTY else ():
            touched = category == "母婴" and day >= START
            number += 1
            amount = round(1000 * (1.3 if touched else 1.0) * chance.uniform(0.95, 1.05), 2)
            orders.append(f"{number},{day} 10:00:00,{number},true,{category},直播,华东,1,{amount}")
            back = round((150 if touched else 50) * chance.uniform(0.9, 1.1), 2)
            refunds.append(f"{number},{number},{day} 12:00:00,{category},直播,华东,{back},1")
        if day.day % 3 == 0:
            number += 1
            orders.append(f"{number},{day} 10:00:00,{number},true,{SELDOM},直播,华东,1,500")
        day += timedelta(1)
    return orders, refunds


@pytest.fixture(scope="module")
def analyst(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Analyst]:
    orders, refunds = rows()
    shop = open_shop(tmp_path_factory.mktemp("shop"), orders=orders, refunds=refunds)
    yield shop
    shop.close()


@pytest.fixture
def effects(analyst: Analyst) -> Effects:
    return Effects(analyst.run, analyst.model, analyst.calendar)


TRIAL = Trial("gmv", {"category": ("母婴",)}, START, END)


def test_a_real_effect_is_found_with_its_money_and_its_harm(effects: Effects) -> None:
    found = effects.measure(TRIAL, NOW)
    assert found.verdict == "effective"
    assert found.interval is not None
    assert found.interval.low < 0.3 < found.interval.high
    assert found.controls
    assert set(found.controls) == set(CATEGORIES) - {"母婴"}
    # 14 days at about 1300 of which 300 came by the tactic: 4200
    assert found.money == pytest.approx(4200, rel=0.1)
    (refunds,) = (guard for guard in found.guards if guard.metric == "refund_rate")
    assert refunds.is_worse
    assert refunds.interval.low < 150 / 50 / 1.3 - 1 < refunds.interval.high


def test_a_segment_that_nothing_was_done_to_is_not_called_effective(effects: Effects) -> None:
    found = effects.measure(replace(TRIAL, scope={"category": ("食品",)}, others=(touching("母婴"),)), NOW)
    assert found.verdict == "cannot_tell"


def touching(category: str) -> Overlap:
    return Overlap("会员日", {"category": (category,)}, START, END)


def test_a_segment_that_another_tactic_touches_is_no_control(effects: Effects) -> None:
    found = effects.measure(replace(TRIAL, others=(touching("食品"),)), NOW)
    assert set(found.controls) == {"服饰", "家居", "美妆"}
    assert not [one for one in found.confounders if one.kind == "tactic"]  # it cannot have moved 母婴


def test_another_tactic_in_the_same_scope_is_named(effects: Effects) -> None:
    found = effects.measure(replace(TRIAL, others=(touching("母婴"),)), NOW)
    (named,) = (one for one in found.confounders if one.kind == "tactic")
    assert (named.name, named.days_before, named.days_after) == ("会员日", 0, 14)


def test_days_without_data_are_left_out_and_said(effects: Effects) -> None:
    found = effects.measure(TRIAL, NOW)
    (named,) = (one for one in found.confounders if one.kind == "missing_days")
    assert (named.days_before, named.days_after, named.left_out) == (1, 0, True)


def test_a_promotion_on_one_side_is_left_out_and_named(effects: Effects) -> None:
    # 七夕 is 2026-08-19: the 13th day after this start
    found = effects.measure(replace(TRIAL, start=date(2026, 8, 7), end=date(2026, 8, 20)), NOW)
    named = {one.name: one for one in found.confounders}
    assert named["qixi"].days_after == 1
    assert named["qixi"].left_out
    assert found.days_after == 13  # 14 − 1


@pytest.mark.parametrize(
    ("trial", "reason"),
    [
        (replace(TRIAL, scope={}), "no_untouched_segments"),
        (replace(TRIAL, scope={"channel": ("直播",)}), "no_untouched_segments"),  # the shop has no other channel
        (replace(TRIAL, metric="repurchase_rate"), "needs_longer_periods"),
        (replace(TRIAL, metric="visitors"), "not_available"),  # no traffic is connected
        (replace(TRIAL, start=date(2026, 6, 5), end=date(2026, 6, 18)), "start_in_promotion"),  # 618
        (replace(TRIAL, end=START + timedelta(3)), "few_comparable_days"),  # 4 days
        (replace(TRIAL, start=date(2026, 3, 20), end=date(2026, 4, 2)), "short_history"),  # 18 days before
        (replace(TRIAL, scope={"category": ("汽车",)}), "not_available"),  # not sold here
        (replace(TRIAL, scope={"category": (SELDOM,)}), "too_few_figures"),
    ],
)
def test_what_cannot_be_attributed_says_why(effects: Effects, trial: Trial, reason: str) -> None:
    found = effects.measure(trial, NOW)
    assert (found.verdict, found.reason, found.interval) == ("not_attributable", reason, None)
