"""Where sentences and list items begin and end; spans into the text, so that a quote is always exact."""

from __future__ import annotations

import re
import unicodedata

MARKER = re.compile(r"[ \t]*(?:[-*+·][ \t]+|[•●▪◦■◆➢○※√][ \t]*|\d{1,2}[.．、)）][ \t]*(?!\d)|[①-⑳][ \t]*|\|)")
END = re.compile(
    r"""
    (?: [。！？!?；;…]+ | (?<!^\d)(?<!^\d\d)\.(?=\s) )   # the stop; "3.5" and "1. item" are none
    [”’」』）)\]】"']*
    """,
    re.VERBOSE | re.MULTILINE,
)
WRAPPED_WIDTH = 60  # a shorter line that ends without a stop is a line of its own, not a wrapped paragraph


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """(start, end) of each sentence or list item, markers and outer white space left out."""
    spans: list[tuple[int, int]] = []
    for start, end in _paragraphs(text):
        marker = MARKER.match(text, start, end)
        position = marker.end() if marker else start
        for stop in END.finditer(text, position, end):
            if stop.end() > position:
                spans.append((position, stop.end()))
                position = stop.end()
        spans.append((position, end))
    return [span for span in (_trimmed(text, *span) for span in spans) if span[0] < span[1]]


def _paragraphs(text: str) -> list[tuple[int, int]]:
    """Lines, those of a hard-wrapped paragraph joined."""
    joined: list[tuple[int, int]] = []
    position = 0
    for line in text.split("\n"):
        end = position + len(line)
        if joined and _continues(text[slice(*joined[-1])], line):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((position, end))
        position = end + 1
    return joined


def _continues(before: str, line: str) -> bool:
    last = before.rsplit("\n", 1)[-1].rstrip()
    if not last or not line.strip() or MARKER.match(line):
        return False
    return last[-1] not in "。！？!?；;：:.…|" and _width(last) >= WRAPPED_WIDTH


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
