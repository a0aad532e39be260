"""Every metric of the catalogue is the same over PostgreSQL as over files, at every cut, and over both mixed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from metrics.analyst import Analyst
from metrics.checking import cuts_of
from metrics.query import Figure, Grain, KpiQuery, KpiResult, Period
from tests.metrics.postgres_server import Server
from tests.metrics.small_shop import at, day, days, month, today, week
from tests.metrics.twin_shops import SOURCES, fill, frames, parquet_shop

NOW = at("2026-10-12 15:20")
PERIODS = [week("2026-10-05"), day("2026-10-07"), days("2026-09-13", "2026-09-29"), month("2026-09"),
           today("2026-10-12 15:20"), days("2025-09-03", "2025-10-02")]  # fmt: skip
CUTS: list[tuple[tuple[str, ...], dict[str, tuple[str, ...]]]] = [
    ((), {}),
    (("category",), {}),
    (("channel",), {}),
    (("region",), {}),
    (("category", "region"), {"category": ("母婴", "家电")}),
    ((), {"category": ("3C",), "region": ("华东",)}),
    (("channel",), {"region": ("华南", "海外")}),
    ((), {"channel": ("即时零售",)}),
]
SERIES: list[tuple[Grain, Period]] = [
    ("day", days("2026-09-20", "2026-10-11")),
    ("hour", day("2026-10-07")),
    ("week", month("2026-09")),
    ("month", days("2026-09-01", "2026-10-11")),
]


@pytest.fixture(scope="module")
def shops(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Analyst]]:
    tables = frames()
    sources = parquet_shop(tmp_path_factory.mktemp("files"), tables)
    url = fill(postgres, "twin", tables)
    whole = sources.with_name("database.yaml")
    whole.write_text(f"zone: Asia/Shanghai\ndatabases:\n  main: {url}\ntables:{SOURCES}", encoding="utf-8")
    mixed = sources.with_name("mixed.yaml")  # orders and ads in the database, what they are divided by in files
    kept = [line for line in sources.read_text(encoding="utf-8").splitlines() if "orders:" not in line]
    orders = SOURCES[: SOURCES.index("  refunds")].rstrip()
    mixed.write_text("\n".join([*kept, orders.lstrip("\n"), f"databases:\n  main: {url}"]), encoding="utf-8")
    opened = {name: Analyst.open(path) for name, path in
              (("files", sources), ("database", whole), ("mixed", mixed))}  # fmt: skip
    yield opened
    for shop in opened.values():
        shop.close()


def able(shop: Analyst, dimensions: set[str]) -> tuple[str, ...]:
    """Metrics that can be cut by all of these dimensions."""
    return tuple(id for id, metric in shop.model.metrics.items() if dimensions <= set(cuts_of(metric, shop.model)))


def queries(shop: Analyst) -> Iterator[KpiQuery]:
    """Every cut over two of the periods in turn, and every grain."""
    for number, (by, where) in enumerate(CUTS):
        for period in (PERIODS[number % len(PERIODS)], PERIODS[(number + 2) % len(PERIODS)]):
            yield KpiQuery(able(shop, {*by, *where}), period, where=where, by=by, compare=("previous", "year_ago"))
    for grain, period in SERIES:
        for by in ((), ("region",)):
            metrics = tuple(id for id in able(shop, {*by}) if grain != "hour" or has_hours(shop, id))
            yield KpiQuery(metrics, period, by=by, grain=grain, compare=("previous",))


def has_hours(shop: Analyst, metric: str) -> bool:
    return all(table.grain != "day" for table in shop.model.tables_of(shop.model.metrics[metric]))


def described(figure: Figure) -> tuple[object, ...]:
    """Everything of a figure but its numbers."""
    return (figure.metric, figure.period, tuple(figure.scope.items()), figure.absence, figure.bucket, figure.data_to)


def numbers(figure: Figure) -> list[float]:
    return [-1.0 if number is None else number for number in (figure.value, figure.numerator, figure.denominator)]


@pytest.fixture(scope="module")
def wanted_results(shops: dict[str, Analyst]) -> list[KpiResult]:
    return [shops["files"].run(query, NOW) for query in queries(shops["files"])]


@pytest.mark.parametrize("place", ["database", "mixed"])
def test_figures_and_changes_are_those_of_the_same_rows_in_files(
    shops: dict[str, Analyst], wanted_results: list[KpiResult], place: str
) -> None:
    seen = 0
    for wanted in wanted_results:
        found = shops[place].run(wanted.query, NOW)
        assert [described(figure) for figure in found.figures] == [described(figure) for figure in wanted.figures]
        pairs = list(zip(found.figures, wanted.figures, strict=True))
        assert [held.kind for held in found.changes] == [held.kind for held in wanted.changes]
        pairs += [(one.baseline, other.baseline) for one, other in zip(found.changes, wanted.changes, strict=True)]
        for one, other in pairs:
            assert described(one) == described(other)
            assert numbers(one) == pytest.approx(numbers(other), rel=1e-9, abs=1e-12), (wanted.query, one, other)
        assert [(held.code, held.data) for held in found.notices] == [(held.code, held.data) for held in wanted.notices]
        seen += sum(figure.value is not None and figure.value != 0 for figure, _ in pairs)
    assert seen > 3000  # an answer without figures would be equal as well


def test_every_metric_has_a_figure_in_both(shops: dict[str, Analyst]) -> None:
    model = shops["files"].model
    for place in ("database", "mixed"):
        result = shops[place].run(KpiQuery(tuple(model.metrics), days("2026-09-10", "2026-09-30")), NOW)
        assert [figure.metric for figure in result.figures if not figure.value] == []


def test_a_ratio_of_two_places_asks_each_of_them_once(shops: dict[str, Analyst]) -> None:
    result = shops["mixed"].run(KpiQuery(("conversion_rate",), week("2026-10-05"), by=("channel",)), NOW)
    assert len(result.sql) == 2
    assert "Order Lines" in result.sql[0]
    assert "traffic" in result.sql[1]


def test_check_finds_the_same_rows_days_and_unmapped_values(shops: dict[str, Analyst]) -> None:
    def told(shop: Analyst) -> list[tuple[object, ...]]:
        return [(held.kind, held.id, held.ok, held.rows, held.first, held.last) for held in shop.check(NOW)]

    assert told(shops["database"]) == told(shops["files"])
    assert shops["database"].freshness(NOW) == shops["files"].freshness(NOW)
    assert shops["database"].span(NOW) == shops["files"].span(NOW)
