"""`opsbot digest`: the digest of the last whole day, as a chat would get it."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.ask import open_core_of, print_answer
from bot.cli.options import as_role, clock_options, home_option, json_option, make_clock, role_option


@click.command("digest")
@home_option
@json_option
@role_option
@clock_options
@click.option(
    "--picture", type=click.Path(dir_okay=False, path_type=Path), help="Write the digest's chart to this PNG."
)
def command(home: Path, as_json: bool, role: str, today: str | None, now: str | None, picture: Path | None) -> None:
    """Print the digest of the last whole day."""
    from bot.assistant.types import Asker

    core = open_core_of(home)
    try:
        clock = make_clock(core.settings, today, now)
        answer = core.assistant.digests.build(Asker(role=as_role(role)), clock.now())
    finally:
        core.close()
    if picture is not None and answer.picture is not None:
        picture.write_bytes(answer.picture.png)
    print_answer(answer, as_json)
