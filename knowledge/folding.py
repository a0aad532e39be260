"""One form for every way of writing the same word: width, case, traditional characters, synonyms."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache
from importlib.resources import files

from knowledge.numerals import with_figures

FIRST_HANZI = 0x3400
EXCLUSIVE = frozenset({"promotions", "platforms", "categories", "time"})


def fold(text: str) -> str:
    """NFKC, lower case, simplified characters, amounts in figures, each synonym as the word that stands for it."""
    return _synonyms().replace(with_figures(fold_characters(text)))


def fold_characters(text: str) -> str:
    """As `fold`, with the wording left as it is."""
    return unicodedata.normalize("NFKC", text).lower().translate(_simplified())


def standing_for(word: str) -> str:
    """The word that a folded text has in place of this one."""
    return _synonyms().canonical.get(word, word)


def synonyms_mark() -> str:
    """Changes when the synonyms change, and with them everything that was folded before."""
    return _synonyms().mark


def wordings(word: str) -> tuple[str, ...]:
    """Every wording that `word` stands for, itself first."""
    return (word, *_synonyms().alternatives.get(word, ()))


def special_words() -> frozenset[str]:
    """The words that stand for others: names of the trade, to be kept whole and not to be confused."""
    return _synonyms().first_words


def is_measured(word: str) -> bool:
    """Whether the word is a figure of the trade: 复购, 转化率."""
    return word in _synonyms().figures


def is_exclusive(word: str) -> bool:
    """Whether the word is a promotion, platform, category or time: nothing else will do for it."""
    return word in _synonyms().kind_of


def rivals(word: str) -> frozenset[str]:
    """The other words of its kind, when a thing is only one of that kind: 双十一 for 双十二; () for any other word."""
    kinds = _synonyms().kind_of
    kind = kinds.get(word)
    return frozenset(other for other, held in kinds.items() if held == kind and other != word) if kind else frozenset()


class _Synonyms:
    def __init__(self, source: str) -> None:
        import yaml  # read on first use, not at import

        kinds = {kind: [[str(word).lower() for word in group] for group in held]
                 for kind, held in (yaml.safe_load(source) or {}).items()}  # fmt: skip
        groups = [group for held in kinds.values() for group in held]
        self.kind_of = {group[0]: kind for kind, held in kinds.items() if kind in EXCLUSIVE for group in held}
        self.mark = hashlib.sha256(source.encode()).hexdigest()[:12]
        self.first_words = frozenset(group[0] for group in groups)
        self.alternatives: dict[str, tuple[str, ...]] = {first: tuple(rest) for first, *rest in groups}
        self.canonical = {word: group[0] for group in groups for word in group}
        self.figures = frozenset(group[0] for group in kinds.get("figures", ()))
        words = sorted(self.canonical, key=len, reverse=True)
        first = "".join(sorted({re.escape(word[0]) for word in words}))  # most places are ruled out by one look
        self._pattern = re.compile(f"(?=[{first}])(?:{'|'.join(map(_bounded, words))})" if words else r"(?!)")

    def replace(self, text: str) -> str:
        return self._pattern.sub(lambda match: self.canonical[match[0]], text)


def _bounded(word: str) -> str:
    """Latin letters and digits must not continue on either side: "roi" is not in "android"."""
    before = r"(?<![a-z0-9])" if word[0].isascii() else ""
    after = r"(?![a-z0-9])" if word[-1].isascii() else ""
    return before + re.escape(word) + after


@lru_cache(maxsize=1)
def _synonyms() -> _Synonyms:
    return _Synonyms((files("knowledge") / "synonyms.yaml").read_text(encoding="utf-8"))


class _Simplified(dict[int, int]):
    """Code of a character → code of its simplified form; OpenCC is asked once for each character that occurs.

    By character rather than by phrase: twenty times as fast, and all that matters is that both sides agree.
    """

    def __init__(self) -> None:
        from opencc import OpenCC  # late: its tables are needed by the first text only

        super().__init__()
        self._converter = OpenCC("t2s")

    def __missing__(self, code: int) -> int:
        simple = self._converter.convert(chr(code)) if code >= FIRST_HANZI else chr(code)
        self[code] = ord(simple) if len(simple) == 1 else code
        return self[code]


@lru_cache(maxsize=1)
def _simplified() -> _Simplified:
    return _Simplified()
