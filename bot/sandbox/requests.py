"""Decodes a Bot API request: query string, form, multipart or JSON, within bounds.

'We support four ways of passing parameters in Bot API requests: URL query string,
application/x-www-form-urlencoded, application/json (except for uploading files), multipart/form-data.'
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.types import Message, Receive

from bot.sandbox.errors import ApiError, bad_request
from bot.sandbox.files import Upload
from bot.sandbox.wire import Json

BODY_BYTES = 52 * 1024 * 1024  # 'Bots can currently send files of any type of up to 50 MB in size', and some fields
_FIELD_BYTES = 1024 * 1024
_MOST_PARTS = 100


class BodyTooLargeError(Exception):
    """More came than is read."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a request carries; values of forms are strings, those of JSON bodies are what they are."""

    values: Json = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)


async def decode(request: Request) -> Decoded:
    """The parameters and files of a Bot API call; raises ApiError for what cannot be read."""
    values: Json = dict(request.query_params)
    if request.method == "GET":
        return Decoded(_checked(values))
    try:
        body = await read_body(request, BODY_BYTES)
    except BodyTooLargeError:
        raise ApiError(413, "Request Entity Too Large") from None
    except (HTTPException, MultiPartException):
        raise bad_request("can't parse the request body") from None
    return Decoded(_checked(values | body.values), body.files)


async def read_body(request: Request, most_bytes: int) -> Decoded:
    """Whatever the body holds; raises BodyTooLargeError, HTTPException or ApiError."""
    bounded = Request(request.scope, _bounded(request.receive, most_bytes))
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind == "application/json":
        return Decoded(_json(await bounded.body()))
    if kind in ("multipart/form-data", "application/x-www-form-urlencoded"):
        async with bounded.form(max_files=_MOST_PARTS, max_fields=_MOST_PARTS, max_part_size=_FIELD_BYTES) as form:
            return await _form(form)
    await bounded.body()
    return Decoded()


def strict_json(source: str | bytes) -> Any:
    """The value; raises ValueError or RecursionError, also for NaN, which Python would take and JSON has not."""
    return json.loads(source, parse_constant=_no_constant)


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _bounded(receive: Receive, most_bytes: int) -> Receive:
    seen = 0

    async def limited() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most_bytes:
            raise BodyTooLargeError
        return message

    return limited


def _json(body: bytes) -> Json:
    if not body.strip():
        return {}
    try:
        value = strict_json(body)
    except (ValueError, RecursionError):
        raise bad_request("can't parse JSON object") from None
    if not isinstance(value, dict):
        raise bad_request("object expected as the request body")
    return value


async def _form(form: FormData) -> Decoded:
    values: Json = {}
    uploads: dict[str, Upload] = {}
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            content = await value.read()
            uploads[name] = Upload(value.filename or "", content, value.content_type or "")
        else:
            values[name] = value
    return Decoded(values, uploads)


def _checked(values: Json) -> Json:
    """'All queries must be made using UTF-8': half of a surrogate pair is no text."""
    try:
        _encodable(values)
    except (UnicodeEncodeError, RecursionError):
        raise bad_request("strings must be encoded in UTF-8") from None
    return values


def _encodable(value: Any) -> None:
    if isinstance(value, str):
        value.encode()
    elif isinstance(value, dict):
        for key, item in value.items():
            key.encode()
            _encodable(item)
    elif isinstance(value, list):
        for item in value:
            _encodable(item)
