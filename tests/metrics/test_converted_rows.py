"""Rows of spreadsheets kept in a folder: never other figures than those of the files themselves."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from metrics.analyst import Analyst
from metrics.checks import Checked
from metrics.query import KpiQuery, KpiResult
from metrics.sources import converted, spreadsheet
from tests.metrics.small_shop import at, week

NOW = at("2026-11-16 10:00")
QUERY = KpiQuery(("gmv", "orders", "buyers"), week("2026-11-09"), by=("category",))
PLAIN = (
    "店铺订单导出\n单号,时间,买家,金额,类目,状态\n"
    "A1,2026-11-09 10:00:00,甲,100,母婴用品,成功\n"
    "A2,2026-11-15 23:30:00,乙,50.5,家电,成功\n"
    "A3,2026-11-15 23:31:00,乙,7,家电,关闭\n"
    "A4,,丙,9,家电,成功\n"
    "合计,,,166.5,,\n"
)
MAPPING = """tables:
  orders:
    files: [a.csv, b.xlsx]
    sheet: '*月'
    columns: {order_id: 单号, ordered_at: 时间, buyer_id: 买家, amount: 金额, category: 类目}
    drop: {状态: [关闭]}
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A CSV, and a workbook with two sheets."""
    (tmp_path / "a.csv").write_bytes(PLAIN.encode("gb18030"))
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for month, amount in (("10月", 3), ("11月", 4)):
        sheet = book.create_sheet(month)
        sheet.append(["单号", "时间", "买家", "金额", "类目", "状态"])
        sheet.append([f"B{amount}", "2026-11-10 08:00:00", "丁", amount, "母婴", "成功"])
    book.save(tmp_path / "b.xlsx")
    (tmp_path / "sources.yaml").write_text(MAPPING, encoding="utf-8")
    for name in ("a.csv", "b.xlsx"):
        os.utime(tmp_path / name, (1_800_000_000 - 10**8,) * 2)  # long settled: no second look is needed
    return tmp_path


def seen(home: Path, cache: Path | None) -> tuple[KpiResult, tuple[Checked, ...]]:
    """All that a user sees of the shop, opened anew."""
    shop = Analyst.open(home / "sources.yaml", cache=cache)
    try:
        return shop.run(QUERY, NOW), shop.check(NOW)
    finally:
        shop.close()


def unreadable(*_: object) -> list[spreadsheet.Loaded]:
    raise AssertionError("the file was read again")


def truncate(entry: Path) -> None:
    entry.write_bytes(entry.read_bytes()[:-20])


def flip(entry: Path) -> None:
    """Turns one bit in the middle, among the values."""
    content = bytearray(entry.read_bytes())
    content[len(content) // 4] ^= 1
    entry.write_bytes(content)


def empty(entry: Path) -> None:
    entry.write_bytes(b"")


def make_folder(entry: Path) -> None:
    entry.unlink()
    entry.mkdir()


def test_a_kept_file_gives_the_same_figures_and_the_same_check_and_is_not_read_again(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without, cache = seen(home, None), home / "state" / "rows"
    # 100 + 3 + 4 of 母婴 and 50.5 of 家电, by hand; 关闭, without a time and 合计 do not count
    assert sum(figure.value or 0 for figure in without[0].figures if figure.metric == "gmv") == 157.5
    assert seen(home, cache) == without
    monkeypatch.setattr(spreadsheet, "load", unreadable)
    assert seen(home, cache) == without


@pytest.mark.parametrize("damage", [truncate, flip, empty, Path.unlink, make_folder])
def test_a_damaged_entry_is_read_anew_and_written_again(
    home: Path, damage: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    without, cache = seen(home, None), home / "rows"
    seen(home, cache)
    entries = sorted(entry.name for entry in cache.iterdir())
    assert len(entries) == 3  # one for the CSV, one for each sheet
    for name in entries:
        damage(cache / name)
    assert seen(home, cache) == without
    if damage is not make_folder:  # which is left alone: it is none of ours
        assert sorted(entry.name for entry in cache.iterdir()) == entries
        monkeypatch.setattr(spreadsheet, "load", unreadable)
        assert seen(home, cache) == without


def test_an_entry_under_the_name_of_another_is_not_used(home: Path) -> None:
    without, cache = seen(home, None), home / "rows"
    seen(home, cache)
    first, *_, last = sorted(cache.iterdir())
    digest = last.stem.rpartition("-")[2]
    foreign = last.read_bytes()
    first.unlink()
    (cache / f"{first.stem.rpartition('-')[0]}-{digest}.parquet").write_bytes(foreign)
    assert seen(home, cache) == without


def test_a_file_of_the_same_size_and_time_with_another_content_is_read(home: Path) -> None:
    cache, file = home / "rows", home / "a.csv"
    seen(home, cache)
    stat = file.stat()
    file.write_bytes(file.read_bytes().replace(b"100,", b"900,"))
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert seen(home, cache) == seen(home, None)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("    drop: {状态: [关闭]}\n", ""),
        ("amount: 金额", "amount: 单号"),
        ("    drop:", "    values: {category: {家电: 母婴}}\n    drop:"),
        ("tables:", "zone: America/New_York\ntables:"),
    ],
)
def test_another_mapping_reads_the_files_anew(home: Path, before: str, after: str) -> None:
    cache = home / "rows"
    seen(home, cache)
    text = (home / "sources.yaml").read_text(encoding="utf-8")
    assert before in text
    (home / "sources.yaml").write_text(text.replace(before, after), encoding="utf-8")
    assert seen_or_refused(home, cache) == seen_or_refused(home, None)


def seen_or_refused(home: Path, cache: Path | None) -> object:
    shop = Analyst.open(home / "sources.yaml", cache=cache)
    return shop.check(NOW)


def test_what_no_file_needs_any_more_is_taken_away_once_it_is_old(home: Path) -> None:
    cache = home / "rows"
    seen(home, cache)
    old = set(cache.iterdir())
    (home / "a.csv").write_bytes(PLAIN.replace("100,", "200,").encode())
    seen(home, cache)
    assert old < set(cache.iterdir())  # another process may be reading it
    for entry in cache.iterdir():
        os.utime(entry, (0, 0))
    seen(home, cache)
    assert len(set(cache.iterdir()) & old) == 2  # the sheets
    assert len(list(cache.iterdir())) == 3


def test_the_folder_does_not_grow_beyond_its_bound(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(converted, "LARGEST_FOLDER", 0)
    assert seen(home, home / "rows") == seen(home, None)
    assert not list((home / "rows").iterdir())


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_folder_that_cannot_be_written_changes_nothing(home: Path) -> None:
    (home / "state").mkdir(mode=0o500)
    assert seen(home, home / "state" / "rows") == seen(home, None)


def test_a_file_where_the_folder_should_be_changes_nothing(home: Path) -> None:
    (home / "state").write_text("")
    assert seen(home, home / "state" / "rows") == seen(home, None)


def test_entries_are_for_their_owner_alone(home: Path) -> None:
    cache = home / "state" / "rows"
    seen(home, cache)
    assert {entry.stat().st_mode & 0o077 for entry in (cache, *cache.iterdir())} == {0}
