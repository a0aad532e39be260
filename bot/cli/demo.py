"""`opsbot demo`: the whole product on this machine, with nothing configured."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.options import clock_options, fail, home_option, load_settings, make_clock

if TYPE_CHECKING:
    from bot.demo import Turn
    from bot.services import Clock
    from bot.settings import Settings

DEFAULT_PORT = 8765


@click.command("demo")
@home_option
@clock_options
@click.option("--setup-only", is_flag=True, help="Prepare the shop and the index, then end.")
@click.option("--once", is_flag=True, help="End after the printed conversation.")
@click.option("--port", default=DEFAULT_PORT, show_default=True, type=click.IntRange(0, 65535), help="0: any free one.")
def command(home: Path, today: str | None, now: str | None, setup_only: bool, once: bool, port: int) -> None:
    """Serve the sample shop, the documents and a chat page on this machine."""
    from bot.errors import BotError
    from knowledge.errors import KnowledgeError
    from metrics.errors import MetricsError

    settings = load_settings(home)
    clock = make_clock(settings, today, now)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        if setup_only:
            _set_up(settings, clock)
        else:
            asyncio.run(_serve(settings, clock, port if not once else 0, once))
    except (BotError, KnowledgeError, MetricsError) as error:
        fail(str(error))
    except KeyboardInterrupt:
        click.echo("stopped")


def _set_up(settings: Settings, clock: Clock) -> None:
    from bot.app import open_core
    from bot.demo import prepare_shop

    prepare_shop(settings.home, clock, _report)
    core = open_core(settings)
    documents = core.library.documents()
    core.close()
    _report(f"documents: {len(documents)} indexed, {sum(item.tactics for item in documents)} tactics")
    _report(f'ready: opsbot ask --home {settings.home} "上周母婴转化率怎么样"')


async def _serve(settings: Settings, clock: Clock, port: int, once: bool) -> None:
    from bot.demo import Demo, prepare_shop
    from bot.serving import stop_on_signals

    stopped = asyncio.Event()
    stop_on_signals(stopped)
    await asyncio.to_thread(prepare_shop, settings.home, clock, _report)
    demo = Demo(settings, clock, port, _report)
    try:
        await demo.start()
        for turn in await demo.converse():
            _print_turn(turn)
        if once:
            return
        click.echo(f"\nOpen {demo.sandbox.base_url} in a browser and go on. Ctrl-C stops.")
        await demo.keep(stopped)
        click.echo("\nstopping …")
    finally:
        await demo.stop()


def _print_turn(turn: Turn) -> None:
    click.secho(f"\n{turn.speaker}: {turn.question}", bold=True)
    for line in turn.answer.splitlines():
        click.echo(f"  {line}")
    if turn.buttons:
        click.secho("  " + " ".join(f"[{label}]" for label in turn.buttons), dim=True)
    click.secho(f"  ({turn.seconds:.2f} s)", dim=True)


def _report(line: str) -> None:
    click.secho(f"· {line}", dim=True)
