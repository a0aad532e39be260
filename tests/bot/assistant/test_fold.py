"""Folding changes letters, never lengths."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.assistant.fold import fold, is_chinese


@given(st.text(max_size=80))
def test_offsets_stay_valid(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text(max_size=80))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_width_case_and_script_are_folded() -> None:
    assert fold("上週母嬰ＧＭＶ轉化率") == "上周母婴gmv转化率"


def test_language_is_seen_by_its_characters() -> None:
    assert is_chinese("GMV怎么样")
    assert not is_chinese("GMV last week?")
