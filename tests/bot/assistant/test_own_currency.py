"""A shop in dollars is answered in dollars, in the text, the table and the JSON."""

from __future__ import annotations

from pathlib import Path

from bot.app import open_core
from bot.assistant.contract import as_json
from bot.assistant.types import Asker, Question
from bot.settings import Settings
from tests.bot.assistant.conftest import NOW

ORDERS = """order_id,ordered_at,buyer_id,is_first_order,category,channel,region,units,amount
1,2026-11-10 10:00:00,1,true,母婴,直播,华东,1,$100.00
2,2026-11-11 10:00:00,2,true,美妆,货架,华东,1,$20.50
"""


def test_a_shop_in_dollars_is_answered_in_dollars(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(ORDERS, "utf-8")
    (tmp_path / "sources.yaml").write_text("currency: USD\ntables:\n  orders: {files: orders.csv}\n", "utf-8")
    (tmp_path / "opsbot.toml").write_text("[knowledge]\nbundled = false\n", "utf-8")
    core = open_core(Settings.load(tmp_path))
    try:
        for text in ("上周GMV", "上周各品类GMV", "last week's GMV by category", "上周每天GMV", "GMV怎么算的"):
            answer = core.assistant.answer_now(Question(text, Asker("operator"), NOW, ()))
            assert "¥" not in answer.html, text
            assert ("$" in answer.html) or ("USD" in answer.html), text
            assert {figure["unit"] for figure in as_json(answer)["facts"]} <= {"usd"}
            assert answer.grounded, text
    finally:
        core.close()
