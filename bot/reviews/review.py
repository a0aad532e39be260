"""What a review is made of: sections of blocks, which Markdown and DOCX are both written from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from bot.assistant.types import Picture
from knowledge.documents import Audience
from metrics.model import Language
from metrics.query import KpiResult, Period, Scope

Unit = Literal["week", "month", "quarter", "year"]
UNITS: tuple[Unit, ...] = ("week", "month", "quarter", "year")


@dataclass(frozen=True)
class ReviewRequest:
    """Which review is wanted."""

    unit: Unit
    period: Period
    language: Language
    categories: tuple[str, ...] = ()  # that the asker named; () means all that may be shown


@dataclass(frozen=True)
class Paragraph:
    """A sentence or two that belong to the whole section."""

    text: str


@dataclass(frozen=True)
class Point:
    """`- **name**：text`; each point can be quoted alone, so it names its period and scope."""

    name: str
    text: str


@dataclass(frozen=True)
class Grid:
    """A table; the first column names the rows."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    texts: int = 1  # how many columns hold words; the others are figures


@dataclass(frozen=True)
class Chart:
    """A picture with its caption."""

    picture: Picture
    file: str  # "1-gmv.png": its name beside the Markdown


@dataclass(frozen=True)
class Card:
    """A tactic that was measured, in the form that playbooks write theirs."""

    title: str
    lines: Mapping[str, str]  # 类目, 指标, …


Block = Paragraph | Point | Grid | Chart | Card


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it."""

    heading: str  # without its number
    blocks: tuple[Block, ...] = ()
    parts: tuple[Section, ...] = ()  # 1.1, 1.2, …

    @property
    def charts(self) -> Iterator[Chart]:
        """Every picture in order."""
        yield from (block for block in self.blocks if isinstance(block, Chart))
        for part in self.parts:
            yield from part.charts

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing."""
        return not self.blocks and all(part.is_empty for part in self.parts)


@dataclass(frozen=True)
class Review:
    """A whole review, ready to be written."""

    request: ReviewRequest
    title: str
    date: date  # on which it was written
    categories: tuple[str, ...]
    audience: Audience
    introduction: str
    sections: tuple[Section, ...]
    summary: tuple[str, ...]  # the few lines for the chat
    notes: tuple[str, ...]  # what must be known beside them
    scope: Scope
    results: tuple[KpiResult, ...]  # every figure that it was written from
    stated: tuple[str, ...] = field(repr=False, default=())  # every string that was rendered out of the facts
    left_out: tuple[str, ...] = ()  # codes of what could not be written

    @property
    def charts(self) -> Iterator[Chart]:
        """Every picture in order."""
        for section in self.sections:
            yield from section.charts
