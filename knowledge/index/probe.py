"""Asks in a process of its own whether a Chroma folder can be opened, because a broken one may end the process.

Run as `python -m knowledge.index.probe FOLDER`; exit 0 means that every collection answers a query.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PATIENCE_SECONDS = 120


def survives_opening(folder: Path) -> bool:
    """True when a child process could open and query everything in `folder`."""
    command = [sys.executable, "-m", "knowledge.index.probe", str(folder)]
    rooms = Path(__file__).resolve().parents[2]  # where the package lies, also when it is not installed
    try:
        done = subprocess.run(command, capture_output=True, timeout=PATIENCE_SECONDS, cwd=rooms, check=False)  # noqa: S603
    except (subprocess.TimeoutExpired, OSError):
        return False
    return done.returncode == 0


def main(folder: str) -> int:
    """The exit code: 0 when every collection answers."""
    import chromadb
    from chromadb.config import Settings

    client = chromadb.PersistentClient(folder, Settings(anonymized_telemetry=False))
    for collection in client.list_collections():
        held = client.get_collection(collection.name, embedding_function=None)
        sample = held.get(limit=1, include=["embeddings"])
        if not sample["ids"]:
            continue
        answer = held.query(
            query_embeddings=sample["embeddings"], n_results=min(50, held.count()), include=["distances"]
        )
        if not answer["ids"][0]:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
