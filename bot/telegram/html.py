"""Telegram HTML as marked characters: measured as Telegram does, cut into parts, stripped to plain text."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

TEXT_LIMIT = 4096  # UTF-16 units after the markup is taken out
CAPTION_LIMIT = 1024
TOKEN = re.compile(r"<(/?)([a-zA-Z][a-zA-Z-]*)((?:\s[^<>]*)?)>|&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z]+);|.", re.DOTALL)
# Where a long text is best cut, best first; each pattern ends at the cut.
BREAKS = tuple(re.compile(pattern) for pattern in (r"\n\s*\n", r"\n", r"[。！？；…]|[.!?;]\s", r"[，、]|\s"))
JOINER = "\u200d"


@dataclass(frozen=True)
class _Tag:
    number: int  # tells two neighbouring elements of the same kind apart
    name: str
    opening: str


@dataclass(frozen=True)
class _Char:
    raw: str  # as it stands in the HTML, e.g. "&amp;"
    text: str  # as it is read
    tags: tuple[_Tag, ...]

    @property
    def size(self) -> int:
        return sum(2 if sign > "\uffff" else 1 for sign in self.text)


def units(text: str) -> int:
    """Length as Telegram counts it: UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def plain(markup: str) -> str:
    """What is left to read when the markup is taken out."""
    return "".join(char.text for char in _parse(markup))


def split(markup: str, limit: int = TEXT_LIMIT) -> tuple[str, ...]:
    """Parts of at most `limit` units, cut at paragraphs or lines where possible, each with its tags closed."""
    chars = list(_parse(markup))
    parts: list[str] = []
    start = 0
    while start < len(chars):
        end = _cut(chars, start, limit)
        if rendered := _render(_trimmed(chars[start:end])):
            parts.append(rendered)
        start = end
    return tuple(parts)


def _parse(markup: str) -> Iterator[_Char]:
    stack: list[_Tag] = []
    for number, token in enumerate(TOKEN.finditer(markup)):
        closing, name = token.group(1), token.group(2)
        if name is None:
            yield _Char(_escaped(token.group()), html.unescape(token.group()), tuple(stack))
        elif not closing:
            stack.append(_Tag(number, name, token.group()))
        elif any(tag.name == name for tag in stack):
            while stack.pop().name != name:  # what was left open inside ends here, too
                pass


def _escaped(token: str) -> str:
    """A lone < or & from a careless author is text, not markup."""
    return html.escape(token, quote=False) if len(token) == 1 else token


def _cut(chars: list[_Char], start: int, limit: int) -> int:
    """Where the part that begins at `start` ends."""
    size, end = 0, start
    while end < len(chars) and size + chars[end].size <= limit:
        size += chars[end].size
        end += 1
    if end == len(chars):
        return end
    text = "".join(char.text[:1] or " " for char in chars[start : end + 1])  # one letter each keeps the positions
    for pattern in BREAKS:
        cuts = [found.end() for found in pattern.finditer(text) if found.end() <= end - start]
        if cuts and cuts[-1] >= (end - start) // 3:  # an early break would leave a stump
            return start + cuts[-1]
    return _between_letters(chars, start, end)


def _between_letters(chars: list[_Char], start: int, end: int) -> int:
    """Not inside what is seen as one sign: an accent, an emoji with its colour or its companions."""
    cut = end
    while cut > start + 1 and _belongs_to_previous(chars[cut].text, chars[cut - 1].text):
        cut -= 1
    return cut if cut > start + 1 or not _belongs_to_previous(chars[cut].text, chars[cut - 1].text) else end


def _belongs_to_previous(text: str, previous: str) -> bool:
    first = text[:1]
    return (
        first in (JOINER, "\ufe0f", "\u20e3")
        or previous.endswith(JOINER)
        or bool(first and unicodedata.combining(first))
        or "\U0001f3fb" <= first <= "\U0001f3ff"
    )


def _trimmed(chars: list[_Char]) -> list[_Char]:
    """Without white space at the ends, which Telegram would cut off anyway."""
    start, end = 0, len(chars)
    while start < end and chars[start].text.isspace():
        start += 1
    while end > start and chars[end - 1].text.isspace():
        end -= 1
    return chars[start:end]


def _render(chars: list[_Char]) -> str:
    out: list[str] = []
    open_tags: tuple[_Tag, ...] = ()
    for char in chars:
        if char.tags != open_tags:
            out.append(_switch(open_tags, char.tags))
            open_tags = char.tags
        out.append(char.raw)
    out.append(_switch(open_tags, ()))
    return "".join(out)


def _switch(before: tuple[_Tag, ...], after: tuple[_Tag, ...]) -> str:
    same = 0
    while same < min(len(before), len(after)) and before[same] == after[same]:
        same += 1
    closing = "".join(f"</{tag.name}>" for tag in reversed(before[same:]))
    return closing + "".join(tag.opening for tag in after[same:])
