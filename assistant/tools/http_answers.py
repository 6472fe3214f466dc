"""Answers of other systems over HTTP, within limits."""

import json
from typing import Any

import httpx

MAX_CONNECT_SECONDS = 2.0
MAX_RESPONSE_BYTES = 64 * 1024
#: Errors before a byte of ours was read there: it was certainly not done.
UNREACHED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


async def read_body(response: httpx.Response, limit: int = MAX_RESPONSE_BYTES) -> bytes | None:
    """The body of a streamed response; None: it is too long, and the rest is not read."""
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > limit:
            return None
    return bytes(body)


def parse_object(body: bytes) -> dict[str, Any] | None:
    """The JSON object; None where it is none."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
