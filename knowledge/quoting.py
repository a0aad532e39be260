"""The smallest sentence or bullet of a passage that answers the question."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from knowledge.coverage import NamedWord, measure, stands_in
from knowledge.folding import fold
from knowledge.sentences import sentence_spans
from knowledge.tactics import is_frame

ASKS_FOR_AMOUNT = re.compile(
    r"多少|几|百分之|多[大高快久长远重]|how (?:much|many|long|far|fast|big|large)|what (?:percent|share)"
)
ASKS_FOR_CHANGE = re.compile(
    r"提[升高]|增长|下降|降低|节省|缩短|占比|increase|rise|raise|grow|improve|reduce|save|cut"  # an effect has a size
)
FIGURE = re.compile(r"\d|[一二三四五六七八九十百千万亿半两]+(?:成|倍|分之|万|亿|%|天|年|月|个)")
UNIT = re.compile(r"(?:几|多少)个?([\u4e00-\u9fff])")  # "几点", "多少钱": the figure should be of this kind
UNIT_WRITTEN = {"钱": "元"}
AMOUNT_BONUS, CHANGE_BONUS, UNIT_BONUS = 0.3, 0.15, 0.15
FRAME_MALUS = 0.3
SHORTEST = 4  # "是。" answers nothing


@dataclass(frozen=True)
class Quote:
    text: str  # an exact part of the passage
    lacks_amount: bool  # the question asks for an amount, and the quote holds none
    lacking: tuple[NamedWord, ...]  # names of the question that stand neither in the quote nor just before or above it


def choose_quote(
    question: str, text: str, heading: str, named: Sequence[NamedWord], cosines: Mapping[str, float]
) -> Quote:
    """The best piece of `text`, which stands under `heading`; `cosines` are by piece, as far as they are known."""
    pieces = [text[start:end] for start, end in sentence_spans(text)]
    pieces = [piece for piece in pieces if len(piece) >= SHORTEST] or [text]
    folded = [fold(piece) for piece in pieces]
    asked = fold(question)
    wants_amount = ASKS_FOR_AMOUNT.search(asked) is not None
    bonus = AMOUNT_BONUS if wants_amount else CHANGE_BONUS if ASKS_FOR_CHANGE.search(asked) else 0.0

    unit = _unit(asked)

    def merit(index: int) -> float:
        figure = bonus if FIGURE.search(folded[index]) else 0.0
        figure += UNIT_BONUS if unit and unit.search(folded[index]) else 0.0
        covered = measure(named, folded[index]).share if named else 0.0
        frame = FRAME_MALUS if is_frame(pieces[index]) else 0.0
        return covered + 0.5 * cosines.get(pieces[index], 0.0) + figure - frame

    best = max(range(len(pieces)), key=merit)  # the first of equals
    place = "\n".join((fold(heading), *folded[max(best - 1, 0) : best + 1]))
    lacking = tuple(word for word in named if word.is_name and not stands_in(word, place))
    return Quote(pieces[best], wants_amount and not FIGURE.search(folded[best]), lacking if wants_amount else ())


def _unit(asked: str) -> re.Pattern[str] | None:
    """Finds a figure in the unit that the folded question asks for."""
    unit = UNIT.search(asked)
    return re.compile(rf"\d\s*[万亿]?{UNIT_WRITTEN.get(unit[1], unit[1])}") if unit else None
