"""`opsbot index`: brings the index in step with the documents."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from bot.cli.options import home_option, json_option, load_settings, print_json


@click.command("index")
@home_option
@json_option
def command(home: Path, as_json: bool) -> None:
    """Read new, changed and deleted documents into the index."""
    from bot.documents import open_library

    settings = load_settings(home)
    library = open_library(settings, settings.path("index"), serving=True)
    try:
        report = library.sync(None if as_json else _progress)
    finally:
        library.close()
    if as_json:
        print_json(asdict(report))
        return
    click.echo(
        f"{len(report.added)} added, {len(report.changed)} changed, {len(report.removed)} removed, "
        f"{report.unchanged} unchanged: {report.chunks} passages and {report.tactics} tactics in {report.seconds:.1f} s"
    )
    for failure in report.failed:
        click.echo(f"could not read {failure.file}: {failure.reason}", err=True)


def _progress(done: int, total: int, file: str) -> None:
    click.echo(f"[{done}/{total}] {file}", err=True)
