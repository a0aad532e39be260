"""Names and amounts of an English question as Chinese documents write them."""

from __future__ import annotations

import pytest

from knowledge.romanised import amounts_in_chinese, sounding_like


@pytest.mark.parametrize(
    ("spelling", "names"),
    [
        ("zhaoxi", ("朝夕",)),  # zhao + xi
        ("xian", ("西安",)),  # xi + an; the single 先 is no name
        ("li", ()),  # too short to be sure of
        ("berlin", ()),
    ],
)
def test_a_chinese_name_is_found_by_its_pinyin(spelling: str, names: tuple[str, ...]) -> None:
    assert sounding_like(spelling, ["朝夕品牌先在西安开店。", "李家"]) == names


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("more than 200,000 yuan", "more than 20万 yuan"),  # 200,000 = 20 × 10,000
        ("2.5 million members", "250万 members"),
        ("1.2 billion in GMV", "12亿 in GMV"),  # 1,200,000,000 = 12 × 100,000,000
        ("1,500 SKUs", "1500 SKUs"),
        ("in 2024 it was 30%", "in 2024 it was 30%"),  # neither a year nor a share is written otherwise
    ],
)
def test_a_large_amount_is_written_as_in_chinese(english: str, chinese: str) -> None:
    assert amounts_in_chinese(english) == chinese
