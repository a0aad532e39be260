"""The smallest sentence or bullet of a passage that answers the question."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from knowledge.asking import REFERENCE, Wanted
from knowledge.coverage import LIKE_ENOUGH, NUMBER, NamedWord, alike, measure, stands_in
from knowledge.crossing import Crossing
from knowledge.folding import fold, fold_characters, rivals
from knowledge.sentences import sentence_spans
from knowledge.tactics import is_frame
from knowledge.tokens import segmenter

AMOUNT_BONUS, CHANGE_BONUS, FIGURE_BONUS, UNIT_BONUS = 0.3, 0.2, 0.08, 0.15
FRAME_MALUS = 0.3
LIKENESS_SHARE = 0.5  # of a word that is there by its meaning only: the very word is the better sign
POINTER = re.compile(
    r"[，,；;]?\s*(?:详?见|参[见考])《[^》]+》[^，。]{0,40}[。.]?$"
)  # "服饰会员日，见《私域运营打法》。"
CAUTION = re.compile(r"[-*\s]*(?:注意|提醒|风险|caution|note)[：:]", re.IGNORECASE)
ASKS_CAUTION = re.compile(
    r"注意|风险|小心|避免|坑|误区|不能|能不能|可以|适[合用]|交代|caution|risk|careful|avoid|beware"
)
CAUTION_MALUS = 0.15
CLAUSE = re.compile(r"[，；;]|,(?!\d)")
LABEL = re.compile(r"[^,，。;；:：]{1,12}[:：]\s*")
ABOUT_IT = 0.35  # of likeness: the thing whose amount is asked for is said in other words
LONGEST_QUOTE = 180  # characters of several sentences that are quoted as one
LOSS = re.compile(r"(?:损失|流失|亏损|亏了|挽回|少卖)")
OPEN_ENDS = "；;：:"
SHORTEST = 4  # "是。" answers nothing


@dataclass(frozen=True)
class Told:
    """How near a quote is to a question in another language, its headings included."""

    cosine: float
    share: float  # 0…1 of the question's words


@dataclass(frozen=True)
class Quote:
    text: str  # an exact part of the passage
    part: int  # which of the texts it stands in
    is_asked_for: bool  # the question asks for a kind of answer that a sentence holds or not: an amount, a name
    is_of_kind: bool  # it holds that kind
    is_frame: bool  # it only says when something applies, or where something else stands
    lacking: tuple[NamedWord, ...]  # names of the question that stand neither in the quote nor where they could
    told: Told | None = None

    @property
    def answers(self) -> bool:
        """Whether it holds what is asked for, about what is asked about."""
        return self.is_of_kind and not self.lacking


@dataclass(frozen=True)
class _Piece:
    text: str
    folded: str
    part: int


def choose_quote(
    question: str,
    texts: Sequence[str],
    heading: str,
    named: Sequence[NamedWord],
    cosines: Mapping[str, float],
    likeness: Callable[[str, str], float] | None = None,
    crossed: Crossing | None = None,
) -> Quote:
    """The best piece of the texts, which stand one after the other under `heading`.

    `cosines` are by piece, as far as they are known; `likeness` of a word and a folded piece see `coverage.measure`;
    `crossed` is the question beside pieces of another language.
    """
    pieces = _pieces(texts)
    asked = fold(question)
    wanted = Wanted.of(asked)
    bonus = AMOUNT_BONUS if wanted.amount else CHANGE_BONUS if wanted.change else FIGURE_BONUS

    def merit(piece: _Piece) -> float:
        figure = bonus * wanted.holds_figure(piece.folded)
        figure += UNIT_BONUS if wanted.given_by and all(kind.search(piece.folded) for kind in wanted.given_by) else 0.0
        figure += UNIT_BONUS if wanted.date and wanted.holds_date(piece.folded) else 0.0
        alike = None if likeness is None else lambda word: LIKENESS_SHARE * likeness(word, piece.folded)
        if crossed is not None:
            return crossed.coverage(piece.folded).share + cosines.get(piece.text, 0.0) + figure - _malus(piece, asked)
        covered = measure(named, piece.folded, alike).share if named else 0.0
        return covered + 0.5 * cosines.get(piece.text, 0.0) + figure - _malus(piece, asked)

    best = max(range(len(pieces)), key=lambda index: merit(pieces[index]))  # the first of equals
    chosen = pieces[best]
    needed = [word for word in named if word.is_name] if wanted.is_compound else named
    lacking = _lacking(needed, pieces, best, fold(heading), likeness, crossed) if wanted.amount else ()
    lacking = (*lacking, *_lost(named, chosen.folded, asked)) if wanted.amount else lacking
    if crossed is not None:
        lacking = (
            *lacking,
            *crossed.not_asked_for(fold(heading).rsplit("\n", 1)[-1] + "\n" + REFERENCE.sub("", chosen.folded)),
        )
    asked_for = [word.word for word in named if word.is_figure or word.is_asked]
    is_bound = wanted.amount and not wanted.is_compound and crossed is None
    told = bound(chosen.folded, asked_for) if is_bound else chosen.folded
    is_of_kind = wanted.is_met_by(told, segmenter().tag, asked)
    is_asked_for = wanted.amount or wanted.name or bool(crossed and crossed.asks_size)
    return Quote(chosen.text, chosen.part, is_asked_for, is_of_kind, _is_frame(chosen), lacking)


def widened(text: str, quote: str, *, is_list: bool) -> str:
    """The whole bullet of a quote when it is short, the paragraph for a list, else the quote up to its full stop."""
    at = text.find(quote)
    start, end = text.rfind("\n", 0, at) + 1, text.find("\n", at + len(quote))
    spans = sentence_spans(text[start : end if end >= 0 else len(text)])
    first, last = start + spans[0][0], start + spans[-1][1]
    if last - first <= LONGEST_QUOTE and first <= at and (is_list or LABEL.match(text[first:last])):
        return text[first:last]
    stop = at + len(quote)
    for _, behind in spans:
        if text[stop - 1] in OPEN_ENDS and start + behind > stop:
            stop = start + behind
    return text[at:stop] if stop - at <= LONGEST_QUOTE else quote


def _pieces(texts: Sequence[str]) -> list[_Piece]:
    pieces = [
        _Piece(text[start:end], fold(text[start:end]), part)
        for part, text in enumerate(texts)
        for start, end in sentence_spans(text)
        if end - start >= SHORTEST
    ]
    return pieces or [_Piece(text, fold(text), part) for part, text in enumerate(texts)]


def _malus(piece: _Piece, asked: str) -> float:
    """For what says when a card applies, what to beware of, or merely where something else stands."""
    if _is_frame(piece):
        return FRAME_MALUS
    return CAUTION_MALUS if CAUTION.match(piece.text) and not ASKS_CAUTION.search(asked) else 0.0


def _is_frame(piece: _Piece) -> bool:
    return is_frame(piece.text) or POINTER.search(piece.text) is not None


def _lacking(
    named: Sequence[NamedWord],
    pieces: Sequence[_Piece],
    best: int,
    heading: str,
    likeness: Callable[[str, str], float] | None,
    crossed: Crossing | None,
) -> tuple[NamedWord, ...]:
    """Names that the figure is not about: what is measured must stand beside it, whom it concerns may stand above."""
    before = pieces[best - 1].folded if best else ""
    quote = REFERENCE.sub("", pieces[best].folded)
    written = fold_characters(pieces[best].text)
    beside = f"{before}\n{quote}" if before.rstrip().endswith((":", "：")) else quote
    around = "\n".join((heading, before, quote))
    if crossed is not None:
        far, near = crossed.coverage(around).missing, crossed.coverage(beside).missing
        return tuple(word for word in named if word.is_name and word in (near if word.is_figure else far))

    def is_there(word: NamedWord, place: str) -> bool:
        if stands_in(word, place) or word.word in written:
            return True
        near = quote if word.is_figure else f"{heading}\n{quote}"
        enough = LIKE_ENOUGH if word.is_name or word.is_telling else ABOUT_IT
        return likeness is not None and alike(word, lambda one: likeness(one, near)) >= enough

    asked = [word for word in named if word.is_asked and not word.is_name]
    is_about = any(is_there(word, around) for word in asked)  # 企微 of 企微好友 is enough
    return tuple(
        word
        for word in named
        if (word.is_name or (not is_about if word in asked else word.is_telling))
        and (not is_there(word, beside if word.is_figure else around) or (word.is_name and _is_of_another(word, quote)))
    )


def bound(folded: str, figures: Sequence[str]) -> str:
    """The clauses of a sentence that tell one of the figures, up to its first number; all of it where none does."""
    label = LABEL.match(folded)
    clauses = CLAUSE.split(folded[label.end() :] if label else folded)
    told: list[str] = []
    is_open = False
    for clause in clauses:
        is_open = is_open or any(figure in clause for figure in figures)
        if is_open:
            told.append(clause)
            is_open = not NUMBER.search(clause)
    return "，".join(told) or folded


def _lost(named: Sequence[NamedWord], quote: str, asked: str) -> tuple[NamedWord, ...]:
    """Figures of which the quote tells a loss that nobody asks for: 损失销售额 is no sales figure."""
    if LOSS.search(asked):
        return ()
    return tuple(
        word for word in named if word.is_figure and re.search(rf"{LOSS.pattern}了?{re.escape(word.word)}", quote)
    )


def _is_of_another(word: NamedWord, quote: str) -> bool:
    """The heading names both promotions, the quote only the other one."""
    return word.word not in quote and any(rival in quote for rival in rivals(word.word))
