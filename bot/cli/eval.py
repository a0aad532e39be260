"""`opsbot eval`: how well questions of a file are understood, measured on the real assistant."""

from __future__ import annotations

import time
from pathlib import Path

import click

from bot.cli.ask import open_core_of
from bot.cli.options import as_role, clock_options, fail, home_option, json_option, make_clock, print_json, role_option


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

    core = open_core_of(home)
    try:
        cases = read_cases(file, core.assistant.model)
        moment = make_clock(core.settings, today, now).now()
        started = time.perf_counter()
        verdicts = tuple(Examination(core.assistant, moment, as_role(role), answers).verdicts(cases))
        report = reporting.Report(file.name, verdicts, time.perf_counter() - started)
    finally:
        core.close()
    if as_json:
        print_json(reporting.as_json(report))
    else:
        click.echo("\n".join(reporting.as_text(report)))
    if at_least is not None and report.exact_share < at_least:
        fail(f"{report.exact_share:.1%} of the plans are exact, fewer than {at_least:.1%}; see the misses above")
