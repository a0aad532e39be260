"""Markdown and plain text to a Document: plain text with its headings found, markup taken off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from knowledge.documents import Document, Section
from knowledge.loading.flattened import unflatten
from knowledge.loading.front_matter import FrontMatter, split_front_matter

FENCE = re.compile(r"[ \t]{0,3}(```|~~~)")
HEADING = re.compile(r"[ \t]{0,3}(?:(#{2,6})[ \t]*|(#)[ \t]+)(?P<title>[^#\s].*?)[ \t]*#*[ \t]*$")
BOLD_LINE = re.compile(r"[ \t]{0,3}\*\*(?P<title>[^*]{1,40})\*\*[：:]?[ \t]*$")
RULE = re.compile(r"[ \t]{0,3}(?:-[ \t]*){3,}$|[ \t]{0,3}(?:\*[ \t]*){3,}$|[ \t]{0,3}={3,}[ \t]*$")
STRONG = re.compile(r"(\*{2,3})(?=\S)(.+?)(?<=\S)\1")
EMPHASIS = re.compile(r"(?<![0-9A-Za-z*])\*(?=[^\s*])([^*\n]+?)(?<=\S)\*(?![0-9A-Za-z*])")
QUOTED = re.compile(r"\A[ \t]{0,3}(?:>[ \t]?)+")
NUMBERED = (  # headings of plain text, by the numbering that Chinese documents use
    (1, re.compile(r"第[一二三四五六七八九十百\d]+[章篇部][分]?\s*\S.*|[一二三四五六七八九十]+、\S.*")),
    (
        2,
        re.compile(
            r"[（(][一二三四五六七八九十]+[）)]\s*\S.*|第[一二三四五六七八九十百\d]+节\s*\S.*|\d+\.\d+[.、]?\s+\S.*"
        ),
    ),
    (3, re.compile(r"\d+\.\d+\.\d+[.、]?\s+\S.*")),
)
SENTENCE_MARKS = re.compile(r"[。！？；，!?;]|[.:：]$")
LONGEST_TITLE = 40
RUN_ON_TITLE = re.compile(
    r"(?=\S*[\u4e00-\u9fff]{2})([^\s，。；：！？,;!?]{6,40})[ \t]"
)  # a title before a flattened text
BOLD_LEVEL = 7  # a bold line stands below every numbered heading


@dataclass(frozen=True)
class Line:
    text: str  # plain
    number: int  # 1-based, in the file
    level: int = 0  # of the heading; 0 for text


@dataclass(frozen=True)
class Source:
    """A file's content on its way to a Document."""

    id: str
    file: str
    text: str


def read_markdown(source: Source) -> Document:
    """Raises DocumentError for front matter with a mistake."""
    front, body = split_front_matter(source.text, file=source.file)
    return _document(source, front, list(_markdown_lines(body, front.lines)))


def read_text(source: Source) -> Document:
    """Like Markdown, and numbered short lines are headings too when the text has none of Markdown's."""
    front, body = split_front_matter(source.text, file=source.file)
    lines = list(_markdown_lines(body, front.lines))
    if not any(line.level for line in lines):
        lines = [replace(line, level=_numbered_level(line.text)) for line in lines]
    return _document(source, front, lines)


def _markdown_lines(body: str, before: int) -> Iterator[Line]:
    fenced = False
    for number, raw in enumerate(body.split("\n"), before + 1):
        if FENCE.match(raw):
            fenced = not fenced
            yield Line(raw, number)
        elif fenced:
            yield Line(raw, number)
        else:
            for part in unflatten(raw):
                yield from _plain_line(part, number)


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
        yield Line(plain(bold["title"]), number, BOLD_LEVEL)
        return
    yield Line(plain(QUOTED.sub("", raw, count=1)).rstrip(), number)


def plain(text: str) -> str:
    """The line without marks of emphasis; every other character stays."""
    return EMPHASIS.sub(r"\1", STRONG.sub(r"\2", text))


def _numbered_level(line: str) -> int:
    text = line.strip()
    if not text or len(text) > LONGEST_TITLE or SENTENCE_MARKS.search(text):
        return 0
    return next((level for level, pattern in reversed(NUMBERED) if pattern.fullmatch(text)), 0)


def _document(source: Source, front: FrontMatter, lines: list[Line]) -> Document:
    title, heads = _title(front, lines, source.file)
    text = "\n".join(line.text for line in lines)
    return Document(
        id=source.id,
        file=source.file,
        title=title,
        date=front.date,
        categories=front.categories,
        audience=front.audience,
        supersedes=front.supersedes,
        text=text,
        sections=tuple(_sections(lines, text, heads)),
    )


def _title(front: FrontMatter, lines: list[Line], file: str) -> tuple[str, int]:
    """The title, and the index of the heading that merely repeats it (−1 for none)."""
    first = next((index for index, line in enumerate(lines) if line.text.strip()), -1)
    top = _sole_top_heading(lines)
    if front.title:
        repeats = top >= 0 and lines[top].text.strip() == front.title
        return front.title, top if repeats or (top >= 0 and top == first) else -1
    if top >= 0:
        return lines[top].text.strip(), top
    opening = lines[first].text.strip() if first >= 0 else ""
    if opening and not lines[first].level and len(opening) <= LONGEST_TITLE and not SENTENCE_MARKS.search(opening):
        return opening, -1
    run_on = RUN_ON_TITLE.match(opening)
    return (run_on[1] if run_on else file.rsplit("/", 1)[-1].rsplit(".", 1)[0]), -1


def _sole_top_heading(lines: list[Line]) -> int:
    """The one heading above all others, when it opens the document's headings."""
    headings = [index for index, line in enumerate(lines) if line.level]
    if not headings:
        return -1
    level = lines[headings[0]].level
    alone = all(lines[index].level > level for index in headings[1:])
    is_chapter = _numbered_level(lines[headings[0]].text) > 0  # "一、…" is the only chapter, not the title
    return headings[0] if alone and (level == 1 or (len(headings) > 1 and not is_chapter)) else -1


def _sections(lines: list[Line], text: str, title_index: int) -> Iterator[Section]:
    """One section a heading, with the text up to the next; the part before the first heading too, if it has text."""
    path: list[tuple[int, str]] = []
    offset, start, head = 0, 0, 1
    for index, line in enumerate(lines):
        if line.level:
            yield from _section(path, text, start, offset, head)
            path = [entry for entry in path if entry[0] < line.level]
            if index != title_index:
                path.append((line.level, line.text.strip()))
            start, head = offset + len(line.text), line.number
        offset += len(line.text) + 1
    yield from _section(path, text, start, len(text), head)


def _section(path: list[tuple[int, str]], text: str, start: int, end: int, line: int) -> Iterator[Section]:
    own = text[start:end]
    stripped = own.strip("\n \t")
    if path or stripped:
        begin = start + (len(own) - len(own.lstrip("\n \t")) if stripped else 0)
        yield Section(tuple(title for _, title in path), stripped, begin, line)
