"""What is written down is true: commands, settings, metrics, wording, the JSON contract, decisions."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest
from jinja2 import Environment, meta
from pydantic import BaseModel

from bot.assistant.compose.figures import Printer
from bot.assistant.compose.refusal import KNOWN
from bot.assistant.contract import as_json
from bot.assistant.types import Answer, Citation, Facts, Intent, Plan, Suggestion
from bot.cli import COMMANDS
from bot.cli.failures import DEBUG_VARIABLE
from bot.settings import FILE_NAME, Settings
from knowledge.documents import Tactic
from metrics import catalog
from metrics.query import Figure, KpiQuery, KpiResult, Notice, Period
from prompts.loader import LANGUAGES, Wording

ROOT = Path(__file__).parents[1]
READMES = ("README.md", "README.zh-CN.md")
DECISIONS = ROOT / "docs" / "decisions"
TEMPLATES = ROOT / "prompts" / "templates"
FROM_ENVIRONMENT = {"home": "OPSBOT_HOME", "database_url": "OPSBOT_DATABASE_URL"}
SHOWN_BY_EXAMPLE = {"telegram.admins"}  # nobody by default; the README shows what an id looks like
PRINTED_BESIDE_THE_FIGURE = {"target_progress"}  # a notice without a sentence of its own
# Where one language needs a value that the other does not, and why.
UNEQUAL = {
    "kpi/day": {"weekday"},  # English takes the weekday's name from the date itself
    "refusal/grain_missing": {"works"},  # the English sentence always offers the coarser step
}
HANZI = re.compile(r"[\u4e00-\u9fff]")
FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#]+)\)")


@cache
def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(readme: str, language: str) -> list[str]:
    return [body for kind, body in FENCE.findall(text_of(readme)) if kind == language]


def documented_settings(readme: str) -> dict[str, Any]:
    """Dotted key → value of the README's TOML block."""
    (block,) = blocks(readme, "toml")
    return dict(flattened(tomllib.loads(block)))


