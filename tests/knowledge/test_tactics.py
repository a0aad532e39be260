"""Tactic cards: both languages, nested lists, mistakes with file and line."""

from __future__ import annotations

from knowledge.loading.markdown import Source, read_markdown
from knowledge.tactics import Cards, read_tactics

CARD = """# 打法
## 战法：错峰到仓
- 类目：生鲜、家居
- **渠道**：全部
- 指标：当日达率，库存天数
- 触发：当日达率低于目标
- 动作：
  1. 排到货窗口
  2. 通知供应商；留出机动
- 证据：试点仓当日达率提升9%
- 注意：高峰期不适用
- 投入：低
"""


def cards(text: str) -> Cards:
    return read_tactics(read_markdown(Source("0" * 64, "play.md", text)))


def test_a_card_is_read_with_every_key() -> None:
    (tactic,) = cards(CARD).tactics
    assert tactic.title == "错峰到仓"
    assert (tactic.categories, tactic.channels) == (("生鲜", "家居"), ())
    assert tactic.metrics == ("当日达率", "库存天数")
    assert tactic.actions == ("排到货窗口", "通知供应商；留出机动")
    assert (tactic.when, tactic.evidence) == ("当日达率低于目标", "试点仓当日达率提升9%")
    assert (tactic.caution, tactic.effort, tactic.section) == ("高峰期不适用", "低", "战法：错峰到仓")


def test_an_english_card_on_one_line_of_actions_is_read() -> None:
    (tactic,) = cards("## Tactic: Early slots\n- metrics: same_day_rate\n- actions: ① book; ② call\n").tactics
    assert (tactic.title, tactic.metrics, tactic.actions) == ("Early slots", ("same_day_rate",), ("book", "call"))


def test_the_id_stays_when_the_body_is_edited_and_changes_with_the_title() -> None:
    first, edited, renamed = (
        cards(text).tactics[0].id for text in (CARD, CARD.replace("9%", "8%"), CARD.replace("错峰", "提前"))
    )
    assert first == edited != renamed


def test_a_card_in_a_flattened_document_is_read() -> None:
    flat = (
        "2022年总结 " + "这一年我们做了很多事。" * 12 + "## 战法：错峰 + 预约 - 指标：当日达率 - 动作：① 排窗口 ② 通知"
    )
    (tactic,) = cards(flat).tactics
    assert (tactic.title, tactic.actions) == ("错峰 + 预约", ("排窗口", "通知"))


def test_mistakes_name_file_line_and_the_nearest_key() -> None:
    found = cards(CARD.replace("指标：", "指漂：") + "\n## 战法：空的\n就一句话。\n## 战法：\n- 指标：a\n- 动作：b\n")
    assert found.tactics == ()
    assert [(mistake.file, mistake.line) for mistake in found.mistakes] == [
        ("play.md", line) for line in (2, 2, 14, 16)
    ]
    assert "'指标'" in found.mistakes[0].problem
    assert "metrics" in found.mistakes[1].problem


def test_the_second_card_of_one_name_is_reported_and_left_out() -> None:
    found = cards(CARD + CARD.replace("# 打法\n", ""))
    assert len(found.tactics) == 1
    assert "twice" in found.mistakes[0].problem
