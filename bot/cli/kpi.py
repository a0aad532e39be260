"""`opsbot kpi`: figures by catalogue id or name, without asking in words."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.ask import ask, open_core_or_fail, print_answer
from bot.cli.options import WRONG_USE, clock_options, fail, home_option, json_option, make_clock, role_option


@click.command("kpi")
@home_option
@json_option
@role_option
@clock_options
@click.option("--period", default="", help="As people say it: 上周, 近7天, 2026-11-01~2026-11-11, last week.")
@click.option("--where", multiple=True, metavar="VALUE", help="A category, channel or region; repeat for more.")
@click.option("--by", multiple=True, metavar="DIMENSION", help="Group by category, channel or region.")
@click.option("--compare", type=click.Choice(["previous", "year_ago", "target"]), help="Compare with.")
@click.argument("metrics", nargs=-1)
def command(
    home: Path,
    as_json: bool,
    role: str,
    today: str | None,
    now: str | None,
    period: str,
    where: tuple[str, ...],
    by: tuple[str, ...],
    compare: str | None,
    metrics: tuple[str, ...],
) -> None:
    """Print METRICS (names or ids); without any, the business summary."""
    core = open_core_or_fail(home)
    try:
        for name in (*metrics, *where, *by):
            _known_or_fail(name, core.assistant.composer.lexicon)
        words = {"previous": "环比", "year_ago": "同比", "target": "较目标"}
        parts = [period, *where, *metrics, *(f"按{name}" for name in by), words.get(compare or "", "")]
        text = " ".join(part for part in parts if part)
        answer = ask(core, f"/kpi {text}".strip(), (), role, make_clock(core.settings, today, now))
        print_answer(answer, as_json)
    finally:
        core.close()


def _known_or_fail(name: str, lexicon: object) -> None:
    from bot.assistant.lexicon import Lexicon

    if isinstance(lexicon, Lexicon) and lexicon.lookup(name) is None:
        near = ", ".join(lexicon.nearest(name)) or "opsbot check lists all"
        fail(f"{name!r} is no metric, dimension or value of the catalogue; nearest: {near}", WRONG_USE)
