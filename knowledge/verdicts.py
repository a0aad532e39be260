"""Whether what was found answers, is merely near, or is nothing."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.coverage import Coverage
from knowledge.documents import Verdict

# keyword score over its ideal; measured on public Chinese question sets with the answer present and removed
NOTHING, ANSWER = 0.25, 0.35
STRONG_COSINE = 0.55  # a paraphrase without a common word
FOREIGN_COSINE, FOREIGN_NEAR = 0.40, 0.30  # a question in another language has no common words
ENOUGH_COVERAGE = 0.6
ANY_COVERAGE = 0.3


@dataclass(frozen=True)
class Evidence:
    keyword: float  # BM25 over ideal
    cosine: float
    coverage: Coverage
    is_foreign: bool  # the question is written in another script than the passage


def judge(evidence: Evidence) -> Verdict:
    """What the scores say, lowered where the passage lacks what the question names."""
    verdict = _by_scores(evidence)
    if verdict == "none":
        return "none"
    if evidence.coverage.share < ANY_COVERAGE:
        return "none" if verdict == "weak" else "weak"
    return "weak" if _lacks_something(evidence) else verdict


def _by_scores(evidence: Evidence) -> Verdict:
    if evidence.is_foreign:
        if evidence.cosine >= FOREIGN_COSINE or evidence.keyword >= ANSWER:
            return "answer"
        return "weak" if evidence.cosine >= FOREIGN_NEAR or evidence.keyword >= NOTHING else "none"
    if evidence.keyword >= ANSWER:
        return "answer"
    if evidence.keyword >= NOTHING or evidence.cosine >= STRONG_COSINE:
        return "weak"
    return "none"


def _lacks_something(evidence: Evidence) -> bool:
    missing = evidence.coverage.missing
    if any(word.is_exact for word in missing):
        return True
    return evidence.coverage.share < ENOUGH_COVERAGE
