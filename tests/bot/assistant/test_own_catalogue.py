"""Questions over a shop with a dimension and values of its own, asked as operators ask; sums by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from bot.app import Core, open_core
from bot.assistant.types import Answer, Asker, Question
from bot.settings import Settings
from tests.bot.assistant.conftest import NOW

ORDERS = """order_id,ordered_at,buyer_id,is_first_order,category,channel,region,brand,units,amount
1,2026-11-10 10:00:00,1,true,母婴,直播,华东,花西子,1,100
2,2026-11-11 10:00:00,2,true,宠物用品,线下门店,华东,花西子,1,20
3,2026-11-12 10:00:00,3,true,,货架,华北,Acme,1,3
"""
CATALOGUE = """
dimensions:
  brand: {zh: 品牌, en: brand, values: {花西子: {en: Florasis}}}
tables:
  orders: {dimensions: [category, channel, region, brand]}
"""


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Core]:
    home = tmp_path_factory.mktemp("own")
    (home / "orders.csv").write_text(ORDERS, "utf-8")
    (home / "catalog.yaml").write_text(CATALOGUE, "utf-8")
    (home / "sources.yaml").write_text("zone: Asia/Shanghai\ntables:\n  orders: {files: orders.csv}\n", "utf-8")
    (home / "opsbot.toml").write_text('[metrics]\ncatalog = "catalog.yaml"\n[knowledge]\nbundled = false\n', "utf-8")
    opened = open_core(Settings.load(home))
    yield opened
    opened.close()


def asked(core: Core, text: str) -> Answer:
    return core.assistant.answer_now(Question(text, Asker("operator"), NOW, ()))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("上周花西子GMV", "¥120.00"),
        ("上周除了母婴的GMV", "¥23.00"),  # an unlisted category and none at all count
        ("上周除了直播的GMV", "¥23.00"),
        ("上周宠物用品GMV", "¥20.00"),
        ("上周线下门店销售额", "¥20.00"),
        ("上周Acme的GMV", "¥3.00"),
        ("GMV of Florasis last week", "¥120"),
    ],
)
def test_a_value_that_only_the_data_hold_is_asked_for_and_left_out_like_any_other(
    own: Core, text: str, value: str
) -> None:
    answer = asked(own, text)
    assert answer.plan.intent == "kpi"
    assert value in answer.html.split("\n", maxsplit=1)[0]


@pytest.mark.parametrize(
    "text", ["上周各品牌GMV", "上周分品牌看GMV", "GMV by brand last week", "GMV of all brands last week"]
)
def test_a_dimension_that_the_bundled_catalogue_lacks_is_no_lack_once_it_is_declared(own: Core, text: str) -> None:
    answer = asked(own, text)
    assert answer.plan.query is not None
    assert answer.plan.query.by == ("brand",) or "brand" not in text
    assert answer.plan.intent == "kpi"


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("各月GMV走势", date(2025, 11, 1), date(2026, 10, 31)),  # whole months: a month cut at 30 days is no month
        ("每周GMV趋势", date(2026, 8, 24), date(2026, 11, 15)),  # 12 whole weeks
        ("GMV走势", date(2026, 10, 23), date(2026, 11, 21)),
    ],
)
def test_a_trend_without_a_time_goes_over_whole_steps(own: Core, text: str, first: date, last: date) -> None:
    query = asked(own, text).plan.query
    assert query is not None
    assert (query.period.start, query.period.end) == (first, last)
