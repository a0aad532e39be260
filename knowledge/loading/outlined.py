"""A text pasted as one line without Markdown's marks gets its lines back by its numbering, brackets and bullets.

Only white space is changed, so that nothing of the content can be lost.
"""

from __future__ import annotations

import re
from collections import defaultdict

from knowledge.loading.lines import SENTENCE_MARKS

HAN = "一二三四五六七八九十"
MARK = re.compile(
    rf"""
    (?: ^ | (?<=[\s。！？；!?;）)】”」：:*]) )
    (?: (?P<chapter> 第[{HAN}百\d]{{1,4}}[章篇编节] )
      | (?P<article> 第[{HAN}百\d]{{1,4}}条 (?=[\s：:]) )
      | (?P<han> (?<![：:]) (?P<han_number>[{HAN}]{{1,3}})、 )
      | (?P<paren> [（(] (?P<paren_number>[{HAN}]{{1,3}}) [）)] )
      | (?P<bracket> (?<![：:]) 【[^【】]{{2,20}}】 )
      | (?P<bold> (?<![：:]) \*\*[^*\s][^*]{{0,24}}\*\* )
      | (?P<number> (?P<number_number>\d{{1,2}}) [.．、] (?!\d) )
      | (?P<digit> [（(] (?P<digit_number>\d{{1,2}}) [）)] )
      | (?P<bullet> [●•■◆➢▪○◎※√★] | · (?=\s) )
      | (?P<asked> (?:Q|问) \d{{0,2}} [:：] )
      | (?P<answered> (?:A|答) \d{{0,2}} [:：] )
    )
    """,
    re.VERBOSE,
)
HEADINGS = frozenset(("chapter", "han", "paren", "bracket", "bold"))
NUMBERED = {"han": "一二", "paren": "一二", "number": "12", "digit": "12"}  # what a list of that kind begins with
LEAST_HEADINGS, LEAST_ITEMS = 2, 3
TITLE = re.compile(r"\S+[ \t]*(?P<rest>.*)", re.DOTALL)
NUMBER_ALONE = re.compile(rf"(?:第[{HAN}百\d]{{1,4}}[章篇编节]|[{HAN}]{{1,3}}、|[（(][{HAN}]{{1,3}}[）)])[ \t]*")


def outlined(line: str) -> list[str]:
    """The lines that one line stands for; itself alone where it holds no outline."""
    starts = _starts(line)
    if not starts:
        return [line]
    edges = [0, *(start for start, _ in starts), len(line)]
    kinds = ["", *(kind for _, kind in starts)]
    pieces = [(kind, line[edges[index] : edges[index + 1]].strip()) for index, kind in enumerate(kinds)]
    return [part for kind, piece in pieces if piece for part in _parts(kind, piece)]


def _starts(line: str) -> list[tuple[int, str]]:
    """Where each part begins and of what kind it is; nothing where there are too few for an outline."""
    found: dict[str, list[re.Match[str]]] = defaultdict(list)
    for mark in MARK.finditer(line):
        found[str(mark.lastgroup).removesuffix("_number")].append(mark)
    kept = {kind: marks for kind, marks in found.items() if _is_list(kind, marks)}
    headings = sum(len(marks) for kind, marks in kept.items() if kind in HEADINGS)
    items = sum(map(len, kept.values())) - headings
    if headings < LEAST_HEADINGS and items < LEAST_ITEMS:
        return []
    return sorted((mark.start(), kind) for kind, marks in kept.items() for mark in marks)


def _is_list(kind: str, marks: list[re.Match[str]]) -> bool:
    """Two of a kind at least, and numbers that follow one another: a single "2." may be anything."""
    if kind not in NUMBERED:
        return len(marks) > 1
    numbers = [mark[f"{kind}_number"] for mark in marks]
    return all(number in numbers for number in NUMBERED[kind])


def _parts(kind: str, piece: str) -> list[str]:
    """A heading and the text that ran on behind it; the piece alone when it is no heading."""
    if kind not in HEADINGS:
        return [piece]
    if kind in ("bracket", "bold"):
        end = piece.index("】" if kind == "bracket" else "**", 2) + (1 if kind == "bracket" else 2)
    else:
        number = NUMBER_ALONE.match(piece)
        words = TITLE.match(piece, number.end() if number else 0)
        end = words.start("rest") if words else len(piece)
    title, rest = piece[:end].strip(), piece[end:].strip()
    return [title, rest] if rest and not SENTENCE_MARKS.search(title.strip("*")) else [piece]
