"""A shop whose amounts have refunds taken off says so wherever an amount is defined."""

from __future__ import annotations

from pathlib import Path

import pytest

from metrics.analyst import Analyst
from metrics.errors import DefinitionError
from tests.metrics.small_shop import write_shop


def shop(home: Path, amounts: str, table: str = "orders") -> Analyst:
    path = write_shop(home, {"orders": [], "refunds": []})
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(f"{table}/*.csv}}", f"{table}/*.csv{amounts}}}"), encoding="utf-8")
    return Analyst.open(path)


def test_net_amounts_change_every_definition_that_rests_on_them(tmp_path: Path) -> None:
    metrics = shop(tmp_path, ", amounts: net_of_refunds").model.metrics
    assert "已扣除退款" in metrics["gmv"].definition.zh
    assert "未扣除" not in metrics["gmv"].definition.zh
    assert "已扣除退款" in metrics["refund_rate"].definition.zh
    assert "before refunds" in metrics["refund_rate"].definition.en
    assert metrics["aov"].definition.zh.endswith("本店金额已扣除退款。")
    assert "refunds are already taken off" in metrics["roi"].definition.en
    for id in ("orders", "units", "refund_amount", "visitors"):
        assert "已扣除退款" not in metrics[id].definition.zh


def test_gross_amounts_are_the_default(tmp_path: Path) -> None:
    assert "未扣除退款" in shop(tmp_path, "").model.metrics["gmv"].definition.zh
    assert "未扣除退款" in shop(tmp_path, ", amounts: gross").model.metrics["gmv"].definition.zh


@pytest.mark.parametrize(
    ("table", "amounts", "told"),
    [("orders", "net", "'net' is not allowed"), ("refunds", "net_of_refunds", "net amounts of refunds")],
)
def test_other_meanings_of_amounts_are_refused(tmp_path: Path, table: str, amounts: str, told: str) -> None:
    with pytest.raises(DefinitionError, match=told):
        shop(tmp_path, f", amounts: {amounts}", table)
