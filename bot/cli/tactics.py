"""`opsbot tactics`: the cards that a category's KPIs call for."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.ask import ask, open_core_of, print_answer
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
    from bot.app import Core
    from bot.store.draft_rows import DraftRow
    from knowledge.drafts import Draft


@click.command("tactics")
@home_option
@json_option
@role_option
@clock_options
@click.option("--drafts", is_flag=True, help="Print cards that the documents' text suggests, for you to complete.")
@click.argument("words", nargs=-1, metavar="CATEGORY [METRIC]")
def command(
    home: Path, as_json: bool, role: str, today: str | None, now: str | None, drafts: bool, words: tuple[str, ...]
) -> None:
    """Print the tactic cards for CATEGORY, worst KPI first; or with --drafts what could become one."""
    if bool(words) == drafts:
        fail("name a category, or write --drafts alone", WRONG_USE)
    core = open_core_of(home)
    try:
        if drafts:
            _print_drafts(core, role, as_json)
            return
        _check_words(core, words)
        clock = make_clock(core.settings, today, now)
        print_answer(ask(core, f"/tactics {' '.join(words)}", (), role, clock), as_json)
    finally:
        core.close()


def _print_drafts(core: Core, role: str, as_json: bool) -> None:
    """Each with its place, what is missing and what was decided; the text form can be pasted into a playbook."""
    from bot.assistant.gather import audience_of
    from bot.assistant.types import Asker
    from bot.tactics.drafting import vocabulary_of
    from knowledge.drafts import as_markdown

    audience = audience_of(Asker(role=as_role(role)))
    found = core.library.drafts(vocabulary_of(core.assistant.model), audience=audience)
    if as_json:
        print_json({"drafts": [_as_json(draft, core.drafts.decision(draft.id)) for draft in found]})
        return
    click.echo(f"{len(found)} drafts; none is suggested to anyone before an admin accepts it (/drafts in the chat)")
    for draft in found:
        state = _state(core.drafts.decision(draft.id))
        said = f"{state['state']} by {state['by']} on {state['at']}" if state["by"] else state["state"]
        click.echo(f"\n<!-- {draft.file}; {said}; add: {', '.join(draft.missing)} -->\n{as_markdown(draft)}", nl=False)
    for row in core.drafts.fallen() if audience == "manager" else ():
        click.echo(f"\n<!-- withdrawn: {row.card.title}; its sentence is no longer in {row.file} -->")


def _as_json(draft: Draft, row: DraftRow | None) -> dict[str, Any]:
    return {**asdict(draft), "date": draft.date and str(draft.date), **_state(row)}


def _state(row: DraftRow | None) -> dict[str, str]:
    """new, open (corrected or taken down), accepted, dismissed or withdrawn; by whom and when."""
    if row is None:
        return {"state": "new", "by": "", "at": ""}
    return {"state": row.state, "by": row.by_name, "at": f"{row.at:%Y-%m-%d}"}


def _check_words(core: Core, words: tuple[str, ...]) -> None:
    """Ends the command for a word that names nothing: tactics for the whole shop would be no answer to it."""
    from bot.assistant.fold import fold  # late: `opsbot tactics --help` needs none of the assistant

    lexicon = core.assistant.composer.lexicon
    for word in words:
        if not lexicon.find(fold(word)):
            known = ", ".join(value.id for value in core.assistant.model.dimensions["category"].values)
            fail(f"{word!r} is no category or metric; the categories are {known}", WRONG_USE)
