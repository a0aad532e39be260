"""One CSV file into typed columns; what cannot be read is named with its line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from metrics.errors import SourceError

if TYPE_CHECKING:
    import pandas as pd

ENCODINGS = ("utf-8-sig", "gb18030")  # what spreadsheets in China save as
# beside ISO 8601; only forms that cannot be misread: 01/02/2026 is January to some and February to others
TIME_FORMATS = ("%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d", "%Y年%m月%d日", "%Y%m%d", "%Y/%m")
TRUE_WORDS = ("true", "1", "yes", "y", "是")
FALSE_WORDS = ("false", "0", "no", "n", "否")


def header(path: Path, table: str) -> tuple[str, ...]:
    """The column names. Raises SourceError when the file cannot be read."""
    return tuple(str(name) for name in _read(path, table, rows=0).columns)


def load(path: Path, table: str, columns: Mapping[str, tuple[str, str]], zone: ZoneInfo) -> pd.DataFrame:
    """Logical columns, typed; `columns` maps each to its name in the file and its type. Raises SourceError."""
    import pandas as pd  # late: a second to import, and a shop of Parquet files never needs it

    raw = _read(path, table, rows=None)
    typed = {}
    for logical, (physical, kind) in columns.items():
        texts = raw[physical].str.strip()
        typed[logical] = _parse(kind, zone)(texts.where(texts != "", None))
        wrong = typed[logical].isna() & texts.fillna("").ne("")
        if kind == "time":
            wrong |= typed[logical].isna()
        if wrong.any():
            row = int(wrong.to_numpy().argmax())
            value = raw[physical].iloc[row]
            raise SourceError(
                f"table {table}: {path.name} line {row + 2}: {value!r} in column {physical!r} is no {kind}; "
                "correct the cell or map another column",
                table=table,
            )
    return pd.DataFrame(typed)


def _read(path: Path, table: str, rows: int | None) -> pd.DataFrame:
    import pandas as pd

    for encoding in ENCODINGS:
        try:
            frame = pd.read_csv(path, dtype=str, encoding=encoding, nrows=rows, keep_default_na=False)
        except UnicodeDecodeError:
            continue
        except (OSError, ValueError) as error:  # pandas' parser errors are ValueErrors
            raise SourceError(
                f"table {table}: {path.name} cannot be read ({_first_line(error)}); replace the file or take it away",
                table=table,
            ) from None
        return frame.rename(columns=lambda name: str(name).strip())
    raise SourceError(
        f"table {table}: {path.name} is neither UTF-8 nor GB18030 text; save it as CSV UTF-8", table=table
    )


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__


def _parse(kind: str, zone: ZoneInfo) -> Callable[[pd.Series[Any]], pd.Series[Any]]:
    parsers: dict[str, Callable[[pd.Series[Any]], pd.Series[Any]]] = {
        "number": _number,
        "integer": _integer,
        "boolean": _boolean,
        "time": lambda texts: _time(texts, zone),
    }
    return parsers.get(kind, lambda texts: texts.astype(object))


def _number(texts: pd.Series[Any]) -> pd.Series[Any]:
    import pandas as pd

    plain = texts.str.replace(r"^(-?)\s*[¥¥$]\s*", r"\1", regex=True).str.replace(",", "", regex=False)
    numbers = pd.to_numeric(plain, errors="coerce").astype("float64")
    return numbers.where(numbers.abs() != float("inf"))


def _integer(texts: pd.Series[Any]) -> pd.Series[Any]:
    import pandas as pd

    exact = pd.to_numeric(texts.str.replace(",", "", regex=False), errors="coerce")
    whole = exact.where(exact % 1 == 0)
    # ids may exceed what a float holds exactly: take the digits themselves where there are only digits
    digits = texts.where(texts.str.fullmatch(r"-?\d{1,18}").fillna(False).astype(bool))
    return digits.astype("Int64") if digits.notna().eq(whole.notna()).all() else whole.astype("Int64")


def _boolean(texts: pd.Series[Any]) -> pd.Series[Any]:
    words = {**dict.fromkeys(TRUE_WORDS, True), **dict.fromkeys(FALSE_WORDS, False)}
    return texts.str.lower().map(words).astype("boolean")


def _time(texts: pd.Series[Any], zone: ZoneInfo) -> pd.Series[Any]:
    """Times in the one form that fits most cells; cells in another form come back empty."""
    import pandas as pd

    best: pd.Series[Any] = pd.to_datetime(texts, format="ISO8601", errors="coerce", utc=_has_offset(texts))
    for form in TIME_FORMATS:
        if best.notna().all():
            break
        times = pd.to_datetime(texts, format=form, errors="coerce")
        if times.notna().sum() > best.notna().sum():
            best = times
    if getattr(best.dt, "tz", None) is not None:
        best = best.dt.tz_convert(zone).dt.tz_localize(None)
    return best.astype("datetime64[us]")


def _has_offset(texts: pd.Series[Any]) -> bool:
    return bool(texts.str.contains(r"(?:Z|[+-]\d{2}:?\d{2})$", regex=True, na=False).any())
