"""`opsbot eval knowledge` over a small document: what it counts, prints and ends with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.cli import main

DOCUMENT = """\
---
title: 门店手册
date: 2025-03-01
---

## 会员

- **年费**：好眠会员的年费是29美元。
- **人数**：好眠会员到年底有6.3万人。

## 物流

- **德国**：德国站引入本地仓后，平均配送时长由9天缩短到3天。
"""
# Four questions: answered as expected; answered, but another figure was expected; refused as expected; answered though
# it was expected to be refused.
FILE = """\
- {q: 好眠会员的年费是多少, documents: [门店手册], sections: [会员], figures: [29美元]}
- {q: 好眠会员到年底有多少人, documents: [handbook.md], sections: [会员], figures: [3万]}
- {q: 火星站的开户押金是多少, answerable: false}
- {q: 德国站的平均配送时长, language: zh-Hant, answerable: false}
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    (folder / "opsbot.toml").write_text("[knowledge]\nbundled = false\n", encoding="utf-8")
    (folder / "playbooks").mkdir()
    (folder / "playbooks" / "handbook.md").write_text(DOCUMENT, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    own = tmp_path_factory.mktemp("questions") / "own.yaml"
    own.write_text(FILE, encoding="utf-8")
    return own


@pytest.fixture(scope="module")
def report(home: Path, file: Path) -> dict[str, Any]:
    ended = evaluate(home, file, "--json")
    assert ended.exit_code == 0, ended.output
    printed: dict[str, Any] = json.loads(ended.stdout)
    return printed


def evaluate(home: Path, file: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["eval", "knowledge", str(file), "--home", str(home), *options])


def complaints(home: Path, folder: Path, text: str) -> str:
    own = folder / "own.yaml"
    own.write_text(text, encoding="utf-8")
    ended = evaluate(home, own)
    assert ended.exit_code == 1
    return ended.stderr


def test_answers_and_refusals_are_counted_beside_what_was_expected(report: dict[str, Any]) -> None:
    assert (report["questions"], report["right"]) == (4, 0.5)  # the first and the third
    assert (report["hit_at_1"], report["mrr"]) == (1, 1)
    assert (report["figure"], report["section"], report["citation_precision"]) == (0.5, 1, 1)
    assert (report["refused_recall"], report["refused_precision"]) == (0.5, 1)  # one of two; the only one is right
    assert report["answerable_refused"] == 0


def test_languages_are_counted_apart_and_what_cannot_be_said_is_null(report: dict[str, Any]) -> None:
    assert list(report["languages"]) == ["zh", "zh-Hant"]
    assert report["languages"]["zh"]["right"] == 0.6667  # 2 of 3
    assert report["languages"]["zh-Hant"]["hit_at_1"] is None  # its only question has no answer


def test_a_miss_says_where_it_went_wrong_and_what_came(report: dict[str, Any]) -> None:
    figure, told = report["misses"]
    assert (figure["line"], figure["stage"], figure["rank"]) == (2, "quote", 1)  # 3万 is not in 6.3万
    assert "6.3万人" in figure["citations"][0]["quote"]
    assert (told["line"], told["stage"], told["intent"]) == (4, "verdict", "knowledge")
    assert told["citations"][0]["section"] == "物流"


def test_the_text_is_a_table_by_language_with_the_misses_under_it(home: Path, file: Path) -> None:
    lines = evaluate(home, file).output.splitlines()
    assert lines[0].split()[:3] == ["all", "zh", "zh-Hant"]
    assert lines[2].split() == ["right", "0.500", "0.667", "0.000"]
    assert "own.yaml:2: 好眠会员到年底有多少人   [quote]" in lines
    assert "    expected that the documents do not hold it" in lines


def test_further_documents_are_asked_without_leaving_anything_in_the_home(home: Path, tmp_path: Path) -> None:
    more = tmp_path / "more"
    more.mkdir()
    (more / "法国.md").write_text("# 法国站\n\n## 停售\n\n法国站因登记号缺失被暂停销售11天。\n", encoding="utf-8")
    own = tmp_path / "own.yaml"
    own.write_text("- {q: 法国站被暂停销售多少天, documents: [法国站], figures: [11天]}", encoding="utf-8")
    before = sorted(home.rglob("*"))
    ended = evaluate(home, own, "--documents", str(more), "--at-least", "1")
    assert ended.exit_code == 0, ended.output
    assert sorted(home.rglob("*")) == before


@pytest.mark.parametrize(("share", "code"), [("0.5", 0), ("0.51", 1)])
def test_the_command_ends_with_one_below_the_share_that_is_asked_for(
    share: str, code: int, home: Path, file: Path
) -> None:
    assert evaluate(home, file, "--at-least", share).exit_code == code


def test_every_mistake_of_a_file_is_named_with_its_line(home: Path, tmp_path: Path) -> None:
    said = complaints(
        home,
        tmp_path,
        "- {q: 年费, documents: [门店手则]}\n"
        "- {q: 年费, id: a, answerable: maybe, documents: [门店手册]}\n"
        "- {q: 年费, id: a, answerable: false, figures: [3%]}\n"
        "- {q: 年费, figure: [3%]}\n"
        "- {q: 年费, language: fr, documents: [门店手册]}\n",
    )
    assert "own.yaml:1: [0].documents: '门店手则' is no indexed document; did you mean 门店手册?" in said
    assert "own.yaml:2: [1].answerable: 'maybe' is not allowed" in said
    assert "own.yaml:3: [2].figures: figures of a question that is not answerable; leave it out" in said
    assert "own.yaml:3: [2]: the id 'a' is used on line 2 as well; rename one" in said
    assert "own.yaml:4: [3].figure: unknown key 'figure'; did you mean figures?" in said
    assert "own.yaml:4: [3]: documents is missing: name one that answers, or write answerable: false" in said
    assert "own.yaml:5: [4].language: 'fr' is not allowed" in said
