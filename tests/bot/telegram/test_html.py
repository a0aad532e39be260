"""Long HTML is cut where a reader would, and every part is whole."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sandbox.text.html import parse_html
from bot.telegram.html import plain, split, units

TAGS = ("b", "i", "u", "s", "code", "pre", "blockquote")
WORDS = st.text(alphabet="数据母婴GMV <>&\n\n。😀👩‍👩‍👧éabc", max_size=40)


@st.composite
def markup(draw: st.DrawFn, depth: int = 3) -> str:
    """Well-formed Telegram HTML."""
    pieces = []
    for _ in range(draw(st.integers(0, 4))):
        text = draw(WORDS).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        if depth and draw(st.booleans()):
            tag = draw(st.sampled_from(TAGS))
            inner = text if tag in ("code", "pre") else draw(markup(depth=depth - 1))
            pieces.append(f"<{tag}>{inner}</{tag}>")
        else:
            pieces.append(text)
    return "".join(pieces)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@settings(max_examples=60, deadline=None)
@given(markup(), st.integers(12, 60))
def test_parts_fit_parse_and_lose_nothing(html: str, limit: int) -> None:
    parts = split(html, limit)
    for part in parts:
        parsed = parse_html(part)
        assert parsed.units <= limit
        assert parsed.text.strip()
    assert squeezed("".join(plain(part) for part in parts)) == squeezed(parse_html(html).text)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.integers(8, 40))
def test_any_text_at_all_can_be_cut(text: str, limit: int) -> None:
    for part in split(text, limit):
        assert units(plain(part)) <= limit


def test_a_cut_prefers_paragraphs_then_lines_and_reopens_tags() -> None:
    html = "<b>一二三四</b>\n\n<i>五六七\n八九十</i>"
    assert split(html, 12) == ("<b>一二三四</b>", "<i>五六七\n八九十</i>")
    assert split("<i>五六七\n八九十</i>", 5) == ("<i>五六七</i>", "<i>八九十</i>")


def test_an_escaped_sign_and_a_family_emoji_are_never_cut_in_two() -> None:
    assert split("&amp;" * 6, 4) == ("&amp;" * 4, "&amp;" * 2)
    family = "👩‍👩‍👧"  # three people and two joiners: eight units
    assert split(family * 2, 12) == (family, family)


def test_neighbours_of_one_kind_stay_two_elements() -> None:
    html = "<blockquote>一</blockquote><blockquote>二</blockquote>"
    assert split(html) == (html,)
