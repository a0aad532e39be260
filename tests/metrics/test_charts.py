"""Pictures are whole, of a phone's size and drawn without a single warning (warnings fail the run)."""

from __future__ import annotations

import random
import struct
from concurrent.futures import ThreadPoolExecutor

import pytest

from metrics import charts
from metrics.chart_canvas import Canvas, drawable
from metrics.charts import Cell, ChartText, Note, Progress, Series

TEXT = ChartText("母婴 · 支付转化率", "11/09–11/15 对比 11/02–11/08", "数据截至 11/22 14:05")


def percent(value: float) -> str:
    return f"{value:.2%}"


def plain(value: float) -> str:
    return f"{value:,.0f}"


def series(*values: float | None, label: str = "上周") -> Series:
    return Series(label, tuple((f"11/{day + 1:02d}", value) for day, value in enumerate(values)))


def size_of(png: bytes) -> tuple[int, int]:
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert png[-8:-4] == b"IEND"
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@pytest.mark.parametrize(
    "current",
    [
        series(0.031, 0.030, 0.026, 0.025),
        series(0.031),
        series(0.02, 0.02, 0.02),
        series(0.0, 0.0),
        series(-5.0, 3.0, -1.0),
        series(None, 0.03, None, 0.02, 0.025, None),
        series(1e-9, 1.1e-9),
        series(1e12, -1e12),
        series(*(random.Random(7).uniform(1, 9) for _ in range(60))),
    ],
    ids=["falling", "one point", "all equal", "zeros", "negative", "gaps", "tiny", "huge", "60 points"],
)
@pytest.mark.parametrize("partial_last", [False, True])
def test_a_line_is_drawn_for_any_course(current: Series, partial_last: bool) -> None:
    twin = series(0.03, None, 0.031, label="上上周")
    for comparison in (None, twin):
        png = charts.line(TEXT, current, comparison, format_value=percent, partial_last=partial_last)
        assert size_of(png) == (1000, 640)


def test_a_partial_last_point_looks_different_from_a_final_one() -> None:
    course = series(3.0, 2.0, 1.0)
    final = charts.line(TEXT, course, None, format_value=plain)
    assert charts.line(TEXT, course, None, format_value=plain, partial_last=True) != final


@pytest.mark.parametrize("empty", [series(), series(None, None)])
def test_a_picture_without_any_value_is_refused(empty: Series) -> None:
    with pytest.raises(ValueError, match="needs at least one value"):
        charts.line(TEXT, empty, None, format_value=plain)
    with pytest.raises(ValueError, match="needs at least one value"):
        charts.ranked_bars(TEXT, empty, comparison=None, format_value=plain)


def test_a_value_that_is_not_finite_is_refused() -> None:
    with pytest.raises(ValueError, match="not finite"):
        charts.line(TEXT, series(1.0, float("nan")), None, format_value=plain)


def test_bars_grow_the_picture_instead_of_shrinking_the_text() -> None:
    few = charts.ranked_bars(TEXT, series(3.0, 1.0, None), comparison=None, format_value=plain)
    many = charts.ranked_bars(TEXT, series(*map(float, range(20))), comparison=None, format_value=plain)
    assert size_of(few) == (1000, 512)  # title and footer 224 + 3 × 96
    assert size_of(many) == (1000, 1264)  # 224 + 20 × 52


def test_bars_are_ranked_whatever_order_they_come_in() -> None:
    upward = Series("上周", (("直播", 1.0), ("货架", 2.0), ("私域", None)))
    downward = Series("上周", (("私域", None), ("货架", 2.0), ("直播", 1.0)))
    assert charts.ranked_bars(TEXT, upward, comparison=None, format_value=plain) == charts.ranked_bars(
        TEXT, downward, comparison=None, format_value=plain
    )


def test_negative_bars_and_long_names_fit() -> None:
    bars = Series("变化", (("很长很长很长很长很长的渠道名字", -1_124_000.0), ("访客", 190_000.0), ("客单价", 0.0)))
    assert size_of(charts.ranked_bars(TEXT, bars, comparison=bars, format_value=plain)) == (1000, 512)


def test_more_bars_than_a_phone_shows_are_refused() -> None:
    with pytest.raises(ValueError, match="at most 24"):
        charts.ranked_bars(TEXT, series(*map(float, range(25))), comparison=None, format_value=plain)


@pytest.mark.parametrize(("actual", "elapsed"), [(0.0, 0.01), (67.4, 0.73), (135.0, 0.73), (-5.0, None), (100.0, 1.0)])
def test_a_gauge_shows_any_attainment(actual: float, elapsed: float | None) -> None:
    png = charts.gauge(TEXT, actual=actual, target=100.0, elapsed=elapsed, format_value=plain)
    assert size_of(png) == (1000, 640)


