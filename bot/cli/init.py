"""`opsbot init`: writes a commented configuration, from your own files where there are any."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.home_files import SETTINGS, SOURCES
from bot.cli.options import fail, home_option, json_option, load_settings, print_json

if TYPE_CHECKING:
    from bot.settings import Settings
    from metrics.proposing.proposal import Proposal, TableProposal

SOURCES_NAME = "sources.yaml"
VARIABLE = "SHOP_DATABASE_URL"  # holds the address of the database when it has a password in it


@dataclass(frozen=True)
class Written:
    """What `init` did, as `--json` prints it."""

    home: str
    written: tuple[str, ...]
    kept: tuple[str, ...]  # files that were there and were not touched
    tables: tuple[Mapping[str, object], ...]  # what was recognised
    not_recognised: tuple[str, ...]  # patterns of files that are no table, or cannot be read
    next: tuple[str, ...]  # the commands to run


@click.command("init")
@home_option
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder with your exports (CSV, XLSX, Parquet); sources.yaml is proposed from their headers.",
)
@click.option("--database", metavar="URL", help="A PostgreSQL database; sources.yaml is proposed from its tables.")
@click.option("--force", is_flag=True, help="Write over files that are there; the old ones stay as *.bak.")
@json_option
def command(home: Path, data: Path | None, database: str | None, force: bool, as_json: bool) -> None:
    """Write a commented opsbot.toml and sources.yaml; nothing that is there is overwritten without --force."""
    if data and database:
        raise click.UsageError("--data and --database exclude each other; run init with one and add the other by hand")
    settings = load_settings(home)
    _refuse_to_lose(settings, force, bool(data or database))
    proposal = _proposal(settings, data, database)
    address = _without_password(database) if database else ""
    texts = {"opsbot.toml": SETTINGS.format(zone=settings.zone), SOURCES_NAME: _sources(settings, proposal, address)}
    kept = tuple(name for name in texts if settings.path(name).exists() and not force)
    settings.home.mkdir(parents=True, exist_ok=True)
    for name in texts.keys() - set(kept):
        _write(settings.path(name), texts[name])
    written = tuple(name for name in texts if name not in kept)
    report = _report(home, written, kept, proposal, VARIABLE if VARIABLE in address else "")
    if as_json:
        print_json(asdict(report))
    else:
        _say(report, proposal)


def _refuse_to_lose(settings: Settings, force: bool, has_data: bool) -> None:
    there = [name for name in ("opsbot.toml", SOURCES_NAME) if settings.path(name).exists()]
    lost = [name for name in there if name == SOURCES_NAME] if has_data else there
    if not force and (lost if has_data else len(there) == 2):
        names = " and ".join(lost)
        fail(f"{names} in {settings.home} would be overwritten; add --force (the old file stays as *.bak), or move it")


def _proposal(settings: Settings, data: Path | None, database: str | None) -> Proposal | None:
    from metrics.proposing.proposal import propose_database, propose_files

    if database is not None:
        proposal = propose_database(database, settings.zone)
        if not proposal.tables:
            fail("no table of the database was recognised: write sources.yaml by hand (opsbot init without --database)")
        return proposal
    if data is not None:
        proposal = propose_files(data, settings.home)
        if not proposal.tables and not proposal.unknown:
            why = "; ".join(proposal.unreadable) or "there is none in it"
            fail(f"no CSV, XLSX or Parquet file could be read in {data}: {why}")
        return proposal
    return None


def _sources(settings: Settings, proposal: Proposal | None, address: str) -> str:
    from metrics import catalog
    from metrics.proposing.writing import sources_text

    if proposal is None:
        return SOURCES.format(zone=settings.zone)
    own = settings.path(settings.metrics.catalog) if settings.metrics.catalog else None
    text = sources_text(proposal, catalog.load(own), settings.zone, address)
    return text if any(table.table != "targets" for table in proposal.tables) else text + _no_table(settings)


def _without_password(database: str) -> str:
    """The address as the file may hold it: with a password in it, the name of a variable that holds it instead."""
    from metrics.sources.database_url import Database

    if not Database.of("", database).has_written_password:
        return database
    return next((f"${{{name}}}" for name, value in os.environ.items() if value == database), f"${{{VARIABLE}}}")


def _no_table(settings: Settings) -> str:
    """The template below a list of files of which none is a table."""
    return "\n" + SOURCES.format(zone=settings.zone).split("\n\n", 1)[1]


def _write(path: Path, text: str) -> None:
    """Whole or not at all; what was there stays beside it."""
    if path.exists():
        path.replace(path.with_name(path.name + ".bak"))
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def _report(
    home: Path, written: tuple[str, ...], kept: tuple[str, ...], proposal: Proposal | None, variable: str
) -> Written:
    check = f"opsbot check --home {home}"
    if proposal is None:
        following = (f"opsbot init --home {home} --data FOLDER --force", check)
        return Written(str(home), written, kept, (), (), following)
    aside = [f"{', '.join(layout.group.places)}: {why}" for layout, why in proposal.second]
    unknown = [f"{place}: its headers are those of no table" for group in proposal.unknown for place in group.places]
    ask = f'opsbot ask --home {home} "上月GMV"'
    tables = tuple(_described(table) for table in proposal.tables)
    export = (f"export {variable}=…  # the address of the database; its password does not belong in a file",)
    following = (*(export if variable and not os.environ.get(variable) else ()), check, ask)
    return Written(str(home), written, kept, tables, (*aside, *unknown, *proposal.unreadable), following)


def _described(table: TableProposal) -> dict[str, object]:
    return {
        "table": table.table,
        "files": list(table.places),
        "columns": {name: list(table.chosen(name)) for name in table.columns if table.chosen(name)},
        "choices": {name: [c.header for c in table.others(name)] for name in table.columns if table.others(name)},
        "drop": {header: list(cells) for header, cells in table.drops.items()},
        "missing": list(table.missing),
    }


def _say(report: Written, proposal: Proposal | None) -> None:
    for name in report.written:
        click.echo(f"wrote {report.home}/{name}")
    for name in report.kept:
        click.echo(f"kept  {report.home}/{name}")
    for table in proposal.tables if proposal else ():
        found = [f"{name} ← {' | '.join(table.chosen(name))}" for name in table.columns if table.chosen(name)]
        click.echo(f"{table.table}: {', '.join(found)}")
    for text in report.not_recognised:
        click.echo(f"not used: {text}")
    if proposal:
        click.echo('Lines marked "guessed" are taken from headers and sampled cells: read them once.')
    click.echo("next: " + "\n      ".join(report.next))
