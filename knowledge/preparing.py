"""A document to everything that the store keeps of it."""

from __future__ import annotations

import hashlib

from knowledge import folding, tokens
from knowledge.chunking import split_document
from knowledge.documents import Chunk, Document
from knowledge.records import ChunkRecord, DocumentRecord, Sentence
from knowledge.sentences import sentence_spans
from knowledge.tactics import read_tactics

VERSION = "6"  # of reading, chunks, sentences and contexts; a change makes the next sync prepare every document again


def preparation_mark() -> str:
    """Changes when documents must be prepared again although their files are the same."""
    return f"{VERSION}.{tokens.VERSION}.{folding.synonyms_mark()}"


def prepare(document: Document) -> DocumentRecord:
    """Chunks, sentences, terms and tactic cards of one document."""
    cards = read_tactics(document)
    chunks = tuple(_chunk_record(document, chunk) for chunk in split_document(document))
    return DocumentRecord(document, chunks, cards.tactics, cards.mistakes)


def _chunk_record(document: Document, chunk: Chunk) -> ChunkRecord:
    """Title and headings are indexed with the text: a sentence alone often lacks its subject."""
    context = folding.fold("\n".join((document.title, *chunk.path, chunk.text)))
    return ChunkRecord(chunk, context, tuple(tokens.terms(context)), _sentences(document, chunk))


def _sentences(document: Document, chunk: Chunk) -> tuple[Sentence, ...]:
    """Each sentence and the headings above it; the best of them stands for the chunk."""
    texts = [" ".join(chunk.path) or document.title]
    texts += [chunk.text[start:end] for start, end in sentence_spans(chunk.text)]
    return tuple(Sentence(chunk.id, text, sentence_mark(text)) for text in dict.fromkeys(texts))


def sentence_mark(text: str) -> str:
    """Names a sentence's vector: equal texts share one."""
    return hashlib.sha256(text.encode()).hexdigest()[:24]
