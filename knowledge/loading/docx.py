"""Word documents to lines, by their styles; a bold line of its own counts as a small heading."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from knowledge.documents import Document
from knowledge.errors import DocumentError
from knowledge.loading.archive import checked_archive
from knowledge.loading.front_matter import FrontMatter
from knowledge.loading.html import lines_of
from knowledge.loading.lines import SENTENCE_MARKS, Line, document_of, numbered_level

if TYPE_CHECKING:
    from bs4 import BeautifulSoup
    from bs4.element import Tag

STYLES = "\n".join(
    [
        "p[style-name='Title'] => h1.title:fresh",
        "p[style-name='标题'] => h1.title:fresh",
        "p[style-name='Subtitle'] => p:fresh",
        *(f"p[style-name='标题 {level}'] => h{level}:fresh" for level in range(1, 7)),
        *(f"p[style-name='標題 {level}'] => h{level}:fresh" for level in range(1, 7)),
    ]
)
LONGEST_BOLD = 40
BOLD_LEVEL = 7


def read_docx(data: bytes, identity: str, file: str) -> Document:
    """Raises DocumentError for a file that is encrypted, damaged or without text."""
    import mammoth  # late: only a sync with such a file needs these
    from bs4 import BeautifulSoup

    stream = checked_archive(data, file=file)
    try:
        html = mammoth.convert_to_html(stream, style_map=STYLES, convert_image=_no_image).value
    except Exception as error:  # the reader raises whatever a damaged part makes it stumble over
        raise DocumentError("is damaged and cannot be read as a Word document; save it again.", file=file) from error
    soup = BeautifulSoup(html, "lxml")
    for paragraph in soup.find_all("p"):
        if _is_bold_line(paragraph):
            paragraph.name = "h6"
    title = _title(soup)
    lines = _leveled(lines_of(soup))
    if not any(line.text.strip() for line in lines):
        raise DocumentError("holds no text, only pictures perhaps; write down what they show.", file=file)
    return document_of(identity, file, FrontMatter(), lines, title=title)


def _no_image(image: Any) -> list[Any]:
    return []


def _title(soup: BeautifulSoup) -> str:
    """The text in the style of the title, which stands above every heading and is none itself."""
    found = soup.find("h1", class_="title")
    if found is None:
        return ""
    found.extract()
    return " ".join(found.get_text().split())


def _is_bold_line(paragraph: Tag) -> bool:
    text = paragraph.get_text().strip()
    bold = "".join(part.get_text() for part in paragraph.find_all("strong")).strip()
    return bool(text) and text == bold and len(text) <= LONGEST_BOLD and not SENTENCE_MARKS.search(text)


def _leveled(lines: list[Line]) -> list[Line]:
    """Bold lines stand below every styled heading; without styles, the numbering of Chinese documents decides."""
    styled = any(0 < line.level < 6 for line in lines)
    found = []
    for line in lines:
        level = line.level
        if not styled:
            level = numbered_level(line.text) or (BOLD_LEVEL if level else 0)
        elif level == 6:
            level = BOLD_LEVEL
        found.append(Line(re.sub(r"\s+$", "", line.text), 0, level))
    return found
