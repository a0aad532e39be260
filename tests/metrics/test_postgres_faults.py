"""A database that is down, changed, closed or wrongly addressed: said without its address, and found again."""

from __future__ import annotations

import dataclasses
import logging
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

from metrics.analyst import Analyst
from metrics.errors import DefinitionError, SourceError
from metrics.query import KpiQuery
from metrics.sources import database_survey, mapping
from metrics.sources.database import Connections
from metrics.sources.database_url import Database
from tests.metrics.postgres_server import ESCAPED, PASSWORD, Server, running
from tests.metrics.small_shop import at, day, write_shop

NOW = at("2026-11-16 12:00")
TODAY = day("2026-11-15")
TABLE = """CREATE TABLE orders (order_id bigint, ordered_at timestamp, buyer_id bigint, is_first_order boolean,
    category text, channel text, region text, units integer, amount numeric)"""
ROW = "INSERT INTO orders VALUES (1, '2026-11-15 10:00', 1, true, '母婴', '直播', '华东', 1, 100)"
TRAFFIC = ["2026-11-15 10:00:00,母婴,直播,华东,40"]


@pytest.fixture
def fragile() -> Iterator[Server]:
    """A server of its own, because it is stopped while it is read."""
    with running() as server:
        yield server


def open_shop(home: Path, url: str) -> Analyst:
    """Orders in the database, visitors in a file."""
    path = write_shop(home, {"traffic": TRAFFIC}, f"  orders: {{database: d}}\ndatabases:\n  d: {url}")
    return Analyst.open(path)


def gmv(shop: Analyst) -> float | None:
    return shop.run(KpiQuery(("gmv",), TODAY), NOW).figure().value


