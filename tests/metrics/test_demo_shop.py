"""The sample shop's files: the same rows however they came about, whole after a kill, and consistent in themselves."""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
import yaml

from metrics.demo import store as demo_store
from metrics.demo.market import CATEGORIES, CHANNELS, REGIONS
from metrics.demo.shop import LiveShop, build_shop, is_built
from metrics.demo.store import ShopStore
from metrics.errors import SourceError

TABLES = ("orders", "refunds", "traffic", "ads", "service", "inventory", "targets")
MORNING, AFTERNOON = datetime(2026, 5, 2, 10, 0), datetime(2026, 5, 2, 14, 20, 30)
SIZE = {"days": 40, "scale": 0.05}


def read(home: Path, table: str) -> pd.DataFrame:
    files = sorted((home / "data" / table).glob("*.parquet"))
    frame = pd.concat([pd.read_parquet(file) for file in files], ignore_index=True)
    return frame.sort_values(list(frame.columns), ignore_index=True)


def assert_same_rows(one: Path, other: Path, tables: tuple[str, ...] = TABLES) -> None:
    for table in tables:
        pd.testing.assert_frame_equal(read(one, table), read(other, table))


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("morning")
    build_shop(home, now=MORNING, **SIZE)
    return home


@pytest.fixture
def shop(morning: Path, tmp_path: Path) -> Path:
    """A copy of the morning's shop, free to be changed."""
    return Path(shutil.copytree(morning, tmp_path / "shop"))


def test_the_report_says_what_the_files_hold(tmp_path: Path) -> None:
    report = build_shop(tmp_path, now=MORNING, **SIZE)
    assert report.order_lines == len(read(tmp_path, "orders"))
    assert report.first_day == date(2026, 3, 23)  # 40 days before May 2
    assert report.last_moment.isoformat() == "2026-05-02T10:00:00+08:00"
    assert read(tmp_path, "orders").ordered_at.min().date() == report.first_day


def test_an_aware_time_is_taken_in_the_zone_of_the_shop(tmp_path: Path, morning: Path) -> None:
    build_shop(tmp_path, now=datetime(2026, 5, 2, 2, 0, tzinfo=UTC), **SIZE)  # 10:00 in Shanghai
    assert_same_rows(tmp_path, morning)


def test_a_build_in_the_morning_and_a_top_up_equal_a_build_in_the_afternoon(shop: Path, tmp_path: Path) -> None:
    before = len(read(shop, "orders"))
    added = LiveShop(shop).advance(AFTERNOON)
    build_shop(tmp_path / "other", now=AFTERNOON, **SIZE)
    assert_same_rows(shop, tmp_path / "other")
    assert added == len(read(shop, "orders")) - before > 0


def test_many_small_top_ups_equal_one(shop: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(shop, tmp_path / "other"))
    live, moment, added = LiveShop(shop), MORNING, 0
    while moment < AFTERNOON:
        moment = min(AFTERNOON, moment + timedelta(minutes=17, seconds=13))
        added += live.advance(moment)
    assert added == LiveShop(other).advance(AFTERNOON)
    assert_same_rows(shop, other)


def test_a_top_up_is_idempotent_and_never_goes_back(shop: Path) -> None:
    live = LiveShop(shop)
    assert live.advance(AFTERNOON) > 0
    before = {path: path.stat().st_mtime_ns for path in shop.rglob("*.parquet")}
    assert live.advance(AFTERNOON) == 0
    assert live.advance(MORNING) == 0
    assert {path: path.stat().st_mtime_ns for path in shop.rglob("*.parquet")} == before


def test_a_gap_of_days_over_a_change_of_month_is_filled(tmp_path: Path) -> None:
    evening, later = datetime(2026, 4, 28, 23, 50), datetime(2026, 5, 3, 8, 5)
    build_shop(tmp_path / "gap", now=evening, **SIZE)
    build_shop(tmp_path / "steps", now=evening, **SIZE)
    LiveShop(tmp_path / "gap").advance(later)
    live = LiveShop(tmp_path / "steps")
    for day in (29, 30):
        live.advance(datetime(2026, 4, day, 9, 0))
    live.advance(datetime(2026, 5, 1, 12, 0))
    live.advance(later)
    assert_same_rows(tmp_path / "gap", tmp_path / "steps")
    days = read(tmp_path / "gap", "orders").ordered_at.dt.date
    assert set(days) >= {date(2026, 4, 27) + timedelta(days=number) for number in range(6)}
    names = {path.name for path in (tmp_path / "gap" / "data" / "traffic").iterdir()}
    assert names == {"2026-03.parquet", "2026-04.parquet", "2026-05.parquet", "live-2026-05-03T000000.parquet"}


