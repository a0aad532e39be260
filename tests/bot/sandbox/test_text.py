"""HTML, MarkdownV2 and entities, as rules that hold for any text."""

from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.errors import ApiError
from bot.sandbox.text.detect import with_detected
from bot.sandbox.text.formatted import FormattedText, trimmed, utf16_units
from bot.sandbox.text.html import parse_html
from bot.sandbox.text.markdown import parse_markdown

characters = st.characters(exclude_categories=["Cs", "Cc"])
plain = st.text(characters, max_size=60)
# fmt: off
MARKS = (
    "<b>", "</b>", "<i>", "</i>", "<code>", "</code>", "<pre>", "</pre>", "<a href='http://a.cn/'>", "</a>", "<",
    "&lt;", "&#9;", ">", "&", '"', "😀", "母", "x", "_", "*", "`", "~", "||", "[", "]", "(", ")",
    "\\", "```", "\n", " ",
)
# fmt: on
markup = st.lists(
    st.sampled_from(MARKS),
    max_size=25,
).map("".join)


def pieces(formatted: FormattedText) -> list[tuple[str, str]]:
    """Kind and text of each entity, cut out by UTF-16 units as a client would."""
    units = formatted.text.encode("utf-16-le")
    return [(e.kind, units[2 * e.offset : 2 * e.end].decode("utf-16-le")) for e in formatted.entities]


@given(plain)
def test_escaped_text_comes_back_as_it_was(text: str) -> None:
    assert parse_html(html.escape(text, quote=False)) == FormattedText(text)


@given(plain, plain.filter(lambda text: text), plain)
def test_an_entity_covers_exactly_what_its_tags_enclose(before: str, inside: str, after: str) -> None:
    parsed = parse_html(
        f"{html.escape(before)}<b>{html.escape(inside, quote=False)}</b>{after.replace('<', '').replace('&', '')}"
    )
    assert pieces(parsed) == [("bold", inside)]


@given(markup)
def test_any_markup_is_parsed_or_refused(source: str) -> None:
    reasons: list[str] = []
    for parse in (parse_html, parse_markdown):
        try:
            formatted = with_detected(trimmed(parse(source)))
        except ApiError as refusal:
            reasons.append(refusal.description)
            continue
        assert all(e.offset >= 0 and e.length > 0 and e.end <= formatted.units for e in formatted.entities)
        pieces(formatted)  # no entity cuts a surrogate pair in two
    assert all(reason.startswith("Bad Request: can't parse entities: ") for reason in reasons)


@pytest.mark.parametrize(
    ("source", "text", "found"),
    [
        ("<b>a</b><b>b<b>c</b></b> <b>d</b>", "abc d", [("bold", "abc"), ("bold", "d")]),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>", "ab", [("blockquote", "ab")]),
        ("<b>a<i>b</i></b>", "ab", [("bold", "ab"), ("italic", "b")]),
        ("<strong>a</strong><em>b</em><ins>c</ins><del>d</del>", "abcd",
         [("bold", "a"), ("italic", "b"), ("underline", "c"), ("strikethrough", "d")]),
        ("<span class='tg-spoiler'>a</span> <tg-spoiler>b</tg-spoiler>", "a b", [("spoiler", "a"), ("spoiler", "b")]),
        ("<b>a <code>b</code> c</b>", "a b c", [("bold", "a "), ("code", "b"), ("bold", " c")]),
        ("<blockquote expandable>长</blockquote>", "长", [("expandable_blockquote", "长")]),
        ("&#128512;&#x1F600;&nbsp;&copy", "😀😀&nbsp;&copy", []),
        ("<a href='不是链接'>x</a><b></b>", "x", []),
    ],
)  # fmt: skip
def test_tags_and_references(source: str, text: str, found: list[tuple[str, str]]) -> None:
    parsed = parse_html(source)
    assert (parsed.text, pieces(parsed)) == (text, found)


def test_links_and_languages_keep_what_belongs_to_them() -> None:
    source = '<a href="https://a.cn/x?a=1&amp;b=2">链</a><a href="tg://user?id=1001">林</a>'
    extras = [entity.extra for entity in parse_html(source).entities]
    assert extras == [{"url": "https://a.cn/x?a=1&b=2"}, {"user": {"id": 1001}}]
    code = parse_html('<pre><code class="language-sql">SELECT 1</code></pre><code class="language-sql">x</code>')
    assert [(e.kind, e.extra) for e in code.entities] == [("pre", {"language": "sql"}), ("code", {})]


@pytest.mark.parametrize(
    ("source", "text", "found"),
    [
        ("*粗* _斜_ __下__ ~删~ ||藏||", "粗 斜 下 删 藏",
         [("bold", "粗"), ("italic", "斜"), ("underline", "下"), ("strikethrough", "删"), ("spoiler", "藏")]),
        (r"1\.83\% \(环比\)", r"1.83% (环比)", []),
        ("`a*b`", "a*b", [("code", "a*b")]),
        ("```sql\nSELECT 1```", "SELECT 1", [("pre", "SELECT 1")]),
        (r"[口径](https://a.cn/\(x\))", "口径", [("text_link", "口径")]),
        (">一\n>二\n三", "一\n二\n三", [("blockquote", "一\n二")]),
    ],
)  # fmt: skip
def test_markdown(source: str, text: str, found: list[tuple[str, str]]) -> None:
    parsed = parse_markdown(source)
    assert (parsed.text, pieces(parsed)) == (text, found)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("1.83%", "Character '.' is reserved"),
        ("*x", "Can't find end of Bold entity"),
        ("[x]", "Can't find end of a URL"),
    ],
)
def test_unfinished_or_unescaped_markdown_is_refused(source: str, reason: str) -> None:
    with pytest.raises(ApiError) as caught:
        parse_markdown(source)
    assert reason in caught.value.description


@given(plain, plain)
def test_trimming_moves_entities_along(inside: str, after: str) -> None:
    if not inside.strip():
        return
    text = trimmed(parse_html(f"  \n<b>{html.escape(inside)}</b>{html.escape(after)} \n"))
    assert text.text == f"{inside}{after}".strip()
    assert pieces(text)[0][1] == text.text[: len(pieces(text)[0][1])]


def test_length_is_in_utf16_units() -> None:
    assert [utf16_units(text) for text in ("a", "母", "😀", "👨‍💻")] == [1, 1, 2, 5]  # 2 + 1 joiner + 2
