"""The same random rows twice: as Parquet files, and in a PostgreSQL whose names and types are nothing like them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import psycopg

from tests.metrics.postgres_server import Server
from tests.metrics.soundness.test_second_computation import Frames, random_tables

YEAR = timedelta(days=365)
SCHEMA = """
CREATE SCHEMA "销售";
CREATE TYPE "销售"."类" AS ENUM ('母婴', '家用电器', '3C');
CREATE DOMAIN "销售".yuan AS numeric(12, 2);
CREATE TABLE "销售"."Order Lines" (
    "订单号" uuid, "下单时间" timestamptz, "Buyer ID" text, "首单" smallint, "类目" "销售"."类", "渠道" char(8),
    region text, units bigint, "实付" "销售".yuan
);
CREATE INDEX ON "销售"."Order Lines" ("下单时间");
CREATE TABLE public.refund_rows (
    refund_id numeric(20, 0), order_id uuid, refunded_at text, category varchar(20), channel text, region text,
    amount double precision, units text
);
CREATE VIEW public.refunds AS SELECT * FROM public.refund_rows;
CREATE TABLE public.traffic (hour timestamp, category text, channel text, region text, visitors real)
    PARTITION BY RANGE (hour);
CREATE TABLE public.traffic_before PARTITION OF public.traffic FOR VALUES FROM (MINVALUE) TO ('2026-01-01');
CREATE TABLE public.traffic_now PARTITION OF public.traffic FOR VALUES FROM ('2026-01-01') TO (MAXVALUE);
CREATE TABLE public.ads (day date, category text, channel text, region text, impressions bigint, clicks integer,
    spend money, leads smallint);
CREATE TABLE public.service (day bigint, category text, channel text, region text, ratings numeric, satisfied_ratings
    numeric, delivered integer, delivered_same_day integer);
CREATE TABLE public.inventory (day timestamptz, category text, region text, stock_units bigint, sold_units bigint);
"""
SOURCES = """
  orders:
    database: main
    table: 销售.Order Lines
    columns: {order_id: 订单号, ordered_at: 下单时间, buyer_id: buyer id, is_first_order: 首单, category: 类目,
              channel: 渠道, amount: 实付}
    values: {category: {家用电器: 家电}}
  refunds: {database: main, table: refunds, values: {channel: {live: 直播}}}
  traffic: {database: main, table: public.traffic}
  ads: {database: main, table: '"public"."ads"'}
  service: {database: main}
  inventory: {database: main, table: PUBLIC.Inventory}
"""


def frames() -> Frames:
    """Six weeks of this autumn and the same weeks a year before; some dimension values are empty."""
    now, then = random_tables(11), random_tables(12)
    rng = np.random.default_rng(5)
    both = {}
    for name, frame in now.items():
        earlier = then[name].copy()
        time = next(column for column in earlier if str(earlier[column].dtype).startswith("datetime"))
        earlier[time] -= YEAR
        whole = pd.concat([earlier, frame], ignore_index=True)
        whole["region"] = whole["region"].where(rng.random(len(whole)) > 0.05, None)
        both[name] = whole
    both["orders"].loc[rng.random(len(both["orders"])) < 0.02, "buyer_id"] = 0
    return both


def parquet_shop(home: Path, tables: Frames) -> Path:
    """A sources.yaml over one Parquet file a table."""
    lines = ["zone: Asia/Shanghai", "tables:"]
    for name, frame in tables.items():
        (home / name).mkdir(parents=True)
        with duckdb.connect() as connection:
            connection.register("frame", frame)
            connection.execute(f"COPY (SELECT * FROM frame) TO '{home / name / 'all.parquet'}' (FORMAT parquet)")
        lines.append(f"  {name}: {{files: {name}/*.parquet}}")
    path = home / "sources.yaml"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def fill(server: Server, database: str, tables: Frames) -> str:
    """A new database with the rows; its address."""
    url = server.database(database, *SCHEMA.split(";\n")[:-1])
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("SET timezone = 'America/New_York'")
        for relation, rows in _physical(tables):
            with cursor.copy(f"COPY {relation} FROM STDIN".encode()) as copy:
                for row in rows:
                    copy.write_row(row)
    return url


def _physical(tables: Frames) -> Iterator[tuple[str, list[tuple[object, ...]]]]:
    """Rows as the odd types of the schema want them."""
    appliance = {"家电": "家用电器"}
    yield '"销售"."Order Lines"', [
        (_uuid(row.order_id), f"{row.ordered_at}+08", f" b{row.buyer_id} ", int(row.is_first_order),
         appliance.get(row.category, row.category), row.channel, row.region, row.units, f"{row.amount:.2f}")
        for row in _rows(tables["orders"])
    ]  # fmt: skip
    yield "public.refund_rows", [
        (row.refund_id, _uuid(row.order_id), row.refunded_at.strftime("%Y-%m-%dT%H:%M:%S"), row.category,
         {"直播": "live"}.get(row.channel, row.channel), row.region or "  ", row.amount, str(row.units))
        for row in _rows(tables["refunds"])
    ]  # fmt: skip
    yield (
        "public.traffic",
        [(row.hour, row.category, row.channel, row.region or "", row.visitors) for row in _rows(tables["traffic"])],
    )
    yield "public.ads", [
        (row.day.date(), row.category, row.channel, row.region, row.impressions, row.clicks, f"{row.spend:.2f}",
         row.leads) for row in _rows(tables["ads"])
    ]  # fmt: skip
    yield "public.service", [
        (int((row.day - timedelta(hours=8) - pd.Timestamp(0)).total_seconds()) * 1000, row.category, row.channel,
         row.region, row.ratings, row.satisfied_ratings, row.delivered, row.delivered_same_day)
        for row in _rows(tables["service"])
    ]  # fmt: skip
    yield (
        "public.inventory",
        [
            (f"{row.day}+08", row.category, row.region, row.stock_units, row.sold_units)
            for row in _rows(tables["inventory"])
        ],
    )


def _rows(frame: pd.DataFrame) -> Iterator[pd.Series]:
    for row in frame.itertuples(index=False):
        yield row._replace(region=None if pd.isna(row.region) else row.region)


def _uuid(number: object) -> str:
    return str(uuid.UUID(int=int(str(number))))
