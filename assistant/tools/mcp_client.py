"""Sessions with MCP servers by the official client, within limits; it comes with the extra `mcp`."""

import logging
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import httpx2
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError
from mcp_types import Implementation

from assistant import __version__
from assistant.domain.tool_sources import McpServer
from assistant.tools.http_answers import MAX_CONNECT_SECONDS

# What a server did is logged by us, without its words.
logging.getLogger("mcp").setLevel(logging.CRITICAL)

#: Of one answer over HTTP: a list of tools is the longest.
MAX_ANSWER_BYTES = 2 * 1024 * 1024
CLIENT_NAME = "yorisoi"
TOO_LONG = "its answer is too long"
#: What a session raises for whatever a server does; groups, as it runs in tasks.
CLIENT_ERRORS = (MCPError, httpx2.HTTPError, OSError, ValueError, RuntimeError, ExceptionGroup)


class LimitedStream(httpx2.AsyncByteStream):
    """The body of an answer, which ends with an error where it is too long."""

    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        count = 0
        async for chunk in self._stream:
            count += len(chunk)
            if count > MAX_ANSWER_BYTES:
                raise httpx2.StreamError(TOO_LONG)
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()


class LimitedTransport(httpx2.AsyncBaseTransport):
    def __init__(self, inner: httpx2.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await self._inner.handle_async_request(request)
        assert isinstance(response.stream, httpx2.AsyncByteStream)
        response.stream = LimitedStream(response.stream)
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


@asynccontextmanager
async def open_session(
    server: McpServer,
    tokens: Mapping[str, str],
    seconds: float,
    inner: httpx2.AsyncBaseTransport | None = None,
) -> AsyncIterator[Client]:
    """A session that has begun; *inner*: instead of the network. Errors: `CLIENT_ERRORS`.

    The client follows no redirect to elsewhere, and gives a command a few harmless variables of ours alone.
    """
    token = tokens.get(server.token, "")
    about = Implementation(name=CLIENT_NAME, version=__version__)
    if server.url:
        async with _build_http_client(token, seconds, inner) as http:
            transport = streamable_http_client(
                server.url, http_client=http, max_sse_event_size=MAX_ANSWER_BYTES
            )
            async with Client(transport, client_info=about, cache=None) as client:
                yield client
        return
    variables = {server.token: token} if token else {}
    program = StdioServerParameters(command=server.command[0], args=list(server.command[1:]), env=variables)
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        async with Client(stdio_client(program, errlog=nowhere), client_info=about, cache=None) as client:
            yield client


def find_cause(error: BaseException) -> BaseException:
    """The first of the errors in a group."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _build_http_client(
    token: str, seconds: float, inner: httpx2.AsyncBaseTransport | None
) -> httpx2.AsyncClient:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    timeout = httpx2.Timeout(seconds, connect=min(seconds, MAX_CONNECT_SECONDS))
    return httpx2.AsyncClient(
        transport=LimitedTransport(inner or httpx2.AsyncHTTPTransport()), headers=headers, timeout=timeout
    )
