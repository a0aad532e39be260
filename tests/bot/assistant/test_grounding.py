"""A number that no fact holds is found out."""

from __future__ import annotations

from bot.assistant.grounding import numbers_in, ungrounded_numbers
from bot.assistant.types import Facts


def test_a_number_that_nothing_stated_is_found() -> None:
    assert ungrounded_numbers("<b>GMV ¥312.4万</b>，约 97%", Facts(), ("¥312.4万",)) == ("97",)


def test_stated_numbers_pass_in_any_width_and_with_separators() -> None:
    assert ungrounded_numbers("GMV １,２３４.50", Facts(), ("1,234.50",)) == ()


def test_numbers_are_read_whole() -> None:
    assert numbers_in("11/09–11/15 1,644.38 −18.3%") == ("11", "09", "11", "15", "1644.38", "18.3")
