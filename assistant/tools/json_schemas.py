"""JSON Schemas of other systems, as far as customers can be asked for what they need; hostile input."""

from collections.abc import Mapping, Sequence
from typing import Any

from assistant.domain.tool_sources import ArgumentKind, ArgumentPlace, RemoteArgument
from assistant.tools.drafts import (
    MAX_RESULT_FIELDS,
    SourceArgument,
    Unusable,
    build_label,
    build_name,
    select_safe_pattern,
)

#: References that lead to references.
MAX_HOPS = 8
#: Things that a customer may be asked for.
MAX_ARGUMENTS = 8
MAX_CHOICES = 10
Schema = Mapping[str, Any]


class SchemaReader:
    """Schemas inside one document, whose references lead nowhere else."""

    def __init__(self, root: Schema) -> None:
        self._root = root

    def resolve(self, value: object) -> Schema:
        """What a local reference leads to; a circle leads to nothing."""
        for _ in range(MAX_HOPS):
            row = as_object(value)
            if "$ref" not in row:
                return row
            value = self._root
            for part in str(row["$ref"]).removeprefix("#/").split("/"):
                value = as_object(value).get(part.replace("~1", "/").replace("~0", "~"))
        return {}

    def read_result_fields(
        self, schema: Schema, own_names: set[str]
    ) -> tuple[dict[str, str], dict[str, str]]:
        """Field -> kind, and -> label, of the plain fields of an answer but *own_names*."""
        kinds: dict[str, str] = {}
        labels: dict[str, str] = {}
        for name, value in as_object(schema.get("properties")).items():
            row = self.resolve(value)
            kind = self._read_field_kind(row)
            if kind and str(name).isidentifier() and str(name).isascii() and name not in own_names:
                kinds[name] = kind
                labels[name] = build_label(row.get("title"), row.get("description"), name)
            if len(kinds) == MAX_RESULT_FIELDS:
                break
        return kinds, labels

    def _read_field_kind(self, schema: Schema) -> str:
        if schema.get("type") in ("string", "integer", "number"):
            return "date" if schema.get("format") in ("date", "date-time") else "text"
        items = self.resolve(schema.get("items")) if schema.get("type") == "array" else {}
        return "list" if items.get("type") in ("string", "integer") else ""


def build_argument(name: str, place: ArgumentPlace, schema: Schema, description: object) -> SourceArgument:
    slot, kind = build_name(name), schema.get("type", "string")
    if not slot or kind not in tuple(ArgumentKind):
        raise Unusable(f"it needs {name[:40]!r}, which is no single value")
    found = schema.get("enum")
    choices = [str(value) for value in found] if isinstance(found, list) else []
    if kind == ArgumentKind.BOOLEAN:
        choices = ["true", "false"]
    if len(choices) > MAX_CHOICES or any(len(value) > 40 for value in choices):
        raise Unusable(f"{name[:40]!r} has more choices than a customer can be shown")
    return SourceArgument(
        slot=slot,
        remote=RemoteArgument(name=name, place=place, kind=ArgumentKind(kind)),
        label=build_label(description, schema.get("title"), schema.get("description"), name),
        choices=choices,
        pattern=select_safe_pattern(schema.get("pattern")),
    )


def check_askable(arguments: Sequence[SourceArgument]) -> None:
    """Unusable where a customer cannot be asked for them."""
    if not arguments:
        raise Unusable("it needs nothing that would say whose data it is about")
    if len(arguments) > MAX_ARGUMENTS:
        raise Unusable(f"it needs more than {MAX_ARGUMENTS} things of a customer")
    if len({one.slot for one in arguments}) < len(arguments):
        raise Unusable("two of its arguments have the same name")


def find_remote_reference(data: Schema) -> str:
    """The first reference to elsewhere, or empty; each value is looked at once."""
    open_values: list[object] = [data]
    seen: set[int] = set()
    while open_values:
        value = open_values.pop()
        if not isinstance(value, dict | list) or id(value) in seen:
            continue
        seen.add(id(value))
        open_values += value.values() if isinstance(value, dict) else value
        found = value.get("$ref") if isinstance(value, dict) else None
        if isinstance(found, str) and not found.startswith("#/"):
            return found
    return ""


def as_object(value: object) -> Schema:
    return value if isinstance(value, dict) else {}
