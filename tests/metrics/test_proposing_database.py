"""What `opsbot init --database` reads out of a server, and that the written file answers as it stands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from metrics import catalog
from metrics.analyst import Analyst
from metrics.proposing.proposal import Proposal, propose_database
from metrics.proposing.writing import sources_text
from metrics.query import KpiQuery
from tests.metrics.postgres_server import ESCAPED, PASSWORD, Server
from tests.metrics.small_shop import at, day

ZONE = "Asia/Shanghai"
STATEMENTS = (
    "CREATE SCHEMA sales",
    """CREATE TABLE sales."Order Lines" (id bigserial, 订单编号 text, 付款时间 timestamptz, 下单时间 timestamp,
        买家id bigint, 商品类目 text, 数量 int, 实付金额 numeric(12, 2), 订单状态 text, extra jsonb, tags text[])""",
    # an order an hour; every tenth is closed and was never paid
    """INSERT INTO sales."Order Lines"
        (订单编号, 付款时间, 下单时间, 买家id, 商品类目, 数量, 实付金额, 订单状态, extra, tags)
        SELECT 'A' || n, CASE WHEN n % 10 > 0 THEN timestamptz '2026-11-08 00:00+08' + n * interval '1 hour' END,
        timestamp '2026-11-01', n, '母婴', 1, 100.5,
        CASE WHEN n % 10 > 0 THEN '交易成功' ELSE '交易关闭' END, '{}', '{}'
        FROM generate_series(0, 99) n""",
    """CREATE TABLE refunds (refund_id uuid DEFAULT gen_random_uuid(), order_id text, refunded_at timestamptz,
        amount numeric)""",
    "INSERT INTO refunds (order_id, refunded_at, amount) SELECT 'A1', timestamptz '2026-11-09 12:00+08', 50.5",
    """CREATE VIEW traffic AS SELECT date_trunc('hour', 付款时间) AS hour, 5 AS visitors
        FROM sales."Order Lines" WHERE 付款时间 IS NOT NULL""",
    "CREATE TABLE staff (id bigint, name text)",
    "INSERT INTO staff VALUES (1, 'A')",
    "CREATE TABLE secret_orders (order_id bigint, paid_at timestamptz, amount numeric)",
    f"CREATE ROLE proposer LOGIN PASSWORD '{PASSWORD}'",
    "GRANT USAGE ON SCHEMA sales TO proposer",
    'GRANT SELECT ON sales."Order Lines", refunds, traffic, staff TO proposer',
)


@pytest.fixture(scope="module")
def address(postgres: Server) -> Iterator[str]:
    """The address for somebody who may read four of the five tables."""
    postgres.database("proposed", *STATEMENTS)
    yield postgres.url("proposed", "proposer")
    postgres.run("proposed", "DROP OWNED BY proposer", "DROP ROLE proposer")


@pytest.fixture(scope="module")
def proposal(address: str) -> Proposal:
    return propose_database(address, ZONE)


def test_tables_and_views_that_may_be_read_become_logical_tables(proposal: Proposal) -> None:
    found = {table.table: table.relation for table in proposal.tables}
    assert found == {"orders": "sales.Order Lines", "refunds": "public.refunds", "traffic": "public.traffic"}
    assert [group.relation for group in proposal.unknown] == ["public.staff"]
    assert "secret_orders" not in str(proposal)


def test_an_instant_with_the_offset_of_its_zone_is_a_time(proposal: Proposal) -> None:
    orders = proposal.tables[0]
    assert orders.chosen("ordered_at") == ("付款时间",)
    assert orders.drops == {"订单状态": ("交易关闭",)}


def test_the_written_file_holds_no_password_and_answers_as_it_stands(
    proposal: Proposal, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = sources_text(proposal, catalog.load(), ZONE, "${PROPOSED_URL}")
    assert PASSWORD not in text
    assert ESCAPED not in text
    (tmp_path / "sources.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("PROPOSED_URL", address)
    shop = Analyst.open(tmp_path / "sources.yaml")
    try:
        query = KpiQuery(("gmv", "orders", "refund_amount", "visitors"), day("2026-11-09"))
        values = [figure.value for figure in shop.run(query, at("2026-11-20 10:00")).figures]
    finally:
        shop.close()
    # hours 24 … 47 of which 30 and 40 are closed: 22 orders of 100.5, each with 5 visitors
    assert values == [2211.0, 22, 50.5, 110]


def test_an_address_that_opens_nothing_is_never_shown(postgres: Server) -> None:
    with pytest.raises(Exception, match="refuses the user name or the password") as told:
        propose_database(postgres.url("postgres", "nobody_at_all"), ZONE)
    assert ESCAPED not in str(told.value)
