"""The smallest sentence or bullet of a passage that answers the question."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from knowledge.asking import Wanted
from knowledge.coverage import NamedWord, measure, stands_in
from knowledge.folding import fold, rivals
from knowledge.sentences import sentence_spans
from knowledge.tactics import is_frame
from knowledge.tokens import segmenter

AMOUNT_BONUS, CHANGE_BONUS, UNIT_BONUS = 0.3, 0.15, 0.15
FRAME_MALUS = 0.3
LIKENESS_SHARE = 0.5  # of a word that is there by its meaning only: the very word is the better sign
SHORTEST = 4  # "是。" answers nothing


@dataclass(frozen=True)
class Quote:
    text: str  # an exact part of the passage
    is_of_kind: bool  # it holds the kind of answer that the question asks for: an amount, a price, a name
    lacking: tuple[NamedWord, ...]  # names of the question that stand neither in the quote nor where they could


def choose_quote(
    question: str,
    text: str,
    heading: str,
    named: Sequence[NamedWord],
    cosines: Mapping[str, float],
    likeness: Callable[[str, str], float] | None = None,
) -> Quote:
    """The best piece of `text`, which stands under `heading`.

    `cosines` are by piece, as far as they are known; `likeness` of a word and a folded piece see `coverage.measure`.
    """
    pieces = [text[start:end] for start, end in sentence_spans(text)]
    pieces = [piece for piece in pieces if len(piece) >= SHORTEST] or [text]
    folded = [fold(piece) for piece in pieces]
    asked = fold(question)
    wanted = Wanted.of(asked)
    bonus = AMOUNT_BONUS if wanted.amount else CHANGE_BONUS if wanted.change else 0.0

    def merit(index: int) -> float:
        piece = folded[index]
        figure = bonus * wanted.holds_figure(piece)
        figure += UNIT_BONUS if wanted.given_by and all(kind.search(piece) for kind in wanted.given_by) else 0.0
        alike = None if likeness is None else lambda word: LIKENESS_SHARE * likeness(word, piece)
        covered = measure(named, piece, alike).share if named else 0.0
        frame = FRAME_MALUS if is_frame(pieces[index]) else 0.0
        return covered + 0.5 * cosines.get(pieces[index], 0.0) + figure - frame

    best = max(range(len(pieces)), key=merit)  # the first of equals
    lacking = _lacking(named, folded, best, fold(heading)) if wanted.amount else ()
    return Quote(pieces[best], wanted.is_met_by(folded[best], segmenter().tag, asked), lacking)


def _lacking(named: Sequence[NamedWord], folded: Sequence[str], best: int, heading: str) -> tuple[NamedWord, ...]:
    """Names that the figure is not about: what is measured must stand beside it, whom it concerns may stand above."""
    before = folded[best - 1] if best else ""
    beside = f"{before}\n{folded[best]}" if before.rstrip().endswith((":", "：")) else folded[best]
    around = "\n".join((heading, before, folded[best]))
    return tuple(
        word
        for word in named
        if word.is_name
        and (not stands_in(word, beside if word.is_figure else around) or _is_of_another(word, folded[best]))
    )


def _is_of_another(word: NamedWord, quote: str) -> bool:
    """The heading names both promotions, the quote only the other one."""
    return word.word not in quote and any(rival in quote for rival in rivals(word.word))
