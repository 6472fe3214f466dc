"""The block of a tool's file that says what else carries it out: another API, or an MCP server."""

import re
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from assistant.domain.actions import Tool
from assistant.domain.errors import SetupError
from assistant.domain.tool_sources import (
    TOKEN_NAME,
    ApiOperation,
    ArgumentKind,
    ArgumentPlace,
    McpOperation,
    McpServer,
    RemoteArgument,
)

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
#: A name in braces in the path of an address.
PATH_HOLE = re.compile(r"\{([^{}/]+)\}")
#: Only here a call may go without TLS.
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")


def parse_source(data: Mapping[str, Any]) -> ApiOperation | McpOperation | None:
    """The source of a tool; KeyError, TypeError, ValueError."""
    if "mcp" in data:
        if "api" in data:
            raise ValueError("api and mcp: a tool has one of them")
        return _parse_mcp(data["mcp"])
    if "api" not in data:
        return None
    row = data["api"]
    arguments = _parse_arguments(row)
    return ApiOperation(method=row["method"], url=row["url"], arguments=arguments, token=row.get("token", ""))


def check_source(tool: Tool, where: str) -> None:
    """SetupError where the source of a tool cannot be called."""
    source = tool.source
    if source is None:
        return
    key = "api" if isinstance(source, ApiOperation) else "mcp"
    token = source.token if isinstance(source, ApiOperation) else source.server.token
    if set(source.arguments) != {slot.name for slot in tool.slots}:
        raise SetupError(f"{where}: {key}.arguments and slots must have the same names")
    if token and not TOKEN_NAME.fullmatch(token):
        raise SetupError(f"{where}: {key}.token is the name of a variable TOOL_TOKEN_…, not {token!r}")
    if isinstance(source, McpOperation):
        check_server(source.server, where)
        return
    if source.method not in METHODS:
        raise SetupError(f"{where}: api.method is one of {', '.join(METHODS)}, not {source.method!r}")
    _check_holes(source, where)


def check_server(server: McpServer, where: str) -> None:
    """SetupError for an MCP server that cannot be asked."""
    if find_spec("mcp") is None:
        raise SetupError(f"{where}: an MCP server takes a package: pip install 'yorisoi[mcp]'")
    if bool(server.url) == bool(server.command):
        raise SetupError(f"{where}: an MCP server has either a url or a command")
    if server.url:
        _check_address(server.url, where, "mcp.url")


def _parse_mcp(row: Mapping[str, Any]) -> McpOperation:
    command = row.get("command", ())
    if isinstance(command, str) or not all(isinstance(part, str) for part in command):
        raise ValueError("mcp.command is a list: the program and its arguments")
    server = McpServer(url=row.get("url", ""), command=tuple(command), token=row.get("token", ""))
    return McpOperation(server=server, tool=row["tool"], arguments=_parse_arguments(row))


def _parse_arguments(row: Mapping[str, Any]) -> dict[str, RemoteArgument]:
    return {slot: _parse_argument(one) for slot, one in row["arguments"].items()}


def _parse_argument(row: Mapping[str, Any]) -> RemoteArgument:
    return RemoteArgument(
        name=str(row["name"]),
        place=ArgumentPlace(row.get("in", ArgumentPlace.BODY)),
        kind=ArgumentKind(row.get("type", ArgumentKind.STRING)),
    )


def _check_address(url: str, where: str, key: str) -> None:
    parts = urlsplit(url)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOCAL_HOSTS)
    if not is_safe or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise SetupError(f"{where}: {key} is https://HOST/PATH, not {url[:80]!r}")


def _check_holes(source: ApiOperation, where: str) -> None:
    _check_address(source.url, where, "api.url")
    parts = urlsplit(source.url)
    in_path = [one.name for one in source.arguments.values() if one.place is ArgumentPlace.PATH]
    holes = PATH_HOLE.findall(parts.path)
    if sorted(holes) != sorted(in_path) or "{" in parts.netloc:
        raise SetupError(f"{where}: api.url has other holes than the arguments of its path")
