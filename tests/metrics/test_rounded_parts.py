"""What is printed of a sum adds up in print, in both languages and every unit."""

from __future__ import annotations

import math
from random import Random

import pytest

from metrics.model import Language
from metrics.rounded_parts import rounded_parts
from metrics.units import format_change


def test_the_rest_of_rounding_goes_where_it_hurts_least() -> None:
    # −39.46 + 11.23 − 3.15 (in 10,000) = −31.38 → −31.4; each rounded alone −39.5 + 11.2 − 3.2 (or 3.1) = −31.5
    shown = rounded_parts((-394_600, 112_300, -31_500), -313_800, "cny", 2, "zh")
    assert shown.total == "−¥31.4万"
    assert shown.parts == ("−¥39.5万", "+¥11.2万", "−¥3.1万")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("unit", ["cny", "count", "fraction", "multiple", "days"])
def test_rounded_parts_always_add_up_to_the_rounded_total(unit: str, language: Language) -> None:
    random = Random(unit)
    for _ in range(300):
        scale = 10 ** random.uniform(-3, 1) if unit == "fraction" else 10 ** random.uniform(-2, 8)
        parts = [random.gauss(0, scale) for _ in range(random.randint(1, 7))]
        shown = rounded_parts(parts, math.fsum(parts), unit, 2, language)
        digits = (
            0 if any(abs(value) >= 1000 for value in (*parts, math.fsum(parts))) and unit in ("cny", "count") else 2
        )
        assert format_change(math.fsum(shown.values), unit, digits, language) == shown.total
        assert all(abs(one - other) <= 1.001e6 for one, other in zip(shown.values, parts, strict=True))
