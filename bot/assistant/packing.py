"""Plans as JSON text, so that a button pressed after a restart still knows what it follows."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from bot.assistant.types import Plan

if TYPE_CHECKING:
    from pydantic import TypeAdapter


def pack(plan: Plan) -> str:
    """The plan as JSON; what was only needed to answer it is left out."""
    return _adapter().dump_json(replace(plan, otherwise=None, choices=())).decode()


def unpack(packed: str) -> Plan | None:
    """The plan back, None when it was written by a version whose plans no longer fit."""
    from pydantic import ValidationError  # half a second that `--help` does not have

    try:
        return _adapter().validate_json(packed)
    except ValidationError:
        return None


@cache
def _adapter() -> TypeAdapter[Plan]:
    from pydantic import TypeAdapter

    return TypeAdapter(Plan)
