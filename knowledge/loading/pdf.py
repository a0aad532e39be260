"""PDF to lines: text by page, headings by their size, running heads left out, broken lines joined again."""

from __future__ import annotations

import logging
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from knowledge.documents import Document
from knowledge.errors import DocumentError
from knowledge.loading.front_matter import FrontMatter
from knowledge.loading.lines import LONGEST_TITLE, SENTENCE_MARKS, Line, document_of, numbered_level
from knowledge.loading.lookalikes import as_typed

if TYPE_CHECKING:
    from pypdf import PdfReader

MOST_PAGES = 1500
MOST_CHARACTERS = 5_000_000
HEADING_SIZE = 1.12  # of the size that most of the text has
MOST_SIZES = 4  # levels of headings that sizes tell apart
EDGE_LINES = 2  # at the top and bottom of a page, where running heads stand
RUNNING_SHARE = 0.5  # of the pages; a line on so many is no text of any of them
PAGE_NUMBER = re.compile(
    r"[-–—\s]*(?:第\s*)?\d{1,4}(?:\s*页)?(?:\s*[/／]\s*(?:共\s*)?\d{1,4}(?:\s*页)?)?[-–—\s]*|page \d+.*", re.I
)
BROWSER_HEAD = re.compile(r"\d{1,4}[/-]\d{1,2}[/-]\d{1,4},? +\d{1,2}:\d\d(?: [AP]M)? .*")  # "2026/11/22 21:21 直播打法"
BROWSER_FOOT = re.compile(r"(?:https?|file)://\S+ \d+/\d+")  # "https://example.com/a 1/3"
OPENS_ITEM = re.compile(
    r"[-*•·●▪◦■◆➢√]|\d{1,2}[.、)）]|[（(][一二三四五六七八九十\d]{1,3}[）)]|[一二三四五六七八九十]+、|[①-⑳]|第.{1,4}[章节条]"
)
ENDS_SENTENCE = re.compile(r"[。！？!?；;：:…]['\"”’」』）)]*$|\.$")
FULL_SHARE = 0.75  # of the usual width: a shorter line ended on purpose


@dataclass(frozen=True)
class _Printed:
    """A line as it stands on its page."""

    text: str
    size: float  # of its letters, in points
    page: int  # 1-based


def read_pdf(data: bytes, identity: str, file: str) -> Document:
    """Raises DocumentError for a file that is encrypted, damaged, a scan without text or far too long."""
    pages = _pages(data, file)
    if not any(line.text.strip() for page in pages for line in page):
        problem = f"has {len(pages)} pages without any text: a scan; run text recognition on it and save it again."
        raise DocumentError(problem, file=file)
    running = _running_heads(pages)
    kept = [line for page in pages for line in _own(page, running)]
    return document_of(identity, file, FrontMatter(), list(_joined(kept, _levels(kept))))


