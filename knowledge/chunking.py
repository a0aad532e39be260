"""Documents to chunks: whole sentences of one section, with spans that point into the document's text."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from knowledge.documents import Chunk, Document, Section

LONGEST = 350  # characters; measured: longer chunks blur the vectors, shorter ones lose the subject
# a paragraph, a list item or line, a sentence, a clause, in this order
SEPARATORS = [r"\n{2,}", r"\n", r"[。！？!?…；;]+[”’」』）)]*", r"\.(?=\s)", r"[，,、]", ""]


def split_document(document: Document) -> tuple[Chunk, ...]:
    """The chunks in reading order; `document.text[start:end] == text` holds for each."""
    chunks: list[Chunk] = []
    for index, section in enumerate(document.sections):
        if section.text:
            chunks += [_chunk(document, section.path, start, end) for start, end in _spans(section)]
        elif _is_leaf(document.sections, index):
            chunks.append(_heading_chunk(document, section))
    return tuple(chunks)


def _spans(section: Section) -> Iterator[tuple[int, int]]:
    """Pieces of the section as spans in the document, cut at the coarsest separator that fits."""
    if len(section.text) <= LONGEST:
        yield section.start, section.start + len(section.text)
        return
    # late: only a sync that found something new splits text
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(
        separators=SEPARATORS,
        is_separator_regex=True,
        keep_separator="end",
        chunk_size=LONGEST,
        chunk_overlap=0,
        strip_whitespace=False,  # so that the pieces add up to the text and their places are known
    )
    position = section.start
    for piece in splitter.split_text(section.text):
        body = piece.strip()
        if body:
            start = position + len(piece) - len(piece.lstrip())
            yield start, start + len(body)
        position += len(piece)


def _is_leaf(sections: tuple[Section, ...], index: int) -> bool:
    path = sections[index].path
    following = sections[index + 1].path if index + 1 < len(sections) else ()
    return following[: len(path)] != path


def _heading_chunk(document: Document, section: Section) -> Chunk:
    """A heading without text is a statement of its own ("3.2 每日巡检两次")."""
    end = section.start
    start = document.text.rfind("\n", 0, end) + 1
    body = document.text[start:end]
    return _chunk(document, section.path, start + len(body) - len(body.lstrip()), end - len(body) + len(body.rstrip()))


def _chunk(document: Document, path: tuple[str, ...], start: int, end: int) -> Chunk:
    mark = "\x1f".join((document.id, *path, str(start), str(end)))
    identity = hashlib.sha256(mark.encode()).hexdigest()[:24]
    return Chunk(identity, document.id, path, document.text[start:end], start, end)
