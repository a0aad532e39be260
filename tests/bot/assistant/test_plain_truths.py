"""What a figure must say of itself: that a value is not labelled, how much a target lacks, that a span is too short."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.app import Core, open_core
from bot.assistant.contract import as_json, plain_text
from bot.assistant.types import Answer, Asker, Question
from bot.settings import Settings
from tests.bot.assistant.conftest import NOW

ORDERS = """order_id,ordered_at,buyer_id,is_first_order,category,channel,region,units,amount
1,2026-11-10 10:00:00,1,true,母婴,直播,华东,1,100
2,2026-11-11 10:00:00,2,true,,货架,华东,1,20
3,2026-10-11 10:00:00,3,true,美妆,货架,华东,1,400
4,2026-09-30 10:00:00,4,true,美妆,货架,华东,1,5
"""
TARGETS = """month,metric,category,value
2026-11-01,gmv,,500
2026-10-01,gmv,,300
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Core]:
    home = tmp_path_factory.mktemp("small")
    (home / "orders.csv").write_text(ORDERS, "utf-8")
    (home / "targets.csv").write_text(TARGETS, "utf-8")
    sources = "tables:\n  orders: {files: orders.csv}\ntargets: {files: targets.csv}\n"
    (home / "sources.yaml").write_text(sources, "utf-8")
    (home / "opsbot.toml").write_text("[knowledge]\nbundled = false\n", "utf-8")
    opened = open_core(Settings.load(home))
    yield opened
    opened.close()


def asked(core: Core, text: str) -> Answer:
    return core.assistant.answer_now(Question(text, Asker("operator"), NOW, ()))


@pytest.mark.parametrize(("text", "name"), [("上周各类目GMV", "未标注"), ("GMV by category last week", "not labelled")])
def test_rows_without_a_value_are_called_so_in_the_language_of_the_question(small: Core, text: str, name: str) -> None:
    answer = asked(small, text)
    assert name in answer.html
    assert "unknown" not in answer.html
    scopes = [figure["scope"] for figure in as_json(answer)["facts"]]
    assert {"category": ["(unknown)"]} in scopes


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("本月GMV离目标差多少", "达成 24.0%，还差 ¥380.00"),  # 120 of 500
        ("GMV against target this month", "24.0% attained, ¥380.00 to go"),
        ("10月GMV目标达成", "达成 133.3%，超出 ¥100.00"),  # 400 of 300
    ],
)
def test_what_lacks_to_a_target_is_said_in_the_unit(small: Core, text: str, words: str) -> None:
    assert words in asked(small, text).html


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("11月10日复购率", "复购率按单日看参考意义不大，建议看近30天"),
        ("11月10日留存率", "留存率按单日看参考意义不大，建议看近30天"),
        ("repurchase rate on 2026-11-10", "one day says little; better look at the last 30 days"),
    ],
)
def test_a_rate_of_people_coming_back_within_a_day_says_that_it_means_little(
    small: Core, text: str, words: str
) -> None:
    assert words in asked(small, text).html


@pytest.mark.parametrize("text", ["上周复购率", "11月10日GMV"])
def test_what_a_span_does_tell_carries_no_such_word(small: Core, text: str) -> None:
    assert "参考意义不大" not in asked(small, text).html


def test_parts_that_are_compared_with_nothing_name_no_comparison(small: Core) -> None:
    text = plain_text(asked(small, "今年GMV").html)  # the rows begin in September, so there is no year before
    assert "渠道：" in text
    assert "环比" not in text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("11月每天母婴GMV占比", "没有用上：占比"),
        ("monthly share of Mother & Baby in GMV this year", "Not applied: share"),
    ],
)
def test_a_share_that_a_course_does_not_show_is_said_to_be_left_out(small: Core, text: str, words: str) -> None:
    assert words in plain_text(asked(small, text).html)
