"""`opsbot review`: the team's own review of a week, month, quarter or year, as Markdown and DOCX."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.ask import open_core_of
from bot.cli.options import (
    WRONG_USE,
    as_role,
    clock_options,
    fail,
    home_option,
    json_option,
    make_clock,
    print_json,
    role_option,
)

if TYPE_CHECKING:
    from bot.reviews.desk import ReviewDesk, Written
    from metrics.model import Language

USAGE = (
    "say which: week, month, quarter or year, or a time such as 10月, 上周, 2025, last month; a category may follow; "
    "e.g. opsbot review month 母婴"
)


@click.command("review")
@home_option
@json_option
@role_option
@clock_options
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Write Markdown, DOCX and charts here.")
@click.option("--language", type=click.Choice(["zh", "en"]), help="Of the review; by default the setting's.")
@click.argument("words", nargs=-1, metavar="week|month|quarter|year [TIME] [CATEGORY]")
def command(
    home: Path,
    as_json: bool,
    role: str,
    today: str | None,
    now: str | None,
    out: Path | None,
    language: str | None,
    words: tuple[str, ...],
) -> None:
    """Write the review of the last whole week, month or quarter, of the year so far, or of the TIME named."""
    from bot.assistant.types import Asker

    core = open_core_of(home)
    try:
        moment = make_clock(core.settings, today, now).now()
        wanted: Language = "en" if (language or core.settings.language) == "en" else "zh"
        request = core.reviews.command(" ".join(words), moment, wanted)
        if request == "unclear":
            fail(f"{' '.join(words)!r} names no review; {USAGE}", WRONG_USE)
        written = core.reviews.write(request, Asker(role=as_role(role)), moment)
        files = [] if out is None else save(written, core.reviews, out)
    finally:
        core.close()
    _print(written, files, as_json)


def save(written: Written, desk: ReviewDesk, folder: Path) -> list[Path]:
    """Markdown with its pictures beside it, and DOCX; what was there under these names is replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    markdown, docx = folder / f"{written.name}.md", folder / f"{written.name}.docx"
    pictures = [(folder / chart.file, chart.picture.png) for chart in written.review.charts]
    markdown.write_text(desk.illustrated(written.review), encoding="utf-8")
    docx.write_bytes(written.docx)
    for path, png in pictures:
        path.write_bytes(png)
    return [markdown, docx, *(path for path, _ in pictures)]


def _print(written: Written, files: list[Path], as_json: bool) -> None:
    from bot.assistant.contract import facts_json, period_json

    review = written.review
    if not as_json:
        click.echo("\n".join(str(path) for path in files) if files else written.markdown, nl=bool(files))
        return
    print_json(
        {
            "title": review.title,
            "unit": review.request.unit,
            "period": period_json(review.request.period),
            "where": {dimension: list(values) for dimension, values in review.scope.items()},
            "audience": review.audience,
            "summary": list(review.summary),
            "markdown": written.markdown,
            "files": [str(path) for path in files],
            "left_out": list(review.left_out),
            "facts": facts_json(review.results),
            "grounded": written.is_grounded,
        }
    )
