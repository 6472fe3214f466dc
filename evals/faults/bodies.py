"""Hostile bodies for every call of the API's description, new ones too without being named."""

import json
import re
from collections.abc import Iterator
from typing import Any

#: Put into one field after the other: too long, expensive for a pattern, of a wrong kind, of another age.
VALUES: list[Any] = [
    "10:00" + " " * 20_000 + "-" * 20_000,
    "\ud800\x00\u202e",
    "9999-12-31T23:59:59-14:00",
    2**70,
    [[[]] * 1_000],
]


def build_hostile_bodies(description: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    """(path, body) for every POST that takes JSON: its example with one field that is odd."""
    for path, calls in description["paths"].items():
        kinds = calls.get("post", {}).get("requestBody", {}).get("content", {})
        if "application/json" not in kinds:
            continue
        named = kinds["application/json"]["schema"].get("$ref", "").rpartition("/")[2]
        model = description["components"]["schemas"].get(named, {})
        example: dict[str, Any] = next(iter(model.get("examples", [])), {})
        for field in model.get("properties", {}):
            for value in VALUES:
                body = example | {field: _spoil(example.get(field), value)}
                yield re.sub("{[^}]*}", "x", path), json.dumps(body).encode()


def _spoil(known: Any, value: Any) -> Any:
    """*value*, or a list or mapping like the known one with it inside."""
    if isinstance(known, list):
        return [_spoil(each, value) for each in known[:1]] or [value]
    if isinstance(known, dict):
        keys = {str(value): value} if isinstance(value, str) else {}
        return {key: _spoil(each, value) for key, each in known.items()} | keys
    return value
