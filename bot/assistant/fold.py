"""Folds a text for matching: one width, lower case, simplified characters; the length never changes."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Protocol

# Characters that only look like white space or nothing; they would split a name in two.
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00a0\u3000\t\r\n"), " ")


SINGLE = re.compile(r"(?:(?<!\S)\S[ \u3000]+){3,}\S(?!\S)")


class _Converter(Protocol):
    def convert(self, text: str) -> str: ...


def fold(text: str) -> str:
    """`text` with every character folded on its own, so that offsets stay valid."""
    one_width = narrow(text)
    if one_width.isascii():
        return one_width
    simplified = _converter().convert(one_width)
    return simplified if len(simplified) == len(one_width) else one_width


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
