"""HTTP for all trackers: calls go to the address that was checked, answers have limits, errors are ours."""

import asyncio
import json
import ssl
import time
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any

import httpx

from assistant.domain.errors import AssistantError
from assistant.domain.trackers import IssueTrouble
from assistant.ports.trackers import TrackerFailed

#: For one call with its whole answer.
CALL_SECONDS = 15.0
#: Fifty issues of GitHub with the longest texts take 3 MB.
MAX_RESPONSE_BYTES = 4 * 1024 * 1024
MAX_PAUSE_SECONDS = 24 * 3600
#: Extension of a request: parameters of its address that no log may show.
SECRET_QUERY = "secret_query"

#: (host, port) -> addresses that may be called; BadInput where one is refused.
ResolveHost = Callable[[str, int], Awaitable[list[str]]]


class PinnedTransport(httpx.AsyncBaseTransport):
    """Connects to an address that was checked just now; the name stays in Host and TLS."""

    def __init__(self, resolve: ResolveHost, inner: httpx.AsyncBaseTransport | None = None) -> None:
        self._resolve, self._inner = resolve, inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        port = url.port or (443 if url.scheme == "https" else 80)
        addresses = await self._resolve(url.host, port)
        secrets = request.extensions.get(SECRET_QUERY, {})
        # Another request: the client writes the address of its own one into its log.
        pinned = httpx.Request(
            request.method,
            url.copy_merge_params(secrets).copy_with(host=addresses[0]),
            headers=request.headers,
            stream=request.stream,
            extensions=request.extensions | {"sni_hostname": url.raw_host.decode("ascii")},
        )
        if self._inner is None:
            # Built at the first call, not at the start: it reads all certificates.
            self._inner = httpx.AsyncHTTPTransport(verify=_build_ssl_context(), trust_env=False)
        return await self._inner.handle_async_request(pinned)

    async def aclose(self) -> None:
        if self._inner is not None:
            await self._inner.aclose()


def build_client(resolve: ResolveHost, inner: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    """Redirects are not followed: tokens would be sent along. *inner*: instead of the network."""
    return httpx.AsyncClient(
        transport=PinnedTransport(resolve, inner),
        timeout=CALL_SECONDS,
        follow_redirects=False,
        trust_env=False,
    )


@cache
def _build_ssl_context() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)


async def fetch_json(
    client: httpx.AsyncClient, method: str, url: str, *, seconds: float = CALL_SECONDS, **how: Any
) -> Any:
    """The JSON that is answered, or `TrackerFailed`; its message quotes neither address nor answer."""
    try:
        async with asyncio.timeout(seconds), client.stream(method, url, **how) as response:
            body = bytearray()
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > MAX_RESPONSE_BYTES:
                    raise TrackerFailed(IssueTrouble.UNAVAILABLE, "the answer is too long")
    except (TimeoutError, httpx.TimeoutException) as exc:
        raise TrackerFailed(IssueTrouble.UNAVAILABLE, "no answer in time") from exc
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as exc:
        raise TrackerFailed(IssueTrouble.UNAVAILABLE, type(exc).__name__) from exc
    except TrackerFailed:
        raise
    except AssistantError as exc:  # the name leads into a private network, or nowhere
        raise TrackerFailed(IssueTrouble.UNAVAILABLE, str(exc)[:200]) from exc
    _raise_for_status(response)
    try:
        return await asyncio.to_thread(json.loads, bytes(body))
    except (ValueError, RecursionError) as exc:
        # A page of a proxy, of maintenance, or to sign in.
        raise TrackerFailed(IssueTrouble.UNAVAILABLE, "the answer is no JSON") from exc


def _raise_for_status(response: httpx.Response) -> None:
    status = response.status_code
    if 200 <= status < 300:
        return
    after = _parse_pause(response.headers)
    # GitHub says 403 to whoever asks too often.
    is_limited = status == 403 and (
        response.headers.get("x-ratelimit-remaining") == "0" or "retry-after" in response.headers
    )
    if status == 429 or is_limited:
        raise TrackerFailed(IssueTrouble.BUSY, f"answered {status}", after=after)
    if status >= 500:
        raise TrackerFailed(IssueTrouble.UNAVAILABLE, f"answered {status}", after=after)
    if status in (401, 403):
        raise TrackerFailed(IssueTrouble.UNAUTHORIZED, f"answered {status}")
    # Redirects too: the project moved.
    missing = status in (404, 410) or status < 400
    trouble = IssueTrouble.NOT_FOUND if missing else IssueTrouble.REFUSED
    raise TrackerFailed(trouble, f"answered {status}")


def _parse_pause(headers: httpx.Headers) -> float | None:
    """Seconds to wait: of Retry-After, or until the time at which the limit begins anew."""
    for name, start in (("retry-after", 0.0), ("x-ratelimit-reset", time.time())):
        value = headers.get(name, "")
        if value.isascii() and value.isdigit() and len(value) < 12:
            return min(max(float(value) - start, 0.0), MAX_PAUSE_SECONDS)
    return None
