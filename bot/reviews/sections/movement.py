"""What made up the change: its drivers and segments, with parts that add up to it, and the few causes."""

from __future__ import annotations

from dataclasses import replace

from bot.assistant.compose.diagnosis import brief, normal
from bot.assistant.compose.diagnosis_causes import cause_sentences
from bot.assistant.compose.diagnosis_parts import PartList, driver_list, segment_list
from bot.assistant.compose.diagnosis_picture import diagnosis_picture
from bot.assistant.types import Plan
from bot.reviews.review import Block, Chart, Grid, Paragraph, Point, Section
from bot.reviews.scribe import NOTHING, Scribe
from metrics.diagnosis.explanation import Explanation, Part


def movement(scribe: Scribe) -> Section:
    """二、怎么变的."""
    heading, explanation = scribe.text("heading", name="movement"), scribe.facts.explanation
    if explanation is None:
        return Section(heading)
    parts = [_drivers(scribe, explanation), *(_segments(scribe, explanation, id) for id in explanation.segments)]
    found = tuple(part for part in parts if part is not None)
    return Section(heading, (*_points(scribe, explanation), Paragraph(scribe.text("movement_limits"))), found)


def _points(scribe: Scribe, explanation: Explanation) -> list[Block]:
    printer, change = scribe.printer, explanation.change
    if change is None:
        return []
    compared = {"period": scribe.period, "compared": printer.range(change.baseline.period)}
    said = [("brief", brief(explanation, printer)), ("normal", normal(explanation, printer))]
    said += [("cause", sentence) for sentence in cause_sentences(explanation, printer)[1:]]
    points: list[Block] = []
    for name, text in said:
        if text:
            sentence = scribe.text("movement_sentence", said=text.rstrip(), **compared)
            points.append(Point(scribe.text("movement_point", name=name), sentence))
    return points


def _drivers(scribe: Scribe, explanation: Explanation) -> Section | None:
    """Each driver with its figure on both sides and what it did to the whole; None where the metric has none."""
    listed = driver_list(explanation, scribe.printer)
    if listed is None:
        return None
    parts = sorted(explanation.drivers, key=lambda part: -abs(part.contribution))  # as the list is ordered
    rows = [
        (view.name, _level(scribe, part, part.before), _level(scribe, part, part.now), view.amount)
        for part, view in zip(parts, listed.parts, strict=True)
    ]
    heads = ("driver", "before", "now", "contribution")
    grid = Grid(
        tuple(scribe.text("movement_column", name=name) for name in heads),
        (*rows, (scribe.text("movement_column", name="total"), NOTHING, NOTHING, listed.total)),
    )
    return Section(scribe.text("movement_title", name=""), (grid, *_picture(scribe, explanation, "", "drivers.png")))


def _level(scribe: Scribe, part: Part, value: float | None) -> str:
    if value is None or part.metric not in scribe.printer.model.metrics:
        return NOTHING
    return scribe.printer.number(value, scribe.printer.model.metrics[part.metric])


def _segments(scribe: Scribe, explanation: Explanation, dimension: str) -> Section | None:
    """What each value of a dimension added; those of least weight are put together."""
    listed = segment_list(explanation, dimension, scribe.printer)
    if not listed.parts:
        return None
    name = scribe.printer.dimension(dimension)
    grid = _grid(scribe, name, listed)
    picture = _picture(scribe, explanation, dimension, f"change-{dimension}.png") if dimension == "category" else []
    return Section(scribe.text("movement_title", name=name), (grid, *picture))


def _grid(scribe: Scribe, name: str, listed: PartList) -> Grid:
    rows = tuple((view.name, view.amount) for view in listed.parts)
    total = (scribe.text("movement_column", name="total"), listed.total)
    return Grid((name, scribe.text("movement_column", name="contribution")), (*rows, total))


def _picture(scribe: Scribe, explanation: Explanation, dimension: str, file: str) -> list[Block]:
    query = replace(explanation.query, by=(dimension,) if dimension else ())
    plan = Plan("diagnose", scribe.printer.language, "", query=query, chart=True)
    picture = diagnosis_picture(plan, explanation, scribe.printer)
    return [Chart(picture, file)] if picture is not None else []
