"""The cut that moved is found in a table whose other cells only stray."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from metrics.diagnosis.cells import Cells
from metrics.diagnosis.concentration import findings

CATEGORIES, CHANNELS = tuple("ABCDEFGHIJ"), ("live", "video", "shelf", "private")
KEYS = tuple(product(CATEGORIES, CHANNELS))


def cells(factor: int, move: float, **where: str) -> Cells:
    """Visitors, buyers and money of 40 cells with 1 % of noise; one factor multiplied in one cut."""
    draw = np.random.default_rng(5)
    visitors = 10_000 * (1 + np.arange(len(KEYS)) % 7)
    before = np.stack([visitors, visitors * 0.03, visitors * 0.03 * 200], axis=1).astype(float)
    steps = np.exp(draw.normal(0, 0.01, before.shape))
    moved = np.array([where.items() <= {"category": c, "channel": h}.items() for c, h in KEYS])
    steps[moved, factor] *= move
    now = before * np.cumprod(steps, axis=1)
    counts = before[:, [0, 1, 1]]
    return Cells(("category", "channel"), KEYS, before, now, counts, counts)


@pytest.mark.parametrize("factor", [0, 1, 2])
@pytest.mark.parametrize(
    "where", [{"category": "C"}, {"channel": "live"}, {"category": "C", "channel": "live"}], ids=str
)
@pytest.mark.parametrize("move", [0.6, 1.5])
def test_lever_and_cut_are_found_whichever_they_are(factor: int, where: dict[str, str], move: float) -> None:
    found = findings(cells(factor, move, **where), (0, 1, 2))[0]
    assert found.factor == factor
    assert dict(found.cut.where) == where
    assert np.exp(found.move) == pytest.approx(move, rel=0.05)


def test_what_moves_everywhere_has_no_cut() -> None:
    found = findings(cells(1, 0.8), (0, 1, 2))
    assert [(item.factor, item.cut.where) for item in found] == [(1, ())]


def test_nothing_is_named_where_cells_only_stray() -> None:
    assert findings(cells(1, 1.0), (0, 1, 2)) == ()
