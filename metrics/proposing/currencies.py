"""The currency of a shop, where its headers or cells name one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from metrics.proposing.proposal import Proposal
from metrics.proposing.recognising import Recognised

MONEY_COLUMNS = ("amount", "spend")
CELLS_LOOKED_AT = 200
LATIN = r"(?<![A-Za-z]){}(?![A-Za-z])"
# Longer marks first: HK$ is no $. A lone $ is taken as the most frequent of its currencies, and the line says so.
MARKS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (code, re.compile(pattern, re.IGNORECASE))
    for code, pattern in (
        ("HKD", r"HK\$|港[币元]|" + LATIN.format("HKD")),
        ("TWD", r"NT\$|[台臺][币幣]|" + LATIN.format("TWD")),
        ("SGD", r"(?<![A-Za-z])S\$|新(?:加坡)?[币元]|" + LATIN.format("SGD")),
        ("AUD", r"(?<![A-Za-z])AU?\$|澳[币元]|" + LATIN.format("AUD")),
        ("CAD", r"(?<![A-Za-z])CA?\$|加[币元]|" + LATIN.format("CAD")),
        ("JPY", r"JP[¥￥]|日[元圆]|" + LATIN.format("JPY")),
        ("EUR", r"€|欧元|" + LATIN.format("EUR")),
        ("GBP", r"£|英镑|" + LATIN.format("GBP")),
        ("USD", r"\$|美[元金]|" + LATIN.format("USD")),
        ("CNY", r"[¥￥]|人民币|元|" + LATIN.format("(?:CNY|RMB)")),
    )
)


def currency_lines(proposal: Proposal) -> tuple[str, ...]:
    """Lines of sources.yaml: none where nothing, or CNY, is named; a question where two currencies are."""
    found = dict(place for table in proposal.tables for layout in table.layouts for place in _named(layout))
    if len(found) > 1:
        told = ", ".join(f"{code} ({place})" for code, place in found.items())
        return (f"# currency: the exports name {told}; amounts are added up as they stand, so keep those of one",)
    code, place = next(iter(found.items()), ("CNY", ""))
    if code == "CNY":
        return ()
    doubt = "; another dollar ? write its code (HKD, AUD …)" if code == "USD" else ""
    return (f"currency: {code}  # guessed: {place}{doubt}",)


def _named(layout: Recognised) -> Iterator[tuple[str, str]]:
    """Each currency that a column of money names, with the column."""
    for logical in MONEY_COLUMNS:
        for header in [choices[0].header for choices in (layout.columns.get(logical, ()),) if choices]:
            place = f"{layout.table}.{logical}, {' '.join(header.split())}"
            texts = (header, *layout.group.sample.filled(header)[:CELLS_LOOKED_AT])
            yield from ((code, place) for code in dict.fromkeys(filter(None, map(_code, texts))))


def _code(text: str) -> str:
    return next((code for code, pattern in MARKS if pattern.search(text)), "")
