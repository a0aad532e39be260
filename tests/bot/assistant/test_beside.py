"""Two queries side by side."""

from __future__ import annotations

from threading import Barrier

import pytest

from bot.assistant.beside import both


def test_both_run_at_the_same_time_and_keep_their_places() -> None:
    meeting = Barrier(2, timeout=5)

    def come(name: str) -> str:
        meeting.wait()  # breaks unless the other one is there as well
        return name

    assert both(lambda: come("first"), lambda: come("second")) == ("first", "second")


def test_an_error_is_raised_when_both_have_ended_and_that_of_the_first_counts() -> None:
    ended: list[str] = []

    def fail(name: str) -> None:
        ended.append(name)
        raise ValueError(name)

    with pytest.raises(ValueError, match="first"):
        both(lambda: fail("first"), lambda: fail("second"))
    assert sorted(ended) == ["first", "second"]
    with pytest.raises(ValueError, match="second"):
        both(lambda: None, lambda: fail("second"))
