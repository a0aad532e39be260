"""How a command ends that could not do its work: one sentence, exit 1, no trace unless it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from bot.cli import LazyCommands
from bot.cli.options import home_option
from metrics.errors import SourceError


def run(fails: Callable[[], object], home: Path) -> Result:
    """A group of our kind with one command that fails in that way."""

    class Group(LazyCommands):
        def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
            return command

    @click.command("work")
    @home_option
    def command(home: Path) -> None:
        fails()

    return CliRunner().invoke(Group("opsbot"), ["work", "--home", str(home)])


def raise_it(error: Exception) -> Callable[[], object]:
    def fails() -> None:
        raise error

    return fails


def test_a_reason_that_a_room_gives_is_the_sentence(tmp_path: Path) -> None:
    ended = run(raise_it(SourceError("table orders: a.parquet is cut off", table="orders")), tmp_path)
    assert (ended.exit_code, ended.stderr) == (1, "opsbot: table orders: a.parquet is cut off\n")


def test_trouble_inside_the_home_names_the_home_as_it_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    ended = run((tmp_path / "file" / "home" / "index").mkdir, Path("file/home"))
    assert ended.exit_code == 1
    assert ended.stderr.startswith("opsbot: the home file/home cannot be used (Not a directory)")
    assert str(tmp_path) not in ended.stderr


def test_trouble_elsewhere_names_that_path(tmp_path: Path) -> None:
    ended = run((tmp_path / "elsewhere.txt").read_text, tmp_path / "home")
    assert ended.exit_code == 1
    assert f"{tmp_path / 'elsewhere.txt'}: No such file" in ended.stderr


def test_what_nobody_expected_is_one_line_and_its_trace_is_for_who_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = run(raise_it(KeyError("colour")), tmp_path)
    assert ended.exit_code == 1
    assert len(ended.stderr.splitlines()) == 1
    assert "KeyError" in ended.stderr
    assert "OPSBOT_DEBUG" in ended.stderr
    monkeypatch.setenv("OPSBOT_DEBUG", "1")
    assert isinstance(run(raise_it(KeyError("colour")), tmp_path).exception, KeyError)


@pytest.mark.parametrize(("error", "code"), [(click.UsageError("wrong"), 2), (click.exceptions.Exit(3), 3)])
def test_click_keeps_its_own_ways_of_ending(tmp_path: Path, error: Exception, code: int) -> None:
    assert run(raise_it(error), tmp_path).exit_code == code
