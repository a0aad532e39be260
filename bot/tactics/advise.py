"""Which tactic cards answer which KPI gap: cards of a category ranked by how bad their metric stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.assistant.gather import may_see
from bot.assistant.lexicon import Lexicon
from bot.assistant.types import Gap, Suggestion
from bot.tactics.gaps import Run, measure_gaps
from knowledge.documents import Audience, Tactic
from metrics.checking import cuts_of
from metrics.errors import QueryError
from metrics.model import SemanticModel
from metrics.query import Period, Scope

MOST_SUGGESTIONS = 3  # more is a list to scroll, not advice
# A card's place: first whether it is about the metric asked for, then whether it was written for the category,
# then how bad its metric stands, then whether it proves itself with a figure.
ASKED_METRIC, OWN_CATEGORY, FIGURE_BONUS = 2.0, 1.0, 0.05
LARGEST_SEVERITY = 0.9  # keeps the order of the places above
FIGURE = re.compile(r"\d|[一二三四五六七八九十百千万亿]+[倍成]")


class TacticSource(Protocol):
    """The part of the library that holds cards."""

    def tactics(self, *, category: str | None = None, audience: Audience = "everyone") -> tuple[Tactic, ...]:
        """Cards for a category (cards for any category included), all cards for None."""
        ...


class Advisor:
    """Ranks the team's own cards by the KPI that calls for them; never invents one."""

    def __init__(self, model: SemanticModel, lexicon: Lexicon, run: Run, cards: TacticSource) -> None:
        self._model = model
        self._lexicon = lexicon
        self._run = run
        self._cards = cards

    def advise(
        self, scope: Scope, metrics: Sequence[str], period: Period, now: datetime, audience: Audience
    ) -> tuple[tuple[Suggestion, ...], bool]:
        """At most three suggestions, most needed first, and whether they are the category's own cards.

        With `metrics` only cards for one of them (or for what drives them) count. When the category has
        none, the nearest cards of other categories are returned and the flag is False.
        """
        categories = tuple(scope.get("category", ()))
        own = self._candidates(categories, scope, audience)
        wanted = self._wanted(metrics)
        fitting = [card for card in own if not wanted or wanted & set(self._metrics_of(card))]
        is_own = bool(fitting)
        if not fitting:
            others = self._cards.tactics(audience=audience)
            fitting = [card for card in others if not wanted or wanted & set(self._metrics_of(card))]
        gaps = self._gaps(fitting, scope, period, now, audience)
        asked = set(metrics)
        ranked = sorted((self._suggest(card, gaps, wanted, asked) for card in fitting), key=lambda item: -item.score)
        return tuple(ranked[:MOST_SUGGESTIONS]), is_own

    def _candidates(self, categories: Sequence[str], scope: Scope, audience: Audience) -> list[Tactic]:
        found: dict[str, Tactic] = {}
        for category in categories or (None,):
            for card in self._cards.tactics(category=category, audience=audience):
                found[card.id] = card
        channels = set(scope.get("channel", ()))
        return [card for card in found.values() if not channels or self._in_channels(card, channels)]

    def _in_channels(self, card: Tactic, channels: set[str]) -> bool:
        named = {entry.id for name in card.channels if (entry := self._lexicon.lookup(name)) is not None}
        return not named or bool(named & channels)

    def _metrics_of(self, card: Tactic) -> tuple[str, ...]:
        found: list[str] = []
        for name in card.metrics:
            entry = self._lexicon.lookup(name)
            if entry is not None and entry.kind in ("metric", "ambiguous"):
                found += entry.readings or (entry.id,)
        return tuple(dict.fromkeys(found))

    def _wanted(self, metrics: Sequence[str]) -> set[str]:
        """The metrics asked for with what drives them: GMV is also helped by a better conversion rate."""
        drivers = (driver for id in metrics for driver in self._model.metrics[id].drivers)
        return {*metrics, *drivers}

    def _gaps(
        self, cards: Sequence[Tactic], scope: Scope, period: Period, now: datetime, audience: Audience
    ) -> dict[str, Gap]:
        ids = dict.fromkeys(id for card in cards for id in self._metrics_of(card))
        metrics = [self._model.metrics[id] for id in ids]
        able = [item for item in metrics if may_see(item, audience) and set(scope) <= set(cuts_of(item, self._model))]
        if not able:
            return {}
        try:
            found = measure_gaps(self._run, self._model, [item.id for item in able], scope, period, now)
        except QueryError:
            return {}  # no data are connected: the cards stand without a gap
        return {gap.figure.metric: gap for gap in found}

    def _suggest(self, card: Tactic, gaps: dict[str, Gap], wanted: set[str], asked: set[str]) -> Suggestion:
        metrics = self._metrics_of(card)
        relevant = asked & set(metrics) or wanted
        held = [gaps[id] for id in metrics if id in gaps and (not relevant or id in relevant)]
        worst = max(held, key=lambda gap: gap.severity, default=None)
        score = min(max(worst.severity, -LARGEST_SEVERITY), LARGEST_SEVERITY) if worst else -LARGEST_SEVERITY
        score += ASKED_METRIC if asked & set(metrics) else 0.0
        score += OWN_CATEGORY if card.categories else 0.0
        score += FIGURE_BONUS if FIGURE.search(card.evidence) else 0.0
        return Suggestion(card, metrics, worst, score)
