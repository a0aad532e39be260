"""A document pasted as one long line gets its lines back: before each heading, after it, before each item.

Only white space is changed, so that nothing of the content can be lost.
"""

from __future__ import annotations

import re

from knowledge.loading.outlined import outlined

SHORTEST_FLAT = 80  # a shorter line with markers in it is more likely prose about Markdown
HEADING_MARK = r"(?: \#{2,6} [ \t]+ \S | \# [ \t]+ (?! \d+ [ \t]) \S )"  # "# 1 " is a rank, not a heading
BREAK_BEFORE = re.compile(
    rf"""
    (?<= [^\sA-Za-z0-9\#] ) (?= {HEADING_MARK} )                  # "。### 标题", but not "C# 8"
    | (?<=\S) [ \t]+ (?= {HEADING_MARK} )
    | (?<=\S) [ \t]+ (?= [-*] [ \t]+ \S )                       # " - 条目"; "+" joins words in headings
    | (?<=[。；;：:！？]) (?= [-*] [ \t]+ \S )                    # "。- 条目"
    | (?<=[。；;：:.!！?？]) [ \t]+ (?= \d{{1,2}} [.、)] [ \t]+ \S )   # "。 2. 条目"
    | (?<=\S) [ \t]+ (?= -{{3,}} [ \t]+ )                       # a rule between parts
    | (?<=\|) [ \t]+ (?= \| [ \t]* [^\s|] )                     # rows of a table
    """,
    re.VERBOSE,
)
RANGE = re.compile(r"[\d%][ \t]+-[ \t]+[\d¥$]")  # "10 - 20" is one thing
HEADING = re.compile(r"(#{1,6}[ \t]+)(.*)", re.DOTALL)
BOLD = re.compile(
    r"((?:[\d.]+|[一二三四五六七八九十]+、|第\S{1,4}[章节部分])?[ \t]*\*\*[^*]+\*\*[：:]?)[ \t]*(.*)", re.DOTALL
)
NUMBERING = re.compile(
    r"""(?: \d+(?:\.\d+)*[.、)）]? | [一二三四五六七八九十]+[、.．]
      | [（(][一二三四五六七八九十\d]+[）)] | 第[一二三四五六七八九十\d]+[章节部分] )[ \t]*""",
    re.VERBOSE,
)
CONNECTORS = {"+", "&", "/", "×", "·", "与", "和", "及", "-", "—", "–", "＋", "＆"}
LATIN_TO_COLON = re.compile(r"[A-Za-z][!-~]*：")  # the end of a Latin name before its colon: "TikTok Shop：内容出海"
LONGEST_HEADING = 40
LATIN_WORDS = 6


def unflatten(line: str) -> list[str]:
    """The lines that one line stands for; itself alone when it is not flattened."""
    if not is_flattened(line):
        return outlined(line) if len(line) >= SHORTEST_FLAT and not line.lstrip().startswith(("|", "#")) else [line]
    pieces: list[str] = []
    start = 0
    for mark in BREAK_BEFORE.finditer(line):
        if _inside_range(line, mark):
            continue
        pieces.append(line[start : mark.start()])
        start = mark.end()
    pieces.append(line[start:])
    parts = [part for piece in pieces for part in _heading_and_rest(piece)]
    return [line for part in parts for line in (outlined(part) if len(part) >= SHORTEST_FLAT else [part])]


def is_flattened(line: str) -> bool:
    """True for a long line with a heading, or three items, in the middle of it."""
    if len(line) < SHORTEST_FLAT or line.lstrip().startswith("|"):
        return False
    marks = [line[mark.end()] for mark in BREAK_BEFORE.finditer(line) if not _inside_range(line, mark)]
    headings = marks.count("#")
    starts_with_heading = line.startswith("#") and len(line) > 2 * SHORTEST_FLAT
    items = marks.count("-") + marks.count("*")
    return headings > 0 or items >= 3 or (starts_with_heading and items > 0)


def _inside_range(line: str, mark: re.Match[str]) -> bool:
    return RANGE.match(line, max(mark.start() - 1, 0)) is not None


def _heading_and_rest(piece: str) -> list[str]:
    """A heading and the text that ran on behind it; the piece alone when it is no heading."""
    heading = HEADING.match(piece)
    if heading is None:
        return [piece]
    bold = BOLD.match(heading[2])
    if bold:
        title, rest = bold[1], bold[2]
    else:
        cut = _heading_end(heading[2])
        title, rest = heading[2][:cut], heading[2][cut:].lstrip()
    return [heading[1] + title.rstrip(), rest] if rest.strip() else [piece]


def _heading_end(text: str) -> int:
    """Where the heading stops: after its numbering and a word (words joined by + & / stay together)."""
    number = NUMBERING.match(text)
    position = number.end() if number else 0
    words = list(re.finditer(r"\S+", text[position:]))
    if not words:
        return len(text)
    last = 0
    while last + 1 < len(words) and _belongs(words[last].group(), words[last + 1].group(), last):
        last += 1
    end = position + words[last].end()
    return end if end - position <= LONGEST_HEADING else _clause_end(text, position)


def _belongs(word: str, following: str, taken: int) -> bool:
    if word in CONNECTORS or following in CONNECTORS or word[-1] in "+&/×":
        return True
    if word.isascii() and word[0].isupper() and LATIN_TO_COLON.match(following):
        return True
    if not (word.isascii() and following.isascii()) or taken + 1 >= LATIN_WORDS:
        return word.isascii() and taken == 0 and len(word) <= 3 and not word.isdigit()  # "AI 工具", "3C 数码"
    return word[-1] not in ".!?:;" and (following[0].islower() or word[0].isupper())


def _clause_end(text: str, position: int) -> int:
    """For a heading that runs into its text without a space: its first clause, or its numbering alone."""
    clause = re.compile(r"[^，。；！？,;!?]{1,40}[，。；！？,;!?]").match(text, position)
    return clause.end() if clause else position
