"""The tables of the store. Everything in them can be made again from the documents."""

from __future__ import annotations

VERSION = 5

TABLES = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS documents (
    id TEXT PRIMARY KEY,            -- hash of the bytes
    file TEXT NOT NULL,
    title TEXT NOT NULL,
    date TEXT,                      -- ISO
    categories TEXT NOT NULL,       -- JSON list
    audience TEXT NOT NULL,
    supersedes TEXT NOT NULL,       -- JSON list
    text TEXT NOT NULL,
    places TEXT NOT NULL,           -- JSON list of [offset, name of the page, slide or sheet]
    owner TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS files (
    folder TEXT NOT NULL,
    file TEXT NOT NULL,
    size INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL,
    changed_ns INTEGER NOT NULL,
    seen_ns INTEGER NOT NULL,
    digest TEXT NOT NULL,
    document_id TEXT REFERENCES documents(id),
    failure TEXT,
    PRIMARY KEY (folder, file)
);
CREATE TABLE IF NOT EXISTS chunks (
    id TEXT PRIMARY KEY,
    document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
    number INTEGER NOT NULL,        -- reading order
    path TEXT NOT NULL,             -- JSON list
    text TEXT NOT NULL,
    start INTEGER NOT NULL,
    stop INTEGER NOT NULL,
    context TEXT NOT NULL,
    terms TEXT NOT NULL             -- separated by \\x1f
);
CREATE INDEX IF NOT EXISTS chunks_of_document ON chunks(document_id, number);
CREATE TABLE IF NOT EXISTS sentences (
    chunk_id TEXT NOT NULL REFERENCES chunks(id) ON DELETE CASCADE,
    mark TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (chunk_id, mark)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sentences_by_mark ON sentences(mark);
CREATE TABLE IF NOT EXISTS vectors (
    model TEXT NOT NULL,
    mark TEXT NOT NULL,             -- hash of the sentence, so that an edit embeds only what is new
    vector BLOB NOT NULL,           -- float32, little endian
    UNIQUE (model, mark)            -- a rowid table: rows of 2 KB would overflow the pages of an index
);
CREATE TABLE IF NOT EXISTS tactics (
    document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    card TEXT NOT NULL,             -- JSON
    PRIMARY KEY (document_id, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS mistakes (
    document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    line INTEGER NOT NULL,
    problem TEXT NOT NULL,
    PRIMARY KEY (document_id, number)
) WITHOUT ROWID;
"""
NAMES = ("mistakes", "tactics", "vectors", "sentences", "chunks", "files", "documents", "meta")
