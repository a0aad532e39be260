"""Lengths of texts and captions, and the fields they become in a Message."""

from __future__ import annotations

from bot.sandbox.errors import bad_request
from bot.sandbox.parameters import Parameters
from bot.sandbox.text.formatted import FormattedText
from bot.sandbox.text.parsing import formatted_text
from bot.sandbox.wire import Json, present

TEXT_UNITS = 4096
CAPTION_UNITS = 1024
_PREVIEW_FLAGS = ("is_disabled", "prefer_small_media", "prefer_large_media", "show_above_text")


def message_text(given: Parameters) -> Json:
    """'Text of the message to be sent, 1-4096 characters after entities parsing'."""
    if not given.text("text"):
        raise bad_request("message text is empty")
    text = formatted_text(given, "text", "entities")
    if not text.text:
        raise bad_request("text must be non-empty")
    if text.units > TEXT_UNITS:
        raise bad_request("message is too long")
    options = _link_preview(given)
    return {"text": text.text, **present(entities=text.wire_entities(), link_preview_options=options)}


def _link_preview(given: Parameters) -> Json | None:
    """LinkPreviewOptions with the fields that are of their kind."""
    options = given.object("link_preview_options", "link preview options") or {}
    kept = {name: options[name] for name in _PREVIEW_FLAGS if isinstance(options.get(name), bool)}
    url = options.get("url")
    return kept | ({"url": url} if isinstance(url, str) else {}) or None


def message_caption(given: Parameters) -> Json:
    """'Caption, 0-1024 characters after entities parsing'."""
    return caption_fields(formatted_text(given, "caption", "caption_entities"), given.flag("show_caption_above_media"))


def caption_fields(caption: FormattedText, above: bool = False) -> Json:
    """The fields of a caption, none for an empty one."""
    if caption.units > CAPTION_UNITS:
        raise bad_request("message caption is too long")
    if not caption.text:
        return {}
    return {
        "caption": caption.text,
        **present(caption_entities=caption.wire_entities(), show_caption_above_media=above or None),
    }
