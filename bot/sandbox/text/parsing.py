"""The text of a call: by parse mode or explicit entities, cleaned, trimmed, with what Telegram finds in it."""

from __future__ import annotations

from typing import Any

from bot.sandbox.errors import bad_request
from bot.sandbox.parameters import Parameters, as_integer
from bot.sandbox.text.detect import with_detected
from bot.sandbox.text.formatted import Entity, FormattedText, clean, ordered, trimmed
from bot.sandbox.text.html import parse_html
from bot.sandbox.text.markdown import parse_markdown
from bot.sandbox.wire import Json

_KINDS = frozenset(
    {
        "mention",
        "hashtag",
        "cashtag",
        "bot_command",
        "url",
        "email",
        "phone_number",
        "bold",
        "italic",
        "underline",
        "strikethrough",
        "spoiler",
        "blockquote",
        "expandable_blockquote",
        "code",
        "pre",
        "text_link",
        "text_mention",
        "custom_emoji",
        "date_time",
    }
)
# 'mention, hashtag, …' are found by Telegram itself; a bot's own claim about them is not needed
_AUTOMATIC = frozenset({"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number"})
_EXTRA: dict[str, tuple[str, type]] = {
    "text_link": ("url", str),
    "text_mention": ("user", dict),
    "pre": ("language", str),
}


def formatted_text(given: Parameters, field: str, entities_field: str) -> FormattedText:
    """The parameter `field` as formatted text, empty when absent; raises ApiError for what cannot be parsed."""
    return parse_formatted(given.text(field), given.text("parse_mode"), given.structure(entities_field, "entities"))


def parse_formatted(source: str, mode: str, entities: Any) -> FormattedText:
    """'A JSON-serialized list of special entities, which can be specified instead of parse_mode'."""
    source = clean(source)
    parsed = _parsed(source, mode) if mode else FormattedText(source, _explicit(entities, source))
    return with_detected(trimmed(parsed))


def _parsed(source: str, mode: str) -> FormattedText:
    match mode.lower():
        case "html":
            return parse_html(source)
        case "markdownv2":
            return parse_markdown(source)
        case "markdown":
            raise bad_request("can't parse entities: the sandbox does not read legacy Markdown; use HTML or MarkdownV2")
    raise bad_request("unsupported parse_mode")


def _explicit(entities: Any, text: str) -> tuple[Entity, ...]:
    if entities is None:
        return ()
    if not isinstance(entities, list):
        raise bad_request("can't parse entities: expected an Array of MessageEntity")
    size = FormattedText(text).units
    found = [_entity(entity, size) for entity in entities]
    return ordered([entity for entity in found if entity is not None and entity.kind not in _AUTOMATIC])


def _entity(value: Any, size: int) -> Entity | None:
    if not isinstance(value, dict) or value.get("type") not in _KINDS:
        raise bad_request("can't parse entities: expected an Object of type MessageEntity")
    kind = value["type"]
    offset, length = as_integer(value.get("offset"), "offset"), as_integer(value.get("length"), "length")
    if offset < 0 or length <= 0 or offset + length > size:
        return None
    return Entity(kind, offset, length, _extra(kind, value))


def _extra(kind: str, value: Json) -> Json:
    if kind not in _EXTRA:
        return {}
    name, wanted = _EXTRA[kind]
    content = value.get(name)
    if content is None and kind == "pre":
        return {}
    if not isinstance(content, wanted):
        raise bad_request(f"can't parse entities: field {name} of {kind} is missing or wrong")
    if isinstance(content, dict):
        content = {"id": as_integer(content.get("id"), "user.id")}
    return {name: content}
