"""`opsbot eval`: how well questions of a file are understood, measured on the real assistant."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from bot.cli.options import (
    as_role,
    clock_options,
    fail,
    home_option,
    index_folder,
    json_option,
    load_settings,
    make_clock,
    print_json,
    role_option,
)

if TYPE_CHECKING:
    from bot.app import Core


@click.group("eval")
def command() -> None:
    """Measure on a file of questions with what is expected of each one."""


@command.command("kpi")
@home_option
@json_option
@role_option
@clock_options
@click.option("--answers", is_flag=True, help="Answer each question too: finds crashes and figures without a fact.")
@click.option("--at-least", type=click.FloatRange(0, 1), help="Exit 1 below that share of exact plans, e.g. 0.98.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def kpi(
    home: Path,
    as_json: bool,
    role: str,
    today: str | None,
    now: str | None,
    answers: bool,
    at_least: float | None,
    file: Path,
) -> None:
    """Compare what each question of FILE (YAML, or JSON lines in .jsonl) is understood as with the expected plan.

    The format stands in bot/evaluation/README.md. Exit 0 when the file was read and run, 1 when it is malformed.
    """
    from bot.evaluation import report as reporting
    from bot.evaluation.asking import Examination
    from bot.evaluation.cases import read_cases

    with _core_with(home) as core:
        cases = read_cases(file, core.assistant.model)
        moment = make_clock(core.settings, today, now).now()
        started = time.perf_counter()
        verdicts = tuple(Examination(core.assistant, moment, as_role(role), answers).verdicts(cases))
        report = reporting.Report(file.name, verdicts, time.perf_counter() - started)
    if as_json:
        print_json(reporting.as_json(report))
    else:
        click.echo("\n".join(reporting.as_text(report)))
    if at_least is not None and report.exact_share < at_least:
        fail(f"{report.exact_share:.1%} of the plans are exact, fewer than {at_least:.1%}; see the misses above")


@command.command("knowledge")
@home_option
@json_option
@role_option
@clock_options
@click.option(
    "--documents",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Documents to ask as well, besides those of the home; nothing is left behind in it.",
)
@click.option("--at-least", type=click.FloatRange(0, 1), help="Exit 1 below that share of right answers, e.g. 0.95.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def knowledge(
    home: Path,
    as_json: bool,
    role: str,
    today: str | None,
    now: str | None,
    documents: Path | None,
    at_least: float | None,
    file: Path,
) -> None:
    """Ask each question of FILE (YAML, or JSON lines in .jsonl) and compare place and figures with what was expected.

    The format stands in bot/evaluation/README.md. Exit 0 when the file was read and run, 1 when it is malformed.
    """
    from bot.evaluation.knowledge import report as reporting
    from bot.evaluation.knowledge.asking import Examination
    from bot.evaluation.knowledge.cases import read_cases

    with _core_with(home, documents) as core:
        held = core.library.documents()
        cases = read_cases(file, {name for info in held for name in (info.title, info.file)})
        moment = make_clock(core.settings, today, now).now()
        started = time.perf_counter()
        verdicts = tuple(Examination(core.assistant, core.library, moment, as_role(role)).verdicts(cases))
        report = reporting.Report(file.name, verdicts, time.perf_counter() - started)
    if as_json:
        print_json(reporting.as_json(report))
    else:
        click.echo("\n".join(reporting.as_text(report)))
    right = report.measured("right") or 0
    if at_least is not None and right < at_least:
        fail(f"{right:.1%} of the questions end right, fewer than {at_least:.1%}; see the misses above")


@command.command("effects")
@json_option
@click.option(
    "--tactics", type=click.IntRange(1, 100_000), default=400, show_default=True, help="How many to simulate."
)
def effects(as_json: bool, tactics: int) -> None:
    """Measure simulated tactics of known effect: how often the interval holds it, and how often nothing is called one.

    Needs no home and no file; the same number of tactics gives the same figures.
    """
    from bot.evaluation.effects import report as reporting

    found = reporting.examine(tactics)
    if as_json:
        print_json(reporting.as_json(found))
    else:
        click.echo("\n".join(reporting.as_text(found)))


@command.command("anomalies")
@json_option
@click.option("--incidents", type=click.IntRange(1, 2000), default=120, help="How many are put into the shops.")
@click.option("--shops", type=click.IntRange(1, 20), default=4, help="Simulated shops, each of another season.")
@click.option("--seed", type=int, default=7, help="Another one gives other shops and other incidents.")
@click.option("--at-least", type=click.FloatRange(0, 1), help="Exit 1 below that recall of detectable incidents.")
def anomalies(as_json: bool, incidents: int, shops: int, seed: int, at_least: float | None) -> None:
    """Put incidents into simulated shops (any lever, cut, size 15-60 %, 1-10 days) and count what is found of them.

    Needs no home. What counts as detectable stands in bot/evaluation/README.md.
    """
    from bot.evaluation.anomalies import report as reporting
    from bot.evaluation.anomalies.run import evaluate
    from metrics import catalog
    from metrics.calendar import Calendar

    report = evaluate(catalog.load(), Calendar.load(), incidents, shops, seed)
    if as_json:
        print_json(reporting.as_json(report))
    else:
        click.echo("\n".join(reporting.as_text(report)))
    found = reporting.recall(report.detectable)
    if at_least is not None and found < at_least:
        fail(f"{found:.1%} of the detectable incidents are found, fewer than {at_least:.1%}; see the misses above")


@command.command("diagnosis")
@json_option
@click.option("--causes", type=click.IntRange(1, 5000), default=120, help="How many are put into shops, one each.")
@click.option("--seed", type=int, default=11, help="Another one gives other shops and other causes.")
@click.option("--at-least", type=click.FloatRange(0, 1), help="Exit 1 below that share found, e.g. 0.9.")
def diagnosis(as_json: bool, causes: int, seed: int, at_least: float | None) -> None:
    """Move one lever in one cut of a simulated shop, ask why, and count how often that cause is among the first two.

    Needs no home. What is drawn stands in bot/evaluation/README.md.
    """
    from bot.evaluation.diagnosis import report as reporting

    verdicts = reporting.examine(causes, seed)
    if as_json:
        print_json(reporting.as_json(verdicts))
    else:
        click.echo("\n".join(reporting.as_text(verdicts)))
    found = reporting.found_share(verdicts)
    if at_least is not None and found < at_least:
        fail(f"{found:.1%} of the causes are found, fewer than {at_least:.1%}; see the misses above")


@command.command("forecast")
@json_option
@click.option("--shops", type=click.IntRange(1, 20), default=1, help="Simulated shops, each of another season.")
@click.option("--seed", type=int, default=3, help="Another one gives other shops.")
def forecast(as_json: bool, shops: int, seed: int) -> None:
    """Forecast simulated shops from many past days and count how often what came lies in the 90 % interval."""
    from bot.evaluation.anomalies import forecasting
    from metrics import catalog
    from metrics.calendar import Calendar

    report = forecasting.evaluate(catalog.load(), Calendar.load(), shops, seed)
    if as_json:
        print_json(forecasting.as_json(report))
    else:
        click.echo("\n".join(forecasting.as_text(report)))


@contextmanager
def _core_with(home: Path, documents: Path | None = None) -> Iterator[Core]:
    """The home's core; with further documents over an index of its own, so that the home's stays as it is."""
    from bot.app import open_core

    settings = load_settings(home)
    with TemporaryDirectory(prefix="opsbot-") as folder:
        index = Path(folder)
        if documents is None:
            index = index_folder(settings)
        else:
            settings = settings.with_documents(documents)
        core = open_core(settings, index=index)
        try:
            yield core
        finally:
            core.close()
