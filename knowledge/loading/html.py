"""HTML to lines: what a reader of the page sees, without its menus, scripts and hidden parts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from knowledge.documents import Document
from knowledge.errors import DocumentError
from knowledge.loading.decoding import decode
from knowledge.loading.front_matter import FrontMatter
from knowledge.loading.lines import Line, document_of
from knowledge.loading.tables import MOST_COLUMNS, Cell, row_lines, unmerged

if TYPE_CHECKING:
    from bs4 import BeautifulSoup
    from bs4.element import PageElement, Tag

UNSEEN = (
    "script",
    "style",
    "noscript",
    "template",
    "svg",
    "iframe",
    "object",
    "button",
    "select",
    "textarea",
    "nav",
    "footer",
    "aside",
)
HEADINGS = {f"h{level}": level for level in range(1, 7)}
BLOCK_NAMES = """
address article blockquote body caption center dd details div dl dt fieldset figcaption figure header hr html li main
ol p pre section summary table tbody td tfoot th thead tr ul
"""
BLOCKS = frozenset(BLOCK_NAMES.split()) | frozenset(HEADINGS)
DECLARED = re.compile(rb"<meta[^>]{0,200}charset=[\"']?([\w-]+)", re.IGNORECASE)
HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
MAIN_SHARE = (
    0.5  # of the text: a <main> or <article> with less is only a part of the page, a <form> with more all of it
)
DEEPEST = 200  # levels of nesting; a page of real text has a dozen


def read_html(data: bytes, identity: str, file: str) -> Document:
    """Raises DocumentError for bytes that are no text and for a page without any."""
    from bs4 import BeautifulSoup  # late: only a sync with such a file needs it

    soup = BeautifulSoup(_text(data, file), "lxml")
    title = soup.title.get_text(" ", strip=True) if soup.title else ""
    lines = lines_of(_content(soup))
    if not any(line.text.strip() for line in lines):
        raise DocumentError("the page holds no text of its own; save it once it has loaded.", file=file)
    has_heading = any(line.level == 1 for line in lines)
    return document_of(identity, file, FrontMatter(title="" if has_heading else title), lines)


def lines_of(content: Tag) -> list[Line]:
    """The headings, paragraphs, list items and table rows under a tag, in reading order."""
    return [line for line in _walk(content, 0, 0) if line.text.strip()]


def _text(data: bytes, file: str) -> str:
    declared = DECLARED.search(data[:4096])
    if declared:
        try:
            return data.decode(
                declared[1].decode("ascii").lower().replace("gb2312", "gb18030").replace("gbk", "gb18030")
            )
        except (LookupError, UnicodeDecodeError):
            pass  # a page that says the wrong thing of itself
    return decode(data, file=file)


def _content(soup: BeautifulSoup) -> Tag:
    for tag in soup.find_all(UNSEEN):
        tag.decompose()
    for tag in soup.find_all(_is_hidden):
        tag.decompose()
    whole = soup.body or soup
    length = len(whole.get_text())
    for form in whole.find_all("form"):
        if len(form.get_text()) < MAIN_SHARE * length:
            form.decompose()
    for name in ("main", "article"):
        found = soup.find_all(name)
        if len(found) == 1 and len(found[0].get_text()) >= MAIN_SHARE * len(whole.get_text()):
            return found[0]
    return whole


def _is_hidden(tag: Tag) -> bool:
    return tag.has_attr("hidden") or bool(HIDDEN_STYLE.search(str(tag.get("style") or "")))


def _walk(tag: Tag, depth: int, nesting: int) -> Iterator[Line]:
    """`depth` counts lists around the tag."""
    from bs4.element import Tag

    inline: list[PageElement] = []
    for child in tag.children:
        if isinstance(child, Tag) and (child.name in BLOCKS or _holds_blocks(child)):
            yield from _paragraph(inline, tag, depth)
            inline = []
            yield from _block(child, depth, nesting + 1)
        else:
            inline.append(child)
    yield from _paragraph(inline, tag, depth)


def _block(tag: Tag, depth: int, nesting: int) -> Iterator[Line]:
    if tag.name in HEADINGS:
        yield Line(_inline([tag]), 0, HEADINGS[tag.name])
    elif tag.name == "table" and tag.find("table") is None:
        rows = tag.find_all("tr")
        yield from (Line(_inline([caption]), 0) for caption in tag.find_all("caption"))
        cells = [[_cell(cell, len(rows)) for cell in row.find_all(["td", "th"])] for row in rows]
        yield from (Line(text, 0) for text in row_lines(unmerged(cells)))
    elif tag.name == "dl" and tag.find("dt") is not None:
        yield from _definitions(tag)
    elif tag.name == "pre":
        yield from (Line(text, 0) for text in tag.get_text().splitlines())
    elif nesting > DEEPEST:
        yield Line(_inline([tag]), 0)
    else:
        yield from _walk(tag, depth + (tag.name in ("ul", "ol")), nesting)


def _definitions(tag: Tag) -> Iterator[Line]:
    """Each word with what it means: either alone answers nothing."""
    term = ""
    for part in tag.find_all(["dt", "dd"]):
        text = " ".join(_inline([part]).split())
        if part.name == "dt":
            if term:
                yield Line(term, 0)
            term = text
        elif text:
            yield Line(f"{term}：{text}" if term else text, 0)
            term = ""
    if term:
        yield Line(term, 0)


def _cell(tag: Tag, rows: int) -> Cell:
    return Cell(_inline([tag]), _span(tag, "rowspan", rows), _span(tag, "colspan", MOST_COLUMNS))


def _span(tag: Tag, name: str, most: int) -> int:
    written = str(tag.get(name) or "").strip()
    return min(max(int(written), 1), most) if re.fullmatch("[0-9]{1,6}", written) else 1


def _holds_blocks(tag: Tag) -> bool:
    return tag.find(list(BLOCKS)) is not None


def _paragraph(inline: list[PageElement], parent: Tag, depth: int) -> Iterator[Line]:
    text = _inline(inline)
    if text:
        mark = "  " * max(depth - 1, 0) + "- " if parent.name == "li" else ""
        yield from (Line(mark + part if not number else part, 0) for number, part in enumerate(text.split("\n")))


def _inline(elements: list[PageElement]) -> str:
    """Running text with its line breaks; other white space is folded as a browser does."""
    from bs4.element import NavigableString, PreformattedString, Tag

    parts: list[str] = []
    for element in elements:
        nodes = [element, *element.descendants] if isinstance(element, Tag) else [element]
        for node in nodes:
            if isinstance(node, Tag) and (node.name == "br" or node.name in BLOCKS):
                parts.append("\n")
            elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
                parts.append(re.sub(r"\s+", " ", str(node)))
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)
