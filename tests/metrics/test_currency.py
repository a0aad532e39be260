"""A shop's money is printed in the shop's currency, and `opsbot init` finds out which one it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from metrics import catalog, units
from metrics.currency import is_alike, priced
from metrics.errors import DefinitionError
from metrics.proposing.proposal import propose_files
from metrics.proposing.writing import sources_text
from metrics.sources import mapping

MODEL = catalog.load()
SOURCES = "zone: Asia/Shanghai\ncurrency: {code}\ntables:\n  orders: {{files: orders.csv}}\n"


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("CNY", "¥1,234.50"),
        ("USD", "$1,234.50"),
        ("EUR", "€1,234.50"),
        ("GBP", "£1,234.50"),
        ("HKD", "HK$1,234.50"),
        ("TWD", "NT$1,234.50"),
        ("SGD", "S$1,234.50"),
        ("JPY", "JP¥1,235"),  # half up: there is no half yen
        ("CAD", "CAD\N{NO-BREAK SPACE}1,234.50"),
    ],
)
def test_an_amount_stands_behind_the_sign_of_its_currency(code: str, text: str) -> None:
    metric = priced(MODEL, code).metrics["gmv"]
    assert units.format(1234.5, metric.unit, metric.decimals, "en") == text
    assert metric.unit == code.lower()


def test_amounts_of_any_currency_are_shortened_and_signed_alike() -> None:
    assert units.format_compact(80_507_000, "usd", 2, "zh") == "$8,051万"
    assert units.format_change(-862_000, "usd", 2, "zh") == "−$86.2万"
    assert units.format(3_124_000, "usd", 2, "en") == "$3.12M"


def test_what_is_no_money_keeps_its_unit_in_every_currency() -> None:
    held = priced(MODEL, "USD").metrics
    assert {id for id in held if held[id].unit != MODEL.metrics[id].unit} == {
        id for id, metric in MODEL.metrics.items() if metric.unit == "cny"
    }
    assert is_alike(held["gmv"].unit, "cny")
    assert not is_alike("count", "usd")


@pytest.mark.parametrize(("code", "held"), [("USD", "USD"), ("eur", "EUR")])
def test_sources_name_the_currency_by_its_code(tmp_path: Path, code: str, held: str) -> None:
    path = tmp_path / "sources.yaml"
    path.write_text(SOURCES.format(code=code), "utf-8")
    assert mapping.load(path, MODEL).currency == held


@pytest.mark.parametrize("code", ["dollar", "RMB", "$"])
def test_what_is_no_code_is_refused_with_an_example(tmp_path: Path, code: str) -> None:
    path = tmp_path / "sources.yaml"
    path.write_text(SOURCES.format(code=code), "utf-8")
    with pytest.raises(DefinitionError, match="is no ISO 4217 code of a currency; write one like CNY, USD or EUR"):
        mapping.load(path, MODEL)


@pytest.mark.parametrize(
    ("header", "cell", "line"),
    [
        ("实付金额(USD)", "12.5", "currency: USD  # guessed: orders.amount, 实付金额(USD); another dollar"),
        ("实付金额", "$12.50", "currency: USD  # guessed"),
        ("实付金额", "US$12.50", "currency: USD  # guessed"),
        ("实付金额", "HK$12.50", "currency: HKD  # guessed"),
        ("实付金额", "€12.50", "currency: EUR  # guessed"),
        ("实付金额", "S$12.50", "currency: SGD  # guessed"),
    ],
)
def test_init_proposes_the_currency_that_headers_or_cells_name(
    tmp_path: Path, header: str, cell: str, line: str
) -> None:
    assert line in _proposed(tmp_path, header, cell, cell)


def test_init_writes_no_currency_where_none_or_the_usual_one_is_named(tmp_path: Path) -> None:
    assert "currency" not in _proposed(tmp_path, "实付金额", "12.50", "¥8.00")


def test_init_leaves_two_currencies_to_the_owner(tmp_path: Path) -> None:
    text = _proposed(tmp_path, "实付金额", "$12.50", "€8.00")
    assert "\n# currency: the exports name USD (orders.amount, 实付金额), EUR (orders.amount, 实付金额)" in text
    assert "\ncurrency:" not in text


def _proposed(folder: Path, header: str, *cells: str) -> str:
    rows = "".join(f"T{i},b{i},{cell},2026-10-01 10:00:00,{i}\n" for i, cell in enumerate(cells, 1))
    (folder / "orders.csv").write_text(f"订单编号,买家会员名,{header},付款时间,数量\n{rows}", "utf-8")
    return sources_text(propose_files(folder, folder), MODEL, "Asia/Shanghai")
