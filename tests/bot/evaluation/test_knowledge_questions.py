"""The project's own questions for the documents, through the real assistant, and a blind set over another trade's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.app import Core, open_core
from bot.evaluation.knowledge.asking import Examination
from bot.evaluation.knowledge.cases import Case, read_cases
from bot.evaluation.knowledge.report import Report, as_text
from bot.settings import Settings
from tests.bot.evaluation.conftest import NOW

EVALS = Path(__file__).parents[2] / "evals"
OWN, UNSEEN = EVALS / "knowledge.yaml", EVALS / "knowledge_unseen.yaml"
FLATTENED = {
    UNSEEN: "2024年跨境家居业务年终回顾.md",
    EVALS / "knowledge_blind_a.yaml": "2024年电商运营年度回顾_出海店播与即时零售.md",
    EVALS / "knowledge_blind_b.yaml": "朴木生活会员私域与供应链运营手册2025版.md",
}


@pytest.fixture(scope="module")
def core_of_the_unseen(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Core]:
    settings = Settings.load(home).with_documents(EVALS / "documents")
    opened = open_core(settings, index=tmp_path_factory.mktemp("index"))
    yield opened
    opened.close()


def cases_of(file: Path, core: Core) -> tuple[Case, ...]:
    return read_cases(file, {name for info in core.library.documents() for name in (info.title, info.file)})


def measured(file: Path, core: Core) -> Report:
    examination = Examination(core.assistant, core.library, NOW, "operator")
    return Report(file.name, tuple(examination.verdicts(cases_of(file, core))), 0)


def short_of(report: Report, least: dict[str, float], most: dict[str, float]) -> list[str]:
    values = {name: report.measured(name) or 0 for name in (*least, *most)}
    low = [f"{name} {values[name]:.3f} < {bound}" for name, bound in least.items() if values[name] < bound]
    return low + [f"{name} {values[name]:.3f} > {bound}" for name, bound in most.items() if values[name] > bound]


# The bounds lie two questions under what is reached, so that one question more or less breaks nothing.
def test_the_bundled_documents_answer_the_project_s_own_questions(core: Core) -> None:
    report = measured(OWN, core)
    least = {
        "right": 0.87,
        "hit_at_5": 0.97,
        "figure": 0.945,
        "section": 0.88,
        "citation_precision": 0.885,
        "refused_recall": 0.85,
    }
    assert short_of(report, least, {"answerable_refused": 0.061}) == [], "\n".join(as_text(report))


def test_a_flattened_document_of_another_trade_answers_questions_it_was_not_tuned_on(core_of_the_unseen: Core) -> None:
    report = measured(UNSEEN, core_of_the_unseen)
    least = {
        "right": 0.83,
        "hit_at_5": 0.94,
        "figure": 0.775,
        "section": 0.8,
        "citation_precision": 0.93,
        "refused_recall": 0.845,
    }
    assert short_of(report, least, {"answerable_refused": 0.2}) == [], "\n".join(as_text(report))


def test_there_are_enough_of_them_in_every_language_and_many_that_have_no_answer(
    core: Core, core_of_the_unseen: Core
) -> None:
    own, unseen = cases_of(OWN, core), cases_of(UNSEEN, core_of_the_unseen)
    assert (len(own) >= 160, len(unseen) >= 60) == (True, True)
    for cases in (own, unseen):
        assert len({case.question for case in cases}) == len(cases)
        assert len({case.language for case in cases}) == 3
        assert sum(not case.answerable for case in cases) >= len(cases) / 4


@pytest.mark.parametrize(("questions", "document"), FLATTENED.items(), ids=lambda item: Path(item).stem)
def test_a_flattened_document_holds_every_figure_that_is_expected_of_it(
    core_of_the_unseen: Core, questions: Path, document: str
) -> None:
    text = (EVALS / "documents" / document).read_text(encoding="utf-8")
    lost = [figure for case in cases_of(questions, core_of_the_unseen) for figure in case.figures if figure not in text]
    assert lost == []
    assert text.count("\n") <= 3  # flattened: all in one line, or in a few
