"""The outcome of a replay as text and JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from bot.evaluation.anomalies.replay import Replayed

DETECTABLE = 6.0  # everyday spreads: |log effect| × √days of the lever in its cut; less is lost in the noise
BINS = (0.0, 2.0, 4.0, 6.0, 8.0, 12.0, float("inf"))
WRONG_LISTED = 8


@dataclass(frozen=True)
class Alarms:
    """Series-days of shops without any incident."""

    flagged: int
    judged: int
    event_flagged: int  # on days of promotions and holidays
    event_judged: int

    @property
    def rate(self) -> float:
        return self.flagged / max(1, self.judged)

    @property
    def event_rate(self) -> float:
        return self.event_flagged / max(1, self.event_judged)


@dataclass(frozen=True)
class Report:
    """Everything that was counted."""

    alarms: Alarms
    replayed: tuple[Replayed, ...]
    seconds: float

    @property
    def detectable(self) -> tuple[Replayed, ...]:
        return tuple(one for one in self.replayed if one.incident.strength >= DETECTABLE)

    @property
    def ordinary(self) -> tuple[Replayed, ...]:
        return tuple(one for one in self.detectable if not one.incident.touches_event)

    @property
    def precision(self) -> float:
        """Of all reports on the last day of an incident, over the cuts that it shows in, the share about it."""
        right, wrong = sum(one.right for one in self.replayed), sum(one.wrong for one in self.replayed)
        return right / max(1, right + wrong)


def recall(found: Sequence[Replayed]) -> float:
    """Share of the incidents that were named."""
    return sum(one.is_found for one in found) / max(1, len(found))


def exactly(found: Sequence[Replayed]) -> float:
    """Of those named, the share named by exactly their own cut."""
    named = [one for one in found if one.is_found]
    return sum(one.is_exact for one in named) / max(1, len(named))


def as_text(report: Report) -> list[str]:
    """Lines for a terminal."""
    alarms, on_events = report.alarms, [one for one in report.detectable if one.incident.touches_event]
    late = [one.days_late for one in report.detectable if one.is_found]
    lines = [
        f"{len(report.replayed)} incidents replayed in {report.seconds:.0f} s",
        f"false alarms      {alarms.rate:.2%} of {alarms.judged} series-days; "
        f"{alarms.event_rate:.2%} of {alarms.event_judged} on promotions and holidays",
        f"precision         {report.precision:.1%} of the reports over the cuts of an incident are about it",
        f"recall            {recall(report.detectable):.1%} of {len(report.detectable)} detectable incidents "
        f"(≥ {DETECTABLE:.0f} spreads), {exactly(report.detectable):.0%} of them by exactly their cut",
        f"  ordinary days   {recall(report.ordinary):.1%} of {len(report.ordinary)}",
        f"  around events   {recall(on_events):.1%} of {len(on_events)}",
        f"found after       {sorted(late)[len(late) // 2] if late else 0} days in the middle",
        "by strength (everyday spreads of the cut × √days):",
    ]
    for low, high in pairwise(BINS):
        held = [one for one in report.replayed if low <= one.incident.strength < high]
        lines.append(f"  {low:>4.0f} – {high:<4.0f} {len(held):>4} incidents, {recall(held):>6.1%} found")
    missed = [one for one in report.detectable if not one.is_found]
    lines += [f"  missed: {_told(one)}" for one in missed[:WRONG_LISTED]]
    return lines


def as_json(report: Report) -> dict[str, Any]:
    """The same as one object."""
    alarms = report.alarms
    return {
        "incidents": len(report.replayed),
        "false_alarms": alarms.rate,
        "series_days": alarms.judged,
        "event_false_alarms": alarms.event_rate,
        "event_series_days": alarms.event_judged,
        "precision": report.precision,
        "recall": recall(report.detectable),
        "recall_ordinary": recall(report.ordinary),
        "recall_all": recall(report.replayed),
        "exact_cut": exactly(report.detectable),
        "detectable": len(report.detectable),
        "least_spreads": DETECTABLE,
        "seconds": round(report.seconds, 1),
    }


def _told(one: Replayed) -> str:
    incident = one.incident
    place = " ".join(incident.place.values()) or "whole shop"
    days = f"{incident.first:%m-%d}…{incident.last:%m-%d}"
    return f"{incident.lever} ×{incident.factor:.2f} of {place}, {days}, {incident.strength:.1f} spreads"
