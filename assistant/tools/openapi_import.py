"""Operations of an OpenAPI 3 document, as far as customers can be asked for what they need; hostile input."""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

import yaml

from assistant.domain.actions import Effect
from assistant.domain.errors import BadInput, TooLarge
from assistant.domain.tool_sources import ArgumentPlace
from assistant.tools.drafts import SourceArgument, SourceOperation, Unusable, build_label, build_name
from assistant.tools.json_schemas import (
    SchemaReader,
    as_object,
    build_argument,
    check_askable,
    find_remote_reference,
)

MAX_DOCUMENT_BYTES = 2 * 1024 * 1024
MAX_OPERATIONS = 500
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


class OpenApiDocument:
    """A document without references to elsewhere; BadInput where it cannot be used."""

    def __init__(self, content: bytes) -> None:
        self._data = _parse_document(content)
        version = self._data.get("openapi")
        if not isinstance(version, str) or not version.startswith("3."):
            raise BadInput("This is no OpenAPI 3 document; convert one of Swagger 2 first.")
        if found := find_remote_reference(self._data):
            raise BadInput(f"The document refers to elsewhere ({found[:80]!r}); put all of it into one file.")
        self._schemas = SchemaReader(self._data)

    def list_operations(self) -> Iterator[tuple[str, str, Document, Document]]:
        """Method, path, operation and its path's item."""
        count = 0
        for path, item in as_object(self._data.get("paths")).items():
            for method in EFFECTS:
                operation = as_object(item).get(method)
                if isinstance(operation, dict):
                    count += 1
                    if count > MAX_OPERATIONS:
                        raise TooLarge(f"The document has more than {MAX_OPERATIONS} operations.")
                    yield method, str(path), operation, as_object(item)

    def get_server(self) -> str:
        """The first absolute address that the document names, or empty."""
        servers = self._data.get("servers")
        first = as_object(servers[0]).get("url") if isinstance(servers, list) and servers else None
        return first if isinstance(first, str) and "{" not in first and urlsplit(first).netloc else ""

    def read_operation(self, method: str, path: str, operation: Document, item: Document) -> SourceOperation:
        """The operation as a tool; Unusable with the reason."""
        name = build_name(str(operation.get("operationId") or f"{method}_{path}"))
        if not name:
            raise Unusable("nothing of its operationId can be a name")
        arguments = [*self._read_parameters(operation, item), *self._read_body(operation)]
        check_askable(arguments)
        own_names = {name for one in arguments for name in (one.slot, one.remote.name)}
        fields, labels = self._read_result_fields(operation, own_names)
        purpose = build_label(operation.get("summary"), operation.get("description"), name)
        return SourceOperation(
            name=name,
            purpose=purpose,
            effect=EFFECTS[method],
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
                row = self._schemas.resolve(one)
                rows[str(row.get("in")), str(row.get("name"))] = row
        arguments = []
        for (place, name), row in rows.items():
            if place != "path" and row.get("required") is not True:
                continue
            if place not in ("path", "query"):
                raise Unusable(f"it needs {name[:40]!r} in a {place[:10]}")
            schema = self._schemas.resolve(row.get("schema"))
            arguments.append(build_argument(name, ArgumentPlace(place), schema, row.get("description")))
        return sorted(arguments, key=lambda one: one.remote.place is not ArgumentPlace.PATH)

    def _read_body(self, operation: Document) -> list[SourceArgument]:
        body = self._schemas.resolve(operation.get("requestBody"))
        if not body:
            return []
        schema = self._read_json_schema(body)
        required = schema.get("required")
        needed = [str(name) for name in required] if isinstance(required, list) else []
        if body.get("required") is True and not needed and schema.get("type") != "object":
            raise Unusable("its body is no JSON object")
        properties = as_object(schema.get("properties"))
        return [
            build_argument(name, ArgumentPlace.BODY, self._schemas.resolve(properties.get(name)), None)
            for name in needed
        ]

    def _read_result_fields(
        self, operation: Document, own_names: set[str]
    ) -> tuple[dict[str, str], dict[str, str]]:
        """Field -> kind, and -> label, of the plain fields of the answer that says it is done."""
        responses = as_object(operation.get("responses"))
        code = next((one for one in ("200", "201", "202") if one in responses), "")
        schema = self._read_json_schema(self._schemas.resolve(responses.get(code)))
        return self._schemas.read_result_fields(schema, own_names)

    def _read_json_schema(self, holder: Document) -> Document:
        content = as_object(holder.get("content"))
        return self._schemas.resolve(as_object(content.get(JSON_TYPE)).get("schema"))


def join_server(server: str, path: str) -> str:
    return urljoin(server.rstrip("/") + "/", path.lstrip("/"))


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
