"""The intervals are as honest as they say, and the report counts what it is given."""

from __future__ import annotations

from bot.evaluation.effects.report import Outcome, as_text, examine, report
from metrics.effects.effect import Interval


def outcome(truth: float, low: float, high: float) -> Outcome:
    return Outcome(14, truth, Interval((low + high) / 2, low, high, 0.1))


def test_the_report_counts_coverage_and_false_alarms() -> None:
    found = report(
        [
            outcome(0.0, -0.1, 0.1),  # covered, silent
            outcome(0.0, 0.05, 0.1),  # missed: called effective
            outcome(0.2, 0.1, 0.3),  # e^0.2 − 1 = 0.221: covered and found
            outcome(0.2, -0.1, 0.1),  # missed and not found
            Outcome(7, 0.3, None),  # too little data
        ]
    )
    assert (found.tactics, found.measured, found.coverage) == (5, 4, 0.5)
    assert (found.false_effective, found.false_harmful, found.found) == (0.5, 0.0, 0.5)
    assert as_text(found)[0] == "5 simulated tactics, 4 measured"


def test_simulated_tactics_are_covered_as_often_as_the_interval_claims() -> None:
    found = examine(120, first_seed=5_000)
    assert found.coverage is not None
    assert found.false_effective is not None
    assert found.measured == 120
    # of 120 with a true share of 0.91 fewer than 0.83 or more than 0.98 come up in one of a hundred sets
    assert 0.83 <= found.coverage <= 0.98
    assert found.false_effective <= 0.10
