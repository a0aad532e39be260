"""`opsbot ask`: one question from the arguments, or one a line from standard input."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.failures import COULD_NOT
from bot.cli.options import (
    ROLES,
    WRONG_USE,
    as_role,
    clock_at,
    clock_options,
    fail,
    home_option,
    index_folder,
    json_option,
    load_settings,
    make_clock,
    print_json,
    role_option,
)

if TYPE_CHECKING:
    from bot.app import Core
    from bot.assistant.types import Answer, Plan
    from bot.services import Clock

FROM_STDIN = "-"
REQUEST = 'write one JSON object a line: {"question", "today"?: "2026-11-22", "now"?: "2026-11-22T14:30", …}'
NOT_CONNECTED = "not_connected"  # a refusal's code
SOURCE_TROUBLE = frozenset({"unreadable", "not_available", "not_split"})  # notices' codes


@click.command("ask")
@home_option
@json_option
@role_option
@clock_options
@click.option("--after", multiple=True, metavar="QUESTION", help="A question asked before this one; repeat in order.")
@click.argument("question")
def command(
    home: Path, as_json: bool, role: str, today: str | None, now: str | None, after: tuple[str, ...], question: str
) -> None:
    """Answer QUESTION; with `-` read requests from standard input, one JSON object a line.

    A request: {"question", "today"?, "now"?, "as"?, "after"?: [...], "id"?}. Exit 0 answered, 1 could not, 2 wrong use.
    """
    if question != FROM_STDIN and not question.strip():
        fail('the question is empty; ask something like: opsbot ask "上周母婴转化率怎么样"', WRONG_USE)
    settings = load_settings(home)
    core = open_core_of(home)
    try:
        if question == FROM_STDIN:
            answer_lines(sys.stdin, core, Defaults(role, today, now))
            return
        answer = ask(core, question, after, role, make_clock(settings, today, now))
    finally:
        core.close()
    print_and_end(answer, as_json)


@dataclass(frozen=True)
class Defaults:
    """What a request line leaves open."""

    role: str
    today: str | None
    now: str | None


def open_core_of(home: Path) -> Core:
    """The opened core of a home. Raises what `bot.app.open_core` raises; the command then ends with the reason."""
    from bot.app import open_core

    settings = load_settings(home)
    return open_core(settings, index=index_folder(settings))


def ask(core: Core, question: str, after: tuple[str, ...], role: str, clock: Clock) -> Answer:
    """One answer; earlier questions are answered first to give the context."""
    from bot.assistant.types import Asker, Question

    asker = Asker(role=as_role(role))
    context: tuple[Plan, ...] = ()
    for earlier in after:
        answered = core.assistant.answer_now(Question(earlier, asker, clock.now(), context))
        context = (answered.plan, *context)
    return core.assistant.answer_now(Question(question, asker, clock.now(), context))


def print_and_end(answer: Answer, as_json: bool) -> None:
    """The answer; the command ends with the reason and 1 when the sources gave no figure."""
    print_answer(answer, as_json)
    if reason := source_trouble(answer):
        fail(reason)
    if answer.plan.unclear == "trouble":  # its reason was logged
        sys.exit(COULD_NOT)


def source_trouble(answer: Answer) -> str:
    """Why the sources gave no figure at all for what was asked, "" when they did."""
    refusal = answer.facts.refusal
    if refusal is not None:
        return str(refusal) if refusal.code == NOT_CONNECTED else ""
    if not answer.facts.results:
        return ""
    asked = answer.facts.results[0]
    if any(figure.value is not None for figure in asked.figures):
        return ""
    return next((notice.data["reason"] for notice in asked.notices if notice.code in SOURCE_TROUBLE), "")


def print_answer(answer: Answer, as_json: bool) -> None:
    """The contract's object, or the text as a chat would show it."""
    from bot.assistant.contract import as_json as to_json
    from bot.assistant.contract import plain_text

    if as_json:
        print_json(to_json(answer))
        return
    click.echo(plain_text(answer.html))
    labels = [f"[{button.label}]" for row in answer.buttons for button in row]
    if labels:
        click.echo(" ".join(labels))


def answer_lines(lines: Iterable[str], core: Core, defaults: Defaults) -> None:
    """One JSON object out for each line in, in order; a line that makes no sense gets an object with `error`.

    Files that came, changed or went meanwhile count, as they do while the bot runs.
    """
    looked = time.monotonic()
    for line in lines:
        if line.strip():
            if time.monotonic() - looked >= core.settings.metrics.poll_seconds:
                core.analyst.refresh()
                looked = time.monotonic()
            print_json(answer_line(line, core, defaults), one_line=True)
            sys.stdout.flush()


def answer_line(line: str, core: Core, defaults: Defaults) -> dict[str, Any]:
    """The answer to one request line."""
    from bot.assistant.contract import as_json as to_json

    request: Any = None
    try:
        request = parse_line(line)
        check_request(request)
        clock = clock_at(core.settings, request.get("today", defaults.today), request.get("now", defaults.now))
    except ValueError as error:
        id = request.get("id") if isinstance(request, dict) else None
        return {"id": id, "error": f"{error}; {REQUEST}"}
    after = tuple(str(earlier) for earlier in request.get("after", ()))
    answer = ask(core, request["question"], after, str(request.get("as", defaults.role)), clock)
    return {"id": request.get("id"), **to_json(answer)}


def parse_line(line: str) -> Any:
    """The value on the line; ValueError says why there is none."""
    try:
        return json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} at column {error.colno}") from None
    except RecursionError:
        raise ValueError("not JSON that can be read: it is nested too deep") from None


def check_request(request: Any) -> None:
    """Raises ValueError that says what is wrong with the request."""
    if not isinstance(request, dict) or not isinstance(request.get("question"), str):
        raise ValueError("no question in the request")
    if request.get("as", "operator") not in ROLES:
        raise ValueError(f'"as" is one of {", ".join(ROLES)}')
    if not isinstance(request.get("after", []), list):
        raise ValueError('"after" is a list of earlier questions')
