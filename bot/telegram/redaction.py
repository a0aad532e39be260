"""Keeps the token out of every log line, including the texts of exceptions."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import quote

MASK = "[token]"
QUIET = ("httpx", "httpcore")  # they log every address at INFO, and the address holds the token


class Redaction:
    """Installed around the life of the surface; works for handlers that are added later, too."""

    def __init__(self, token: str) -> None:
        secret = token.partition(":")[2]
        self._forms = tuple(form for form in (token, quote(token, safe=""), secret) if len(form) > 5)
        self._previous: Any = None

    def __call__(self, text: str) -> str:
        """The text with the token masked."""
        for form in self._forms:
            text = text.replace(form, MASK)
        return text

    def install(self) -> None:
        """Every log record made from now on is masked before any handler sees it."""
        for name in QUIET:
            logging.getLogger(name).setLevel(logging.WARNING)
        self._previous = previous = logging.getLogRecordFactory()

        def masked(*args: Any, **kwargs: Any) -> logging.LogRecord:
            record: logging.LogRecord = previous(*args, **kwargs)
            self._mask(record)
            return record

        logging.setLogRecordFactory(masked)

    def remove(self) -> None:
        """Log records are made as before."""
        if self._previous is not None:
            logging.setLogRecordFactory(self._previous)
            self._previous = None

    def _mask(self, record: logging.LogRecord) -> None:
        try:
            text = record.getMessage()
        except Exception:  # a broken log call would print its raw arguments to stderr
            text = f"{record.msg!r} with {record.args!r}"
            record.msg, record.args = self(text).replace("%", "%%"), ()
        if (masked := self(text)) != text:
            record.msg, record.args = masked, ()
        if record.exc_info and record.exc_info[0] is not None:
            trace = logging.Formatter().formatException(record.exc_info)
            if (masked := self(trace)) != trace:
                # Handlers that draw tracebacks themselves would print the raw text from exc_info.
                record.exc_text, record.exc_info = masked, None
