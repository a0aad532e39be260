"""`opsbot tactics`: the cards that a category's KPIs call for."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.ask import ask, open_core_or_fail, print_answer
from bot.cli.options import clock_options, home_option, json_option, make_clock, role_option


@click.command("tactics")
@home_option
@json_option
@role_option
@clock_options
@click.argument("words", nargs=-1, required=True, metavar="CATEGORY [METRIC]")
def command(home: Path, as_json: bool, role: str, today: str | None, now: str | None, words: tuple[str, ...]) -> None:
    """Print the tactic cards for CATEGORY, worst KPI first."""
    core = open_core_or_fail(home)
    try:
        clock = make_clock(core.settings, today, now)
        print_answer(ask(core, f"/tactics {' '.join(words)}", (), role, clock), as_json)
    finally:
        core.close()
