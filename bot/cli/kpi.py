"""`opsbot kpi`: figures by catalogue id or name, without asking in words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from bot.cli.ask import ask, open_core_of, print_and_end
from bot.cli.options import WRONG_USE, clock_options, fail, home_option, json_option, make_clock, role_option

if TYPE_CHECKING:
    from bot.app import Core
    from metrics.model import SemanticModel

Kind = Literal["metric", "value", "dimension"]
READ_AS = {"metric": ("metric", "ambiguous"), "value": ("value",), "dimension": ("dimension",)}


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
    core = open_core_of(home)
    try:
        _check_names(core, "metric", metrics)
        _check_names(core, "value", where)
        _check_names(core, "dimension", by)
        words = {"previous": "环比", "year_ago": "同比", "target": "较目标"}
        parts = [period, *where, *metrics, *(f"按{name}" for name in by), words.get(compare or "", "")]
        text = " ".join(part for part in parts if part)
        answer = ask(core, f"/kpi {text}".strip(), (), role, make_clock(core.settings, today, now))
    finally:
        core.close()
    print_and_end(answer, as_json)


def _check_names(core: Core, kind: Kind, names: tuple[str, ...]) -> None:
    """Ends the command for a name that the catalogue does not know as that kind, with the names that it does."""
    for name in names:
        entry = core.assistant.composer.lexicon.lookup(name)
        if entry is None or entry.kind not in READ_AS[kind]:
            fail(f"{name!r} is no {kind} of the catalogue; {_offer(core, kind, name)}", WRONG_USE)


def _offer(core: Core, kind: Kind, name: str) -> str:
    lexicon = core.assistant.composer.lexicon
    near = [text for text in lexicon.nearest(name) if (entry := lexicon.lookup(text)) and entry.kind == kind]
    return f"nearest: {', '.join(near)}" if near else f"there are: {_all(core.assistant.model, kind)}"


def _all(model: SemanticModel, kind: Kind) -> str:
    if kind == "metric":
        return ", ".join(model.metrics)
    if kind == "dimension":
        return ", ".join(model.dimensions)
    return "; ".join(f"{id} {', '.join(value.id for value in held.values)}" for id, held in model.dimensions.items())
