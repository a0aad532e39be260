"""Whether two words mean nearly the same, by the sentence model: 衣服 and 服饰, snack and 食品."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Sequence
from functools import lru_cache

from knowledge.embedding.seam import Embedder, Vectors
from knowledge.stopwords import is_uninformative
from knowledge.tokens import segmenter

MOST_WORDS = 20_000  # kept with their vectors, 2 KB each
WORD_TAGS = ("n", "v", "a", "j", "l", "i", "eng")
UNLIKE, QUITE = 0.2, 0.15  # so far below the model's bound for words nothing is alike, so far above it all is
OPPOSED = frozenset(
    frozenset(pair)
    for pair in ("新老", "新旧", "男女", "上下", "内外", "里外", "高低", "涨跌", "升降", "前后", "早晚", "多少", "大小",
                 "进出", "买卖", "增减", "东西", "南北", "左右", "公私", "单双", "长短", "快慢", "贵贱", "收付")
)  # fmt: skip  # 线上 and 线下 are said of the same things, and one is not the other
LETTERS = re.compile(r"[^\W\d_]{2,}")


class Meaning:
    """Compares single words; remembers their vectors."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._vectors: dict[str, Vectors] = {}
        self._lock = threading.Lock()

    def likeness(self, word: str, words: Iterable[str]) -> float:
        """How nearly the word of `words` that is most alike means the same: 0 not at all, 1 quite."""
        enough = self._embedder.word_likeness
        others = [other for other in words if other != word and not are_opposed(word, other)]
        if enough is None or not others:
            return 0.0
        rows = self._rows([word, *others])
        best = float((rows[1:] @ rows[0]).max())
        return min(1.0, max(0.0, (best - enough + UNLIKE) / (UNLIKE + QUITE)))

    def cosines(self, words: Sequence[str], others: Sequence[str]) -> list[tuple[float, ...]]:
        """Of each of `others`, the cosine with each of `words`; 0 with a model that was not measured on words."""
        if self._embedder.word_likeness is None or not words or not others:
            return [(0.0,) * len(words) for _ in others]
        rows = self._rows([*words, *others])
        return [tuple(row) for row in (rows[len(words) :] @ rows[: len(words)].T).tolist()]

    def _rows(self, words: list[str]) -> Vectors:
        import numpy as np  # late: 0.15 s that a figure need not pay

        with self._lock:
            unknown = [word for word in dict.fromkeys(words) if word not in self._vectors]
            if unknown:
                if len(self._vectors) + len(unknown) > MOST_WORDS:
                    self._vectors.clear()
                    unknown = list(dict.fromkeys(words))
                self._vectors.update(zip(unknown, self._embedder.embed_documents(unknown), strict=True))
            rows: Vectors = np.stack([self._vectors[word] for word in words])
            return rows


def are_opposed(one: str, other: str) -> bool:
    """Whether two words differ in nothing but two opposite characters: 线上 and 线下, 新客 and 老客."""
    if len(one) != len(other):
        return False
    differing = [frozenset(pair) for pair in zip(one, other, strict=True) if pair[0] != pair[1]]
    return len(differing) == 1 and differing[0] in OPPOSED


@lru_cache(maxsize=4096)
def words_of(folded: str) -> tuple[str, ...]:
    """The words of a folded text that carry meaning, each once."""
    tagged = segmenter().tag(folded)
    found = (word for word, tag in tagged if tag.startswith(WORD_TAGS) and LETTERS.fullmatch(word))
    return tuple(dict.fromkeys(word for word in found if not is_uninformative(word)))
