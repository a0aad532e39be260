"""What travels through the knowledge room: Document → Section → Chunk → Passage, and Tactic."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Audience = Literal["everyone", "manager"]
Verdict = Literal["answer", "weak", "none"]


@dataclass(frozen=True)
class Section:
    """One heading and the text under it up to the next heading."""

    path: tuple[str, ...]  # headings from the top, as written, without markup; () before the first heading
    text: str  # the section's own text, plain, without its heading
    start: int  # offset of `text` in Document.text, in characters
    line: int  # 1-based line of the heading in the file


@dataclass(frozen=True)
class Place:
    """Where a page, slide or sheet begins in a document's text."""

    start: int  # offset in Document.text
    name: str  # "page:3", "slide:2", "sheet:渠道"


@dataclass(frozen=True)
class Document:
    """One file as read."""

    id: str  # content hash (hex), so the same bytes are the same document
    file: str  # path relative to its library folder, with "/" separators
    title: str
    date: date | None  # front matter; None when the file does not say
    categories: tuple[str, ...]  # front matter, as written; () means all
    audience: Audience
    supersedes: tuple[str, ...]  # titles or files that this document replaces
    text: str  # whole plain text that spans point into
    sections: tuple[Section, ...]
    places: tuple[Place, ...] = ()  # in order; () for a format without pages
    owner: str = ""  # id or @name of who looks after it; "" when the file does not say


@dataclass(frozen=True)
class Chunk:
    """The unit of retrieval: some whole sentences of one section."""

    id: str  # hash of document id, section path and span
    document_id: str
    path: tuple[str, ...]
    text: str
    start: int  # span in Document.text
    end: int


@dataclass(frozen=True)
class Passage:
    """A found chunk with everything needed to cite it."""

    id: str  # chunk id
    document_id: str
    document: str  # title
    file: str
    section: str  # heading path joined by " › ", without the title
    text: str  # the chunk as it stands in the document
    quote: str  # the sentence or bullet of it that answers best; always a substring of `text`
    date: date | None
    categories: tuple[str, ...]
    audience: Audience
    score: float  # ranking score; comparable within one search only
    coverage: float  # share (0…1) of the question's informative weight that stands in the passage
    cosine: float  # best sentence similarity, −1…1
    missing: tuple[str, ...]  # informative words of the question that the passage does not hold
    place: str = ""  # "page:3", "slide:2", "sheet:渠道": where the quote stands; "" where the format has none
    answers: bool = False  # whether this quote by itself would be an answer; the verdict is that of the best one


@dataclass(frozen=True)
class SearchResult:
    query: str
    passages: tuple[Passage, ...]  # best first
    verdict: Verdict  # "answer": quote it; "weak": offer as nearest; "none": the documents don't hold it


@dataclass(frozen=True)
class Acceptance:
    """A person's word that a sentence in free text is a card."""

    by: str  # name
    on: date


@dataclass(frozen=True)
class Tactic:
    """A tactic card as the team wrote it; names are as written, the bot maps them onto its catalogue."""

    id: str  # stable over edits of the body: hash of file and title
    title: str  # without the "战法：" prefix
    categories: tuple[str, ...]  # () means any
    channels: tuple[str, ...]
    metrics: tuple[str, ...]
    when: str
    actions: tuple[str, ...]
    evidence: str
    caution: str
    effort: str
    document_id: str
    document: str  # title
    file: str
    section: str  # heading path joined by " › "
    date: date | None
    audience: Audience
    accepted: Acceptance | None = None  # None for a card that the document itself holds


@dataclass(frozen=True)
class Failure:
    file: str
    reason: str  # one sentence with the next move


@dataclass(frozen=True)
class SyncReport:
    """What one sync changed; files are relative names."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int
    failed: tuple[Failure, ...]
    chunks: int  # in the index afterwards
    tactics: int
    seconds: float


@dataclass(frozen=True)
class DocumentInfo:
    id: str
    file: str
    title: str
    date: date | None
    audience: Audience
    categories: tuple[str, ...]
    chunks: int
    tactics: int
    superseded_by: str | None  # title of the newer document, whose text is used instead
    owner: str = ""  # id or @name of who looks after it
