"""Methods that send photos, documents and albums."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from bot.sandbox.errors import bad_request
from bot.sandbox.files import StoredFile, Upload, check_photo
from bot.sandbox.methods.sending import send, shared_fields
from bot.sandbox.methods.target import reply_target, topic_fields, writable_chat
from bot.sandbox.methods.texts import caption_fields, message_caption
from bot.sandbox.parameters import Parameters
from bot.sandbox.posting import post
from bot.sandbox.text.parsing import parse_formatted
from bot.sandbox.wire import Json, present
from bot.sandbox.world import World

_FOLDERS = {"photo": "photos", "document": "documents"}


@dataclass(frozen=True, slots=True)
class Media:
    """An InputMedia that has been looked at: nothing is stored before the whole call is known to be good."""

    kind: str  # photo or document
    source: Upload | StoredFile
    caption: Json
    has_spoiler: bool = False

    def content(self, world: World) -> Json:
        """The fields of the Message; stores an upload."""
        stored = self.source
        if isinstance(stored, Upload):
            stored = world.files.add(stored, _FOLDERS[self.kind])
        shown = stored.wire_photo() if self.kind == "photo" else stored.wire_document()
        return {self.kind: shown, **self.caption, **present(has_media_spoiler=self.has_spoiler or None)}


def send_photo(world: World, given: Parameters) -> Json:
    """'Use this method to send photos. On success, the sent Message is returned.'"""
    return _send_one(world, given, "photo")


def send_document(world: World, given: Parameters) -> Json:
    """'Use this method to send general files.'"""
    return _send_one(world, given, "document")


def _send_one(world: World, given: Parameters, kind: str) -> Json:
    room = writable_chat(world, given)
    source = given.input_file(kind)
    if source is None:
        raise bad_request(f"there is no {kind} in the request")
    spoiler = kind == "photo" and given.flag("has_spoiler")
    media = Media(kind, _source(world, kind, source), message_caption(given), spoiler)
    return send(world, room, given, lambda: media.content(world))


def send_media_group(world: World, given: Parameters) -> list[Json]:
    """'Use this method to send a group of photos, … or documents as an album.'"""
    room = writable_chat(world, given)
    album = [read_media(world, given, item) for item in given.array("media", "InputMedia") or []]
    # 'A JSON-serialized array describing messages to be sent, must include 2-10 items'
    if not 2 <= len(album) <= 10:
        raise bad_request("group send failed: an album must include 2-10 items")
    # 'Documents and audio files can be only grouped in an album with messages of the same type'
    if len({media.kind for media in album}) > 1:
        raise bad_request("document can't be mixed with other media types")
    fields = topic_fields(room, given) | shared_fields(given)
    reply_to = reply_target(room, given)
    world.limiter.spend(room.id, len(album))
    fields["media_group_id"] = str(secrets.randbelow(9 * 10**16) + 10**16)
    return [post(world, room, world.bot_id, fields | media.content(world), reply_to=reply_to) for media in album]


def read_media(world: World, given: Parameters, item: Any) -> Media:
    """An InputMediaPhoto or InputMediaDocument, checked; raises ApiError."""
    if not isinstance(item, dict) or item.get("type") not in _FOLDERS:
        raise bad_request("can't parse InputMedia: the sandbox knows the types photo and document")
    kind, address, caption = item["type"], item.get("media"), item.get("caption", "")
    if not isinstance(address, str) or not isinstance(caption, str):
        raise bad_request("can't parse InputMedia: media and caption must be of type String")
    source = given.input_file(kind, address)
    if source is None:
        raise bad_request("media not found")
    formatted = parse_formatted(caption, _mode(item), item.get("caption_entities"))
    above = item.get("show_caption_above_media") is True
    spoiler = kind == "photo" and item.get("has_spoiler") is True
    return Media(kind, _source(world, kind, source), caption_fields(formatted, above), spoiler)


def _mode(item: Json) -> str:
    mode = item.get("parse_mode", "")
    if not isinstance(mode, str):
        raise bad_request("unsupported parse_mode")
    return mode


def _source(world: World, kind: str, source: Upload | str) -> Upload | StoredFile:
    """'Pass a file_id to send a file that exists on the Telegram servers, or upload a new one'."""
    if isinstance(source, str):
        if "://" in source:
            raise bad_request("failed to get HTTP URL content")
        stored = world.files.get(source)
        if stored is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
        # "It is not possible to resend … a photo as a document" by its file_id, nor the other way round
        if not stored.path.startswith(_FOLDERS[kind]):
            raise bad_request(f"can't use file of type {stored.path.split('/')[0][:-1]} as {kind}")
        return stored
    if not source.content:
        raise bad_request("file must be non-empty")
    if kind == "photo":
        check_photo(source.content)
    return source
