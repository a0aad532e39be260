"""The smallest sentence or bullet of a passage that answers the question."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from knowledge.coverage import NamedWord, measure
from knowledge.folding import fold
from knowledge.sentences import sentence_spans

ASKS_FOR_FIGURE = re.compile(
    r"多少|几|百分之|多[大高快久]|提[升高]|增长|下降|降低|节省|缩短|占比"
    r"|how (?:much|many|long|far)|percent|increase|rise|grow|improve|reduce|save|cut"
)
FIGURE = re.compile(r"\d|[一二三四五六七八九十百千万亿半两]+(?:成|倍|分之|万|亿|%)")
FIGURE_BONUS = 0.15
SHORTEST = 4  # "是。" answers nothing


def quote(question: str, text: str, named: Sequence[NamedWord], cosines: Mapping[str, float]) -> str:
    """An exact part of `text`; `cosines` are by sentence, as far as they are known."""
    pieces = [text[start:end] for start, end in sentence_spans(text)]
    pieces = [piece for piece in pieces if len(piece) >= SHORTEST] or [text]
    wants_figure = ASKS_FOR_FIGURE.search(fold(question)) is not None

    def merit(piece: str) -> float:
        folded = fold(piece)
        figure = FIGURE_BONUS if wants_figure and FIGURE.search(folded) else 0.0
        return measure(named, folded).share * bool(named) + 0.5 * cosines.get(piece, 0.0) + figure

    return max(pieces, key=merit)  # the first of equals
