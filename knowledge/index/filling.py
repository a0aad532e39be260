"""Brings a large Chroma folder up to date in a process of its own: no other thread runs while Chroma adds vectors.

Run as `python -m knowledge.index.filling FOLDER MODEL`; the process that starts it holds the writer's lock.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

LOOK_SECONDS = 0.2  # how often to ask whether to stop


class UnfilledError(Exception):
    """The folder is not up to date."""


def fill(folder: Path, model: str, is_stopped: Callable[[], bool]) -> None:
    """Returns when Chroma holds all that the store does; raises UnfilledError when it failed or was stopped.

    A kill loses nothing: Chroma keeps everything in its log, and the next process completes it.
    """
    command = [sys.executable, "-W", "ignore", "-m", "knowledge.index.filling", str(folder), model]
    rooms = Path(__file__).resolve().parents[2]  # where the package lies, also when it is not installed
    with subprocess.Popen(command, cwd=rooms, stdout=subprocess.DEVNULL) as child:  # noqa: S603  # our own interpreter
        while True:
            try:
                code = child.wait(LOOK_SECONDS)
            except subprocess.TimeoutExpired:
                if is_stopped():
                    child.kill()
            else:
                break
    if code:
        raise UnfilledError(f"the process that fills Chroma ended with {code}")


def main(folder: Path, model: str) -> None:
    """Opens the folder, which brings it up to date."""
    from knowledge.index.chroma import ChromaIndex  # late: takes seconds
    from knowledge.store import Store

    store = Store(folder)
    ChromaIndex(folder, store, model).close()
    store.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
