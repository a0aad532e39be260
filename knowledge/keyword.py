"""BM25 over the chunks on an absolute scale: 1 is about what a passage with every term of the question reaches."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

K1, B = 1.2, 0.75  # Robertson & Zaragoza 2009, the usual values
IDEAL_GAIN = (K1 + 1) / 1.72  # gain of one occurrence in a somewhat short passage


class KeywordScores:
    """BM25 over the ideal of one question, by chunk id; 0 for a chunk without any of its terms."""

    def __init__(self, ids: Sequence[str], numbers: Mapping[str, int], scores: NDArray[np.float64]) -> None:
        self._ids = ids
        self._numbers = numbers
        self._scores = scores

    def of(self, identity: str) -> float:
        """The score of one chunk."""
        return float(self._scores[self._numbers[identity]])

    def best(self, count: int) -> list[str]:
        """The chunks with the highest scores above 0, equal ones by their id."""
        import numpy as np  # late: 0.15 s that a figure need not pay

        found = np.flatnonzero(self._scores)
        if len(found) > count:
            least = np.partition(self._scores[found], -count)[-count]
            found = found[self._scores[found] >= least]
        ordered = sorted(found.tolist(), key=lambda number: (-self._scores[number], self._ids[number]))
        return [self._ids[number] for number in ordered[:count]]


class KeywordIndex:
    """Immutable once built; safe to share between threads."""

    def __init__(self, documents: Iterable[tuple[str, Sequence[str]]]) -> None:
        """`documents` are (chunk id, terms)."""
        import numpy as np  # late: 0.15 s that a figure need not pay

        postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self._ids: list[str] = []
        lengths: list[int] = []
        for number, (identity, terms) in enumerate(documents):
            self._ids.append(identity)
            lengths.append(len(terms))
            for term, count in Counter(terms).items():
                postings[term].append((number, count))
        self._numbers = {identity: number for number, identity in enumerate(self._ids)}
        average = sum(lengths) / len(lengths) if lengths else 1.0
        norms = K1 * (1 - B + B * np.array(lengths, dtype=np.float64) / (average or 1.0))
        # All postings behind one another: a slice each, instead of many small objects
        self._slices: dict[str, slice] = {}
        for term, held in postings.items():
            start = next(reversed(self._slices.values())).stop if self._slices else 0
            self._slices[term] = slice(start, start + len(held))
        flat = np.array([pair for held in postings.values() for pair in held], dtype=np.int32).reshape(-1, 2)
        self._chunks = flat[:, 0].copy()
        self._gains = flat[:, 1] * (K1 + 1) / (flat[:, 1] + norms[self._chunks])

    def __len__(self) -> int:
        return len(self._ids)

    def rarity(self, term: str) -> float:
        """Inverse document frequency; highest for a term that stands nowhere."""
        place = self._slices.get(term)
        held = place.stop - place.start if place else 0
        return math.log(1 + (len(self._ids) - held + 0.5) / (held + 0.5))

    @property
    def rarity_of_one(self) -> float:
        """That of a term which stands in a single chunk."""
        return math.log(1 + (len(self._ids) - 0.5) / 1.5) if self._ids else 1.0

    def holds(self, term: str) -> bool:
        """Whether the term stands in any document."""
        return term in self._slices

    def scores(
        self,
        terms: Mapping[str, float],
        allowed: NDArray[np.bool_] | None = None,
        translated: Sequence[Sequence[str]] = (),
    ) -> KeywordScores:
        """BM25 over the ideal of these terms; chunks that are not `allowed`, a flag for each in order, count as 0.

        A term that stands nowhere counts in the ideal with the share that stands beside it. Of each group of
        `translated` the best term counts: they are wordings of one word in another language.
        """
        import numpy as np  # late: 0.15 s that a figure need not pay

        ideal = sum(self.rarity(term) * (1.0 if self.holds(term) else share) for term, share in terms.items())
        ideal = (ideal + sum(max(map(self.rarity, group)) for group in translated)) * IDEAL_GAIN
        totals = np.zeros(len(self._ids))
        for term in terms:
            self._add(term, totals)
        for group in translated:
            totals += self._best_of(group)
        if ideal:
            totals /= ideal
        if allowed is not None:
            totals *= allowed
        return KeywordScores(self._ids, self._numbers, totals)

    def _add(self, term: str, totals: NDArray[np.float64]) -> None:
        if place := self._slices.get(term):
            totals[self._chunks[place]] += self.rarity(term) * self._gains[place]  # a chunk stands there once

    def _best_of(self, group: Sequence[str]) -> NDArray[np.float64]:
        import numpy as np  # late: 0.15 s that a figure need not pay

        best = np.zeros(len(self._ids))
        for term in group:
            alone = np.zeros(len(self._ids))
            self._add(term, alone)
            np.maximum(best, alone, out=best)
        return best
