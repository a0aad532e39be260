"""`opsbot search`: passages of the documents, for trying out how well they are found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from bot.cli.ask import open_core_of
from bot.cli.options import WRONG_USE, as_role, fail, home_option, json_option, print_json, role_option


@click.command("search")
@home_option
@json_option
@role_option
@click.option("--limit", default=5, show_default=True, type=click.IntRange(1, 50))
@click.option("--category", multiple=True, help="Only documents for this category.")
@click.argument("query")
def command(home: Path, as_json: bool, role: str, limit: int, category: tuple[str, ...], query: str) -> None:
    """Print the passages nearest to QUERY, best first."""
    from bot.assistant.gather import audience_of
    from bot.assistant.types import Asker

    if not query.strip():
        fail("the query is empty", WRONG_USE)
    core = open_core_of(home)
    try:
        audience = audience_of(Asker(role=as_role(role)))
        found = core.library.search(query, limit=limit, categories=category, audience=audience)
    finally:
        core.close()
    rows: list[dict[str, Any]] = [
        {
            "document": item.document,
            "section": item.section,
            "quote": item.quote,
            "text": item.text,
            "score": round(item.score, 4),
            "coverage": round(item.coverage, 4),
            "missing": list(item.missing),
        }
        for item in found.passages
    ]
    if as_json:
        print_json({"query": found.query, "verdict": found.verdict, "passages": rows})
        return
    click.echo(f"verdict: {found.verdict}")
    for row in rows:
        click.echo(f"\n{row['score']:.3f}  《{row['document']}》 › {row['section']}\n       {row['quote']}")
