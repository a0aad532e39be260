"""The waterfall is drawn for every shape of a change, and refused where it would mislead."""

from __future__ import annotations

import math

import pytest

from metrics.charts import ChartText, WaterfallStep, waterfall

TEXT = ChartText("母婴 · GMV 变化拆解", "¥216.4万 → ¥185.0万", "数据截至 11/22 14:28")
TOTAL = WaterfallStep("合计", -31.4, "−¥31.4万")


@pytest.mark.parametrize(
    "values",
    [(-39.5, 11.2, -3.1), (40.0, -90.0, 120.0, -82.0), (0.0,), (5.0,), (-1.0,) * 12],
    ids=["down", "across zero", "nothing", "one", "as many as fit"],
)
def test_parts_of_any_sign_are_drawn(values: tuple[float, ...]) -> None:
    steps = [WaterfallStep(f"a long name of a driver {n}", value, f"{value:+}") for n, value in enumerate(values)]
    assert waterfall(TEXT, steps, TOTAL).startswith(b"\x89PNG")


@pytest.mark.parametrize("steps", [[], [TOTAL] * 13, [WaterfallStep("x", math.nan, "?")]])
def test_what_cannot_be_drawn_is_refused(steps: list[WaterfallStep]) -> None:
    with pytest.raises(ValueError, match=r"waterfall"):
        waterfall(TEXT, steps, TOTAL)
