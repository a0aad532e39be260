"""The evaluation of the diagnosis draws the same causes again and counts what it found of them."""

from __future__ import annotations

from bot.evaluation.diagnosis.cases import draw_cases
from bot.evaluation.diagnosis.report import as_text, examine, found_share


def test_the_same_seed_draws_the_same_causes() -> None:
    assert list(draw_cases(5, 3)) == list(draw_cases(5, 3))
    assert list(draw_cases(5, 3)) != list(draw_cases(5, 4))


def test_clear_causes_are_found_and_the_parts_close() -> None:
    verdicts = examine(3, 11)
    assert found_share(verdicts) == 1.0  # the first three of the default run: visitors, conversion, spend a buyer
    assert max(verdict.residual for verdict in verdicts) < 1e-9
    assert as_text(verdicts)[0] == "simulated causes 3"
