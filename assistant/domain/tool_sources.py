"""Where a tool is carried out if not at the business's own system: another API, or an MCP server."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

#: Environment variables that may hold a token: a tool's file can name no other secret.
TOKEN_NAME = re.compile(r"TOOL_TOKEN_[A-Z0-9_]{1,48}")


class ArgumentPlace(StrEnum):
    """Where a call has an argument."""

    PATH = "path"
    QUERY = "query"
    BODY = "body"


class ArgumentKind(StrEnum):
    """The JSON type of an argument; customers give all of them as words."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteArgument:
    """A slot as the other side calls it."""

    name: str
    place: ArgumentPlace = ArgumentPlace.BODY
    kind: ArgumentKind = ArgumentKind.STRING


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiOperation:
    """One HTTP call, without a dry run and without a way to ask what became of it."""

    method: str
    #: https, with a hole in braces for each argument of the path.
    url: str
    #: By slot.
    arguments: Mapping[str, RemoteArgument]
    #: Environment variable of the bearer token; empty: none.
    token: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class McpServer:
    """A server of the Model Context Protocol: an address (streamable HTTP) or a command (stdio)."""

    url: str = ""
    #: Program and its arguments.
    command: Sequence[str] = ()
    #: Environment variable of the bearer token; a command finds it under the same name. Empty: none.
    token: str = ""

    @property
    def place(self) -> str:
        return self.url or " ".join(self.command)


@dataclass(frozen=True, slots=True, kw_only=True)
class McpOperation:
    """One tool of an MCP server, without a dry run and without a way to ask what became of it."""

    server: McpServer
    #: As the server calls it.
    tool: str
    #: By slot.
    arguments: Mapping[str, RemoteArgument]
