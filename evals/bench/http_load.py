"""A cheap load generator: plain HTTP/1.1 over kept connections, at a constant rate."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import urlsplit

#: Seconds; older idle connections are not reused, because servers close them.
KEPT_SECONDS = 2.0

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class HttpTarget:
    """An address to call, with one connection per concurrent call."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80
        #: (idle connection, since when).
        self._idle: list[tuple[float, Connection]] = []

    async def post(
        self, path: str, body: bytes, headers: Mapping[str, str] | None = None
    ) -> tuple[int, bytes, float]:
        """(status, body, seconds from the first byte sent to the last received); connecting is not
        included.
        """
        kind = {"content-type": "application/json", "content-length": str(len(body))}
        return await self._send_request("POST", path, body, kind | dict(headers or {}))

    async def get(self, path: str, headers: Mapping[str, str] | None = None) -> tuple[int, bytes, float]:
        return await self._send_request("GET", path, b"", headers or {})

    async def _send_request(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, bytes, float]:
        reader, writer = await self._open_connection()
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        start = f"{method} {path} HTTP/1.1\r\nhost: {self._host}:{self._port}\r\n"
        began = time.perf_counter()
        writer.write(f"{start}{head}\r\n".encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", answer, re.IGNORECASE)
        said = await reader.readexactly(int(length[1])) if length else b""
        seconds = time.perf_counter() - began
        self._idle.append((time.monotonic(), (reader, writer)))
        return int(answer.split(b" ", 2)[1]), said, seconds

    async def _open_connection(self) -> Connection:
        while self._idle:
            since, kept = self._idle.pop()
            if time.monotonic() - since < KEPT_SECONDS:
                return kept
            kept[1].close()
        return await asyncio.open_connection(self._host, self._port)


async def run_steadily(rate: float, count: int, call: Callable[[int], Awaitable[None]]) -> None:
    """Call *call* with 0 to *count* - 1 at a constant rate, without waiting for earlier calls (open loop)."""
    began = asyncio.get_running_loop().time()

    async def call_later(number: int) -> None:
        await asyncio.sleep(began + number / rate - asyncio.get_running_loop().time())
        await call(number)

    await asyncio.gather(*(call_later(number) for number in range(count)))
