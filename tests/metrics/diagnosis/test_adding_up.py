"""Parts add up to the change, whatever is handed in: zeros, new segments and changes of sign included."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.diagnosis.mixing import Sides, is_reversed, mixed, whole_of
from metrics.diagnosis.products import chain_factors, log_mean, product_parts

CASES = settings(max_examples=150, deadline=None, database=None)
RANDOM_CASES = 10_000
POSITIVE = st.floats(1e-3, 1e7)
ANY = st.one_of(st.just(0.0), st.floats(-1e6, 1e6, allow_subnormal=False), POSITIVE)
COUNT = st.one_of(st.just(0.0), st.integers(1, 10**7).map(float))


def closes(parts: Sequence[float], total: float) -> bool:
    """To a billionth of the largest number that is added up."""
    return abs(math.fsum(parts) - total) <= 1e-9 * max(abs(total), *map(abs, parts))


def draw(random: Random) -> float:
    """A size from a thousandth to millions; nothing, or a negative one, now and then."""
    size = math.exp(random.uniform(-7, 16))
    return random.choices((size, 0.0, -size), (8, 1, 1))[0]


def test_parts_of_products_and_mixes_close_in_ten_thousand_random_cases() -> None:
    random = Random(11)
    for _ in range(RANDOM_CASES):
        count = random.randint(1, 4)
        before, after = ([draw(random) for _ in range(count)] for _ in range(2))
        assert closes(product_parts(before, after), math.prod(after) - math.prod(before))
        rows = {str(n): Sides(*(abs(draw(random)) for _ in range(4))) for n in range(random.randint(1, 9))}
        found, whole = mixed(rows), whole_of(tuple(rows.values())).rates
        if found is not None and whole is not None:
            each = [value for part in found.values() for value in (part.rate, part.mix)]
            assert closes([*each, *whole], whole[1] - whole[0] + math.fsum(whole))


@CASES
@given(st.integers(1, 4).flatmap(lambda n: st.tuples(*[st.lists(ANY, min_size=n, max_size=n)] * 2)))
def test_the_parts_of_a_product_add_up_with_zeros_and_changes_of_sign(sides: tuple[list[float], list[float]]) -> None:
    before, after = sides
    assert closes(product_parts(before, after), math.prod(after) - math.prod(before))


@CASES
@given(st.lists(st.tuples(COUNT, COUNT, COUNT, COUNT), min_size=1, max_size=8))
def test_rate_and_mix_add_up_with_new_and_vanished_segments(rows: list[tuple[float, float, float, float]]) -> None:
    segments = {str(number): Sides(*row) for number, row in enumerate(rows)}
    below = [sum(item.denominator_before for item in segments.values()), sum(r.denominator for r in segments.values())]
    found = mixed(segments)
    if min(below) == 0:
        assert found is None
        return
    assert found is not None
    sides = [sum(r.numerator_before for r in segments.values()) / below[0], sum(r[2] for r in rows) / below[1]]
    assert closes([*(part.both for part in found.values()), *sides], sides[1] - sides[0] + sum(sides))


@CASES
@given(st.lists(st.tuples(COUNT, COUNT), min_size=2, max_size=4))
def test_the_measures_of_a_chain_multiply_back_to_its_last_one(rows: list[tuple[float, float]]) -> None:
    before, after = [row[0] for row in rows], [row[1] for row in rows]
    found = chain_factors(before, after)
    if found is None:  # something out of nothing on one side
        assert any(one == 0 != other for side in (before, after) for one, other in pairwise(side))
        return
    for factors, side in zip(found, (before, after), strict=True):
        assert math.isclose(math.prod(factors), side[-1], rel_tol=1e-9, abs_tol=1e-9)
    parts = product_parts(*found)
    assert closes(parts, after[-1] - before[-1])


def test_the_logarithmic_mean_lies_between_the_two_and_is_symmetric() -> None:
    assert log_mean(1.0, math.e) == pytest.approx(math.e - 1)  # (e − 1) / (ln e − ln 1)
    assert log_mean(4.0, 2.0) == pytest.approx(log_mean(2.0, 4.0)) == pytest.approx(2 / math.log(2))
    assert log_mean(3.0, 3.0) == 3.0
    assert log_mean(0.0, 3.0) == 0.0


def test_a_factor_that_did_not_move_adds_nothing() -> None:
    visitors, conversion, spend = product_parts((1000, 0.02, 500), (1000, 0.015, 500))
    assert visitors == spend == 0
    assert conversion == pytest.approx(-2500)  # 1000 × 500 × (0.015 − 0.02)


def test_a_driver_that_falls_to_nothing_shares_the_loss_with_none_that_stood_still() -> None:
    # 100 × 0.02 × 50 = 100 before, nothing now, because nobody bought
    assert product_parts((100, 0.02, 50), (100, 0.0, 50)) == pytest.approx((0, -100, 0))


def test_a_new_segment_is_all_mix_and_counts_by_its_distance_from_the_whole() -> None:
    # Before only A: 20 of 1000. Now A 20 of 1000 and B 0 of 1000: the rate halves from 2 % to 1 %, R is 1.5 %.
    found = mixed({"A": Sides(20, 1000, 20, 1000), "B": Sides(0, 0, 0, 1000)})
    assert found is not None
    assert found["A"].rate == 0  # 2 % both times
    assert found["A"].mix == pytest.approx(-0.0025)  # (0.5 − 1) × (0.02 − 0.015)
    assert found["B"].rate == 0
    assert found["B"].mix == pytest.approx(-0.0075)  # 0.5 × (0 − 0.015)


def test_a_paradox_of_simpson_is_named_and_a_plain_fall_is_not() -> None:
    # Both channels convert better (4 → 5 %, 1 → 1.2 %), yet the cheap traffic grew: 100 of 4000 → 98 of 4900.
    swapped = {"私域": Sides(80, 2000, 50, 1000), "短视频": Sides(20, 2000, 46.8, 3900)}
    assert is_reversed(swapped)
    found = mixed(swapped)
    assert found is not None
    assert all(part.rate > 0 for part in found.values())
    assert sum(part.mix for part in found.values()) < -sum(part.rate for part in found.values())
    assert not is_reversed({"私域": Sides(80, 2000, 70, 2000), "短视频": Sides(20, 2000, 18, 2000)})
