"""MarkdownV2 parse mode: marks become entities; a reserved character that is not escaped is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.sandbox.errors import ApiError, bad_request
from bot.sandbox.text.formatted import Entity, FormattedText, ordered, utf16_units
from bot.sandbox.text.html import link_entity

# "In all other places characters '_', '*', '[', … must be escaped with the preceding character '\'"
_RESERVED = "_*[]()~`>#+-=|{}.!"
_MARKS = {
    "```": "pre",
    "||": "spoiler",
    "__": "underline",
    "*": "bold",
    "_": "italic",
    "~": "strikethrough",
    "`": "code",
}
_LANGUAGE = re.compile(r"([A-Za-z0-9_+#.-]{1,32})?\n")
_ADDRESS = re.compile(r"\]\(((?:\\.|[^\\)])*)\)")


def parse_markdown(source: str) -> FormattedText:
    """Text and entities; raises ApiError 'can't parse entities' for what Telegram refuses."""
    return _Reader(source).read()


@dataclass(frozen=True, slots=True)
class _OpenMark:
    mark: str
    offset: int  # where the text inside begins, UTF-16
    start: int  # the same place in the source, in characters
    language: str = ""  # of a block of code


class _Reader:
    def __init__(self, source: str) -> None:
        self.source = source
        self.position = 0
        self.parts: list[str] = []
        self.offset = 0
        self.open: list[_OpenMark] = []
        self.entities: list[Entity] = []
        self.quote: int | None = None  # where the running block quotation begins

    def read(self) -> FormattedText:
        while self.position < len(self.source):
            self._line_start()
            if self.position < len(self.source):
                self._step()
        self._end_quote(0)
        if self.open:
            mark = self.open[-1]
            raise self._refusal(f"Can't find end of {_name(mark.mark)} entity at byte offset {self._bytes(mark.start)}")
        return FormattedText("".join(self.parts), ordered(self.entities))

    def _line_start(self) -> None:
        """'>Block quotation started': a quotation is a run of lines that begin with >."""
        if self.position and self.source[self.position - 1] != "\n":
            return
        inside_code = self.open and self.open[-1].mark in ("```", "`")
        if self.source.startswith(">", self.position) and not inside_code:
            self.quote = self.offset if self.quote is None else self.quote
            self.position += 1
        else:
            self._end_quote(1)

    def _end_quote(self, newline: int) -> None:
        if self.quote is not None:
            self._add(Entity("blockquote", self.quote, self.offset - newline - self.quote))
        self.quote = None

    def _step(self) -> None:
        character = self.source[self.position]
        following = self.source[self.position + 1 : self.position + 2]
        if character == "\\" and following and ord(following) <= 126:
            self._emit(following, 2)
        elif self.open and self.open[-1].mark in ("```", "`"):
            self._in_code(character)
        elif (mark := self._mark()) is not None:
            self._toggle(mark)
        elif character == "]" and self.open and self.open[-1].mark == "[":
            self._link()
        elif character in _RESERVED:
            raise self._refusal(f"Character '{character}' is reserved and must be escaped with the preceding '\\'")
        else:
            self._emit(character, 1)

    def _in_code(self, character: str) -> None:
        mark = self.open[-1].mark
        if self.source.startswith(mark, self.position):
            self._toggle(mark)
        else:
            self._emit(character, 1)

    def _mark(self) -> str | None:
        marks = ("```", "||", "__", "*", "_", "~", "`", "[")
        return next((mark for mark in marks if self.source.startswith(mark, self.position)), None)

    def _toggle(self, mark: str) -> None:
        begin = self.position
        self.position += len(mark)
        if not self.open or self.open[-1].mark != mark or mark == "[":
            self.open.append(_OpenMark(mark, self.offset, begin, self._language() if mark == "```" else ""))
            return
        opened = self.open.pop()
        extra = {"language": opened.language} if opened.language else {}
        self._add(Entity(_MARKS[mark], opened.offset, self.offset - opened.offset, extra))

    def _language(self) -> str:
        """The rest of the line that opens a block of code is its language and no part of the text."""
        match = _LANGUAGE.match(self.source, self.position)
        if match is None:
            return ""
        self.position = match.end()
        return match[1] or ""

    def _link(self) -> None:
        opened = self.open.pop()
        match = _ADDRESS.match(self.source, self.position)
        if match is None:
            raise self._refusal(f"Can't find end of a URL at byte offset {self._bytes(self.position)}")
        entity = link_entity(opened.offset, self.offset - opened.offset, re.sub(r"\\(.)", r"\1", match[1]))
        if entity is not None:
            self._add(entity)
        self.position = match.end()

    def _add(self, entity: Entity) -> None:
        if entity.length > 0:
            self.entities.append(entity)

    def _emit(self, text: str, consumed: int) -> None:
        self.parts.append(text)
        self.offset += utf16_units(text)
        self.position += consumed

    def _bytes(self, position: int) -> int:
        return len(self.source[:position].encode())

    def _refusal(self, reason: str) -> ApiError:
        return bad_request(f"can't parse entities: {reason}")


def _name(mark: str) -> str:
    names = {"```": "PreCode", "`": "Code", "[": "Link", "||": "Spoiler", "~": "Strikethrough"}
    return names.get(mark, _MARKS.get(mark, "").capitalize())
