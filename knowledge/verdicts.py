"""Whether what was found answers, is merely near, or is nothing."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.coverage import Coverage
from knowledge.documents import Verdict
from knowledge.quoting import Quote

# keyword score over its ideal; measured on public Chinese question sets with the answer present and removed
NOTHING, ANSWER = 0.27, 0.40
NEAR_COSINE, STRONG_COSINE = 0.55, 0.68  # a paraphrase with few common words, and with none
FOREIGN_SHARE = 0.7  # of a quote in another language, cosine + this × the share of the words; then what is enough
FOREIGN_ANSWER, FOREIGN_OPEN, FOREIGN_NEAR = 0.70, 0.65, 0.50  # "open": where no amount and no name is asked for
FULL_COVERAGE = 0.8  # nearly everything that the question names stands there; then either of these is enough
FULL_COSINE, FULL_KEYWORD, FULL_NEAR = 0.5, 0.18, 0.35
ENOUGH_COVERAGE = 0.55
ANY_COVERAGE = 0.3


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
    is_full = evidence.names_anything and evidence.coverage.share >= FULL_COVERAGE
    if evidence.keyword >= ANSWER or evidence.cosine >= STRONG_COSINE:
        return "answer"
    if evidence.keyword >= NOTHING:
        return "answer" if evidence.cosine >= NEAR_COSINE or is_full else "weak"
    if evidence.cosine >= NEAR_COSINE:
        return "answer" if is_full else "weak"
    is_near = evidence.cosine >= FULL_COSINE or (evidence.keyword >= FULL_KEYWORD and evidence.cosine >= FULL_NEAR)
    return "answer" if is_full and is_near else "none"


def _of_foreign(evidence: Evidence) -> Verdict:
    told = evidence.quote.told
    nearness = told.cosine + FOREIGN_SHARE * told.share if told is not None else 0.0
    if nearness >= (FOREIGN_ANSWER if evidence.quote.is_asked_for else FOREIGN_OPEN):
        return "answer"
    return "weak" if nearness >= FOREIGN_NEAR else "none"


def _lacks_something(evidence: Evidence) -> bool:
    if any(word.is_name for word in evidence.coverage.missing):
        return True
    if evidence.quote.lacking or not evidence.quote.is_of_kind:
        return True
    if evidence.is_foreign:
        return False
    return evidence.coverage.share < ENOUGH_COVERAGE and evidence.cosine < STRONG_COSINE
