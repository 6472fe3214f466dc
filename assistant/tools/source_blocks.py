"""The block of a tool's file that says which other API carries it out."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from assistant.domain.actions import Tool
from assistant.domain.errors import SetupError
from assistant.domain.tool_sources import (
    TOKEN_NAME,
    ApiOperation,
    ArgumentKind,
    ArgumentPlace,
    RemoteArgument,
)

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
#: A name in braces in the path of an address.
PATH_HOLE = re.compile(r"\{([^{}/]+)\}")
#: Only here a call may go without TLS.
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")


def parse_source(data: Mapping[str, Any]) -> ApiOperation | None:
    """The source of a tool; KeyError, ValueError."""
    if "api" not in data:
        return None
    row = data["api"]
    arguments = {slot: _parse_argument(one) for slot, one in row["arguments"].items()}
    return ApiOperation(method=row["method"], url=row["url"], arguments=arguments, token=row.get("token", ""))


def check_source(tool: Tool, where: str) -> None:
    """SetupError where the source of a tool cannot be called."""
    source = tool.source
    if source is None:
        return
    if set(source.arguments) != {slot.name for slot in tool.slots}:
        raise SetupError(f"{where}: api.arguments and slots must have the same names")
    if source.method not in METHODS:
        raise SetupError(f"{where}: api.method is one of {', '.join(METHODS)}, not {source.method!r}")
    if source.token and not TOKEN_NAME.fullmatch(source.token):
        raise SetupError(f"{where}: api.token is the name of a variable TOOL_TOKEN_…, not {source.token!r}")
    _check_url(source, where)


def _parse_argument(row: Mapping[str, Any]) -> RemoteArgument:
    return RemoteArgument(
        name=str(row["name"]),
        place=ArgumentPlace(row.get("in", ArgumentPlace.BODY)),
        kind=ArgumentKind(row.get("type", ArgumentKind.STRING)),
    )


def _check_url(source: ApiOperation, where: str) -> None:
    parts = urlsplit(source.url)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOCAL_HOSTS)
    if not is_safe or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise SetupError(f"{where}: api.url is https://HOST/PATH, not {source.url[:80]!r}")
    in_path = [one.name for one in source.arguments.values() if one.place is ArgumentPlace.PATH]
    holes = PATH_HOLE.findall(parts.path)
    if sorted(holes) != sorted(in_path) or "{" in parts.netloc:
        raise SetupError(f"{where}: api.url has other holes than the arguments of its path")
