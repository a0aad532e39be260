"""One form for every way of writing the same word: width, case, traditional characters, synonyms."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache
from importlib.resources import files
from typing import Protocol


class _Converter(Protocol):
    def convert(self, text: str) -> str: ...


def fold(text: str) -> str:
    """NFKC, lower case, simplified characters, synonyms replaced by the word that stands for them."""
    return _synonyms().replace(fold_characters(text))


def fold_characters(text: str) -> str:
    """As `fold`, with the wording left as it is."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return _simplifier().convert(folded) if not folded.isascii() else folded


def synonyms_mark() -> str:
    """Changes when the synonyms change, and with them everything that was folded before."""
    return _synonyms().mark


def wordings(word: str) -> tuple[str, ...]:
    """Every wording that `word` stands for, itself first."""
    return (word, *_synonyms().alternatives.get(word, ()))


def special_words() -> tuple[str, ...]:
    """The words that stand for others; a segmenter must keep them whole."""
    return tuple(_synonyms().alternatives)


class _Synonyms:
    def __init__(self, source: str) -> None:
        import yaml  # read on first use, not at import

        groups = [[str(word).lower() for word in group] for group in yaml.safe_load(source) or ()]
        self.mark = hashlib.sha256(source.encode()).hexdigest()[:12]
        self.alternatives: dict[str, tuple[str, ...]] = {first: tuple(rest) for first, *rest in groups}
        self._canonical = {word: group[0] for group in groups for word in group}
        words = sorted(self._canonical, key=len, reverse=True)
        self._pattern = re.compile("|".join(_bounded(word) for word in words) or r"(?!)")

    def replace(self, text: str) -> str:
        return self._pattern.sub(lambda match: self._canonical[match[0]], text)


def _bounded(word: str) -> str:
    """Latin letters and digits must not continue on either side: "roi" is not in "android"."""
    before = r"(?<![a-z0-9])" if word[0].isascii() else ""
    after = r"(?![a-z0-9])" if word[-1].isascii() else ""
    return before + re.escape(word) + after


@lru_cache(maxsize=1)
def _synonyms() -> _Synonyms:
    return _Synonyms((files("knowledge") / "synonyms.yaml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _simplifier() -> _Converter:
    from opencc import OpenCC  # type: ignore[import-untyped]  # no stubs; its tables take 10 ms and are needed by the first text only

    converter: _Converter = OpenCC("t2s")
    return converter
