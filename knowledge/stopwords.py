"""Words that ask or join, but name nothing: they must neither find a passage nor be missed in one."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

# also inside a longer word that the segmenter made ("多少度")
ASKING_PARTS = ("多少", "什么", "怎么", "哪些", "几")


@lru_cache(maxsize=1)
def _lists() -> dict[str, frozenset[str]]:
    import yaml  # read on first use, not at import

    source = (files("knowledge") / "stopwords.yaml").read_text(encoding="utf-8")
    return {name: frozenset(words.split()) for name, words in yaml.safe_load(source).items()}


def is_empty(word: str) -> bool:
    """True for folded words that only join or ask; they find nothing."""
    lists = _lists()
    return word in lists["function"] or word in lists["question"] or any(part in word for part in ASKING_PARTS)


def is_uninformative(word: str) -> bool:
    """True for folded words whose absence in a passage says nothing about whether it answers."""
    return word in _lists()["generic"] or is_empty(word)
