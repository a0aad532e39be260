"""Tables keep their columns and a phone's width whatever stands in them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.assistant.compose.tables import WIDEST_LINE, Column, cut, shortened, stacked, table, two_lines, width

NAMES = st.text(st.sampled_from("母婴家电直播Consumer Electronics& /3C"), min_size=1, max_size=30).map(str.strip)
VALUES = st.sampled_from(("¥8,051万", "−¥1,235万", "1.83%", "—", "样本小", "¥80.51M", "12.5 days"))
CHANGES = st.sampled_from(("▲18.0%", "▼0.41pp", "+0.4%", "持平", "—", "▲1,234.5%"))


def test_a_chinese_character_is_as_wide_as_two_latin_ones() -> None:
    assert width("母婴3C") == 6  # 2 × 2 + 2 × 1
    assert cut("即时零售渠道", 8) == "即时零…"


@given(st.lists(st.tuples(NAMES, VALUES, CHANGES, VALUES), min_size=1, max_size=12))
def test_a_table_never_leaves_the_phone_and_its_lines_end_together(rows: list[tuple[str, str, str, str]]) -> None:
    names, values, changes, shares = zip(*rows, strict=True)
    columns = [
        Column("", tuple(map(str, range(1, len(rows) + 1))), can_go=3),
        Column("", names, is_left=True),
        Column("GMV", values),
        Column("环比", changes, 1),
        Column("占比", shares, 2),
    ]
    lines = table(columns).split("\n")
    assert max(map(width, lines)) <= WIDEST_LINE
    assert len({width(line) for line in lines}) == 1


def test_what_may_go_goes_before_names_are_cut() -> None:
    long = "Consumer Electronics"  # 20 + 1 + 8 + 1 + 8 = 38 > 34, without the share 29
    text = table([Column("", (long,), is_left=True), Column("", ("¥1,234万",)), Column("占比", ("100.00%",), can_go=2)])
    assert long in text
    assert "100.00%" not in text


def test_a_name_of_two_parts_is_cut_in_both_rather_than_at_its_end() -> None:
    assert shortened("Home & Living/Shelf", 17) == "Home & Liv…/Shelf"  # 10 + 1 + 1 + 5
    assert shortened("Consumer Electronics/Private Domain", 17) == "Consume…/Private…"  # 2 × 8 + 1
    assert shortened("母婴/直播", 9) == "母婴/直播"  # 4 + 1 + 4


@given(st.lists(st.tuples(NAMES, st.tuples(VALUES, CHANGES), st.tuples(VALUES, CHANGES)), min_size=1, max_size=8))
def test_stacked_values_stand_above_their_changes(rows: list[tuple[str, tuple[str, str], tuple[str, str]]]) -> None:
    text = stacked([row[0] for row in rows], [row[1:] for row in rows], ["昨天", "本月"])
    lines = text.split("\n")
    assert len(lines) == 1 + 2 * len(rows)
    assert max(map(width, lines)) <= WIDEST_LINE
    for number, (_, first, second) in enumerate(rows):
        assert lines[1 + 2 * number].split()[-1] == second[0].split()[-1]
        assert lines[2 + 2 * number].split()[-2:] == [first[1], second[1]]


def test_an_empty_second_line_is_left_out() -> None:
    assert stacked(["GMV"], [[("—", "")]], ["昨天"]).split("\n") == ["     昨天", "GMV     —"]


def test_a_long_name_goes_on_between_words_or_in_its_middle() -> None:
    assert two_lines("conversion rate", 10) == ("conversion", "rate")
    assert two_lines("支付转化率", 8) == ("支付", "转化率")
    assert two_lines("GMV", 8) == ("GMV", "")
