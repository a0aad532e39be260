"""When a target may be held against a figure, and when none is given rather than a wrong one."""

from __future__ import annotations

import pytest

from metrics.analyst import Analyst
from metrics.query import Change, KpiQuery, KpiResult, Period
from tests.metrics.small_shop import at, day, month, month_to_date, week

NOW = "2026-11-16 00:00"


def ask(shop: Analyst, metric: str, period: Period, **more: object) -> tuple[KpiResult, Change | None]:
    query = KpiQuery((metric,), period, compare=("target",), **more)  # type: ignore[arg-type]  # test shorthand
    result = shop.run(query, at(NOW))
    return result, next((change for change in result.changes if change.kind == "target"), None)


def notice(result: KpiResult, code: str) -> dict[str, str]:
    return dict(next(notice for notice in result.notices if notice.code == code).data)


def test_month_to_date_shows_attainment_and_how_much_of_the_month_has_run(shop: Analyst) -> None:
    result, change = ask(shop, "gmv", month_to_date(NOW), where={"category": ("母婴",)})
    # orders begin on 2 November, so 1 November is not covered and the month is not whole
    assert change is None
    assert notice(result, "target_not_defined")["reason"] == "part_of_month"


def test_a_ratio_of_sums_is_held_against_its_month_at_any_period_inside_it(shop: Analyst) -> None:
    _, change = ask(shop, "live_share", week("2026-11-09"))
    assert change is not None
    assert change.baseline.value == 0.5
    assert change.absolute == pytest.approx(1100 / 2100 - 0.5)  # live 120 + 80 + 900 of 2100
    _, of_category = ask(shop, "live_share", week("2026-11-09"), where={"category": ("母婴",)})
    assert of_category is not None
    assert of_category.baseline.value == 0.6


def test_a_ratio_over_distinct_buyers_is_not_held_against_a_month_at_a_week(shop: Analyst) -> None:
    # A buyer of two weeks is one buyer of the month: the week's ratio is another measure than the target's.
    result, change = ask(shop, "conversion_rate", week("2026-11-09"))
    assert change is None
    assert notice(result, "target_not_defined")["reason"] == "part_of_month"


def test_each_group_has_its_own_target(shop: Analyst) -> None:
    result, _ = ask(shop, "live_share", week("2026-11-09"), by=("category",))
    assert {c.current.scope["category"][0]: c.baseline.value for c in result.changes} == {"母婴": 0.6}
    assert notice(result, "target_not_defined") == {
        "metric": "live_share",
        "reason": "not_given",
        "category": "家电",
    }


@pytest.mark.parametrize(
    ("metric", "period", "where", "reason"),
    [
        ("gmv", week("2026-11-09"), {}, "part_of_month"),
        ("gmv", day("2026-11-09"), {}, "part_of_month"),
        ("conversion_rate", week("2026-11-09"), {}, "part_of_month"),
        ("live_share", week("2026-11-09"), {"region": ("华东",)}, "not_given"),
        ("live_share", week("2026-11-09"), {"category": ("母婴", "家电")}, "not_given"),
    ],
)
def test_a_target_that_was_not_given_is_never_made_up(
    shop: Analyst, metric: str, period: Period, where: dict[str, tuple[str, ...]], reason: str
) -> None:
    result, change = ask(shop, metric, period, where=where)
    assert change is None
    assert notice(result, "target_not_defined")["reason"] == reason


@pytest.fixture(scope="module")
def whole_month(tmp_path_factory: pytest.TempPathFactory) -> Analyst:
    from tests.metrics.small_shop import open_shop

    orders = [
        f"{n},2026-11-{n:02} 12:00:00,{n},true,{'母婴' if n % 2 else '家电'},直播,华东,1,100" for n in range(1, 31)
    ]
    targets = ["2026-11,GMV,,6000", "2026-11,gmv,母婴,2000", "2026-11,gmv,家电,3000", "2026-11,buyers,母婴,20",
               "2026-11,buyers,家电,20", "2026-11,orders,,5", "2026-11,orders,,6", "2026-11,nonsense,,6"]  # fmt: skip
    return open_shop(tmp_path_factory.mktemp("targets"), orders=orders, targets=targets)


def test_attainment_of_the_month_so_far_stands_beside_the_elapsed_share(whole_month: Analyst) -> None:
    query = KpiQuery(("gmv",), month_to_date("2026-11-16 00:00"), compare=("target",))
    result = whole_month.run(query, at("2026-11-16 00:00"))
    change = result.changes[0]
    assert (change.current.value, change.baseline.value, change.absolute) == (1500.0, 6000.0, -4500.0)
    data = notice(result, "target_progress")
    assert (float(data["attainment"]), float(data["elapsed"])) == (0.25, 0.5)  # 1500 / 6000; 15 of 30 days


def test_additive_targets_of_several_categories_add_up_and_others_do_not(whole_month: Analyst) -> None:
    where = {"category": ("母婴", "家电")}
    query = KpiQuery(("gmv", "buyers"), month("2026-11"), where=where, compare=("target",))
    result = whole_month.run(query, at("2026-12-01 12:00"))
    assert [(c.current.metric, c.baseline.value) for c in result.changes] == [("gmv", 5000.0)]
    assert notice(result, "target_not_defined")["metric"] == "buyers"


def test_a_target_given_twice_is_none_and_is_named_by_the_check(whole_month: Analyst) -> None:
    query = KpiQuery(("orders",), month("2026-11"), compare=("target",))
    assert whole_month.run(query, at("2026-12-01 12:00")).changes == ()
    assert whole_month.targets.conflicts == ("2026-11 orders whole shop",)
    assert whole_month.targets.unknown == ("nonsense",)
    checked = whole_month.check(at("2026-12-01 12:00"))[-1]
    assert (checked.kind, checked.ok) == ("targets", False)
