"""The command line, one file for each command; a command's file is imported only when it is run."""

from __future__ import annotations

import importlib
from typing import Any

import click

from bot.cli.failures import explained

# Name → what `opsbot --help` says. Kept here so that the help needs no command's imports.
COMMANDS = {
    "demo": "Try everything on this machine: sample shop, documents, chat page. No token needed.",
    "run": "Serve real Telegram (needs TELEGRAM_TOKEN).",
    "ask": "Ask one question, or many from standard input, and print the answers.",
    "kpi": "Print KPIs by name: opsbot kpi gmv aov --period 上周 --by channel.",
    "search": "Search the documents and print the passages.",
    "tactics": "Print the tactic cards that a category's KPIs call for.",
    "ledger": "Print the adopted tactics and what they measured, or measure anything the same way.",
    "digest": "Print the digest of the last whole day.",
    "review": "Write the review of a week, month, quarter or year as Markdown and DOCX.",
    "index": "Read new, changed and deleted documents into the index.",
    "feedback": "Print the latest thumbs down under answers from documents.",
    "check": "Check every setting, source, model and document, and say what to do.",
    "init": "Write a commented configuration, proposed from your own files or database.",
    "eval": "Measure on a file of your own questions how well they are understood.",
    "sandbox": "Serve only the local Bot API and its chat page.",
}


class LazyCommands(click.Group):
    """A group whose commands live in bot/cli/<name>.py as `command`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which people meet them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Imports the command's file; None for an unknown name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"bot.cli.{cmd_name}").command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command; whatever it could not do ends as one sentence on standard error."""
        with explained(ctx):
            return super().invoke(ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Lists names and help without importing a command."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyCommands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="opsbot")
def main() -> None:
    """opsbot: an operations assistant for e-commerce teams that answers with numbers, sources and tactics."""
