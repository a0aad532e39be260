"""HTML parse mode: tags become entities, anything unknown is refused in Telegram's words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.sandbox.errors import ApiError, bad_request
from bot.sandbox.text.formatted import Entity, FormattedText, ordered, utf16_units
from bot.sandbox.wire import Json

# 'The following tags are currently supported'
_STYLES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
}
# 'The API currently supports only the following named HTML entities: &lt;, &gt;, &amp; and &quot;'
_NAMED = {"&lt;": "<", "&gt;": ">", "&amp;": "&", "&quot;": '"'}
# 'All numerical HTML entities are supported'
_REFERENCE = re.compile(r"&(?:lt|gt|amp|quot);?|&#(?:[0-9]{1,8}|[xX][0-9a-fA-F]{1,6});?")
_ATTRIBUTE = re.compile(r"""\s*([^\s=>"'/]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s>"']+))?""")
_LINK = re.compile(r"^(?:[a-z][a-z0-9+.-]*:)?(?://)?[^\s/?#]+\.[^\s]+$|^(?:tg|ton|tel|mailto):\S+$", re.IGNORECASE)
_LOCAL = re.compile(r"^https?://[^\s/?#]+\S*$", re.IGNORECASE)
_USER_LINK = re.compile(r"^tg://user/?\?id=(\d{1,15})$")


def parse_html(source: str) -> FormattedText:
    """Text and entities; raises ApiError 'can't parse entities' for what Telegram refuses."""
    return _Reader(source).read()


def link_entity(offset: int, length: int, url: str) -> Entity | None:
    """A text_link, a text_mention for tg://user?id=…, or nothing where the address is none."""
    if user := _USER_LINK.match(url):
        return Entity("text_mention", offset, length, {"user": {"id": int(user[1])}})
    if not (_LINK.match(url) or _LOCAL.match(url)):
        return None
    if "://" not in url and not re.match(r"^(tel|mailto):", url):
        url = f"http://{url}"
    return Entity("text_link", offset, length, {"url": url if "/" in url.split("://", 1)[-1] else f"{url}/"})


@dataclass(frozen=True, slots=True)
class _OpenTag:
    name: str
    attributes: dict[str, str]
    offset: int  # where the text inside begins, UTF-16
    start: int  # the same place in the parts read so far


class _Reader:
    def __init__(self, source: str) -> None:
        self.source = source
        self.position = 0
        self.parts: list[str] = []
        self.offset = 0
        self.open: list[_OpenTag] = []
        self.entities: list[Entity] = []

    def read(self) -> FormattedText:
        while self.position < len(self.source):
            character = self.source[self.position]
            if character == "<":
                self._tag()
            elif character == "&":
                self._reference()
            else:
                self._run()
        if self.open:
            raise self._refusal(f'Can\'t find end tag corresponding to start tag "{self.open[-1].name}"')
        return FormattedText("".join(self.parts), ordered(_languages(self.entities)))

    def _run(self) -> None:
        stops = [i for i in (self.source.find(mark, self.position) for mark in "<&") if i >= 0]
        end = min(stops, default=len(self.source))
        self._emit(self.source[self.position : end])
        self.position = end

    def _emit(self, text: str) -> None:
        self.parts.append(text)
        self.offset += utf16_units(text)

    def _reference(self) -> None:
        match = _REFERENCE.match(self.source, self.position)
        decoded = _decoded(match[0]) if match else None
        if match is None or decoded is None:
            self._emit("&")
            self.position += 1
            return
        self._emit(decoded)
        self.position = match.end()

    def _tag(self) -> None:
        begin = self.position
        end = _end_of_tag(self.source, begin)
        if self.source.startswith("</", begin):
            if end < 0:
                raise self._refusal(f"Unclosed end tag at byte offset {self._bytes(begin)}")
            self._close(self.source[begin + 2 : end].strip().lower(), begin)
        else:
            name = re.split(r"[\s>]", self.source[begin + 1 :], maxsplit=1)[0].lower()
            if name not in _STYLES:
                raise self._refusal(f'Unsupported start tag "{name}" at byte offset {self._bytes(begin)}')
            if end < 0:
                raise self._refusal(f"Unclosed start tag at byte offset {self._bytes(begin)}")
            self._start(name, self.source[begin + 1 + len(name) : end], begin)
        self.position = end + 1

    def _start(self, name: str, rest: str, begin: int) -> None:
        attributes = {match[1].lower(): _unquoted(match[2] or "") for match in _ATTRIBUTE.finditer(rest)}
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise self._refusal(f'Tag "span" must have class "tg-spoiler" at byte offset {self._bytes(begin)}')
        self.open.append(_OpenTag(name, attributes, self.offset, len(self.parts)))

    def _close(self, name: str, begin: int) -> None:
        if not self.open:
            raise self._refusal(f"Unexpected end tag at byte offset {self._bytes(begin)}")
        tag = self.open.pop()
        if name and name != tag.name:
            raise self._refusal(
                f'Unmatched end tag at byte offset {self._bytes(begin)}, expected "</{tag.name}>", found "</{name}>"'
            )
        entity = self._entity(tag)
        if entity is not None and entity.length:
            self.entities.append(entity)

    def _entity(self, tag: _OpenTag) -> Entity | None:
        length = self.offset - tag.offset
        kind = _STYLES[tag.name]
        extra: Json = {}
        if tag.name == "a":
            return link_entity(tag.offset, length, tag.attributes.get("href") or "".join(self.parts[tag.start :]))
        if tag.name == "blockquote" and "expandable" in tag.attributes:
            kind = "expandable_blockquote"
        if tag.name == "code" and tag.attributes.get("class", "").startswith("language-"):
            extra = {"language": tag.attributes["class"].removeprefix("language-")}
        return Entity(kind, tag.offset, length, extra)

    def _bytes(self, position: int) -> int:
        return len(self.source[:position].encode())

    def _refusal(self, reason: str) -> ApiError:
        return bad_request(f"can't parse entities: {reason}")


def _languages(entities: list[Entity]) -> list[Entity]:
    """'Use nested pre and code tags, to define programming language for pre entity'; a lone code has none."""
    result = []
    languages = {(e.offset, e.length): e.extra for e in entities if e.kind == "code" and e.extra}
    for entity in entities:
        if entity.kind == "pre" and (entity.offset, entity.length) in languages:
            result.append(Entity("pre", entity.offset, entity.length, languages[entity.offset, entity.length]))
        else:
            result.append(
                Entity(entity.kind, entity.offset, entity.length, {} if entity.kind == "code" else entity.extra)
            )
    pres = {(e.offset, e.length) for e in result if e.kind == "pre"}
    return [e for e in result if not (e.kind == "code" and (e.offset, e.length) in pres)]


def _end_of_tag(source: str, begin: int) -> int:
    quote = ""
    for index in range(begin, len(source)):
        character = source[index]
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character == ">":
            return index
    return -1


def _unquoted(value: str) -> str:
    if value[:1] in ('"', "'"):
        value = value[1:-1]
    return _REFERENCE.sub(lambda match: _decoded(match[0]) or match[0], value)


def _decoded(reference: str) -> str | None:
    """The character of a reference, None for one that names no character."""
    if not reference.startswith("&#"):
        return _NAMED[reference if reference.endswith(";") else f"{reference};"]
    digits = reference[2:].rstrip(";")
    code = int(digits[1:], 16) if digits[0] in "xX" else int(digits)
    if code == 0 or code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        return None
    return chr(code)
