"""`opsbot sandbox`: only the local Bot API and its chat page, for a bot of your own."""

from __future__ import annotations

import asyncio

import click

from bot.cli.options import fail


@click.command("sandbox")
@click.option("--port", default=8765, show_default=True, type=click.IntRange(0, 65535), help="0: any free one.")
@click.option("--language", default="zh", show_default=True, type=click.Choice(["zh", "en"]))
def command(port: int, language: str) -> None:
    """Serve a local Bot API and print its address and token."""
    from bot.errors import BotError

    try:
        asyncio.run(_serve(port, language))
    except BotError as error:
        fail(str(error))


async def _serve(port: int, language: str) -> None:
    from bot.sandbox.people import demo_world
    from bot.sandbox.server import Sandbox
    from bot.serving import stop_on_signals

    stopped = asyncio.Event()
    stop_on_signals(stopped)
    sandbox = Sandbox(demo_world(language), port=port)
    await sandbox.start()
    try:
        click.echo(f"page       {sandbox.base_url}")
        click.echo(f"bot api    {sandbox.base_url}/bot<token>/<method>")
        click.echo(f"token      {sandbox.token}   (made up, worth nothing outside this process)")
        click.echo(
            f"a bot      OPSBOT_TELEGRAM__API_BASE_URL={sandbox.base_url} TELEGRAM_TOKEN={sandbox.token} opsbot run"
        )
        await stopped.wait()
    finally:
        await sandbox.stop()
