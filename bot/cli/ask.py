"""`opsbot ask`: one question from the arguments, or one a line from standard input."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from bot.cli.options import (
    COULD_NOT,
    ROLES,
    WRONG_USE,
    as_role,
    clock_options,
    fail,
    home_option,
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
    core = open_core_or_fail(home)
    try:
        if question == FROM_STDIN:
            answer_lines(sys.stdin, core, Defaults(role, today, now))
            return
        answer = ask(core, question, after, role, make_clock(settings, today, now))
        print_answer(answer, as_json)
    finally:
        core.close()
    sys.exit(COULD_NOT if answer.plan.unclear == "trouble" else 0)


@dataclass(frozen=True)
class Defaults:
    """What a request line leaves open."""

    role: str
    today: str | None
    now: str | None


def open_core_or_fail(home: Path) -> Core:
    """The opened core; trouble with data or definitions ends the command with its reason."""
    from bot.app import open_core
    from knowledge.errors import KnowledgeError
    from metrics.errors import MetricsError

    settings = load_settings(home)
    try:
        return open_core(settings)
    except (MetricsError, KnowledgeError) as error:
        fail(str(error))


def ask(core: Core, question: str, after: tuple[str, ...], role: str, clock: Clock) -> Answer:
    """One answer; earlier questions are answered first to give the context."""
    from bot.assistant.types import Asker, Question

    asker = Asker(role=as_role(role))
    context: tuple[Plan, ...] = ()
    for earlier in after:
        answered = core.assistant.answer_now(Question(earlier, asker, clock.now(), context))
        context = (answered.plan, *context)
    return core.assistant.answer_now(Question(question, asker, clock.now(), context))


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


def answer_lines(lines: TextIO, core: Core, defaults: Defaults) -> None:
    """One JSON object out for each line in, in order; a line that makes no sense gets an object with `error`."""
    for line in lines:
        if line.strip():
            print_json(answer_line(line, core, defaults), one_line=True)
            sys.stdout.flush()


def answer_line(line: str, core: Core, defaults: Defaults) -> dict[str, Any]:
    """The answer to one request line."""
    from bot.assistant.contract import as_json as to_json

    try:
        request = parse_request(line)
    except ValueError as error:
        return {"id": None, "error": f'{error}; write one JSON object a line with a "question"'}
    try:
        clock = make_clock(core.settings, request.get("today", defaults.today), request.get("now", defaults.now))
    except SystemExit:
        return {"id": request.get("id"), "error": "today is YYYY-MM-DD, now is YYYY-MM-DDTHH:MM"}
    after = tuple(str(earlier) for earlier in request.get("after", ()))
    answer = ask(core, request["question"], after, str(request.get("as", defaults.role)), clock)
    return {"id": request.get("id"), **to_json(answer)}


def parse_request(line: str) -> dict[str, Any]:
    """A checked request object; ValueError says what is wrong with it."""
    try:
        request = json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} at column {error.colno}") from None
    if not isinstance(request, dict) or not isinstance(request.get("question"), str):
        raise ValueError("no question in the request")
    if request.get("as", "operator") not in ROLES:
        raise ValueError(f'"as" is one of {", ".join(ROLES)}')
    if not isinstance(request.get("after", []), list):
        raise ValueError('"after" is a list of earlier questions')
    return request
