"""A picture shows what its answer is about: the metric that its title names, held against what was asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bot.app import Core, open_core
from bot.assistant.types import Answer, Asker, Question
from bot.settings import Settings
from metrics import charts
from tests.bot.assistant.conftest import NOW

# ISO week 46 of 2026 is 9 to 15 November, of 2025 10 to 16 November: the same weekdays a year apart.
ORDERS = """order_id,ordered_at,buyer_id,is_first_order,category,channel,region,units,amount
1,2025-11-10 10:00:00,1,true,母婴,直播,华东,1,11
2,2025-11-11 10:00:00,2,true,母婴,直播,华东,1,12
3,2025-11-12 10:00:00,3,true,母婴,直播,华东,1,13
4,2025-11-13 10:00:00,4,true,母婴,直播,华东,1,14
5,2025-11-14 10:00:00,5,true,母婴,直播,华东,1,15
6,2025-11-15 10:00:00,6,true,母婴,直播,华东,1,16
7,2025-11-16 10:00:00,7,true,母婴,直播,华东,1,17
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Core]:
    home = tmp_path_factory.mktemp("pictures")
    days = "".join(
        f"{day},2026-11-{day:02d} 10:00:00,{day},true,母婴,直播,华东,1,{100 + day}\n" for day in range(9, 23)
    )
    (home / "orders.csv").write_text(ORDERS + days, "utf-8")
    (home / "sources.yaml").write_text("tables:\n  orders: {files: orders.csv}\n", "utf-8")
    (home / "opsbot.toml").write_text("[knowledge]\nbundled = false\n", "utf-8")
    opened = open_core(Settings.load(home))
    yield opened
    opened.close()


def asked(core: Core, text: str) -> Answer:
    return core.assistant.answer_now(Question(text, Asker("operator"), NOW, ()))


def drawn(answer: Answer, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, ...]:
    """What is handed to the drawing of the line: its words, its points, what they are held against."""
    given: list[tuple[Any, ...]] = []

    def line(*values: object, **_: object) -> bytes:
        given.append(values)
        return b"png"

    with monkeypatch.context() as patched:
        patched.setattr(charts, "line", line)
        assert answer.picture is not None
        assert answer.picture.png
    return given[0]


def test_the_dashed_line_is_the_comparison_that_was_asked_for(shop: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    _, _, before = drawn(asked(shop, "上周GMV走势同比"), monkeypatch)
    assert before.label == "同比 2025/11/10–11/16"
    assert [value for _, value in before.points] == [11, 12, 13, 14, 15, 16, 17]


def test_the_title_names_only_the_metric_that_is_drawn(shop: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = asked(shop, "上周每天GMV和订单数")
    words, points, _ = drawn(answer, monkeypatch)
    assert "订单数" in answer.html
    assert (words.title, points.points[0][1]) == ("全店 · GMV走势（按天）", 109)  # 100 + 9
