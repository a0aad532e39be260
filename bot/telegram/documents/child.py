"""Reads one file in a process of its own: whatever the file does to its reader, it does to nobody else.

`python -m bot.telegram.documents.child PATH NAME` prints one JSON object: what was read, or `problem` and `line`. The
names by which draft cards are looked for come as JSON through the standard input.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from knowledge.chunking import split_document
from knowledge.documents import Document
from knowledge.drafts import Vocabulary, propose
from knowledge.errors import DocumentError
from knowledge.loading.registry import load
from knowledge.tactics import read_tactics

MEMORY_BYTES = 3 * 1024**3  # of addresses; the libraries that read take up to a third of it before they begin
MOST_SHOWN = 6
LONGEST = 80  # characters of a heading, a title or a mistake
OUT_OF_MEMORY = "needs more memory than a document may take."


def main() -> None:
    """Prints what is in the file."""
    _limit_memory()
    path, name = sys.argv[1:3]
    try:
        found = described(load(Path(path).read_bytes(), name), Vocabulary(**json.load(sys.stdin)))
    except DocumentError as error:
        found = {"problem": error.problem, "line": error.line}
    except MemoryError:
        found = {"problem": OUT_OF_MEMORY, "line": 0}
    print(json.dumps(found))


def described(document: Document, vocabulary: Vocabulary) -> dict[str, Any]:
    """What an admin should see before the document becomes a source."""
    cards, chunks = read_tactics(document), split_document(document)
    drafts = propose(((document, chunk) for chunk in chunks), vocabulary, cards.tactics)
    headings = list(dict.fromkeys(section.path[-1] for section in document.sections if section.path))
    return {
        "title": document.title[:LONGEST],
        "date": document.date.isoformat() if document.date else "",
        "audience": document.audience,
        "categories": [name[:LONGEST] for name in document.categories[:MOST_SHOWN]],
        "supersedes": [name[:LONGEST] for name in document.supersedes[:MOST_SHOWN]],
        "headings": [heading[:LONGEST] for heading in headings[:MOST_SHOWN]],
        "sections": len(headings),
        "places": len(document.places),
        "place_kind": document.places[0].name.partition(":")[0] if document.places else "",
        "chunks": len(chunks),
        "tactics": [card.title[:LONGEST] for card in cards.tactics[:MOST_SHOWN]],
        "tactic_count": len(cards.tactics),
        "mistakes": [[error.line, error.problem[: 3 * LONGEST]] for error in cards.mistakes[:MOST_SHOWN]],
        "mistake_count": len(cards.mistakes),
        "draft_count": len(drafts),
        "owner": document.owner,
    }


def _limit_memory() -> None:
    try:
        import resource  # not on every system; the time limit holds there, too
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


if __name__ == "__main__":
    main()
