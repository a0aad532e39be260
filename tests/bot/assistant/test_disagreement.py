"""Documents that disagree, asked through the whole assistant."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from bot.app import open_core
from bot.assistant.contract import plain_text
from bot.assistant.types import Answer, Asker, Question
from bot.settings import Settings
from tests.bot.assistant.conftest import NOW

SETTINGS = '[knowledge]\nbundled = false\nembedding = "hash"\n'
DOCUMENTS = {
    "客服手册": ("2025-01-10", "", "## 售后\n买家签收后 7 天内可以申请退货。\n\n## 赔付\n漏发商品的赔付上限为 50 元。"),
    "平台公告": ("2026-06-01", "", "## 退货期限调整\n自2026年6月起，买家签收后 15 天内可以申请退货。"),
    "旧规定": ("2023-06-01", "", "## 退货\n买家签收后 3 天内可以申请退货。"),
    "新规定": ("2024-06-01", "supersedes: [旧规定]\n", "## 换货\n换货由仓库登记。"),
    "赔付细则": ("2026-02-01", "", "## 赔付\n错发商品的赔付上限为 80 元。"),
}


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Answer]]:
    home = tmp_path_factory.mktemp("home")
    (home / "opsbot.toml").write_text(SETTINGS, encoding="utf-8")
    (home / "playbooks").mkdir()
    for title, (day, keys, body) in DOCUMENTS.items():
        text = f"---\ntitle: {title}\ndate: {day}\n{keys}---\n{body}\n"
        (home / "playbooks" / f"{title}.md").write_text(text, encoding="utf-8")
    core = open_core(Settings.load(home))
    core.sync()
    yield lambda text: core.assistant.answer_now(Question(text, Asker("operator"), NOW))
    core.close()


def test_two_documents_with_another_figure_stand_side_by_side_newest_first(ask: Callable[[str], Answer]) -> None:
    answer = ask("签收后多少天内可以申请退货")
    text = plain_text(answer.html)
    assert text.startswith("资料的说法不一致")
    assert text.index("15 天") < text.index("（2026-06-01") < text.index("7 天") < text.index("（2025-01-10")
    assert [citation.document for citation in answer.citations] == ["平台公告", "客服手册"]
    assert "3 天" not in text  # its document is replaced
    assert answer.grounded


def test_figures_of_other_things_are_not_said_to_differ(ask: Callable[[str], Answer]) -> None:
    text = plain_text(ask("漏发商品的赔付上限是多少元").html)
    assert "50 元" in text
    assert "不一致" not in text