def _pages(data: bytes, file: str) -> list[list[_Printed]]:
    from pypdf import PdfReader  # late: only a sync with such a file needs it
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.ERROR)  # it warns of every small fault that it can live with
    if not data.strip():
        raise DocumentError("the file is empty; write something or delete it.", file=file)
    try:
        reader = PdfReader(BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise DocumentError("is encrypted; save it without a password.", file=file)
        _check_length(reader, file)
        return _read(reader, file)
    except (PyPdfError, ValueError, KeyError, TypeError, IndexError, AttributeError, OSError, RecursionError) as error:
        raise DocumentError("is damaged and cannot be read as a PDF; save it again.", file=file) from error


def _check_length(reader: PdfReader, file: str) -> None:
    if len(reader.pages) > MOST_PAGES:
        problem = f"has {len(reader.pages)} pages, more than the {MOST_PAGES} that are read; split it."
        raise DocumentError(problem, file=file)


def _read(reader: PdfReader, file: str) -> list[list[_Printed]]:
    pages, length = [], 0
    for number, page in enumerate(reader.pages, 1):
        lines = list(_printed(page, number))
        length += sum(len(line.text) for line in lines)
        if length > MOST_CHARACTERS:
            raise DocumentError(f"holds more than {MOST_CHARACTERS:,} characters; split it.", file=file)
        pages.append(lines)
    return pages


def _printed(page: Any, number: int) -> Iterator[_Printed]:
    """The page's lines with the size that most of their letters have."""
    pieces: list[tuple[str, float]] = []

    def visit(text: str, matrix: Sequence[float], own: Sequence[float], font: object, size: float) -> None:
        scale = (own[0] ** 2 + own[1] ** 2) ** 0.5 * (matrix[0] ** 2 + matrix[1] ** 2) ** 0.5
        pieces.append((text, abs(size * scale)))

    page.extract_text(visitor_text=visit)
    letters: list[tuple[str, float]] = []
    for text, size in [*pieces, ("\n", 0.0)]:
        for character in text:
            if character == "\n":
                yield from _line(letters, number)
                letters = []
            else:
                letters.append((character, size))


def _line(letters: list[tuple[str, float]], number: int) -> Iterator[_Printed]:
    text = as_typed("".join(character for character, _ in letters)).strip()
    if text:
        sizes = Counter(round(size, 1) for character, size in letters if not character.isspace())
        yield _Printed(text, sizes.most_common(1)[0][0], number)


def _running_heads(pages: Sequence[Sequence[_Printed]]) -> frozenset[str]:
    """Lines at the edge of most pages, whatever number they carry."""
    if len(pages) < 3:
        return frozenset()
    counts = Counter(text for page in pages for text in {_without_numbers(line.text) for line in _edges(page)})
    return frozenset(text for text, count in counts.items() if count >= max(3, RUNNING_SHARE * len(pages)))


def _edges(page: Sequence[_Printed]) -> list[_Printed]:
    return [*page[:EDGE_LINES], *page[-EDGE_LINES:]]


def _without_numbers(text: str) -> str:
    return re.sub(r"\d+", "#", text)


def _own(page: Sequence[_Printed], running: frozenset[str]) -> list[_Printed]:
    """The page without its running heads, its number and what a browser prints around a page."""
    last = len(page) - EDGE_LINES
    is_browsers = any(BROWSER_FOOT.fullmatch(line.text) for line in page[-EDGE_LINES:])  # else a date opens a text

    def is_edge(text: str) -> bool:
        if is_browsers and (BROWSER_HEAD.fullmatch(text) or BROWSER_FOOT.fullmatch(text)):
            return True
        return _without_numbers(text) in running or PAGE_NUMBER.fullmatch(text) is not None

    return [line for index, line in enumerate(page) if EDGE_LINES <= index < last or not is_edge(line.text)]


def _levels(lines: Sequence[_Printed]) -> dict[float, int]:
    """Size of letters → level of heading, by the sizes above that of the body."""
    letters: Counter[float] = Counter()
    for line in lines:
        letters[line.size] += len(line.text)
    body = letters.most_common(1)[0][0]
    larger = sorted({line.size for line in lines if line.size >= body * HEADING_SIZE and _may_head(line.text)})
    return {size: min(level, MOST_SIZES) for level, size in enumerate(reversed(larger), 1)}


def _may_head(text: str) -> bool:
    return len(text) <= LONGEST_TITLE and not SENTENCE_MARKS.search(text)


def _level(line: _Printed, levels: dict[float, int]) -> int:
    if not _may_head(line.text):
        return 0
    if levels:
        return levels.get(line.size, 0)
    return numbered_level(line.text)


def _joined(lines: Sequence[_Printed], levels: dict[float, int]) -> Iterator[Line]:
    """Lines that only the width of the page broke are one again."""
    width = sorted(_width(line.text) for line in lines)[int(0.9 * (len(lines) - 1))] if lines else 0
    held, place, last = "", "", ""
    for line in lines:
        level = _level(line, levels)
        if held and not level and _runs_on(last, line.text, width):
            held = _spliced(held, line.text)
        else:
            if held:
                yield Line(held, 0, 0, place)
            held, place = line.text, f"page:{line.page}"
        if level:
            yield Line(held, 0, level, place)
            held = ""
        last = line.text
    if held:
        yield Line(held, 0, 0, place)


def _runs_on(before: str, text: str, width: int) -> bool:
    return _width(before) >= FULL_SHARE * width and not ENDS_SENTENCE.search(before) and not OPENS_ITEM.match(text)


def _spliced(before: str, text: str) -> str:
    """Without a space between Chinese characters, with one between words; a hyphen at the end is closed up."""
    if before.endswith("-") and before[-2:-1].isalpha() and text[:1].islower():
        return before[:-1] + text
    is_latin = before[-1].isascii() and text[0].isascii()
    return f"{before} {text}" if is_latin else before + text


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
