"""A review as Markdown, in the form that playbooks have: front matter, numbered headings, named points."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from bot.reviews.flat import flat
from bot.reviews.review import Block, Card, Chart, Grid, Paragraph, Point, Review, Section
from prompts.loader import Wording

Heading = tuple[int, str]


def write_markdown(review: Review, wording: Wording, *, pictures: bool = True) -> str:
    """The whole text; without `pictures` it stands alone, as a document in a chat or in the index does."""
    lines = [*_front_matter(review), "", flat(review.introduction), ""]
    for (level, heading), blocks in outline(review, wording):
        lines += [f"{'#' * level} {flat(heading)}", ""]
        shown = [block for block in blocks if pictures or not isinstance(block, Chart)]
        for block in shown:
            is_after_list = lines[-1].startswith("- ") and not isinstance(block, Point | Card)
            lines += ["", *_block(block, colon_of(review))] if is_after_list else _block(block, colon_of(review))
        if lines[-1]:
            lines.append("")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).rstrip() + "\n"


def outline(review: Review, wording: Wording) -> Iterator[tuple[Heading, tuple[Block, ...]]]:
    """Every heading with its number and level, and what stands under it."""
    for number, section in enumerate((one for one in review.sections if not one.is_empty), 1):
        yield (2, _numbered(section, number, review, wording)), section.blocks
        yield from _parts(section, str(number), 3)


def _parts(section: Section, number: str, level: int) -> Iterator[tuple[Heading, tuple[Block, ...]]]:
    for place, part in enumerate((one for one in section.parts if not one.is_empty), 1):
        mark = f"{number}.{place}"
        is_card = bool(part.blocks) and isinstance(part.blocks[0], Card)  # known as one by how its heading begins
        yield (level, part.heading if is_card else f"{mark} {part.heading}"), part.blocks
        yield from _parts(part, mark, level + 1)


def _numbered(section: Section, number: int, review: Review, wording: Wording) -> str:
    if section is review.sections[-1]:  # the appendix
        return section.heading
    return wording.text("review/numbered", review.request.language, number=number, heading=section.heading)


def _front_matter(review: Review) -> list[str]:
    def quoted(text: str) -> str:
        return json.dumps(text, ensure_ascii=False)  # a JSON string is a YAML one

    categories = ", ".join(quoted(name) for name in review.categories)
    return [
        "---",
        f"title: {quoted(review.title)}",
        f"date: {review.date}",
        f"categories: [{categories}]",
        f"audience: {review.audience}",
        "---",
    ]


def colon_of(review: Review) -> str:
    """What stands between a name and what is said of it."""
    return "：" if review.request.language == "zh" else ": "


def _block(block: Block, colon: str) -> list[str]:
    if isinstance(block, Paragraph):
        return [flat(block.text), ""]
    if isinstance(block, Point):
        return [f"- **{flat(block.name)}**{colon}{flat(block.text)}"]
    if isinstance(block, Card):
        return [*(f"- {flat(key)}{colon}{flat(value)}" for key, value in block.lines.items()), ""]
    if isinstance(block, Chart):
        return ["", f"![{flat(block.picture.alt)}]({block.file})", ""]
    return _grid(block)


def _grid(grid: Grid) -> list[str]:
    marks = ["---" if column < grid.texts else "---:" for column in range(len(grid.head))]
    rows = [_cells(row) for row in grid.rows]
    return ["", _cells(grid.head), f"| {' | '.join(marks)} |", *rows, ""]


def _cells(row: tuple[str, ...]) -> str:
    return f"| {' | '.join(flat(cell).replace('|', chr(92) + '|') for cell in row)} |"
