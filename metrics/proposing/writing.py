"""A proposal as the text of a sources.yaml: what is active, what is an alternative, and why."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from metrics.model import SemanticModel
from metrics.proposing.currencies import currency_lines
from metrics.proposing.headers import load
from metrics.proposing.proposal import Proposal, TableProposal
from metrics.proposing.recognising import Choice, Recognised
from metrics.proposing.values import unknown_values

# what YAML takes as a plain text in every place, and nothing that it would read as null, a list or a comment
PLAIN = re.compile(r"[\w\u00b7/.*（）()￥%+-]+(?: [\w\u00b7/.（）()￥%+-]+)*")
NOT_TEXT = re.compile(r"(?:~|null|true|false|yes|no|on|off|[-*+.%(].*)", re.IGNORECASE)
VALUES_AT_MOST = 12
NAMES_AT_MOST = 12
DATABASE = "shop"  # what the database is called in the file

HEAD = """\
# Where the rows of each table are. Written by `opsbot init`: what it took from headers and sampled cells is marked
# "guessed"; read those lines once. `opsbot check` prints what they give. Every key: metrics/README.md, "Add a source".
zone: {zone}  # of times that name no zone
"""


def scalar(text: str) -> str:
    """A text as YAML writes it."""
    is_plain = PLAIN.fullmatch(text) and not NOT_TEXT.fullmatch(text)
    return text if is_plain else json.dumps(text, ensure_ascii=False)


def sources_text(proposal: Proposal, model: SemanticModel, zone: str, address: str = "") -> str:
    """The whole file; `address` is that of the database, with its secrets as ${NAME}."""
    facts = [table for table in proposal.tables if table.table != "targets"]
    currency = "".join(f"{line}\n" for line in currency_lines(proposal))
    lines = [HEAD.format(zone=zone) + currency]
    if address:
        lines.append(f"databases:\n  {DATABASE}: {address}\n")
    if facts:
        lines.append("tables:")
        for table in facts:
            lines += [*_table(table, model, "  "), ""]
    for table in proposal.tables:
        if table.table == "targets":
            lines += [*_table(table, model, ""), ""]
    lines += _leftovers(proposal)
    return "\n".join(lines).rstrip() + "\n"


def _table(table: TableProposal, model: SemanticModel, indent: str) -> Iterator[str]:
    inner = indent + "  "
    yield from _place(table, indent, inner)
    yield f"{inner}columns:"
    columns = next(names for names in load().tables if names.id == table.table).columns
    for logical in columns:
        yield from _column(table, logical, inner + "  ")
    yield from _filters(table, inner)
    yield from _values(table, model, inner)
    if table.missing:
        yield f"{inner}# not found in the headers: {', '.join(table.missing)}"
    for text in (doubt for layout in table.layouts for doubt in layout.doubts):
        yield f"{inner}# not used: {_one_line(text)}"
    unused = list(dict.fromkeys(name for layout in table.layouts for name in layout.unused))
    if unused:
        yield f"{inner}# no meaning here: {_some(unused)}"


def _place(table: TableProposal, indent: str, inner: str) -> Iterator[str]:
    if table.relation:
        yield f"{indent}{table.table}:  # guessed from the names of columns"
        yield f"{inner}database: {DATABASE}"
        yield f"{inner}table: {scalar(table.relation)}"
        return
    count = sum(len(layout.group.names) for layout in table.layouts)
    yield f"{indent}{table.table}:  # guessed from the headers of {count} file{'s' * (count > 1)}"
    yield f"{inner}files: {_texts(table.places)}"


def _column(table: TableProposal, logical: str, indent: str) -> Iterator[str]:
    chosen, others = table.chosen(logical), table.others(logical)
    if chosen:
        meaning = table.meaning(logical) if others else ""
        yield f"{indent}{logical}: {_texts(chosen)}  # guessed{f': {meaning}' if meaning else ''}"
    for choice in others:
        told = _told(choice, table.lacking(logical))
        yield f"{indent}# {logical}: {scalar(choice.header)}  # {told}"


def _told(choice: Choice, lacking: Sequence[str]) -> str:
    """Why a candidate was not chosen, or what it means."""
    if choice.doubt:
        return f"no: {choice.doubt}"
    if lacking:
        return f"no: {_some(lacking)} has none, and a column counts only when every file has it"
    return f"or: {choice.means or 'the same by its name'}"


def _filters(table: TableProposal, indent: str) -> Iterator[str]:
    """Rows that do not count: one line a status column, with the cells that are kept beside it."""
    drops, kept = table.drops, table.kept
    if drops:
        yield f"{indent}drop:  # guessed: rows whose order or refund did not come about"
    for header, cells in drops.items():
        yield f"{indent}  {scalar(header)}: {_texts(cells, always_list=True)}  # kept: {_some(kept.get(header, ()))}"
        yield from _paid_after_all(table, header, cells, indent + "  ")
    for header in kept.keys() - drops.keys():
        yield f"{indent}# every row counts, whatever its {_one_line(header)} is: {_some(kept[header])}"


def _paid_after_all(table: TableProposal, header: str, cells: Sequence[str], indent: str) -> Iterator[str]:
    """Closed orders that were paid were refunded later: GMV, which is before refunds, may well count them."""
    if table.table != "orders":
        return
    for cell in cells:
        paid, rows = map(sum, zip(*(layout.paid_among(header, cell) for layout in table.layouts), strict=True))
        if paid and rows:
            word = "refunded later, perhaps: with them, GMV is before refunds" if paid < rows else "all were paid"
            yield f"{indent}# {cell}: {paid:,} of {rows:,} rows looked at have a time of payment ({word})"


def _values(table: TableProposal, model: SemanticModel, indent: str) -> Iterator[str]:
    """Values that the catalogue does not know, as lines to fill in."""
    found = unknown_values(table, model)
    if found:
        yield f"{indent}# values:  # not in the catalogue: take off the # and write the catalogue's value behind each"
    for dimension, values in found.items():
        known = ", ".join(value.id for value in model.dimensions[dimension].values)
        yield f"{indent}#   {dimension}:  # one of {known}"
        for value, rows in list(values.items())[:VALUES_AT_MOST]:
            yield f'{indent}#     {scalar(value)}: "?"  # {rows:,} of the rows looked at'
        if len(values) > VALUES_AT_MOST:
            yield f"{indent}#     # and {len(values) - VALUES_AT_MOST} more"


def _leftovers(proposal: Proposal) -> Iterator[str]:
    for layout, why in proposal.second:
        yield from _second(layout, why)
    for group in proposal.unknown:
        yield f"# not recognised: {_one_line(', '.join(group.places))} (headers: {_some(group.sample.headers)})"
    for text in proposal.unreadable:
        yield f"# not read: {_one_line(text)}"


def _second(layout: Recognised, why: str) -> Iterator[str]:
    yield f"# {layout.table} as well, but left out: {_one_line(why)}"
    yield f"#   {'table' if layout.group.relation else 'files'}: {_one_line(_texts(layout.group.places))}"
    columns = {name: choices[0].header for name, choices in layout.columns.items()}
    pairs = ", ".join(f"{name}: {scalar(header)}" for name, header in columns.items())
    yield f"#   columns: {{{_one_line(pairs)}}}"


def _texts(texts: Sequence[str], *, always_list: bool = False) -> str:
    unique = list(dict.fromkeys(texts))
    if len(unique) == 1 and not always_list:
        return scalar(unique[0])
    return f"[{', '.join(scalar(text) for text in unique)}]"


def _some(texts: Sequence[str]) -> str:
    shown = ", ".join(texts[:NAMES_AT_MOST]) + (", …" if len(texts) > NAMES_AT_MOST else "")
    return _one_line(shown) or "nothing"


def _one_line(text: str) -> str:
    return " ".join(text.split())
