"""What a command could not do, as one sentence on standard error: the one place where errors end."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

COULD_NOT = 1
DEBUG_VARIABLE = "OPSBOT_DEBUG"
HOME = "opsbot.home"  # in click's `meta`: the home as it was given


@contextmanager
def explained(ctx: click.Context) -> Iterator[None]:
    """Turns an error into its sentence and exit 1; with OPSBOT_DEBUG set it goes through with its trace."""
    try:
        yield
    except (click.ClickException, click.exceptions.Exit, click.Abort):
        raise  # click's own way of ending
    except Exception as error:
        if os.environ.get(DEBUG_VARIABLE) or getattr(error, "errno", None) == errno.EPIPE:
            raise
        click.echo(f"opsbot: {sentence(error, ctx.meta.get(HOME))}", err=True)
        ctx.exit(COULD_NOT)


def sentence(error: Exception, home: Path | None) -> str:
    """What was wrong, why, and the next move."""
    # late: the rooms' errors are not needed by a command that works
    from bot.errors import BotError
    from knowledge.errors import KnowledgeError
    from metrics.errors import MetricsError

    if isinstance(error, (BotError, KnowledgeError, MetricsError)):
        return str(error)
    if isinstance(error, OSError):
        return _of_system(error, home)
    lines = str(error).strip().splitlines()
    what = f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
    return f"unexpected error ({what}); run it again with {DEBUG_VARIABLE}=1 to see where, and report that"


def _of_system(error: OSError, home: Path | None) -> str:
    why = error.strerror or str(error)
    if error.filename is None:
        return f"the system refused ({why}); check the disk and the permissions"
    path = Path(os.fsdecode(error.filename))
    if home is not None and _is_related(path, home.resolve()):
        return f"the home {home} cannot be used ({why}); choose another with --home, or correct its permissions"
    return f"{path}: {why}; check that it is there and may be read and written"


def _is_related(path: Path, home: Path) -> bool:
    """Whether it is the home itself, in it, or a folder above that stops the home from being made."""
    return path == home or home in path.parents or path in home.parents
