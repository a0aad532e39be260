"""One spelling for signs that people type in many ways, without changing the length of a text."""

from __future__ import annotations

import re

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣－"), "-") | dict.fromkeys(map(ord, "～〜∼˜"), "~")
_APOSTROPHES = dict.fromkeys(map(ord, "’‘ʼ＇`´"), "'")
_SIGNS = _DASHES | _APOSTROPHES
# 帮我查一下周日: the 下 belongs to the verb; read as 下周日 it would lie a week ahead.
_SOFTENER = "一下"
_HESITATION = re.compile(r"那个(?=[\d一二三四五六七八九十])")  # 那个9月: a pause, no pointer


def plain(text: str) -> str:
    """`text` as the rules expect it, sign for sign."""
    return _HESITATION.sub("  ", text.translate(_SIGNS).replace(_SOFTENER, " " * len(_SOFTENER)))