def flattened(values: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        if isinstance(value, dict):
            yield from flattened(value, f"{prefix}{key}.")
        else:
            yield prefix + key, list(value) if isinstance(value, tuple) else value


def real_settings() -> dict[str, Any]:
    """Dotted key → default of every setting that the file may hold."""
    values: dict[str, Any] = {}
    for key, field in Settings.model_fields.items():
        default = field.get_default(call_default_factory=True)
        values[key] = default.model_dump() if isinstance(default, BaseModel) else default
    return {key: value for key, value in flattened(values) if key not in FROM_ENVIRONMENT}


def calls(*files: Path) -> Iterator[ast.Call]:
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield node


def room(name: str) -> list[Path]:
    return sorted((ROOT / name).rglob("*.py"))


def constant(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def notice_codes() -> set[str]:
    """First argument of every Notice(…) that the numbers raise."""
    made = [call for call in calls(*room("metrics")) if isinstance(call.func, ast.Name) and call.func.id == "Notice"]
    codes = [constant(call.args[0]) for call in made]
    assert None not in codes, "a Notice whose code is computed cannot be checked; write it out"
    return {code for code in codes if code is not None}


def absence_codes() -> set[str]:
    """Every `absence="…"`, and what the computation of a value returns instead of one."""
    given = [
        constant(word.value) for call in calls(*room("metrics")) for word in call.keywords if word.arg == "absence"
    ]
    returned = [
        constant(node.value.elts[1])
        for node in ast.walk(ast.parse(text_of("metrics/figures.py")))
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple) and constant(node.value.elts[0]) is None
        if len(node.value.elts) == 2
    ]
    return {code for code in (*given, *returned) if code is not None}


def templates_in(area: str, language: str) -> set[str]:
    return {path.stem for path in (TEMPLATES / language / area).glob("*.j2")}


def placeholders(language: str, name: str) -> set[str]:
    source = (TEMPLATES / language / f"{name}.j2").read_text(encoding="utf-8")
    return meta.find_undeclared_variables(Environment(autoescape=True).parse(source))


@pytest.mark.parametrize("readme", READMES)
def test_every_command_stands_in_the_readme_and_nothing_else_does(readme: str) -> None:
    described = re.findall(r"^\| `opsbot ([a-z]+)", text_of(readme), re.MULTILINE)
    assert sorted(described) == sorted(COMMANDS)


@pytest.mark.parametrize("readme", READMES)
def test_every_setting_stands_in_the_readme_with_its_default(readme: str) -> None:
    documented, real = documented_settings(readme), real_settings()
    assert documented.keys() == real.keys()
    assert {key: documented[key] for key in real.keys() - SHOWN_BY_EXAMPLE} == {
        key: real[key] for key in real.keys() - SHOWN_BY_EXAMPLE
    }


@pytest.mark.parametrize("readme", READMES)
def test_the_readme_s_settings_file_can_be_loaded_as_it_stands(
    readme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("OPSBOT_")]:
        monkeypatch.delenv(name)  # the environment goes over the file
    (block,) = blocks(readme, "toml")
    (tmp_path / FILE_NAME).write_text(block, encoding="utf-8")
    assert Settings.load(tmp_path).telegram.admins == tuple(documented_settings(readme)["telegram.admins"])


@pytest.mark.parametrize("readme", READMES)
def test_what_only_the_environment_sets_stands_in_the_readme(readme: str) -> None:
    described = set(re.findall(r"^\| `([A-Z_]+)` \|", text_of(readme), re.MULTILINE))
    assert described == {"TELEGRAM_TOKEN", DEBUG_VARIABLE, *FROM_ENVIRONMENT.values()}
    assert FROM_ENVIRONMENT.keys() <= Settings.model_fields.keys()


def test_both_readmes_have_the_same_shape_commands_and_links() -> None:
    def shape(readme: str) -> list[int]:
        return [len(marks) for marks in re.findall(r"^(#+) ", FENCE.sub("", text_of(readme)), re.MULTILINE)]

    def code(readme: str) -> list[list[str]]:
        kinds = ("sh", "toml", "yaml", "json")
        return [[re.sub(r"\s*#.*", "", block) for block in blocks(readme, kind)] for kind in kinds]

    def links(readme: str) -> list[str]:
        return [link for link in LINK.findall(text_of(readme)) if link not in READMES]

    english, chinese = READMES
    assert shape(english) == shape(chinese)
    assert code(english) == code(chinese)
    assert links(english) == links(chinese)


@pytest.mark.parametrize("document", [*READMES, "CHANGELOG.md", "docs/decisions/README.md", "prompts/README.md"])
def test_every_link_inside_the_project_leads_somewhere(document: str) -> None:
    targets = [link for link in LINK.findall(text_of(document)) if "://" not in link]
    assert [link for link in targets if not (ROOT / document).parent.joinpath(link).exists()] == []


@pytest.mark.parametrize("readme", READMES)
def test_every_make_target_that_a_readme_names_exists(readme: str) -> None:
    named = re.findall(r"(?:^|[`… ])make ([a-z0-9]+)\b(?=[` ]|$)", text_of(readme), re.MULTILINE)
    assert {"demo", "test", "help", "setup", "run"} <= set(named)
    assert set(named) <= phony_targets()


def phony_targets() -> set[str]:
    return set(re.findall(r"^\.PHONY: (.*)$", text_of("Makefile"), re.MULTILINE)[0].split())


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_make_help_lists_every_target() -> None:
    printed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert set(re.findall(r"^  make (\w+) +\S", printed, re.MULTILINE)) == phony_targets()


def test_every_metric_has_a_name_and_a_definition_in_both_languages() -> None:
    for metric in catalog.load().metrics.values():
        for wording in (metric.name, metric.definition):
            assert wording.zh.strip(), metric.id
            assert wording.en.strip(), metric.id
            assert not HANZI.search(wording.en), metric.id
        assert HANZI.search(metric.definition.zh), metric.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_notice_has_its_sentence_and_every_sentence_its_notice(language: str) -> None:
    assert templates_in("notice", language) == notice_codes() - PRINTED_BESIDE_THE_FIGURE


def test_the_notice_without_a_sentence_is_never_printed_as_one() -> None:
    now = datetime(2026, 11, 22, 14, tzinfo=ZoneInfo("Asia/Shanghai"))
    query = KpiQuery(("gmv",), Period(date(2026, 11, 1), date(2026, 11, 21)))
    printer = Printer(catalog.load(), Wording.load(), "zh", now, ("target",))
    for code in PRINTED_BESIDE_THE_FIGURE:
        assert code in notice_codes()
        assert printer.notices(KpiResult(query, (), (), now, (Notice(code, {"metric": "gmv"}),), ())) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_absence_has_its_word_and_every_word_its_absence(language: str) -> None:
    assert templates_in("absence", language) == absence_codes()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_known_refusal_has_its_sentence_and_every_sentence_its_refusal(language: str) -> None:
    assert templates_in("refusal", language) == KNOWN | {"other"}


@pytest.mark.parametrize("name", Wording.load().names)
def test_a_template_takes_the_same_values_in_both_languages(name: str) -> None:
    assert placeholders("zh", name) ^ placeholders("en", name) == UNEQUAL.get(name, set())


def test_every_intent_stands_in_the_readmes() -> None:
    english = re.search(r"`intent` is one of ([a-z, ]+)\.", text_of(READMES[0]))
    chinese = re.search(r"`intent` 是 ([a-z、]+) 之一", text_of(READMES[1]))
    assert english is not None
    assert chinese is not None
    assert english[1].split(", ") == list(get_args(Intent))
    assert chinese[1].split("、") == list(get_args(Intent))


@pytest.mark.parametrize("readme", READMES)
def test_the_readme_s_json_is_what_is_printed(readme: str) -> None:
    (block,) = blocks(readme, "json")
    described, printed = json.loads(block.replace(", …}", "}")), as_json(constructed_answer())
    assert list(described) == list(printed)
    for part in ("query", "citations"):
        assert keys(described[part]) == keys(printed[part])
    assert described["query"]["period"].keys() == printed["query"]["period"].keys()
    assert keys(described["facts"]) <= keys(printed["facts"])  # shortened there with …
    assert set(described["facts"][0]) >= {"id", "metric", "value", "unit", "scope"}


def keys(part: Any) -> set[str]:
    return set(part[0] if isinstance(part, list) else part)


def constructed_answer() -> Answer:
    """An answer with one of everything, so that no list in the JSON is empty."""
    period = Period(date(2026, 11, 9), date(2026, 11, 15), "week")
    scope = {"category": ("母婴",)}
    query = KpiQuery(("conversion_rate",), period, scope)
    moment = datetime(2026, 11, 22, 14, 5, tzinfo=ZoneInfo("Asia/Shanghai"))
    figure = Figure("conversion_rate", 0.0412, "fraction", period, scope, ("orders", "traffic"), moment)
    result = KpiResult(query, (figure,), (), moment, (), ())
    card = Tactic(
        id="t1",
        title="战法",
        categories=("母婴",),
        channels=(),
        metrics=("转化率",),
        when="",
        actions=(),
        evidence="",
        caution="",
        effort="",
        document_id="d1",
        document="手册",
        file="a.md",
        section="一",
        date=None,
        audience="everyone",
    )
    facts = Facts(results=(result,), suggestions=(Suggestion(card, ("conversion_rate",), None, 1.0),))
    plan = Plan("kpi", "zh", "上周母婴转化率", query=query)
    return Answer(plan, "<b>4.12%</b>", facts, (Citation("手册", "一", "…"),), seconds=0.05)


def decision_files() -> list[Path]:
    return sorted(DECISIONS.glob("[0-9]*.md"))


def test_the_index_lists_every_decision_with_its_title() -> None:
    listed = re.findall(r"^- \[(\d{4} .+)\]\((.+)\): .+$", (DECISIONS / "README.md").read_text("utf-8"), re.MULTILINE)
    titles = {path.name: path.read_text("utf-8").splitlines()[0] for path in decision_files()}
    assert {file: f"# {title.replace(' ', '. ', 1)}" for title, file in listed} == titles


def test_decisions_are_numbered_without_a_gap() -> None:
    assert [int(path.name[:4]) for path in decision_files()] == list(range(1, len(decision_files()) + 1))


@pytest.mark.parametrize("path", decision_files(), ids=lambda path: path.stem)
def test_a_decision_says_what_was_given_up_and_where_it_is_in_the_code(path: Path) -> None:
    text = path.read_text("utf-8")
    assert re.findall(r"^\*\*(.+)\.\*\*", text, re.MULTILINE) == ["Context", "Decision", "Given up"]
    assert len(text.splitlines()) <= 25  # a record, not an essay
    places = re.findall(r"`([^`]+)`", text.splitlines()[-1])
    folder = ROOT
    for place in places:
        found = ROOT / place if "/" in place else folder / place  # a bare name is a neighbour of the one before
        assert found.exists(), place
        folder = found.parent


def test_the_changelog_begins_with_the_version_that_is_built() -> None:
    version = tomllib.loads(text_of("pyproject.toml"))["project"]["version"]
    released = re.findall(r"^## \[(\d+\.\d+\.\d+)\]", text_of("CHANGELOG.md"), re.MULTILINE)
    assert released[0] == version
