"""`opsbot feedback`: what people thought of answers from documents."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.options import fail, home_option, json_option, load_settings, print_json

if TYPE_CHECKING:
    from bot.settings import Settings
    from bot.store.feedback import Complaint


@click.command("feedback")
@home_option
@json_option
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000), help="How many, newest first.")
def command(home: Path, as_json: bool, limit: int) -> None:
    """Print the latest thumbs down under answers from documents, with question and passages."""
    settings = load_settings(home)
    if not settings.database_url.get_secret_value() and not settings.state_file.exists():
        fail(f"nobody has talked to the bot of {home} yet; there is no feedback")
    (up, down), complaints = asyncio.run(_read(settings, limit))
    if as_json:
        print_json({"up": up, "down": down, "complaints": [_as_json(item) for item in complaints]})
        return
    click.echo(f"{up} up, {down} down")
    for item in complaints:
        documents = "; ".join(f"{passage.document} › {passage.section}" for passage in item.passages)
        click.echo(f"{item.at:%Y-%m-%d %H:%M} UTC  +{item.up} -{item.down}  {item.question}\n    cited: {documents}")
        if item.missing:
            click.echo(f"    missing: {item.missing}")
        if item.told_to:
            click.echo(f"    told: {_told(item, settings)}")


def _told(item: Complaint, settings: Settings) -> str:
    admins = settings.telegram.admins
    return ", ".join(f"{user} ({'admin' if user in admins else 'owner of the document'})" for user in item.told_to)


async def _read(settings: Settings, limit: int) -> tuple[tuple[int, int], tuple[Complaint, ...]]:
    from bot.serving import state_url
    from bot.store.store import Store

    store = await Store.open(state_url(settings))
    try:
        return await store.feedback.totals(), await store.feedback.complaints(limit)
    finally:
        await store.close()


def _as_json(item: Complaint) -> dict[str, Any]:
    return {**asdict(item), "at": item.at.isoformat(), "plan": json.loads(item.plan)}
