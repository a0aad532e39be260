"""Which room answers: the documents what is written down, the numbers what is live, never one for the other."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.app import open_core
from bot.assistant.contract import plain_text
from bot.assistant.types import Asker, Question
from bot.settings import Settings
from tests.bot.assistant.conftest import NOW, Ask


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("23年双十一大盘涨了多少", "6%"),
        ("Double 11 growth 2023?", "6%"),
        ("Does private domain help retention?", "35%"),
        ("早教内容加测评真能带转化吗", "40%"),
        ("汽車品牌廣告成本省了幾成", "30%"),
        ("2023年服飾私域GMV佔比年底到幾多", "27%"),
    ],
)
def test_a_documented_case_is_not_answered_with_a_live_figure(ask: Ask, text: str, figure: str) -> None:
    answer = ask(text)
    assert answer.plan.intent == "knowledge"
    assert figure in plain_text(answer.html)
    assert answer.facts.results == ()


@pytest.mark.parametrize("text", ["退货突然变高从哪查起", "拉了好多人进群但没成交是哪里不对"])
def test_a_sure_place_in_the_documents_beats_a_question_back(ask: Ask, text: str) -> None:
    answer = ask(text)
    assert answer.plan.intent == "knowledge"
    assert answer.citations


@pytest.mark.parametrize("text", ["昨天退货怎么样", "退货", "美妆的成交"])
def test_a_bare_word_of_two_readings_is_still_asked_back(ask: Ask, text: str) -> None:
    assert ask(text).plan.unclear == "which_metric"


@pytest.mark.parametrize(
    "text",
    ["转化率正常吗", "美妆GMV是不是跌得有点狠", "双11美妆卖得好吗", "美妆的GMV", "这个月私域复购怎么样", "直播转化率"],
)
def test_a_live_question_is_not_answered_from_the_documents(ask: Ask, text: str) -> None:
    answer = ask(text)
    assert answer.plan.intent == "kpi"
    assert answer.citations == ()


def test_the_whole_is_never_passed_off_as_a_single_livestream(ask: Ask) -> None:
    answer = ask("直播间昨天一场卖了多少")
    assert answer.facts.results == ()
    assert "一场" in plain_text(answer.html)


def test_an_operator_is_refused_a_managers_figure_that_no_document_tells(ask: Ask) -> None:
    assert ask("汽车广告费花了多少").plan.intent == "denied"


def test_the_promotion_of_a_heading_that_a_quote_refers_to_is_not_that_of_its_figure(ask: Ask) -> None:
    answer = ask("双十二全网交易额增长多少")  # the documents tell it of 双十一 alone, under "双十一与双十二"
    assert answer.citations == ()


BEAUTY = """---
title: 美妆内部打法
categories: [美妆]
---

## 试用装

- 随单送试用装之后，回头客的客诉率降到了3.2%。
"""


def test_a_chat_of_one_category_hears_nothing_from_documents_about_another(tmp_path: Path) -> None:
    (tmp_path / "playbooks").mkdir()
    (tmp_path / "playbooks" / "美妆.md").write_text(BEAUTY, encoding="utf-8")
    (tmp_path / "opsbot.toml").write_text("[knowledge]\nbundled = false\n", encoding="utf-8")
    core = open_core(Settings.load(tmp_path))

    def said(*categories: str) -> str:
        asker = Asker("operator", categories=categories)
        return core.assistant.answer_now(Question("随单送试用装之后客诉率降到多少", asker, NOW)).html

    try:
        assert "3.2%" in said()
        assert "3.2%" in said("美妆", "母婴")
        assert "3.2%" not in said("母婴")
    finally:
        core.close()
