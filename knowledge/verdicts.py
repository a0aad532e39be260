"""Whether what was found answers, is merely near, or is nothing."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.coverage import Coverage
from knowledge.documents import Verdict
from knowledge.quoting import Quote

# keyword score over its ideal; measured on public Chinese question sets with the answer present and removed
NOTHING, ANSWER = 0.25, 0.35
STRONG_COSINE = 0.55  # a paraphrase without a common word
FOREIGN_COSINE, FOREIGN_NEAR = 0.40, 0.30  # a question in another language has few common words
ENOUGH_COVERAGE = 0.55
ANY_COVERAGE = 0.3


@dataclass(frozen=True)
class Evidence:
    """What speaks for the best passage."""

    keyword: float  # BM25 over ideal
    cosine: float
    coverage: Coverage
    quote: Quote
    is_foreign: bool  # the question is written in another script than the passage


def judge(evidence: Evidence) -> Verdict:
    """What the scores say, lowered where the quoted place lacks what the question names."""
    verdict = _by_scores(evidence)
    if verdict == "none" or not _lacks_something(evidence):
        return verdict
    is_hollow = evidence.coverage.share < ANY_COVERAGE and evidence.cosine < STRONG_COSINE
    return "none" if is_hollow and verdict == "weak" else "weak"


def _by_scores(evidence: Evidence) -> Verdict:
    near, sure = (FOREIGN_NEAR, FOREIGN_COSINE) if evidence.is_foreign else (STRONG_COSINE, 1.0)
    if evidence.keyword >= ANSWER or evidence.cosine >= sure:
        return "answer"
    if evidence.keyword >= NOTHING:
        return "answer" if evidence.cosine >= near else "weak"
    return "weak" if evidence.cosine >= near else "none"


def _lacks_something(evidence: Evidence) -> bool:
    if any(word.is_name for word in evidence.coverage.missing):
        return True
    if evidence.quote.lacking or evidence.quote.lacks_amount:
        return True
    return evidence.coverage.share < ENOUGH_COVERAGE
