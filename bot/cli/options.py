"""Options that several commands share, and how they become settings and a clock."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

if TYPE_CHECKING:
    from bot.assistant.types import Role
    from bot.clock import FixedClock, SystemClock
    from bot.settings import Settings

Command = TypeVar("Command", bound=Callable[..., Any])
ROLES = ("viewer", "operator", "manager", "admin")
COULD_NOT, WRONG_USE = 1, 2

home_option = click.option(
    "--home",
    envvar="OPSBOT_HOME",
    default=".opsbot",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where configuration, data and state live.",
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


def make_clock(settings: Settings, today: str | None, now: str | None) -> SystemClock | FixedClock:
    """The injected moment, or the real one."""
    from bot.clock import FixedClock, SystemClock

    zone = settings.timezone
    try:
        if now:
            moment = datetime.fromisoformat(now)
            return FixedClock(moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone))
        if today:
            return FixedClock.end_of(date.fromisoformat(today), zone)
    except ValueError:
        fail(f"{now or today!r} is no date; write --today 2026-11-22 or --now 2026-11-22T14:30", WRONG_USE)
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
