"""A CSV or other text file as cells: its encoding is found by its bytes, its separator by its header."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from metrics.sources.pages import Page, PageError, Row

ENCODINGS = ("utf-8-sig", "gb18030")  # what spreadsheets in China save as, beside UTF-16
SEPARATORS = (",", "\t", ";", "|")
LARGEST = 2_000_000_000  # bytes of text: what unpacks to more is no export of a shop
LONGEST_CELL = 1_000_000
UTF16_SAMPLE = 2_000


def pages(path: Path) -> list[Page]:
    """One page a separator. Raises PageError."""
    text = decoded(_content(path))
    return [Page("", "line", partial(_rows, text, separator)) for separator in SEPARATORS]


def _content(path: Path) -> bytes:
    try:
        with gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except (OSError, EOFError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise PageError(f"cannot be read ({why}); replace the file or take it away") from None
    if len(content) > LARGEST:
        raise PageError(f"holds more than {LARGEST // 1_000_000:,} MB of text; split it by month")
    return content


def decoded(content: bytes) -> str:
    """The text of a whole file. Raises PageError when it is in none of the encodings."""
    encodings: tuple[str, ...] = ENCODINGS
    sample = content[:UTF16_SAMPLE]
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ("utf-16",)
    elif sample[1::2].count(0) > len(sample) // 8:  # Latin letters and digits as UTF-16 without its mark
        encodings = ("utf-16-le",)
    elif content.startswith(codecs.BOM_UTF8):
        encodings = ("utf-8-sig",)
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise PageError("is neither UTF-8 nor GB18030 nor UTF-16 text; save it as CSV UTF-8")


def _rows(text: str, separator: str) -> Iterator[Row]:
    # `sep=;` on the first line is a note to Excel; csv.field_size_limit is global, so it is only ever raised
    csv.field_size_limit(max(csv.field_size_limit(), LONGEST_CELL))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise PageError(f"line {line}: {error}; is a quotation mark left open?") from None
