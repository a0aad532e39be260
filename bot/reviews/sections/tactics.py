"""What the team tried: measured tactics as cards and lessons, what cannot be told, and what still runs."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.assistant.compose.effects import effect_lines
from bot.reviews.review import Block, Card, Point, Section
from bot.reviews.scribe import Scribe
from bot.tactics.ledger.entry import Entry
from bot.tactics.ledger.wording import result_line
from metrics.query import Period, Scope

NUMBERS = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
CUTS = re.compile(r"[；;]")  # ends a step where cards are read
KINDS = {"effective": "effective", "harmful": "lesson", "cannot_tell": "cannot_tell", "not_attributable": "cannot_tell"}


def tactics(scribe: Scribe) -> Section:
    """六、战法与成效."""
    cards: dict[str, Entry] = {}
    points: list[Block] = []
    for entry in scribe.facts.entries:
        kind = kind_of(entry)
        if kind == "effective" and entry.card.title not in cards:
            cards[entry.card.title] = entry  # of two runs the newer one is the card
        points.append(Point(scribe.text("tactic_point", name=kind), _sentence(scribe, entry, kind)))
    parts = tuple(_card(scribe, entry) for entry in cards.values())
    return Section(scribe.text("heading", name="tactics"), tuple(points), parts)


def kind_of(entry: Entry) -> str:
    """effective, lesson, cannot_tell; running or dropped where nothing was measured."""
    if entry.effect is None:
        return "dropped" if entry.state == "dropped" else "running"
    return KINDS[entry.effect.verdict]


def _sentence(scribe: Scribe, entry: Entry, kind: str) -> str:
    printer = scribe.printer
    return scribe.text(
        "tactic",
        kind=kind,
        scope=printer.scope(entry.scope),
        title=entry.card.title,
        owner=entry.owner,
        start=printer.say(f"{entry.start:%Y/%m/%d}"),
        review=printer.say(f"{entry.review:%Y/%m/%d}"),
        result=printer.say(result_line(entry, printer)),
        beside=[printer.say(line) for line in _beside(scribe, entry)],
        is_kept=entry.state == "kept",
    )


def _beside(scribe: Scribe, entry: Entry) -> list[str]:
    lines = effect_lines(entry.effect, scribe.printer) if entry.effect is not None else []
    return [line.rstrip("。.") for line in lines]


def _card(scribe: Scribe, entry: Entry) -> Section:
    """The tactic in the form of a playbook's, with what was measured as its evidence."""
    lines = {
        "categories": _named(scribe, entry.scope, "category") or scribe.printer.joined(entry.card.categories),
        "channels": _named(scribe, entry.scope, "channel") or scribe.printer.joined(entry.card.channels),
        "metrics": scribe.printer.metric(entry.metric),
        "when": _when(scribe, entry),
        "actions": _actions(entry),
        "evidence": _evidence(scribe, entry),
        "caution": entry.card.caution,
    }
    said: Mapping[str, str] = {scribe.text("card_key", name=name): text for name, text in lines.items() if text}
    return Section(scribe.text("card_title", title=entry.card.title), (Card(entry.card.title, said),))


def _named(scribe: Scribe, scope: Scope, dimension: str) -> str:
    return scribe.printer.joined(scribe.printer.value_name(dimension, value) for value in scope.get(dimension, ()))


def _when(scribe: Scribe, entry: Entry) -> str:
    """Where the metric stood when it was adopted."""
    baseline, printer = entry.baseline, scribe.printer
    if baseline is None:
        return ""
    return scribe.text(
        "card_when",
        scope=printer.scope(entry.scope),
        metric=printer.metric(entry.metric),
        value=printer.number(baseline.value, printer.model.metrics[entry.metric]),
        range=printer.range(Period(baseline.start, baseline.end)),
    )


def _actions(entry: Entry) -> str:
    steps = [CUTS.sub("，", step) for step in entry.card.actions]
    return " ".join(f"{NUMBERS[place % len(NUMBERS)]} {step}" for place, step in enumerate(steps))


def _evidence(scribe: Scribe, entry: Entry) -> str:
    printer = scribe.printer
    return scribe.text(
        "card_evidence",
        start=printer.say(f"{entry.start:%Y/%m/%d}"),
        end=printer.say(f"{entry.last_day:%Y/%m/%d}"),
        result=printer.say(result_line(entry, printer)),
        beside=[printer.say(line) for line in _beside(scribe, entry)],
        document=entry.card.document,
        section=entry.card.section,
    )
