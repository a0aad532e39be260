"""`opsbot check` over data as shops have it: what it recognises, what it warns of, and the line that it says to add."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from bot.cli.check_lines import columns, wrapped

HEADER = "订单号,付款时间,实付金额,品类,订单状态"
SOURCES = """\
tables:
  orders:
    files: 订单*.csv
    columns: {order_id: 订单号, ordered_at: 付款时间, amount: 实付金额, category: 品类}
"""


def row(number: int, amount: float = 10, category: str = "母婴", status: str = "交易成功", day: int = 1) -> str:
    return f"A{number},2026-11-{day:02d} 10:00:00,{amount},{category},{status}"


def shop(home: Path, sources: str = SOURCES, **files: Sequence[str]) -> Path:
    for name, rows in files.items():
        (home / f"{name}.csv").write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
    (home / "opsbot.toml").write_text('[knowledge]\nbundled = false\nembedding = "hash"\n', encoding="utf-8")
    (home / "sources.yaml").write_text(sources, encoding="utf-8")
    return home


def run(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["check", "--home", str(home), "--now", "2026-11-20T10:00", *arguments])


def lines(home: Path, subject: str = "orders") -> dict[str, dict[str, Any]]:
    """Topic → line of one subject."""
    return {line["topic"]: line for line in json.loads(run(home, "--json").output) if line["subject"] == subject}


def test_a_table_is_told_with_rows_span_freshness_and_where_each_column_comes_from(tmp_path: Path) -> None:
    found = lines(shop(tmp_path, 订单1=[row(1), row(2, day=3)]))
    assert found[""]["text"].startswith("2 rows in 1 file, 2026-11-01 to 2026-11-03, data to 2026-11-03 10:00")
    assert "order_id ← 订单号, ordered_at ← 付款时间, amount ← 实付金额, category ← 品类" in found["columns"]["text"]


def test_orders_that_stand_in_two_files_are_counted_twice_and_that_is_to_be_mended(tmp_path: Path) -> None:
    home = shop(tmp_path, 订单1=[row(1), row(2, 20), row(3, 30)], 订单2=[row(3, 30), row(2, 20), row(4)])
    twice = lines(home)["twice"]
    assert twice["level"] == "todo"
    assert (
        "2 values of order_id stand in more than one file: 2 rows, 50.00 of amount are counted twice" in twice["text"]
    )
    assert "订单1.csv and 订单2.csv" in twice["text"]
    assert run(home).exit_code == 1


def test_an_unknown_value_is_weighed_and_the_line_to_add_is_there(tmp_path: Path) -> None:
    home = shop(tmp_path, 订单1=[row(1, category="宠物"), row(2), row(3), row(4)])
    category = lines(home)["category"]
    assert (category["level"], category["add"]) == ("note", "under orders: values: {category: {宠物: ?}}")
    assert "'宠物' 1 rows (25.0%)" in category["text"]
    assert run(home).exit_code == 0  # worth knowing; the totals are right


def test_the_line_that_check_says_to_add_makes_the_value_known(tmp_path: Path) -> None:
    home = shop(tmp_path, 订单1=[row(1, category="宠物"), row(2)])
    add = lines(home)["category"]["add"].removeprefix("under orders: ").replace("?", "家居")
    shop(home, f"{SOURCES}    {add}\n")
    assert "category" not in lines(home)


def test_a_status_that_nothing_filters_is_named_with_the_filter(tmp_path: Path) -> None:
    rows = [row(1), row(2, status="交易关闭"), row(3, status="等待买家付款")]
    status = lines(shop(tmp_path, 订单1=rows))["status"]
    assert status["add"] == "under orders: drop: {订单状态: [交易关闭, 等待买家付款]}"
    home = shop(tmp_path, f"{SOURCES}    {status['add'].removeprefix('under orders: ')}\n")
    found = lines(home)
    assert "status" not in found
    assert found["left out"]["text"] == "2 rows do not count: 2 by keep and drop"


def test_a_column_that_only_some_files_have_is_to_be_mended(tmp_path: Path) -> None:
    home = shop(tmp_path, 订单1=[row(1)])
    (home / "订单2.csv").write_text("订单号,付款时间,品类\nA2,2026-11-02 10:00,母婴\n", encoding="utf-8")
    wrong = [line["text"] for line in json.loads(run(home, "--json").output) if line["level"] == "todo"]
    assert any("订单2.csv has no column '实付金额'" in text for text in wrong)
    assert "实付金额 (1 of 2)" in lines(home)["changed"]["text"]
    assert run(home).exit_code == 1


def test_amounts_below_zero_empty_or_all_zero_are_said(tmp_path: Path) -> None:
    home = shop(tmp_path, 订单1=[row(1, 100), row(2, -30), "A3,2026-11-01 10:00:00,,母婴,交易成功"])
    texts = [line["text"] for line in json.loads(run(home, "--json").output) if line["topic"] == "amount"]
    assert "1 rows have amount below 0 (-30.00 in all)" in texts[0]
    assert "1 rows have no amount" in texts[1]
    shop(tmp_path, 订单1=[row(1, 0), row(2, 0)])
    assert "every amount is 0 or empty" in lines(home)["amount"]["text"]


def test_an_order_s_total_on_each_of_its_lines_is_to_be_mended(tmp_path: Path) -> None:
    home = shop(tmp_path, 订单1=[row(number // 2, 100 + number // 2) for number in range(20)])
    assert "in 10 of 10 orders of several lines" in lines(home)["amount"]["text"]


def test_rows_of_the_future_are_said(tmp_path: Path) -> None:
    assert (
        "1 rows lie after today (to 2026-11-28)"
        in lines(shop(tmp_path, 订单1=[row(1), row(2, day=28)]))["days"]["text"]
    )


def test_the_verdict_counts_metrics_and_names_what_brings_the_most(tmp_path: Path) -> None:
    home = shop(tmp_path, 订单1=[row(1)])
    available = lines(home, "available")[""]["text"]
    # there: gmv, orders, order_value. With ads: impressions, clicks, ctr, ad_spend, leads, roi (cac: new buyers too);
    # with buyer ids: buyers, aov, repurchase_rate, retention_rate (conversion_rate lacks visitors too)
    assert available.startswith(
        "3 of 25 metrics available; add table ads for 6 more, column orders.buyer_id for 4 more"
    )
    assert run(home).output.rstrip().endswith("for 2 more")
    metric = lines(home, "buyers, aov, repurchase_rate, retention_rate")[""]
    assert (metric["level"], metric["add"]) == ("note", "under orders.columns: buyer_id: HEADER")


def test_without_any_file_the_next_step_is_said(tmp_path: Path) -> None:
    ran = run(shop(tmp_path))
    said = " ".join(ran.output.split())
    assert ran.exit_code == 1
    assert "no file matches 订单*.csv" in said
    assert f"opsbot init --home {tmp_path} --data FOLDER --force" in said


def test_a_password_in_the_file_is_said_and_never_shown(tmp_path: Path) -> None:
    databases = "databases:\n  shop: postgresql://me:s3cret@127.0.0.1:1/shop\n"
    ran = run(shop(tmp_path, f"{databases}tables:\n  orders: {{database: shop}}\n"))
    assert "the password stands in the file" in " ".join(ran.output.split())
    assert "s3cret" not in ran.output
    assert ran.exit_code == 1


def test_no_line_is_wider_than_the_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    rows = [row(number, category=f"很长的类目名称{number}", status="等待买家付款") for number in range(9)]
    home = shop(tmp_path, 订单1=rows)
    assert max(columns(line) for line in run(home).output.splitlines() if str(tmp_path) not in line) <= 80


@pytest.mark.parametrize(
    "text", ["a bc def", "转化率，转化率", "one, two; 三、四（五）six", "", "https://unbreakable.example/long"]
)
@pytest.mark.parametrize("width", [4, 9, 30])
def test_wrapping_loses_nothing(text: str, width: int) -> None:
    assert "".join("".join(wrapped(text, width)).split()) == "".join(text.split())
