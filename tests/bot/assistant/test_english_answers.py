"""An English question is answered in English, down to the commas and the ways of leaving out."""

from __future__ import annotations

import re

import pytest

from bot.assistant.contract import plain_text
from tests.bot.assistant.conftest import Ask

CHINESE = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")  # characters, and the commas and brackets with them


@pytest.mark.parametrize(
    "text",
    [
        "GMV and orders by channel last week",
        "GMV, orders and conversion rate last week",
        "daily GMV and orders last week",
        "refund rate and refund amount by category last week",
        "GMV by brand last week",
        "GMV flamingo zeppelin last week",
        "GMV last week excluding beauty and live",
        "stock days by channel last week",
        "ad spend and CAC last week",
        "average daily GMV last month",
        "overview",
    ],
)
def test_an_english_answer_holds_no_chinese_sign(text: str, ask: Ask) -> None:
    given = ask(text)
    assert given.plan.language == "en"
    assert CHINESE.findall(plain_text(given.html)) == []


def test_what_is_left_out_is_named_in_the_singular(ask: Ask) -> None:
    text = plain_text(ask("GMV last week excluding beauty").html)
    assert text.startswith("every category except Beauty · GMV")


@pytest.mark.parametrize(
    ("text", "whole", "part"),
    [
        ("share of beauty in live GMV last week", "channel", "category"),
        ("what share of live GMV came from beauty last week", "channel", "category"),
        ("share of live in beauty GMV last week", "category", "channel"),
    ],
)
def test_a_share_is_of_what_stands_behind_in_or_of(text: str, whole: str, part: str, ask: Ask) -> None:
    given = ask(text)
    assert given.plan.intent == "kpi"
    if given.plan.query is not None and given.plan.query.metrics == ("live_share",):
        assert set(given.plan.query.where) == {whole}  # the catalogue's own share of live, of one category
        return
    asked, of = (result.query.where for result in given.facts.results[:2])
    assert set(asked) == {whole, part}
    assert set(of) == {whole}


def test_how_a_live_figure_changed_between_two_months_is_a_question_for_the_numbers(ask: Ask) -> None:
    plan = ask("How did GMV change in Oct vs Sep").plan
    assert (plan.intent, plan.query.metrics if plan.query else ()) == ("kpi", ("gmv",))
