"""`opsbot demo` as a process: its conversation, its end, and what it leaves behind."""

from __future__ import annotations

import re
import signal
import socket
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from bot.demo import QUESTIONS
from tests.e2e.conftest import RunningDemo, opsbot

pytestmark = pytest.mark.e2e


def turns_of(out: str) -> list[tuple[str, str]]:
    """Question and answer of each printed turn; a turn ends with its time."""
    return re.findall(r"^\S+: (.+)\n((?:  .*\n)+?)  \(\d+\.\d\d s\)$", out, re.MULTILINE)


def test_once_holds_a_real_conversation_and_ends(own_home: Path) -> None:
    ran = opsbot("demo", "--once", "--home", own_home)
    assert (ran.code, ran.err) == (0, "")

    turns = turns_of(ran.out)
    assert [question for question, _ in turns] == list(QUESTIONS["zh"])
    number, document, tactics, unknown = (answer for _, answer in turns)
    assert re.search(r"母婴 · 支付转化率 \d+\.\d\d%", number)
    assert re.search(r"上周 \d\d/\d\d–\d\d/\d\d 对比 \d\d/\d\d–\d\d/\d\d", number)
    assert "数据截至" in number
    assert "40%" in document
    assert "《2023年电商运营年终回顾》" in document
    assert "家电 · " in tactics
    assert "出处：" in tactics
    assert "没有" in unknown
    assert not re.search(r"\d+(\.\d+)?\s*(亿|万)", unknown)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_is_quick_quiet_and_frees_the_port(running_demo: RunningDemo, number: signal.Signals) -> None:
    page = httpx.get(running_demo.address)
    assert page.status_code == 200

    ended = running_demo.stop(number, timeout=10)
    assert (ended.code, ended.err) == (0, "")
    assert "Traceback" not in ended.out
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do; connections linger after a close
        again.bind(("127.0.0.1", urlsplit(running_demo.address).port or 0))


def test_a_second_start_finds_the_shop_and_says_so(own_home: Path) -> None:
    prepared = opsbot("demo", "--setup-only", "--home", own_home)
    assert (prepared.code, prepared.err) == (0, "")
    assert "topped up" in prepared.out
