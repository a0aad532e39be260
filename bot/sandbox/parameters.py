"""Reads the parameters of a call the way Telegram does: numbers and booleans as strings, structures as JSON text."""

from __future__ import annotations

import json
import re
from typing import Any

from bot.sandbox.errors import bad_request
from bot.sandbox.files import Upload
from bot.sandbox.requests import Decoded, strict_json
from bot.sandbox.wire import Json

_INTEGER = re.compile(r"-?[0-9]{1,18}")


class Parameters:
    """Typed access to one call's parameters; raises ApiError for a value of the wrong kind."""

    def __init__(self, decoded: Decoded) -> None:
        self._values = decoded.values
        self._files = decoded.files

    def has(self, name: str) -> bool:
        return self._values.get(name) is not None

    def text(self, name: str, default: str = "") -> str:
        """A string; other plain values are taken by their text."""
        value = self._values.get(name)
        if value is None:
            return default
        if isinstance(value, bool | list | dict):
            raise bad_request(f'parameter "{name}" must be a string')
        return str(value)

    def integer(self, name: str, default: int = 0) -> int:
        value = self._values.get(name)
        return default if value is None or value == "" else as_integer(value, name)

    def flag(self, name: str) -> bool:
        """Telegram takes true, yes and 1 for true and everything else for false."""
        value = self._values.get(name)
        return value is True or str(value).strip().lower() in ("true", "yes", "1")

    def structure(self, name: str, what: str) -> Any:
        """A JSON-serialised value, None when absent; `what` names it in the refusal."""
        value = self._values.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            return value
        try:
            parsed = strict_json(value)
            json.dumps(parsed, ensure_ascii=False).encode()  # half of a surrogate pair is no text
        except (ValueError, RecursionError):
            raise bad_request(f"can't parse {what} JSON object") from None
        return parsed

    def object(self, name: str, what: str) -> Json | None:
        """A JSON-serialised object."""
        value = self.structure(name, what)
        if value is not None and not isinstance(value, dict):
            raise bad_request(f"object expected as {what}")
        return value

    def array(self, name: str, what: str) -> list[Any] | None:
        """A JSON-serialised array."""
        value = self.structure(name, what)
        if value is not None and not isinstance(value, list):
            raise bad_request(f"expected an Array of {what}")
        return value

    def chat(self, name: str = "chat_id") -> int | str:
        """'Unique identifier for the target chat or username in the format @username'."""
        value = self._values.get(name)
        if value is None or value == "":
            raise bad_request(f"{name} is empty")
        if isinstance(value, str) and value.startswith("@"):
            return value
        if isinstance(value, bool) or not _INTEGER.fullmatch(str(value)):
            raise bad_request("chat not found")
        return int(str(value))

    def upload(self, name: str) -> Upload | None:
        """A file sent as the part `name`."""
        return self._files.get(name)

    def input_file(self, name: str, value: str | None = None) -> Upload | str | None:
        """A file sent with the call, directly or as attach://<part>, or else the text given: a file_id or a URL."""
        if value is None:
            if name in self._files:
                return self._files[name]
            value = self.text(name)
        if not value.startswith("attach://"):
            return value or None
        part = value.removeprefix("attach://")
        if part not in self._files:
            raise bad_request(f'wrong file identifier/HTTP URL specified: no part "{part[:64]}" in the request')
        return self._files[part]


def as_integer(value: object, name: str) -> int:
    """A whole number given as such or as its digits."""
    if isinstance(value, bool) or not _INTEGER.fullmatch(str(value)):
        raise bad_request(f'parameter "{name}" must be of type Integer')
    return int(str(value))
