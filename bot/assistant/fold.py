"""Folds a text for matching: one width, lower case, simplified characters; the length never changes."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Protocol

# Characters that only look like white space or nothing; they would split a name in two.
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00a0\u3000\t\r\n"), " ")


# Cantonese as it is written, sign for sign in the words that the catalogue and the vocabulary are written in.
CANTONESE = {
    "几多": "多少", "边个": "哪个", "边啲": "哪些", "今个月": "这个月", "今个星期": "这个星期", "今个礼拜": "这个礼拜",
    "今个季": "这个季", "寻日": "昨天", "琴日": "昨天", "听日": "明天", "而家": "现在", "依家": "现在", "仲有": "还有",
    "同埋": "以及", "点解": "为何", "点样": "怎样", "呢个": "这个", "嗰个": "那个", "嘅": "的", "咗": "了", "喺": "在",
    "啲": "些", "冇": "没", "睇": "看", "俾": "给", "畀": "给", "嚟": "来", "唔该": "麻烦", "唔": "不",
    "哋": "们", "佢": "他",
}  # fmt: skip
SPOKEN = re.compile("(?<![那这旁周左右])边[个啲]|" + "|".join(word for word in CANTONESE if word[0] != "边"))


SINGLE = re.compile(r"(?:(?<!\S)\S[ \u3000]+){3,}\S(?!\S)")


class _Converter(Protocol):
    def convert(self, text: str) -> str: ...


def fold(text: str) -> str:
    """`text` with every character folded on its own, so that offsets stay valid."""
    one_width = narrow(text)
    if one_width.isascii():
        return one_width
    simplified = _converter().convert(one_width)
    folded = simplified if len(simplified) == len(one_width) else one_width
    return SPOKEN.sub(lambda match: CANTONESE[match.group()], folded)


def narrow(text: str) -> str:
    """`text` in one width and lower case, its characters as they are: all that its numbers need, and much cheaper."""
    return "".join(_fold_character(character) for character in text.translate(INVISIBLE))


@cache
def _fold_character(character: str) -> str:
    folded = unicodedata.normalize("NFKC", character).lower()
    return folded if len(folded) == 1 else character


@cache
def _converter() -> _Converter:
    from opencc import OpenCC  # reads its tables from disk; only needed for Chinese text

    converter: _Converter = OpenCC("t2s")
    return converter


def is_chinese(text: str) -> bool:
    """Whether the text holds any Chinese character: it is answered in Chinese then."""
    return any("\u4e00" <= character <= "\u9fff" or "\u3400" <= character <= "\u4dbf" for character in text)


def unspaced(text: str) -> str:
    """昨 天 G M V as 昨天GMV: characters that stand apart one by one belong together."""
    return SINGLE.sub(lambda match: "".join(match.group().split()), text)