def test_a_lost_database_is_said_and_found_again(
    fragile: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("metrics.sources.database.RETRY_SECONDS", 0.0)
    shop = open_shop(tmp_path, fragile.database("lost", TABLE, ROW))
    assert gmv(shop) == 100
    fragile.stop()
    result = shop.run(KpiQuery(("gmv", "visitors", "conversion_rate"), TODAY), NOW)
    assert [(figure.metric, figure.absence, figure.value) for figure in result.figures] == [
        ("gmv", "unreadable", None), ("visitors", None, 40), ("conversion_rate", "unreadable", None)]  # fmt: skip
    reasons = [notice.data["reason"] for notice in result.notices if notice.code == "unreadable"]
    assert reasons[0].startswith("table orders: database d cannot be read: it cannot be reached")
    assert list(shop.freshness(NOW)) == ["traffic"]
    checked = {held.id: held for held in shop.check(NOW)}
    assert not checked["orders"].ok
    assert checked["traffic"].rows == 1
    fragile.start()
    shop.refresh()
    assert gmv(shop) == 100
    shop.close()


def test_an_idle_connection_that_was_cut_off_costs_no_answer(fragile: Server, tmp_path: Path) -> None:
    shop = open_shop(tmp_path, fragile.database("cut", TABLE, ROW))
    assert gmv(shop) == 100
    fragile.stop()
    fragile.start()
    assert gmv(shop) == 100
    shop.close()


def test_a_column_that_was_taken_away_is_named_and_the_rest_goes_on(postgres: Server, tmp_path: Path) -> None:
    shop = open_shop(tmp_path, postgres.database("changed", TABLE, ROW))
    postgres.run("changed", "ALTER TABLE orders RENAME COLUMN amount TO paid")
    result = shop.run(KpiQuery(("gmv", "orders"), TODAY), NOW)
    assert [(figure.metric, figure.absence, figure.value) for figure in result.figures] == [
        ("gmv", "not_available", None), ("orders", None, 1)]  # fmt: skip
    assert "no column 'amount'" in result.notices[0].data["reason"]
    shop.close()


def test_nothing_can_be_written_through_a_session(postgres: Server) -> None:
    connections = Connections(Database.of("d", postgres.database("written", TABLE)), "Asia/Shanghai")
    for statement in (ROW, "DROP TABLE orders", "SET TRANSACTION READ WRITE", "COMMIT; " + ROW):
        with connections.session() as session, pytest.raises(SourceError):
            session.rows(statement)
    connections.close()


def test_a_statement_that_takes_too_long_is_ended(postgres: Server) -> None:
    connections = Connections(Database.of("d", postgres.url()), "Asia/Shanghai")
    with connections.session(timeout_seconds=1) as session, pytest.raises(SourceError, match="took too long"):
        session.rows("SELECT pg_sleep(20)")
    connections.close()


def test_a_table_that_may_not_be_read_is_not_found_and_what_to_grant_is_said(postgres: Server, tmp_path: Path) -> None:
    postgres.database("closed", TABLE, ROW, f"CREATE ROLE guest LOGIN PASSWORD '{PASSWORD}'")
    shop = open_shop(tmp_path, postgres.url("closed", "guest"))
    assert "GRANT SELECT" in shop._engine.shop.snapshot.problems["orders"].reason
    postgres.run("closed", "GRANT SELECT ON orders TO guest")
    shop.refresh()
    assert gmv(shop) == 100
    shop.close()


ADDRESSES = [
    "postgresql://owner:{secret}@127.0.0.1:1/shop",
    "postgresql://owner:{secret}@127.0.0.1:{port}/postgres",
    "postgresql://owner:{secret}@no-such-host.invalid/shop",
    "postgresql://owner:{secret}/with/slashes@127.0.0.1:x/shop",
    "postgresql://owner:{secret}@127.0.0.1:{port}/no_such_database",
    "postgresql://127.0.0.1:{port}/shop?user=owner&password={secret}&connect_timeout=1&unknown=1",
    "mysql://owner:{secret}@127.0.0.1/shop",
    "{secret}",
]


@pytest.mark.parametrize("written", ADDRESSES)
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_no_secret_is_in_what_is_said(
    written: str, postgres: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    secret = "hidden-hunter2"
    url = written.format(secret=secret, port=postgres.port)
    with caplog.at_level(logging.DEBUG):
        shop = open_shop(tmp_path, url)
        shop.refresh()
        said = [problem.reason for problem in shop._engine.shop.snapshot.problems.values()]
        said += [str(shop.run(KpiQuery(("gmv",), TODAY), NOW)), repr(shop._engine.shop.mapped), caplog.text]
        said += [str(held) for held in shop.check(NOW)]
        with pytest.raises(SourceError) as caught:
            database_survey.tables(url)
        said += traceback.format_exception(caught.value)
    assert all(secret not in text for text in said)
    assert any("database d" in text for text in said)
    shop.close()


def test_the_right_password_with_every_odd_character_is_taken_and_never_shown(
    postgres: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgres.database("odd", TABLE, ROW)
    monkeypatch.setenv("SHOP_PASSWORD", ESCAPED)
    monkeypatch.setenv("SHOP_URL", postgres.url("odd"))
    for url in (f"postgresql://owner:${{SHOP_PASSWORD}}@127.0.0.1:{postgres.port}/odd", "${SHOP_URL}"):
        shop = open_shop(tmp_path / url[:3].strip("${"), url)
        assert gmv(shop) == 100
        database = shop._engine.shop.mapped.databases["d"]
        assert not database.has_written_password
        assert ESCAPED not in repr(database)
        shop.close()
    assert Database.of("d", postgres.url("odd")).has_written_password


def test_a_variable_that_is_not_set_is_named(tmp_path: Path) -> None:
    shop = open_shop(tmp_path, "${NO_SUCH_VARIABLE}")
    problem = shop._engine.shop.snapshot.problems["orders"]
    assert "NO_SUCH_VARIABLE is not set" in problem.reason
    assert not problem.is_connected
    assert shop.run(KpiQuery(("visitors",), TODAY), NOW).figure().value == 40
    shop.close()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("databases: postgresql://u:hunter2@h/d\ntables:\n  orders: {files: a.csv}", "must be a mapping"),
        ("tables:\n  orders: {database: 'postgresql://u:hunter2@h/d'}", "must be a name under databases"),
        ("databases:\n  d: x\ntables:\n  orders: {database: e}", "not 'e'; known: d"),
        ("databases:\n  d: x\ntables:\n  orders: {database: d, files: a.csv}", "exclude each other"),
        ("tables:\n  orders: {table: orders}", "files is missing"),
        ("databases:\n  d: x\ntables:\n  orders: {database: d, sheet: '1'}", "sheet is about files"),
    ],
)
def test_mistakes_in_the_file_are_told_without_an_address(tmp_path: Path, text: str, said: str) -> None:
    from metrics.analyst import load_model

    path = tmp_path / "sources.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        mapping.load(path, load_model(None))
    assert said in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_the_parts_of_a_database_are_hidden_in_its_representation() -> None:
    database = Database.of("d", "postgresql+psycopg://u:hunter2@h/d")
    assert database.url == "postgresql://u:hunter2@h/d"
    assert "hunter2" not in repr(database) + str(dataclasses.replace(database, id="e"))
