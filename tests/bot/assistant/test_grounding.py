"""A number that no fact holds is found out."""

from __future__ import annotations

from bot.assistant.grounding import numbers_in, ungrounded_numbers
from bot.assistant.types import Facts


def test_a_number_that_nothing_stated_is_found() -> None:
    assert ungrounded_numbers("<b>GMV ¥312.4万</b>，约 97%", Facts(), ("¥312.4万",)) == ("97",)


def test_stated_numbers_pass_in_any_width_and_with_separators() -> None:
    assert ungrounded_numbers("GMV １,２３４.50", Facts(), ("1,234.50",)) == ()


def test_numbers_are_read_whole() -> None:
    assert numbers_in("11/09–11/15 1,644.38 −18.3%") == ("11/09", "11/15", "1644.38", "18.3")


def test_a_date_made_of_numbers_that_are_stated_apart_is_found_out() -> None:
    stated = ("11/09–11/15", "14:05")
    assert ungrounded_numbers("GMV 11/14", Facts(), stated) == ("11/14",)
    assert ungrounded_numbers("11/15 14:09", Facts(), stated) == ("14:09",)
    assert ungrounded_numbers("11/09：14:05", Facts(), stated) == ()
