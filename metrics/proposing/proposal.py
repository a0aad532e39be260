"""Everything that a folder or database seems to hold: one mapping for each logical table, and what is left over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from metrics.proposing import headers
from metrics.proposing.grouping import Group, look_at, look_into
from metrics.proposing.recognising import Choice, Recognised, recognise
from metrics.sources.body import is_total

IDS = {"orders": "order_id", "refunds": "refund_id"}  # what must not stand in two exports of one table

CORE = frozenset({"order_id", "amount", "visitors", "spend", "refunded_at"})  # what a table is mostly read for


@dataclass(frozen=True)
class TableProposal:
    """One logical table with the exports that hold it."""

    table: str
    layouts: tuple[Recognised, ...]  # exports of one table that have other headers; the first is the fullest
    missing: tuple[str, ...]  # logical columns that no header is

    @property
    def columns(self) -> tuple[str, ...]:
        """The logical columns that have a candidate."""
        return tuple(dict.fromkeys(name for layout in self.layouts for name in layout.columns))

    @property
    def places(self) -> tuple[str, ...]:
        """Patterns of files, or the one relation of a database."""
        return tuple(place for layout in self.layouts for place in layout.group.places)

    @property
    def relation(self) -> str:
        return self.layouts[0].group.relation

    @property
    def drops(self) -> dict[str, tuple[str, ...]]:
        """Status header -> cells whose rows do not count."""
        return _together([layout.drops for layout in self.layouts])

    @property
    def kept(self) -> dict[str, tuple[str, ...]]:
        """Status header -> its other cells."""
        return _together([layout.kept for layout in self.layouts])

    def chosen(self, logical: str) -> tuple[str, ...]:
        """The header of each layout; () when one has none that is sound: a column counts only in all files."""
        found = [usable(layout).get(logical, "") for layout in self.layouts]
        return tuple(dict.fromkeys(found)) if all(found) else ()

    def lacking(self, logical: str) -> tuple[str, ...]:
        """The names of the files that lack the column, while others have it."""
        places = [layout.group.places for layout in self.layouts if logical not in usable(layout)]
        return (
            tuple(place.rpartition("/")[2] for held in places for place in held)
            if len(places) < len(self.layouts)
            else ()
        )

    def others(self, logical: str) -> tuple[Choice, ...]:
        """The candidates that were not chosen, with what they mean or what speaks against them."""
        chosen = self.chosen(logical)
        every = [choice for layout in self.layouts for choice in layout.columns.get(logical, ())]
        return tuple({choice.header: choice for choice in every if choice.header not in chosen}.values())

    def meaning(self, logical: str) -> str:
        """What the chosen headers mean, where others mean something else."""
        every = [choice for layout in self.layouts for choice in layout.columns.get(logical, ())]
        return "; ".join(dict.fromkeys(c.means for c in every if c.header in self.chosen(logical) and c.means))


@dataclass(frozen=True)
class Proposal:
    """What `opsbot init` writes down."""

    tables: tuple[TableProposal, ...]
    second: tuple[tuple[Recognised, str], ...]  # exports that were left aside, and why
    unknown: tuple[Group, ...]  # groups that are no table
    unreadable: tuple[str, ...]


def propose_files(folder: Path, root: Path) -> Proposal:
    """The mapping of every data file under `folder`, for a sources.yaml in `root`."""
    seen = look_at(folder, root)
    return propose(seen.groups, seen.unreadable)


def propose_database(url: str, zone: str) -> Proposal:
    """The mapping of every table and view of a database. Raises SourceError, which never holds the address."""
    seen = look_into(url, zone)
    return propose(seen.groups, seen.unreadable)


def propose(groups: Iterable[Group], unreadable: tuple[str, ...] = ()) -> Proposal:
    """One mapping a logical table over all groups that hold it."""
    found = [(group, recognise(group)) for group in groups]
    by_table: dict[str, list[Recognised]] = {}
    for _, known in found:
        if known is not None:
            by_table.setdefault(known.table, []).append(known)
    tables, second = [], []
    for names in headers.load().tables:
        if names.id in by_table:
            table, aside = _merged(names.id, by_table[names.id])
            tables.append(table)
            second.extend(aside)
    unknown = tuple(group for group, known in found if known is None)
    return Proposal(tuple(tables), tuple(second), unknown, unreadable)


def _merged(id: str, layouts: Sequence[Recognised]) -> tuple[TableProposal, list[tuple[Recognised, str]]]:
    """The fullest layout with all that can stand beside it."""
    ranked = sorted(layouts, key=lambda layout: (len(usable(layout)), len(layout.group.names)), reverse=True)
    held, aside = [ranked[0]], []
    for layout in ranked[1:]:
        why = next((why for other in held if (why := _conflict(id, other, layout))), "")
        if why:
            aside.append((layout, why))
        else:
            held.append(layout)
    names = next(names for names in headers.load().tables if names.id == id)
    missing = tuple(name for name in names.columns if not any(name in layout.columns for layout in held))
    return TableProposal(id, tuple(held), missing), aside


def usable(layout: Recognised) -> dict[str, str]:
    """Logical column → its header, without doubtful ones."""
    return {name: choices[0].header for name, choices in layout.columns.items() if not choices[0].doubt}


def _conflict(id: str, one: Recognised, other: Recognised) -> str:
    """Why two exports cannot be one table, "" when they can."""
    if one.group.relation:
        return f"one table is read from one place, and {one.group.relation} has more of its columns"
    first, second = usable(one), usable(other)
    lost = sorted(CORE & first.keys() - second.keys())
    if lost:
        return f"it has no {', '.join(lost)}, without which the figures of the other files would be lost"
    for name in first.keys() & second.keys():
        if first[name] != second[name] and first[name] in other.group.sample.headers:
            return f"its {name} is {second[name]}, but it has a {first[name]} as well"
    if bool(one.kept) != bool(other.kept) and (one.drops or other.drops):
        return "only one of the two has a status to leave rows out by"
    shared = _shared_ids(IDS.get(id, ""), first, second, one, other)
    return f"{shared:,} of its orders stand in the other files too and would count twice" if shared else ""


def _shared_ids(
    column: str, first: Mapping[str, str], second: Mapping[str, str], one: Recognised, other: Recognised
) -> int:
    if column not in first or column not in second:
        return 0
    theirs = set(other.group.sample.filled(second[column]))
    both = theirs & set(one.group.sample.filled(first[column]))
    return sum(not is_total(id) for id in both)


def _together(parts: Sequence[Mapping[str, tuple[str, ...]]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for part in parts:
        for header, cells in part.items():
            found[header] = tuple(dict.fromkeys((*found.get(header, ()), *cells)))
    return found
