"""The small shop that most tests of the numbers read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from metrics.analyst import Analyst
from tests.metrics.postgres_server import Server, running
from tests.metrics.small_shop import open_shop

# Two weeks: 2026-11-02 (Monday) … 2026-11-15 (Sunday). Week one is 2–8, week two 9–15 November.
ORDERS = [
    # week one
    "1,2026-11-02 10:00:00,11,true,母婴,直播,华东,1,100",
    "2,2026-11-03 11:00:00,12,true,母婴,货架,华南,2,200",
    "3,2026-11-05 09:00:00,13,true,家电,直播,华东,1,1000",
    "4,2026-11-08 23:30:00,14,true,母婴,直播,华东,1,60",
    # week two
    "5,2026-11-09 10:00:00,11,false,母婴,直播,华东,1,120",
    "6,2026-11-10 10:00:00,11,false,母婴,直播,华东,1,80",
    "7,2026-11-11 00:00:00,15,true,母婴,货架,华南,3,300",
    "7,2026-11-11 00:00:00,15,true,家电,货架,华南,1,700",  # the same order, a line of another category
    "8,2026-11-15 23:59:59,13,false,家电,直播,华东,1,900",
]
TRAFFIC = [
    "2026-11-02 10:00:00,母婴,直播,华东,40",
    "2026-11-03 11:00:00,母婴,货架,华南,60",
    "2026-11-05 09:00:00,家电,直播,华东,50",
    "2026-11-09 10:00:00,母婴,直播,华东,50",
    "2026-11-10 12:00:00,母婴,私域,华北,30",  # visitors without a single order
    "2026-11-11 00:00:00,母婴,货架,华南,20",
    "2026-11-11 00:00:00,家电,货架,华南,80",
    "2026-11-15 23:00:00,家电,直播,华东,20",
]
REFUNDS = [
    "1,1,2026-11-02 12:00:00,母婴,直播,华东,100,1",
    "2,2,2026-11-09 12:00:00,母婴,货架,华南,50,1",
    "3,3,2026-11-15 12:00:00,家电,直播,华东,250,1",
]
ADS = [f"2026-11-{n:02},母婴,直播,华东,1000,{10 + n},{10 * n},2" for n in range(2, 16)]
SERVICE = ["2026-11-09,母婴,直播,华东,10,9,20,5", "2026-11-15,家电,直播,华东,30,21,20,15"]
INVENTORY = ["2026-11-09,母婴,华东,300,10", "2026-11-10,母婴,华东,290,30", "2026-11-15,家电,华东,100,50"]
TARGETS = ["2026-11-01,gmv,,10000", "2026-11-01,gmv,母婴,2000", "2026-11-01,gmv,家电,3000",
           "2026-11-01,转化率,,0.05", "2026-11-01,conversion_rate,母婴,0.06",
           "2026-11-01,直播占比,,0.5", "2026-11-01,live_share,母婴,0.6"]  # fmt: skip


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Analyst]:
    analyst = open_shop(
        tmp_path_factory.mktemp("shop"),
        orders=ORDERS,
        traffic=TRAFFIC,
        refunds=REFUNDS,
        ads=ADS,
        service=SERVICE,
        inventory=INVENTORY,
        targets=TARGETS,
    )
    yield analyst
    analyst.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A running server, its databases made by the tests."""
    with running() as server:
        yield server
