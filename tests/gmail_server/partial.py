"""Partial answers: the ``fields`` parameter, ``a/b,c(d,e/f),*``, checked against the answer's schema as Google does."""

from __future__ import annotations

import re
from typing import Any

from tests.gmail_server import methods
from tests.gmail_server.errors import ApiError

Selection = dict[str, "Selection"]  # an empty selection means everything below
TOKEN = re.compile(r"[\w*]+|[(),/]")


def parse(fields: str, schema: str) -> Selection:
    """The selection as nested dicts; 400 when it is badly written, or asks for a name that the schema does not have."""
    if not fields:
        return {}
    tokens = TOKEN.findall(fields)
    if "".join(tokens) != re.sub(r"\s", "", fields):
        raise _invalid(fields)
    selection, end = _parse(tokens, 0, fields)
    if end != len(tokens):
        raise _invalid(fields)
    _check(selection, schema, fields)
    return selection


def cut(value: Any, selection: Selection) -> Any:
    """An answer cut down to a selection."""
    if not selection:
        return value
    if isinstance(value, list):
        return [cut(item, selection) for item in value]
    if "*" in selection:
        return {name: cut(inner, selection["*"]) for name, inner in value.items()}
    return {name: cut(value[name], below) for name, below in selection.items() if name in value}


def _parse(tokens: list[str], position: int, fields: str) -> tuple[Selection, int]:
    found: Selection = {}
    while True:
        if position >= len(tokens) or tokens[position] in "(),/":
            raise _invalid(fields)
        inner = found.setdefault(tokens[position], {})
        position += 1
        while position + 1 < len(tokens) and tokens[position] == "/":
            inner = inner.setdefault(tokens[position + 1], {})
            position += 2
        if position < len(tokens) and tokens[position] == "(":
            below, position = _parse(tokens, position + 1, fields)
            inner.update(below)
            if position >= len(tokens) or tokens[position] != ")":
                raise _invalid(fields)
            position += 1
        if position >= len(tokens) or tokens[position] != ",":
            return found, position
        position += 1


def _check(selection: Selection, schema: str, fields: str) -> None:
    properties = methods.schema(schema) if schema else {}
    for name, below in selection.items():
        if name == "*":
            continue
        if name not in properties:
            raise _invalid(name)
        shape = properties[name]
        inner = shape.get("$ref") or shape.get("items", {}).get("$ref")
        if below and not inner:
            raise _invalid(fields)
        if below:
            _check(below, inner, fields)


def _invalid(what: str) -> ApiError:
    message = f"Invalid field selection {what}"
    extra = {"location": "fields", "locationType": "parameter"}
    return ApiError(400, "invalidParameter", message, extra=extra)
