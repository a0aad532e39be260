"""Lines of any format to a Document: which are headings, what is the title, where each section begins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from knowledge.documents import Document, Place, Section
from knowledge.loading.front_matter import FrontMatter
from knowledge.loading.links import shown_links

NUMBERED = (  # headings of plain text, by the numbering that Chinese documents use
    (1, re.compile(r"第[一二三四五六七八九十百\d]+[章篇部][分]?\s*\S.*|[一二三四五六七八九十]+、\S.*")),
    (
        2,
        re.compile(
            r"[（(][一二三四五六七八九十]+[）)]\s*\S.*|【[^【】]{2,20}】|第[一二三四五六七八九十百\d]+节\s*\S.*|\d+\.\d+[.、]?\s+\S.*"
        ),
    ),
    (3, re.compile(r"\d+\.\d+\.\d+[.、]?\s+\S.*")),
)
SENTENCE_MARKS = re.compile(r"[。！？；，!?;]|[.:：]$")
LONGEST_TITLE = 40
MOST_OF_TITLE = 120  # characters of what a document calls its title: a whole text there would fill every answer
RUN_ON_TITLE = re.compile(
    r"(?=\S*[\u4e00-\u9fff]{2})([^\s，。；：！？,;!?]{6,40})[ \t]"
)  # a title before a flattened text


@dataclass(frozen=True)
class Line:
    text: str  # plain
    number: int  # 1-based, in the file; 0 where the format has no lines
    level: int = 0  # of the heading; 0 for text
    place: str = ""  # "page:3", "slide:2", "sheet:渠道"; "" where the format has none


def numbered_level(line: str) -> int:
    """The level that a short line without Markdown's marks has by its numbering; 0 for text."""
    text = line.strip()
    if not text or len(text) > LONGEST_TITLE or SENTENCE_MARKS.search(text):
        return 0
    return next((level for level, pattern in reversed(NUMBERED) if pattern.fullmatch(text)), 0)


def document_of(identity: str, file: str, front: FrontMatter, lines: list[Line], *, title: str = "") -> Document:
    """The document of those lines: its title, its sections, and on which page or slide what stands.

    `title` is what the format itself calls the title, apart from all headings; "" where it does not.
    """
    lines = [replace(line, text=shown_links(line.text)) for line in lines]
    heads = -1
    if not title:
        title, heads = _title(front, lines, file)
    title = " ".join(shown_links(title).split())[:MOST_OF_TITLE]
    text = "\n".join(line.text for line in lines)
    return Document(
        id=identity,
        file=file,
        title=title,
        date=front.date,
        categories=front.categories,
        audience=front.audience,
        supersedes=front.supersedes,
        owner=front.owner,
        text=text,
        sections=tuple(_sections(lines, text, heads)),
        places=tuple(_places(lines)),
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
    is_chapter = numbered_level(lines[headings[0]].text) > 0  # "一、…" is the only chapter, not the title
    return headings[0] if alone and not is_chapter and (level == 1 or len(headings) > 1) else -1


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


def _places(lines: list[Line]) -> Iterator[Place]:
    """Where each page, slide or sheet begins."""
    offset, held = 0, ""
    for line in lines:
        if line.place and line.place != held:
            held = line.place
            yield Place(offset, held)
        offset += len(line.text) + 1