@pytest.mark.parametrize("target", [0.0, -1.0, float("nan")])
def test_a_gauge_without_a_real_target_is_refused(target: float) -> None:
    with pytest.raises(ValueError, match="target above zero"):
        charts.gauge(TEXT, actual=1.0, target=target, elapsed=None, format_value=plain)


@pytest.mark.parametrize(("count", "height"), [(1, 390), (3, 580), (8, 960)])  # 200 + 190 a row
def test_a_panel_grows_with_its_cells(count: int, height: int) -> None:
    cell = Cell("GMV", "¥312.4万", "▼6.2%", False, (1.0, None, 2.0, 3.0))
    assert size_of(charts.panel(TEXT, (cell,) * count)) == (1000, height)


@pytest.mark.parametrize("count", [0, 9])
def test_a_panel_has_one_to_eight_cells(count: int) -> None:
    with pytest.raises(ValueError, match="1 to 8"):
        charts.panel(TEXT, (Cell("GMV", "1", "", None),) * count)


def test_words_that_the_font_cannot_draw_are_left_out() -> None:
    assert drawable("爆单🎉🔥 了\u200d\ufe0f\n<b>$x_1$") == "爆单 了 <b>$x_1$"
    hostile = ChartText("标题🎉 $\\frac{1}{0}$ " * 20, "\u0000\u202e副标题", "")
    assert size_of(charts.line(hostile, series(1.0, 2.0), None, format_value=plain)) == (1000, 640)


def test_a_long_text_is_shortened_until_it_fits() -> None:
    canvas = Canvas(1000, 600)
    words, size = canvas.fitted("特别长的中文标签" * 30, 36, 300)
    assert words.endswith("…")
    assert canvas.text_width(words, size) <= 300


def test_measured_widths_are_those_of_the_drawn_text() -> None:
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath
    from pylopdf_fonts_zh_cn import sans_path

    outline = TextPath((0, 0), "转化率 1.83%", size=40, prop=FontProperties(fname=str(sans_path())), usetex=False)
    # The outline leaves out the blank at both ends of the text, about a tenth of a character each.
    assert Canvas(100, 100).text_width("转化率 1.83%", 40) == pytest.approx(outline.get_extents().width, abs=8)


def test_pictures_are_the_same_from_several_threads() -> None:
    def draw(_: int) -> bytes:
        return charts.line(TEXT, series(1.0, 2.0, 1.5), series(2.0, 1.0), format_value=plain)

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(draw, range(8)))) == 1


def test_promotions_a_target_and_changes_are_drawn_where_they_are_handed_in() -> None:
    course = series(*map(float, range(1, 31)))
    plain_line = charts.line(TEXT, course, None, format_value=plain)
    assert charts.line(TEXT, course, None, format_value=plain, spans=((0, 10, "双11"), (12, 12, "元旦"))) != plain_line
    bars = Series("上周", (("直播", 1.0), ("货架", 2.0)))
    notes = {"直播": Note("▲3.1%", True), "货架": Note("▼0.4%")}
    noted = charts.ranked_bars(TEXT, bars, notes=notes, format_value=plain)
    assert noted != charts.ranked_bars(TEXT, bars, format_value=plain)
    bad = charts.ranked_bars(TEXT, bars, notes={**notes, "直播": Note("▲3.1%", False)}, format_value=plain)
    assert noted != bad  # a welcome rise has another colour than an unwelcome one
    cell = Cell("GMV", "¥312.4万", "", None)
    assert size_of(charts.panel(TEXT, (cell,), Progress("达成 135%", "时间 72%", 1.35, 0.72))) == (
        1000,
        474,
    )  # 390 + 84


@pytest.mark.parametrize("rows", [1, 20])
def test_a_matrix_grows_with_its_rows_and_shows_gaps(rows: int) -> None:
    names = [f"类目{number}" for number in range(rows)]
    png = charts.matrix(TEXT, names, ["直播", "货架"], {(names[0], "直播"): -1.0}, format_value=plain)
    assert size_of(png) == (1000, 250 + 58 * rows)


def test_a_matrix_without_values_or_too_large_for_a_phone_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one value"):
        charts.matrix(TEXT, ["母婴"], ["直播"], {}, format_value=plain)
    with pytest.raises(ValueError, match="at most 20 × 8"):
        charts.matrix(TEXT, ["母婴"] * 21, ["直播"], {("母婴", "直播"): 1.0}, format_value=plain)
