"""Names and amounts as the other language writes them: Suli for 素丽, 200,000 for 20万, 2.5 million for 250万."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

RUN = re.compile(r"[\u3400-\u9fff]{2,}")
LONGEST_NAME = 4  # characters
SHORTEST_SPELLING = 4  # letters: shorter ones sound like many words
AMOUNT = re.compile(r"(?<![\w.])(\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)(?: ?(thousand|million|billion|k|m|bn))?(?![\w%])")
FACTORS = {"": 1, "thousand": 1e3, "k": 1e3, "million": 1e6, "m": 1e6, "billion": 1e9, "bn": 1e9}
SMALLEST = 10_000  # from which on Chinese counts in 万


def sounding_like(spelling: str, contexts: Iterable[str]) -> tuple[str, ...]:
    """The stretches of the folded texts whose pinyin is the spelling."""
    if len(spelling) < SHORTEST_SPELLING or not spelling.isalpha():
        return ()
    runs = {run for context in contexts for run in RUN.findall(context)}
    places = ((run, start, _end(spelling, run, start)) for run in runs for start in range(len(run) - 1))
    return tuple(dict.fromkeys(run[start:end] for run, start, end in places if end - start > 1))


def _end(spelling: str, run: str, start: int) -> int:
    """Where the characters end that spell it from `start` on; `start` when they do not."""
    rest = {start: spelling} if spelling[0] in {sound[0] for sound in _sounds(run[start])} else {}
    for end in range(start, min(start + LONGEST_NAME, len(run))):
        left = rest.pop(end, None)
        if left is None:
            return start
        fitting = [sound for sound in _sounds(run[end]) if left.startswith(sound)]
        if left in fitting:
            return end + 1
        if fitting:
            rest[end + 1] = left[len(max(fitting, key=len)) :]
    return start


@lru_cache(maxsize=8192)
def _sounds(character: str) -> tuple[str, ...]:
    """Every reading without its tone: 朝 is chao and zhao."""
    from pypinyin import Style, pinyin  # its tables take half a second to load; only unknown names need them

    return tuple(sound for sound in pinyin(character, style=Style.NORMAL, heteronym=True)[0] if sound)


def amounts_in_chinese(question: str) -> str:
    """The question with its large amounts as Chinese documents write them."""
    return AMOUNT.sub(_in_chinese, question)


def _in_chinese(amount: re.Match[str]) -> str:
    value = float(amount[1].replace(",", "")) * FACTORS[amount[2] or ""]
    if value < SMALLEST:
        return amount[0] if amount[2] else amount[1].replace(",", "")
    return f"{value / 1e8:.10g}亿" if value >= 1e8 else f"{value / 1e4:.10g}万"
