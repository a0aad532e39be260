"""What is answered from a handbook that the code has never seen, what is not, and the quotes."""

from __future__ import annotations

import pytest

from knowledge.library import Library

# question, what the quoted sentence must hold
ANSWERABLE = [
    ("冷冻库的温度要求是多少", "零下18摄氏度"),
    ("到货验收时抽检比例是多少", "10%"),
    ("服装退货的二次销售率有多高", "76%"),
    ("夜班从几点开始", "20点"),
    ("2023年第二季度叉车剐蹭事故有几起", "4起"),
    ("京东物流几点截单", "18点"),
    ("易碎品应该放在哪里", "B区"),
    ("冷库改造后电费下降了多少", "22%"),
    ("冷藏库的湿度控制在多少", "85%"),
    ("供应商送货要提前多久预约月台", "24小时"),
    ("怎么提高拣货效率", "126件"),
    ("冷庫溫度連續超標怎麼辦", "15分钟"),  # traditional characters
    ("叉車限速多少", "5公里"),
    ("What is the speed limit for forklifts in the warehouse?", "5公里"),  # English on a Chinese document
]
# the place is near, but what the question names is not there
NEAR_MISSES = [
    "2022年第二季度叉车剐蹭事故有几起",  # other year
    "2023年第三季度叉车剐蹭事故有几起",  # other quarter
    "食品类退货的二次销售率是多少",  # other category
    "德邦物流几点截单",  # other company
    "冷库的租金是多少",  # other figure
    "冷藏库的损耗率是多少",
    "云岭仓储2023年的净利润是多少",
    "叉车的采购价是多少",
    "2025年冷库改造后电费下降了多少",
    "What was the net profit of Yunling in 2023?",
]
UNKNOWN = ["直播间怎么提升转化率", "宠物用品怎么退税", "今天天气怎么样", "Who won the world cup?"]


@pytest.mark.parametrize(("question", "words"), ANSWERABLE)
def test_what_the_handbook_says_is_answered_with_its_sentence(handbook: Library, question: str, words: str) -> None:
    result = handbook.search(question)
    best = result.passages[0]
    assert words in best.quote
    assert best.quote in best.text
    assert result.verdict == "answer"


@pytest.mark.parametrize("question", NEAR_MISSES)
def test_a_near_miss_is_not_answered(handbook: Library, question: str) -> None:
    assert handbook.search(question).verdict != "answer"


@pytest.mark.parametrize("question", UNKNOWN)
def test_what_the_handbook_does_not_hold_is_not_answered(handbook: Library, question: str) -> None:
    assert handbook.search(question).verdict == "none"


def test_what_is_missing_is_named_in_the_words_of_the_question(handbook: Library) -> None:
    best = handbook.search("2022年Q2叉车剐蹭事故有几起").passages[0]
    assert best.missing == ("2022",)  # Q2 is the 第二季度 of the handbook
    assert 0 < best.coverage < 1


def test_a_question_whose_every_word_stands_there_is_covered_in_full(handbook: Library) -> None:
    best = handbook.search("叉车司机持证上岗").passages[0]
    assert (best.coverage, best.missing) == (1.0, ())


def test_a_number_is_not_found_inside_another(handbook: Library) -> None:
    assert (
        "8" in handbook.search("破损率是8%吗").passages[0].missing
        or "8%" in handbook.search("破损率是8%吗").passages[0].missing
    )


def test_a_synonym_finds_the_other_wording(handbook: Library) -> None:
    assert "76%" in handbook.search("服饰退款的二次销售率").passages[0].text


def test_the_same_question_gives_the_same_result(handbook: Library) -> None:
    assert handbook.search("冷库温度") == handbook.search("冷库温度")


def test_scores_fall_and_the_limit_is_kept(handbook: Library) -> None:
    passages = handbook.search("仓库温度和湿度", limit=3).passages
    assert len(passages) == 3
    assert [passage.score for passage in passages] == sorted((p.score for p in passages), reverse=True)
