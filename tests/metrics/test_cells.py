"""Single cells as people and systems write them."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.sources import cells
from metrics.sources.cells import Cell, CellError

NUMBERS: list[tuple[Cell, float | None]] = [
    ("1,234.50", 1234.5),
    ("¥1,234", 1234),
    ("￥ 12", 12),
    ("$3.50", 3.5),
    ("RMB 12", 12),
    ("12元", 12),
    ("1.2万", 12000),
    ("1.1万元", 11000),
    ("2.5亿", 250_000_000),
    ("１２３．５", 123.5),
    ("12.3%", 0.123),
    ("5‰", 0.005),
    ("(5.00)", -5),
    ("（5.00）", -5),
    ("-¥3", -3),
    ("¥-3", -3),
    ("−5", -5),
    ("5-", -5),
    ("+7", 7),
    ("1e3", 1000),
    (" 8 ", 8),
    ("\u00a08\t", 8),
    ("3件", 3),
    (".5", 0.5),
    (4.25, 4.25),
    (7, 7),
    *[(empty, None) for empty in ("", "-", "--", "——", "N/A", "#N/A", "null", "空", "NaN", "  ", None)],
]


@pytest.mark.parametrize(("cell", "value"), NUMBERS)
def test_a_number_is_read_as_it_is_written(cell: Cell, value: float | None) -> None:
    assert cells.number(cell) == value


@pytest.mark.parametrize(
    "cell",
    ["1,23", "1.2.3", "12 yuan", "1_000", "inf", "--5", "一千", "#DIV/0!", "1 2", "0x10", True, datetime(2026, 11, 1)],
)
def test_what_is_no_number_is_refused_and_never_zero(cell: Cell) -> None:
    with pytest.raises(CellError):
        cells.number(cell)


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_an_amount_printed_with_separators_and_a_sign_reads_back(amount: object) -> None:
    for written in (f"{amount:,}", f"¥{amount:,}", f" {amount} 元"):
        assert cells.number(written) == float(str(amount))


@given(st.text(max_size=12))
def test_no_cell_breaks_a_reader(text: str) -> None:
    for read in cells.READERS.values():
        with suppress(CellError):  # any other error fails the test
            read(text)


def test_counts_must_be_whole_and_exact() -> None:
    assert cells.integer("1.2万") == 12000
    assert cells.integer(3.0) == 3
    for cell in ("1.5", 0.25, "1e17"):
        with pytest.raises(CellError):
            cells.integer(cell)


@pytest.mark.parametrize(
    ("cell", "id"),
    [
        ('="00123"', "00123"),
        ("'2026110900010001234", "2026110900010001234"),
        ("2026110900010001234\t", "2026110900010001234"),
        ("\ufeff17", "17"),
        ("#1001", "#1001"),
        ("a@b.cn", "a@b.cn"),
        ("2026-0001", "2026-0001"),
        ("小鱼儿", "小鱼儿"),
        ("空", "空"),
        (17.0, "17"),
        ("17.0", "17"),
        ("１７", "17"),
        ("", None),
        ("-", None),
    ],
)
def test_an_id_is_the_text_without_what_spreadsheets_put_around_it(cell: Cell, id: str | None) -> None:
    assert cells.identifier(cell) == id


@pytest.mark.parametrize("cell", ["1.23E+17", "2.0261109E+18", 1.234e17])
def test_an_id_whose_digits_are_lost_is_refused(cell: Cell) -> None:
    with pytest.raises(CellError, match="as text"):
        cells.identifier(cell)


@pytest.mark.parametrize(
    ("cell", "truth"),
    [
        ("是", True),
        ("否", False),
        ("Y", True),
        ("n", False),
        (1, True),
        (0.0, False),
        (True, True),
        ("√", True),
        ("", None),
    ],
)
def test_yes_and_no_in_their_usual_forms(cell: Cell, truth: bool | None) -> None:
    assert cells.boolean(cell) is truth


def test_another_word_is_neither_yes_nor_no() -> None:
    with pytest.raises(CellError, match="neither yes nor no"):
        cells.boolean("老客")
