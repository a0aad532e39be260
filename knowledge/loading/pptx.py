"""Slides to lines: title as heading, text in reading order, tables, speaker notes; each knows its slide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from knowledge.documents import Document
from knowledge.errors import DocumentError
from knowledge.loading.archive import checked_archive
from knowledge.loading.front_matter import FrontMatter
from knowledge.loading.lines import LONGEST_TITLE, Line, document_of
from knowledge.loading.tables import Cell, named_row, row_lines, shown_number, unmerged

ROW_HEIGHT = 200_000  # English Metric Units, about half a centimetre: shapes this close stand in one row
DEEPEST_GROUP = 20


def read_pptx(data: bytes, identity: str, file: str) -> Document:
    """Raises DocumentError for a file that is encrypted, damaged or without text."""
    from pptx import Presentation  # late: only a sync with such a file needs it

    stream = checked_archive(data, file=file)
    try:
        slides = list(Presentation(stream).slides)
        lines = [line for number, slide in enumerate(slides, 1) for line in _slide(slide, f"slide:{number}")]
    except Exception as error:  # the reader raises whatever a damaged part makes it stumble over
        raise DocumentError("is damaged and cannot be read as a presentation; save it again.", file=file) from error
    if not lines:
        raise DocumentError("its slides hold no text, only pictures perhaps; write down what they show.", file=file)
    return document_of(identity, file, FrontMatter(), lines, title=_deck_title(slides))


def _deck_title(slides: list[Any]) -> str:
    """The title of the first slide: what the deck is called by those who show it."""
    title = slides[0].shapes.title if slides else None
    return " ".join(title.text_frame.text.split()) if title is not None else ""


def _slide(slide: Any, place: str) -> Iterator[Line]:
    title = slide.shapes.title
    heading = " ".join(title.text_frame.text.split()) if title is not None else ""
    texts = [text for shape in _in_order(slide.shapes) if shape != title for text in _texts(shape)]
    if not heading and texts and len(texts[0]) <= LONGEST_TITLE:
        heading = texts.pop(0).lstrip("- ")
    if heading or texts:
        yield Line(heading, 0, 1, place)
    yield from (Line(text, 0, 0, place) for text in texts)
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        yield from (Line(text, 0, 0, place) for text in _paragraphs(slide.notes_slide.notes_text_frame))


def _in_order(shapes: Iterable[Any], depth: int = 0) -> list[Any]:
    """From top to bottom, and from left to right within a row; groups are opened in place."""
    placed = sorted(shapes, key=lambda shape: ((shape.top or 0) // ROW_HEIGHT, shape.left or 0))
    found: list[Any] = []
    for shape in placed:
        if hasattr(shape, "shapes") and depth < DEEPEST_GROUP:
            found += _in_order(shape.shapes, depth + 1)
        else:
            found.append(shape)
    return found


def _texts(shape: Any) -> list[str]:
    if getattr(shape, "has_table", False):
        rows = [[_cell(cell) for cell in row.cells if not cell.is_spanned] for row in shape.table.rows]
        return row_lines(unmerged(rows))
    if getattr(shape, "has_chart", False):
        return _chart(shape.chart)
    return list(_paragraphs(shape.text_frame)) if getattr(shape, "has_text_frame", False) else []


def _chart(chart: Any) -> list[str]:
    """The figures that a chart is drawn from, a line each category."""
    title = " ".join(chart.chart_title.text_frame.text.split()) if chart.has_title else ""
    return [text for text in [title, *(line for plot in chart.plots for line in _plot(plot))] if text]


def _plot(plot: Any) -> Iterator[str]:
    series = list(plot.series)
    names = ["", *(str(one.name) for one in series)]
    formats = [_number_format(one) for one in series]
    for index, category in enumerate(plot.categories):
        values = [one.values[index] if index < len(one.values) else None for one in series]
        shown = [shown_number(v, form) if v is not None else "" for v, form in zip(values, formats, strict=True)]
        yield named_row(names, [str(category), *shown])


def _number_format(series: Any) -> str:
    codes = series._element.xpath(".//c:val//c:formatCode")
    return str(codes[0].text or "") if codes else ""


def _cell(cell: Any) -> Cell:
    return Cell(cell.text, cell.span_height, cell.span_width) if cell.is_merge_origin else Cell(cell.text)


def _paragraphs(frame: Any) -> Iterator[str]:
    held = [(paragraph.level, " ".join(paragraph.text.split())) for paragraph in frame.paragraphs]
    filled = [(level, text) for level, text in held if text]
    for level, text in filled:
        yield f"{'  ' * level}- {text}" if len(filled) > 1 else text
