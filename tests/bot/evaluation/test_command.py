"""`opsbot eval kpi` over a real home: what it counts, prints and ends with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.cli import main

# Four questions: one as expected; one that is told otherwise than expected, confidently; one that is asked back though
# a figure was expected; one that may end in either way.
FILE = """\
- {q: 上周母婴转化率怎么样, metrics: [conversion_rate], where: {category: [母婴]}, period: [2026-11-09, 2026-11-15]}
- {q: 按渠道, after: [昨天的GMV是多少], metrics: [orders], by: [channel], period: [2026-11-21, 2026-11-21]}
- {q: 退货怎么样, metrics: [refund_rate], period: [2026-11-21, 2026-11-21]}
- {q: 退货怎么样, metrics: [refund_rate], alternatives: {intent: [clarify]}}
"""


def evaluate(home: Path, file: Path, *options: str) -> Result:
    given = ["eval", "kpi", str(file), "--home", str(home), "--now", "2026-11-22T14:30", *options]
    return CliRunner().invoke(main, given)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    own = tmp_path_factory.mktemp("own") / "own.yaml"
    own.write_text(FILE, encoding="utf-8")
    return own


@pytest.fixture(scope="module")
def report(home: Path, file: Path) -> dict[str, Any]:
    return counted(evaluate(home, file, "--json"))


def counted(ended: Result) -> dict[str, Any]:
    assert ended.exit_code == 0, ended.output
    printed: dict[str, Any] = json.loads(ended.stdout)
    return printed


def test_exact_plans_wrong_ones_and_needless_questions_are_counted(report: dict[str, Any]) -> None:
    assert (report["questions"], report["exact"], report["exact_share"]) == (4, 2, 0.5)  # the first and the last
    assert (report["wrong_but_confident"], report["asked_back"]) == (1, 1)
    assert report["fields"]["intent"] == {"right": 3, "of": 4}  # not the one that was asked back
    assert report["fields"]["metrics"]["right"] == 2  # the first and the last
    assert report["fields"]["period"] == {"right": 2, "of": 3}  # what is asked back has no period


def test_a_miss_says_its_line_what_was_expected_and_what_came(report: dict[str, Any]) -> None:
    worst, other = report["misses"]
    assert (worst["line"], worst["question"], worst["after"]) == (2, "按渠道", ["昨天的GMV是多少"])
    assert worst["marks"] == ["wrong but confident"]
    assert (worst["different"], worst["expected"]) == (["metrics"], {"metrics": [["orders"]]})
    assert worst["got"]["metrics"] == ["gmv"]
    assert (other["line"], other["marks"]) == (3, ["asked back without need"])


def test_the_text_lists_the_figures_and_the_misses(home: Path, file: Path) -> None:
    ended = evaluate(home, file)
    assert ended.exit_code == 0
    lines = ended.output.splitlines()
    assert lines[1].split() == ["exact", "2", "50.0%"]
    assert "own.yaml:2: 昨天的GMV是多少 → 按渠道   [wrong but confident]" in lines
    assert "    metrics: expected orders, got gmv" in lines


def test_answers_are_given_too_when_asked_for(home: Path, file: Path) -> None:
    answered = counted(evaluate(home, file, "--json", "--answers"))
    assert (answered["exact"], answered["wrong_but_confident"]) == (2, 1)
    assert (answered["crashed"], answered["ungrounded"], answered["without_figures"]) == (0, 0, 0)


def test_an_answer_without_a_figure_is_counted_when_answers_are_given(home: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("- {q: 2019年3月GMV, metrics: [gmv], period: [2019-03-01, 2019-03-31]}", encoding="utf-8")
    answered = counted(evaluate(home, own, "--json", "--answers"))
    assert (answered["exact"], answered["without_figures"]) == (1, 1)  # the shop's data begins in 2025


def test_whose_eyes_and_which_moment_may_differ_from_case_to_case(home: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.jsonl"
    own.write_text(
        '{"q": "昨天广告花费", "intent": "denied"}\n'
        '{"q": "昨天广告花费", "as": "manager", "metrics": ["ad_spend"], "period": ["2026-11-21", "2026-11-21"]}\n'
        '{"q": "昨天GMV", "now": "2026-11-12T09:00", "metrics": ["gmv"], "period": ["2026-11-11", "2026-11-11"]}\n',
        encoding="utf-8",
    )
    assert counted(evaluate(home, own, "--json"))["exact"] == 3


@pytest.mark.parametrize(("share", "code"), [("0.5", 0), ("0.51", 1)])
def test_the_command_ends_with_one_below_the_share_that_is_asked_for(
    share: str, code: int, home: Path, file: Path
) -> None:
    assert evaluate(home, file, "--at-least", share).exit_code == code


def test_a_malformed_file_ends_with_one_and_names_the_line(home: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("- {q: 昨天GMV}\n- {q: 昨天GMV, metric: [gmv]}\n", encoding="utf-8")
    ended = evaluate(home, own)
    assert ended.exit_code == 1
    assert "own.yaml:2: [1].metric: unknown key 'metric'; did you mean metrics?" in ended.stderr


def test_a_file_that_is_not_there_is_wrong_use(home: Path, tmp_path: Path) -> None:
    assert evaluate(home, tmp_path / "gone.yaml").exit_code == 2
