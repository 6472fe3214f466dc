"""Operations of an OpenAPI 3 document, as far as customers can be asked for what they need; hostile input."""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

import yaml

from assistant.domain.actions import Effect
from assistant.domain.errors import BadInput, TooLarge
from assistant.domain.tool_sources import ArgumentKind, ArgumentPlace, RemoteArgument
from assistant.tools.drafts import (
    MAX_RESULT_FIELDS,
    SourceArgument,
    SourceOperation,
    build_label,
    build_name,
    select_safe_pattern,
)

MAX_DOCUMENT_BYTES = 2 * 1024 * 1024
MAX_OPERATIONS = 500
#: References that lead to references.
MAX_HOPS = 8
#: Things that a customer may be asked for.
MAX_ARGUMENTS = 8
MAX_CHOICES = 10
#: Method -> what it does, until the operator says otherwise.
EFFECTS = {
    "get": Effect.READ,
    "post": Effect.WRITE,
    "put": Effect.WRITE,
    "patch": Effect.WRITE,
    "delete": Effect.IRREVERSIBLE,
}
JSON_TYPE = "application/json"
Document = Mapping[str, Any]


class Unusable(Exception):
    """Why an operation cannot be a tool."""


class OpenApiDocument:
    """A document without references to elsewhere; BadInput where it cannot be used."""

    def __init__(self, content: bytes) -> None:
        self._data = _parse_document(content)
        version = self._data.get("openapi")
        if not isinstance(version, str) or not version.startswith("3."):
            raise BadInput("This is no OpenAPI 3 document; convert one of Swagger 2 first.")
        _refuse_remote_references(self._data)

    def list_operations(self) -> Iterator[tuple[str, str, Document, Document]]:
        """Method, path, operation and its path's item."""
        count = 0
        for path, item in _as_object(self._data.get("paths")).items():
            for method in EFFECTS:
                operation = _as_object(item).get(method)
                if isinstance(operation, dict):
                    count += 1
                    if count > MAX_OPERATIONS:
                        raise TooLarge(f"The document has more than {MAX_OPERATIONS} operations.")
                    yield method, str(path), operation, _as_object(item)

    def get_server(self) -> str:
        """The first absolute address that the document names, or empty."""
        servers = self._data.get("servers")
        first = _as_object(servers[0]).get("url") if isinstance(servers, list) and servers else None
        return first if isinstance(first, str) and "{" not in first and urlsplit(first).netloc else ""

    def read_operation(self, method: str, path: str, operation: Document, item: Document) -> SourceOperation:
        """The operation as a tool; Unusable with the reason."""
        name = build_name(str(operation.get("operationId") or f"{method}_{path}"))
        if not name:
            raise Unusable("nothing of its operationId can be a name")
        arguments = [*self._read_parameters(operation, item), *self._read_body(operation)]
        if not arguments:
            raise Unusable("it needs nothing that would say whose data it is about")
        if len(arguments) > MAX_ARGUMENTS:
            raise Unusable(f"it needs more than {MAX_ARGUMENTS} things of a customer")
        if len({one.slot for one in arguments}) < len(arguments):
            raise Unusable("two of its arguments have the same name")
        effect = EFFECTS[method]
        own_names = {name for one in arguments for name in (one.slot, one.remote.name)}
        fields, labels = self._read_result_fields(operation, own_names)
        if effect is Effect.READ and not fields:
            raise Unusable("its answer has no fields that could be shown")
        purpose = build_label(operation.get("summary"), operation.get("description"), name)
        return SourceOperation(
            name=name,
            purpose=purpose,
            effect=effect,
            arguments=arguments,
            result_fields=fields,
            result_labels=labels,
        )

    def _read_parameters(self, operation: Document, item: Document) -> list[SourceArgument]:
        """Those that it needs; of the path first, because one of them says what it is about."""
        rows: dict[tuple[str, str], Document] = {}
        for holder in (item, operation):
            found = holder.get("parameters")
            for one in found if isinstance(found, list) else []:
                row = self._resolve(one)
                rows[str(row.get("in")), str(row.get("name"))] = row
        arguments = []
        for (place, name), row in rows.items():
            if place != "path" and row.get("required") is not True:
                continue
            if place not in ("path", "query"):
                raise Unusable(f"it needs {name[:40]!r} in a {place[:10]}")
            schema = self._resolve(row.get("schema"))
            arguments.append(_build_argument(name, ArgumentPlace(place), schema, row.get("description")))
        return sorted(arguments, key=lambda one: one.remote.place is not ArgumentPlace.PATH)

    def _read_body(self, operation: Document) -> list[SourceArgument]:
        body = self._resolve(operation.get("requestBody"))
        if not body:
            return []
        schema = self._read_json_schema(body)
        required = schema.get("required")
        needed = [str(name) for name in required] if isinstance(required, list) else []
        if body.get("required") is True and not needed and schema.get("type") != "object":
            raise Unusable("its body is no JSON object")
        properties = _as_object(schema.get("properties"))
        return [
            _build_argument(name, ArgumentPlace.BODY, self._resolve(properties.get(name)), None)
            for name in needed
        ]

    def _read_result_fields(
        self, operation: Document, own_names: set[str]
    ) -> tuple[dict[str, str], dict[str, str]]:
        """Field -> kind, and -> label, of the plain fields of the answer that says it is done."""
        responses = _as_object(operation.get("responses"))
        code = next((one for one in ("200", "201", "202") if one in responses), "")
        schema = self._read_json_schema(self._resolve(responses.get(code)))
        kinds: dict[str, str] = {}
        labels: dict[str, str] = {}
        for name, value in _as_object(schema.get("properties")).items():
            row = self._resolve(value)
            kind = self._read_field_kind(row)
            if kind and str(name).isidentifier() and str(name).isascii() and name not in own_names:
                kinds[name] = kind
                labels[name] = build_label(row.get("title"), row.get("description"), name)
            if len(kinds) == MAX_RESULT_FIELDS:
                break
        return kinds, labels

    def _read_field_kind(self, schema: Document) -> str:
        if schema.get("type") in ("string", "integer", "number"):
            return "date" if schema.get("format") in ("date", "date-time") else "text"
        items = self._resolve(schema.get("items")) if schema.get("type") == "array" else {}
        return "list" if items.get("type") in ("string", "integer") else ""

    def _read_json_schema(self, holder: Document) -> Document:
        content = _as_object(holder.get("content"))
        return self._resolve(_as_object(content.get(JSON_TYPE)).get("schema"))

    def _resolve(self, value: object) -> Document:
        """What a local reference leads to; a circle leads to nothing."""
        for _ in range(MAX_HOPS):
            row = _as_object(value)
            if "$ref" not in row:
                return row
            value = self._data
            for part in str(row["$ref"]).removeprefix("#/").split("/"):
                value = _as_object(value).get(part.replace("~1", "/").replace("~0", "~"))
        return {}


def join_server(server: str, path: str) -> str:
    return urljoin(server.rstrip("/") + "/", path.lstrip("/"))


def _build_argument(name: str, place: ArgumentPlace, schema: Document, description: object) -> SourceArgument:
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


def _parse_document(content: bytes) -> Document:
    if len(content) > MAX_DOCUMENT_BYTES:
        raise TooLarge(f"The document is larger than {MAX_DOCUMENT_BYTES // 1024 // 1024} MB.")
    try:
        text = content.decode("utf-8-sig")
        # Not the loader in C: deep nesting ends the process.
        data = json.loads(text) if text.lstrip()[:1] == "{" else yaml.load(text, yaml.SafeLoader)
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        raise BadInput("The document is neither JSON nor YAML.") from error
    if not isinstance(data, dict):
        raise BadInput("The document is no OpenAPI document.")
    return data


def _refuse_remote_references(data: Document) -> None:
    """BadInput for the first reference to elsewhere; each value is looked at once."""
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
            raise BadInput(f"The document refers to elsewhere ({found[:80]!r}); put all of it into one file.")


def _as_object(value: object) -> Document:
    return value if isinstance(value, dict) else {}
