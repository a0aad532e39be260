"""Numbers as people read them."""

from __future__ import annotations

import pytest

from metrics.model import Language
from metrics.query import Unit
from metrics.units import format, format_change, format_compact, format_relative


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "language", "text"),
    [
        (3_124_000, "cny", 2, "zh", "¥312.4万"),
        (123_456_789, "cny", 2, "zh", "¥1.23亿"),
        (9_999.994, "cny", 2, "zh", "¥9,999.99"),
        (9_999_960, "cny", 2, "zh", "¥1,000.0万"),
        (99_999_999, "cny", 2, "zh", "¥1.00亿"),
        (3_124_000, "cny", 2, "en", "¥3.12M"),
        (31_240, "cny", 2, "en", "¥31,240"),
        (-31_240, "cny", 2, "zh", "−¥3.1万"),
        (1234, "count", 0, "zh", "1,234"),
        (0, "count", 0, "zh", "0"),
        (0.0183, "fraction", 2, "zh", "1.83%"),
        (0.032, "fraction", 2, "en", "3.20%"),
        (0.00285, "fraction", 2, "zh", "0.29%"),  # a half goes up, also where binary floats lie just below
        (-0.000001, "fraction", 2, "zh", "0.00%"),  # never -0.00%
        (2.305, "multiple", 2, "zh", "2.31"),
        (12.5, "days", 1, "zh", "12.5天"),
        (12.5, "days", 1, "en", "12.5 days"),
    ],
)
def test_a_level_prints_as_people_write_it(
    value: float, unit: Unit, decimals: int, language: Language, text: str
) -> None:
    assert format(value, unit, decimals, language) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.0041, "fraction", "+0.41pp"),
        (-0.0041, "fraction", "−0.41pp"),
        (-0.00001, "fraction", "0.00pp"),
        (862_000, "cny", "+¥86.2万"),
        (-862_000, "cny", "−¥86.2万"),
        (0.11, "multiple", "+0.11"),
    ],
)
def test_a_difference_carries_its_sign_and_its_unit(value: float, unit: Unit, text: str) -> None:
    assert format_change(value, unit, 2, "zh") == text


def test_a_relative_difference_never_prints_minus_zero() -> None:
    assert format_relative(-0.183) == "−18.3%"
    assert format_relative(-0.0001) == "0.0%"
    assert format_relative(12.5) == "+1,250.0%"


def test_what_is_no_figure_has_no_format() -> None:
    with pytest.raises(ValueError, match="is no figure"):
        format(float("nan"), "cny", 2, "zh")


@pytest.mark.parametrize(
    ("value", "unit", "language", "text"),
    [
        (80_507_000.0, "cny", "zh", "¥8,051万"),
        (3_373_000.0, "cny", "zh", "¥337.3万"),
        (1644.38, "cny", "zh", "¥1,644"),
        (999.5, "cny", "zh", "¥999.50"),
        (-12_345_678.0, "cny", "zh", "−¥1,235万"),
        (2058.0, "count", "en", "2,058"),
        (0.0183, "fraction", "zh", "1.83%"),
    ],
)
def test_a_narrow_column_leaves_out_digits_that_do_not_count(
    value: float, unit: Unit, language: Language, text: str
) -> None:
    assert format_compact(value, unit, 2 if unit != "count" else 0, language) == text
