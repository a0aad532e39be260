"""A large index answers by an exact scan until Chroma, which takes minutes to open it, is ready in the background."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Set

from knowledge.embedding.seam import Vectors
from knowledge.index.exact import ExactIndex
from knowledge.index.seam import DenseIndex

logger = logging.getLogger(__name__)
LARGE = 5_000  # sentences; Chroma opens fewer within some seconds, 40,000 took it one to three minutes
PROBED = 40  # chunks of the query that makes Chroma build its graph


class GradualIndex:
    """The scan takes 10 ms for 40,000 sentences, as long as Chroma, but 2 KB of memory each."""

    def __init__(self, exact: ExactIndex, open_chroma: Callable[[Callable[[], bool]], DenseIndex]) -> None:
        """`open_chroma` is handed a question to ask now and then: whether to stop, which it does by raising."""
        self._current: DenseIndex = exact
        self._exact = exact
        self._open = open_chroma
        self._changes = 0  # of the store, seen so far
        self._switching = threading.Lock()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._prepare, name="dense index")
        self._thread.start()

    @property
    def is_ready(self) -> bool:
        """Whether Chroma answers."""
        return self._current is not self._exact

    def nearest(self, vector: Vectors, limit: int, documents: Set[str] | None) -> dict[str, float]:
        return self._current.nearest(vector, limit, documents)

    def catch_up(self) -> None:
        with self._switching:
            self._changes += 1
            current = self._current
        current.catch_up()

    def close(self) -> None:
        """Waits for a step that is under way: another process may open the index right after."""
        self._stopped.set()
        self._thread.join()
        self._current.close()

    def _prepare(self) -> None:
        try:
            ready = self._open(self._stopped.is_set)
            while not self._stopped.is_set():
                seen = self._changes
                ready.catch_up()
                ready.nearest(self._exact.sample(), PROBED, None)
                with self._switching:
                    if self._changes == seen:
                        self._current = ready
                        return
            ready.close()
        except Exception:
            if not self._stopped.is_set():
                logger.warning("Chroma could not be opened; documents are searched by an exact scan.", exc_info=True)
