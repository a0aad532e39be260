"""The estimate itself, on series whose answer can be worked out by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from metrics import catalog
from metrics.effects.measure import interval_of, verdict_of
from metrics.effects.panel import Floats, Indexed, Panel, Series
from metrics.effects.placebo import estimate

MODEL = catalog.load()
BEFORE, AFTER = 112, 14
DAYS = tuple(date(2026, 3, 2) + timedelta(n) for n in range(BEFORE + AFTER))  # a Monday
WEEK = np.array([10.0, 11, 12, 13, 14, 20, 18])
RHYTHM = np.array([WEEK[day.weekday()] for day in DAYS])


def panel(treated: Floats, *controls: Floats) -> Panel:
    named = tuple(Series(f"control {n}", values) for n, values in enumerate(controls))
    return Panel(DAYS, Series("", treated), named, BEFORE, np.ones(len(DAYS), dtype=bool))


def after(factor: float) -> Floats:
    """1 before the start and `factor` from it on."""
    return np.where(np.arange(len(DAYS)) < BEFORE, 1.0, factor)


def noisy(seed: int, size: float = 0.03) -> Floats:
    return RHYTHM * np.exp(np.random.default_rng(seed).normal(0, size, len(DAYS)))


def log_effect(measured: Panel) -> float:
    found = estimate(Indexed.of(measured).changes(28, AFTER), AFTER)
    assert found is not None
    return found.effect


def test_without_noise_the_effect_is_exactly_what_was_planted() -> None:
    # the controls stay as they were, the touched segment sells a tenth more: log(1.1)
    measured = panel(RHYTHM * after(1.1), RHYTHM, RHYTHM * 3, RHYTHM * 0.5)
    assert log_effect(measured) == pytest.approx(math.log(1.1), abs=1e-12)


def test_what_moved_every_segment_is_not_credited_to_the_tactic() -> None:
    shop = after(1.3)
    measured = panel(RHYTHM * shop * after(1.1), RHYTHM * shop, RHYTHM * 3 * shop, RHYTHM * 2 * shop)
    assert log_effect(measured) == pytest.approx(math.log(1.1), abs=1e-12)


def test_days_left_out_do_not_shift_the_result_by_their_weekday() -> None:
    # two weekends are missing after the start; the touched segment lives on its weekends, the controls don't
    weekly = RHYTHM * np.array([3.0 if day.weekday() >= 5 else 1.0 for day in DAYS])
    measured = panel(weekly * after(1.1), RHYTHM, RHYTHM * 3, RHYTHM * 2)
    clean = np.array([n < BEFORE or day.weekday() < 5 for n, day in enumerate(DAYS)])
    measured = replace(measured, clean=clean)
    found = estimate(Indexed.of(measured).changes(28, 10), 10)
    assert found is not None
    assert found.effect == pytest.approx(math.log(1.1), abs=1e-12)


def test_a_rate_is_recomputed_from_its_parts_and_not_averaged() -> None:
    # on every day 2 % buy, then 2.4 %: +20 % whatever the visitors do
    visitors = np.where(np.arange(len(DAYS)) % 2 == 0, 100.0, 900.0)
    treated = Series("", visitors * 0.02 * after(1.2), visitors)
    controls = tuple(Series(f"{n}", visitors * 0.03, visitors) for n in range(3))
    measured = Panel(DAYS, treated, controls, BEFORE, np.ones(len(DAYS), dtype=bool))
    found = interval_of(measured)
    assert found is not None
    assert found.effect == pytest.approx(0.2, abs=1e-9)


def test_one_control_with_a_story_of_its_own_hardly_moves_the_result() -> None:
    calm = [noisy(seed) for seed in range(1, 8)]
    without = log_effect(panel(noisy(0), *calm))
    with_shock = log_effect(panel(noisy(0), *calm[:-1], calm[-1] * after(2.0)))
    assert abs(with_shock - without) < 0.03  # a plain mean over seven would move by log(2) / 7 = 0.099


def test_an_interval_is_wider_where_days_depend_on_each_other() -> None:
    def wandering(seed: int) -> Floats:
        steps = np.random.default_rng(seed).normal(0, 0.03, len(DAYS))
        found = np.zeros(len(DAYS))
        for day in range(1, len(DAYS)):
            found[day] = 0.9 * found[day - 1] + steps[day]
        return RHYTHM * np.exp(found)

    calm = interval_of(panel(*(noisy(seed) for seed in range(8))))
    wild = interval_of(panel(*(wandering(seed) for seed in range(8))))
    assert calm is not None
    assert wild is not None
    assert wild.high - wild.low > 2 * (calm.high - calm.low)


def test_the_smallest_detectable_effect_is_larger_than_half_the_interval() -> None:
    found = interval_of(panel(*(noisy(seed) for seed in range(8))))
    assert found is not None
    half = (math.log1p(found.high) - math.log1p(found.low)) / 2
    assert math.log1p(found.detectable) > half


def test_a_segment_that_often_sells_nothing_gets_no_interval() -> None:
    rare = np.where(np.arange(len(DAYS)) % 2 == 0, 0.0, 1.0)
    assert interval_of(panel(rare, RHYTHM, RHYTHM, RHYTHM)) is None


@pytest.mark.parametrize(
    ("metric", "factor", "verdict"),
    [
        ("gmv", 1.3, "effective"),
        ("gmv", 0.7, "harmful"),
        ("refund_rate", 0.7, "effective"),
        ("refund_rate", 1.3, "harmful"),
        ("gmv", 1.0, "cannot_tell"),
    ],
)
def test_the_verdict_follows_what_is_good_for_the_metric(metric: str, factor: float, verdict: str) -> None:
    found = interval_of(panel(noisy(0) * after(factor), *(noisy(seed) for seed in range(1, 8))))
    assert found is not None
    assert verdict_of(found, MODEL.metrics[metric]) == verdict
