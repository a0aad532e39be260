"""Markdown and plain text to a Document: plain text with its headings found, markup taken off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from knowledge.documents import Document
from knowledge.loading.flattened import unflatten
from knowledge.loading.front_matter import split_front_matter
from knowledge.loading.lines import SENTENCE_MARKS, Line, document_of, numbered_level
from knowledge.loading.tables import unfold_tables

FENCE = re.compile(r"[ \t]{0,3}(```|~~~)")
HEADING = re.compile(r"[ \t]{0,3}(?:(#{2,6})[ \t]*|(#)[ \t]+)(?P<title>[^#\s].*?)[ \t]*#*[ \t]*$")
BOLD_LINE = re.compile(r"[ \t]{0,3}(?P<mark>\*\*|__)(?P<title>[^*_]{1,40})(?P=mark)[：:]?[ \t]*$")
RULE = re.compile(r"[ \t]{0,3}(?:-[ \t]*){3,}$|[ \t]{0,3}(?:\*[ \t]*){3,}$|[ \t]{0,3}={3,}[ \t]*$")
STRONG = re.compile(r"(\*{2,3})(?=\S)(.+?)(?<=\S)\1")
EMPHASIS = re.compile(r"(?<![0-9A-Za-z*])\*(?=[^\s*])([^*\n]+?)(?<=\S)\*(?![0-9A-Za-z*])")
QUOTED = re.compile(r"\A[ \t]{0,3}(?:>[ \t]?)+")
QUESTION = re.compile(r"(?:Q|问|問)\d{0,2}[:：.、]\s*\S.{1,60}", re.IGNORECASE)
ANSWER = re.compile(r"(?:A|答)\d{0,2}[:：.、]\s*\S", re.IGNORECASE)
ARABIC_IN_PARENTHESES = re.compile(r"[（(]\d{1,2}[）)]")
BOLD_LEVEL = 7  # a bold line stands below every numbered heading
QUESTION_LEVEL = 10


@dataclass(frozen=True)
class Source:
    """A file's content on its way to a Document."""

    id: str
    file: str
    text: str


def read_markdown(source: Source) -> Document:
    """Raises DocumentError for front matter with a mistake."""
    front, body = split_front_matter(source.text, file=source.file)
    lines = list(_markdown_lines(body, front.lines))
    if not any(line.level for line in lines):  # then numbered short lines are its headings
        lines = [replace(line, level=numbered_level(line.text)) for line in lines]
    return document_of(source.id, source.file, front, _with_questions(lines))


def _with_questions(lines: list[Line]) -> list[Line]:
    """Each question that an answer follows as the heading of the answer, below all others."""
    answers = {index for index, line in enumerate(lines) if ANSWER.match(line.text)}
    return [
        replace(line, level=QUESTION_LEVEL)
        if index + 1 in answers and not line.level and QUESTION.fullmatch(line.text.strip())
        else line
        for index, line in enumerate(lines)
    ]


def _markdown_lines(body: str, before: int) -> Iterator[Line]:
    fenced = False
    parts: list[tuple[int, str]] = []  # of the text outside fences: the line of the file, and what stands there
    for number, raw in enumerate(body.split("\n"), before + 1):
        if FENCE.match(raw) or fenced:
            yield from _plain_lines(parts)
            parts = []
            fenced = fenced != bool(FENCE.match(raw))
            yield Line(raw, number)
        else:
            parts += [(number, part) for part in unflatten(raw)]
    yield from _plain_lines(parts)


def _plain_lines(parts: list[tuple[int, str]]) -> Iterator[Line]:
    for index, line in unfold_tables(part for _, part in parts):
        yield from _plain_line(line, parts[index][0])


def _plain_line(raw: str, number: int) -> Iterator[Line]:
    if RULE.match(raw):
        yield Line("", number)
        return
    heading = HEADING.match(raw)
    if heading:
        yield Line(plain(heading["title"]), number, len(heading[1] or heading[2]))
        return
    bold = BOLD_LINE.match(raw)
    if bold and not SENTENCE_MARKS.search(bold["title"]):
        yield Line(plain(bold["title"]), number, BOLD_LEVEL + _depth(bold["title"]))
        return
    yield Line(plain(QUOTED.sub("", raw, count=1)).rstrip(), number)


def _depth(title: str) -> int:
    """How far a bold heading stands below others of its kind, by its numbering: 一、 above （一） above （1）."""
    return 2 if ARABIC_IN_PARENTHESES.match(title) else max(numbered_level(title) - 1, 0)


def plain(text: str) -> str:
    """The line without marks of emphasis; every other character stays."""
    return EMPHASIS.sub(r"\1", STRONG.sub(r"\2", text))
