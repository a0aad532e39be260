"""`opsbot check`: each setting, source, model and document, ok or what to do."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.check_lines import Line, show
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
    from metrics.analyst import Analyst
    from metrics.checks import Checked

TOKEN_VARIABLE = "TELEGRAM_TOKEN"  # noqa: S105  # the variable's name, not a token


@click.command("check")
@home_option
@json_option
@clock_options
def command(home: Path, as_json: bool, today: str | None, now: str | None) -> None:
    """Check everything; exit 1 when something must be mended before it can be relied on."""
    settings = load_settings(home)
    clock = make_clock(settings, today, now)
    index = index_folder(settings)
    data, verdict = _data(settings, clock)
    lines = [*_settings(settings), *data, *_documents(settings, index), *_chat(settings), *verdict]
    if as_json:
        print_json([{**asdict(line), "ok": line.ok} for line in lines])
    else:
        show(lines)
    raise SystemExit(COULD_NOT if any(line.level == "todo" for line in lines) else 0)


def _settings(settings: Settings) -> list[Line]:
    from bot.settings import FILE_NAME

    found = (settings.home / FILE_NAME).exists()
    text = f"read from {FILE_NAME}" if found else f"no {FILE_NAME}: every setting has its default"
    return [
        Line("settings", "file", "ok", text),
        Line("settings", "zone", "ok", f"{settings.zone}, weeks start on {settings.week_start}"),
    ]


def _data(settings: Settings, clock: Clock) -> tuple[list[Line], list[Line]]:
    """What is known of the numbers, and the verdict on them."""
    from bot.app import open_analyst
    from bot.no_numbers import NoNumbers
    from metrics.errors import DefinitionError, MetricsError

    name = settings.metrics.sources
    try:
        analyst = open_analyst(settings)
    except DefinitionError as error:
        return [Line("data", mistake.file, "todo", str(mistake)) for mistake in error.mistakes], []
    except MetricsError as error:
        return [Line("data", name, "todo", str(error))], []
    if isinstance(analyst, NoNumbers):
        text = "not there: figures are not available; run `opsbot init --data FOLDER`, or `opsbot demo` for a sample"
        return [Line("data", name, "note", text)], []
    try:
        found = analyst.check(clock.now())
        return [*_databases(analyst), *_checked(found)], _verdict(found, settings)
    finally:
        analyst.close()


def _databases(analyst: Analyst) -> Iterator[Line]:
    for id, database in analyst.databases.items():
        if database.has_written_password:
            text = "the password stands in the file; set the address as a variable of the environment"
            yield Line("data", f"databases.{id}", "note", text, f"under databases: {id}: ${{SHOP_DATABASE_URL}}")


def _verdict(found: tuple[Checked, ...], settings: Settings) -> list[Line]:
    from metrics.checks import verdict

    lines = [Line("verdict", "available", "ok", verdict(found))]
    if not any(item.ok for item in found if item.kind == "metric"):
        command = f"opsbot init --home {settings.home} --data FOLDER --force"
        text = f"no figure yet: put your exports where sources.yaml looks for them, or run `{command}`"
        lines.append(Line("verdict", "next", "todo", text))
    return lines


def _checked(found: tuple[Checked, ...]) -> list[Line]:
    """Each table with all that was found in it, then the targets, then metrics where one is not available."""
    tables = [item for item in found if item.kind == "table"]
    lines = [line for item in tables if item.rows is not None for line in _table(item)]
    broken = [item for item in tables if item.rows is None]
    lines += [Line("data", item.id, item.level, item.problem) for item in broken if item.level == "todo"]
    absent = [item.id for item in broken if item.level == "note"]
    if absent:
        lines.append(Line("data", "not connected", "note", f"{', '.join(absent)} (not in sources.yaml)"))
    for item in found:
        if item.kind == "targets":
            lines.append(Line("data", "targets", item.level, item.problem or f"{item.rows or 0:,} values"))
    return [*lines, *_metrics(found)]


def _table(item: Checked) -> Iterator[Line]:
    data_to = f", data to {item.data_to:%Y-%m-%d %H:%M}" if item.data_to else ""
    files = f" in {item.files:,} file{'s' * (item.files > 1)}" if item.files else ""
    span = f", {item.first} to {item.last}" if item.first else ""
    yield Line("data", item.id, "ok", f"{item.rows or 0:,} rows{files}{span}{data_to} ({item.place})")
    for found in item.findings:
        add = f"under {item.id}: {found.add}" if found.add else ""
        yield Line("data", item.id, found.level, found.text, add, topic=found.topic)


def _metrics(found: tuple[Checked, ...]) -> Iterator[Line]:
    """Those that are not available, together where they lack the same table or column."""
    lacking: dict[tuple[str, ...], list[Checked]] = {}
    for item in found:
        if item.kind == "metric" and not item.ok:
            lacking.setdefault(item.needs, []).append(item)
    for needs, items in lacking.items():
        ids = ", ".join(item.id for item in items)
        add = items[0].add if len(needs) == 1 else ""
        yield Line("metric", ids, items[0].level, f"not available without {' and '.join(needs)}", add)


def _documents(settings: Settings, index: Path) -> list[Line]:
    from bot.documents import open_library
    from knowledge.errors import IndexBusyError, KnowledgeError

    try:
        library = open_library(settings, index)
    except KnowledgeError as error:
        return [Line("documents", "index", "todo", str(error))]
    try:
        report = library.sync()
        failed = [Line("documents", failure.file, "todo", failure.reason) for failure in report.failed]
    except IndexBusyError:
        failed = []
    mistakes = [Line("documents", error.file, "todo", str(error)) for error in library.mistakes()]
    held = library.documents()
    library.close()
    text = (
        f"{len(held)} documents, {sum(item.chunks for item in held)} passages, {sum(i.tactics for i in held)} tactics"
    )
    model = Line("documents", "embedding", "ok", f"{settings.knowledge.embedding} (no download)")
    return [Line("documents", "index", "ok", text), model, *failed, *mistakes]


def _chat(settings: Settings) -> list[Line]:
    token = bool(os.environ.get(TOKEN_VARIABLE))
    admins = len(settings.telegram.admins)
    return [
        Line(
            "chat",
            TOKEN_VARIABLE,
            "ok",
            "set" if token else "not set: `opsbot demo` works without, `opsbot run` needs it",
        ),
        Line("chat", "admins", "ok", f"{admins} set" if admins else "none: on real Telegram nobody could be let in"),
    ]
