"""Files as shops have them: GBK, renamed columns, mapped values, half-written, missing or broken ones."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import duckdb
import pytest

from metrics.analyst import Analyst
from metrics.errors import DefinitionError, SourceError
from metrics.query import KpiQuery
from metrics.sources import intake
from tests.metrics.small_shop import HEADERS, at, days, open_shop, week, write_shop

NOW = at("2026-11-16 10:00")
WEEK = week("2026-11-09")
ROW = "1,2026-11-09 10:00:00,11,true,母婴,直播,华东,1,100"
NEXT = "2,2026-11-15 23:30:00,12,true,母婴,直播,华东,1,50"


def gmv(shop: Analyst) -> float | None:
    return shop.run(KpiQuery(("gmv",), WEEK), NOW).figure().value


def write_parquet(path: Path, rows: list[str], header: str = HEADERS["orders"]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    csv = path.with_suffix(".txt")
    csv.write_text("\n".join([header, *rows]), encoding="utf-8")
    duckdb.sql(f"COPY (SELECT * FROM read_csv('{csv}')) TO '{path}.part' (FORMAT parquet)")
    Path(f"{path}.part").rename(path)
    csv.unlink()


def parquet_shop(home: Path, **files: list[str]) -> Analyst:
    for name, rows in files.items():
        write_parquet(home / "data" / "orders" / f"{name}.parquet", rows)
    (home / "sources.yaml").write_text("tables:\n  orders: {files: data/orders/*.parquet}\n", encoding="utf-8")
    return Analyst.open(home / "sources.yaml")


def test_a_gbk_export_with_chinese_headers_and_other_values_is_read_by_its_mapping(tmp_path: Path) -> None:
    (tmp_path / "订单.csv").write_bytes(
        "订单号,下单时间,买家,首单,品类,渠道,大区,件数,实付金额\n"
        '1,2026/11/9 9:05,11,是,母嬰,直播,华东,1,"¥1,234.50"\n'
        "2,2026/11/15 23:30,12,否,母婴,直播,华东,2,66\n".encode("gb18030")
    )
    (tmp_path / "sources.yaml").write_text(
        "tables:\n  orders:\n    files: 订单.csv\n"
        "    columns: {order_id: 订单号, ordered_at: 下单时间, buyer_id: 买家, is_first_order: 首单, category: 品类,\n"
        "      channel: 渠道, region: 大区, units: 件数, amount: 实付金额}\n"
        "    values: {category: {母嬰: 母婴}}\n",
        encoding="utf-8",
    )
    shop = Analyst.open(tmp_path / "sources.yaml")
    result = shop.run(KpiQuery(("gmv", "new_buyers"), WEEK, where={"category": ("母婴",)}), NOW)
    assert [figure.value for figure in result.figures] == [1300.5, 1]  # 1234.50 + 66
    assert result.figure().period.start == date(2026, 11, 9)


def test_a_csv_with_a_byte_order_mark_and_offsets_in_its_times_is_read(tmp_path: Path) -> None:
    path = write_shop(tmp_path, {"orders": []})
    rows = "1,2026-11-08T16:30:00Z,1,true,母婴,直播,华东,1,7\n2,2026-11-15T15:30:00+00:00,1,true,母婴,直播,华东,1,1\n"
    (tmp_path / "data/orders/all.csv").write_bytes(b"\xef\xbb\xbf" + f"{HEADERS['orders']}\n{rows}".encode())
    assert gmv(Analyst.open(path)) == 8.0  # 00:30 on 9 November and 23:30 on 15 November in Shanghai


@pytest.mark.parametrize(
    ("cell", "column"),
    [
        ("12 yuan", "amount"),
        ("01/02/2026", "ordered_at"),
        ("soon", "ordered_at"),
        ("1.5", "units"),
        ("1.2E+17", "buyer_id"),
    ],
)
def test_a_cell_that_cannot_be_read_names_file_line_and_column(tmp_path: Path, cell: str, column: str) -> None:
    names = HEADERS["orders"].split(",")
    cells = NEXT.split(",")
    cells[names.index(column)] = cell
    shop = open_shop(tmp_path, orders=[ROW, ",".join(cells)])
    figure = shop.run(KpiQuery(("gmv",), WEEK), NOW).figure()
    assert (figure.value, figure.absence) == (None, "unreadable")
    problem = next(checked for checked in shop.check(NOW) if checked.id == "orders").problem
    assert "all.csv line 3" in problem
    assert column in problem


def test_parquet_files_large_and_small_are_one_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for limit in (1, 10_000_000):  # every file on disk, then every file as rows in memory
        monkeypatch.setattr(intake, "LARGE_BYTES", limit)
        shop = parquet_shop(tmp_path / str(limit), one=[ROW], two=[NEXT])
        assert gmv(shop) == 150.0
        shop.close()


def test_a_new_csv_counts_once_it_has_stopped_changing_and_a_changed_one_stays_until_then(tmp_path: Path) -> None:
    shop = open_shop(tmp_path, orders=[ROW])
    live = tmp_path / "data/orders/live.csv"
    live.write_text(f"{HEADERS['orders']}\n{NEXT}\n", encoding="utf-8")
    assert not shop.refresh()  # seen for the first time
    assert shop.refresh()
    assert gmv(shop) == 150.0
    live.write_text(f"{HEADERS['orders']}\n{NEXT}5\n", encoding="utf-8")  # 505 instead of 50
    assert not shop.refresh()
    assert gmv(shop) == 150.0
    assert shop.refresh()
    assert gmv(shop) == 605.0
    live.unlink()
    assert shop.refresh()
    assert gmv(shop) == 100.0


def test_a_whole_parquet_file_counts_at_once_and_a_replaced_one_is_never_counted_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "LARGE_BYTES", 1)  # read from disk by every query
    shop = parquet_shop(tmp_path, month=[ROW])
    live = tmp_path / "data/orders/live.parquet"
    write_parquet(live, [NEXT])
    assert shop.refresh()
    assert not shop.refresh()
    assert gmv(shop) == 150.0
    write_parquet(tmp_path / "data/orders/month.parquet", [ROW, NEXT])  # the live rows move into the month's file
    live.unlink()
    assert gmv(shop) == 150.0


def test_questions_from_many_threads_see_whole_states_while_files_come_in(tmp_path: Path) -> None:
    shop = parquet_shop(tmp_path, one=[ROW])

    def ask(_: int) -> float | None:
        return gmv(shop)

    with ThreadPoolExecutor(4) as pool:
        answers = pool.map(ask, range(40))
        for n in range(5):
            write_parquet(tmp_path / f"data/orders/live{n}.parquet", [NEXT])
            shop.refresh()
        seen = set(answers)
    assert seen <= {100.0 + 50 * n for n in range(6)}
    assert gmv(shop) == 350.0


def test_a_half_written_file_keeps_the_last_good_state_and_is_named(tmp_path: Path) -> None:
    shop = parquet_shop(tmp_path, one=[ROW, NEXT])
    (tmp_path / "data/orders/live.parquet").write_bytes(b"PAR1 not yet")
    shop.refresh()
    assert shop.refresh()
    result = shop.run(KpiQuery(("gmv",), WEEK), NOW)
    assert result.figure().value == 150.0
    problem = next(notice for notice in result.notices if notice.code == "source_problem").data["problem"]
    assert "live.parquet" in problem
    write_parquet(tmp_path / "data/orders/live.parquet", [NEXT.replace("2,", "3,", 1)])
    shop.refresh()
    shop.refresh()
    assert gmv(shop) == 200.0
    assert all(notice.code != "source_problem" for notice in shop.run(KpiQuery(("gmv",), WEEK), NOW).notices)


def test_a_broken_file_takes_away_its_own_metrics_only(tmp_path: Path) -> None:
    path = write_shop(tmp_path, {"orders": [ROW, NEXT], "traffic": ["2026-11-09 10:00:00,母婴,直播,华东,40"]})
    (tmp_path / "data/traffic/all.csv").write_bytes(b"hour,visitors\n\xff\xff\n")
    shop = Analyst.open(path)
    result = shop.run(KpiQuery(("gmv", "visitors"), WEEK), NOW)
    assert [figure.absence for figure in result.figures] == [None, "unreadable"]
    notice = next(notice for notice in result.notices if notice.code == "unreadable")
    assert notice.data["table"] == "traffic"
    assert "all.csv" in notice.data["reason"]


def test_a_table_that_was_never_connected_is_not_called_unreadable(tmp_path: Path) -> None:
    shop = open_shop(tmp_path, orders=[ROW])
    result = shop.run(KpiQuery(("visitors",), WEEK), NOW)
    assert result.figure().absence == "not_available"
    assert {notice.code for notice in result.notices} == {"not_available"}


@pytest.mark.parametrize("broken", ["a", "b", "c"])
def test_of_many_files_the_broken_one_is_named_and_no_total_lacks_it(tmp_path: Path, broken: str) -> None:
    shop = parquet_shop(tmp_path, a=[ROW], b=[NEXT], c=[ROW.replace("1,", "3,", 1)])
    shop.close()
    (tmp_path / f"data/orders/{broken}.parquet").write_bytes(b"PAR1 this is no Parquet file")
    shop = Analyst.open(tmp_path / "sources.yaml")
    assert shop.run(KpiQuery(("gmv",), WEEK), NOW).figure().absence == "unreadable"
    problem = next(checked for checked in shop.check(NOW) if checked.id == "orders").problem
    assert f"orders: {broken}.parquet is not a complete Parquet file" in problem


def test_a_file_on_disk_that_breaks_takes_its_table_away_until_it_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "LARGE_BYTES", 0)  # every query reads the file anew
    shop = parquet_shop(tmp_path, one=[ROW, NEXT])
    path = tmp_path / "data/orders/one.parquet"
    whole = path.read_bytes()
    assert gmv(shop) == 150.0
    path.write_bytes(b"PAR1 cut off")
    os.utime(path, (1, 1))  # long settled
    figure = shop.run(KpiQuery(("gmv",), WEEK), NOW).figure()
    assert (figure.value, figure.absence) == (None, "unreadable")
    path.write_bytes(whole)
    assert shop.refresh()
    assert gmv(shop) == 150.0


def test_a_file_that_breaks_between_two_looks_is_told_by_its_name_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "LARGE_BYTES", 0)
    shop = parquet_shop(tmp_path, one=[ROW, NEXT])
    (tmp_path / "data/orders/one.parquet").write_bytes(b"PAR1 cut off")
    early = at("2026-11-15 12:00")  # between the rows, so that the file has to be read for the last one before
    assert shop.freshness(early) == {}
    assert shop.unlisted() == {}
    orders = next(item for item in shop.check(early) if item.id == "orders")  # the other lines of the check go on
    assert (orders.level, orders.rows) == ("todo", None)
    assert "table orders: a data file is damaged" in orders.problem
    assert str(tmp_path) not in orders.problem


def test_targets_that_came_with_a_file_which_an_answer_took_in_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "LARGE_BYTES", 0)
    header, targets = HEADERS["targets"], tmp_path / "data/targets/all.parquet"
    write_parquet(targets, ["2026-11-01,gmv,母婴,100"], header)
    write_parquet(tmp_path / "data/orders/all.parquet", [ROW])
    path = tmp_path / "sources.yaml"
    path.write_text(
        "tables:\n  orders: {files: data/orders/*.parquet}\ntargets: {files: data/targets/*.parquet}\n",
        encoding="utf-8",
    )
    shop = Analyst.open(path)
    write_parquet(targets, ["2026-11-01,gmv,母婴,7000"], header)
    write_parquet(tmp_path / "data/orders/all.parquet", [ROW, NEXT])
    assert gmv(shop) == 150.0  # sees that the file it reads was replaced, and takes in all that is new
    assert shop.refresh()
    assert list(shop.targets.values.values()) == [7000.0]
    assert not shop.refresh()


def test_a_missing_column_takes_away_only_what_needs_it(tmp_path: Path) -> None:
    path = write_shop(tmp_path, {"orders": []})
    (tmp_path / "data/orders/all.csv").write_text(
        "order_id,ordered_at,category,amount\n1,2026-11-09 10:00:00,母婴,100\n2,2026-11-15 23:30:00,母婴,50\n",
        encoding="utf-8",
    )
    shop = Analyst.open(path)
    result = shop.run(KpiQuery(("gmv", "orders", "buyers", "live_share"), WEEK), NOW)
    assert [figure.value for figure in result.figures] == [150.0, 2, None, None]
    assert [figure.absence for figure in result.figures][2:] == ["not_available", "not_available"]
    assert "buyer_id" in next(n for n in result.notices if n.data.get("metric") == "buyers").data["reason"]
    by_region = shop.run(KpiQuery(("gmv",), WEEK, by=("region",)), NOW).figure()
    assert by_region.absence == "not_available"


def test_a_column_that_only_some_files_have_is_not_summed_over_the_rest(tmp_path: Path) -> None:
    shop = parquet_shop(tmp_path, one=[ROW])
    header = HEADERS["orders"].replace(",amount", "")
    write_parquet(tmp_path / "data/orders/two.parquet", [NEXT.removesuffix(",50")], header)
    shop.refresh()
    shop.refresh()
    assert shop.run(KpiQuery(("gmv",), WEEK), NOW).figure().absence == "not_available"
    assert shop.run(KpiQuery(("orders",), WEEK), NOW).figure().value == 2


def test_check_counts_rows_and_names_values_that_nothing_maps(tmp_path: Path) -> None:
    shop = open_shop(tmp_path, orders=[ROW, NEXT.replace("母婴", "宠物")])
    orders = next(checked for checked in shop.check(NOW) if checked.id == "orders")
    assert (orders.rows, orders.first, orders.last, orders.files) == (2, date(2026, 11, 9), date(2026, 11, 15), 1)
    assert orders.unmapped == {"category": ("宠物",)}
    assert "add under orders: values: {category: {宠物: ?}}" in orders.problem
    ads = next(checked for checked in shop.check(NOW) if checked.id == "ads")
    assert "add it under tables" in ads.problem


def test_rows_of_an_unmapped_value_stay_in_the_total_and_form_their_own_group(tmp_path: Path) -> None:
    shop = open_shop(tmp_path, orders=[ROW, NEXT.replace("母婴", "")])
    result = shop.run(KpiQuery(("gmv",), WEEK, by=("category",)), NOW)
    assert {figure.scope["category"][0]: figure.value for figure in result.figures} == {"母婴": 100, "(unknown)": 50}


def test_without_sources_the_next_move_is_said(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="opsbot demo"):
        Analyst.open(tmp_path / "sources.yaml")


def test_every_mistake_in_the_sources_is_listed(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text(
        "zone: Asia/Shangai\ntables:\n  order: {files: a.csv}\n  orders:\n    columns: {amout: x}\n"
        "    values: {category: {母嬰: 母应}}\n",
        encoding="utf-8",
    )
    with pytest.raises(DefinitionError) as caught:
        Analyst.open(tmp_path / "sources.yaml")
    told = str(caught.value)
    for part in ("sources.yaml:1", "did you mean orders?", "files is missing", "did you mean amount?", "母应"):
        assert part in told


def test_a_pattern_that_matches_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text("tables:\n  orders: {files: none/*.csv}\n", encoding="utf-8")
    shop = Analyst.open(tmp_path / "sources.yaml")
    assert "no file matches none/*.csv" in shop.check(NOW)[0].problem
    assert shop.span(NOW) is None
    assert shop.freshness(NOW) == {}


def test_a_table_of_dates_only_counts_whole_days(tmp_path: Path) -> None:
    shop = open_shop(tmp_path, orders=[ROW.replace(" 10:00:00", ""), NEXT.replace(" 23:30:00", "")])
    assert gmv(shop) == 150.0
    assert shop.run(KpiQuery(("gmv",), days("2026-11-15", "2026-11-15")), at("2026-11-15 20:00")).figure().value is None
