"""`python -m benchmarks [NAME …]`: measures, then prints one table."""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import platform
import sys
import tempfile
import time
import traceback
from pathlib import Path

from benchmarks.figures import Measured, NotRunError, Row, rows_of, table
from benchmarks.workshop import Workshop

NAMES = ("help", "shop", "start", "answers", "kpi", "search", "scale", "charts", "memory", "retrieval", "refusals")


def main() -> int:
    """0 when everything asked for could be measured, also where a target is missed; else 1."""
    options = _options()
    logging.basicConfig(level=logging.ERROR)
    rows: list[Row] = []
    details = [_machine()]
    failed = False
    with tempfile.TemporaryDirectory(prefix="opsbot-bench-") as folder:
        workshop = Workshop(Path(folder), options.home, options.retrieval, options.questions, options.queries)
        for name in options.names or NAMES:
            measured = _measure(name, workshop, rows)
            failed = failed or measured is None
            details += [f"{name}: {line}" for line in measured.details] if measured else []
    print(table(rows))
    print("\n".join(["", *details]))
    return int(failed)


def _measure(name: str, workshop: Workshop, rows: list[Row]) -> Measured | None:
    """Adds the rows of one benchmark; None when it could not run."""
    print(f"· {name} …", file=sys.stderr, end="", flush=True)
    started = time.perf_counter()
    try:
        measured: Measured = importlib.import_module(f"benchmarks.{name}").measure(workshop)
    except NotRunError as reason:
        rows.append((name, f"not run: {reason}", "", "", ""))
        measured = Measured(())
    except Exception as error:
        traceback.print_exc()
        rows.append((name, f"failed: {type(error).__name__}: {error}", "", "", "failed"))
        return None
    rows += rows_of(name, measured.figures)
    print(f" {time.perf_counter() - started:.0f} s", file=sys.stderr)
    return measured


def _machine() -> str:
    """What else was going on decides how far figures of two runs may be compared."""
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    python = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    return f"{python}, {os.cpu_count()} cores, load average at the start {load}"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measured figures, as one table.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which to run (all): {', '.join(NAMES)}")
    parser.add_argument(
        "--home", type=Path, help="a demo home, copied instead of building one (not while it is served)"
    )
    parser.add_argument("--retrieval", type=Path, help="folder of the public retrieval data, see README.md")
    parser.add_argument("--questions", type=int, default=200, help="how many mixed questions (%(default)s)")
    parser.add_argument("--queries", type=int, default=200, help="how many retrieval queries (%(default)s)")
    options = parser.parse_args()
    unknown = [name for name in options.names if name not in NAMES]
    if unknown:
        parser.error(f"no benchmark {', '.join(unknown)}; there are {', '.join(NAMES)}")
    if options.questions < 1 or options.queries < 1:
        parser.error("--questions and --queries are at least 1")
    return options


if __name__ == "__main__":
    sys.exit(main())
