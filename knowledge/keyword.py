"""BM25 over the chunks on an absolute scale: 1 is about what a passage with every term of the question reaches."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set

K1, B = 1.2, 0.75  # Robertson & Zaragoza 2009, the usual values
IDEAL_GAIN = (K1 + 1) / 1.72  # gain of one occurrence in a somewhat short passage


class KeywordIndex:
    """Immutable once built; safe to share between threads."""

    def __init__(self, documents: Iterable[tuple[str, Sequence[str]]]) -> None:
        """`documents` are (chunk id, terms)."""
        postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self._ids: list[str] = []
        lengths: list[int] = []
        for number, (identity, terms) in enumerate(documents):
            self._ids.append(identity)
            lengths.append(len(terms))
            for term, count in Counter(terms).items():
                postings[term].append((number, count))
        average = sum(lengths) / len(lengths) if lengths else 1.0
        self._norms = [K1 * (1 - B + B * length / (average or 1.0)) for length in lengths]
        self._postings = dict(postings)

    def __len__(self) -> int:
        return len(self._ids)

    def rarity(self, term: str) -> float:
        """Inverse document frequency; highest for a term that stands nowhere."""
        held = len(self._postings.get(term, ()))
        return math.log(1 + (len(self._ids) - held + 0.5) / (held + 0.5))

    def holds(self, term: str) -> bool:
        """Whether the term stands in any document."""
        return term in self._postings

    def scores(
        self,
        terms: Mapping[str, float],
        allowed: Set[str] | None = None,
        translated: Sequence[Sequence[str]] = (),
    ) -> dict[str, float]:
        """BM25 over the ideal of these terms, by chunk id; chunks without any of the terms are absent.

        A term that stands nowhere counts in the ideal with the share that stands beside it. Of each group of
        `translated` the best term counts: they are wordings of one word in another language.
        """
        groups = [*((term,) for term in terms), *translated]
        ideal = sum(self.rarity(term) * (1.0 if self.holds(term) else share) for term, share in terms.items())
        ideal = (ideal + sum(max(map(self.rarity, group)) for group in translated)) * IDEAL_GAIN
        totals: dict[int, float] = defaultdict(float)
        for group in groups:
            best: dict[int, float] = {}
            for term in group:
                rarity = self.rarity(term)
                for number, count in self._postings.get(term, ()):
                    gain = rarity * count * (K1 + 1) / (count + self._norms[number])
                    best[number] = max(gain, best.get(number, 0.0))
            for number, gain in best.items():
                totals[number] += gain
        found = {self._ids[number]: total / ideal for number, total in totals.items()} if ideal else {}
        return (
            found if allowed is None else {identity: score for identity, score in found.items() if identity in allowed}
        )
