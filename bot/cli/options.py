"""Options that several commands share, and how they become settings and a clock."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from bot.cli.failures import COULD_NOT, HOME

if TYPE_CHECKING:
    from bot.assistant.types import Role
    from bot.clock import FixedClock, SystemClock
    from bot.settings import Settings

Command = TypeVar("Command", bound=Callable[..., Any])
ROLES = ("viewer", "operator", "manager", "admin")
WRONG_USE = 2


def _remember(ctx: click.Context, option: click.Parameter, home: Path) -> Path:
    """Keeps the home as it was given, for what is said when it cannot be used."""
    ctx.meta[HOME] = home
    return home


home_option = click.option(
    "--home",
    envvar="OPSBOT_HOME",
    default=".opsbot",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    callback=_remember,
    help="Where configuration, data and state live. Only demo, run and index make a home; without one the others "
    "answer from the bundled documents and leave nothing behind.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
role_option = click.option(
    "--as", "role", type=click.Choice(ROLES), default="operator", show_default=True, help="Whose eyes to answer for."
)


def clock_options(command: Command) -> Command:
    """--today and --now."""
    command = click.option(
        "--today", metavar="YYYY-MM-DD", help="Answer as of the end of that day (today: as of now)."
    )(command)
    return click.option("--now", metavar="YYYY-MM-DDTHH:MM", help="Answer as of that minute, in the shop's zone.")(
        command
    )


def load_settings(home: Path) -> Settings:
    """The settings of a home; a wrong one ends the command with its explanation."""
    from bot.errors import SettingsError
    from bot.settings import Settings

    try:
        return Settings.load(home)
    except SettingsError as error:
        fail(str(error), WRONG_USE)


def index_folder(settings: Settings) -> Path:
    """Where the index is; while there is no home, a folder that goes when the command ends: reading makes nothing."""
    if settings.home.is_dir():
        return settings.path("index")
    context = click.get_current_context()
    home = context.meta[HOME]
    if not settings.home.parent.is_dir():
        fail(f"there is no home at {home}, and no folder {home.parent} that it could lie in; correct --home")
    click.echo(
        f"opsbot: no home at {home}: answering from the bundled documents only; run `opsbot demo --home {home}`",
        err=True,
    )
    return Path(context.with_resource(TemporaryDirectory(prefix="opsbot-")))


def make_clock(settings: Settings, today: str | None, now: str | None) -> SystemClock | FixedClock:
    """The injected moment, or the real one; a wrong one ends the command."""
    try:
        return clock_at(settings, today, now)
    except ValueError as error:
        fail(f"{error}; write --today 2026-11-22 or --now 2026-11-22T14:30", WRONG_USE)


def clock_at(settings: Settings, today: str | None, now: str | None) -> SystemClock | FixedClock:
    """The injected moment, or the real one. Raises ValueError for what is no date."""
    from bot.clock import FixedClock, SystemClock

    zone = settings.timezone
    try:
        if now:
            moment = datetime.fromisoformat(now)
            return FixedClock(moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone))
        if today:
            return FixedClock.end_of(date.fromisoformat(today), zone)
    except (TypeError, ValueError):  # a request line may hold anything
        raise ValueError(f"{now or today!r} is no date") from None
    return SystemClock(zone)


def fail(message: str, code: int = COULD_NOT) -> NoReturn:
    """Ends the command with one sentence on standard error."""
    click.echo(f"opsbot: {message}", err=True)
    sys.exit(code)


def print_json(value: object, *, one_line: bool = False) -> None:
    """JSON with Chinese as it is."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=None if one_line else 2))


def as_role(role: str) -> Role:
    """A checked role name."""
    return next(known for known in ("viewer", "operator", "manager", "admin") if known == role)
