"""A shop without a column for a dimension says that, and not that its figures are missing."""

from __future__ import annotations

from pathlib import Path

from bot.app import open_core
from bot.assistant.types import Asker, Question
from bot.settings import Settings
from tests.bot.assistant.conftest import NOW

ORDERS = """order_id,ordered_at,buyer_id,units,amount
1,2026-10-10 10:00:00,1,1,100
2,2026-11-10 10:00:00,2,1,50
"""


def test_a_split_that_the_data_lack_is_told_from_a_figure_that_they_lack(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(ORDERS, "utf-8")
    (tmp_path / "sources.yaml").write_text("tables:\n  orders: {files: orders.csv}\n", "utf-8")
    (tmp_path / "opsbot.toml").write_text("[knowledge]\nbundled = false\n", "utf-8")
    core = open_core(Settings.load(tmp_path))
    try:
        for text in ("上月各类目GMV", "上月母婴GMV"):
            html = core.assistant.answer_now(Question(text, Asker("operator"), NOW, ())).html
            assert "没有「类目」这一列" in html
            assert "没有数据" not in html
            assert "还没有接入所需的数据" not in html
        html = core.assistant.answer_now(Question("上月广告花费", Asker("manager"), NOW, ())).html
        assert "还没有接入" in html
    finally:
        core.close()
