"""Tools of an MCP server, as far as customers can be asked for what they need; what it says is hostile."""

import asyncio
from collections.abc import Mapping, Sequence

import httpx2
import mcp_types

from assistant.domain.actions import Effect
from assistant.domain.errors import BadInput, TooLarge
from assistant.domain.tool_sources import ArgumentPlace, McpServer
from assistant.tools.drafts import SourceArgument, SourceOperation, Unusable, build_label, build_name
from assistant.tools.json_schemas import (
    SchemaReader,
    as_object,
    build_argument,
    check_askable,
    find_remote_reference,
)
from assistant.tools.mcp_calls import TEXT_FIELD
from assistant.tools.mcp_client import CLIENT_ERRORS, TOO_LONG, find_cause, open_session

MAX_LISTED_TOOLS = 500
MAX_PAGES = 20
LISTING_SECONDS = 30.0


async def list_server_tools(
    server: McpServer,
    tokens: Mapping[str, str],
    *,
    seconds: float = LISTING_SECONDS,
    inner: httpx2.AsyncBaseTransport | None = None,
) -> Sequence[mcp_types.Tool]:
    """All that the server offers; BadInput, TooLarge with what is wrong with it."""
    try:
        async with asyncio.timeout(seconds), open_session(server, tokens, seconds, inner) as client:
            tools: list[mcp_types.Tool] = []
            cursor = None
            for _ in range(MAX_PAGES):
                page = await client.list_tools(cursor=cursor)
                tools += page.tools
                cursor = page.next_cursor
                if not cursor or len(tools) > MAX_LISTED_TOOLS:
                    break
    except TimeoutError as error:
        raise BadInput(f"{_clean(server.place)} does not answer within {seconds:.0f} seconds.") from error
    except CLIENT_ERRORS as error:
        raise _explain_error(server, find_cause(error)) from error
    if cursor or len(tools) > MAX_LISTED_TOOLS:
        raise TooLarge(f"{_clean(server.place)} has more than {MAX_LISTED_TOOLS} tools.")
    return tools


def read_tool(tool: mcp_types.Tool) -> SourceOperation:
    """The tool as the operator will review it; Unusable with the reason.

    A change with a yes, whatever its annotations say: they are hints of somebody else.
    """
    name = build_name(tool.name)
    if not name:
        raise Unusable("nothing of its name can be a name")
    for schema in (tool.input_schema, tool.output_schema):
        if found := find_remote_reference(as_object(schema)):
            raise Unusable(f"its schema refers to elsewhere ({_clean(found)!r})")
    hint = tool.annotations.title if tool.annotations else None
    purpose = build_label(tool.title, hint, tool.description, name)
    arguments = _read_arguments(as_object(tool.input_schema))
    own_names = {name for one in arguments for name in (one.slot, one.remote.name)}
    fields, labels = {TEXT_FIELD: "text"}, {TEXT_FIELD: purpose}
    if tool.output_schema is not None:
        schemas = SchemaReader(as_object(tool.output_schema))
        fields, labels = schemas.read_result_fields(schemas.resolve(tool.output_schema), own_names)
    return SourceOperation(
        name=name,
        purpose=purpose,
        effect=Effect.WRITE,
        arguments=arguments,
        result_fields=fields,
        result_labels=labels,
    )


def _read_arguments(schema: Mapping[str, object]) -> Sequence[SourceArgument]:
    schemas = SchemaReader(schema)
    required, properties = schema.get("required"), as_object(schema.get("properties"))
    arguments = [
        build_argument(str(name), ArgumentPlace.BODY, schemas.resolve(properties.get(name)), None)
        for name in (required if isinstance(required, list) else [])
    ]
    check_askable(arguments)
    return arguments


def _explain_error(server: McpServer, cause: BaseException) -> BadInput | TooLarge:
    """One line, without what the server says in full."""
    place, why = _clean(server.place), str(cause)
    if TOO_LONG in why:
        return TooLarge(f"{place}: {TOO_LONG}.")
    if isinstance(cause, FileNotFoundError | PermissionError):
        return BadInput(f"{place}: there is no such program.")
    return BadInput(f"{place} is no MCP server that can be used ({type(cause).__name__}: {_clean(why)}).")


def _clean(text: str) -> str:
    """In a line, for a terminal."""
    return "".join(character for character in text if character.isprintable())[:120]
