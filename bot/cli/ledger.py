"""`opsbot ledger`: what was adopted and measured; `opsbot ledger measure` measures anything else the same way."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.ask import open_core_of
from bot.cli.options import (
    WRONG_USE,
    as_role,
    clock_options,
    fail,
    home_option,
    json_option,
    make_clock,
    print_json,
    role_option,
)

if TYPE_CHECKING:
    from bot.app import Core
    from bot.tactics.ledger.entry import Entry
    from metrics.effects.effect import Effect


@click.group("ledger", invoke_without_command=True)
@click.pass_context
@home_option
@json_option
@click.option("--chat", type=int, help="Only the entries of the chat with that id.")
def command(ctx: click.Context, home: Path, as_json: bool, chat: int | None) -> None:
    """Print every adopted tactic, newest first."""
    if ctx.invoked_subcommand is not None:
        return
    from bot.app import read_board  # late: `--help` needs none of it
    from bot.cli.options import load_settings

    entries = read_board(load_settings(home)).entries(chat)
    if as_json:
        print_json({"entries": [_as_json(entry) for entry in entries]})
        return
    for entry in entries:
        click.echo(_line(entry))
    if not entries:
        click.echo("nothing was adopted yet; press Adopt under a tactic in the chat")


@command.command("measure")
@home_option
@json_option
@role_option
@clock_options
@click.option("--from", "first", required=True, metavar="YYYY-MM-DD", help="The tactic's first day.")
@click.option("--to", "last", metavar="YYYY-MM-DD", help="The last day measured; yesterday when left out.")
@click.option("--category", multiple=True, help="Where it was used; may be given several times.")
@click.option("--channel", multiple=True, help="Likewise.")
@click.option("--region", multiple=True, help="Likewise.")
@click.argument("metric")
def measure(
    home: Path,
    as_json: bool,
    role: str,
    today: str | None,
    now: str | None,
    first: str,
    last: str | None,
    category: tuple[str, ...],
    channel: tuple[str, ...],
    region: tuple[str, ...],
    metric: str,
) -> None:
    """Measure what was done to METRIC in a part of the shop, against what was left alone; nothing is stored."""
    named = {"category": category, "channel": channel, "region": region}
    core = open_core_of(home)
    try:
        clock = make_clock(core.settings, today, now)
        found = _measured(core, metric, named, _day(first), _day(last) if last else None, role, clock.now())
        if as_json:
            print_json(_as_json(found))
        else:
            click.echo("\n".join(_told(core, found, clock.now())))
    finally:
        core.close()


def _measured(
    core: Core, name: str, named: dict[str, tuple[str, ...]], first: date, last: date | None, role: str, now: datetime
) -> Effect:
    from bot.assistant.gather import audience_of, may_see
    from bot.assistant.types import Asker
    from metrics.effects.effect import Trial

    lexicon, model = core.assistant.composer.lexicon, core.assistant.model
    entry = lexicon.lookup(name)
    id = name if name in model.metrics else entry.id if entry is not None and entry.kind == "metric" else ""
    audience = audience_of(Asker(role=as_role(role)))
    if id not in model.metrics or not may_see(model.metrics[id], audience):
        fail(f"{name!r} is no metric that may be seen as {role}; try gmv, conversion_rate, aov", WRONG_USE)
    scope = {dimension: _values(core, dimension, values) for dimension, values in named.items() if values}
    yesterday = now.date() - timedelta(days=1)
    end = min(last or yesterday, yesterday)
    if end < first:
        fail(f"no whole day lies between {first} and {end}; measure from an earlier day on", WRONG_USE)
    # What is measured here may be an entry itself; it is no other tactic beside itself.
    running = [
        one for one in core.ledger.board.entries() if one.start <= end and (one.scope, one.start) != (scope, first)
    ]
    others = tuple(one.overlap(end, audience) for one in running)
    return core.ledger.measuring.effect(Trial(id, scope, first, end, others), audience, now)


def _values(core: Core, dimension: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """The canonical values; ends the command for a word that names none."""
    found = []
    for name in names:
        entry = core.assistant.composer.lexicon.lookup(name)
        if entry is None or entry.kind != "value" or entry.dimension != dimension:
            known = ", ".join(value.id for value in core.assistant.model.dimensions[dimension].values)
            fail(f"{name!r} is no {dimension}; there are {known}", WRONG_USE)
        found.append(entry.id)
    return tuple(found)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        fail(f"{text!r} is no day; write YYYY-MM-DD", WRONG_USE)


def _told(core: Core, effect: Effect, now: datetime) -> list[str]:
    from bot.assistant.compose.effects import effect_line, effect_lines
    from bot.assistant.compose.figures import Printer

    printer = Printer(core.assistant.model, core.wording, core.settings.language, now, core.analyst.calendar)
    return [effect_line(effect, printer), *effect_lines(effect, printer)]


def _line(entry: Entry) -> str:
    scope = " ".join(value for values in entry.scope.values() for value in values) or "whole shop"
    result = ""
    if entry.effect is not None:
        held = entry.effect.interval
        figures = f" {held.effect:+.1%} ({held.low:+.1%} to {held.high:+.1%})" if held is not None else ""
        result = f": {entry.effect.verdict}{figures}"
    return (
        f"#{entry.id} {entry.state} {entry.start} to {entry.review}, {entry.owner}, "
        f"{scope} {entry.metric}, {entry.card.title}{result}"
    )


def _as_json(held: Entry | Effect) -> dict[str, Any]:
    """All of it as one object; shares are fractions, 0.081 is +8.1 %."""
    from bot.tactics.ledger.entry import text_of

    found: dict[str, Any] = json.loads(text_of(held))
    return found
