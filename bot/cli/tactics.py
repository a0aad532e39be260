"""`opsbot tactics`: the cards that a category's KPIs call for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.ask import ask, open_core_of, print_answer
from bot.cli.options import WRONG_USE, clock_options, fail, home_option, json_option, make_clock, role_option

if TYPE_CHECKING:
    from bot.app import Core


@click.command("tactics")
@home_option
@json_option
@role_option
@clock_options
@click.argument("words", nargs=-1, required=True, metavar="CATEGORY [METRIC]")
def command(home: Path, as_json: bool, role: str, today: str | None, now: str | None, words: tuple[str, ...]) -> None:
    """Print the tactic cards for CATEGORY, worst KPI first."""
    core = open_core_of(home)
    try:
        _check_words(core, words)
        clock = make_clock(core.settings, today, now)
        print_answer(ask(core, f"/tactics {' '.join(words)}", (), role, clock), as_json)
    finally:
        core.close()


def _check_words(core: Core, words: tuple[str, ...]) -> None:
    """Ends the command for a word that names nothing: tactics for the whole shop would be no answer to it."""
    from bot.assistant.fold import fold  # late: `opsbot tactics --help` needs none of the assistant

    lexicon = core.assistant.composer.lexicon
    for word in words:
        if not lexicon.find(fold(word)):
            known = ", ".join(value.id for value in core.assistant.model.dimensions["category"].values)
            fail(f"{word!r} is no category or metric; the categories are {known}", WRONG_USE)
