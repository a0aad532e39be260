"""Reads the fields of a control request; a wrong one is refused with a sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeVar

from bot.sandbox.errors import ControlError
from bot.sandbox.wire import Json

_Choice = TypeVar("_Choice", bound=str)


def integer(given: Json, name: str) -> int:
    """A whole number, also as digits (forms and query strings have nothing else)."""
    value = given.get(name)
    if isinstance(value, bool) or not re.fullmatch(r"-?[0-9]{1,18}", str(value)):
        raise ControlError(400, f"{name!r} must be a whole number")
    return int(str(value))


def optional_integer(given: Json, name: str) -> int | None:
    """A whole number, None when absent."""
    return None if given.get(name) is None else integer(given, name)


def string(given: Json, name: str) -> str:
    """Text that can be encoded; half of a surrogate pair cannot."""
    value = given.get(name)
    if not isinstance(value, str):
        raise ControlError(400, f"{name!r} must be a string")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ControlError(400, f"{name!r} is not valid text") from None
    return value


def boolean(given: Json, name: str) -> bool:
    """true or false."""
    value = given.get(name)
    if not isinstance(value, bool):
        raise ControlError(400, f"{name!r} must be true or false")
    return value


def choice(given: Json, name: str, allowed: Sequence[_Choice]) -> _Choice:
    """One of the allowed strings."""
    value = given.get(name)
    for option in allowed:
        if option == value:
            return option
    raise ControlError(400, f"{name!r} must be one of {', '.join(allowed)}")
