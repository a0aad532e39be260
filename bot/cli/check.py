"""`opsbot check`: each setting, source, model and document, ok or what to do."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.failures import COULD_NOT
from bot.cli.options import (
    clock_options,
    home_option,
    index_folder,
    json_option,
    load_settings,
    make_clock,
    print_json,
)

if TYPE_CHECKING:
    from bot.services import Clock
    from bot.settings import Settings
    from metrics.checks import Checked

TOKEN_VARIABLE = "TELEGRAM_TOKEN"  # noqa: S105  # the variable's name, not a token


@dataclass(frozen=True)
class Line:
    """One thing that was checked."""

    area: str  # settings, data, documents, chat, state
    subject: str
    ok: bool
    text: str  # what was found, or what to do


@click.command("check")
@home_option
@json_option
@clock_options
def command(home: Path, as_json: bool, today: str | None, now: str | None) -> None:
    """Check everything; exit 1 when something must be mended before it can be used."""
    settings = load_settings(home)
    clock = make_clock(settings, today, now)
    index = index_folder(settings)
    lines = [*_settings(settings), *_data(settings, clock), *_documents(settings, index), *_chat(settings)]
    if as_json:
        print_json([asdict(line) for line in lines])
    else:
        for line in lines:
            mark = click.style("ok  ", fg="green") if line.ok else click.style("todo", fg="yellow")
            click.echo(f"{mark}  {line.area:<9} {line.subject:<18} {line.text}")
    raise SystemExit(0 if all(line.ok for line in lines) else COULD_NOT)


def _settings(settings: Settings) -> list[Line]:
    from bot.settings import FILE_NAME

    found = (settings.home / FILE_NAME).exists()
    text = f"read from {FILE_NAME}" if found else f"no {FILE_NAME}: every setting has its default"
    return [
        Line("settings", "file", True, text),
        Line("settings", "zone", True, f"{settings.zone}, weeks start on {settings.week_start}"),
    ]


def _data(settings: Settings, clock: Clock) -> list[Line]:
    from bot.app import open_analyst
    from bot.no_numbers import NoNumbers
    from metrics.errors import DefinitionError, MetricsError

    try:
        analyst = open_analyst(settings)
    except DefinitionError as error:
        return [Line("data", mistake.file, False, str(mistake)) for mistake in error.mistakes]
    except MetricsError as error:
        return [Line("data", settings.metrics.sources, False, str(error))]
    if isinstance(analyst, NoNumbers):
        text = "not there: figures are not available; run `opsbot demo` or write one as in the README"
        return [Line("data", settings.metrics.sources, True, text)]
    try:
        return _checked(analyst.check(clock.now()))
    finally:
        analyst.close()


def _checked(found: tuple[Checked, ...]) -> list[Line]:
    """Tables with their rows, metrics only where one is not available."""
    tables = [Line("data", item.id, item.ok, item.problem or _rows(item)) for item in found if item.kind == "table"]
    metrics = [item for item in found if item.kind == "metric"]
    broken = [Line("metric", item.id, False, item.problem) for item in metrics if not item.ok]
    targets = [Line("data", "targets", item.ok, item.problem or "read") for item in found if item.kind == "targets"]
    able = Line("metric", "available", True, f"{len(metrics) - len(broken)} of {len(metrics)}")
    return [*tables, *targets, able, *broken]


def _rows(item: Checked) -> str:
    return f"{item.rows or 0:,} rows, {item.first} to {item.last}, {item.files} files"


def _documents(settings: Settings, index: Path) -> list[Line]:
    from bot.app import open_library
    from knowledge.errors import IndexBusyError, KnowledgeError

    try:
        library = open_library(settings, index)
    except KnowledgeError as error:
        return [Line("documents", "index", False, str(error))]
    try:
        report = library.sync()
        failed = [Line("documents", failure.file, False, failure.reason) for failure in report.failed]
    except IndexBusyError:
        failed = []
    mistakes = [Line("documents", error.file, False, str(error)) for error in library.mistakes()]
    held = library.documents()
    library.close()
    text = (
        f"{len(held)} documents, {sum(item.chunks for item in held)} passages, {sum(i.tactics for i in held)} tactics"
    )
    model = Line("documents", "embedding", True, f"{settings.knowledge.embedding} (no download)")
    return [Line("documents", "index", True, text), model, *failed, *mistakes]


def _chat(settings: Settings) -> list[Line]:
    token = bool(os.environ.get(TOKEN_VARIABLE))
    admins = len(settings.telegram.admins)
    return [
        Line(
            "chat",
            TOKEN_VARIABLE,
            True,
            "set" if token else "not set: `opsbot demo` works without, `opsbot run` needs it",
        ),
        Line("chat", "admins", True, f"{admins} set" if admins else "none: on real Telegram nobody could be let in"),
    ]
