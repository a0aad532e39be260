"""JSON Schema out of the machine-readable Bot API, and a check of all traffic against it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from bot.sandbox.world import Exchange

SOURCE = Path(__file__).resolve().parents[4] / "shared" / "botapi" / "api-10.0.json"
MISSING = f"{SOURCE.name} is not beside this clone; the Bot API's schema cannot be checked"
_PLAIN = {"Integer": "integer", "Float": "number", "String": "string", "Boolean": "boolean", "InputFile": "string"}


@cache
def specification() -> dict[str, Any] | None:
    """The Bot API's methods and types, None in a clone that has no copy of them."""
    return json.loads(SOURCE.read_text(encoding="utf-8")) if SOURCE.exists() else None


def _one(name: str) -> dict[str, Any]:
    if name.startswith("Array of "):
        return {"type": "array", "items": _one(name.removeprefix("Array of "))}
    return {"type": _PLAIN[name]} if name in _PLAIN else {"$ref": f"#/$defs/{name}"}


def _any(names: list[str]) -> dict[str, Any]:
    return {"anyOf": [_one(name) for name in names]}


def _object(kind: dict[str, Any]) -> dict[str, Any]:
    if kind.get("subtypes"):
        return _any(kind["subtypes"])
    fields = kind.get("fields", [])
    return {
        "type": "object",
        "properties": {field["name"]: _any(field["types"]) for field in fields},
        "required": [field["name"] for field in fields if field["required"]],
        "additionalProperties": False,
    }


@cache
def _definitions() -> dict[str, Any]:
    return {name: _object(kind) for name, kind in (specification() or {"types": {}})["types"].items()}


@cache
def _validator(*names: str) -> Draft202012Validator:
    return Draft202012Validator({**_any(list(names)), "$defs": _definitions()})


def problems(value: Any, *names: str) -> list[str]:
    """What is wrong with a value that should be of one of these types of the Bot API."""
    return [f"{error.json_path}: {error.message[:400]}" for error in _validator(*names).iter_errors(value)]


class TrafficCheck:
    """An observer of a world that holds every call and answer against the schema."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.seen = 0

    def __call__(self, exchange: Exchange) -> None:
        self.seen += 1
        self.problems += [f"{exchange.method}: {problem}" for problem in _exchange_problems(exchange)]


def _exchange_problems(exchange: Exchange) -> list[str]:
    method = (specification() or {"methods": {}})["methods"].get(exchange.method)
    if not exchange.answer["ok"]:
        return _refusal_problems(exchange)
    if method is None:
        return ["no such method"]
    fields = {field["name"]: field for field in method.get("fields", [])}
    found = [f"unknown parameter {name}" for name in exchange.parameters if name not in fields]
    for name, field in fields.items():
        if name in exchange.parameters:
            found += [
                f"{name}{problem}"
                for problem in problems(_typed(exchange.parameters[name], field["types"]), *field["types"])
            ]
        elif field["required"] and name not in exchange.files:
            found.append(f"required parameter {name} is missing")
    return found + [f"result{problem}" for problem in problems(exchange.answer["result"], *method["returns"])]


def _typed(value: Any, types: list[str]) -> Any:
    """Forms carry everything as strings; what is no string is JSON text."""
    return json.loads(value) if isinstance(value, str) and not {"String", "InputFile"} & set(types) else value


def _refusal_problems(exchange: Exchange) -> list[str]:
    answer = exchange.answer
    found = [] if set(answer) <= {"ok", "error_code", "description", "parameters"} else [f"fields {sorted(answer)}"]
    if answer["error_code"] != exchange.status or not isinstance(answer["description"], str):
        found.append(f"an error must name its code and reason: {answer}")
    return found + problems(answer.get("parameters", {}), "ResponseParameters")
