"""Links of documents: the address that a link leads to is what is shown."""

from __future__ import annotations

import pytest

from knowledge.loading.links import shown_links


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("详见[退货规则](https://help.example.com/a)。", "详见退货规则（https://help.example.com/a）。"),
        ("[帮助](https://a.example/x \"标题\")", "帮助（https://a.example/x）"),
        ("<https://a.example/x>", "https://a.example/x"),
        ('<a class="b" href="https://a.example/x">规则</a>', "规则（https://a.example/x）"),
        ("[附件](./a.pdf)", "附件"),
        ("![示意图](https://a.example/a.png) 后文", "示意图 后文"),
        ("[邮箱](mailto:help@a.example?subject=1)", "邮箱（help@a.example）"),
        ("见 https://a.example/x。下一句", "见 https://a.example/x。下一句"),
        ("表 [1](注) 与 a[0](b)：3", "表 [1](注) 与 a[0](b)：3"),
    ],
)  # fmt: skip
def test_a_link_shows_its_words_and_where_it_leads(written: str, shown: str) -> None:
    assert shown_links(written) == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("[taobao.com](https://evil.example/x)领奖", "https://evil.example/x领奖"),
        ('<a href="https://evil.example/x">www.taobao.com</a>', "https://evil.example/x"),
        ("https://taobao.com@evil.example/login", "https://evil.example/login"),
        ("https://tаobao.com/x", "https://xn--tobao-4ve.com/x"),  # its second letter is Cyrillic
        ("[a\u202eb](https://evil.example)", "ab（https://evil.example）"),
    ],
)
def test_a_link_that_looks_like_another_shows_only_where_it_leads(written: str, shown: str) -> None:
    assert shown_links(written) == shown


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html;base64,PHNjcmlwdD4=", "tg://user?id=5", "file:///etc/passwd"]
)
def test_an_address_that_does_more_than_lead_somewhere_is_left_out(address: str) -> None:
    assert shown_links(f"[点这里]({address}) 领奖") == "点这里 领奖"
    assert address.split(":")[0] not in shown_links(f"打开 {address} 领奖")


def test_words_with_a_colon_stay() -> None:
    text = "data: 12%，TG：运营群，文件：a.md，时间 12:30，ROI:2.1"
    assert shown_links(text) == text
