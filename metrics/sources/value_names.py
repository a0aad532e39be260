"""What a file writes for a value of a dimension → the catalogue's own value: by the mapping, else by its names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Protocol

from metrics.naming import fold
from metrics.sources.cells import EMPTY_WORDS, folded

# 江苏省, 内蒙古自治区, 上海市: what stands behind the name of a province
_PROVINCE_ENDS = re.compile(r"(?:省|市|特别行政区|(?:壮族|回族|维吾尔)?自治区)$")


class _Converter(Protocol):
    def convert(self, text: str) -> str: ...


def canonical(values: Iterable[str], mapped: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    """Those values that the catalogue calls otherwise, with its own word; all others stay as they are.

    `mapped` comes from sources.yaml and counts first; `known` holds every folded name of each value in the catalogue.
    """
    explicit = {folded(written): value for written, value in mapped.items()}
    found = {}
    for value in values:
        own = explicit.get(folded(value)) or _by_name(value, known)
        if own is not None and own != value:
            found[value] = own
    return found


def tidied(values: Iterable[str], mapped: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str | None]:
    """Those values that do not stand for themselves, with what they mean; None for words that mean nothing (-, 空)."""
    texts = sorted(values)
    names = canonical(texts, mapped, known)
    own = {text: names.get(text, text.strip()) for text in texts}
    meant = {text: None if folded(word) in EMPTY_WORDS else word for text, word in own.items()}
    return {text: word for text, word in meant.items() if word != text}


def _by_name(value: str, known: Mapping[str, str]) -> str | None:
    word = fold(value)
    return _known(word, known) or (None if word.isascii() else _known(_simplified(word), known))


def _known(word: str, known: Mapping[str, str]) -> str | None:
    return known.get(word) or known.get(_PROVINCE_ENDS.sub("", word))


def _simplified(word: str) -> str:
    """家電 as 家电: an export in traditional characters means the same value."""
    return _converter().convert(word)


@cache
def _converter() -> _Converter:
    from opencc import OpenCC  # reads its tables from disk; only for values that no name fits as they are

    converter: _Converter = OpenCC("t2s")
    return converter
