"""A formatted text, and the order that Telegram brings its entities into."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bot.sandbox.wire import Json

CODE_KINDS = frozenset({"code", "pre"})
SPLITTABLE = frozenset({"bold", "italic", "underline", "strikethrough", "spoiler"})
MOST_ENTITIES = 100  # Telegram drops what a message has beyond
_PRIORITY = ("expandable_blockquote", "blockquote", "text_link", "text_mention", "bold", "italic", "underline")


@dataclass(frozen=True, slots=True)
class Entity:
    """A MessageEntity; offset and length in UTF-16 code units, as the Bot API counts them."""

    kind: str
    offset: int
    length: int
    extra: Json = field(default_factory=dict)  # url, user or language

    @property
    def end(self) -> int:
        return self.offset + self.length

    def overlaps(self, other: Entity) -> bool:
        return self.offset < other.end and other.offset < self.end

    def wire(self) -> Json:
        return {"type": self.kind, "offset": self.offset, "length": self.length, **self.extra}


@dataclass(frozen=True, slots=True)
class FormattedText:
    """What is shown and how."""

    text: str
    entities: tuple[Entity, ...] = ()

    @property
    def units(self) -> int:
        """Length as Telegram counts it."""
        return utf16_units(self.text)

    def wire_entities(self) -> list[Json] | None:
        return [entity.wire() for entity in self.entities] or None


def utf16_units(text: str) -> int:
    """Number of UTF-16 code units: 1 up to U+FFFF, 2 above (most emoji)."""
    return len(text) + sum(character > "\uffff" for character in text)


def clean(text: str) -> str:
    """Control characters become spaces; a carriage return before a newline disappears."""
    return "".join(_plain(character) for character in text.replace("\r\n", "\n"))


def _plain(character: str) -> str:
    return " " if character < " " and character not in "\n\t" else character


def trimmed(formatted: FormattedText) -> FormattedText:
    """Without white space at both ends; entities are cut to what is left and moved along."""
    text = formatted.text.strip()
    if text == formatted.text:
        return formatted
    removed = utf16_units(formatted.text) - utf16_units(formatted.text.lstrip())
    size = utf16_units(text)
    moved = (_clipped(entity, removed, size) for entity in formatted.entities)
    return FormattedText(text, tuple(entity for entity in moved if entity.length > 0))


def _clipped(entity: Entity, removed: int, size: int) -> Entity:
    start = min(max(entity.offset - removed, 0), size)
    end = min(max(entity.end - removed, 0), size)
    return replace(entity, offset=start, length=end - start)


def ordered(entities: list[Entity]) -> tuple[Entity, ...]:
    """'pre and code entities can't contain other entities': styles are cut around them; touching ones become one."""
    entities = _joined(sorted(entities, key=_rank)[:MOST_ENTITIES])
    codes = [entity for entity in entities if entity.kind in CODE_KINDS]
    kept = _without_nested_codes(codes)
    for entity in entities:
        if entity.kind in CODE_KINDS:
            continue
        if entity.kind in SPLITTABLE:
            kept.extend(_cut_around(entity, codes))
        elif not any(code.offset <= entity.offset and entity.end <= code.end for code in codes):
            kept.append(entity)
    return tuple(sorted(kept, key=_rank))


def _joined(entities: list[Entity]) -> list[Entity]:
    """Styles of the same kind that overlap or touch say the same as one; of anything else the first counts."""
    result: list[Entity] = []
    latest: dict[str, int] = {}  # kind -> its last place in the result
    for entity in entities:
        before = result[latest[entity.kind]] if entity.kind in latest else None
        if before is not None and entity.kind in SPLITTABLE and entity.offset <= before.end:
            length = max(before.end, entity.end) - before.offset
            result[latest[entity.kind]] = replace(before, length=length)
        elif before is None or not before.overlaps(entity):
            latest[entity.kind] = len(result)
            result.append(entity)
    return result


def _without_nested_codes(codes: list[Entity]) -> list[Entity]:
    outer: list[Entity] = []
    for code in sorted(codes, key=_rank):
        if not any(code.overlaps(other) for other in outer):
            outer.append(code)
    return outer


def _cut_around(entity: Entity, codes: list[Entity]) -> list[Entity]:
    start, pieces = entity.offset, []
    for code in sorted(codes, key=_rank):
        if code.end <= start or code.offset >= entity.end:
            continue
        if code.offset > start:
            pieces.append(replace(entity, offset=start, length=code.offset - start))
        start = max(start, code.end)
    if start < entity.end:
        pieces.append(replace(entity, offset=start, length=entity.end - start))
    return pieces


def _rank(entity: Entity) -> tuple[int, int, int]:
    priority = _PRIORITY.index(entity.kind) if entity.kind in _PRIORITY else len(_PRIORITY)
    return entity.offset, -entity.length, priority
