"""The project's own questions, through the real assistant, become the plans that a careful analyst would make."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.app import Core
from bot.evaluation.asking import Examination
from bot.evaluation.cases import Case, read_cases
from bot.evaluation.report import Report, miss_lines
from tests.bot.evaluation.conftest import NOW

FILE = Path(__file__).parents[2] / "evals" / "kpi.yaml"


@pytest.fixture(scope="module")
def cases(core: Core) -> tuple[Case, ...]:
    return read_cases(FILE, core.assistant.model)


def test_nearly_all_are_understood_exactly_and_none_wrongly_with_confidence(
    core: Core, cases: tuple[Case, ...]
) -> None:
    report = Report(FILE.name, tuple(Examination(core.assistant, NOW, "operator", False).verdicts(cases)), 0)
    shown = "\n".join(line for verdict in report.misses for line in miss_lines(FILE.name, verdict))
    assert report.counted("is_confident") == 0, shown
    assert report.counted("has_crashed") == 0, shown
    assert report.exact_share >= 0.98, shown


def test_there_are_enough_of_them_in_both_languages(cases: tuple[Case, ...]) -> None:
    english = [case for case in cases if case.question.isascii()]
    assert len(cases) >= 250
    assert len(english) >= 60
    assert len({(case.question, case.after, case.role, case.now) for case in cases}) == len(cases)
