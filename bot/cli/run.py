"""`opsbot run`: the bot on real Telegram."""

from __future__ import annotations

import asyncio
import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.options import WRONG_USE, fail, home_option, load_settings

if TYPE_CHECKING:
    from bot.settings import Settings

TOKEN_VARIABLE = "TELEGRAM_TOKEN"  # noqa: S105  # the variable's name, not a token


@click.command("run")
@home_option
def command(home: Path) -> None:
    """Serve Telegram with the token in TELEGRAM_TOKEN until stopped."""
    from bot.errors import BotError
    from knowledge.errors import KnowledgeError
    from metrics.errors import MetricsError

    token = os.environ.get(TOKEN_VARIABLE, "").strip()
    if not token:
        fail(
            f"{TOKEN_VARIABLE} is not set; get a token from @BotFather, or try `opsbot demo`, which needs none",
            WRONG_USE,
        )
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        asyncio.run(_serve(load_settings(home), token))
    except (BotError, KnowledgeError, MetricsError) as error:
        fail(str(error))


async def _serve(settings: Settings, token: str) -> None:
    from bot.app import open_core
    from bot.clock import SystemClock
    from bot.serving import Serving, stop_on_signals

    stopped = asyncio.Event()
    stop_on_signals(stopped)
    if not settings.telegram.admins:
        click.echo("no admins are set: nobody can be let in; write your user id into [telegram] admins", err=True)
    core = await asyncio.to_thread(open_core, settings, serving=True)
    try:
        serving = await Serving.start(core, settings, token, SystemClock(settings.timezone))
        click.echo("serving; Ctrl-C stops")
        try:
            await serving.keep(stopped)
        finally:
            await serving.stop()
    finally:
        core.close()