def test_a_top_up_over_a_change_of_day_and_month_loads_no_pandas(tmp_path: Path) -> None:
    build_shop(tmp_path, now=datetime(2026, 10, 31, 20), days=3, scale=0.05)
    code = (
        "import sys, datetime, pathlib; from metrics.demo.shop import LiveShop; "
        "LiveShop(pathlib.Path(sys.argv[1])).advance(datetime.datetime(2026, 11, 2, 9)); "
        "print('pandas' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"  # 66 MB in a bot that runs for months


@pytest.mark.parametrize("survived", [0, 1, 2, 7])
@pytest.mark.parametrize("step", ["replace", "unlink"])
def test_a_kill_in_the_middle_of_a_day_change_leaves_nothing_twice_and_nothing_out(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, survived: int
) -> None:
    whole = Path(shutil.copytree(shop, tmp_path / "whole"))
    later = datetime(2026, 5, 4, 9, 30)
    LiveShop(whole).advance(later)
    with monkeypatch.context() as patched:
        _kill_at(patched, step, survived)
        with pytest.raises(KeyboardInterrupt):
            LiveShop(shop).advance(later)
    LiveShop(shop).advance(later)
    assert_same_rows(shop, whole)
    assert not list(shop.rglob("*.partial"))


def test_a_kill_before_the_state_is_written_changes_nothing(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Path(shutil.copytree(shop, tmp_path / "whole"))
    later = datetime(2026, 5, 4, 9, 30)
    added = LiveShop(whole).advance(later)
    with monkeypatch.context() as patched:
        patched.setattr(ShopStore, "save_state", _die)
        with pytest.raises(KeyboardInterrupt):
            LiveShop(shop).advance(later)
    assert LiveShop(shop).advance(later) == added
    assert_same_rows(shop, whole)


def _kill_at(patched: pytest.MonkeyPatch, step: str, survived: int) -> None:
    """Die at the nth rename of a finished file, or at the nth removal of an old one."""
    real, left = getattr(Path, step), [survived]

    def dying(*arguments: object, **options: object) -> object:
        if left[0] == 0:
            _die()
        left[0] -= 1
        return real(*arguments, **options)

    patched.setattr(Path, step, dying)


def _die(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_killed_build_is_not_built_and_can_be_repeated(
    tmp_path: Path, morning: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        _kill_at(patched, "replace", 9)
        with pytest.raises(KeyboardInterrupt):
            build_shop(tmp_path, now=MORNING, **SIZE)
    assert not is_built(tmp_path)
    with pytest.raises(SourceError, match="no complete sample shop"):
        LiveShop(tmp_path).advance(AFTERNOON)
    build_shop(tmp_path, now=MORNING, **SIZE)
    assert is_built(tmp_path)
    assert_same_rows(tmp_path, morning)


def test_a_shop_with_a_missing_month_is_not_built(shop: Path) -> None:
    assert is_built(shop)
    (shop / "data" / "ads" / "2026-04.parquet").unlink()
    assert not is_built(shop)


def test_an_unreadable_or_older_state_means_no_shop(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo_store, "LAYOUT", demo_store.LAYOUT + 1)
    assert not is_built(shop)
    monkeypatch.undo()
    (shop / "data" / "shop.json").write_text("{", encoding="utf-8")
    assert not is_built(shop)


def test_a_build_never_deletes_data_of_somebody_else(tmp_path: Path) -> None:
    own = tmp_path / "data" / "orders" / "export.parquet"
    own.parent.mkdir(parents=True)
    own.write_bytes(b"mine")
    with pytest.raises(SourceError, match="choose another folder"):
        build_shop(tmp_path, now=MORNING, **SIZE)
    assert own.read_bytes() == b"mine"


def test_the_teams_own_sources_file_is_kept(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text("zone: Asia/Tokyo\n", encoding="utf-8")
    build_shop(tmp_path, now=MORNING, days=1, scale=0.01)
    assert (tmp_path / "sources.yaml").read_text(encoding="utf-8") == "zone: Asia/Tokyo\n"


def test_the_sources_file_names_every_table(morning: Path) -> None:
    sources = yaml.safe_load((morning / "sources.yaml").read_text(encoding="utf-8"))
    assert sources["zone"] == "Asia/Shanghai"
    patterns = [table["files"] for table in sources["tables"].values()] + [sources["targets"]["files"]]
    assert all(list(morning.glob(pattern)) for pattern in patterns)
    assert set(sources["tables"]) == set(TABLES) - {"targets"}


def test_rows_do_not_depend_on_how_far_back_the_shop_goes(tmp_path: Path, morning: Path) -> None:
    build_shop(tmp_path, now=MORNING, days=20, scale=0.05)
    since = pd.Timestamp(2026, 4, 12)
    for table, time in (("traffic", "hour"), ("orders", "ordered_at")):
        short, long = read(tmp_path, table), read(morning, table)
        columns = [column for column in short.columns if column != "buyer_id"]  # who returns depends on who came
        expected = long.loc[long[time] >= since, columns].reset_index(drop=True)
        pd.testing.assert_frame_equal(short[columns].sort_values(columns, ignore_index=True), expected)


@pytest.mark.parametrize(("days", "scale"), [(0, 1.0), (10, 0.0), (10, -1.0), (10, 11.0)])
def test_impossible_sizes_are_refused(tmp_path: Path, days: int, scale: float) -> None:
    with pytest.raises(ValueError, match="but"):
        build_shop(tmp_path, now=MORNING, days=days, scale=scale)


def test_progress_runs_from_the_first_month_to_the_end(tmp_path: Path) -> None:
    steps: list[tuple[str, float]] = []
    build_shop(tmp_path, now=MORNING, progress=lambda month, share: steps.append((month, share)), **SIZE)
    assert [month for month, _ in steps] == ["2026-03", "2026-04", "2026-05"]
    assert [share for _, share in steps] == pytest.approx([9 / 40, 39 / 40, 1.0])  # March 23–31, April, May 1


def test_the_files_have_the_columns_and_types_of_the_logical_tables(morning: Path) -> None:
    import pyarrow.parquet as pq

    expected = {
        "orders": "order_id int64, ordered_at timestamp[us], buyer_id int64, is_first_order bool, category string, "
        "channel string, region string, units int32, amount double",
        "refunds": "refund_id int64, order_id int64, refunded_at timestamp[us], category string, channel string, "
        "region string, amount double, units int32",
        "traffic": "hour timestamp[us], category string, channel string, region string, visitors int32",
        "ads": "day date32[day], category string, channel string, region string, impressions int64, clicks int64, "
        "spend double, leads int32",
        "service": "day date32[day], category string, channel string, region string, ratings int32, "
        "satisfied_ratings int32, delivered int32, delivered_same_day int32",
        "inventory": "day date32[day], category string, region string, stock_units int64, sold_units int64",
        "targets": "month date32[day], metric string, category string, value double",
    }
    for table, columns in expected.items():
        for file in (morning / "data" / table).glob("*.parquet"):
            schema = pq.read_schema(file)
            assert ", ".join(f"{field.name} {field.type}" for field in schema) == columns


def test_settled_tables_end_yesterday_and_running_ones_now(morning: Path) -> None:
    assert read(morning, "orders").ordered_at.max() <= pd.Timestamp(MORNING)
    assert read(morning, "refunds").refunded_at.max() <= pd.Timestamp(MORNING)
    assert read(morning, "traffic").hour.max() == pd.Timestamp(2026, 5, 2, 9)  # at 10:00 sharp hour 10 is empty
    for table in ("ads", "service", "inventory"):
        assert read(morning, table).day.max() == date(2026, 5, 1)


def test_the_running_hour_holds_the_visitors_so_far(shop: Path) -> None:
    def visitors(hour: int) -> int:
        traffic = read(shop, "traffic")
        return int(traffic[traffic.hour == pd.Timestamp(2026, 5, 2, hour)].visitors.sum())

    live = LiveShop(shop)
    live.advance(datetime(2026, 5, 2, 10, 30))
    half = visitors(10)
    live.advance(datetime(2026, 5, 2, 11, 0))
    whole = visitors(10)
    live.advance(datetime(2026, 5, 2, 11, 30))
    assert 0.3 * whole < half < 0.7 * whole
    assert visitors(10) == whole


def test_an_order_is_its_buyers_first_exactly_when_the_flag_says_so(morning: Path) -> None:
    orders = read(morning, "orders").sort_values(["ordered_at", "order_id"])
    first = orders.groupby("buyer_id").order_id.transform("first")
    assert (orders.order_id[orders.is_first_order] == first[orders.is_first_order]).all()
    known = orders.groupby("buyer_id").is_first_order.transform("max")  # others bought before the data begins
    assert (orders.is_first_order == (known & (orders.order_id == first))).all()
    assert 0.5 < orders.is_first_order.mean() < 0.75
    per_order = orders.groupby("order_id")
    assert (per_order[["buyer_id", "channel", "region", "ordered_at"]].nunique() == 1).all(axis=None)
    assert orders.groupby("buyer_id").region.nunique().max() == 1


def test_refunds_follow_their_order_within_15_days_and_never_exceed_the_line(morning: Path) -> None:
    orders, refunds = read(morning, "orders"), read(morning, "refunds")
    keys = ["order_id", "category", "channel", "region"]
    paid = orders.groupby(keys, as_index=False).agg(
        paid=("amount", "sum"), sold=("units", "sum"), at=("ordered_at", "first")
    )
    back = refunds.groupby(keys, as_index=False).agg(
        amount=("amount", "sum"), units=("units", "sum"), at=("refunded_at", "min"), last=("refunded_at", "max")
    )
    joined = back.merge(paid, on=keys, how="left", suffixes=("_refund", ""))
    assert len(refunds) > 100
    assert refunds.refund_id.is_unique
    assert joined.paid.notna().all()
    assert (joined.amount <= joined.paid + 1e-9).all()
    assert (joined.amount > 0).all()
    assert (joined.units <= joined.sold).all()
    assert (joined.at_refund - joined["at"] >= pd.Timedelta(days=1)).all()
    assert (joined["last"] - joined["at"] <= pd.Timedelta(days=15)).all()


def test_units_sold_in_the_inventory_are_those_of_the_orders(morning: Path) -> None:
    orders, inventory = read(morning, "orders"), read(morning, "inventory")
    orders["day"] = orders.ordered_at.dt.date
    sold = orders.groupby(["day", "category", "region"]).units.sum()
    booked = inventory.set_index(["day", "category", "region"]).sold_units
    assert len(booked) == 40 * len(CATEGORIES) * len(REGIONS)
    difference = booked.sub(sold[sold.index.get_level_values("day") < MORNING.date()], fill_value=0)
    assert (difference == 0).all()


def test_no_table_holds_impossible_values(morning: Path) -> None:
    orders, ads, service = read(morning, "orders"), read(morning, "ads"), read(morning, "service")
    assert set(orders.category) == set(CATEGORIES)
    assert set(orders.channel) == set(CHANNELS)
    assert set(orders.region) == set(REGIONS)
    assert orders.amount.gt(0).all()
    assert (orders.amount.round(2) == orders.amount).all()
    assert orders.groupby("order_id").size().between(1, 4).all()
    assert (ads.clicks <= ads.impressions).all()
    assert (ads.leads <= ads.clicks).all()
    assert (service.satisfied_ratings <= service.ratings).all()
    assert (service.ratings <= service.delivered).all()
    assert (service.delivered_same_day <= service.delivered).all()
    assert read(morning, "traffic").visitors.gt(0).all()


def test_the_shops_sales_target_is_the_sum_of_its_categories(morning: Path) -> None:
    targets = read(morning, "targets")
    assert set(targets.metric) == {"gmv", "conversion_rate", "roi", "refund_rate", "aov"}
    assert sorted(set(targets.month)) == [date(2026, month, 1) for month in (3, 4, 5, 6)]  # next month is planned
    assert (targets.groupby(["month", "metric"]).size() == 12).all()  # 11 categories and the whole shop
    gmv = targets[targets.metric == "gmv"]
    whole = gmv[gmv.category.isna()].set_index("month").value
    assert (gmv.dropna().groupby("month").value.sum() == whole).all()
