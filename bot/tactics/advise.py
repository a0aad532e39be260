"""Which tactic cards answer which KPI gap: ranked by need, evidence and what the team measured of them before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from bot.assistant.gather import audience_of, may_see
from bot.assistant.lexicon import Lexicon
from bot.assistant.types import Asker, Gap, Suggestion, Tried
from bot.tactics.gaps import Run, measure_gaps
from bot.tactics.ledger.entry import Entry
from bot.tactics.scoring import outcome_of, score_of
from knowledge.documents import Audience, Tactic
from metrics.checking import cuts_of
from metrics.errors import QueryError
from metrics.model import SemanticModel
from metrics.query import Period, Scope

MOST_SUGGESTIONS = 3  # more is a list to scroll, not advice
# A card's place: first whether it is about the metric asked for, then whether it was written for the category,
# then its score, which stays below these steps.
ASKED_METRIC, OWN_CATEGORY = 4.0, 2.0
LARGEST_SCORE = 1.9
FAILED = 0.5  # outcomes below: being written for the category is no reason any more


class TacticSource(Protocol):
    """The part of the library that holds cards."""

    def tactics(self, *, category: str | None = None, audience: Audience = "everyone") -> tuple[Tactic, ...]:
        """Cards for a category (cards for any category included), all cards for None."""
        ...

    def source(self, card: Tactic, *, audience: Audience = "everyone") -> str:
        """Id of the passage that the card stands in, "" when there is none."""
        ...


class Past(Protocol):
    """What the team did with cards before."""

    def tried(self, asker: Asker, card_id: str, title: str) -> Sequence[Entry]:
        """Earlier runs of a card that this asker may be shown, newest first."""
        ...


class Advisor:
    """Ranks the team's own cards by the KPI that calls for them; never invents one."""

    def __init__(
        self, model: SemanticModel, lexicon: Lexicon, run: Run, cards: TacticSource, past: Past | None = None
    ) -> None:
        self._past = past
        self._model = model
        self._lexicon = lexicon
        self._run = run
        self._cards = cards

    def advise(
        self,
        scope: Scope,
        metrics: Sequence[str],
        period: Period,
        now: datetime,
        audience: Audience,
        asker: Asker | None = None,
        skipped: Sequence[str] = (),
        most: int = MOST_SUGGESTIONS,
        *,
        by_need: bool = True,
    ) -> tuple[tuple[Suggestion, ...], bool]:
        """At most so many suggestions, most needed first, and whether they are the category's own cards.

        With `metrics` only cards for one of them (or for what drives them) count. When the category has
        none, the nearest cards of other categories are returned and the flag is False. `asker` decides which
        earlier runs may be told; cards whose id is in `skipped` are left out. Without `by_need` no figure is read,
        which takes several queries, and none stands beside a card.
        """
        categories = tuple(scope.get("category", ()))
        own = self._candidates(categories, scope, audience)
        wanted = self._wanted(metrics)
        fitting = [card for card in own if not wanted or wanted & set(self._metrics_of(card))]
        is_own = bool(fitting)
        if not fitting:
            others = self._cards.tactics(audience=audience)
            fitting = [card for card in others if not wanted or wanted & set(self._metrics_of(card))]
        fitting = [card for card in fitting if card.id not in skipped]
        gaps = self._gaps(fitting, scope, period, now, audience) if by_need else {}
        asked, reader = set(metrics), asker or Asker(role="manager" if audience == "manager" else "viewer")
        ranked = sorted(
            (self._suggest(card, gaps, wanted, asked, scope, reader) for card in fitting), key=lambda item: -item.score
        )
        shown = ranked[:most]
        return tuple(replace(item, source=self._cards.source(item.tactic, audience=audience)) for item in shown), is_own

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

    def _seen(self, metrics: Sequence[str], audience: Audience) -> tuple[str, ...]:
        return tuple(id for id in metrics if may_see(self._model.metrics[id], audience))

    def _wanted(self, metrics: Sequence[str]) -> set[str]:
        """The metrics asked for with what drives them: GMV is also helped by a better conversion rate."""
        drivers = (driver for id in metrics for driver in self._model.metrics[id].drivers)
        return {*metrics, *drivers}

    def _gaps(
        self, cards: Sequence[Tactic], scope: Scope, period: Period, now: datetime, audience: Audience
    ) -> dict[str, Gap]:
        ids = dict.fromkeys(id for card in cards for id in self._metrics_of(card))
        metrics = [self._model.metrics[id] for id in self._seen(tuple(ids), audience)]
        able = [item for item in metrics if set(scope) <= set(cuts_of(item, self._model))]
        if not able:
            return {}
        try:
            found = measure_gaps(self._run, self._model, [item.id for item in able], scope, period, now)
        except QueryError:
            return {}  # no data are connected: the cards stand without a gap
        return {gap.figure.metric: gap for gap in found}

    def _suggest(
        self, card: Tactic, gaps: dict[str, Gap], wanted: set[str], asked: set[str], scope: Scope, reader: Asker
    ) -> Suggestion:
        metrics = self._metrics_of(card)
        relevant = asked & set(metrics) or wanted
        held = [gaps[id] for id in metrics if id in gaps and (not relevant or id in relevant)]
        worst = max(held, key=lambda gap: gap.severity, default=None)
        tried = self._tried(card, reader)
        score = min(score_of(card, worst, tried, scope), LARGEST_SCORE)
        score += ASKED_METRIC if asked & set(metrics) else 0.0
        score += OWN_CATEGORY if card.categories and outcome_of(tried, scope) >= FAILED else 0.0
        measured = self._measured(self._seen(metrics, audience_of(reader)), worst, scope)
        there = self._where(card, scope, measured) if measured else {}
        return Suggestion(card, metrics, worst, score, there, measured, tried)

    def _measured(self, metrics: Sequence[str], worst: Gap | None, scope: Scope) -> str:
        """The metric that calls for the card, else its first; one that can be measured by the day and there, if any."""
        first = [worst.figure.metric] if worst is not None else []
        named = list(dict.fromkeys([*first, *metrics]))
        daily = [id for id in named if self._model.metrics[id].minimum_days == 1]
        there = [id for id in daily if set(scope) <= set(cuts_of(self._model.metrics[id], self._model))]
        return next(iter([*there, *daily, *named]), "")

    def _tried(self, card: Tactic, reader: Asker) -> tuple[Tried, ...]:
        if self._past is None:
            return ()
        return tuple(
            Tried(run.scope, run.metric, run.owner, run.start, run.review, run.state, run.effect)
            for run in self._past.tried(reader, card.id, card.title)
        )

    def _where(self, card: Tactic, scope: Scope, metric: str) -> Scope:
        """Where the card would be tried: as asked, narrowed to what it was written for and the metric can be cut by."""
        cuts = cuts_of(self._model.metrics[metric], self._model)
        there = {name: values for name, values in scope.items() if name in cuts}
        for dimension, names in (("category", card.categories), ("channel", card.channels)):
            found = (self._lexicon.lookup(name) for name in names)
            values = tuple(entry.id for entry in found if entry is not None and entry.kind == "value")
            if dimension in cuts and dimension not in there and values and len(values) == len(names):
                there[dimension] = values
        return there
