"""A file of questions is read as it stands, or every mistake in it is named with its line."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from bot.evaluation.cases import Case, read_cases
from metrics import catalog
from metrics.errors import DefinitionError

MODEL = catalog.load()


def cases(folder: Path, text: str, name: str = "own.yaml") -> tuple[Case, ...]:
    (folder / name).write_text(text, encoding="utf-8")
    return read_cases(folder / name, MODEL)


def mistakes(folder: Path, text: str, name: str = "own.yaml") -> list[str]:
    with pytest.raises(DefinitionError) as caught:
        cases(folder, text, name)
    return [str(mistake) for mistake in caught.value.mistakes]


def test_what_a_figure_question_leaves_out_is_expected_to_be_empty(tmp_path: Path) -> None:
    (case,) = cases(tmp_path, "- {q: 昨天GMV, metrics: [gmv]}")
    assert case.expected == {
        "intent": ("kpi",),
        "metrics": (["gmv"],),
        "where": ({},),
        "by": ([],),
        "grain": (None,),
        "compare": (None,),
        "top": (None,),
    }


def test_a_question_without_a_query_is_compared_only_in_what_is_given(tmp_path: Path) -> None:
    (case,) = cases(tmp_path, "- {q: 你好, intent: smalltalk}")
    assert case.expected == {"intent": ("smalltalk",)}


def test_json_lines_say_the_same_as_yaml(tmp_path: Path) -> None:
    (yaml,) = cases(
        tmp_path,
        "- {q: 本周呢, after: [上周GMV], as: manager, now: 2026-11-22T14:30, metrics: [gmv], where: {category: [母婴]},"
        " period: [2026-11-16, 2026-11-22], partial: true, top: -3, by: [channel], alternatives: {top: [null]}}",
    )
    (json,) = cases(
        tmp_path,
        '{"question": "本周呢", "after": ["上周GMV"], "as": "manager", "now": "2026-11-22T14:30", "metrics": ["gmv"],'
        ' "where": {"category": ["母婴"]}, "period": ["2026-11-16", "2026-11-22"], "partial": true, "top": -3,'
        ' "by": ["channel"], "alternatives": {"top": [null]}}\n\n',
        "own.jsonl",
    )
    assert json == yaml
    assert json.now == datetime(2026, 11, 22, 14, 30)
    assert json.expected["top"] == (-3, None)
    assert json.expected["period"] == ({"start": "2026-11-16", "end": "2026-11-22", "complete": False},)


def test_an_alternative_period_may_run_to_now_where_the_first_does_not(tmp_path: Path) -> None:
    (case,) = cases(
        tmp_path,
        "- {q: 这两天GMV, period: [2026-11-20, 2026-11-21],"
        " alternatives: {period: [[2026-11-21, 2026-11-22, partial]]}}",
    )
    assert [period["complete"] for period in case.expected["period"]] == [True, False]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("{metrics: [gmv]}", "q is missing"),
        ("{q: ' '}", "the question is empty"),
        ("{q: a, metric: [gmv]}", "unknown key 'metric'; did you mean metrics?"),
        ("{q: a, metrics: [gmw]}", "'gmw' is not known here; did you mean gmv?"),
        ("{q: a, metrics: gmv}", "must be a list, not the text 'gmv'"),
        ("{q: a, where: {categori: [母婴]}}", "unknown key 'categori'; did you mean category?"),
        ("{q: a, where: {category: [母嬰]}}", "'母嬰' is no category"),
        ("{q: a, where: [母婴]}", "must be a mapping of dimensions to values, not a list"),
        ("{q: a, by: [kanal]}", "'kanal' is not known here"),
        ("{q: a, grain: year}", "'year' is not known here"),
        ("{q: a, compare: yoy}", "'yoy' is not known here"),
        ("{q: a, intent: figure}", "'figure' is not known here"),
        ("{q: a, top: many}", "must be a whole number"),
        ("{q: a, as: boss}", "'boss' is not allowed"),
        ("{q: a, now: noon}", "the text 'noon' is no moment"),
        ("{q: a, period: [2026-02-30, 2026-03-01]}", "two dates of the calendar"),
        ("{q: a, period: [2026-11-02]}", "two dates of the calendar"),
        ("{q: a, period: [2026-11-02, 2026-11-01]}", "the start not after the end"),
        ("{q: a, period: [2026-11-01, 2026-11-02, whole]}", "[start, end, partial]"),
        ("{q: a, partial: si, period: [2026-11-01, 2026-11-02]}", "'si' is not allowed"),
        ("{q: a, alternatives: {tip: [1]}}", "unknown key 'tip'; did you mean top?"),
        ("{q: a, alternatives: {top: 1}}", "must be a list of other values of top"),
        ("{q: a, q: b}", "written twice"),
        ("just words", "a case is a mapping (key: value), not the text 'just words'"),
    ],
)
def test_a_mistake_is_named_with_its_line(row: str, problem: str, tmp_path: Path) -> None:
    (named,) = mistakes(tmp_path, f"# comment\n- {{q: 昨天GMV}}\n- {row}\n")
    assert named.startswith("own.yaml:3: ")
    assert problem in named


def test_every_mistake_is_named_at_once(tmp_path: Path) -> None:
    named = mistakes(tmp_path, "- {q: a, metrics: [gmw]}\n- {q: b}\n- {q: c, grain: year}\n")
    assert [text.split(": ")[0] for text in named] == ["own.yaml:1", "own.yaml:3"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "own.yaml: holds no case"),
        ("# nothing\n", "own.yaml: holds no case"),
        ("[]", "own.yaml: holds no case"),
        ("q: a\n", "own.yaml:1: must be a list of cases"),
        ("- {q: a\n- {q: b}\n", "own.yaml:2: is not valid YAML"),
        ("- &a [*a]\n", "own.yaml: is nested too deep"),
    ],
)
def test_what_is_no_list_of_cases_is_said_so(text: str, problem: str, tmp_path: Path) -> None:
    assert mistakes(tmp_path, text)[0].startswith(problem)


def test_a_broken_json_line_is_named_and_the_others_are_still_checked(tmp_path: Path) -> None:
    named = mistakes(tmp_path, '{"q": "a"}\n{"q": "b"\n[1]\n{"q": "c", "top": "many"}\n', "own.jsonl")
    assert [text.split(": ")[0] for text in named] == ["own.jsonl:2", "own.jsonl:3", "own.jsonl:4"]


@pytest.mark.parametrize("name", ["own.yaml", "own.jsonl"])
def test_a_file_in_another_encoding_is_said_so(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes("- {q: 昨天}".encode("gbk"))
    with pytest.raises(DefinitionError, match="is not UTF-8"):
        read_cases(tmp_path / name, MODEL)
